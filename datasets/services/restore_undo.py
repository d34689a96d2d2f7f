"""Taking a restored or a merged version back, a batch of rows at a time. Runs inside the job's fence.

What a row says of a sample before: `aside` when it went to the edit's bin; otherwise the `bin` it came from,
if any, its annotation `revision`, and the `shapes`, `state` and `source` where its labels were changed. One that a
merge made says `added` and the `revision` it was made with.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence

from datasets.models import BulkEdit, BulkEditRow, Dataset, LabelClass, Sample
from datasets.services.annotations_bulk import Saying, annotations_replace, shapes_before
from datasets.services.bins import bin_emptied, bin_of, samples_busy, samples_move


def restore_undo(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> int:
    """How many samples are as they were; what somebody has changed since stays."""
    aside = [row.sample for row in rows if row.before.get("aside")]
    ours = [row for row in rows if _is_ours(edit, row)]
    classes = LabelClass.objects.filter(dataset_id=edit.dataset_id, deleted_at__isnull=True)
    known = set(classes.values_list("pk", flat=True))
    busy = samples_busy(row.sample_id for row in ours if "bin" in row.before)
    there = _bins([row.before["bin"] for row in ours if "bin" in row.before])
    sayings: list[Saying] = []
    leaving: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    done = 0
    for row in ours:
        shapes = shapes_before(row) if "shapes" in row.before else []
        goes = uuid.UUID(row.before["bin"]) if "bin" in row.before else None
        if goes is None:
            is_stuck = not known.issuperset(shape[1] for shape in shapes)
        else:  # in a bin a sample may carry a class that was removed
            is_stuck = goes not in there or row.sample_id in busy
        if is_stuck:
            continue
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
        if goes is not None:
            leaving[goes].append(row.sample_id)
        done += 1
    annotations_replace(edit.dataset_id, sayings, actor_id=edit.created_by_id)
    for target, ids in leaving.items():
        # Read anew: what they add to the totals is what they say now.
        samples_move(list(Sample.objects.filter(pk__in=ids)), edit.dataset_id, target)
    return done + bin_emptied(edit, aside)


def merge_undo(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> int:
    """As a restore is taken back; what was made goes to the edit's bin unless somebody works with it by now."""
    added = [row for row in rows if row.before.get("added")]
    untouched = [
        row.sample_id
        for row in added
        if row.sample.dataset_id == edit.dataset_id
        and row.sample.annotation_revision == row.before["revision"]
    ]
    free = set(untouched) - samples_busy(untouched)
    if free:
        samples = list(Sample.objects.filter(pk__in=free).order_by("pk"))
        samples_move(samples, edit.dataset_id, bin_of(edit).pk)
    return len(free) + restore_undo(edit, [row for row in rows if not row.before.get("added")])


def _is_ours(edit: BulkEdit, row: BulkEditRow) -> bool:
    if row.before.get("aside") or row.sample.dataset_id != edit.dataset_id:
        return False
    return bool(row.sample.annotation_revision == row.before["revision"] + ("shapes" in row.before))


def _bins(ids: Sequence[str]) -> set[uuid.UUID]:
    return set(Dataset.objects.filter(pk__in=ids).values_list("pk", flat=True))
