"""`/datasets/{id}/views/`, `/datasets/{id}/bulk-edits/` and below."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from datasets.api import browse_forms as forms
from datasets.api.rules import RULES
from datasets.models import BulkEdit, SavedView
from datasets.selectors import browse as selectors
from datasets.selectors.datasets import dataset_for
from datasets.services.bulk_edits import Selection, bulk_submit, bulk_undo, move_preview
from datasets.services.class_moves import ClassMove
from datasets.services.views import view_create, view_delete


class SavedViewViewSet(StudioViewSet):
    """Views by name."""

    resource = "saved_views"
    rules = RULES

    @extend_schema(responses=paged(forms.SavedViewShape))
    def list(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """The views of the data set, by name."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return page(request, selectors.views_of(dataset_id), render=_views, ordering=("name", "id"))

    @extend_schema(request=forms.SavedViewForm, responses={201: forms.SavedViewShape})
    def create(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Keep a view: the search parameters of its address under a name."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        view = view_create(actor=self.user, dataset=dataset, **accepted(forms.SavedViewForm, request.data))
        return self.created(selectors.view_render(view))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: uuid.UUID) -> Response:
        """Forget a view."""
        view = selectors.view_for(self.user, pk)
        self.allow(view.dataset.project_id)
        view_delete(actor=self.user, view=view)
        return self.no_content()


class BulkEditViewSet(StudioViewSet):
    """Many samples changed at once."""

    resource = "bulk_edits"
    rules = RULES

    @extend_schema(responses=paged(forms.BulkEditShape))
    def list(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """The edits of the data set, newest first."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return page(request, selectors.edits_of(dataset_id), render=_edits)

    @extend_schema(request=forms.BulkEditForm, responses={202: JobAcceptedSerializer})
    def create(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Change all samples that meet `conditions` (filters of the sample list), or those named by `ids`.

        `action` `label` (a class id as `value`, empty to take labels away), `label_add` or `label_drop` (where a
        sample has several classes: a class id as `value`), `class_move` (marks of `classes` become those of the class
        `value`, or go where it is empty; with `retire` and without a filter the classes go too), `split` (`train`, `val`, `test` or empty), `delete`, `tag` or
        `untag` (with `tags`, which are put on or taken off). The job's result has the `edit`, which can be undone.
        """
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        sent = accepted(forms.BulkEditForm, request.data)
        selection = Selection(sent.get("conditions", {}), sent.get("ids", []))
        _, job = bulk_submit(
            actor=self.user,
            dataset=dataset,
            action=sent["action"],
            value=sent["value"],
            selection=selection,
            tags=sent["tags"],
            move=_move(sent),
        )
        return self.accepted(job)

    @extend_schema(request=forms.BulkEditForm, responses=forms.MovePreviewShape)
    def preview(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """What a `class_move` would change; nothing is changed."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        sent = accepted(forms.BulkEditForm, request.data)
        selection = Selection(sent.get("conditions", {}), sent.get("ids", []))
        found = move_preview(dataset=dataset, value=sent["value"], selection=selection, move=_move(sent))
        return Response(found)

    @extend_schema(responses=forms.BulkEditShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One edit and how far it is."""
        edit = selectors.edit_for(self.user, pk)
        self.allow(edit.dataset.project_id)
        return Response(selectors.edit_render(edit))

    @extend_schema(request=None, responses={202: JobAcceptedSerializer})
    def undo(self, request: Request, pk: uuid.UUID) -> Response:
        """Take it back; what somebody changed since stays as it is."""
        edit = selectors.edit_for(self.user, pk)
        self.allow(edit.dataset.project_id)
        _, job = bulk_undo(actor=self.user, edit_id=edit.pk)
        return self.accepted(job)


def _move(sent: "dict[str, Any]") -> ClassMove:
    return ClassMove(tuple(sent.get("classes", ())), sent["retire"])


def _views(rows: "list[SavedView]") -> "list[dict[str, Any]]":
    return [selectors.view_render(row) for row in rows]


def _edits(rows: "list[BulkEdit]") -> "list[dict[str, Any]]":
    return [selectors.edit_render(row) for row in rows]
