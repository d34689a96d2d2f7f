"""Where an import's bytes come from, as a local file for the length of the job."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from core.faults import fault
from core.jobs.context import JobContext
from core.outgoing import FetchLimits, fetch_to
from core.services.outgoing import outgoing_policy
from core.services.scratch import scratch_dir
from core.services.uploads import upload_from, upload_release, upload_take
from datasets.formats.archive import open_tree
from datasets.formats.base import Tree
from datasets.formats.limits import ArchiveRefused
from datasets.formats.names import shown
from datasets.models import ImportBatch
from datasets.services.import_bucket import BucketTree, bucket_of, listing_lines
from datasets.services.import_sql import sql_answered

LOST: Final = "lost"  # in the source of a batch
MOST_LOST: Final = 1_000
_A_TIME: Final = 1_000
_FETCH: Final = FetchLimits(max_bytes=10 << 30, total_s=3600.0)


@contextmanager
def import_tree(ctx: JobContext, batch: ImportBatch) -> Iterator[Tree]:
    """The files to import. Raises ArchiveRefused, NotFound, OutgoingFailed."""
    path = source_local(ctx, batch)
    with TemporaryDirectory(dir=scratch_dir(), prefix="import-") as scratch:
        try:
            tree = _tree(batch, path, Path(scratch))
        except ArchiveRefused as exc:
            raise ArchiveRefused(exc.code, f"{shown(batch.source_name)}: {exc.detail}") from exc
        try:
            yield tree
        finally:
            tree.close()


def source_release(batch: ImportBatch, *, is_kept: bool = False) -> None:
    """Let the upload go in the transaction that ends the import, unless it is kept, and forget any secret.

    The caller saves the batch.
    """
    upload_id = batch.source.get("upload_id")
    if upload_id and not (is_kept and not {"s3", "sql"} & set(batch.source)):
        upload_release(uuid.UUID(upload_id))
    asked_file = batch.source.get("sql", {}).get("file")
    if asked_file and not is_kept:
        upload_release(uuid.UUID(asked_file))
    secrets_forget(batch)


def secrets_forget(batch: ImportBatch) -> None:
    """Keep no secret of an import that is over. The caller saves the batch."""
    for kind, name in (("s3", "secret"), ("sql", "password")):
        if batch.source.get(kind, {}).get(name):
            batch.source = {**batch.source, kind: {**batch.source[kind], name: ""}}


def secrets_expire() -> int:
    """Forget the secrets of imports that ended without getting to do so; how many.

    One whose worker died, or that was cancelled in the queue.
    """
    ended = Q(job=None) | Q(job__finished_at__isnull=False)
    kept = Q(source__s3__has_key="secret") & ~Q(source__s3__secret="")
    kept |= Q(source__sql__has_key="password") & ~Q(source__sql__password="")
    ids = list(ImportBatch.objects.filter(ended, kept).order_by("pk").values_list("pk", flat=True)[:_A_TIME])
    for pk in ids:
        with transaction.atomic():
            batch = ImportBatch.objects.select_for_update().get(pk=pk)
            secrets_forget(batch)
            batch.save(update_fields=["source"])
    return len(ids)


def members_lost(batch: ImportBatch, names: Iterable[str]) -> None:
    """Note members of a bucket that could not be had this time, for the next look. The caller saves the batch.

    Of more than MOST_LOST one more is noted than that.
    """
    if "s3" in batch.source and (known := dict.fromkeys((*batch.source.get(LOST, ()), *names))):
        batch.source = {**batch.source, LOST: list(known)[: MOST_LOST + 1]}


def source_local(ctx: JobContext, batch: ImportBatch) -> Path:
    """The upload's file; an address is fetched once, a bucket listed, a query asked, and is an upload from then on."""
    if "upload_id" not in batch.source:
        upload_id, source = _brought(ctx, batch)
        with ctx.fenced():
            batch.source = {**source, "upload_id": str(upload_id)}
            batch.save(update_fields=["source"])
    return upload_take(batch.created_by, uuid.UUID(batch.source["upload_id"]))


def _tree(batch: ImportBatch, path: Path, scratch: Path) -> Tree:
    if "s3" not in batch.source:
        name = "rows.csv" if "sql" in batch.source else batch.source_name
        return open_tree(path, name, scratch, batch.dataset.modality)
    tree = BucketTree(bucket_of(batch.source["s3"]), path, batch.source["s3"]["prefix"])
    return tree.meant_for(batch.dataset.modality)


def _brought(ctx: JobContext, batch: ImportBatch) -> tuple[uuid.UUID, dict[str, Any]]:
    if "sql" in batch.source:
        upload_id, told = sql_answered(ctx, batch)
        fault("import.after-query")
        return upload_id, {**batch.source, "sql": told}
    return (_listed(ctx, batch) if "s3" in batch.source else _fetched(ctx, batch)), batch.source


def _listed(ctx: JobContext, batch: ImportBatch) -> uuid.UUID:
    source = batch.source["s3"]
    lines = listing_lines(bucket_of(source), source["prefix"], ctx.check)
    return upload_from(batch.created_by, filename="listing.jsonl", chunks=lines).pk


def _fetched(ctx: JobContext, batch: ImportBatch) -> uuid.UUID:
    with NamedTemporaryFile(dir=scratch_dir(), prefix="fetch-") as file:

        def take(chunk: bytes) -> None:
            ctx.check()
            file.write(chunk)

        fetch_to(take, batch.source["url"], policy=outgoing_policy(), limits=_FETCH)
        file.flush()
        file.seek(0)
        chunks = iter(lambda: file.read(1 << 20), b"")
        return upload_from(batch.created_by, filename=batch.source_name, chunks=chunks).pk
