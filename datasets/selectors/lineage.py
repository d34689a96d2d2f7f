"""Where data sets come from: the version two of them have in common, and which of their classes are one."""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db.models import QuerySet

from datasets.models import BulkEdit, Dataset, DatasetVersion, LabelClass, Merge

# Counts of samples that a merge leaves as they are although the other side says something else.
_LEFT: Final = ("unseen", "in_work", "gone_purged", "gone_bytes")


def base_of(target: Dataset, source: DatasetVersion) -> DatasetVersion | None:
    """The newest version that both the data set and the version come from; None for strangers.

    A merge that was not taken back makes its source such a version, whichever way it went, unless it left anything
    undecided. One that went the other way was over before the version began to be frozen: it is whole in there.
    """
    done = (
        Merge.objects.filter(edit__state=BulkEdit.State.DONE)
        .select_related("source__dataset", "edit")
        .order_by("-source__number", "-edit__created_at")
    )
    into = done.filter(
        dataset=target, source__dataset_id=source.dataset_id, source__number__lte=source.number
    )
    begun = source.job.started_at if source.job else None
    back = done.filter(
        dataset_id=source.dataset_id,
        source__dataset=target,
        edit__job__finished_at__lt=begun or source.created_at,
    )
    met = [(row, edit) for rows in (into, back) for row, edit in _whole(rows)]
    if met:
        return max(met, key=lambda pair: pair[1].created_at)[0].source
    return _ancestor(target, source)


def _whole(rows: QuerySet[Merge]) -> Iterator[tuple[Merge, BulkEdit]]:
    """The first that brought all it was to bring: what it left is offered again, from where both were one before."""
    for row in rows:
        if row.edit is not None and not any(row.edit.counts.get(name) for name in _LEFT):
            yield row, row.edit
            return


def _ancestor(target: Dataset, source: DatasetVersion) -> DatasetVersion | None:
    mine = dict(_line(target, None))
    for dataset_id, theirs in _line(source.dataset, source):
        if dataset_id not in mine:
            continue
        ours = mine[dataset_id]
        if ours is None or theirs is None:
            return theirs or ours
        return min(ours, theirs, key=lambda version: version.number)
    return None


def _line(dataset: Dataset, at: DatasetVersion | None) -> list[tuple[uuid.UUID, DatasetVersion | None]]:
    """Each data set it descends from, itself first, with the version where it left it; None for as it is now."""
    line = [(dataset.pk, at)]
    while (origin := _origin(dataset)) is not None:
        dataset = origin.dataset
        line.append((dataset.pk, origin))
    return line


def _origin(dataset: Dataset) -> DatasetVersion | None:
    if dataset.origin_id is None:
        return None
    return DatasetVersion.objects.select_related("dataset").get(pk=dataset.origin_id)


def class_keys(dataset: Dataset, indices: Iterable[int]) -> dict[int, str]:
    """A name for each class that is the same in every data set that has the class by descent.

    A branch keeps the index of each class it was made with, and no index is ever used again.
    """
    keys: dict[int, str] = {}
    left = set(indices)
    while left:
        origin = _origin(dataset)
        there = set() if origin is None else {int(row["index"]) for row in origin.classes}
        keys |= {index: f"{dataset.pk}:{index}" for index in left - there}
        left &= there
        dataset = dataset if origin is None else origin.dataset
    return keys


def keys_of_version(version: DatasetVersion) -> dict[int, str]:
    """The key of each class of a version, by its index."""
    return class_keys(version.dataset, (int(row["index"]) for row in version.classes))


def keys_of_dataset(dataset: Dataset) -> dict[str, str]:
    """The key of each class, deleted ones too, by its id."""
    rows = dict(LabelClass.objects.filter(dataset=dataset).values_list("pk", "index"))
    keys = class_keys(dataset, rows.values())
    return {str(pk): keys[index] for pk, index in rows.items()}


def origin_render(dataset: Dataset) -> dict[str, Any] | None:
    """The version a branch was made from."""
    version = _origin(dataset)
    if version is None:
        return None
    return {
        "version": version.pk,
        "number": version.number,
        "dataset": version.dataset_id,
        "dataset_name": version.dataset.name,
    }
