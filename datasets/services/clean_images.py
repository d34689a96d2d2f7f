"""Cleaning of pictures: steps on single pictures run in limited children, shapes move with the pixels."""

import base64
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from core.imaging.header import MEDIA_TYPES
from core.jobs.context import JobContext
from core.services.blobs import blobs_found
from core.services.scratch import scratch_dir
from datasets.cleaning import Choice, Operator, recipe_from, recipe_json
from datasets.cleaning.choose import DedupePictures, DropPictures
from datasets.cleaning.pictures.base import Frame, PictureOperator
from datasets.cleaning.pictures.operators import OPERATORS
from datasets.cleaning.pictures.pool import Cleaned, CleanPool
from datasets.formats.decoding.intake import THUMB_SIDE_PX
from datasets.formats.decoding.wire import Decoded
from datasets.models import Cleaning, Dataset, Sample
from datasets.selectors.schema import classes_of
from datasets.services.augment_previews import Drawn, samples_drawn, shape_json
from datasets.services.clean_base import filtered
from datasets.services.clean_choices import Chosen, found, sampled
from datasets.services.clean_copies import picture_copies
from datasets.services.clean_counts import choices_counted
from datasets.services.clean_samples import Content, SampleCleaner
from datasets.services.clean_write import Answer, Fault, Item, Made

_Place = tuple[Path, int, int]
_AMONG: Final = 2_000
_FORMATS: Final = {media_type: name for name, media_type in MEDIA_TYPES.items()}


class ImageCleaner(SampleCleaner):
    """A `Cleaner` for pictures."""

    operators_known: Mapping[str, type[Operator]] = OPERATORS
    batch = 100

    @contextmanager
    def content(self, dataset: Dataset, steps: Sequence[Operator]) -> Iterator[Content]:
        """As `SampleCleaner`."""
        with CleanPool(recipe_json(steps), THUMB_SIDE_PX) as pool:
            yield _Pictures(pool)

    def choose(self, ctx: JobContext, cleaning: Cleaning, step: Choice) -> Chosen:
        """As `SampleCleaner`."""
        if isinstance(step, DropPictures):
            return found(cleaning, step)
        if isinstance(step, DedupePictures):
            return picture_copies(ctx, cleaning, step)
        return sampled(ctx, cleaning, step)

    def preview(self, dataset: Dataset, recipe: dict[str, Any], condition: str, limit: int) -> dict[str, Any]:
        """Evenly from the first pictures that the recipe is about, drawn from small likenesses of them."""
        began = time.monotonic()
        every = recipe_from(recipe, OPERATORS)
        steps = [step for step in every if isinstance(step, PictureOperator)]
        ids = list(filtered(dataset, condition).order_by("pk").values_list("pk", flat=True)[:_AMONG])
        count = min(limit, len(ids))
        wanted = [ids[place * len(ids) // count] for place in range(count)]
        schema = classes_of(dataset.pk)
        drawn, unreadable = samples_drawn(dataset.pk, wanted, schema)
        samples = Sample.objects.in_bulk(wanted)
        classes = [row.pk for row in schema]
        results = [_shown(one, samples[one.id], steps, classes) for one in drawn]
        results += [
            {"sample": pk, "name": samples[pk].name, "state": "problem", "problem": "unreadable", "lost": 0}
            for pk in unreadable
        ]
        chosen = choices_counted(dataset, every, condition)
        return {
            "looked_at": len(results),
            "changed": sum(row["state"] == "changed" for row in results),
            "took_ms": round((time.monotonic() - began) * 1e3, 1),
            "results": results,
            "chosen": chosen,
        }


class _Pictures(Content):
    def __init__(self, pool: CleanPool) -> None:
        self._pool = pool

    def made(self, items: Sequence[Item]) -> list[Answer]:
        """As `Content`."""
        with TemporaryDirectory(dir=scratch_dir(), prefix="clean-") as folder:
            places = blobs_found([item.sample.sha256 for item in items], Path(folder))
            rows = [_row(item, places.get(item.sample.sha256)) for item in items]
            answers = iter(self._pool.cleaned([row for row in rows if row is not None]))
        return [
            Fault("file_missing") if row is None else _answer(item, next(answers))
            for item, row in zip(items, rows, strict=True)
        ]


def _row(item: Item, place: _Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    path, offset, length = place
    shapes = [{"kind": shape[2], "box": list(shape[4:8]), "geometry": shape[8]} for shape in item.shapes]
    return {"path": str(path), "offset": offset, "length": length, "shapes": shapes}


def _answer(item: Item, cleaned: Cleaned) -> Answer:
    line = cleaned.line
    if "problem" in line:
        return Fault(line["problem"])
    if "same" in line:
        return None
    shapes = [_shape_now(item.shapes[kept["place"]], kept) for kept in line["kept"]]
    opened = Decoded(**line["decoded"], thumbnail=cleaned.thumb)
    return Made(cleaned.content, opened, shapes, moved=line["moved"], lost=line["lost"])


def _shape_now(shape: Sequence[Any], kept: Mapping[str, Any]) -> list[Any]:
    """A row of SHAPE_COLUMNS with another place; what it says beside its place stays."""
    if kept["box"] is None:
        return list(shape)
    geometry = None if shape[8] is None else {**shape[8], **(kept["geometry"] or {})}
    return [*shape[:4], *kept["box"], geometry, *shape[9:]]


def _shown(
    one: Drawn, sample: Sample, steps: Sequence[PictureOperator], classes: Sequence[Any]
) -> dict[str, Any]:
    payload = sample.payload
    size = payload["width"], payload["height"]
    before = Frame.of(
        one.picture,
        size,
        orientation=sample.features.get("orientation", 1),
        mode=payload.get("mode", "RGB"),
        file_format=_FORMATS.get(sample.media_type, "jpeg"),
    )
    frame = before
    for step in steps:
        frame = step.apply(frame)
    body: dict[str, Any] = {"sample": one.id, "name": one.name, "state": "unchanged", "lost": 0}
    if not frame.changed:
        return body | {"before": _side(before, classes)}
    lost = len({shape.source for shape in before.picture.shapes} - {s.source for s in frame.picture.shapes})
    sides = {"before": _side(before, classes), "after": _side(frame, classes)}
    if payload.get("frames", 1) > 1:
        return body | sides | {"state": "problem", "problem": "several_frames"}
    return body | sides | {"state": "changed", "lost": lost}


def _side(frame: Frame, classes: Sequence[Any]) -> dict[str, Any]:
    """A picture as it is shown: as a JPEG, whatever its file will be."""
    quality = frame.quality if frame.to_format != "png" else 92
    encoded = replace(frame, to_format="jpeg", quality=min(quality, 92)).written()
    width, height = frame.size
    shown = frame.picture.size
    return {
        "picture": "data:image/jpeg;base64," + base64.b64encode(encoded).decode(),
        "width": width,
        "height": height,
        "approximate": frame.approximate,
        "shown": [shown[0], shown[1]],
        "format": frame.to_format,
        "shapes": [shape_json(shape, classes) for shape in frame.picture.shapes if shape.has_place],
    }
