"""One batch of an import becomes rows, in one transaction with the cursor that moves past it."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from django.db import connection

from core.clock import utc_now
from core.faults import fault
from core.ids import uuid7
from core.services.blobs import BlobRef, blobs_register
from core.sql import as_lines, bind, is_postgresql, texts_array
from datasets.formats.base import Draft, Problem
from datasets.formats.decoding.intake import Opened, opened_again
from datasets.models import (
    AnnotationHistory,
    AnnotationSource,
    Dataset,
    ImportBatch,
    LabelClass,
    Sample,
    SampleState,
    SampleTag,
    Shape,
    ShapeKind,
)
from datasets.models.dataset import ONE_CLASS_TASKS
from datasets.services.bulk import rows_insert
from datasets.services.counters import counters_add
from datasets.services.import_shapes import Said, said_of
from datasets.services.import_tally import Tally
from datasets.services.tags import TAG_COLUMNS, tags_lacking, tags_put
from datasets.shape_json import geometry_of
from datasets.tags import MAX_A_SAMPLE

_SAMPLE: Final = [
    "id",
    "dataset_id",
    "name",
    "sha256",
    "thumb_sha256",
    "media_type",
    "size_bytes",
    "payload",
    "features",
    "state",
    "split",
    "group",
    "label_class_id",
    "labels",
    "findings",
    "annotation_revision",
    "annotation_source",
    "dhash64",
    "search_text",
    "imported_at",
    "import_batch_id",
    "tags",
    "tag_count",
]
_SHAPE: Final = [
    "id",
    "sample_id",
    "dataset_id",
    "label_class_id",
    "kind",
    "position",
    "x",
    "y",
    "w",
    "h",
    "geometry",
    "source",
    "score",
]
_HISTORY: Final = [
    *("id", "sample_id", "revision", "actor_id", "source", "state", "shapes", "origin", "created_at")
]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A sample whose bytes and thumbnail are durable. `bytes_ref` is None for a known duplicate."""

    draft: Draft
    sha256: str
    decoded: Opened | None = None
    bytes_ref: BlobRef | None = None
    thumb_ref: BlobRef | None = None


@dataclass(slots=True)
class _Present:
    """A sample that is there already: what a duplicate is compared with."""

    id: uuid.UUID
    state: str
    label: str | None
    payload: dict[str, Any]
    revision: int
    tags: list[str]


@dataclass(slots=True)
class _Rows:
    """What one batch inserts."""

    samples: list[list[Any]] = field(default_factory=list)
    shapes: list[list[Any]] = field(default_factory=list)
    history: list[list[Any]] = field(default_factory=list)
    annotated: list[tuple[Any, ...]] = field(default_factory=list)
    tags: list[tuple[Any, ...]] = field(default_factory=list)
    tagged: dict[uuid.UUID, tuple[list[str], list[str]]] = field(default_factory=dict)
    refs: list[BlobRef] = field(default_factory=list)
    deltas: Counter[tuple[str, str]] = field(default_factory=Counter)


class BatchWriter:
    """Writes the arrivals of one import. Call `write` inside `ctx.fenced()`, under the data set's lock."""

    def __init__(
        self,
        batch: ImportBatch,
        dataset: Dataset,
        classes: Mapping[str, LabelClass],
        types: Mapping[str, str] | None = None,
    ) -> None:
        self._batch, self._dataset = batch, dataset
        self._ids = {name: str(row.pk) for name, row in classes.items()}
        self._types = types or {}
        self._tags = list(batch.options.get("tags", ()))

    def write(self, arrivals: Sequence[Arrival], tally: Tally) -> None:
        """Insert what is new, annotate what was there without labels, tag what was there, count it as duplicates."""
        rows, now = _Rows(), utc_now()
        present = present_samples(self._dataset.pk, [arrival.sha256 for arrival in arrivals])
        for arrival in arrivals:
            known = present.get(arrival.sha256)
            if known is not None:
                tally.counts["duplicates"] += 1
                self._compare(arrival, known, rows, tally, now)
                self._tag(arrival, known, rows, tally)
            elif arrival.decoded is not None:
                present[arrival.sha256] = self._create(arrival, rows, tally, now)
        blobs_register(rows.refs)
        rows_insert(Sample, _SAMPLE, rows.samples)
        fault("import.after-samples")
        rows_insert(Shape, _SHAPE, rows.shapes)
        rows_insert(AnnotationHistory, _HISTORY, rows.history)
        rows_insert(SampleTag, TAG_COLUMNS, rows.tags)
        tags_put(
            self._dataset.pk,
            {pk: has for pk, (has, _) in rows.tagged.items()},
            {pk: more for pk, (_, more) in rows.tagged.items()},
        )
        _annotate(rows.annotated)
        counters_add(self._dataset.pk, rows.deltas)
        fault("import.after-rows")

    def _create(self, arrival: Arrival, rows: _Rows, tally: Tally, now: datetime) -> _Present:
        decoded, draft = arrival.decoded, arrival.draft
        thumb = arrival.thumb_ref
        if decoded is None or arrival.bytes_ref is None:
            raise RuntimeError("an arrival without bytes")
        for problem in draft.problems:
            tally.met(problem)
        said = self._said(draft, decoded, tally)
        state = said.state
        sample_id = uuid7()
        payload = decoded.payload
        labels = said.labels
        label = labels[0] if labels else None
        source = AnnotationSource.IMPORT if said.is_labeled else AnnotationSource.NONE
        rows.samples.append(
            [
                sample_id,
                self._dataset.pk,
                draft.name,
                arrival.sha256,
                thumb.sha256 if thumb else "",
                decoded.media_type,
                arrival.bytes_ref.size_bytes,
                payload,
                decoded.features,
                state.value,
                draft.split,
                draft.group,
                label,
                labels,
                [],
                int(said.is_labeled),
                source.value,
                decoded.dhash64,
                decoded.search_text,
                now,
                self._batch.pk,
                self._tags,
                len(self._tags),
            ]
        )
        rows.tags += [(self._dataset.pk, tag, sample_id) for tag in self._tags]
        rows.deltas.update(("tag", tag) for tag in self._tags)
        rows.refs += [ref for ref in (arrival.bytes_ref, thumb) if ref is not None]
        if said.is_labeled:
            self._say(sample_id, 1, said, rows, now)
            tally.counts["annotated"] += 1
        elif said.is_skipped:
            self._remember(sample_id, 0, said, rows, now)
        tally.counts["created"] += 1
        rows.deltas.update(_sample_deltas(draft, decoded, state.value))
        return _Present(sample_id, state.value, label, payload, int(said.is_labeled), self._tags)

    def _tag(self, arrival: Arrival, known: _Present, rows: _Rows, tally: Tally) -> None:
        """A copy brings its tags to the sample that is there."""
        more = tags_lacking(known.tags, self._tags)
        if more is None:
            tally.met(crowded(arrival.draft))
        elif more:
            rows.tagged[known.id] = known.tags, more
            known.tags = sorted({*known.tags, *more})
            tally.counts["tagged"] += 1

    def _compare(self, arrival: Arrival, known: _Present, rows: _Rows, tally: Tally, now: datetime) -> None:
        """A duplicate may bring the label that the first one lacked, never change one that is there."""
        opened = arrival.decoded or opened_again(known.payload)
        said = self._said(arrival.draft, opened, tally)
        if not said.is_labeled:
            return
        label = said.labels[0] if said.labels else None
        if known.state == SampleState.UNLABELED:
            self._say(known.id, known.revision + 1, said, rows, now)
            rows.annotated.append(
                (said.state.value, said.labels, uuid.UUID(label) if label else None, known.id)
            )
            rows.deltas.update({("state", SampleState.UNLABELED): -1, ("state", said.state): 1})
            tally.counts["annotated"] += 1
            known.state, known.label, known.revision = said.state.value, label, known.revision + 1
        elif self._dataset.task in ONE_CLASS_TASKS and label != known.label:
            tally.met(conflict(arrival.draft))
        elif self._lacks(known, said):
            tally.met(unsaid(arrival.draft))

    def _lacks(self, known: _Present, said: Said) -> bool:
        """Whether a copy says something beside its class that the sample does not."""
        beside = _beside(said.shapes)
        if not beside:
            return False
        there = Shape.objects.filter(sample_id=known.id, kind=ShapeKind.CLASS, geometry__isnull=False)
        has = [
            {"label": str(pk), **(more or {})} for pk, more in there.values_list("label_class", "geometry")
        ]
        return bool(beside - _beside(has))

    def _said(self, draft: Draft, decoded: Opened, tally: Tally) -> Said:
        said = said_of(draft, decoded, task=self._dataset.task, ids=self._ids, types=self._types)
        for problem in said.problems:
            tally.met(problem)
        return said

    def _say(self, sample_id: uuid.UUID, revision: int, said: Said, rows: _Rows, now: datetime) -> None:
        for position, shape in enumerate(said.shapes):
            corners = shape.get("box") or (None, None, None, None)
            rows.shapes.append(
                [
                    shape["id"],
                    sample_id,
                    self._dataset.pk,
                    shape["label"],
                    shape["kind"],
                    position,
                    *corners,
                    geometry_of(shape),
                    "import",
                    None,
                ]
            )
        rows.deltas.update(("objects", shape["label"]) for shape in said.shapes)
        rows.deltas.update(("class", label) for label in said.labels)
        self._remember(sample_id, revision, said, rows, now)

    def _remember(self, sample_id: uuid.UUID, revision: int, said: Said, rows: _Rows, now: datetime) -> None:
        origin = None if said.origin is None else replace(said.origin, tool=self._batch.format).to_json()
        row = [uuid7(), sample_id, revision, self._batch.created_by_id, "import", said.state.value]
        rows.history.append([*row, list(said.shapes), origin, now])


def conflict(draft: Draft) -> Problem:
    """The problem of a copy that says another class."""
    return Problem("conflicting_label", draft.name, "the same sample is already here with another class")


def unsaid(draft: Draft) -> Problem:
    """The notice that a copy says something beside its class which the sample does not take any more."""
    return Problem(
        "attributes_kept",
        draft.name,
        "the same sample is labeled already; what is said beside its class stays",
    )


def _beside(shapes: Iterable[Mapping[str, Any]]) -> set[tuple[str, str, str]]:
    return {(one["label"], *said) for one in shapes for said in one.get("attributes", {}).items()}


def crowded(draft: Draft) -> Problem:
    """The notice that a copy brought tags for which the sample has no room."""
    detail = f"the sample is already here and would have over {MAX_A_SAMPLE} tags; it keeps those it has"
    return Problem("tags_full", draft.name, detail)


def known_bytes(dataset_id: uuid.UUID, sha256s: Iterable[str]) -> dict[str, uuid.UUID]:
    """Which of these bytes the data set has, and the sample that does.

    Each is looked up by itself: of a table that was never analyzed PostgreSQL would read the whole data set instead, for
    every batch of its first import.
    """
    if not is_postgresql():
        found = Sample.objects.filter(dataset_id=dataset_id, sha256__in=set(sha256s))
        return dict(found.values_list("sha256", "pk"))
    one = "SELECT id FROM datasets_sample WHERE dataset_id = %s AND sha256 = asked.sha256 LIMIT 1"
    asked = f"unnest({texts_array('%s')}) AS asked (sha256)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT asked.sha256, known.id FROM {asked} CROSS JOIN LATERAL ({one}) AS known",  # noqa: S608
            [as_lines(set(sha256s)), dataset_id],
        )
        return dict(cursor.fetchall())


def present_samples(dataset_id: uuid.UUID, sha256s: Iterable[str]) -> dict[str, _Present]:
    """Samples of the data set that have these bytes."""
    known = known_bytes(dataset_id, sha256s)
    if not known:
        return {}
    found = Sample.objects.filter(pk__in=known.values())
    columns = ("sha256", "pk", "state", "label_class_id", "payload", "annotation_revision", "tags")
    return {
        sha256: _Present(pk, state, str(label) if label else None, payload, revision, tags)
        for sha256, pk, state, label, payload, revision, tags in found.values_list(*columns)
    }


def _sample_deltas(draft: Draft, decoded: Opened, state: str) -> dict[tuple[str, str], int]:
    return {
        ("samples", ""): 1,
        ("state", state): 1,
        ("split", draft.split): 1,
        **dict.fromkeys(decoded.measures, 1),
    }


def _annotate(rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE datasets_sample SET state = %s, annotation_source = 'import', labels = %s, "
            "label_class_id = %s, annotation_revision = annotation_revision + 1 WHERE id = %s",
            [[bind(value) for value in row] for row in rows],
        )
