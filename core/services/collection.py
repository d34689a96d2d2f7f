"""Collecting what nobody refers to, and checking that what is referred to is there.

A blob is kept by any column of any table whose name ends with `sha256`, so that a new table
keeps its files without having to remember to say so. Files and rows younger than a day are
never touched: somebody may be about to refer to them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.apps import apps
from django.db.models import CharField, Exists, Field, Model, OuterRef, QuerySet

from core.clock import utc_now
from core.models import OUTSIDE, ApiToken, Blob, Invitation
from core.services.storage import container_store

T = TypeVar("T")

GRACE = timedelta(hours=24)
_ROWS_A_STATEMENT = 500
# Columns that hold hashes of secrets or requests, not of stored bytes.
_NOT_FILES = (Blob, ApiToken, Invitation)


@dataclass(frozen=True, slots=True)
class Collected:
    """What one collection removed."""

    rows: int
    containers: int
    tmp_files: int
    bytes_freed: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """`missing`: blobs or references without bytes; `orphan`: containers without a row."""

    missing: list[str]
    orphan: list[str]


def blob_columns() -> Iterator[tuple[type[Model], "Field[Any, Any]"]]:
    """Every column that names blobs."""
    for model in apps.get_models():
        if model in _NOT_FILES:
            continue
        for column in model._meta.concrete_fields:
            is_link = column.remote_field is not None and column.remote_field.model is Blob
            is_name = isinstance(column, CharField) and column.name.endswith("sha256")
            if is_link or (is_name and column.name != "request_sha256"):
                yield model, column


def unreferenced_blobs(before: datetime) -> QuerySet[Blob]:
    """Blobs last registered before a moment and named by no column."""
    blobs = Blob.objects.filter(created_at__lt=before)
    for model, column in blob_columns():
        naming = model._default_manager.filter(**{column.attname: OuterRef("pk")})
        blobs = blobs.exclude(Exists(naming))
    return blobs


def garbage_collect(*, grace: timedelta = GRACE) -> Collected:
    """Remove rows nobody refers to, then containers no row names, then abandoned temporary files."""
    before = utc_now() - grace
    rows = _collect_rows(before)
    containers, freed = _collect_containers(before)
    return Collected(rows, containers, _collect_tmp(before), freed)


def reconcile() -> Reconciled:
    """Walk rows and containers and compare; changes nothing. What lies outside is nobody's here to look at."""
    store = container_store()
    stored = {container.sha256: container.size_bytes for container in store.containers()}
    named: set[str] = set()
    missing = []
    for blob in Blob.objects.exclude(container=OUTSIDE).order_by("pk").iterator(chunk_size=2000):
        named.add(blob.container)
        if stored.get(blob.container, -1) < blob.offset + blob.size_bytes:
            missing.append(f"blob {blob.pk}: no bytes in container {blob.container}")
    missing += _dangling()
    return Reconciled(missing, sorted(set(stored) - named))


def _collect_rows(before: datetime) -> int:
    removed = 0
    names = list(unreferenced_blobs(before).order_by("pk").values_list("pk", flat=True))
    for part in _parts(names):
        # Asked again in the statement that deletes: what was registered meanwhile is younger now.
        removed += unreferenced_blobs(before).filter(pk__in=part)._raw_delete(Blob.objects.db)
    return removed


def _collect_containers(before: datetime) -> tuple[int, int]:
    store = container_store()
    removed = freed = 0
    old = [container for container in store.containers() if container.modified_at < before]
    for part in _parts(old):
        names = [container.sha256 for container in part]
        named = set(Blob.objects.filter(container__in=names).values_list("container", flat=True))
        for container in part:
            if container.sha256 not in named and store.delete_if_older(container.sha256, before):
                removed, freed = removed + 1, freed + container.size_bytes
    return removed, freed


def _collect_tmp(before: datetime) -> int:
    removed = 0
    for path in container_store().tmp_files():
        try:
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed


def _dangling() -> Iterator[str]:
    """References to blobs that have no row."""
    for model, column in blob_columns():
        if column.remote_field is not None:
            continue
        known = Blob.objects.filter(pk=OuterRef(column.attname))
        rows = model._default_manager.exclude(**{column.attname: ""}).filter(
            **{f"{column.attname}__isnull": False}
        )
        for key, sha256 in rows.exclude(Exists(known)).values_list("pk", column.attname):
            yield f"{model._meta.label} {key}: {column.name} {sha256} has no blob"


def _parts(items: list[T]) -> Iterable[list[T]]:
    return (items[start : start + _ROWS_A_STATEMENT] for start in range(0, len(items), _ROWS_A_STATEMENT))
