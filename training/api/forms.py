"""What the resources of training take in."""

from typing import Any

from rest_framework import serializers

from core.api.fields import NameField
from training.algorithms.base import PROFILES
from training.services.evaluations import SPLITS
from training.services.exports import TARGETS
from training.services.runs import MAX_SEED

Serializer = serializers.Serializer[Any]
_DEVICE = r"^(auto|cpu|cuda(:\d{1,2})?)\Z"


class ResourcesForm(Serializer):
    """Where to train: `auto` takes a CUDA device when the worker has one."""

    device = serializers.RegexField(_DEVICE, default="auto")


class RunChangeForm(Serializer):
    """What a repeated run may do differently."""

    algorithm = serializers.CharField(max_length=60, required=False)
    params = serializers.DictField(required=False)
    profile = serializers.ChoiceField(choices=PROFILES, required=False)
    recipe = serializers.UUIDField(required=False, allow_null=True)
    resources = ResourcesForm(required=False)
    seed = serializers.IntegerField(min_value=0, max_value=MAX_SEED, required=False)
    name = NameField(max_length=200, required=False, allow_blank=True)


class RunForm(Serializer):
    """A training. `algorithm` is a key of `/algorithms/`, or `auto` for the preset of the task."""

    project = serializers.UUIDField()
    dataset_version = serializers.UUIDField()
    algorithm = serializers.CharField(max_length=60, default="auto")
    params = serializers.DictField(default=dict)
    profile = serializers.ChoiceField(choices=PROFILES, default="balanced")
    recipe = serializers.UUIDField(required=False, allow_null=True)
    resources = ResourcesForm(required=False)
    seed = serializers.IntegerField(min_value=0, max_value=MAX_SEED, default=0)
    name = NameField(max_length=200, default="", allow_blank=True)


class ModelForm(Serializer):
    """A model to be begun, for versions that are imported."""

    project = serializers.UUIDField()
    name = NameField(max_length=200)
    task = serializers.ChoiceField(choices=["image_classification"])
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)


class ModelChangeForm(Serializer):
    """What may change about a model."""

    name = NameField(max_length=200, required=False)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)


class ModelImportForm(Serializer):
    """An ONNX file of at most 64 MB, or a finished upload."""

    file = serializers.FileField(required=False)
    upload_id = serializers.UUIDField(required=False)
    licence = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class AliasForm(Serializer):
    """The version that the name shall point at."""

    version = serializers.UUIDField()


class EvaluationForm(Serializer):
    """What to measure on."""

    dataset_version = serializers.UUIDField()
    split = serializers.ChoiceField(choices=SPLITS, default="test")


class ModelExportForm(Serializer):
    """What to make."""

    target = serializers.ChoiceField(choices=TARGETS, default="onnx")
