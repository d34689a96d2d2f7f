"""How many samples have their bytes in a bucket, and in which."""

import uuid
from typing import Any, Final

from django.db.models import Count, QuerySet, Sum

from core.errors import NotFound
from core.models import OUTSIDE, Blob, Job, User
from core.selectors import project_ids_with
from datasets.models import BucketSource, Dataset, Reference, Sample

CHECK_KIND: Final = "datasets.references"


def outside_of(samples: "QuerySet[Sample]") -> "QuerySet[Sample]":
    """Those of the samples whose bytes lie outside."""
    return samples.filter(sha256__in=Blob.objects.filter(container=OUTSIDE).values("pk"))


def source_for(user: User, source_id: uuid.UUID) -> BucketSource:
    """The source, if `user` belongs to its project. Raises NotFound."""
    projects = project_ids_with(user, "access_project")
    found = BucketSource.objects.filter(pk=source_id, project_id__in=projects).first()
    if found is None:
        raise NotFound
    return found


def references_render(dataset: Dataset) -> dict[str, Any]:
    """What of a data set lies outside, by source, and the last look at it. One statement without sources, else four.

    Bytes that lie in two places count for both.
    """
    known = list(BucketSource.objects.filter(project=dataset.project_id).order_by("bucket", "pk"))
    if not known:
        return {"count": 0, "size_bytes": 0, "sources": [], "check": None}
    samples = outside_of(Sample.objects.filter(dataset=dataset))
    total = samples.aggregate(count=Count("pk"), size_bytes=Sum("size_bytes"))
    places = Reference.objects.filter(content__in=samples.values("sha256")).order_by()
    counted = {
        source: (count, size_bytes)
        for source, count, size_bytes in places.values_list("source").annotate(
            Count("content", distinct=True), Sum("size_bytes")
        )
    }
    return {
        "count": total["count"],
        "size_bytes": total["size_bytes"] or 0,
        "sources": [source_render(one, *counted[one.pk]) for one in known if one.pk in counted],
        "check": _check(dataset),
    }


def source_render(source: BucketSource, count: int = 0, size_bytes: int = 0) -> dict[str, Any]:
    """A source without its secret."""
    return {
        "id": source.pk,
        **{name: getattr(source, name) for name in ("endpoint", "bucket", "region", "key_id")},
        "count": count,
        "size_bytes": size_bytes,
    }


def _check(dataset: Dataset) -> dict[str, Any] | None:
    """The last look at the data set itself, not at a version of it."""
    jobs = Job.objects.filter(
        kind=CHECK_KIND,
        project_id=dataset.project_id,
        params__dataset=str(dataset.pk),
        params__version__isnull=True,
    )
    job = jobs.order_by("-pk").first()
    if job is None:
        return None
    return {
        "job": job.pk,
        "state": job.state,
        "error": {"code": job.error_code, "detail": job.error_detail} if job.error_code else None,
        "result": job.result or None,
        "finished_at": job.finished_at,
    }
