"""The annotations of many samples, replaced whole, in the statements of one."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Count

from core.clock import utc_now
from core.ids import uuid7
from core.sql import bind
from datasets.models import AnnotationHistory, BulkEditRow, Sample, Shape
from datasets.origins import Origin
from datasets.relations import relinked
from datasets.selectors.histories import origins_at
from datasets.services.bulk import rows_insert
from datasets.services.counters import counters_add
from datasets.shape_json import shapes_from_rows

SHAPE_COLUMNS: Final = (
    *("id", "label_class_id", "kind", "position", "x", "y", "w", "h", "geometry", "source", "score"),
)

_GEOMETRY: Final = SHAPE_COLUMNS.index("geometry")


@dataclass(frozen=True, slots=True)
class Saying:
    """What a sample shall say: `shapes` as rows of SHAPE_COLUMNS.

    `origin` is what a file said of who said that; `as_of` is the revision of the sample whose origin it has,
    where it says that again.
    """

    sample: Sample
    shapes: Sequence[Sequence[Any]]
    state: str
    source: str
    origin: Origin | None = None
    as_of: int | None = None

    @property
    def labels(self) -> list[str]:
        """Each class once, in the order of the shapes."""
        return list(dict.fromkeys(str(shape[1]) for shape in self.shapes))


def shapes_of(samples: Sequence[Sample]) -> dict[uuid.UUID, list[list[Any]]]:
    """The shapes of each sample as rows of SHAPE_COLUMNS, in drawing order. One statement."""
    found: dict[uuid.UUID, list[list[Any]]] = {sample.pk: [] for sample in samples}
    rows = Shape.objects.filter(sample__in=list(found)).order_by("sample_id", "position")
    for sample_id, *shape in rows.values_list("sample_id", *SHAPE_COLUMNS):
        found[sample_id].append(shape)
    return found


def rows_relinked(rows: Sequence[Sequence[Any]], to: Mapping[str, str]) -> list[list[Any]]:
    """Rows of SHAPE_COLUMNS, where the spans that relations lead to are called as in `to` now, and others are gone."""
    return [
        [*row[:_GEOMETRY], relinked(row[_GEOMETRY], str(row[0]), to), *row[_GEOMETRY + 1 :]]
        if row[_GEOMETRY] and "relations" in row[_GEOMETRY]
        else list(row)
        for row in rows
    ]


def shapes_kept(shapes: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows of SHAPE_COLUMNS as an edit keeps them to take it back."""
    return [[str(shape[0]), str(shape[1]), *shape[2:]] for shape in shapes]


def shapes_before(row: BulkEditRow) -> list[list[Any]]:
    """The shapes that a row of an edit keeps."""
    return shapes_back(row.before["shapes"])


def shapes_back(kept: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The inverse of `shapes_kept`."""
    return [[uuid.UUID(shape[0]), uuid.UUID(shape[1]), *shape[2:]] for shape in kept]


def annotations_replace(
    dataset_id: uuid.UUID, sayings: Sequence[Saying], *, actor_id: uuid.UUID | None
) -> None:
    """Write all of them with counters and history, in the caller's transaction and under the samples' locks."""
    if not sayings:
        return
    ids = [saying.sample.pk for saying in sayings]
    counters_add(dataset_id, _deltas(ids, sayings))
    Shape.objects.filter(sample__in=ids).delete()
    rows_insert(
        Shape,
        ("sample_id", "dataset_id", *SHAPE_COLUMNS),
        [(saying.sample.pk, dataset_id, *shape) for saying in sayings for shape in saying.shapes],
    )
    now = utc_now()
    origins = origins_at({one.sample.pk: one.as_of for one in sayings if one.as_of is not None})
    rows_insert(
        AnnotationHistory,
        ("id", "sample_id", "revision", "actor_id", "source", "state", "shapes", "origin", "created_at"),
        [
            (
                *(uuid7(), saying.sample.pk, saying.sample.annotation_revision + 1, actor_id),
                *(saying.source, saying.state, [_shown(shape) for shape in saying.shapes]),
                *(_origin(saying.origin or origins.get(saying.sample.pk)), now),
            )
            for saying in sayings
        ],
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE datasets_sample SET state = %s, labels = %s, label_class_id = %s, annotation_source = %s, "
            "annotation_revision = annotation_revision + 1 WHERE id = %s",
            [
                [bind(value) for value in (s.state, s.labels, _first(s), s.source, s.sample.pk)]
                for s in sayings
            ],
        )


def _origin(origin: Origin | None) -> dict[str, str] | None:
    return None if origin is None else origin.to_json()


def _first(saying: Saying) -> uuid.UUID | None:
    return uuid.UUID(saying.labels[0]) if saying.labels else None


def _deltas(ids: Sequence[uuid.UUID], sayings: Sequence[Saying]) -> Mapping[tuple[str, str], int]:
    deltas: Counter[tuple[str, str]] = Counter()
    gone = Shape.objects.filter(sample__in=ids).order_by().values_list("label_class_id")
    for label, objects in gone.annotate(n=Count("pk")):
        deltas["objects", str(label)] -= objects
    for saying in sayings:
        deltas["state", saying.sample.state] -= 1
        deltas["state", saying.state] += 1
        deltas.subtract(("class", str(label)) for label in saying.sample.labels)
        deltas.update(("class", label) for label in saying.labels)
        deltas.update(("objects", str(shape[1])) for shape in saying.shapes)
    return deltas


def _shown(shape: Sequence[Any]) -> dict[str, Any]:
    """A row as history keeps it: as the API shows it."""
    row = dict(zip(SHAPE_COLUMNS, shape, strict=True))
    body = {
        "id": str(row["id"]),
        "kind": row["kind"],
        "label": str(row["label_class_id"]),
        "source": row["source"],
        "score": row["score"],
        "box": None if row["x"] is None else [row[side] for side in ("x", "y", "w", "h")],
        "geometry": row["geometry"],
    }
    return shapes_from_rows([body])[0]
