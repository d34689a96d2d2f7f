"""What the resources of datasets take in."""

import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import NameField
from datasets.api.filter_fields import FilterField
from datasets.attributes import KINDS, MAX_NAME, MAX_OPTIONS
from datasets.augment.pipeline import MAX_SEED
from datasets.geometry.forms import MAX_ATTRIBUTE, MAX_KEYPOINTS
from datasets.models import Modality, SampleState, ShapeKind, Task
from datasets.services.annotations import MAX_SHAPES
from datasets.services.augment_base import MAX_SAMPLES
from datasets.services.augmented_versions import MAX_COPIES
from datasets.splits import STRATEGIES

Serializer = serializers.Serializer[Any]
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


class SkeletonForm(Serializer):
    """The names of a class's key points in their order, and the pairs that hang together, places from 0."""

    points = serializers.ListField(child=serializers.CharField(max_length=100), max_length=MAX_KEYPOINTS)
    lines = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(min_value=0), min_length=2, max_length=2),
        max_length=MAX_KEYPOINTS,
        required=False,
    )


class AttributeForm(Serializer):
    """What is asked of every object of a class. Values are texts: `true` or `false` of a `bool`, options joined by
    `;` of a `multi`."""

    name = NameField(max_length=MAX_NAME)
    name_zh = NameField(max_length=MAX_NAME, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=KINDS)
    options = serializers.ListField(
        child=serializers.CharField(max_length=MAX_NAME), max_length=MAX_OPTIONS, required=False
    )
    default = serializers.CharField(max_length=MAX_ATTRIBUTE, required=False, allow_blank=True)
    required = serializers.BooleanField(required=False)  # type: ignore[assignment]


class LabelClassForm(Serializer):
    """A class; without an id it is a new one."""

    id = serializers.UUIDField(required=False)
    name = NameField(max_length=100, required=False)
    name_zh = NameField(max_length=100, required=False, allow_blank=True)
    color = serializers.RegexField(_COLOR, required=False)
    key = serializers.CharField(max_length=8, required=False, allow_blank=True)
    description = serializers.CharField(max_length=5_000, required=False, allow_blank=True)
    skeleton = SkeletonForm(required=False, allow_null=True)
    attributes = AttributeForm(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A new class needs a name."""
        if "id" not in attrs and not attrs.get("name"):
            raise serializers.ValidationError({"name": ["a new class needs a name"]})
        return attrs


class RelationTypeForm(Serializer):
    """What spans of a text may be to one another; without an id it is a new one.

    `from_classes` and `to_classes` are ids of classes, or names of classes of the same schema; where empty, every class may be at that end.
    """

    id = serializers.UUIDField(required=False)
    name = NameField(max_length=MAX_NAME)
    name_zh = NameField(max_length=MAX_NAME, required=False, allow_blank=True)
    color = serializers.RegexField(_COLOR, required=False, allow_blank=True)
    from_classes = serializers.ListField(
        child=serializers.CharField(max_length=MAX_NAME), max_length=1_000, required=False
    )
    to_classes = serializers.ListField(
        child=serializers.CharField(max_length=MAX_NAME), max_length=1_000, required=False
    )


class LabelSchemaForm(Serializer):
    """The classes a data set shall have, all of them; `revision` is the one the sender saw.

    `relations` likewise are all relation types; left out, they stay as they are.
    """

    revision = serializers.IntegerField(required=False, min_value=0)
    classes = LabelClassForm(many=True)
    relations = RelationTypeForm(many=True, required=False)


class DatasetForm(Serializer):
    """A data set to begin."""

    project = serializers.UUIDField()
    name = NameField(max_length=200)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    modality = serializers.ChoiceField(choices=Modality.choices, default=Modality.IMAGE.value)
    task = serializers.ChoiceField(choices=Task.choices)
    label_schema = LabelSchemaForm(required=False)


class DatasetChangeForm(Serializer):
    """What may change later."""

    name = NameField(max_length=200, required=False)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    label_schema = LabelSchemaForm(required=False)


_TOLD_ROWS = 10


class FewErrors(serializers.ListSerializer[Any]):
    """A long list: counted before a row is looked at, and no further once ten rows are told to be bad."""

    def to_internal_value(self, data: Any) -> Any:
        """As for any list; the errors stand at the places of their rows."""
        if not isinstance(data, list):
            return super().to_internal_value(data)
        if len(data) > MAX_SHAPES:
            raise serializers.ValidationError([f"a sample has at most {MAX_SHAPES} shapes"])
        checked: list[Any] = []
        errors: list[Any] = []
        bad = 0
        for row in data:
            try:
                checked.append(self.run_child_validation(row))
                errors.append({})
            except serializers.ValidationError as exc:
                errors.append(exc.detail)
                bad += 1
                if bad == _TOLD_ROWS:
                    break
        if bad:
            raise serializers.ValidationError(errors)
        return checked


class PointsField(serializers.JSONField):
    """Points as they were sent, which the geometry checks: they are not written as JSON again to see that they
    can be."""

    def to_internal_value(self, data: Any) -> Any:
        """The same."""
        return data


_POINT = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_POINTS = {"type": "array", "items": _POINT, "minItems": 2}


@extend_schema_field({"type": "array", "items": {**_POINTS, "minItems": 3}, "minItems": 1})
class PolygonField(PointsField):
    """Rings of points that fill by the even-odd rule: a ring inside a ring is a hole."""


@extend_schema_field(
    {
        "type": "object",
        "properties": {
            "size": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
            "counts": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]},
        },
        "required": ["size", "counts"],
    }
)
class MaskField(serializers.JSONField):
    """A COCO RLE of the size `[height, width]` of the image."""


@extend_schema_field(_POINTS)
class PolylineField(PointsField):
    """Points `[x, y]` in order."""


@extend_schema_field({"type": "array", "items": {**_POINT, "minItems": 3, "maxItems": 3}, "minItems": 1})
class KeypointsField(PointsField):
    """`[x, y, visible]` in the order of the skeleton; visible is 0 not there, 1 hidden, 2 seen."""


@extend_schema_field({"type": "array", "items": {"type": "number"}, "minItems": 5, "maxItems": 5})
class RotatedField(PointsField):
    """`[x, y, w, h, angle]`: an upright box turned clockwise by degrees about its center."""


class LinkForm(Serializer):
    """A relation that begins at a span: the id of its type, and of the span of the same sample that it leads to."""

    type = serializers.UUIDField()
    to = serializers.UUIDField()


class ShapeForm(Serializer):
    """A class, alone or with a place: `box`, the field of the shape's kind (`polygon`, `mask`, …), or of a span
    of a text `start` and `end` in Unicode code points, of a recording in seconds.

    Shapes with such a field come back with the `box` around them; a `box` sent with one is not read.
    """

    class Meta:
        """Of many."""

        list_serializer_class = FewErrors

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ShapeKind.choices)
    label = serializers.UUIDField()  # type: ignore[assignment]
    box = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4, required=False)
    rotated = RotatedField(required=False)
    polygon = PolygonField(required=False)
    mask = MaskField(required=False)
    polyline = PolylineField(required=False)
    keypoints = KeypointsField(required=False)
    attributes = serializers.DictField(child=serializers.CharField(max_length=MAX_ATTRIBUTE), required=False)
    start = serializers.FloatField(min_value=0, required=False)
    end = serializers.FloatField(min_value=0, required=False)
    relations = LinkForm(many=True, required=False)
    score = serializers.FloatField(min_value=0, max_value=1, required=False, allow_null=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=("human", "import", "model"), default="human"
    )


class SpanForm(Serializer):
    """A span of a text: `[start, end)` in Unicode code points, `class` the id of one of the schema."""

    class Meta:
        """Of many."""

        list_serializer_class = FewErrors

    id = serializers.UUIDField()
    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)

    def get_fields(self) -> Any:
        """`class` is no name that Python takes."""
        return {**super().get_fields(), "class": serializers.UUIDField()}


class SampleAnnotationForm(Serializer):
    """Everything that shall be said of a sample, and the revision the sender saw.

    `spans` say in short what shapes of the kind `span` say.
    """

    revision = serializers.IntegerField(min_value=0)
    shapes = ShapeForm(many=True, required=False, default=list)
    spans = SpanForm(many=True, required=False, default=list)
    state = serializers.ChoiceField(choices=SampleState.choices, default=SampleState.LABELED.value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Who leaves out both does not mean to take everything away."""
        if not {"shapes", "spans"} & set(self.initial_data):
            raise serializers.ValidationError({"shapes": ["this field is required"]})
        return attrs


class SplitForm(Serializer):
    """How samples are dealt out; the fractions add up to 1."""

    strategy = serializers.ChoiceField(choices=STRATEGIES, default="stratified")
    train = serializers.FloatField(min_value=0, max_value=1, default=0.8)
    val = serializers.FloatField(min_value=0, max_value=1, default=0.1)
    test = serializers.FloatField(min_value=0, max_value=1, default=0.1)
    seed = serializers.IntegerField(default=0, min_value=0, max_value=2**53)
    keep_alike = serializers.BooleanField(
        default=True,
        help_text="samples that look, sound or say nearly the same go to one split, by time to that of the oldest; "
        "with given splits they are counted in the version's warnings",
    )
    lock_test = serializers.BooleanField(
        default=False, help_text="what an import gave to the test split stays there, with its copies"
    )
    test_of = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="a version of the data set: its test split is kept as it is and the rest is dealt to train and "
        "val; copies of test samples are left out",
    )

    def to_internal_value(self, data: Any) -> Any:
        """Fractions left out are zero as soon as one of them is given."""
        checked = super().to_internal_value(data)
        if isinstance(data, dict) and {"train", "val", "test"} & data.keys():
            checked |= {name: 0.0 for name in ("train", "val", "test") if name not in data}
        return checked | {"test_of": str(checked.get("test_of") or "")}


class QualityCheckForm(Serializer):
    """What the checks compare with: of a table a version of it, the newest one where none is named."""

    against = serializers.UUIDField(required=False, allow_null=True, default=None)


class VersionForm(Serializer):
    """A version to be made."""

    name = NameField(max_length=200, required=False, allow_blank=True, default="")
    split = SplitForm(required=False)
    # The last three are said of tables.
    filter = FilterField(required=False, more=("rows", "split_column", "test_column"))
    outside = serializers.ChoiceField(
        choices=("copy", "keep"),
        default="copy",
        help_text="whether bytes that lie in a bucket are copied in, or stay there and are compared when they are read",
    )


class RestoreForm(Serializer):
    """How a version is restored. `set_aside` moves what the version does not have into the bin."""

    set_aside = serializers.BooleanField(default=False)
    preview = serializers.BooleanField(default=False)


class CardForm(Serializer):
    """Notes of a data card; what is left out stays."""

    licence = serializers.CharField(max_length=200, allow_blank=True, required=False)
    consent = serializers.CharField(max_length=5_000, allow_blank=True, required=False)
    intended_use = serializers.CharField(max_length=5_000, allow_blank=True, required=False)
    known_gaps = serializers.CharField(max_length=5_000, allow_blank=True, required=False)
    revision = serializers.IntegerField(min_value=0, required=False, allow_null=True)


class ExportForm(Serializer):
    """An export to be made."""

    format = serializers.CharField(max_length=40)
    include_media = serializers.BooleanField(default=True)


class StepForm(Serializer):
    """An operator with its parameters, applied to a share `p` of the samples."""

    op = serializers.CharField(help_text="a key of /augmentations/operators/")
    params = serializers.DictField(required=False)
    p = serializers.FloatField(min_value=0, max_value=1, default=1.0)


@extend_schema_field(StepForm(many=True))
class StepsField(serializers.JSONField):
    """Steps as they were sent: `pipeline_from` names what is wrong with them better than a form can."""


class AugmentPreviewForm(Serializer):
    """What to show: a pipeline (`steps`, or a `recipe`) on `samples` of a data set, or on `count` of them."""

    dataset = serializers.UUIDField()
    samples = serializers.ListField(child=serializers.UUIDField(), max_length=MAX_SAMPLES, required=False)
    steps = StepsField(required=False)
    recipe = serializers.UUIDField(required=False)
    seed = serializers.IntegerField(min_value=0, max_value=MAX_SEED, default=0)
    count = serializers.IntegerField(min_value=1, max_value=MAX_SAMPLES, default=MAX_SAMPLES)


class AugmentedVersionForm(Serializer):
    """A version to be made from another: `copies` of each training sample beside it."""

    recipe = serializers.UUIDField()
    copies = serializers.IntegerField(min_value=1, max_value=MAX_COPIES, default=2)
    seed = serializers.IntegerField(min_value=0, max_value=MAX_SEED, default=0)
    name = NameField(max_length=200, required=False, allow_blank=True, default="")


class RecipeForm(Serializer):
    """A recipe to keep."""

    project = serializers.UUIDField()
    name = NameField(max_length=200)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    modality = serializers.ChoiceField(
        choices=Modality.choices, default=Modality.IMAGE.value, help_text="of the data that the steps are for"
    )
    steps = StepsField()


class RecipeChangeForm(Serializer):
    """What may change about a recipe; `revision` is the one the sender saw."""

    name = NameField(max_length=200, required=False)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    steps = StepsField(required=False)
    revision = serializers.IntegerField(required=False, min_value=0)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A recipe stays where it was made: to ask for anything else is no change to be passed over."""
        if fixed := [name for name in ("project", "kind", "modality") if name in self.initial_data]:
            raise serializers.ValidationError({name: ["cannot change"] for name in fixed})
        return attrs
