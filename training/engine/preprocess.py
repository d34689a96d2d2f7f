"""From pixels of any size to what the network sees: one module for training, evaluation and export."""

from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as fn

MEAN: Final = 127.0
SCALE: Final = 128.0
Squared = NDArray[np.float16]


class Preprocess(nn.Module):
    """(n, h, w, 3) uint8 RGB -> (n, 3, side, side) float in about [-1, 1].

    The picture is padded to a square with gray, centered, then resized with antialiasing, so nothing is
    cut off and no shape is stretched.
    """

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side

    def forward(self, images: Tensor) -> Tensor:
        """Pad, resize, normalize."""
        pixels = images.permute(0, 3, 1, 2).to(torch.float32)
        height, width = pixels.shape[-2], pixels.shape[-1]
        square = torch.sym_max(height, width)  # type: ignore[no-untyped-call]
        top, left = (square - height) // 2, (square - width) // 2
        padded = fn.pad(pixels, (left, square - width - left, top, square - height - top), value=MEAN)
        resized = fn.interpolate(
            padded, size=(self.side, self.side), mode="bilinear", antialias=True, align_corners=False
        )
        return (resized - MEAN) / SCALE


@torch.inference_mode()
def square_of(pixels: NDArray[np.uint8], preprocess: Preprocess) -> Squared:
    """(h, w, 3) -> (side, side, 3) gray levels as `preprocess` makes them, to be kept in memory.

    Not rounded to whole levels: the steps of an enlarged smooth picture shift its features by a twelfth.
    """
    made = preprocess(torch.from_numpy(pixels)[None])[0] * SCALE + MEAN
    return np.asarray(made.permute(1, 2, 0).to(torch.float16).contiguous().numpy(), np.float16)


def content_of(height: int, width: int, side: int) -> tuple[slice, slice]:
    """Rows and columns of a square of `side` that show a picture of that size; the rest is padding."""
    square = max(height, width)
    begins = (square - height) // 2, (square - width) // 2
    ends = begins[0] + height, begins[1] + width
    rows, columns = (
        slice(round(begin * side / square), max(round(end * side / square), round(begin * side / square) + 1))
        for begin, end in zip(begins, ends, strict=True)
    )
    return rows, columns


def normalized(squares: NDArray[Any], device: torch.device) -> Tensor:
    """(n, side, side, 3) gray levels -> the network's input, channels last, on `device`."""
    pixels = torch.from_numpy(squares).to(device, non_blocking=True)
    return ((pixels.to(torch.float32) - MEAN) / SCALE).permute(0, 3, 1, 2)
