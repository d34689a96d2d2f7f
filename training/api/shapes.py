"""What the resources of training answer, as OpenAPI shapes. Lists are rendered by hand, never by these."""

from typing import Any

from rest_framework import serializers

from core.api.serializers import JobErrorSerializer, JobProgressSerializer, JobSerializer
from core.models import Job

Serializer = serializers.Serializer[Any]


class AlgorithmShape(Serializer):
    """A model family and the form of its parameters."""

    key = serializers.CharField()
    title = serializers.CharField()
    task = serializers.CharField()
    params_schema = serializers.DictField()
    profiles = serializers.DictField(child=serializers.DictField())
    minutes = serializers.DictField(child=serializers.FloatField())
    licence = serializers.CharField()
    requires = serializers.ListField(child=serializers.CharField())


class RunRecipeShape(Serializer):
    """The augmentation recipe of a run, as it was when the run was asked for."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    revision = serializers.IntegerField()
    steps = serializers.ListField(child=serializers.DictField())


class RunShape(Serializer):
    """A run; `state` and `error` are its job's, `metrics` are there once it succeeded."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    stage = serializers.CharField()
    progress = JobProgressSerializer()
    eta_s = serializers.FloatField(allow_null=True)
    job = JobSerializer()
    error = JobErrorSerializer(allow_null=True)
    task = serializers.CharField()
    algorithm = serializers.CharField()
    profile = serializers.CharField()
    params = serializers.DictField()
    recipe = RunRecipeShape(allow_null=True)
    seed = serializers.IntegerField()
    device = serializers.CharField()
    resources = serializers.DictField()
    dataset = serializers.UUIDField()
    dataset_version = serializers.UUIDField()
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]
    model = serializers.UUIDField(allow_null=True)
    model_version = serializers.UUIDField(allow_null=True)
    metrics = serializers.DictField()
    parity = serializers.DictField(allow_null=True)
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class RunsShape(Serializer):
    """Runs side by side."""

    runs = RunShape(many=True)


class SeriesShape(Serializer):
    """Curves: key -> [[step, value, time]]."""

    series = serializers.DictField(child=serializers.ListField(child=serializers.ListField()))


class LogLineShape(Serializer):
    """One line of a log."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    text = serializers.CharField()


class LogShape(Serializer):
    """Lines, and the number to ask for the next ones with."""

    results = LogLineShape(many=True)
    after = serializers.IntegerField()


class ModelVersionBriefShape(Serializer):
    """A version within its model."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    metrics = serializers.DictField()
    parity_ok = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class ModelShape(Serializer):
    """A model; `aliases` are names of versions."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    task = serializers.CharField()
    versions_count = serializers.IntegerField()
    aliases = serializers.DictField(child=serializers.UUIDField())
    latest = ModelVersionBriefShape(allow_null=True)
    created_at = serializers.DateTimeField()


class ModelVersionShape(Serializer):
    """A version with all its facts."""

    id = serializers.UUIDField()
    model = serializers.UUIDField()
    model_name = serializers.CharField()
    project = serializers.UUIDField()
    number = serializers.IntegerField()
    run = serializers.UUIDField(allow_null=True)
    dataset_version = serializers.UUIDField(allow_null=True)
    task = serializers.CharField()
    labels = serializers.ListField(child=serializers.CharField())
    signature = serializers.DictField()
    decode = serializers.DictField()
    metrics = serializers.DictField()
    parity = serializers.DictField(allow_null=True)
    parity_ok = serializers.BooleanField()
    deployable = serializers.BooleanField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    licence = serializers.CharField()
    lineage = serializers.DictField()
    limits = serializers.DictField()
    card = serializers.CharField()
    aliases = serializers.ListField(child=serializers.CharField())
    download_url = serializers.CharField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(allow_null=True)


class EvaluationBriefShape(Serializer):
    """An evaluation in a list."""

    id = serializers.UUIDField()
    project = serializers.UUIDField()
    model_version = serializers.UUIDField()
    dataset_version = serializers.UUIDField()
    split = serializers.CharField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    job = JobSerializer(allow_null=True)
    count = serializers.IntegerField()
    metrics = serializers.DictField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(allow_null=True)


class ConfusionShape(Serializer):
    """Counts: truth down, prediction across."""

    labels = serializers.ListField(child=serializers.CharField())
    matrix = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class ClassFiguresShape(Serializer):
    """Figures of one class."""

    label = serializers.CharField()  # type: ignore[assignment]
    precision = serializers.FloatField()
    recall = serializers.FloatField()
    f1 = serializers.FloatField()
    support = serializers.IntegerField()


class EvaluationShape(EvaluationBriefShape):
    """An evaluation with its report; the report's parts are missing until it is done."""

    labels = serializers.ListField(child=serializers.CharField())
    confusion = ConfusionShape(required=False)
    per_class = ClassFiguresShape(many=True, required=False)
    curves = serializers.DictField(required=False)
    log_loss = serializers.FloatField(required=False)
    calibration_error = serializers.FloatField(required=False, allow_null=True)
    left_out = serializers.DictField(child=serializers.IntegerField(), required=False)
    parity = serializers.DictField(allow_null=True)


class EvaluationSampleShape(Serializer):
    """What the model said about one sample."""

    id = serializers.IntegerField()
    sample = serializers.DictField(allow_null=True)
    thumb_url = serializers.CharField(allow_null=True)
    truth = serializers.IntegerField()
    truth_label = serializers.CharField()
    predicted = serializers.IntegerField()
    predicted_label = serializers.CharField()
    score = serializers.FloatField()
    scores = serializers.ListField(child=serializers.DictField())


class ComparisonShape(Serializer):
    """Two evaluations; `difference` is there when both are of the same samples."""

    a = EvaluationBriefShape()
    b = EvaluationBriefShape()
    comparable = serializers.BooleanField()
    difference = serializers.DictField(required=False)


class RunAcceptedShape(Serializer):
    """A run that was queued."""

    id = serializers.UUIDField()
    job = JobSerializer()
