"""`/campaigns/{id}/guideline/`: what people are told to do, its versions and its examples."""

import uuid
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.queries import number_of
from core.api.views import StudioViewSet
from labeling.api.rules import RULES
from labeling.selectors.access import campaign_for
from labeling.selectors.guidelines import guideline_document, guideline_versions, versions_render
from labeling.services.guidelines import (
    KINDS,
    MAX_EXAMPLES,
    MAX_NOTE,
    MAX_TEXT,
    example_add,
    guideline_write,
    shown_of,
)

Serializer = serializers.Serializer[Any]
_NEWEST = 2**31 - 1


class ShownForm(Serializer):
    """An example the campaign has already: how it is shown."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    note = serializers.CharField(max_length=MAX_NOTE, allow_blank=True, default="")


class GuidelineForm(Serializer):
    """A new version, made from version `base` (0: there was none); examples in the order they are shown."""

    base = serializers.IntegerField(min_value=0, max_value=_NEWEST)
    text = serializers.CharField(max_length=MAX_TEXT, allow_blank=True, trim_whitespace=False)
    examples = serializers.ListField(child=ShownForm(), default=list, max_length=MAX_EXAMPLES)


class ExampleForm(Serializer):
    """An answered item, to be shown as it is answered now."""

    item = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    note = serializers.CharField(max_length=MAX_NOTE, allow_blank=True, default="")


class ExampleSampleShape(Serializer):
    """What is shown."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    media_type = serializers.CharField()
    payload = serializers.DictField()
    media_url = serializers.CharField()
    thumb_url = serializers.CharField(allow_null=True)


class GuidelineExampleShape(Serializer):
    """A sample as it shall be answered (`good`) or shall not (`bad`), and why."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    note = serializers.CharField()
    sample = ExampleSampleShape()
    shapes = serializers.ListField(child=serializers.DictField())


class GuidelineShape(Serializer):
    """A version of a guideline; `newest` is the one in force, 0 where none was written."""

    number = serializers.IntegerField()
    newest = serializers.IntegerField()
    text = serializers.CharField()
    examples = GuidelineExampleShape(many=True)
    author = serializers.CharField(allow_null=True)
    written_at = serializers.DateTimeField(allow_null=True)


class GuidelineVersionShape(Serializer):
    """A version in the list of them."""

    number = serializers.IntegerField()
    author = serializers.CharField()
    written_at = serializers.DateTimeField()
    examples = serializers.IntegerField()


class GuidelineViewSet(StudioViewSet):
    """`/campaigns/{id}/guideline/`."""

    resource = "guidelines"
    rules = RULES

    @extend_schema(parameters=[OpenApiParameter("number", OpenApiTypes.INT)], responses=GuidelineShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """The guideline in force, or an older version by its number."""
        is_asked = "number" in request.query_params
        number = number_of(request, "number", default=1, least=1, most=_NEWEST) if is_asked else None
        return Response(guideline_document(self.user, pk, number))

    @extend_schema(responses=paged(GuidelineVersionShape))
    def versions(self, request: Request, pk: uuid.UUID) -> Response:
        """Who wrote which version when, the newest first."""
        rows = guideline_versions(self.user, pk)
        return page(request, rows, render=versions_render, ordering=("-number",))

    @extend_schema(request=GuidelineForm, responses=GuidelineShape)
    def update(self, request: Request, pk: uuid.UUID) -> Response:
        """Write a new version; 409 `stale_revision` where somebody else has written one since."""
        campaign, _ = campaign_for(self.user, pk)
        self.allow(campaign.project_id)
        sent = accepted(GuidelineForm, request.data)
        guideline_write(
            actor=self.user,
            campaign_id=pk,
            text=sent["text"],
            examples=shown_of(sent["examples"]),
            base=sent["base"],
        )
        return Response(guideline_document(self.user, pk))

    @extend_schema(request=ExampleForm, responses={201: GuidelineShape})
    def examples(self, request: Request, pk: uuid.UUID) -> Response:
        """Make an example of an answer, as it is now; a new version shows it last."""
        self.scoped()
        _, access = campaign_for(self.user, pk)
        access.need("review_project")
        sent = accepted(ExampleForm, request.data)
        example_add(
            actor=self.user, campaign_id=pk, item_id=sent["item"], kind=sent["kind"], note=sent["note"]
        )
        return self.created(guideline_document(self.user, pk))
