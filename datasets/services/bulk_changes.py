"""What a bulk edit does to a batch of samples, and how it is taken back. Each runs inside the job's fence."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Q

from core.clock import utc_now
from core.errors import Conflict
from datasets.models import (
    AnnotationSource,
    BulkAction,
    BulkEdit,
    BulkEditRow,
    Dataset,
    LabelClass,
    Sample,
    SampleFinding,
    SampleState,
    Shape,
)
from datasets.services.annotations_bulk import Saying, annotations_replace, shapes_of
from datasets.services.counters import counters_add
from datasets.services.sample_deltas import deltas_of

Befores = list[tuple[Sample, dict[str, Any]]]
_OPEN_ITEMS: Final = ("new", "submitted")


class ClassGone(Conflict):
    """The class was removed while the edit waited; choose another."""

    code = "class_gone"


@dataclass(frozen=True, slots=True)
class Change:
    """`do` answers what each changed sample was; `undo` how many it brought back. The rest is skipped."""

    do: Callable[[BulkEdit, Sequence[Sample]], Befores]
    undo: Callable[[BulkEdit, Sequence[BulkEditRow]], int]
    skipped: str


def _split_do(edit: BulkEdit, samples: Sequence[Sample]) -> Befores:
    changed = [sample for sample in samples if sample.split != edit.value]
    Sample.objects.filter(pk__in=[sample.pk for sample in changed]).update(split=edit.value)
    _splits_counted(edit, Counter({edit.value: len(changed)}), Counter(sample.split for sample in changed))
    return [(sample, {"split": sample.split}) for sample in changed]


def _split_undo(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> int:
    by_split: dict[str, list[uuid.UUID]] = defaultdict(list)
    for row in rows:
        if row.sample.split == edit.value and row.sample.dataset_id == edit.dataset_id:
            by_split[row.before["split"]].append(row.sample_id)
    for split, ids in by_split.items():
        Sample.objects.filter(pk__in=ids).update(split=split)
    back = Counter({split: len(ids) for split, ids in by_split.items()})
    _splits_counted(edit, back, Counter({edit.value: back.total()}))
    return back.total()


def _splits_counted(edit: BulkEdit, more: Counter[str], fewer: Counter[str]) -> None:
    counters_add(
        edit.dataset_id, {("split", key): more[key] - fewer[key] for key in more.keys() | fewer.keys()}
    )


def _label_do(edit: BulkEdit, samples: Sequence[Sample]) -> Befores:
    labels = [edit.value] if edit.value else []
    if labels and not LabelClass.objects.filter(pk=edit.value, deleted_at__isnull=True).exists():
        raise ClassGone("the class was removed; choose another")
    state = SampleState.LABELED if labels else SampleState.UNLABELED
    done = (SampleState.LABELED, SampleState.REVIEWED) if labels else (SampleState.UNLABELED,)
    changed = [row for row in samples if row.state not in done or [str(one) for one in row.labels] != labels]
    shapes = shapes_of(changed)
    source = AnnotationSource.HUMAN if labels else AnnotationSource.NONE
    sayings = [Saying(sample, _class_shapes(labels), state, source) for sample in changed]
    annotations_replace(edit.dataset_id, sayings, actor_id=edit.created_by_id)
    return [
        (
            sample,
            {
                "revision": sample.annotation_revision,
                "state": sample.state,
                "source": sample.annotation_source,
                "shapes": [[str(shape[0]), str(shape[1]), *shape[2:]] for shape in shapes[sample.pk]],
            },
        )
        for sample in changed
    ]


def _class_shapes(labels: list[str]) -> list[list[Any]]:
    return [
        [uuid.uuid4(), uuid.UUID(label), "class", 0, None, None, None, None, None, "human", None]
        for label in labels
    ]


def _label_undo(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> int:
    """What somebody has said since stays, and what carried a class that was removed meanwhile is not brought back."""
    classes = LabelClass.objects.filter(dataset_id=edit.dataset_id, deleted_at__isnull=True)
    known = set(classes.values_list("pk", flat=True))
    sayings: list[Saying] = []
    for row in rows:
        shapes, sample = _shapes_before(row), row.sample
        is_ours = sample.annotation_revision == row.before["revision"] + 1
        if (
            is_ours
            and sample.dataset_id == edit.dataset_id
            and known.issuperset(shape[1] for shape in shapes)
        ):
            sayings.append(Saying(sample, shapes, row.before["state"], row.before["source"]))
    annotations_replace(edit.dataset_id, sayings, actor_id=edit.created_by_id)
    return len(sayings)


def _shapes_before(row: BulkEditRow) -> list[list[Any]]:
    return [[uuid.UUID(shape[0]), uuid.UUID(shape[1]), *shape[2:]] for shape in row.before["shapes"]]


def _delete_do(edit: BulkEdit, samples: Sequence[Sample]) -> Befores:
    """Into the bin; what waits in a campaign for a person stays."""
    ids = [sample.pk for sample in samples]
    awaited = Q(items__state__in=_OPEN_ITEMS, items__campaign__state="open")
    busy = set(Sample.objects.filter(awaited, pk__in=ids).order_by().values_list("pk", flat=True))
    moved = [sample for sample in samples if sample.pk not in busy]
    if moved:
        _move(moved, edit.dataset_id, bin_of(edit).pk)
    return [(sample, {}) for sample in moved]


def _delete_undo(edit: BulkEdit, rows: Sequence[BulkEditRow]) -> int:
    """Out of the bin again; of what was imported anew meanwhile, the new one stays.

    What carries a class that was removed meanwhile stays in the bin.
    """
    if edit.bin_id is None:
        return 0
    waiting = [row.sample for row in rows if row.sample.dataset_id == edit.bin_id]
    sha256s = [sample.sha256 for sample in waiting]
    there = set(
        Sample.objects.filter(dataset_id=edit.dataset_id, sha256__in=sha256s).values_list("sha256", flat=True)
    )
    gone = set(
        Shape.objects.filter(sample__in=waiting, label_class__deleted_at__isnull=False).values_list(
            "sample_id", flat=True
        )
    )
    moved = [sample for sample in waiting if sample.sha256 not in there and sample.pk not in gone]
    if moved:
        _move(moved, edit.bin_id, edit.dataset_id)
    return len(moved)


def bin_of(edit: BulkEdit) -> Dataset:
    """Where the samples that this edit deletes wait: a data set that is itself deleted."""
    if edit.bin is None:
        edit.bin = Dataset.objects.create(
            project_id=edit.dataset.project_id,
            name=f"bin of {edit.pk}",
            modality=edit.dataset.modality,
            task=edit.dataset.task,
            created_by_id=edit.created_by_id,
            deleted_at=utc_now(),
        )
        edit.save(update_fields=["bin"])
    return edit.bin


def _move(samples: Sequence[Sample], source: uuid.UUID, target: uuid.UUID) -> None:
    ids, deltas = [sample.pk for sample in samples], deltas_of(samples)
    for model, key in ((Sample, "pk__in"), (Shape, "sample__in"), (SampleFinding, "sample__in")):
        model.objects.filter(**{key: ids}).update(dataset_id=target)
    counters_add(source, {pair: -value for pair, value in deltas.items()})
    counters_add(target, deltas)


CHANGES: Final[Mapping[str, Change]] = MappingProxyType(
    {
        BulkAction.SPLIT: Change(_split_do, _split_undo, "unchanged"),
        BulkAction.LABEL: Change(_label_do, _label_undo, "unchanged"),
        BulkAction.DELETE: Change(_delete_do, _delete_undo, "in_work"),
    }
)
