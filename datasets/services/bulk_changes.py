"""What a bulk edit does to a batch of samples, and how it is taken back. Each runs inside the job's fence."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from datasets.models import (
    AnnotationSource,
    BulkAction,
    BulkEdit,
    BulkEditRow,
    LabelClass,
    Sample,
    SampleState,
)
from datasets.selectors.histories import unsaid_since
from datasets.services.annotations_bulk import Saying, annotations_replace, shapes_before, shapes_of
from datasets.services.bins import bin_emptied, bin_of, samples_busy, samples_move
from datasets.services.bulk_classes import (
    Befores,
    befores_of,
    class_add_do,
    class_check,
    class_drop_do,
    class_shape,
)
from datasets.services.bulk_tags import tag_do, tag_undo, untag_do, untag_undo
from datasets.services.class_moves import class_move_do
from datasets.services.counters import counters_add
from datasets.services.restore_undo import merge_undo, restore_undo

Undo = Callable[[BulkEdit, Sequence[BulkEditRow]], set[uuid.UUID]]


@dataclass(frozen=True, slots=True)
class Change:
    """`do` answers what each changed sample was; `undo` which of them it brought back. The rest is skipped."""

    do: Callable[[BulkEdit, Sequence[Sample]], Befores]
    undo: Undo
    skipped: str


def _split_do(edit: BulkEdit, samples: Sequence[Sample]) -> Befores:
    changed = [sample for sample in samples if sample.split != edit.value]
    Sample.objects.filter(pk__in=[sample.pk for sample in changed]).update(split=edit.value)
    _splits_counted(edit, Counter({edit.value: len(changed)}), Counter(sample.split for sample in changed))
    return [(sample, {"split": sample.split}) for sample in changed]


def _split_undo(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> set[uuid.UUID]:
    by_split: dict[str, list[uuid.UUID]] = defaultdict(list)
    for row in rows:
        if row.sample.split == edit.value and row.sample.dataset_id == edit.dataset_id:
            by_split[row.before["split"]].append(row.sample_id)
    for split, ids in by_split.items():
        Sample.objects.filter(pk__in=ids).update(split=split)
    back = Counter({split: len(ids) for split, ids in by_split.items()})
    _splits_counted(edit, back, Counter({edit.value: back.total()}))
    return {pk for ids in by_split.values() for pk in ids}


def _splits_counted(edit: BulkEdit, more: Counter[str], fewer: Counter[str]) -> None:
    counters_add(
        edit.dataset_id, {("split", key): more[key] - fewer[key] for key in more.keys() | fewer.keys()}
    )


def _label_do(edit: BulkEdit, samples: Sequence[Sample]) -> Befores:
    labels = [edit.value] if edit.value else []
    if labels:
        class_check(edit.value)
    state = SampleState.LABELED if labels else SampleState.UNLABELED
    done = (SampleState.LABELED, SampleState.REVIEWED) if labels else (SampleState.UNLABELED,)
    changed = [row for row in samples if row.state not in done or [str(one) for one in row.labels] != labels]
    shapes = shapes_of(changed)
    source = AnnotationSource.HUMAN if labels else AnnotationSource.NONE
    sayings = [
        Saying(sample, [_class_kept(label, shapes.get(sample.pk, ())) for label in labels], state, source)
        for sample in changed
    ]
    annotations_replace(edit.dataset_id, sayings, actor_id=edit.created_by_id)
    return befores_of(changed, shapes)


def _class_kept(label: str, before: Sequence[Sequence[Any]]) -> list[Any]:
    """The class said by a person, with what was said beside it where it was there already."""
    shape = class_shape(label)
    shape[8] = next((row[8] for row in before if str(row[1]) == label), None)
    return shape


def _label_undo(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> set[uuid.UUID]:
    """What somebody has said since stays, and what carried a class that was removed meanwhile is not brought back."""
    classes = LabelClass.objects.filter(dataset_id=edit.dataset_id, deleted_at__isnull=True)
    known = set(classes.values_list("pk", flat=True))
    ours = unsaid_since((row.sample, row.before["revision"] + 1) for row in rows)
    sayings: list[Saying] = []
    for row in rows:
        shapes, sample = shapes_before(row), row.sample
        if (
            sample.pk in ours
            and sample.dataset_id == edit.dataset_id
            and known.issuperset(shape[1] for shape in shapes)
        ):
            sayings.append(
                Saying(
                    sample, shapes, row.before["state"], row.before["source"], as_of=row.before["revision"]
                )
            )
    annotations_replace(edit.dataset_id, sayings, actor_id=edit.created_by_id)
    return {saying.sample.pk for saying in sayings}


def _delete_do(edit: BulkEdit, samples: Sequence[Sample]) -> Befores:
    """Into the bin; what waits in a campaign for a person stays."""
    busy = samples_busy(sample.pk for sample in samples)
    moved = [sample for sample in samples if sample.pk not in busy]
    if moved:
        samples_move(moved, edit.dataset_id, bin_of(edit).pk)
    return [(sample, {}) for sample in moved]


def _delete_undo(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> set[uuid.UUID]:
    return bin_emptied(edit, [row.sample for row in rows])


CHANGES: Final[Mapping[str, Change]] = MappingProxyType(
    {
        BulkAction.SPLIT: Change(_split_do, _split_undo, "unchanged"),
        BulkAction.LABEL: Change(_label_do, _label_undo, "unchanged"),
        BulkAction.LABEL_ADD: Change(class_add_do, _label_undo, "unchanged"),
        BulkAction.LABEL_DROP: Change(class_drop_do, _label_undo, "unchanged"),
        BulkAction.CLASS_MOVE: Change(class_move_do, _label_undo, "unchanged"),
        BulkAction.DELETE: Change(_delete_do, _delete_undo, "in_work"),
        BulkAction.TAG: Change(tag_do, tag_undo, "unchanged"),
        BulkAction.UNTAG: Change(untag_do, untag_undo, "unchanged"),
    }
)
# A restored or merged version is taken back as the others are; how it is done is `version_restore` and `merges`.
UNDOS: Final[Mapping[str, Undo]] = MappingProxyType(
    {
        **{action: change.undo for action, change in CHANGES.items()},
        BulkAction.RESTORE: restore_undo,
        BulkAction.MERGE: merge_undo,
    }
)
