"""What a model says about itself in its ONNX metadata. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from core.imaging import DecodeRule


class BadCard(ValueError):
    """The metadata contradicts itself; the message says which key."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """`classes` in the order of the scores; `decode` is None for models that take no pictures."""

    task: str = ""
    classes: tuple[str, ...] = ()
    decode: DecodeRule | None = None
    thresholds: Mapping[str, float] | None = None
    version: str = ""


def card_from_metadata(metadata: Mapping[str, str]) -> ModelCard:
    """Read the `studio.*` keys; absent keys are empty. Raises BadCard."""
    try:
        classes = tuple(_class_name(item) for item in json.loads(metadata.get("studio.classes", "[]")))
        decode = metadata.get("studio.decode")
        thresholds = json.loads(metadata.get("studio.thresholds") or "null")
        return ModelCard(
            task=metadata.get("studio.task", ""),
            classes=classes,
            decode=DecodeRule.from_json(decode) if decode else None,
            thresholds=thresholds if isinstance(thresholds, dict) else None,
            version=metadata.get("studio.version", ""),
        )
    except (ValueError, TypeError, KeyError) as problem:
        raise BadCard(f"the studio metadata of the model is damaged: {problem}") from problem


def _class_name(item: object) -> str:
    if isinstance(item, dict):
        return str(item["name"])
    return str(item)
