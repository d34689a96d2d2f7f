"""What the resources of datasets answer, as OpenAPI shapes. Lists are rendered by hand, never by these."""

from typing import Any

from rest_framework import serializers

from datasets.api.forms import (
    AttributeForm,
    KeypointsField,
    MaskField,
    PolygonField,
    PolylineField,
    RotatedField,
    ShapeForm,
    SkeletonForm,
)
from datasets.augment.base import GROUPS
from datasets.models import Finding, Modality, RecipeKind, SampleState, ShapeKind, Task
from datasets.origins import STATES

Serializer = serializers.Serializer[Any]


class LabelClassShape(Serializer):
    """A class and how many samples carry it."""

    id = serializers.UUIDField()
    index = serializers.IntegerField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    color = serializers.CharField()
    key = serializers.CharField()
    description = serializers.CharField()
    skeleton = SkeletonForm(allow_null=True)
    attributes = AttributeForm(many=True)
    count = serializers.IntegerField()


class RelationTypeShape(Serializer):
    """What spans of a text may be to one another; a side without classes stands for all of them."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    color = serializers.CharField(help_text="#rrggbb, empty for none of its own")
    from_classes = serializers.ListField(child=serializers.UUIDField())
    to_classes = serializers.ListField(child=serializers.UUIDField())


class LabelSchemaShape(Serializer):
    """The classes and relation types, and the revision that guards them."""

    revision = serializers.IntegerField()
    classes = LabelClassShape(many=True)
    relations = RelationTypeShape(many=True)


class DatasetBriefShape(Serializer):
    """A data set in a list."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    modality = serializers.ChoiceField(choices=Modality.choices)
    task = serializers.ChoiceField(choices=Task.choices)
    counts = serializers.DictField(child=serializers.IntegerField())
    created_at = serializers.DateTimeField()


class OriginShape(Serializer):
    """The version that a branch was made from."""

    version = serializers.UUIDField()
    number = serializers.IntegerField()
    dataset = serializers.UUIDField()
    dataset_name = serializers.CharField()


class DatasetShape(DatasetBriefShape):
    """A data set with its schema, and its origin if it is a branch."""

    label_schema = LabelSchemaShape()
    origin = OriginShape(allow_null=True)


class BinsShape(Serializer):
    """A bin of a histogram: `from_px` to `to_px`, both inside.

    Of texts they count characters, of recordings hundredths of a second.
    """

    from_px = serializers.IntegerField()
    to_px = serializers.IntegerField()
    count = serializers.IntegerField()


class SizesShape(Serializer):
    """How large the samples are."""

    width = BinsShape(many=True)
    height = BinsShape(many=True)
    characters = BinsShape(many=True)
    duration = BinsShape(many=True)


class StatisticsShape(Serializer):
    """Numbers for looking at a data set."""

    samples = serializers.IntegerField()
    objects = serializers.IntegerField()
    classes = serializers.ListField(child=serializers.DictField())
    states = serializers.DictField(child=serializers.IntegerField())
    splits = serializers.DictField(child=serializers.IntegerField())
    media_types = serializers.DictField(child=serializers.IntegerField())
    sizes = SizesShape()
    rates = serializers.DictField(child=serializers.IntegerField())


class SampleAnnotationShape(Serializer):
    """What is said of a sample."""

    revision = serializers.IntegerField()
    shapes = ShapeForm(many=True)
    source = serializers.CharField()  # type: ignore[assignment]


class SampleShape(Serializer):
    """A sample."""

    id = serializers.UUIDField()
    dataset = serializers.UUIDField()
    name = serializers.CharField()
    modality = serializers.ChoiceField(choices=Modality.choices)
    media_type = serializers.CharField()
    payload = serializers.DictField()
    state = serializers.ChoiceField(choices=SampleState.choices)
    split = serializers.CharField()
    group = serializers.CharField()
    labels = serializers.ListField(child=serializers.UUIDField())
    annotation = SampleAnnotationShape()
    findings = serializers.ListField(child=serializers.CharField())
    tags = serializers.ListField(child=serializers.CharField())
    imported_at = serializers.DateTimeField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    thumb_url = serializers.CharField(allow_null=True)
    media_url = serializers.CharField()
    similarity = serializers.FloatField(required=False, help_text="cosine, with `similar_to` only")


class SampleOriginShape(Serializer):
    """Who labeled a sample elsewhere, in the words of an imported file. A member is a namesake here, if anybody."""

    tool = serializers.CharField(help_text="key of the format that the file had")
    annotator = serializers.CharField(help_text="a name, mail address or number; may be empty")
    annotator_member = serializers.CharField(allow_null=True)
    reviewer = serializers.CharField()
    reviewer_member = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(choices=["", *STATES])


class SampleHistoryShape(Serializer):
    """One revision of what is said of a sample. Revision 0 is of one that came in unlabeled."""

    revision = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=SampleState.choices)
    actor = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    objects = serializers.IntegerField()
    origin = SampleOriginShape(allow_null=True)


class ImportShape(Serializer):
    """An import."""

    id = serializers.UUIDField()
    dataset = serializers.UUIDField()
    job = serializers.UUIDField(allow_null=True)
    format = serializers.CharField()
    reason = serializers.CharField()
    source_name = serializers.CharField()
    options = serializers.DictField()
    result = serializers.DictField(allow_null=True)
    counts = serializers.DictField()
    problems = serializers.DictField()
    problem_samples = serializers.ListField(child=serializers.DictField())
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class FindingShape(Serializer):
    """What a check found: how bad, how many, what would help. Words are the reader's own."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=Finding.Severity.choices)
    count = serializers.IntegerField()
    remedy = serializers.CharField()
    params = serializers.DictField()
    checked_at = serializers.DateTimeField(allow_null=True)
    samples_url = serializers.CharField(allow_null=True)


class FindingsShape(Serializer):
    """All findings, when the checks last ran (without that, none is no news), and whether the data changed since."""

    results = FindingShape(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()
    checked_at = serializers.DateTimeField(allow_null=True)
    changed_since = serializers.BooleanField()


class VersionShape(Serializer):
    """A frozen state."""

    id = serializers.UUIDField()
    dataset = serializers.UUIDField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    split = serializers.DictField()
    seed = serializers.IntegerField()
    filter = serializers.DictField()
    content_hash = serializers.CharField()
    manifest_sha256 = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField())
    classes = serializers.ListField(child=serializers.DictField())
    warnings = serializers.ListField(child=serializers.DictField())
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]
    augmentation = serializers.DictField(allow_null=True)
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()


class TableDiffShape(Serializer):
    """What changed in a table. `rows` are the first hundred of each, `{before, after}`; `shown` are their columns.

    `cells` counts changed cells by the number of their column; `ambiguous` rows have no key, or share it.
    """

    key = serializers.IntegerField(allow_null=True)
    keys = serializers.ListField(child=serializers.DictField())
    columns = serializers.DictField()
    shown = serializers.ListField(child=serializers.DictField())
    cells = serializers.DictField(child=serializers.IntegerField())
    ambiguous = serializers.IntegerField()
    rows = serializers.DictField()


class BalancePartShape(Serializer):
    """Samples that carry the class, and their share of the samples of this part."""

    before = serializers.IntegerField()
    after = serializers.IntegerField()
    before_share = serializers.FloatField()
    after_share = serializers.FloatField()


class ClassBalanceShape(Serializer):
    """A class in two versions; `change` is `added`, `removed`, `renamed` or empty."""

    id = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    change = serializers.CharField()
    all = BalancePartShape()
    train = BalancePartShape()
    val = BalancePartShape()
    test = BalancePartShape()


class VersionDiffShape(Serializer):
    """What changed between two versions."""

    version = serializers.UUIDField()
    against = serializers.UUIDField()
    same_content = serializers.BooleanField()
    counts = serializers.DictField(child=serializers.IntegerField())
    samples = serializers.DictField()
    classes = serializers.DictField()
    balance = ClassBalanceShape(many=True)
    table = TableDiffShape(allow_null=True)


class ExportShape(Serializer):
    """A finished export."""

    id = serializers.UUIDField()
    version = serializers.UUIDField()
    format = serializers.CharField()
    include_media = serializers.BooleanField()
    sha256 = serializers.CharField()
    bytes = serializers.IntegerField()
    download_url = serializers.CharField()


class FormatShape(Serializer):
    """A format this studio reads or writes."""

    key = serializers.CharField()
    title = serializers.CharField()
    modality = serializers.ChoiceField(choices=Modality.choices)
    imports = serializers.BooleanField()
    exports = serializers.BooleanField()
    export_tasks = serializers.ListField(child=serializers.CharField())


class OperatorShape(Serializer):
    """An operator of augmentation. `moves`: labels move with the pixels; `mixes`: it draws on other samples."""

    key = serializers.CharField()
    group = serializers.ChoiceField(choices=GROUPS)
    moves = serializers.BooleanField()
    mixes = serializers.BooleanField()
    params_schema = serializers.DictField(help_text="JSON Schema of the parameters")


class MovedShapeShape(Serializer):
    """A statement about a rendered picture; `box` in its pixels; `weight` below 1 where pictures were blended."""

    label = serializers.UUIDField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=ShapeKind.choices)
    box = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4, required=False)
    rotated = RotatedField(required=False)
    polygon = PolygonField(required=False)
    mask = MaskField(required=False)
    polyline = PolylineField(required=False)
    keypoints = KeypointsField(required=False)
    weight = serializers.FloatField()


class AugmentedPieceShape(Serializer):
    """A part of a text and what it became; `label` where it lies in an entity."""

    old = serializers.CharField()
    new = serializers.CharField()
    label = serializers.UUIDField(required=False)  # type: ignore[assignment]


class RenderedSampleShape(Serializer):
    """A sample after a pipeline; which fields there are depends on the modality.

    Of a picture `dropped` counts the shapes of which too little is left. Of a text and a recording `labels` are the
    classes of the whole. What stays between two `pieces` of a text that change is cut in its middle. Of a recording
    `before` and `after` are spectrograms of its beginning, `heard` is what it sounds like then.
    """

    sample = serializers.UUIDField()
    name = serializers.CharField()
    width = serializers.IntegerField(required=False)
    height = serializers.IntegerField(required=False)
    picture = serializers.CharField(help_text="a data: address of a JPEG", required=False)
    shapes = MovedShapeShape(many=True, required=False)
    dropped = serializers.IntegerField(required=False)
    labels = serializers.ListField(child=serializers.UUIDField(), required=False)
    pieces = AugmentedPieceShape(many=True, required=False)
    changed = serializers.BooleanField(required=False)
    before = serializers.CharField(help_text="a data: address of a JPEG", required=False)
    after = serializers.CharField(help_text="a data: address of a JPEG", required=False)
    heard = serializers.CharField(help_text="a data: address of Ogg Vorbis", required=False)
    media_url = serializers.CharField(required=False)
    is_cut = serializers.BooleanField(required=False)


class AugmentPreviewShape(Serializer):
    """Samples after a pipeline, and those that cannot be read; `side_px` of pictures."""

    seed = serializers.IntegerField()
    side_px = serializers.IntegerField(required=False)
    took_ms = serializers.FloatField()
    results = RenderedSampleShape(many=True)
    unreadable = serializers.ListField(child=serializers.UUIDField())


class StepShape(Serializer):
    """A step with every parameter written out."""

    op = serializers.CharField()
    params = serializers.DictField()
    p = serializers.FloatField()


class RecipeShape(Serializer):
    """A recipe."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    kind = serializers.ChoiceField(choices=RecipeKind.choices)
    modality = serializers.ChoiceField(choices=Modality.choices)
    steps = StepShape(many=True)
    revision = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
