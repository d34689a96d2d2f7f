"""Vectors of samples as they are made: listed here, computed by children, kept here part by part."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson

from core.clock import utc_now
from core.faults import fault
from core.jobs.context import JobContext
from core.services.blobs import blob_put, blobs_locations, blobs_register
from datasets.embeddings.parts import content_name, ids_packed, part_contents, part_ids, part_without
from datasets.embeddings.projections import Made
from datasets.models import Dataset, EmbeddingPart, EmbeddingProjection, Sample
from datasets.selectors.vectors import (
    contents_missing,
    contents_now,
    contents_of,
    model_of,
    part_rows,
    projection_fits,
    projection_of,
)
from datasets.services.counters import counters_add

PART_TYPE: Final = "application/x-studio-vectors"
PROJECTION_TYPE: Final = "application/x-studio-projection"
_CHUNK: Final = 1_000


def stale_vectors_drop(ctx: JobContext, dataset: Dataset) -> int:
    """Take the vectors of what was changed since out of their parts; how many. Resumable after any part."""
    parts = part_rows(dataset.pk)
    if not any(part_contents(place) is not None for _, place in parts):
        return 0
    now, dropped = contents_now(dataset), 0
    for pk, place in parts:
        ctx.check()
        contents = part_contents(place)
        if contents is None:
            continue
        _, other = now.same(part_ids(place), contents)
        if not other.any():
            continue
        dropped += int(other.sum())
        row = EmbeddingPart.objects.filter(pk=pk)
        if other.all():
            with ctx.fenced():
                row.delete()
            continue
        ref = blob_put(part_without(place, other), PART_TYPE)
        with ctx.fenced():
            blobs_register([ref])
            row.update(sha256=ref.sha256, count=int((~other).sum()))
    return dropped


def contents_write(dataset: Dataset, target: Path, *, every: bool = False) -> int:
    """One JSON line for each sample without a vector, or for all: id, path, offset, length, content; how many."""
    count = 0
    rows = contents_of(dataset) if every else contents_missing(dataset)
    with target.open("wb") as out:
        for chunk in _chunked(rows):
            places = blobs_locations([sha256 for _, sha256, _ in chunk])
            for pk, sha256, _ in chunk:
                path, offset, length = places[sha256]
                line = [pk.hex, str(path), offset, length, content_name(sha256).hex()]
                out.write(orjson.dumps(line) + b"\n")
            count += len(chunk)
    return count


def projection_current(dataset: Dataset) -> EmbeddingProjection | None:
    """What makes vectors of its texts or recordings; None where another one is to be made."""
    found = projection_of(dataset.pk)
    return found if found is not None and projection_fits(found, dataset) else None


def projection_keep(ctx: JobContext, dataset: Dataset, content: bytes, made: Made) -> None:
    """From now on vectors are made by this; those made by another are gone. Raises LeaseLost."""
    ref = blob_put(content, PROJECTION_TYPE)
    fault("embeddings.after-projection-blob")
    with ctx.fenced():
        if EmbeddingProjection.objects.filter(dataset=dataset, sha256=ref.sha256).exists():
            return
        blobs_register([ref])
        fields = {
            "model": f"{made.kind}/{made.version}/{ref.sha256[:16]}",
            "params": asdict(made),
            "sha256": ref.sha256,
            "made_at": utc_now(),
        }
        EmbeddingProjection.objects.update_or_create(dataset=dataset, defaults=fields)
        EmbeddingPart.objects.filter(dataset=dataset).delete()
        forgotten = Sample.objects.filter(dataset=dataset, has_vector=True).update(has_vector=False)
        if forgotten:
            counters_add(dataset.pk, {("embedded", ""): -forgotten})
    fault("embeddings.after-projection")
    ctx.milestone()


def embedding_part_keep(ctx: JobContext, dataset_id: uuid.UUID, content: bytes, count: int) -> None:
    """Store the vectors of some samples; they are not computed again. Raises LeaseLost."""
    ref = blob_put(content, PART_TYPE)
    fault("embeddings.after-blob")
    with ctx.fenced():
        blobs_register([ref])
        EmbeddingPart.objects.create(
            dataset_id=dataset_id,
            model=model_of(dataset_id),
            count=count,
            sha256=ref.sha256,
            made_at=utc_now(),
        )
        vectors_counted(ids_packed(content))
    fault("embeddings.after-part")
    ctx.milestone()


def vectors_counted(ids: Sequence[uuid.UUID]) -> None:
    """Mark samples that have a vector now, wherever they wait by now, in their totals too; in the caller's transaction."""
    for start in range(0, len(ids), _CHUNK):
        rows = Sample.objects.select_for_update().filter(pk__in=ids[start : start + _CHUNK], has_vector=False)
        found = list(rows.order_by("pk").values_list("pk", "dataset_id"))
        Sample.objects.filter(pk__in=[pk for pk, _ in found]).update(has_vector=True)
        for holder, more in sorted(Counter(holder for _, holder in found).items()):
            counters_add(holder, {("embedded", ""): more})


def _chunked(rows: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(rows)
    while part := list(islice(source, _CHUNK)):
        yield part
