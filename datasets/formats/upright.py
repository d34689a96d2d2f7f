"""Shapes drawn on a picture as stored, moved to the picture as EXIF turns it upright. Pure."""

from dataclasses import replace

import numpy as np

from datasets.formats.base import Box
from datasets.geometry.forms import Form
from datasets.geometry.rings import Bounds, Point
from datasets.geometry.rle import rle_of


def upright(box: Box, orientation: int, size: tuple[int, int]) -> Box:
    """A shape on the stored picture (height x width of the upright one) on the upright one of `size`.

    `orientation` is EXIF's, 5 to 8: those that make columns of rows.
    """
    width, height = size

    def move(x: float, y: float) -> Point:
        return (width - y if orientation in (6, 7) else y), (height - x if orientation in (7, 8) else x)

    x = width - box.y - box.h if orientation in (6, 7) else box.y
    y = height - box.x - box.w if orientation in (7, 8) else box.x
    bounds: Bounds = (x, y, box.h, box.w)
    form = box.form
    if form is not None:
        form = _mask_upright(form, orientation) if form.kind == "mask" else form.moved(move)
        bounds = form.bounds() or bounds
    return replace(box, x=bounds[0], y=bounds[1], w=bounds[2], h=bounds[3], form=form)


def _mask_upright(form: Form, orientation: int) -> Form:
    mask = form.value.mask().T
    if orientation in (6, 7):
        mask = mask[:, ::-1]
    if orientation in (7, 8):
        mask = mask[::-1]
    return Form("mask", rle_of(np.ascontiguousarray(mask)))
