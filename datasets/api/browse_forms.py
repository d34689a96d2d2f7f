"""What views and bulk edits take in and answer."""

from typing import Any

from rest_framework import serializers

from core.api.fields import NameField
from datasets.api.filter_fields import FilterField
from datasets.api.import_forms import TagsField
from datasets.models import BulkAction, BulkEdit
from datasets.services.bulk_changes import CHANGES
from datasets.services.bulk_edits import MAX_IDS
from datasets.services.class_moves import MAX_CLASSES

Serializer = serializers.Serializer[Any]


class SavedViewForm(Serializer):
    """A view to keep."""

    name = NameField(max_length=100)
    query = serializers.DictField(child=serializers.CharField(max_length=2_000))


class SavedViewShape(Serializer):
    """A view by name; `query` holds the search parameters of its address."""

    id = serializers.UUIDField()
    dataset = serializers.UUIDField()
    name = serializers.CharField()
    query = serializers.DictField(child=serializers.CharField())
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()


class BulkEditForm(Serializer):
    """A change of many samples. One of `ids` and `conditions`; empty conditions mean every sample."""

    action = serializers.ChoiceField(choices=list(CHANGES))
    value = serializers.CharField(max_length=100, allow_blank=True, default="")
    tags = TagsField(help_text="what is put on or taken off")
    classes = serializers.ListField(
        child=serializers.UUIDField(), required=False, min_length=1, max_length=MAX_CLASSES,
        help_text="of `class_move`: the classes whose marks change",
    )  # fmt: skip
    retire = serializers.BooleanField(
        default=False, help_text="of `class_move`: the classes go with their marks"
    )
    conditions = FilterField(required=False)
    ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, min_length=1, max_length=MAX_IDS
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Every sample only where that is said."""
        if ("ids" in attrs) == ("conditions" in attrs):
            raise serializers.ValidationError({"conditions": ["send either ids or conditions"]})
        said = self.initial_data.get("conditions")
        if isinstance(said, str) and not said.strip():
            detail = "an empty line would be every sample; send {} where that is meant"
            raise serializers.ValidationError({"conditions": [detail]})
        return attrs


class MovePreviewShape(Serializer):
    """What a `class_move` would change: samples, and marks by the id of their class."""

    samples = serializers.IntegerField()
    objects = serializers.DictField(child=serializers.IntegerField())


class AboutShape(Serializer):
    """Of a restored or merged version: its number and the name of its data set; else empty."""

    number = serializers.IntegerField(required=False)
    dataset_name = serializers.CharField(required=False)


STUCK = ("too_old", "taken_further")


class BulkEditShape(Serializer):
    """A change of many samples and how far it is; `stuck` says why it can be taken back no more, though it is done."""

    id = serializers.UUIDField()
    dataset = serializers.UUIDField()
    action = serializers.ChoiceField(choices=BulkAction.choices)
    value = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    classes = serializers.ListField(child=serializers.UUIDField())
    retire = serializers.BooleanField()
    conditions = serializers.DictField(child=serializers.CharField())
    about = AboutShape()
    named = serializers.IntegerField()
    state = serializers.ChoiceField(choices=BulkEdit.State.choices)
    is_open = serializers.BooleanField()
    undoable = serializers.BooleanField()
    stuck = serializers.ChoiceField(choices=STUCK, allow_blank=True)
    counts = serializers.DictField(child=serializers.IntegerField())
    job = serializers.UUIDField(allow_null=True)
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()


class TagShape(Serializer):
    """A tag and how many samples carry it."""

    tag = serializers.CharField()
    samples = serializers.IntegerField()


class TagsShape(Serializer):
    """The tags of a data set, whole."""

    results = TagShape(many=True)


class FacetsShape(Serializer):
    """Samples by state, split, class id, finding and tag; `partial` names the kinds of which there are more."""

    state = serializers.DictField(child=serializers.IntegerField())
    split = serializers.DictField(child=serializers.IntegerField())
    label = serializers.DictField(child=serializers.IntegerField())  # type: ignore[assignment]
    finding = serializers.DictField(child=serializers.IntegerField())
    tag = serializers.DictField(child=serializers.IntegerField())
    partial = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
