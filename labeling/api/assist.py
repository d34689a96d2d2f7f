"""`/assist/`: what the machine draws when somebody points."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.views import StudioViewSet
from labeling.api.rules import RULES
from labeling.assist.prompts import MAX_POINTS, Prompt
from labeling.services.assist import assist_cut, assist_prepare

Serializer = serializers.Serializer[Any]


class PrepareForm(Serializer):
    """The item whose picture will be pointed at."""

    item = serializers.UUIDField()


class PreparedShape(Serializer):
    """Whether a click is answered at once; `basic`: there are no weights, GrabCut answers."""

    state = serializers.ChoiceField(choices=("preparing", "ready", "basic"))


class PointForm(Serializer):
    """A click in pixels of the upright picture; not `positive`: this is not part of it."""

    x = serializers.FloatField()
    y = serializers.FloatField()
    positive = serializers.BooleanField(default=True)


class SegmentForm(PrepareForm):
    """Points in the order in which they were set, a box [x, y, w, h], or both."""

    points = serializers.ListField(child=PointForm(), max_length=MAX_POINTS, required=False)
    box = serializers.ListField(
        child=serializers.FloatField(), min_length=4, max_length=4, required=False, allow_null=True
    )


class SegmentShape(Serializer):
    """The mask as COCO writes it, the rings that fill nearly the same, and the box around; null for nothing found."""

    engine = serializers.ChoiceField(choices=("sam", "grabcut"))
    score = serializers.FloatField(allow_null=True)
    mask = serializers.DictField(allow_null=True)
    polygon = serializers.ListField(
        child=serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    )
    box = serializers.ListField(child=serializers.FloatField(), allow_null=True)


class AssistViewSet(StudioViewSet):
    """`/assist/prepare/` and `/assist/segment/`; neither changes anything."""

    resource = "assist"
    rules = RULES
    reading_actions = frozenset({"prepare", "segment"})

    @extend_schema(request=PrepareForm, responses=PreparedShape)
    def prepare(self, request: Request) -> Response:
        """Begin to look at the picture of an item, so that the first click is answered at once."""
        self.scoped()
        sent = accepted(PrepareForm, request.data)
        return Response(assist_prepare(self.user, sent["item"]))

    @extend_schema(request=SegmentForm, responses=SegmentShape)
    def segment(self, request: Request) -> Response:
        """The object under the points or in the box, as a mask and as a polygon."""
        self.scoped()
        sent = accepted(SegmentForm, request.data)
        points = tuple((row["x"], row["y"], row["positive"]) for row in sent.get("points") or ())
        box = sent.get("box")
        prompt = Prompt(points, tuple(box) if box else None)
        return Response(assist_cut(self.user, sent["item"], prompt))
