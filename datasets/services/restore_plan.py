"""What a frozen version says of a chunk of its samples, beside what the data set says of them now."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from datasets.manifest import ManifestSample
from datasets.models import Sample
from datasets.services.annotations_bulk import Saying, shapes_of
from datasets.services.frozen import (
    DONE,
    Frozen,
    ShapeRow,
    is_cleaned,
    marks_of,
    present,
    rows_frozen,
    said_then,
    saying_of,
)

# Why the labels of a sample cannot come back, and why it stays as it is altogether.
CLASS_GONE: Final = "gone_class"
CLEANED: Final = "gone_cleaned"


@dataclass(slots=True)
class Plan:
    """What a chunk needs. `saying` holds what is to be said anew; `from_bin` is of samples that come back."""

    samples: list[Sample] = field(default_factory=list)
    sayings: dict[uuid.UUID, Saying] = field(default_factory=dict)
    before: dict[uuid.UUID, list[ShapeRow]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def from_bin(self, dataset_id: uuid.UUID) -> list[Sample]:
        """Those that wait in a bin."""
        return [sample for sample in self.samples if sample.dataset_id != dataset_id]


def plan_chunk(frozen: Frozen, chunk: Sequence[ManifestSample], *, lock: bool) -> Plan:
    """Compare; changes nothing. A constant number of statements. `lock` inside of a transaction only.

    What was cleaned since is left alone: labels of then may not lie where they did on its content of now.
    """
    plan = Plan()
    pairs: list[tuple[ManifestSample, Sample]] = []
    for one, sample in present(frozen, chunk, plan.counts, lock=lock):
        if not is_cleaned(one, sample):
            pairs.append((one, sample))
            continue
        is_there = sample.dataset_id == frozen.dataset_id
        plan.counts[CLEANED] += 1
        plan.counts["present"] += is_there
        plan.counts["present_since"] += is_there and sample.imported_at > frozen.at
    plan.samples = [sample for _, sample in pairs]
    plan.before = shapes_of(plan.samples)
    differing: list[tuple[ManifestSample, Sample]] = []
    for one, sample in pairs:
        is_back = sample.dataset_id != frozen.dataset_id
        plan.counts["returned"] += is_back
        plan.counts["present"] += 1
        plan.counts["returned_since" if is_back else "present_since"] += sample.imported_at > frozen.at
        if not frozen.labels.keys() >= set(one.carried):
            plan.counts[CLASS_GONE] += 1
        elif _differs(frozen, one, sample, plan.before[sample.pk]):
            differing.append((one, sample))
            plan.counts["relabeled"] += 1
        elif not is_back:
            plan.counts["unchanged"] += 1
    said = said_then([sample.pk for _, sample in differing], frozen.at)
    for one, sample in differing:
        plan.sayings[sample.pk] = saying_of(frozen, one, sample, said.get(sample.pk))
    return plan


def _differs(frozen: Frozen, one: ManifestSample, sample: Sample, shapes: Sequence[ShapeRow]) -> bool:
    if marks_of(shapes) != marks_of(rows_frozen(frozen.labels, one)):
        return True
    return frozen.takes_done and sample.state not in DONE
