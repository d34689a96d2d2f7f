"""Tags on all selected samples or off them, and the way back. Each runs inside the job's fence.

A row keeps what the edit itself put on or took off, so that a way back leaves alone what others tagged since.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from datasets.models import BulkEdit, BulkEditRow, Sample
from datasets.services.tags import tags_fit, tags_lacking, tags_put, tags_take

Befores = list[tuple[Sample, dict[str, Any]]]


def tag_do(edit: BulkEdit, samples: Sequence[Sample]) -> Befores:
    """Put them on; a sample that has no room for all of them stays as it is, and is counted as `tags_full`."""
    tags = edit.selection["tags"]
    tags_fit(edit.dataset_id, tags)
    lacking = [(sample, tags_lacking(sample.tags, tags)) for sample in samples]
    full = sum(more is None for _, more in lacking)
    if full:
        edit.counts = {**edit.counts, "tags_full": edit.counts.get("tags_full", 0) + full}
    changed = [(sample, more) for sample, more in lacking if more]
    tags_put(
        edit.dataset_id,
        {sample.pk: sample.tags for sample, _ in changed},
        {sample.pk: more for sample, more in changed},
    )
    return [(sample, {"tags": more}) for sample, more in changed]


def untag_do(edit: BulkEdit, samples: Sequence[Sample]) -> Befores:
    """Take them off."""
    wanted = set(edit.selection["tags"])
    changed = [(sample, sorted(wanted & {*sample.tags})) for sample in samples if wanted & {*sample.tags}]
    tags_take(
        edit.dataset_id,
        {sample.pk: sample.tags for sample, _ in changed},
        {sample.pk: fewer for sample, fewer in changed},
    )
    return [(sample, {"tags": fewer}) for sample, fewer in changed]


def tag_undo(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> set[uuid.UUID]:
    """Off again, where they still are."""
    ours = [(row.sample, row.before["tags"]) for row in rows if row.sample.dataset_id == edit.dataset_id]
    fewer = {sample.pk: [tag for tag in tags if tag in sample.tags] for sample, tags in ours}
    fewer = {pk: tags for pk, tags in fewer.items() if tags}
    tags_take(edit.dataset_id, {sample.pk: sample.tags for sample, _ in ours}, fewer)
    return set(fewer)


def untag_undo(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> set[uuid.UUID]:
    """On again, where somebody else has not put them on meanwhile and there is room."""
    ours = [(row.sample, row.before["tags"]) for row in rows if row.sample.dataset_id == edit.dataset_id]
    lacking = {sample.pk: tags_lacking(sample.tags, tags) for sample, tags in ours}
    more = {pk: tags for pk, tags in lacking.items() if tags}
    tags_put(edit.dataset_id, {sample.pk: sample.tags for sample, _ in ours}, more)
    return set(more)
