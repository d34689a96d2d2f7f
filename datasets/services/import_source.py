"""Where an import's bytes come from, as a local file for the length of the job."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Final

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
    if upload_id and not (is_kept and "s3" not in batch.source):
        upload_release(uuid.UUID(upload_id))
    if "s3" in batch.source:
        batch.source = {**batch.source, "s3": {**batch.source["s3"], "secret": ""}}


def source_local(ctx: JobContext, batch: ImportBatch) -> Path:
    """The upload's file; an address is fetched once, a bucket listed once, and is an upload from then on."""
    if "upload_id" not in batch.source:
        upload_id = _listed(ctx, batch) if "s3" in batch.source else _fetched(ctx, batch)
        with ctx.fenced():
            batch.source = {**batch.source, "upload_id": str(upload_id)}
            batch.save(update_fields=["source"])
    return upload_take(batch.created_by, uuid.UUID(batch.source["upload_id"]))


def _tree(batch: ImportBatch, path: Path, scratch: Path) -> Tree:
    if "s3" not in batch.source:
        return open_tree(path, batch.source_name, scratch, batch.dataset.modality)
    tree = BucketTree(bucket_of(batch.source["s3"]), path, batch.source["s3"]["prefix"])
    return tree.meant_for(batch.dataset.modality)


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
