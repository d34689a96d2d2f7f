"""Taking a restored or a merged version back, a batch of rows at a time. Runs inside the job's fence.

What a row says of a sample before: `aside` when it went to the edit's bin; otherwise the `bin` it came from,
if any, its annotation `revision`, the `shapes`, `state` and `source` where its labels were changed, and `content`
where a row of CleaningRow keeps what it had. One that a merge made says `added` and the `revision` it was made with.
"""

import uuid
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence

from datasets.models import BulkEdit, BulkEditRow, CleaningRow, Dataset, LabelClass, Sample
from datasets.selectors.histories import unsaid_since
from datasets.services.annotations_bulk import Saying, annotations_replace, shapes_before
from datasets.services.bins import bin_emptied, bin_of, samples_busy, samples_move
from datasets.services.clean_write import content_before
from datasets.services.restore_contents import contents_of, contents_put


def restore_undo(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> set[uuid.UUID]:
    """Which samples are as they were; what somebody has changed since stays."""
    aside = [row.sample for row in rows if row.before.get("aside")]
    ours = _free(edit, _ours(edit, rows))
    sayings = [
        Saying(
            row.sample,
            shapes_before(row),
            row.before["state"],
            row.before["source"],
            as_of=row.before["revision"],
        )
        for row in ours
        if "shapes" in row.before
    ]
    leaving: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for row in ours:
        if "bin" in row.before:
            leaving[uuid.UUID(row.before["bin"])].append(row.sample_id)
    annotations_replace(edit.dataset_id, sayings, actor_id=edit.created_by_id)
    for target, ids in leaving.items():
        # Read anew: what they add to the totals is what they say now.
        samples_move(list(Sample.objects.filter(pk__in=ids)), edit.dataset_id, target)
    _contents_back(edit, ours)
    return {row.sample_id for row in ours} | bin_emptied(edit, aside)


def _free(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> list[BulkEditRow]:
    """Those that nothing keeps from going back: no removed class or bin, no open task, no other sample with its bytes."""
    classes = LabelClass.objects.filter(dataset_id=edit.dataset_id, deleted_at__isnull=True)
    known = set(classes.values_list("pk", flat=True))
    busy = samples_busy(row.sample_id for row in rows if "bin" in row.before or "content" in row.before)
    there = _bins([row.before["bin"] for row in rows if "bin" in row.before])
    places = contents_of(edit, [row.sample_id for row in rows if "content" in row.before])
    taken = _taken(edit, places)
    free: list[BulkEditRow] = []
    for row in rows:
        if row.sample_id in busy or not _has_place(edit, row, known, there):
            continue
        if "content" in row.before:
            kept = places.get(row.sample_id)
            home = uuid.UUID(row.before.get("bin", str(edit.dataset_id)))
            if kept is None or row.sample.sha256 != kept.after_sha256 or (home, kept.before_sha256) in taken:
                continue
            taken.discard((home, row.sample.sha256))
            taken.add((home, kept.before_sha256))
        free.append(row)
    return free


def _has_place(
    edit: BulkEdit, row: BulkEditRow, known: Container[uuid.UUID], there: Container[uuid.UUID]
) -> bool:
    """In a bin a sample may carry a class that was removed."""
    if "bin" in row.before:
        return uuid.UUID(row.before["bin"]) in there
    return all(shape[1] in known for shape in shapes_before(row)) if "shapes" in row.before else True


def _taken(edit: BulkEdit, places: Mapping[uuid.UUID, CleaningRow]) -> set[tuple[uuid.UUID, str]]:
    """Which data set or bin has which of the contents that are to come back. One statement, none without any."""
    if not places:
        return set()
    names = [row.before_sha256 for row in places.values()]
    rows = Sample.objects.filter(sha256__in=names, dataset__project=edit.dataset.project_id)
    return set(rows.values_list("dataset_id", "sha256"))


def _contents_back(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> None:
    """Where the sample is by now; its totals are those of that place."""
    contents = contents_of(edit, [row.sample_id for row in rows if "content" in row.before])
    samples = Sample.objects.in_bulk(list(contents))
    contents_put([(samples[pk], content_before(row)) for pk, row in contents.items()])


def merge_undo(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> set[uuid.UUID]:
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
    return free | restore_undo(edit, [row for row in rows if not row.before.get("added")])


def _ours(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> list[BulkEditRow]:
    """Those whose labels are what the edit left."""
    rows = [row for row in rows if not row.before.get("aside") and row.sample.dataset_id == edit.dataset_id]
    said = unsaid_since((row.sample, row.before["revision"] + ("shapes" in row.before)) for row in rows)
    return [row for row in rows if row.sample_id in said]


def _bins(ids: Sequence[str]) -> set[uuid.UUID]:
    return set(Dataset.objects.filter(pk__in=ids).values_list("pk", flat=True))
