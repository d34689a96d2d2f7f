"""Which of several copies stays, by what the checks take for copies."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core.jobs.context import JobContext
from datasets.cleaning.choose import Dedupe, DedupePictures
from datasets.models import Cleaning, Sample, SampleState
from datasets.services.clean_base import selected
from datasets.services.clean_choices import Chosen
from datasets.services.quality_alikes import rows_joined
from datasets.services.quality_scan import altered_alikes, look_alikes, samples_scan
from datasets.services.quality_texts import text_copy_groups

_LABELED = (SampleState.LABELED, SampleState.REVIEWED)


def text_copies(ctx: JobContext, cleaning: Cleaning, step: Dedupe) -> Chosen:
    """All but the best of every group: labeled first where that is wanted, then the longest, then the oldest."""
    rows = list(
        Sample.objects.filter(dataset_id=cleaning.dataset_id)
        .order_by("pk")
        .values_list("pk", "sha256", "state", "payload__characters")
    )
    groups = text_copy_groups(ctx, [sha256 for _, sha256, _, _ in rows], near=step.near)
    ranks = [(_first(step, state), -(length or 0)) for _, _, state, length in rows]
    return worse_ones(cleaning, [pk for pk, *_ in rows], groups, ranks)


def picture_copies(ctx: JobContext, cleaning: Cleaning, step: DedupePictures) -> Chosen:
    """The same for pictures: then the one with the most pixels, then the sharpest, then the oldest.

    Two samples never have the same bytes, so the very same picture is one whose signature is equal to the last bit.
    """
    scan = samples_scan(ctx, cleaning.dataset_id)
    groups = look_alikes(ctx, scan)
    measured = {row: place for place, row in enumerate(scan.measured.tolist())}
    if not step.near:
        groups = _very_same(groups, lambda row: scan.signatures[measured[row]].tobytes())
    if step.alike:
        chains = [
            (group[0], row) for group in (*groups, *altered_alikes(ctx, scan, groups)) for row in group[1:]
        ]
        groups = rows_joined(np.array(chains, np.int64).reshape(-1, 2))
    sharpness = scan.pictures.sharpness
    ranks = [
        (_first(step, state), -width * height, -float(sharpness[measured[row]]) if row in measured else 0.0)
        for row, (state, (width, height)) in enumerate(zip(scan.states, scan.sizes, strict=True))
    ]
    return worse_ones(cleaning, scan.ids, groups, ranks)


def _very_same(groups: Sequence[Sequence[int]], key: Callable[[int], bytes]) -> list[list[int]]:
    parts: list[list[int]] = []
    for group in groups:
        same: dict[bytes, list[int]] = defaultdict(list)
        for row in group:
            same[key(row)].append(row)
        parts += [rows for rows in same.values() if len(rows) > 1]
    return parts


def _first(step: Dedupe, state: str) -> bool:
    return step.prefer_labeled and state not in _LABELED


def worse_ones(
    cleaning: Cleaning, ids: Sequence[uuid.UUID], groups: Sequence[Sequence[int]], ranks: Sequence[Any]
) -> Chosen:
    """Of groups of rows all that the cleaning is about but the best, the one of the lowest rank.

    Where a group has rows that the cleaning is not about, those stay, and none of the others is needed.
    """
    about = set(selected(cleaning).values_list("pk", flat=True))
    out: list[uuid.UUID] = []
    for group in groups:
        mine = [row for row in group if ids[row] in about]
        if len(mine) == len(group):
            best = min(mine, key=lambda row: (ranks[row], row))
            mine.remove(best)
        out += [ids[row] for row in mine]
    return Chosen(sorted(out))
