"""The data card of a version: what is known by itself, and what people say of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from django.db.models import Q

from datasets.class_balance import PARTS
from datasets.models import BulkEdit, DatasetVersion, ImportBatch, Merge, VersionCard
from datasets.selectors.versions import warnings_of

NOTES: Final = ("licence", "consent", "intended_use", "known_gaps")
OUTSIDE_COUNTS: Final = ("kept", "size_bytes", "copied")
MOST_SOURCES: Final = 50
# What in the source of an import says where it came from; anything else was sent by somebody.
_KINDS: Final = {"s3": "bucket", "sql": "query", "url": "url"}
_MOST_NAME: Final = 255
_COPIES_ACROSS: Final = "same_looking_across_splits"
_MISSED: Final = (
    ("train", "class_not_in_training", "warning"),
    ("test", "class_not_in_test", "info"),
)


def card_render(version: DatasetVersion) -> dict[str, Any]:
    """The card. Four statements, one more for a branch, whatever the number of samples and imports.

    `sources` are the version a branch was made from and what was merged, then the imports that had brought
    something when the version was made, newest first, at most fifty; `sources_count` says of how many. `gaps` are
    what was found by that moment; what the checks had found then is older than the data where that `changed_since`.
    """
    card = VersionCard.objects.filter(version=version).select_related("updated_by").first()
    card = card or VersionCard(version=version)
    rows = ImportBatch.objects.filter(
        dataset_id=version.dataset_id, finished_at__lte=version.created_at, result__dry_run=False
    ).order_by("-finished_at", "-id")
    others = [*_branched(version), *_merged(version)]
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
        "sources": [*others, *(_import(row) for row in rows.select_related("created_by")[:MOST_SOURCES])],
        "sources_count": len(others) + rows.count(),
        "gaps": list(_gaps(version)),
        "outside": {name: version.outside.get(name, 0) for name in OUTSIDE_COUNTS},
        "checked_at": version.checks.get("at"),
        # Earlier versions noted nothing but the imports.
        "changed_since": bool(version.checks.get("changed_since") or version.checks.get("imports_since")),
        "notes": {name: getattr(card, name) for name in NOTES},
        "revision": card.revision,
        "updated_by": card.updated_by.username if card.updated_by else None,
        "updated_at": card.updated_at,
    }


def _gaps(version: DatasetVersion) -> Iterator[dict[str, Any]]:
    """What stood out when it was frozen, and what the checks had found by then; that nobody checked is a gap too."""
    yield from _unseen(version)
    for row in warnings_of(version):
        yield _gap(row["code"], row.get("severity", "warning"), row.get("count", 0))
    for row in version.checks.get("findings", ()):
        if _is_of_another_split(version, row["code"]):
            continue
        yield _gap(row["code"], row["severity"], row["count"], row["at"])
    if not version.checks:
        yield _gap("checks_not_noted", "info", 0)
    elif version.checks["at"] is None:
        yield _gap("not_checked", "warning", 0)
    elif version.checks["imports_since"]:
        yield _gap("imported_since_checks", "warning", version.checks["imports_since"])


def _is_of_another_split(version: DatasetVersion, code: str) -> bool:
    """Whether a check looked at the splits that samples were given, and the version knows about its own.

    Where copies are kept together, what lies across the splits all the same is a warning of the version itself.
    """
    return code == _COPIES_ACROSS and bool(version.split.get("keep_alike", False))


def _unseen(version: DatasetVersion) -> Iterator[dict[str, Any]]:
    """Classes that it has samples of, none of them where a model learns, or where it is tested."""
    used = [row for row in version.classes if any(row.get(part) for part in PARTS)]
    for part, code, severity in _MISSED:
        missed = [row for row in used if not row.get(part)]
        # Without a test part that alone is what there is to say, and the counts say it.
        if missed and (part == "train" or version.counts.get(part)):
            yield _gap(code, severity, len(missed), classes=missed)


def _gap(
    code: str,
    severity: str,
    count: int,
    at: str | None = None,
    classes: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    named = [{"id": row["id"], "name": row["name"], "name_zh": row.get("name_zh", "")} for row in classes]
    return {"code": code, "severity": severity, "count": count, "checked_at": at, "classes": named}


def _branched(version: DatasetVersion) -> Iterator[dict[str, Any]]:
    dataset = version.dataset
    if dataset.origin_id is None:
        return
    origin = DatasetVersion.objects.select_related("dataset", "dataset__created_by").get(pk=dataset.origin_id)
    samples = origin.counts.get("samples", 0)
    yield _from_version("branch", origin, samples, dataset.created_at, dataset.created_by.username)


def _merged(version: DatasetVersion) -> Iterator[dict[str, Any]]:
    """Merges that were in the data set when it was frozen, also those that were taken back later."""
    frozen = version.created_at
    standing = Q(edit__state=BulkEdit.State.DONE) & (
        Q(edit__job=None) | Q(edit__job__finished_at__lte=frozen)
    )
    back_later = Q(
        edit__state__in=(BulkEdit.State.UNDOING, BulkEdit.State.UNDONE), edit__job__created_at__gt=frozen
    )
    rows = Merge.objects.filter(
        standing | back_later, dataset_id=version.dataset_id, edit__created_at__lte=frozen
    )
    for row in rows.select_related("source__dataset", "edit", "created_by").order_by("-edit__created_at")[
        :MOST_SOURCES
    ]:
        edit = row.edit
        if edit is not None:
            brought = edit.counts.get("changed", 0)
            yield _from_version("merge", row.source, brought, edit.created_at, row.created_by.username)


def _from_version(kind: str, source: DatasetVersion, samples: int, at: Any, by: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": source.dataset.name,
        "number": source.number,
        "version": str(source.pk),
        "format": "",
        "samples": samples,
        "at": at,
        "by": by,
    }


def _import(row: ImportBatch) -> dict[str, Any]:
    return {
        "kind": next((kind for key, kind in _KINDS.items() if key in row.source), "upload"),
        "name": _address(row.source.get("url", "")) or row.source_name,
        "number": None,
        "version": None,
        "format": row.format,
        "samples": (row.result or {}).get("created", 0),
        "at": row.finished_at,
        "by": row.created_by.username,
    }


def _address(url: str) -> str:
    """Host and path; what may be a secret, an account or a query, is left out. Empty for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.hostname}{parts.path}"[:_MOST_NAME] if parts.hostname else ""
