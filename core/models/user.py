"""People who sign in."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from core.ids import uuid7


class User(AbstractUser):
    """A person. Site administrators are superusers; all other rights come from memberships."""

    class Language(models.TextChoices):
        """Languages of the interface."""

        ENGLISH = "en", "English"
        CHINESE = "zh-Hans", "简体中文"

    class Theme(models.TextChoices):
        """Color schemes of the interface."""

        SYSTEM = "system"
        LIGHT = "light"
        DARK = "dark"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    display_name = models.CharField(max_length=150, blank=True, default="")
    language = models.CharField(max_length=10, choices=Language.choices, default=Language.ENGLISH)
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    preferences = models.JSONField(default=dict, blank=True)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.display_name or self.username
