"""What cleanings take in and answer."""

from typing import Any

from rest_framework import serializers

from core.api.fields import NameField
from datasets.api.filter_fields import FilterLineField
from datasets.selectors.cleanings import STATES
from datasets.services.clean_base import MAX_PREVIEW

Serializer = serializers.Serializer[Any]


class CleaningStepForm(Serializer):
    """One step; a parameter that is left out has its default."""

    op = serializers.CharField(max_length=60)
    params = serializers.DictField(required=False)


class CleaningRecipeForm(Serializer):
    """Steps in their order."""

    version = serializers.IntegerField(default=1)
    steps = CleaningStepForm(many=True)


class CleaningPreviewForm(Serializer):
    """A recipe to look at; `filter` is empty for all samples."""

    recipe = serializers.JSONField()
    filter = FilterLineField(required=False)
    limit = serializers.IntegerField(min_value=1, max_value=MAX_PREVIEW, default=MAX_PREVIEW)


class CleaningForm(Serializer):
    """A recipe to apply."""

    name = NameField(max_length=200, allow_blank=True, default="")
    recipe = serializers.JSONField()
    filter = FilterLineField(required=False)


class CleaningAgainForm(Serializer):
    """The same recipe for what was imported since; without `filter` the one of the cleaning holds."""

    filter = FilterLineField(required=False)


class CleaningOperatorShape(Serializer):
    """An operator of the data set's modality."""

    key = serializers.CharField()
    group = serializers.CharField()
    params_schema = serializers.DictField()


class ChosenExampleShape(Serializer):
    """One of the samples that go."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    thumb_url = serializers.CharField(allow_null=True)


class ChosenCountShape(Serializer):
    """What a step that chooses would take out: `count` of the `total` samples that reach it go `to` the bin or a split.

    `count` is null where nobody can tell yet: no checks have run since the newest samples came, or a step before
    makes other content. It is the most there can be where not `exact`. `examples` are the first dozen of what a check names.
    """

    step = serializers.IntegerField()
    to = serializers.ChoiceField(choices=("bin", "train", "val", "test"))
    count = serializers.IntegerField(allow_null=True)
    total = serializers.IntegerField()
    exact = serializers.BooleanField()
    examples = ChosenExampleShape(many=True)


class CleaningPreviewShape(Serializer):
    """`results` are of the modality: texts have `pieces` of old and new, pictures `before` and `after`.

    `chosen` has a row for each step that chooses among samples, in order; tables have none.

    Tables have a `table` instead, with counts of rows and changed cells, columns and rows before and after.
    """

    looked_at = serializers.IntegerField()
    changed = serializers.IntegerField()
    took_ms = serializers.FloatField()
    results = serializers.ListField(child=serializers.DictField())
    chosen = ChosenCountShape(many=True, required=False)
    table = serializers.DictField(required=False)


class CleaningProblemShape(Serializer):
    """A sample that stayed as it was, or lost something, and why."""

    sample = serializers.UUIDField()
    name = serializers.CharField()
    code = serializers.CharField()


class CleaningShape(Serializer):
    """A recipe applied to a data set, and what came of it."""

    id = serializers.UUIDField()
    dataset = serializers.UUIDField()
    name = serializers.CharField()
    recipe = CleaningRecipeForm()
    filter = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    again_of = serializers.UUIDField(allow_null=True)
    state = serializers.ChoiceField(choices=STATES)
    counts = serializers.DictField(child=serializers.IntegerField())
    problems = CleaningProblemShape(many=True)
    job = serializers.UUIDField(allow_null=True)
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)
    undoable = serializers.BooleanField()
