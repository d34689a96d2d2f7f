"""Labeled samples as a source of pre-labels: each that waits gets the class of those that are most like it."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from core.errors import Conflict, InvalidInput
from core.jobs.context import JobContext
from datasets.geometry.placing import ONE_CLASS_TASKS
from datasets.selectors.labels import labels_drawn
from datasets.selectors.vectors import Narrow, vectors_of
from labeling.active.neighbors import class_told
from labeling.active.order import Floats, Numbers
from labeling.models import Campaign
from labeling.selectors.prelabels import NEIGHBORS_TITLE, have_neighbors, samples_unanswered, samples_waiting
from labeling.services.prelabel_source import CHUNK, Ledger, Shapes, shape_said

# Of each class as many as of the others. More would hardly change what the nearest say, and each sample is compared
# with all of them.
MAX_LABELED: Final = 10_000
# Whoever wants vectors reads all of the data set's, so those of many samples are wanted at once: 20 MB of them.
_AT_ONCE: Final = 8 * CHUNK

_Told = tuple[uuid.UUID, float]


class NeighborsMissing(Conflict):
    """Nothing is labeled, or nothing is known of what resembles what."""

    code = "neighbors_missing"


def neighbors_asked(campaign: Campaign) -> str:
    """What they are called, where they may be asked. Raises InvalidInput, NeighborsMissing."""
    if campaign.task not in ONE_CLASS_TASKS:
        raise InvalidInput("neighbors say one class of a sample; this campaign asks for more", field="model")
    if not have_neighbors(campaign):
        raise NeighborsMissing("label some samples and analyze the data set first")
    return NEIGHBORS_TITLE


@dataclass(frozen=True, slots=True)
class _Known:
    """Vectors (m, D) of labeled samples, the numbers of their classes, and the classes."""

    vectors: Floats
    labels: Numbers
    classes: Sequence[uuid.UUID]


class NeighborsSource:
    """As `Source`. A sample that has no vector, or that resembles no labeled one enough, stays without."""

    unit = "samples"

    def say(self, ctx: JobContext, ledger: Ledger) -> None:
        """As `Source`."""
        campaign = ledger.run.campaign
        known = _known(campaign)
        ledger.expect(samples_unanswered(ledger.run).count())
        waiting = (pk for chunk in ledger.waiting() for pk, _ in chunk)
        while some := list(islice(waiting, _AT_ONCE)):
            told = dict(_told(campaign, known, some))
            for start in range(0, len(some), CHUNK):
                ctx.check()
                part = some[start : start + CHUNK]
                ledger.keep([(str(pk), _shapes(ledger, pk, told.get(pk))) for pk in part])


def _known(campaign: Campaign) -> _Known:
    """What is labeled, without what somebody here has still to answer: its label would be told to them."""
    said = labels_drawn(campaign.dataset_id, MAX_LABELED)
    open_here = samples_waiting(campaign.pk).filter(sample__in=list(said)).values_list("sample_id", flat=True)
    for pk in open_here:
        del said[pk]
    classes = sorted(set(said.values()))
    number = {label: index for index, label in enumerate(classes)}
    ids, vectors = vectors_of(campaign.dataset_id, said, _whole)
    return _Known(vectors, np.array([number[said[pk]] for pk in ids], np.int64), classes)


def _told(
    campaign: Campaign, known: _Known, samples: Sequence[uuid.UUID]
) -> Iterator[tuple[uuid.UUID, _Told]]:
    """Of each sample with a vector, the class and its score."""
    if not len(known.labels):
        return
    ids, vectors = vectors_of(campaign.dataset_id, samples, _whole)
    for start in range(0, len(ids), CHUNK):
        rows = slice(start, start + CHUNK)
        labels, scores = class_told(vectors[rows], known.vectors, known.labels, len(known.classes))
        for pk, label, score in zip(ids[rows], labels.tolist(), scores.tolist(), strict=True):
            yield pk, (known.classes[label], score)


def _whole(_: Floats) -> Narrow:
    return lambda vectors: vectors


def _shapes(ledger: Ledger, sample: uuid.UUID, told: _Told | None) -> Shapes:
    if told is None or told[1] < ledger.run.threshold:
        return []
    label, score = told
    said = {"label": str(label), "score": round(score, 4)}
    return [shape_said(ledger.run, str(sample), 0, kind="class", **said)]
