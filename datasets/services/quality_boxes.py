"""The marks of a data set as columns, and what the checks of `datasets.quality.boxes` say of them."""

import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.jobs.context import JobContext
from datasets.geometry import Form, form_of_row
from datasets.models import LabelClass, SampleState, Shape, Task
from datasets.quality.boxes import KINDS, SAME_IOU, Boxes, Mask, Rows, box_findings
from datasets.quality.cover import covered_share

# Whose samples are marked, and not only told a class.
MARKED_TASKS: Final = (
    Task.OBJECT_DETECTION,
    Task.SEMANTIC_SEGMENTATION,
    Task.INSTANCE_SEGMENTATION,
    Task.KEYPOINTS,
)
_CHUNK: Final = 5_000
_CONFIRMED_AT_ONCE: Final = 200
_BY_THEIR_AREA: Final = ("rotated_box", "polygon", "mask")
_UUID: Final = np.dtype("V16")

Table = NDArray[np.float64]
Ids = NDArray[np.void]


def boxes_check(
    ctx: JobContext,
    dataset_id: uuid.UUID,
    ids: Sequence[uuid.UUID],
    sizes: Sequence[tuple[int, int]],
    states: Sequence[str],
) -> dict[str, tuple[list[int], dict[str, Any]]]:
    """The rows of N samples that each check names, and how many marks are meant.

    `ids`, `sizes` (width, height) and `states` are of the N samples. Of a mark there are 60 bytes in memory.
    """
    boxes, shape_ids = _read(ctx, dataset_id, ids, sizes)
    found: dict[str, tuple[list[int], dict[str, Any]]] = {
        code: (np.unique(boxes.picture[mask]).tolist(), {"boxes": int(mask.sum())})
        for code, mask in box_findings(boxes, _Confirming(ctx, boxes, shape_ids)).items()
    }
    marked = np.zeros(len(ids), np.bool_)
    marked[boxes.picture] = True
    done = (SampleState.LABELED, SampleState.REVIEWED)
    empty = [row for row, state in enumerate(states) if state in done and not marked[row]]
    return found | {"boxes_none": (empty, {})}


class _Confirming:
    """Pairs whose boxes are the same are looked at as they are: a road may fill the box of a sky.

    A few geometries are in memory at once, and only those of pairs.
    """

    def __init__(self, ctx: JobContext, boxes: Boxes, shape_ids: Ids) -> None:
        self._ctx = ctx
        self._ids = shape_ids
        self._by_area = boxes.of_kinds(*_BY_THEIR_AREA)

    def __call__(self, a: Rows, b: Rows) -> Mask:
        is_so = np.ones(len(a), np.bool_)
        asked = np.flatnonzero(self._by_area[a])
        for start in range(0, len(asked), _CONFIRMED_AT_ONCE):
            self._ctx.check()
            pairs = asked[start : start + _CONFIRMED_AT_ONCE]
            forms = self._forms(np.concatenate([a[pairs], b[pairs]]))
            for pair in pairs.tolist():
                one, other = forms.get(int(a[pair])), forms.get(int(b[pair]))
                # Gone or drawn anew since its box was read: nothing is said of it.
                is_so[pair] = one is not None and other is not None and covered_share(one, other) > SAME_IOU
        return is_so

    def _forms(self, rows: Rows) -> dict[int, Form]:
        row_of = {uuid.UUID(bytes=self._ids[row].tobytes()): row for row in np.unique(rows).tolist()}
        stored = Shape.objects.filter(pk__in=list(row_of)).values_list("pk", "geometry")
        forms = ((row_of[pk], form_of_row(geometry or {})) for pk, geometry in stored)
        return {row: form for row, form in forms if form is not None}


def _read(
    ctx: JobContext, dataset_id: uuid.UUID, ids: Sequence[uuid.UUID], sizes: Sequence[tuple[int, int]]
) -> tuple[Boxes, Ids]:
    row_of = {pk: row for row, pk in enumerate(ids)}
    classes = list(LabelClass.objects.filter(dataset_id=dataset_id).values_list("pk", flat=True))
    number_of = {pk: number for number, pk in enumerate(classes)}
    tables: list[Table] = [np.empty((0, 7))]
    names: list[Ids] = [np.empty(0, _UUID)]
    for part in _parts(classes):
        ctx.check()
        kept = [row for row in part if row[1] in row_of]
        tables.append(
            np.array(
                [(row_of[s], number_of[c], KINDS.index(kind), *box) for _, s, c, kind, *box in kept],
                np.float64,
            ).reshape(-1, 7)
        )
        names.append(np.frombuffer(b"".join(row[0].bytes for row in kept), _UUID))
    table = np.concatenate(tables)
    picture = table[:, 0].astype(np.int64)
    size = np.array(sizes, np.float32).reshape(-1, 2)[picture]
    x, y, w, h = table[:, 3:].astype(np.float32).T
    label, kind = table[:, 1].astype(np.int64), table[:, 2].astype(np.int8)
    return Boxes(x, y, w, h, picture, label, kind, size[:, 0], size[:, 1]), np.concatenate(names)


def _parts(classes: Sequence[uuid.UUID]) -> Iterator[list[tuple[Any, ...]]]:
    shapes = Shape.objects.filter(label_class_id__in=classes, kind__in=KINDS, x__isnull=False)
    columns = ("pk", "sample_id", "label_class_id", "kind", "x", "y", "w", "h")
    rows = iter(shapes.order_by("sample_id", "position").values_list(*columns).iterator(_CHUNK))
    while part := list(islice(rows, _CHUNK)):
        yield part
