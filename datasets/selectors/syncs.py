"""Buckets that are kept in sync, as others see them."""

import uuid
from typing import Any

from django.db.models import QuerySet

from core.models import User
from datasets.models import BucketSync
from datasets.selectors.datasets import of_member

_SHOWN = ("endpoint", "bucket", "prefix", "region", "key_id")


def syncs_of(dataset_id: uuid.UUID) -> QuerySet[BucketSync]:
    """Syncs of a data set."""
    return BucketSync.objects.filter(dataset_id=dataset_id).select_related("created_by", "job")


def sync_for(user: User, sync_id: uuid.UUID) -> BucketSync:
    """The sync, if `user` belongs to its project. Raises NotFound."""
    rows = BucketSync.objects.select_related("dataset__project", "created_by", "job")
    return of_member(user, rows, "dataset__", pk=sync_id)


def sync_render(sync: BucketSync) -> dict[str, Any]:
    """A sync without its secret; `last` is how the last run went, None before the first."""
    job = sync.job
    last = job and {
        "job": job.pk,
        "state": job.state,
        "error": {"code": job.error_code, "detail": job.error_detail} if job.error_code else None,
        "created": (job.result or {}).get("created", 0),
        "finished_at": job.finished_at,
    }
    return {
        "id": sync.pk,
        "dataset": sync.dataset_id,
        "bucket": {name: sync.source.get(name, "") for name in _SHOWN}
        | {"keep": sync.source.get("keep", "copy")},
        "every": sync.every,
        "tags": sync.options.get("tags", []),
        "paused": sync.paused,
        "next_run_at": None if sync.paused else sync.next_run_at,
        "last": last,
        "created_by": sync.created_by.username,
        "created_at": sync.created_at,
    }
