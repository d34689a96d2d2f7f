"""What a frozen version says of a chunk of its samples, beside what the data set says of them now."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from datasets.manifest import ManifestSample
from datasets.models import Sample
from datasets.services.annotations_bulk import Saying, shapes_of
from datasets.services.bins import samples_busy
from datasets.services.frozen import (
    BYTES_GONE,
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
from datasets.services.restore_contents import Contents, Pair, Values, contents_then

# Why the labels of a sample cannot come back, and why it stays as it is altogether.
CLASS_GONE: Final = "gone_class"
CLEANED: Final = "gone_cleaned"
IN_WORK: Final = "in_work"


@dataclass(slots=True)
class Plan:
    """What a chunk needs. `saying` holds what is to be said anew; `from_bin` is of samples that come back.

    `contents` are those of samples that get back what they had; of `unopened` it has to be made first.
    """

    samples: list[Sample] = field(default_factory=list)
    sayings: dict[uuid.UUID, Saying] = field(default_factory=dict)
    before: dict[uuid.UUID, list[ShapeRow]] = field(default_factory=dict)
    contents: Mapping[uuid.UUID, Values] = field(default_factory=dict)
    unopened: Sequence[Pair] = ()
    counts: Counter[str] = field(default_factory=Counter)

    def from_bin(self, dataset_id: uuid.UUID) -> list[Sample]:
        """Those that wait in a bin."""
        return [sample for sample in self.samples if sample.dataset_id != dataset_id]


def plan_chunk(frozen: Frozen, chunk: Sequence[ManifestSample], contents: Contents, *, lock: bool) -> Plan:
    """Compare; changes nothing. A constant number of statements. `lock` inside of a transaction only.

    What was cleaned since and cannot have its content of then is left alone: its labels of then may not lie where
    they did.
    """
    plan = Plan()
    pairs: list[Pair] = []
    cleaned: list[Pair] = []
    for pair in present(frozen, chunk, plan.counts, lock=lock):
        (cleaned if is_cleaned(*pair) else pairs).append(pair)
    pairs += _contents_planned(frozen, plan, contents, cleaned)
    plan.samples = [sample for _, sample in pairs]
    plan.before = shapes_of(plan.samples)
    differing: list[Pair] = []
    for one, sample in pairs:
        is_back = sample.dataset_id != frozen.dataset_id
        gets_content = sample.pk in plan.contents
        plan.counts["returned"] += is_back
        plan.counts["present"] += 1
        plan.counts["returned_since" if is_back else "present_since"] += sample.imported_at > frozen.at
        if not frozen.labels.keys() >= set(one.carried):
            plan.counts[CLASS_GONE] += 1
        elif _differs(frozen, one, sample, plan.before[sample.pk]):
            differing.append((one, sample))
            plan.counts["relabeled"] += 1
        elif gets_content and frozen.is_placed:
            # Who saves must have seen the other content.
            differing.append((one, sample))
        elif not is_back and not gets_content:
            plan.counts["unchanged"] += 1
    said = said_then([sample.pk for _, sample in differing], frozen.at)
    for one, sample in differing:
        plan.sayings[sample.pk] = saying_of(frozen, one, sample, said.get(sample.pk))
    return plan


def _contents_planned(frozen: Frozen, plan: Plan, contents: Contents, cleaned: Sequence[Pair]) -> list[Pair]:
    """Those of the cleaned samples that get back what they had; the others are counted under their reason."""
    busy = samples_busy(sample.pk for _, sample in cleaned) if cleaned else set()
    then = contents_then(contents, cleaned)
    coming: list[Pair] = []
    for one, sample in cleaned:
        reason = ""
        if sample.sha256 in contents.claimed:
            reason = CLEANED
        elif sample.pk in busy:
            reason = IN_WORK
        elif not frozen.labels.keys() >= set(one.carried):
            reason = CLASS_GONE
        elif one.sha256 not in then.stored or contents.opened.get(one.sha256, ...) is None:
            reason = BYTES_GONE
        if not reason:
            coming.append((one, sample))
            continue
        is_there = sample.dataset_id == frozen.dataset_id
        plan.counts[reason] += 1
        plan.counts["present"] += is_there
        plan.counts["present_since"] += is_there and sample.imported_at > frozen.at
    ids = {sample.pk for _, sample in coming}
    plan.contents = {pk: values for pk, values in then.values.items() if pk in ids}
    plan.unopened = [pair for pair in then.unopened if pair[1].pk in ids]
    plan.counts["contents"] += len(coming)
    return coming


def _differs(frozen: Frozen, one: ManifestSample, sample: Sample, shapes: Sequence[ShapeRow]) -> bool:
    if marks_of(shapes) != marks_of(rows_frozen(frozen.labels, one, frozen.types)):
        return True
    return frozen.takes_done and sample.state not in DONE
