"""Pictures that are one but for a mirror, a quarter turn or other colors: candidates by their measures, told by thumbnails."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.errors import NotFound
from core.jobs.context import JobContext
from core.services.blobs import blob_read, blobs_locations
from datasets.models import Sample
from datasets.quality.blocks import SHADES
from datasets.quality.look_alikes import look_alike_pairs
from datasets.quality.twins import groups_of

Rows = NDArray[np.int64]
_CHUNK: Final = 500


def altered_groups(
    ctx: JobContext,
    ids: Sequence[uuid.UUID],
    measured: Rows,
    signatures: NDArray[np.uint8],
    known: Sequence[Sequence[int]],
) -> list[list[int]]:
    """Rows of `ids` in groups of two and more; `measured` are the rows of the (N, 322) signatures.

    What is a near copy already, in one of the `known` groups of rows, does not make a group of its own.
    """
    group_of = np.arange(len(ids))
    for group in known:
        group_of[list(group)] = group[0]

    def shades(rows: Rows) -> NDArray[np.uint8]:
        ctx.check()
        return shades_of([ids[row] for row in measured[rows].tolist()])

    pairs = measured[look_alike_pairs(signatures, shades, step=ctx.check)].reshape(-1, 2)
    return rows_joined(pairs[group_of[pairs[:, 0]] != group_of[pairs[:, 1]]])


def rows_joined(pairs: Rows) -> list[list[int]]:
    """The groups of two and more that (K, 2) pairs of rows make."""
    members: dict[int, list[int]] = {}
    concerned = np.unique(pairs)
    groups = groups_of(np.searchsorted(concerned, pairs), len(concerned)).tolist()
    for row, group in zip(concerned.tolist(), groups, strict=True):
        members.setdefault(group, []).append(row)
    return list(members.values())


def shades_of(ids: Sequence[uuid.UUID]) -> NDArray[np.uint8]:
    """(n, SHADES, SHADES) luma of their thumbnails, of one shade where there is none."""
    found = np.zeros((len(ids), SHADES, SHADES), np.uint8)
    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        named = dict(Sample.objects.filter(pk__in=part).values_list("pk", "thumb_sha256"))
        places = blobs_locations([name for name in named.values() if name])
        for at, pk in enumerate(part, start):
            if name := named.get(pk):
                found[at] = _shade(name, places.get(name))
    return found


def _shade(sha256: str, place: tuple[Path, int, int] | None) -> NDArray[np.uint8]:
    """Thumbnails are our own JPEG."""
    import cv2

    flat = np.zeros((SHADES, SHADES), np.uint8)
    try:
        if place is None:
            content = blob_read(sha256)
        else:
            path, offset, length = place
            with path.open("rb") as file:
                file.seek(offset)
                content = file.read(length)
    except (NotFound, OSError):
        return flat
    luma = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE) if content else None
    if luma is None:
        return flat
    return np.asarray(cv2.resize(luma, (SHADES, SHADES), interpolation=cv2.INTER_AREA), np.uint8)
