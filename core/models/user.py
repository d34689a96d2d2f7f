"""People who sign in."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import DEFAULT_DB_ALIAS, models

from core.ids import uuid7
from core.prepared import Prepared


def _by_id(pk: uuid.UUID) -> "models.QuerySet[User, Any]":
    columns = [field.attname for field in User._meta.concrete_fields]
    return User.objects.get_queryset().filter(pk=pk).values_list(*columns)


_BY_ID = Prepared(_by_id, uuid.UUID)


class People(UserManager["User"]):
    """As Django's; the person of a session, whom every request asks for by id, by a statement compiled once."""

    use_in_migrations = False

    def get(self, *args: Any, **kwargs: Any) -> "User":
        """Raises DoesNotExist."""
        pk = kwargs.get("pk")
        if args or len(kwargs) != 1 or not isinstance(pk, uuid.UUID):
            return super().get(*args, **kwargs)
        rows = _BY_ID.rows(pk)
        if not rows:
            raise self.model.DoesNotExist("User matching query does not exist.")
        columns = [field.attname for field in self.model._meta.concrete_fields]
        return self.model.from_db(DEFAULT_DB_ALIAS, columns, rows[0])


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
    objects: ClassVar[People] = People()

    def __str__(self) -> str:
        return self.display_name or self.username
