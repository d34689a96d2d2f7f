"""Masks as PNG: `images/<split>/`, `masks/<split>/` with a color a class, `instances/<split>/` with ids."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.formats.pngs import png_of_classes, png_of_colors, png_of_ids
from datasets.formats.writers.base import (
    INSTANCES,
    SEMANTIC,
    ReadBlob,
    Stems,
    VersionWriter,
    ZipSink,
)
from datasets.formats.writers.labelmaps import NAME, Color, color_of, labelmap
from datasets.formats.writers.shapes import fitted
from datasets.geometry.rings import rasterized
from datasets.manifest import ManifestHeader, ManifestObject, ManifestSample

_KINDS: Final = frozenset(("mask",))
_BYTE: Final = 255
# Ids have two bytes; what an import reads of one picture is less (readers/mask_png.py).
_MOST: Final = 10_000
Mask = NDArray[np.bool_]


@dataclass(slots=True)
class _Painted:
    """Place of the class (from 1) and number of the object a pixel, 0 for nothing."""

    classes: NDArray[np.uint16]
    ids: NDArray[np.uint16]


class MaskPngWriter(VersionWriter):
    """The colors are those of Pascal VOC, named in `labelmap.txt`. A pixel says one thing: later objects hide
    earlier ones. Ids of objects are written where the task tells objects apart.
    """

    key = "mask_png"
    title = "Mask PNG"
    tasks = frozenset((SEMANTIC, INSTANCES))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """A picture and its masks after the other, the map of colors at the end."""
        stems = Stems(sink, read_blob)
        places = {row.index: place for place, row in enumerate(header.classes, start=1)}
        colors = [color_of(place) for place in range(len(places) + 1)]
        for sample in samples:
            _, free = stems.add(f"images/{sample.split or 'train'}", sample)
            painted = _painted(sample, places, sink, apart=header.task == INSTANCES)
            name = f"{free.removeprefix('images/')}.png"
            sink.add_text(f"masks/{name}", _png(painted.classes, colors))
            if header.task == INSTANCES:
                sink.add_text(f"instances/{name}", png_of_ids(painted.ids))
        sink.add_text(NAME, labelmap(row.name for row in header.classes))


def _painted(sample: ManifestSample, places: dict[int, int], sink: ZipSink, *, apart: bool) -> _Painted:
    shape = (sample.height, sample.width)
    painted = _Painted(np.zeros(shape, np.uint16), np.zeros(shape, np.uint16))
    areas: list[tuple[int, Mask]] = []
    for item in fitted(sample, sink, _KINDS, attributes=False):
        area = _area(item, sample)
        sink.tell("box_outlined", sample.name, int(item.form is None))
        if not area.any() or (apart and len(areas) == _MOST):
            sink.tell("shape_left_out", sample.name)
            continue
        areas.append((places[item.label], area))
        painted.classes[area] = places[item.label]
        if apart:
            painted.ids[area] = len(areas)
    sink.tell("overlap_hidden", sample.name, _hidden(areas, painted, apart=apart))
    if not apart:
        sink.tell("objects_merged", sample.name, len(areas) - len({place for place, _ in areas}))
    return painted


def _hidden(areas: list[tuple[int, Mask]], painted: _Painted, *, apart: bool) -> int:
    if apart:
        return sum(bool((painted.ids[area] != at).any()) for at, (_, area) in enumerate(areas, start=1))
    return sum(bool((painted.classes[area] != place).any()) for place, area in areas)


def _area(item: ManifestObject, sample: ManifestSample) -> Mask:
    if item.form is not None:
        return item.form.mask(sample.width, sample.height)
    x, y, w, h = item.box
    corners = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    return rasterized((corners,), sample.width, sample.height)


def _png(classes: NDArray[np.uint16], colors: list[Color]) -> bytes:
    if len(colors) <= _BYTE:
        return png_of_classes(classes.astype(np.uint8), colors)
    return png_of_colors(np.array(colors, np.uint8)[classes])
