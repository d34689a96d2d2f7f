"""`/datasets/{id}/syncs/` and `/syncs/{id}/`."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from datasets.api.import_forms import BucketForm, Serializer, TagsField
from datasets.api.rules import RULES
from datasets.models import BucketSync, SyncEvery
from datasets.selectors.datasets import dataset_for
from datasets.selectors.syncs import sync_for, sync_render, syncs_of
from datasets.services import bucket_syncs as services
from datasets.services.imports import ImportOptions


class SyncForm(Serializer):
    """A bucket to look at again and again."""

    s3 = BucketForm()
    every = serializers.ChoiceField(choices=SyncEvery.choices)
    format = serializers.CharField(max_length=40, default="auto")
    group_by = serializers.ChoiceField(choices=("none", "folder", "prefix"), default="none")
    tags = TagsField(help_text="for every sample that comes in")


class SyncChangeForm(Serializer):
    """What may change about a sync."""

    every = serializers.ChoiceField(choices=SyncEvery.choices, required=False)
    paused = serializers.BooleanField(required=False)


class SyncBucketShape(Serializer):
    """The bucket; its secret is never shown."""

    endpoint = serializers.CharField()
    bucket = serializers.CharField()
    prefix = serializers.CharField()
    region = serializers.CharField()
    key_id = serializers.CharField()
    keep = serializers.ChoiceField(choices=("copy", "reference"))


class SyncErrorShape(Serializer):
    """Why a run failed."""

    code = serializers.CharField()
    detail = serializers.CharField()


class SyncLastShape(Serializer):
    """How the last run goes or went."""

    job = serializers.UUIDField()
    state = serializers.CharField()
    error = SyncErrorShape(allow_null=True)
    created = serializers.IntegerField()
    finished_at = serializers.DateTimeField(allow_null=True)


class SyncShape(Serializer):
    """A sync."""

    id = serializers.UUIDField()
    dataset = serializers.UUIDField()
    bucket = SyncBucketShape()
    every = serializers.ChoiceField(choices=SyncEvery.choices)
    tags = serializers.ListField(child=serializers.CharField())
    paused = serializers.BooleanField()
    next_run_at = serializers.DateTimeField(allow_null=True)
    last = SyncLastShape(allow_null=True)
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()


class SyncViewSet(StudioViewSet):
    """`/datasets/{id}/syncs/`."""

    resource = "syncs"
    rules = RULES

    @extend_schema(responses=paged(SyncShape))
    def list(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Buckets whose new objects come in by the clock, newest first."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return page(request, syncs_of(dataset_id), render=_rendered)

    @extend_schema(request=SyncForm, responses={201: SyncShape})
    def create(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Keep a bucket in sync; the first run begins at once."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        sent = accepted(SyncForm, request.data)
        options = ImportOptions(format=sent["format"], group_by=sent["group_by"], tags=sent["tags"])
        sync = services.sync_create(
            actor=self.user, dataset=dataset, bucket=sent["s3"], every=sent["every"], options=options
        )
        return self.created(sync_render(sync), f"/api/v1/syncs/{sync.pk}/")

    @extend_schema(request=SyncChangeForm, responses=SyncShape)
    def partial_update(self, request: Request, pk: uuid.UUID) -> Response:
        """Change how often, pause, or go on."""
        self.allow(sync_for(self.user, pk).dataset.project_id)
        sent = accepted(SyncChangeForm, request.data, partial=True)
        services.sync_change(actor=self.user, sync_id=pk, every=sent.get("every"), paused=sent.get("paused"))
        return Response(sync_render(sync_for(self.user, pk)))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: uuid.UUID) -> Response:
        """Look no more; what came in stays."""
        self.allow(sync_for(self.user, pk).dataset.project_id)
        services.sync_delete(actor=self.user, sync_id=pk)
        return self.no_content()

    @extend_schema(request=None, responses={202: JobAcceptedSerializer})
    def run(self, request: Request, pk: uuid.UUID) -> Response:
        """Look now; the job that is at work already, if one is."""
        self.allow(sync_for(self.user, pk).dataset.project_id)
        return self.accepted(services.sync_run_now(actor=self.user, sync_id=pk))


def _rendered(rows: "list[BucketSync]") -> "list[dict[str, Any]]":
    return [sync_render(row) for row in rows]
