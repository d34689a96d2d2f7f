"""Does the file say what the network says? Measured on real pictures, stored with every version."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from training.algorithms.base import Fitted
from training.engine.samples import PictureSource

MAX_DIFF: Final = 1e-4
MIN_AGREEMENT: Final = 1.0


@dataclass(frozen=True, slots=True)
class Parity:
    """Network against ONNX Runtime over `count` pictures of `split`."""

    split: str
    count: int
    top1_agreement: float
    max_score_diff: float
    mean_score_diff: float
    ok: bool

    def render(self) -> dict[str, Any]:
        """JSON."""
        return asdict(self)


def parity_of(reference: NDArray[np.float32], exported: NDArray[np.float32], split: str) -> Parity:
    """Compare two (n, classes) score tables; nothing to compare is not parity."""
    if not len(reference):
        return Parity(split, 0, 0.0, 0.0, 0.0, ok=False)
    diff = np.abs(reference.astype(np.float64) - exported)
    agreement = float((_top(reference) == _top(exported)).mean())
    worst = float(diff.max())
    ok = bool(np.isfinite(exported).all() and agreement >= MIN_AGREEMENT and worst <= MAX_DIFF)
    return Parity(split, len(reference), agreement, worst, float(diff.mean()), ok)


@torch.inference_mode()
def reference_scores(
    fitted: Fitted, source: PictureSource, tick: Callable[[int], None]
) -> NDArray[np.float32]:
    """(n, classes) scores by torch on the CPU, one picture at a time, in its own size."""
    rows = []
    for index in range(len(source.samples)):
        pixels = torch.from_numpy(source.pixels(index))[None]
        rows.append(fitted.module(pixels)[0].numpy())
        tick(index + 1)
    return np.stack(rows) if rows else np.zeros((0, len(fitted.classes)), np.float32)


def _top(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.asarray(scores.argmax(1), np.int64)
