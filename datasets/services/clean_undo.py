"""Taking a cleaning back, a batch of its rows at a time, newest first. Runs inside the job's fence."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import Any, Final

from datasets.models import Cleaning, CleaningRow, LabelClass, Sample
from datasets.selectors.histories import unsaid_since
from datasets.services.annotations_bulk import Saying, annotations_replace, shapes_back
from datasets.services.bins import bin_emptied, samples_busy
from datasets.services.clean_base import counted
from datasets.services.clean_write import BIN, CONTENT, SPLIT, content_before, contents_write
from datasets.services.counters import counters_add
from datasets.services.sample_deltas import measures_of

BATCH: Final = 200


def rows_undo(cleaning: Cleaning) -> int:
    """How many rows are behind now, 0 at the end; the cursor and the counts move, nothing of it is saved.

    One batch is of one step and kind: what a later step did is taken back first.
    """
    rows = cleaning.rows.filter(pk__lt=int(cleaning.cursor)) if cleaning.cursor else cleaning.rows.all()
    batch = list(
        rows.order_by("-pk").select_for_update(of=("self", "sample")).select_related("sample")[:BATCH]
    )
    if not batch:
        return 0
    first = batch[0]
    batch = list(takewhile(lambda row: (row.step, row.kind) == (first.step, first.kind), batch))
    done = [row for row in batch if row.done]
    restored = _UNDOS[first.kind](cleaning, done)
    # What is back is not taken back again, whatever somebody makes of it.
    CleaningRow.objects.filter(pk__in=[row.pk for row in done if row.sample_id in restored]).update(
        done=False
    )
    counted(cleaning, {"restored": len(restored), "kept": len(done) - len(restored)})
    cleaning.cursor = str(batch[-1].pk)
    return len(batch)


def _bin(cleaning: Cleaning, rows: Sequence[CleaningRow]) -> set[uuid.UUID]:
    return bin_emptied(cleaning, [row.sample for row in rows])


def _split(cleaning: Cleaning, rows: Sequence[CleaningRow]) -> set[uuid.UUID]:
    """What has another split by now was touched since."""
    by_split: dict[str, list[Any]] = defaultdict(list)
    deltas: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row.sample.split == row.before["to"] and row.sample.dataset_id == cleaning.dataset_id:
            by_split[row.before["split"]].append(row.sample_id)
            deltas["split", row.before["to"]] -= 1
            deltas["split", row.before["split"]] += 1
    for split, ids in by_split.items():
        Sample.objects.filter(pk__in=ids).update(split=split)
    counters_add(cleaning.dataset_id, deltas)
    return {pk for ids in by_split.values() for pk in ids}


def _content(cleaning: Cleaning, rows: Sequence[CleaningRow]) -> set[uuid.UUID]:
    """Bytes and shapes of every sample that nobody touched since."""
    ours = _ours(cleaning, rows)
    busy = samples_busy(row.sample_id for row in ours)
    names = {row.before_sha256 for row in ours}
    taken = set(
        Sample.objects.filter(dataset_id=cleaning.dataset_id, sha256__in=names).values_list(
            "sha256", flat=True
        )
    )
    classes = LabelClass.objects.filter(dataset_id=cleaning.dataset_id, deleted_at__isnull=True)
    known = set(classes.values_list("pk", flat=True))
    sayings: list[Saying] = []
    updates: list[list[Any]] = []
    deltas: Counter[tuple[str, str]] = Counter()
    for row in ours:
        shapes = shapes_back(row.before.get("shapes", []))
        is_free = row.before_sha256 not in taken and row.sample_id not in busy
        if not is_free or not known.issuperset(shape[1] for shape in shapes):
            continue
        # Somebody's content is free for another row of the batch once it went back.
        taken.discard(row.sample.sha256)
        taken.add(row.before_sha256)
        before = content_before(row)
        updates.append([*before.values(), row.sample_id])
        deltas.subtract(measures_of(row.sample.media_type, row.sample.payload))
        deltas.update(measures_of(before["media_type"], before["payload"]))
        if "shapes" in row.before:
            sayings.append(
                Saying(
                    row.sample,
                    shapes,
                    row.before["state"],
                    row.before["source"],
                    as_of=row.before["revision"],
                )
            )
    contents_write(updates)
    annotations_replace(cleaning.dataset_id, sayings, actor_id=cleaning.created_by_id)
    counters_add(cleaning.dataset_id, deltas)
    return {update[-1] for update in updates}


def _ours(cleaning: Cleaning, rows: Sequence[CleaningRow]) -> list[CleaningRow]:
    """Those whose bytes and labels are what the cleaning left."""
    rows = [
        row
        for row in rows
        if (row.sample.dataset_id, row.sample.sha256) == (cleaning.dataset_id, row.after_sha256)
    ]
    said = unsaid_since((row.sample, row.before["revision"] + ("shapes" in row.before)) for row in rows)
    return [row for row in rows if row.sample_id in said]


_UNDOS: Final[Mapping[str, Callable[[Cleaning, Sequence[CleaningRow]], set[uuid.UUID]]]] = {
    BIN: _bin,
    SPLIT: _split,
    CONTENT: _content,
}
