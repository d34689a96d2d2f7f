"""`/versions/{id}/card/`: the data card of a version."""

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.etag import etag_of, revision_expected
from core.api.forms import accepted
from core.api.views import StudioViewSet
from datasets.api import forms
from datasets.api.rules import RULES
from datasets.cards import card_markdown
from datasets.models import DatasetVersion, Finding
from datasets.selectors.cards import card_render
from datasets.selectors.datasets import version_for
from datasets.services.cards import card_update

Serializer = serializers.Serializer[Any]


class CardSourceShape(Serializer):
    """What brought samples: an import, the version of a branch, or a merged version with its `number`."""

    kind = serializers.CharField(help_text="upload, url, bucket, query, branch or merge")
    name = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)
    version = serializers.UUIDField(allow_null=True)
    format = serializers.CharField()
    samples = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField()


class CardClassShape(Serializer):
    """A class that a gap names."""

    id = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField(allow_blank=True)


class CardGapShape(Serializer):
    """What was found by the moment of freezing; `checked_at` of what the checks found, null of what is counted.

    `classes` are those that training, or the test, never sees; none of other gaps.
    """

    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=Finding.Severity.choices)
    count = serializers.IntegerField()
    checked_at = serializers.DateTimeField(allow_null=True)
    classes = CardClassShape(many=True)


class CardOutsideShape(Serializer):
    """Samples whose bytes stayed in a bucket when it was frozen, and those whose bytes were copied in for it."""

    kept = serializers.IntegerField()
    size_bytes = serializers.IntegerField(help_text="of what was kept")
    copied = serializers.IntegerField()


class CardNotesShape(Serializer):
    """What people say."""

    licence = serializers.CharField()
    consent = serializers.CharField()
    intended_use = serializers.CharField()
    known_gaps = serializers.CharField()


class CardShape(Serializer):
    """A data card: what is known by itself, and notes."""

    version = serializers.UUIDField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    dataset_name = serializers.CharField()
    description = serializers.CharField()
    modality = serializers.CharField()
    task = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField())
    classes = serializers.ListField(child=serializers.DictField())
    split = serializers.DictField()
    content_hash = serializers.CharField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    sources = CardSourceShape(many=True)
    sources_count = serializers.IntegerField()
    gaps = CardGapShape(many=True)
    outside = CardOutsideShape()
    checked_at = serializers.DateTimeField(allow_null=True)
    changed_since = serializers.BooleanField(
        help_text="the data had changed after the checks when it was frozen"
    )
    notes = CardNotesShape()
    revision = serializers.IntegerField()
    updated_by = serializers.CharField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)


class VersionCardViewSet(StudioViewSet):
    """The data card of a version."""

    resource = "version_cards"
    rules = RULES

    @extend_schema(responses=CardShape)
    def retrieve(self, request: Request, version_id: uuid.UUID) -> Response:
        """The card: sources, counts, classes, split and findings of the version, and notes."""
        version = version_for(self.user, version_id)
        self.allow(version.dataset.project_id)
        return _answer(version)

    @extend_schema(request=forms.CardForm, responses=CardShape)
    def partial_update(self, request: Request, version_id: uuid.UUID) -> Response:
        """Change notes. With a `revision` or `If-Match` only if nobody else did since."""
        version = version_for(self.user, version_id)
        self.allow(version.dataset.project_id)
        sent = accepted(forms.CardForm, request.data)
        revision = sent.pop("revision", revision_expected(request))
        card_update(actor=self.user, version=version, notes=sent, revision=revision)
        return _answer(version)

    @extend_schema(responses={(200, "text/markdown"): OpenApiTypes.STR})
    def markdown(self, request: Request, version_id: uuid.UUID) -> HttpResponse:
        """The card as Markdown, in the language of whoever asks."""
        version = version_for(self.user, version_id)
        self.allow(version.dataset.project_id)
        content = card_markdown(card_render(version), self.user.language)
        answer = HttpResponse(content, content_type="text/markdown; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="data-card-v{version.number}.md"'
        return answer


def _answer(version: DatasetVersion) -> Response:
    card = card_render(version)
    return Response(card, headers={"ETag": etag_of(card["revision"])})
