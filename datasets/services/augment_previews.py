"""What a pipeline makes of a few samples, while somebody moves a slider."""

import base64
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import simplejpeg

from core.errors import InvalidInput
from core.imaging import decode
from datasets.augment import Picture, Pipeline, Shape
from datasets.augment.picture import Pixels, box_of, mask_resized
from datasets.geometry import Form, form_of_row
from datasets.geometry.rle import rle_of
from datasets.geometry.skeleton import skeleton_from
from datasets.models import Dataset, LabelClass, Modality, Sample
from datasets.selectors.schema import classes_of
from datasets.services.previews import previews_made
from datasets.shape_json import ShapesJson, shapes_from_rows

SIDE_PX: Final = 256
MAX_SAMPLES: Final = 12
_QUALITY: Final = 85
# Samples are picked evenly from the first so many, since neighbors often show the same.
_LOOKED_AT: Final = 2_000
_KEPT_PICTURES: Final = 256


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample as the preview draws it."""

    id: uuid.UUID
    name: str
    picture: Picture


def augment_preview(
    dataset: Dataset,
    pipeline: Pipeline,
    *,
    seed: int,
    sample_ids: Sequence[uuid.UUID] = (),
    count: int = MAX_SAMPLES,
) -> dict[str, Any]:
    """`{seed, side_px, took_ms, results, unreadable}`: each sample, SIDE_PX on its longer side, with its labels moved.

    Shapes carry the id of their class and pixels of the rendered picture. Without `sample_ids` the samples
    are chosen evenly, the same ones each time. Raises InvalidInput.
    """
    if dataset.modality != Modality.IMAGE:
        raise InvalidInput("only pictures can be augmented so far", field="dataset")
    began = time.monotonic()
    schema = classes_of(dataset.pk)
    classes = [row.pk for row in schema]
    wanted = list(sample_ids) or _chosen(dataset.pk, count)
    drawn, unreadable = samples_drawn(dataset.pk, wanted, schema)
    results = [_rendered(each, drawn, pipeline, seed, classes) for each in drawn]
    took_ms = round((time.monotonic() - began) * 1e3, 1)
    return {
        "seed": seed,
        "side_px": SIDE_PX,
        "took_ms": took_ms,
        "results": results,
        "unreadable": unreadable,
    }


def _chosen(dataset_id: uuid.UUID, count: int) -> list[uuid.UUID]:
    rows = Sample.objects.filter(dataset_id=dataset_id).order_by("id").values_list("pk", flat=True)
    ids = list(rows[:_LOOKED_AT])
    count = min(count, len(ids))
    return [ids[i * len(ids) // count] for i in range(count)]


def samples_drawn(
    dataset_id: uuid.UUID, wanted: Sequence[uuid.UUID], schema: Sequence[LabelClass]
) -> tuple[list[Drawn], list[uuid.UUID]]:
    """Samples with small pictures, labels moved onto them, and those that cannot be read. Raises InvalidInput."""
    columns = ("pk", "name", "sha256", "payload")
    rows = {
        row["pk"]: row
        for row in Sample.objects.filter(dataset_id=dataset_id, pk__in=wanted).values(
            *columns, said=ShapesJson("id")
        )
    }
    if len(rows) < len(set(wanted)):
        raise InvalidInput("a sample is not in this data set", field="samples")
    readable = previews_made([row["sha256"] for row in rows.values()], SIDE_PX)
    places = {str(row.pk): place for place, row in enumerate(schema)}
    mirrors = [skeleton_from(row.skeleton).mirror if row.skeleton else () for row in schema]
    drawn, unreadable = [], []
    for sample_id in dict.fromkeys(wanted):
        row = rows[sample_id]
        if row["sha256"] not in readable:
            unreadable.append(sample_id)
            continue
        pixels = _pixels(row["sha256"])
        drawn.append(Drawn(sample_id, row["name"], Picture(pixels, _shapes(row, pixels, places, mirrors))))
    return drawn, unreadable


def _shapes(
    row: Mapping[str, Any], pixels: Pixels, places: Mapping[str, int], mirrors: Sequence[tuple[int, ...]]
) -> tuple[Shape, ...]:
    across = pixels.shape[1] / row["payload"]["width"]
    along = pixels.shape[0] / row["payload"]["height"]
    said = [shape for shape in shapes_from_rows(row["said"]) if shape["label"] in places]
    return tuple(
        replace(
            _shape(shape, (across, along), pixels.shape[:2]),
            label=places[shape["label"]],
            source=source,
            mirror=mirrors[places[shape["label"]]],
        )
        for source, shape in enumerate(said)
    )


def _shape(row: Mapping[str, Any], scale: tuple[float, float], size: tuple[int, ...]) -> Shape:
    """A shape of the sample on its small picture of height and width `size`, without its class."""
    form, mask, box = form_of_row(row), None, _scaled(row.get("box"), *scale)
    if form is not None and form.kind == "mask":
        mask = mask_resized(form.value.mask(), size[1], size[0])
        box, form = box_of(mask) or box, None
    return Shape(0, box, mask, form=None if form is None else form.scaled(*scale))


def _scaled(
    box: Sequence[float] | None, across: float, along: float
) -> tuple[float, float, float, float] | None:
    return None if box is None else (box[0] * across, box[1] * along, box[2] * across, box[3] * along)


def _rendered(
    each: Drawn, drawn: Sequence[Drawn], pipeline: Pipeline, seed: int, classes: Sequence[uuid.UUID]
) -> dict[str, Any]:
    def partner(draw: float) -> Picture:
        return drawn[int(draw * len(drawn))].picture

    made = pipeline.apply(each.picture, seed=seed, sample=str(each.id), partners=partner)
    encoded = simplejpeg.encode_jpeg(made.pixels, _QUALITY, "RGB", "420")
    width, height = made.size
    return {
        "sample": each.id,
        "name": each.name,
        "width": width,
        "height": height,
        "picture": "data:image/jpeg;base64," + base64.b64encode(encoded).decode(),
        "shapes": [shape_json(shape, classes) for shape in made.shapes],
        "dropped": len(
            {shape.source for shape in each.picture.shapes} - {shape.source for shape in made.shapes}
        ),
    }


def shape_json(shape: Shape, classes: Sequence[uuid.UUID]) -> dict[str, Any]:
    """A shape as the API shows it; its label is a place among the classes."""
    body: dict[str, Any] = {
        "label": classes[shape.label],
        "kind": "class" if shape.box is None else "box",
        "weight": round(shape.weight, 4),
    }
    if shape.box is not None:
        body["box"] = [round(number, 3) for number in shape.box]
    form = shape.form if shape.mask is None else Form("mask", rle_of(shape.mask))
    return body if form is None else body | {"kind": form.kind, **form.rounded(3).to_json()}


@lru_cache(maxsize=_KEPT_PICTURES)
def _pixels(sha256: str) -> Pixels:
    """Decoded from our own small JPEG, never from the stranger's file; at most 196 kB each."""
    pixels = decode(previews_made([sha256], SIDE_PX)[sha256])
    pixels.flags.writeable = False
    return pixels
