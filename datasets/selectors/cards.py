"""The data card of a version: what is known by itself, and what people say of it."""

from typing import Any, Final

from datasets.models import DatasetVersion, ImportBatch, VersionCard

NOTES: Final = ("licence", "consent", "intended_use", "known_gaps")
MOST_SOURCES: Final = 50


def card_render(version: DatasetVersion) -> dict[str, Any]:
    """The card. Three statements, whatever the number of samples and imports.

    `sources` are the imports that had brought something when the version was made, newest first, at most fifty;
    `sources_count` says of how many. `gaps` are the findings of that moment.
    """
    card = VersionCard.objects.filter(version=version).select_related("updated_by").first()
    card = card or VersionCard(version=version)
    rows = ImportBatch.objects.filter(
        dataset_id=version.dataset_id, finished_at__lte=version.created_at, result__dry_run=False
    ).order_by("-finished_at", "-id")
    return {
        "version": str(version.pk),
        "number": version.number,
        "name": version.name,
        "dataset_name": version.dataset.name,
        "description": version.dataset.description,
        "modality": version.dataset.modality,
        "task": version.dataset.task,
        "counts": version.counts,
        "classes": version.classes,
        "split": {**version.split, "seed": version.seed},
        "content_hash": version.content_hash,
        "created_at": version.created_at,
        "created_by": version.created_by.username,
        "sources": [_source(row) for row in rows.select_related("created_by")[:MOST_SOURCES]],
        "sources_count": rows.count(),
        "gaps": [{"code": row["code"], "count": row.get("count", 0)} for row in version.warnings],
        "notes": {name: getattr(card, name) for name in NOTES},
        "revision": card.revision,
        "updated_by": card.updated_by.username if card.updated_by else None,
        "updated_at": card.updated_at,
    }


def _source(row: ImportBatch) -> dict[str, Any]:
    result = row.result or {}
    return {
        "name": row.source_name,
        "format": row.format,
        "samples": result.get("created", 0),
        "at": row.finished_at,
        "by": row.created_by.username,
    }
