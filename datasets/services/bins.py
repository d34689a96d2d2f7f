"""Bins: where deleted samples wait. A bin is a data set that is itself deleted, so nobody sees what is in it."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from django.db.models import Q

from core.clock import utc_now
from datasets.models import BulkEdit, BulkEditRow, Cleaning, Dataset, Sample, SampleFinding, SampleTag, Shape
from datasets.models.undoable import Undoable
from datasets.services.counters import counters_add, dataset_locked
from datasets.services.sample_deltas import deltas_of
from datasets.signals import samples_ending

C = TypeVar("C", bound=Undoable)
# A rejected item waits for its author.
_OPEN_ITEMS: Final = ("new", "submitted", "rejected")


def change_locked(kind: type[C], change_id: uuid.UUID) -> C:
    """The edit or cleaning and its data set under their row locks."""
    # Without the data set and the bin: what is joined to a row that one waits for is what it was before.
    change = kind._default_manager.select_for_update().get(pk=change_id)
    dataset_locked(change.dataset_id)
    return change


def bin_of(edit: BulkEdit | Cleaning) -> Dataset:
    """Where the samples that this edit or cleaning takes out wait; made when it is first asked for."""
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


def samples_busy(ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the samples that wait in an open campaign for a person. One statement."""
    awaited = Q(items__state__in=_OPEN_ITEMS, items__campaign__state="open")
    return set(Sample.objects.filter(awaited, pk__in=list(ids)).order_by().values_list("pk", flat=True))


def samples_move(samples: Sequence[Sample], source: uuid.UUID, target: uuid.UUID) -> None:
    """From one data set to another with all that belongs to them; the samples as they stand in the database.

    What enters a bin waits there for the whole period, whatever is there already.
    """
    ids, deltas = [sample.pk for sample in samples], deltas_of(samples)
    Sample.objects.filter(pk__in=ids).update(dataset_id=target)
    for model in (Shape, SampleFinding, SampleTag):
        model._default_manager.filter(sample__in=ids).update(dataset_id=target)
    counters_add(source, {pair: -value for pair, value in deltas.items()})
    counters_add(target, deltas)
    Dataset.objects.filter(pk=target, deleted_at__isnull=False).update(deleted_at=utc_now())


def samples_end(dataset_id: uuid.UUID, samples: Sequence[Sample]) -> None:
    """They go for good with all that belongs to them; locked, as they stand in the database."""
    ids = [sample.pk for sample in samples]
    counters_add(dataset_id, {pair: -value for pair, value in deltas_of(samples).items()})
    samples_ending.send(Sample, ids=ids)
    Sample.objects.filter(pk__in=ids).delete()


def samples_set_aside(edit: BulkEdit, ids: Iterable[uuid.UUID]) -> Counter[str]:
    """Into the edit's bin, with a row each to take it back; what waits in a campaign for a person stays."""
    wanted = set(ids)
    busy = samples_busy(wanted)
    samples = list(
        Sample.objects.select_for_update().filter(pk__in=wanted - busy, dataset=edit.dataset).order_by("pk")
    )
    if samples:
        samples_move(samples, edit.dataset_id, bin_of(edit).pk)
    rows = [BulkEditRow(edit=edit, sample=sample, before={"aside": True}) for sample in samples]
    BulkEditRow.objects.bulk_create(rows)
    return Counter({"set_aside": len(rows), "in_work": len(busy), "changed": len(rows)})


def bin_emptied(edit: BulkEdit | Cleaning, samples: Sequence[Sample]) -> set[uuid.UUID]:
    """Those of the samples that wait in the edit's bin go back, and are answered; of what was imported anew, the new one stays.

    What carries a class that was removed meanwhile stays in the bin.
    """
    if edit.bin_id is None:
        return set()
    waiting = [sample for sample in samples if sample.dataset_id == edit.bin_id]
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
        samples_move(moved, edit.bin_id, edit.dataset_id)
    return {sample.pk for sample in moved}
