"""Vectors of recordings: heard in the decoding children, as an import hears them, and laid into one space here."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.jobs.context import JobContext
from core.services.blobs import blob_read
from datasets.embeddings import timbres
from datasets.embeddings.parts import content_name, part_packed
from datasets.embeddings.projections import SEED, made_of_sounds, timbres_packed, timbres_unpacked
from datasets.embeddings.timbres import Timbres
from datasets.formats.decoding.pool import DecodePool
from datasets.formats.decoding.wire import Heard
from datasets.models import Dataset
from datasets.selectors.vectors import Content, contents_missing, contents_of
from datasets.services.quality_scan import file_loads, files_opened
from datasets.services.vectors import embedding_part_keep, projection_current, projection_keep

Floats = NDArray[np.float32]
# Of the whole, in hundredths: hearing takes nearly all of the time.
SHARE: Final = 90


def sound_vectors_make(ctx: JobContext, dataset: Dataset, part: int) -> int:
    """Vectors for the recordings that have none, kept `part` at a time; how many. Raises LeaseLost, JobCancelled.

    What is silent or cannot be opened gets none.
    """
    with DecodePool(kind="timbre") as pool:
        fitted = _fitted(ctx, pool, dataset)
        return 0 if fitted is None else _vectors_make(ctx, pool, dataset, fitted, part)


def _fitted(ctx: JobContext, pool: DecodePool, dataset: Dataset) -> Timbres | None:
    """What is usual here, by a sample of all; None for too few recordings."""
    if (known := projection_current(dataset)) is not None:
        return timbres_unpacked(blob_read(known.sha256))
    rows = list(contents_of(dataset))
    draw = np.random.default_rng(SEED)
    chosen = np.sort(draw.permutation(len(rows))[: timbres.FITTED]).tolist()
    heard = (timbre for _, timbre in _heard(ctx, pool, [rows[at] for at in chosen]) if timbre is not None)
    fitted = timbres.fitted_to(heard)
    if fitted is not None:
        made = made_of_sounds(len(rows))
        projection_keep(ctx, dataset, timbres_packed(fitted, made), made)
    return fitted


def _vectors_make(ctx: JobContext, pool: DecodePool, dataset: Dataset, fitted: Timbres, part: int) -> int:
    rows = list(contents_missing(dataset))
    waiting: list[tuple[Content, Floats]] = []
    made = 0
    for place, (row, timbre) in enumerate(_heard(ctx, pool, rows), start=1):
        if timbre is not None:
            waiting.append((row, fitted.vector(timbre)))
        if waiting and (len(waiting) == part or place == len(rows)):
            _keep(ctx, dataset, waiting)
            made += len(waiting)
            waiting = []
            ctx.progress(round(SHARE * place / len(rows)), 100, "%")
    return made


def _keep(ctx: JobContext, dataset: Dataset, waiting: Sequence[tuple[Content, Floats]]) -> None:
    ids = [pk.bytes for (pk, _, _), _ in waiting]
    contents = [content_name(sha256) for (_, sha256, _), _ in waiting]
    vectors = np.stack([vector for _, vector in waiting])
    embedding_part_keep(ctx, dataset.pk, part_packed(ids, vectors, contents), len(ids))


def _heard(
    ctx: JobContext, pool: DecodePool, rows: Sequence[Content]
) -> Iterator[tuple[Content, Floats | None]]:
    """Each recording with its timbre, in the given order; a few files are held in memory at once."""
    for load in file_loads(rows):
        ctx.check()
        answers = files_opened(pool, [sha256 for _, sha256, _ in load])
        for row, answer in zip(load, answers, strict=True):
            figures = answer.features.get("timbre") if isinstance(answer, Heard) else None
            yield row, None if figures is None else np.array(figures, np.float32)
