"""How many bytes data sets keep, for the storage report (`STUDIO_STORAGE_PARTS`)."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from core.models import OUTSIDE, Blob
from datasets.models import CleaningRow, DatasetVersion, Sample, TablePart, VersionExport, VersionPicture
from datasets.selectors.references import outside_of


def storage_parts(project_id: uuid.UUID) -> dict[str, int]:
    """Bytes by part; what lies in the store once is counted once in each part.

    `bin` are originals of deleted samples and data sets, and what changes keep to be taken back. `outside` takes no
    room here: it lies in buckets, and is no part of the others. Thirteen sums, made by the database.
    """
    samples = Sample.objects.filter(dataset__project=project_id)
    tables = TablePart.objects.filter(table__dataset__project=project_id, is_live=True)
    versions = DatasetVersion.objects.filter(dataset__project=project_id)
    pictures = VersionPicture.objects.filter(version__dataset__project=project_id)
    live, dead = {"dataset__deleted_at__isnull": True}, {"dataset__deleted_at__isnull": False}
    of_tables, of_dead = (
        {f"table__{name}": value for name, value in wanted.items()} for wanted in (live, dead)
    )
    return {
        "samples": _sum([samples.filter(**live), tables.filter(**of_tables)])
        - _sum([outside_of(samples.filter(**live))]),
        "thumbnails": _blobs(samples.filter(**live).exclude(thumb_sha256="").values("thumb_sha256")),
        "versions": _blobs(versions.values("manifest_sha256")) + _blobs(pictures.values("sha256")),
        "exports": _sum([VersionExport.objects.filter(version__dataset__project=project_id)]),
        "outside": _sum([outside_of(samples)]),
        "bin": _sum([samples.filter(**dead), tables.filter(**of_dead), _retired(project_id)])
        - _sum([outside_of(samples.filter(**dead))])
        + _kept(project_id),
    }


def _retired(project_id: uuid.UUID) -> "QuerySet[TablePart]":
    return TablePart.objects.filter(table__dataset__project=project_id, retired_by__isnull=False)


def _kept(project_id: uuid.UUID) -> int:
    """Files of before and after cleanings and restores that no sample has now."""
    rows = CleaningRow.objects.filter(
        Q(cleaning__dataset__project=project_id) | Q(edit__dataset__project=project_id)
    )
    columns = ("before_sha256", "before_thumb_sha256", "after_sha256", "after_thumb_sha256")
    samples = Sample.objects.filter(dataset__project=project_id)
    blobs = Blob.objects.exclude(container=OUTSIDE).filter(
        Q(*(Q(pk__in=rows.values(name)) for name in columns), _connector=Q.OR)
    )
    for name in ("sha256", "thumb_sha256"):
        blobs = blobs.exclude(Exists(samples.filter(**{name: OuterRef("pk")})))
    return blobs.aggregate(total=Sum("size_bytes"))["total"] or 0


def _sum(querysets: "Iterable[QuerySet[Any]]") -> int:
    return sum(rows.order_by().aggregate(total=Sum("size_bytes"))["total"] or 0 for rows in querysets)


def _blobs(names: "QuerySet[Any, Any]") -> int:
    return (
        Blob.objects.filter(pk__in=names)
        .exclude(container=OUTSIDE)
        .aggregate(total=Sum("size_bytes"))["total"]
        or 0
    )
