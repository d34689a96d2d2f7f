"""Versions as others see them."""

import uuid
from typing import Any, Final

from django.db.models import QuerySet

from datasets.models import DatasetVersion, SampleState, VersionExport
from datasets.selectors.counters import LABELED_STATES

# The states that are frozen where none is named.
DEFAULT_STATES: Final = f"{SampleState.LABELED},{SampleState.REVIEWED}"


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
        "warnings": warnings_of(version),
        "parent": str(version.parent_id) if version.parent_id else None,
        "augmentation": version.augmentation,
        "created_at": version.created_at,
        "created_by": version.created_by.username,
    }


def warnings_of(version: DatasetVersion) -> list[dict[str, Any]]:
    """What stood out when it was frozen.

    Earlier versions kept what the whole data set had unlabeled, also where only labeled samples were frozen.
    """
    states = set(version.filter.get("state", DEFAULT_STATES).split(","))
    is_labeled = states.issubset(LABELED_STATES)
    return [row for row in version.warnings if not (is_labeled and row["code"] == "unlabeled")]


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
