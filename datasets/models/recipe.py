"""Steps worked out once, to be used again."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.ids import uuid7
from datasets.models.dataset import Modality


class RecipeKind(models.TextChoices):
    """What the steps do. The values are public."""

    AUGMENTATION = "augmentation"


class Recipe(models.Model):
    """An ordered list of operators with their parameters (`datasets.augment`), belonging to a project.

    They are for data of one `modality`.

    `steps` is checked before it is stored and has every parameter written out. What uses a recipe keeps
    its own copy, so that nothing made with it changes afterwards.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("core.Project", on_delete=models.CASCADE, related_name="recipes")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=20, choices=RecipeKind.choices, default=RecipeKind.AUGMENTATION)
    modality = models.CharField(max_length=10, choices=Modality.choices, default=Modality.IMAGE)
    steps = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A name is free again once its recipe is deleted."""

        constraints = (
            models.UniqueConstraint(
                fields=("project", "name"), condition=Q(deleted_at__isnull=True), name="datasets_recipe_name"
            ),
        )
        indexes = (models.Index(fields=("project", "-created_at", "-id"), name="datasets_recipe_newest"),)

    def __str__(self) -> str:
        return self.name
