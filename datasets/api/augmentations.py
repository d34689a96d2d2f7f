"""`/augmentations/` and `/recipes/`."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etag import etag_of, revision_expected
from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.queries import uuid_of
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from core.errors import InvalidInput
from core.models import User
from core.selectors import project_for
from datasets.api import forms, shapes
from datasets.api.rules import RULES
from datasets.augment import Pipeline, operators_described, pipeline_of
from datasets.models import Dataset, Modality, Recipe
from datasets.selectors import recipes as selectors
from datasets.selectors.datasets import dataset_for, version_for
from datasets.services import recipes as services
from datasets.services.augmented_versions import augmented_submit
from datasets.services.augmenters import AUGMENTERS, augment_preview, augmenter_of

_MODALITY = OpenApiParameter("modality", str, enum=list(AUGMENTERS), description="`image` if left out")


class AugmentationViewSet(StudioViewSet):
    """`/augmentations/`."""

    resource = "augmentations"
    rules = RULES
    reading_actions = frozenset({"preview"})

    @extend_schema(responses=shapes.OperatorShape(many=True), parameters=[_MODALITY])
    def operators(self, request: Request) -> Response:
        """Every operator with its group and the JSON Schema of its parameters, in the order to be shown."""
        self.scoped()
        modality = request.query_params.get("modality", Modality.IMAGE.value)
        return Response(operators_described(augmenter_of(modality, "modality").operators))

    @extend_schema(request=forms.AugmentPreviewForm, responses=shapes.AugmentPreviewShape)
    def preview(self, request: Request) -> Response:
        """What becomes of up to twelve samples and their labels; nothing is kept.

        Pictures are rendered, texts come as pieces, of recordings up to six are seen and heard. The same seed gives the same. Send `steps` or a `recipe`.
        """
        sent = accepted(forms.AugmentPreviewForm, request.data)
        dataset = dataset_for(self.user, sent["dataset"])
        self.allow(dataset.project_id)
        pipeline = _pipeline(self.user, dataset, sent)
        answer = augment_preview(
            dataset,
            pipeline,
            seed=sent["seed"],
            sample_ids=sent.get("samples", ()),
            count=sent["count"],
        )
        return Response(answer)


class AugmentedVersionViewSet(StudioViewSet):
    """`/versions/{id}/augmentations/`."""

    resource = "version_augmentations"
    rules = RULES

    @extend_schema(request=forms.AugmentedVersionForm, responses={202: JobAcceptedSerializer})
    def create(self, request: Request, version_id: uuid.UUID) -> Response:
        """Freeze a version with augmented copies of the training part; the job's result is the version.

        Validation and test are taken over as they are.
        """
        version = version_for(self.user, version_id)
        self.allow(version.dataset.project_id)
        sent = accepted(forms.AugmentedVersionForm, request.data)
        recipe = selectors.recipe_for(self.user, sent["recipe"])
        job = augmented_submit(
            actor=self.user,
            version=version,
            recipe=recipe,
            copies=sent["copies"],
            seed=sent["seed"],
            name=sent["name"],
        )
        return self.accepted(job)


class RecipeViewSet(StudioViewSet):
    """`/recipes/`."""

    resource = "recipes"
    rules = RULES

    @extend_schema(
        responses=paged(shapes.RecipeShape),
        parameters=[
            OpenApiParameter("project", uuid.UUID, description="Only recipes of this project"),
            OpenApiParameter("modality", str, description="Only recipes for such data"),
        ],
    )
    def list(self, request: Request) -> Response:
        """Recipes the caller may view, newest first."""
        visible = selectors.recipes_visible_to(self.user)
        if project := uuid_of(request, "project"):
            visible = visible.filter(project_id=project)
        if modality := request.query_params.get("modality"):
            visible = visible.filter(modality=modality)
        return page(request, visible, render=_rendered)

    @extend_schema(request=forms.RecipeForm, responses={201: shapes.RecipeShape})
    def create(self, request: Request) -> Response:
        """Keep a pipeline under a name."""
        sent = accepted(forms.RecipeForm, request.data)
        project = project_for(self.user, sent.pop("project"))
        self.allow(project)
        recipe = services.recipe_create(actor=self.user, project=project, **sent)
        return self.created(selectors.recipe_render(recipe), f"/api/v1/recipes/{recipe.pk}/")

    @extend_schema(responses=shapes.RecipeShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One recipe; its `ETag` is its revision."""
        recipe = selectors.recipe_for(self.user, pk)
        self.allow(recipe.project_id)
        return _answer(recipe)

    @extend_schema(request=forms.RecipeChangeForm, responses=shapes.RecipeShape)
    def partial_update(self, request: Request, pk: uuid.UUID) -> Response:
        """Rename, describe, or replace the steps; `If-Match` or `revision` guards all of it."""
        recipe = selectors.recipe_for(self.user, pk)
        self.allow(recipe.project_id)
        sent = accepted(forms.RecipeChangeForm, request.data, partial=True)
        revision = sent.pop("revision", revision_expected(request))
        return _answer(services.recipe_update(actor=self.user, recipe_id=pk, revision=revision, **sent))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: uuid.UUID) -> Response:
        """Hide the recipe from everybody; what was made with it stays."""
        recipe = selectors.recipe_for(self.user, pk)
        self.allow(recipe.project_id)
        services.recipe_delete(actor=self.user, recipe_id=pk)
        return self.no_content()


def _pipeline(user: User, dataset: Dataset, sent: dict[str, Any]) -> Pipeline[Any]:
    operators = augmenter_of(dataset.modality).operators
    if "recipe" not in sent:
        return pipeline_of(sent.get("steps", []), operators)
    if "steps" in sent:
        raise InvalidInput("send steps or a recipe, not both", field="recipe")
    recipe = selectors.recipe_for(user, sent["recipe"])
    if recipe.project_id != dataset.project_id:
        raise InvalidInput("the recipe belongs to another project", field="recipe")
    services.recipe_fits(recipe, dataset.modality)
    return pipeline_of(recipe.steps, operators)


def _answer(recipe: Recipe) -> Response:
    return Response(selectors.recipe_render(recipe), headers={"ETag": etag_of(recipe.revision)})


def _rendered(rows: "list[Recipe]") -> "list[dict[str, Any]]":
    return [selectors.recipe_render(row) for row in rows]
