"""One batch of cleaned samples becomes rows. Runs inside the job's fence."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db import connection

from core.services.blobs import BlobRef, blobs_register
from core.sql import bind
from datasets.formats.decoding.intake import Opened
from datasets.models import Cleaning, CleaningRow, Sample, SampleState, Task
from datasets.services.annotations_bulk import Saying, annotations_replace, shapes_kept
from datasets.services.bins import bin_of, samples_busy, samples_move
from datasets.services.clean_base import binned_contents, counted, problem_noted
from datasets.services.counters import counters_add
from datasets.services.sample_deltas import measures_of

CONTENT: Final = "content"
BIN: Final = "bin"
SPLIT: Final = "split"
# Where shapes say a place, so that somebody who saves must have seen the new content.
PLACED: Final = frozenset(
    {
        Task.OBJECT_DETECTION,
        Task.SEMANTIC_SEGMENTATION,
        Task.INSTANCE_SEGMENTATION,
        Task.KEYPOINTS,
        Task.NER,
    }
)
CONTENT_COLUMNS: Final = (
    *("sha256", "thumb_sha256", "media_type", "size_bytes"),
    *("payload", "features", "dhash64", "search_text"),
)
ShapeRows = list[list[Any]]


class Stale(Exception):
    """A sample was changed by somebody while its new content was made; make it again."""


@dataclass(frozen=True, slots=True)
class Item:
    """A sample and its shapes, rows of SHAPE_COLUMNS, as they were read."""

    sample: Sample
    shapes: ShapeRows


@dataclass(frozen=True, slots=True)
class Made:
    """New content. `shapes` are where they lie on it; `lost` of them are not any more.

    `moved` says whether places of the old content mean others now.
    """

    content: bytes
    opened: Opened
    shapes: ShapeRows
    moved: bool
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a sample stays as it was."""

    code: str


Answer = Made | Fault | None
Refs = tuple[BlobRef, BlobRef | None] | None


@dataclass(slots=True)
class _Batch:
    """What one batch writes."""

    rows: list[CleaningRow] = field(default_factory=list)
    updates: list[list[Any]] = field(default_factory=list)
    sayings: list[Saying] = field(default_factory=list)
    copies: list[Sample] = field(default_factory=list)
    refs: list[BlobRef] = field(default_factory=list)
    deltas: Counter[tuple[str, str]] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)


def answers_write(
    cleaning: Cleaning, step: int, answered: Sequence[tuple[Item, Answer, Refs]], *, give_up: bool
) -> None:
    """Write what was made of each item; counts and problems are added to the cleaning, which is not saved.

    Raises Stale when somebody changed a sample meanwhile, unless it is to `give_up` such samples.
    """
    ids = [item.sample.pk for item, answer, _ in answered if isinstance(answer, Made)]
    now = {
        row.pk: row
        for row in Sample.objects.select_for_update()
        .filter(pk__in=ids, dataset_id=cleaning.dataset_id)
        .order_by("pk")
    }
    busy = samples_busy(ids)
    batch = _Batch()
    before = [item.sample.sha256 for item, _, refs in answered if refs]
    holders = _Holders(cleaning, before, [refs[0].sha256 for _, _, refs in answered if refs])
    for item, answer, refs in answered:
        if isinstance(answer, Fault):
            problem_noted(cleaning, item.sample, answer.code)
        elif answer is None or refs is None or refs[0].sha256 == item.sample.sha256:
            batch.counts["unchanged"] += 1
        elif item.sample.pk in busy:
            batch.counts["in_work"] += 1
        elif _has_changed(item.sample, now.get(item.sample.pk)):
            if not give_up:
                raise Stale
            batch.counts["in_work"] += 1
        elif (holder := holders.of(refs[0].sha256)) is not None:
            _copy(cleaning, step, now[item.sample.pk], holder, batch, holders.binned)
        else:
            holders.moved(item.sample, refs[0].sha256)
            _change(cleaning, step, replace(item, sample=now[item.sample.pk]), answer, refs, batch)
    _written(cleaning, batch)


def _has_changed(read: Sample, now: Sample | None) -> bool:
    return now is None or (read.sha256, read.annotation_revision, read.state) != (
        now.sha256,
        now.annotation_revision,
        now.state,
    )


class _Holders:
    """Which samples of the data set have some of the contents, while a batch changes them one after the other."""

    def __init__(self, cleaning: Cleaning, before: Sequence[str], after: Sequence[str]) -> None:
        rows = Sample.objects.filter(dataset_id=cleaning.dataset_id, sha256__in=set(after))
        self._held = {row.sha256: row for row in rows.only("pk", "sha256", "state", "labels")}
        # What a step before this one took out; the bin has no place for another of the same bytes.
        self.binned = binned_contents(cleaning, before)

    def of(self, sha256: str) -> Sample | None:
        return self._held.get(sha256)

    def moved(self, sample: Sample, sha256: str) -> None:
        self._held.pop(sample.sha256, None)
        self._held[sha256] = sample


def _copy(
    cleaning: Cleaning, step: int, sample: Sample, holder: Sample, batch: _Batch, binned: Container[str]
) -> None:
    """What would become a copy of another sample goes to the bin, unless it says what the other does not."""
    is_mute = sample.state == SampleState.UNLABELED
    is_same = cleaning.dataset.task not in PLACED and (sample.labels, sample.state) == (
        holder.labels,
        holder.state,
    )
    if not is_mute and not is_same:
        problem_noted(cleaning, sample, "copy_of_another")
        return
    if sample.sha256 in binned:
        problem_noted(cleaning, sample, "copy_in_bin")
        return
    batch.copies.append(sample)
    batch.counts["copies"] += 1
    batch.rows.append(CleaningRow(cleaning=cleaning, sample=sample, step=step, kind=BIN))


def _change(
    cleaning: Cleaning, step: int, item: Item, made: Made, refs: tuple[BlobRef, BlobRef | None], batch: _Batch
) -> None:
    sample, (stored, thumb) = item.sample, refs
    is_said = made.moved and cleaning.dataset.task in PLACED
    before = {name: getattr(sample, name) for name in CONTENT_COLUMNS[2:]}
    before |= {"revision": sample.annotation_revision}
    if is_said:
        before |= {
            "shapes": shapes_kept(item.shapes),
            "state": sample.state,
            "source": sample.annotation_source,
        }
        at = sample.annotation_revision
        batch.sayings.append(Saying(sample, made.shapes, sample.state, sample.annotation_source, as_of=at))
    batch.rows.append(
        CleaningRow(
            cleaning=cleaning,
            sample=sample,
            step=step,
            kind=CONTENT,
            before=before,
            before_sha256=sample.sha256,
            before_thumb_sha256=sample.thumb_sha256,
            after_sha256=stored.sha256,
            after_thumb_sha256=thumb.sha256 if thumb else "",
        )
    )
    opened = made.opened
    after = {
        "sha256": stored.sha256,
        "thumb_sha256": thumb.sha256 if thumb else "",
        "media_type": opened.media_type,
        "size_bytes": stored.size_bytes,
        "payload": opened.payload,
        "features": opened.features,
        "dhash64": opened.dhash64,
        "search_text": opened.search_text,
    }
    batch.updates.append([*(after[name] for name in CONTENT_COLUMNS), sample.pk])
    batch.refs += [ref for ref in refs if ref is not None]
    batch.deltas.subtract(measures_of(sample.media_type, sample.payload))
    batch.deltas.update(measures_of(opened.media_type, opened.payload))
    batch.counts["changed"] += 1
    if made.lost:
        batch.counts["shapes_lost"] += made.lost
        problem_noted(cleaning, sample, "shapes_lost")


def _written(cleaning: Cleaning, batch: _Batch) -> None:
    blobs_register(batch.refs)
    # Kind by kind, so that the way back finds long runs of one.
    CleaningRow.objects.bulk_create(sorted(batch.rows, key=lambda row: row.kind == BIN))
    contents_write(batch.updates)
    annotations_replace(cleaning.dataset_id, batch.sayings, actor_id=cleaning.created_by_id)
    counters_add(cleaning.dataset_id, batch.deltas)
    if batch.copies:
        samples_move(batch.copies, cleaning.dataset_id, bin_of(cleaning).pk)
    counted(cleaning, batch.counts)


def contents_write(updates: Sequence[Sequence[Any]]) -> None:
    """Give samples other content: values of the content's columns, then the id. Not their totals."""
    if not updates:
        return
    names = ", ".join(f"{name} = %s" for name in CONTENT_COLUMNS)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE datasets_sample SET {names} WHERE id = %s",  # noqa: S608  names are ours
            [[bind(value) for value in row] for row in updates],
        )


def content_before(row: CleaningRow) -> Mapping[str, Any]:
    """The content's columns as they were, in their order."""
    kept = {**row.before, "sha256": row.before_sha256, "thumb_sha256": row.before_thumb_sha256}
    return {name: kept[name] for name in CONTENT_COLUMNS}
