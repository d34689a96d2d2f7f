"""Recipes: begin, change, delete."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction

from core.clock import utc_now
from core.errors import Conflict, InvalidInput, NotFound, StaleRevision
from core.models import Project, User
from core.services import audit
from datasets.augment import pipeline_of
from datasets.models import Modality, Recipe
from datasets.selectors.recipes import recipe_render
from datasets.services.augmenters import augmenter_of


class RecipeNameTaken(Conflict):
    """Another recipe of the project has this name."""

    code = "recipe_name_taken"


def recipe_create(
    *,
    actor: User,
    project: Project,
    name: str,
    steps: Any,
    description: str = "",
    modality: str = Modality.IMAGE.value,
) -> Recipe:
    """Keep a pipeline for data of one modality. Raises InvalidInput and RecipeNameTaken."""
    checked, words = _checked(steps, modality), _name(name)
    try:
        with transaction.atomic():
            recipe = Recipe.objects.create(
                project=project,
                name=words,
                description=description,
                modality=modality,
                steps=checked,
                created_by=actor,
            )
            audit.record(actor, "datasets.recipe.created", recipe, project=project, name=words)
    except IntegrityError as exc:
        raise _taken(exc) from exc
    return recipe


def recipe_update(
    *,
    actor: User,
    recipe_id: uuid.UUID,
    revision: int | None,
    name: str | None = None,
    description: str | None = None,
    steps: Any = None,
) -> Recipe:
    """Change what is given; None leaves it. `revision` is the one the caller saw, None to overwrite.

    A recipe that would stay as it is keeps its revision: nobody else's change becomes stale by it.

    Raises NotFound, InvalidInput, RecipeNameTaken, and StaleRevision with `params.current`.
    """
    try:
        with transaction.atomic():
            recipe = _locked(recipe_id)
            checked = recipe.steps if steps is None else _checked(steps, recipe.modality)
            if revision is not None and revision != recipe.revision:
                raise StaleRevision("somebody else changed the recipe first", current=recipe_render(recipe))
            before = recipe.name, recipe.description, recipe.steps
            recipe.name = recipe.name if name is None else _name(name)
            recipe.description = recipe.description if description is None else description
            recipe.steps = checked
            if before == (recipe.name, recipe.description, recipe.steps):
                return recipe
            recipe.revision += 1
            recipe.save(update_fields=["name", "description", "steps", "revision"])
            audit.record(
                actor,
                "datasets.recipe.changed",
                recipe,
                project=recipe.project_id,
                name=recipe.name,
                revision=recipe.revision,
            )
    except IntegrityError as exc:
        raise _taken(exc) from exc
    return recipe


def recipe_delete(*, actor: User, recipe_id: uuid.UUID) -> None:
    """Hide the recipe from everybody. What was made with it stays. Raises NotFound."""
    with transaction.atomic():
        recipe = _locked(recipe_id)
        recipe.deleted_at = utc_now()
        recipe.save(update_fields=["deleted_at"])
        audit.record(actor, "datasets.recipe.deleted", recipe, project=recipe.project_id, name=recipe.name)


def recipe_fits(recipe: Recipe, modality: str) -> None:
    """Raises InvalidInput for a recipe that was made for data of another kind."""
    if recipe.modality != modality:
        raise InvalidInput("the recipe is for data of another kind", field="recipe")


def _checked(steps: Any, modality: str) -> list[dict[str, Any]]:
    return pipeline_of(steps, augmenter_of(modality, "modality").operators).to_json()


def _locked(recipe_id: uuid.UUID) -> Recipe:
    rows = Recipe.objects.select_for_update(of=("self",)).select_related("created_by")
    recipe = rows.filter(pk=recipe_id, deleted_at__isnull=True).first()
    if recipe is None:
        raise NotFound
    return recipe


def _name(raw: str) -> str:
    name = " ".join(raw.split())
    if not 1 <= len(name) <= 200:
        raise InvalidInput("a name has 1 to 200 characters", field="name")
    return name


def _taken(exc: IntegrityError) -> Exception:
    if "name" not in str(exc):
        return exc
    return RecipeNameTaken("another recipe of this project has that name", fields={"name": ["taken"]})
