"""Versions as others see them."""

import uuid
from typing import Any

from django.db.models import QuerySet

from datasets.models import DatasetVersion, VersionExport


def versions_of(dataset_id: uuid.UUID) -> QuerySet[DatasetVersion]:
    """The versions of a data set."""
    return DatasetVersion.objects.filter(dataset_id=dataset_id).select_related("created_by")


def exports_of(version_id: uuid.UUID) -> QuerySet[VersionExport]:
    """Finished exports of a version."""
    return VersionExport.objects.filter(version_id=version_id)


def version_render(version: DatasetVersion) -> dict[str, Any]:
    """One version."""
    return {
        "id": str(version.pk),
        "dataset": str(version.dataset_id),
        "number": version.number,
        "name": version.name,
        "split": version.split,
        "seed": version.seed,
        "filter": version.filter,
        "content_hash": version.content_hash,
        "manifest_sha256": version.manifest_sha256,
        "counts": version.counts,
        "classes": version.classes,
        "warnings": version.warnings,
        "parent": str(version.parent_id) if version.parent_id else None,
        "augmentation": version.augmentation,
        "created_at": version.created_at,
        "created_by": version.created_by.username,
    }


def export_render(export: VersionExport) -> dict[str, Any]:
    """One finished export."""
    return {
        "id": str(export.pk),
        "version": str(export.version_id),
        "format": export.format,
        "include_media": export.include_media,
        "sha256": export.sha256,
        "bytes": export.size_bytes,
        "download_url": f"/api/v1/exports/{export.pk}/download/",
    }
