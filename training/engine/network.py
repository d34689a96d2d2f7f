"""The networks: a backbone with a linear head, and the whole way from pixels to scores."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from training.engine.lite0 import FEATURES, Lite0, pretrained_state
from training.engine.preprocess import Preprocess


class Classifier(nn.Module):
    """Normalized (n, 3, side, side) pictures -> (n, classes) logits."""

    def __init__(self, classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.body = Lite0()
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(FEATURES, classes)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.head(self.dropout(self.body(x)))
        return logits

    def freeze(self, blocks: int) -> None:
        """Leave the stem and the first `blocks` blocks as they are; 0 trains everything."""
        if blocks:
            for module in (self.body._conv_stem, self.body._bn0, *self.body._blocks[:blocks]):
                module.requires_grad_(False)

    def train_with_frozen_norms(self) -> None:
        """Training mode, batch statistics as the checkpoint has them: short runs go wrong without."""
        self.train()
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()


class Scorer(nn.Module):
    """uint8 RGB (n, h, w, 3) of any size -> (n, classes) scores that sum to 1; what is exported."""

    def __init__(self, classifier: Classifier, side: int) -> None:
        super().__init__()
        self.preprocess = Preprocess(side)
        self.classifier = classifier

    def forward(self, image: Tensor) -> Tensor:
        """Preprocess, network, softmax."""
        return torch.softmax(self.classifier(self.preprocess(image)), dim=1)


def pretrained_classifier(classes: int, dropout: float = 0.0) -> Classifier:
    """ImageNet backbone, zero head."""
    classifier = Classifier(classes, dropout)
    classifier.body.load_state_dict(pretrained_state())
    return channels_last(classifier)


def channels_last(classifier: Classifier) -> Classifier:
    """The same network with its filters laid out for pictures with the channel last: 1.5 times as fast."""
    for parameter in classifier.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return classifier


def contiguous(classifier: Classifier) -> Classifier:
    """The inverse of `channels_last`, on the CPU."""
    classifier.cpu()
    for parameter in classifier.parameters():
        parameter.data = parameter.data.contiguous()
    return classifier


def parameter_groups(
    classifier: Classifier, *, lr: float, lr_head: float, weight_decay: float
) -> list[dict[str, object]]:
    """Groups for AdamW: matrices decay, scales and biases do not, the head learns at its own rate."""
    body = [parameter for parameter in classifier.body.parameters() if parameter.requires_grad]
    return [
        {"params": list(_of_rank(body, matrix=True)), "lr": lr, "weight_decay": weight_decay},
        {"params": list(_of_rank(body, matrix=False)), "lr": lr, "weight_decay": 0.0},
        {"params": list(classifier.head.parameters()), "lr": lr_head, "weight_decay": weight_decay},
    ]


def _of_rank(parameters: list[nn.Parameter], *, matrix: bool) -> Iterator[nn.Parameter]:
    return (parameter for parameter in parameters if (parameter.ndim > 1) is matrix)
