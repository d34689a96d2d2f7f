"""`/datasets/{id}/references/`, `/versions/{id}/references/` and `/bucket-sources/{id}/`: bytes that stay in buckets."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from datasets.api.rules import RULES
from datasets.selectors.datasets import dataset_for, version_for
from datasets.selectors.references import references_render, source_for, source_render
from datasets.services.reference_checks import references_check_submit
from datasets.services.reference_keys import source_key_change

Serializer = serializers.Serializer[Any]


class BucketSourceShape(Serializer):
    """A bucket that samples refer to; its secret is never shown."""

    id = serializers.UUIDField()
    endpoint = serializers.CharField()
    bucket = serializers.CharField()
    region = serializers.CharField()
    key_id = serializers.CharField()
    count = serializers.IntegerField(help_text="objects that samples of the data set refer to")
    size_bytes = serializers.IntegerField()


class ReferenceExampleShape(Serializer):
    """An object that is not what it was."""

    key = serializers.CharField()
    state = serializers.CharField(help_text="gone, changed, denied or unreachable")


class ReferenceResultShape(Serializer):
    """What a look found."""

    checked = serializers.IntegerField()
    reachable = serializers.IntegerField()
    gone = serializers.IntegerField()
    changed = serializers.IntegerField()
    denied = serializers.IntegerField()
    unreachable = serializers.IntegerField()
    examples = ReferenceExampleShape(many=True)


class ReferenceErrorShape(Serializer):
    """Why a look failed."""

    code = serializers.CharField()
    detail = serializers.CharField()


class ReferenceCheckShape(Serializer):
    """The last look at what a data set refers to."""

    job = serializers.UUIDField()
    state = serializers.CharField()
    error = ReferenceErrorShape(allow_null=True)
    result = ReferenceResultShape(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class ReferencesShape(Serializer):
    """How many samples of a data set have their bytes in a bucket."""

    count = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    sources = BucketSourceShape(many=True)
    check = ReferenceCheckShape(allow_null=True)


class BucketKeyForm(Serializer):
    """Another key for a bucket; without one it is read anonymously. `secret` is stored sealed."""

    key_id = serializers.CharField(max_length=200, allow_blank=True)
    secret = serializers.CharField(max_length=500, allow_blank=True, write_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A key has two halves."""
        if bool(attrs["key_id"]) != bool(attrs["secret"]):
            raise serializers.ValidationError({"secret": "key_id and secret go together"})
        return attrs


class ReferenceViewSet(StudioViewSet):
    """References of a data set."""

    resource = "references"
    rules = RULES

    @extend_schema(responses=ReferencesShape)
    def retrieve(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """What of the data set lies outside, in which buckets, and what the last check found."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return Response(references_render(dataset))

    @extend_schema(request=None, responses={202: JobAcceptedSerializer})
    def check(self, request: Request, dataset_id: uuid.UUID) -> Response:
        """Look whether every object is still there and the same; its result is as `check.result` of the references."""
        dataset = dataset_for(self.user, dataset_id)
        self.allow(dataset.project_id)
        return self.accepted(references_check_submit(actor=self.user, dataset=dataset))


class VersionReferenceViewSet(StudioViewSet):
    """References of a version."""

    resource = "version_references"
    rules = RULES

    @extend_schema(request=None, responses={202: JobAcceptedSerializer})
    def check(self, request: Request, version_id: uuid.UUID) -> Response:
        """As for a data set, of the samples of a version."""
        version = version_for(self.user, version_id)
        self.allow(version.dataset.project_id)
        job = references_check_submit(actor=self.user, dataset=version.dataset, version=version)
        return self.accepted(job)


class BucketSourceViewSet(StudioViewSet):
    """Buckets that samples refer to."""

    resource = "bucket_sources"
    rules = RULES

    @extend_schema(request=BucketKeyForm, responses=BucketSourceShape)
    def partial_update(self, request: Request, pk: uuid.UUID) -> Response:
        """Read with another key, after it was seen to work; syncs of the bucket that had the old one get it, too."""
        self.allow(source_for(self.user, pk).project_id)
        sent = accepted(BucketKeyForm, request.data)
        return Response(source_render(source_key_change(actor=self.user, source_id=pk, **sent)))
