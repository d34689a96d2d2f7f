"""The tool without weights: OpenCV's GrabCut around a box or points. Pure.

Source: Rother, Kolmogorov & Blake, GrabCut (2004), as OpenCV has it.
"""

from contextlib import suppress
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from labeling.assist.prompts import Prompt

SIDE: Final = 512
_ROUNDS: Final = 4
# A click alone says little: so much of the shorter side around it may be the object.
_REACH: Final = 0.22

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def shrunk(pixels: Pixels) -> Pixels:
    """The picture at the size in which it is cut."""
    height, width = pixels.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    if scale == 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def cut(small: Pixels, size: tuple[int, int], prompt: Prompt) -> Mask:
    """(H, W) of the whole size: what stands out from its surroundings there."""
    height, width = small.shape[:2]
    scale = (width / size[1], height / size[0])
    marks = _marks(small.shape[:2], prompt, scale)
    if not np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD)).any() or np.all(marks != cv2.GC_BGD):
        marks[[0, -1], :] = marks[:, [0, -1]] = cv2.GC_BGD
    around, thing = np.zeros((1, 65)), np.zeros((1, 65))
    bgr = np.ascontiguousarray(small[:, :, ::-1])
    cv2.setRNGSeed(0)
    # Nothing in it, or nothing around it: what was said is all there is.
    with suppress(cv2.error):
        cv2.grabCut(bgr, marks, None, around, thing, _ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    found = np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    whole = cv2.resize(_kept(found, prompt, scale), (size[1], size[0]), interpolation=cv2.INTER_NEAREST)
    return np.asarray(whole > 0, np.bool_)


def _marks(shape: tuple[int, ...], prompt: Prompt, scale: tuple[float, float]) -> Pixels:
    marks = np.full(shape, cv2.GC_BGD, np.uint8)
    if prompt.box is not None:
        x, y, w, h = prompt.box
        left, top = round(x * scale[0]), round(y * scale[1])
        marks[top : round((y + h) * scale[1]) + 1, left : round((x + w) * scale[0]) + 1] = cv2.GC_PR_FGD
    else:
        reach = max(4, round(_REACH * min(shape)))
        for x, y, inside in prompt.points:
            if inside:
                cv2.circle(marks, (round(x * scale[0]), round(y * scale[1])), reach, cv2.GC_PR_FGD, -1)
    dot = max(2, round(0.012 * min(shape)))
    for x, y, inside in prompt.points:
        said = cv2.GC_FGD if inside else cv2.GC_BGD
        cv2.circle(marks, (round(x * scale[0]), round(y * scale[1])), dot, said, -1)
    return marks


def _kept(found: Pixels, prompt: Prompt, scale: tuple[float, float]) -> Pixels:
    """The pieces that were clicked, else those that are not much smaller than the largest."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=4)
    if count <= 2:
        return found
    height, width = found.shape
    clicked = {
        int(pieces[min(height - 1, int(y * scale[1])), min(width - 1, int(x * scale[0]))])
        for x, y, inside in prompt.points
        if inside
    } - {0}
    areas = stats[1:, cv2.CC_STAT_AREA]
    wanted = clicked or {1 + n for n, area in enumerate(areas) if area >= 0.2 * areas.max()}
    return np.isin(pieces, list(wanted)).astype(np.uint8)
