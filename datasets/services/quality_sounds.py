"""All recordings of a data set, by what was measured of them, and what the checks of `datasets.quality` say."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from core.jobs.context import JobContext
from datasets.models import Sample
from datasets.quality.copies import grouped
from datasets.quality.sound_twins import sound_pairs
from datasets.quality.sounds import SoundFeatures, other_rates
from datasets.quality.texts import odd_lengths
from datasets.quality.twins import groups_of

_CHUNK: Final = 1_000
SoundFound = dict[str, tuple[list[int], dict[str, Any]]]


@dataclass(slots=True)
class Sounds:
    """N recordings in a given order; what could not be opened has no features."""

    features: list[SoundFeatures | None] = field(default_factory=list)
    durations_s: list[float] = field(default_factory=list)
    rates: list[int] = field(default_factory=list)


def sounds_read(ctx: JobContext, ids: Sequence[uuid.UUID]) -> Sounds:
    """What is known of these samples, in their order; no file is opened."""
    read = Sounds()
    for start in range(0, len(ids), _CHUNK):
        ctx.check()
        part = ids[start : start + _CHUNK]
        rows = Sample.objects.filter(pk__in=part).values_list("pk", "payload", "features")
        known = {pk: (payload, features) for pk, payload, features in rows}
        for pk in part:
            payload, features = known.get(pk, ({}, {}))
            read.features.append(SoundFeatures.from_json(features))
            read.durations_s.append(float(payload.get("duration_s", 0.0)))
            read.rates.append(int(payload.get("rate", 0)))
    return read


def sounds_check(
    ctx: JobContext, ids: Sequence[uuid.UUID], splits: Sequence[str], labels: Sequence[Any]
) -> SoundFound:
    """Every check of recordings, also those that found nothing: code -> rows and figures."""
    read = sounds_read(ctx, ids)
    known = [row for row, one in enumerate(read.features) if one is not None]
    short, long = odd_lengths([round(1000 * read.durations_s[row]) for row in known])
    others, rates = other_rates([read.rates[row] for row in known])
    same = _same(read)
    groups = alike_groups(ctx, read)
    return {
        "audio_unreadable": ([row for row, one in enumerate(read.features) if one is None], {}),
        "audio_silent": ([row for row in known if (one := read.features[row]) and one.is_silent], {}),
        "audio_clipped": ([row for row in known if (one := read.features[row]) and one.is_clipped], {}),
        "audio_other_rate": ([known[at] for at in others], {"rates": rates}),
        "audio_short": ([known[at] for at in np.flatnonzero(short)], {}),
        "audio_long": ([known[at] for at in np.flatnonzero(long)], {}),
        "audio_same": grouped(same),
        "same_looking": grouped(groups),
        "same_looking_across_splits": grouped(
            [rows for rows in groups if len({splits[row] for row in rows} - {""}) > 1], splits
        ),
        "same_looking_other_class": grouped(
            [rows for rows in groups if len({labels[row] for row in rows} - {None}) > 1], labels
        ),
    }


def alike_groups(ctx: JobContext, read: Sounds) -> list[list[int]]:
    """Rows of recordings that are one, in groups of two and more; silence is like any silence and left out."""
    rows = [row for row, one in enumerate(read.features) if one is not None and not one.is_silent]
    prints = [one.levels for row in rows if (one := read.features[row]) is not None]
    pairs = sound_pairs(prints, [read.durations_s[row] for row in rows], step=ctx.check)
    near = np.array(rows, np.int64)[pairs].reshape(-1, 2)
    chains = [(group[0], row) for group in _same(read) for row in group[1:]]
    joined = np.concatenate((near, np.array(chains, np.int64).reshape(-1, 2)))
    members: dict[int, list[int]] = defaultdict(list)
    for row, group in enumerate(groups_of(joined, len(read.features)).tolist()):
        members[group].append(row)
    return [group for group in members.values() if len(group) > 1]


def _same(read: Sounds) -> list[list[int]]:
    """Recordings of which every sample is equal, in whatever container they came; silence is left out."""
    named: dict[str, list[int]] = defaultdict(list)
    for row, one in enumerate(read.features):
        if one is not None and not one.is_silent:
            named[one.sound].append(row)
    return [rows for rows in named.values() if len(rows) > 1]
