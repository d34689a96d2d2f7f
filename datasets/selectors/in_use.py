"""Who still needs what is about to go: jobs at work, and rows that stand on frozen versions."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.db.models import PROTECT, RESTRICT, Exists, ManyToOneRel, OuterRef, Q, QuerySet

from core.models import Job
from datasets.models import Dataset, DatasetVersion, Merge


def is_read(dataset_id: uuid.UUID) -> bool:
    """Whether an open job works with the data set, a version of it or a merge of one.

    It may name bytes of samples only when it ends; ask under the lock of the data set.
    """
    jobs = Job.objects.filter(finished_at__isnull=True, project__datasets=dataset_id)
    params = list(jobs.exclude(kind="datasets.purge").values_list("params", flat=True))
    named = {key: {row[key] for row in params if row.get(key)} for key in ("dataset", "version", "merge")}
    if str(dataset_id) in named["dataset"]:
        return True
    if DatasetVersion.objects.filter(dataset=dataset_id, pk__in=named["version"]).exists():
        return True
    there = Q(source__dataset=dataset_id) | Q(base__dataset=dataset_id)
    return Merge.objects.filter(there, pk__in=named["merge"]).exists()


def versions_of(dataset_id: uuid.UUID) -> set[uuid.UUID]:
    """All versions of a data set."""
    return set(DatasetVersion.objects.filter(dataset=dataset_id).values_list("pk", flat=True))


def versions_needed(dataset_id: uuid.UUID) -> set[uuid.UUID]:
    """Versions that stay when their data set goes, with all that they were made from."""
    rows = DatasetVersion.objects.filter(dataset=dataset_id)
    stood_on = Q(*(Exists(users) for users in _users(dataset_id)), _connector=Q.OR)
    parents = dict(rows.values_list("pk", "parent_id"))
    needed: set[uuid.UUID] = set()
    for start in rows.filter(stood_on).values_list("pk", flat=True):
        pk: uuid.UUID | None = start
        while pk is not None and pk not in needed:
            needed.add(pk)
            pk = parents[pk]
    return needed


def _users(dataset_id: uuid.UUID) -> Iterator[QuerySet[Any, Any]]:
    """Rows that stand on a version (`OuterRef`): of other apps by a reference that forbids its end, and of data sets
    that people see by what a branch or a merge tells of its origin."""
    version = OuterRef("pk")
    for link in DatasetVersion._meta.get_fields(include_hidden=True):
        if not isinstance(link, ManyToOneRel) or link.on_delete not in (RESTRICT, PROTECT):
            continue
        if link.field.model is not DatasetVersion:
            yield link.field.model._default_manager.filter(**{link.field.attname: version})
    living = Dataset.objects.filter(deleted_at__isnull=True).exclude(pk=dataset_id)
    yield living.filter(origin=version)
    merges = Merge.objects.filter(dataset__deleted_at__isnull=True).exclude(dataset=dataset_id)
    yield merges.filter(Q(source=version) | Q(base=version))
