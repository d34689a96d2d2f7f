"""`/versions/{id}/branches/`, `/datasets/{id}/merges/` and `/merges/{id}/`."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.queries import ids_of
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from datasets.api import merge_forms as forms
from datasets.api.rules import RULES
from datasets.models import Merge, Modality
from datasets.selectors import merges as selectors
from datasets.selectors.datasets import dataset_for, version_for
from datasets.selectors.lineage import base_of
from datasets.services.branches import branch_submit
from datasets.services.merge_apply import merge_apply
from datasets.services.merge_classes import classes_proposed
from datasets.services.merges import merge_checked, merge_choose, merge_submit
from datasets.services.table_merge import words_here, words_proposed


class VersionBranchViewSet(StudioViewSet):
    """`/versions/{id}/branches/`."""

    resource = "version_branches"
    rules = RULES

    @extend_schema(request=forms.BranchForm, responses={202: JobAcceptedSerializer})
    def create(self, request: Request, version_id: uuid.UUID) -> Response:
        """Make a new data set from the version; the stored files are shared.

        The job's result has `dataset`, its `name`, how many `samples`, and of how many there is nothing left
        (`gone_purged`, `gone_bytes`). Frozen with the splits as given it has the content hash of the version.
        """
        version = version_for(self.user, version_id)
        self.allow(version.dataset.project_id)
        return self.accepted(
            branch_submit(actor=self.user, version=version, **accepted(forms.BranchForm, request.data))
        )


class MergeViewSet(StudioViewSet):
    """Merges."""

    resource = "merges"
    rules = RULES

    @extend_schema(responses=paged(forms.MergeShape))
    def list(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Merges into the data set, newest first."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return page(request, selectors.merges_of(dataset_id), render=_merges)

    @extend_schema(request=forms.MergeForm, responses={202: JobAcceptedSerializer})
    def create(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Look at what bringing a version of another data set of the project into this one would mean.

        Nothing changes. The job's result is the merge: its counts, and its conflicts under `/merges/{id}/conflicts/`.
        """
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        sent = accepted(forms.MergeForm, request.data)
        _, job = merge_submit(
            actor=self.user,
            dataset=dataset,
            source=version_for(self.user, sent["version"]),
            classes=sent.get("classes", {}),
            removals=sent["removals"],
        )
        return self.accepted(job)

    @extend_schema(
        responses=forms.MergeProposalShape,
        parameters=[OpenApiParameter("version", uuid.UUID, required=True)],
    )
    def proposal(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """The version that both come from, and which class here each class of the version is."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        source = version_for(self.user, ids_of(request, "version", most=1)[0])
        merge_checked(dataset, source)
        base = base_of(dataset, source)
        if dataset.modality == Modality.TABULAR:
            here = [{"id": word, "name": word, "name_zh": ""} for word in words_here(dataset)]
            words = words_proposed(dataset, source)
            return Response({"base": base and selectors.version_named(base), "classes": words, "here": here})
        proposed = classes_proposed(dataset, source)
        rows = [
            {
                "id": one.row["id"],
                "name": one.row["name"],
                "name_zh": one.row["name_zh"],
                "to": one.to,
                "why": one.why,
            }
            for one in proposed
        ]
        return Response({"base": base and selectors.version_named(base), "classes": rows, "here": None})

    @extend_schema(responses=forms.MergeShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One merge and how far it is."""
        merge = selectors.merge_for(self.user, pk)
        self.allow(merge.dataset.project_id)
        return Response(selectors.merge_render(merge))

    @extend_schema(responses=paged(forms.MergeConflictShape))
    def conflicts(self, request: Request, pk: uuid.UUID) -> Response:
        """Samples that both sides changed."""
        merge = selectors.merge_for(self.user, pk)
        self.allow(merge.dataset.project_id)
        return page(
            request, selectors.conflicts_of(merge), render=selectors.conflicts_render, ordering=("id",)
        )

    @extend_schema(request=forms.MergeChoiceForm, responses=forms.MergeShape)
    def choose(self, request: Request, pk: uuid.UUID) -> Response:
        """Say which side is right of some conflicts, or of all."""
        merge = selectors.merge_for(self.user, pk)
        self.allow(merge.dataset.project_id)
        sent = accepted(forms.MergeChoiceForm, request.data)
        chosen = merge_choose(
            actor=self.user, merge=merge, choice=sent["choice"], conflicts=sent.get("conflicts")
        )
        return Response(selectors.merge_render(chosen))

    @extend_schema(request=forms.MergeApplyForm, responses={202: JobAcceptedSerializer})
    def apply(self, request: Request, pk: uuid.UUID) -> Response:
        """Do it. The job's result has the counts and the `edit`, which can be undone.

        `policy` is the side that wins where nothing was chosen. What changed since the merge was looked at is not
        overwritten: it stays as it is here and is counted as `unseen`.
        """
        merge = selectors.merge_for(self.user, pk)
        self.allow(merge.dataset.project_id)
        sent = accepted(forms.MergeApplyForm, request.data)
        _, job = merge_apply(actor=self.user, merge=merge, policy=sent["policy"])
        return self.accepted(job)


def _merges(rows: "list[Merge]") -> "list[dict[str, Any]]":
    return [selectors.merge_render(row) for row in rows]
