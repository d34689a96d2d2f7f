"""Recipes a person may see."""

import uuid
from typing import Any

from django.db.models import QuerySet

from core.errors import NotFound
from core.models import User
from core.selectors import project_ids_with
from datasets.models import Recipe


def recipes_visible_to(user: User) -> QuerySet[Recipe]:
    """Recipes of the projects whose data `user` may view."""
    visible = project_ids_with(user, "view_project")
    return Recipe.objects.filter(project_id__in=visible, deleted_at__isnull=True).select_related("created_by")


def recipe_for(user: User, recipe_id: uuid.UUID) -> Recipe:
    """The recipe, if `user` belongs to its project. Raises NotFound."""
    rows = Recipe.objects.filter(
        project_id__in=project_ids_with(user, "access_project"), deleted_at__isnull=True
    )
    recipe = rows.select_related("created_by").filter(pk=recipe_id).first()
    if recipe is None:
        raise NotFound
    return recipe


def recipe_render(recipe: Recipe) -> dict[str, Any]:
    """One recipe."""
    return {
        "id": recipe.pk,
        "project": recipe.project_id,
        "name": recipe.name,
        "description": recipe.description,
        "kind": recipe.kind,
        "modality": recipe.modality,
        "steps": recipe.steps,
        "revision": recipe.revision,
        "created_at": recipe.created_at,
        "created_by": recipe.created_by.username,
    }
