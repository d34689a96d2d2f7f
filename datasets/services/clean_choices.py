"""Steps that choose among all samples: what they take out is planned in one transaction, then moved in batches."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInput
from core.jobs.context import JobContext
from datasets.cleaning import Choice
from datasets.cleaning.choose import (
    DropPictures,
    DropTexts,
    SampleByValue,
    SampleDiverse,
    SampleRandom,
    SampleStratified,
)
from datasets.cleaning.sampling import (
    MOST_DISTANCES,
    projection,
    taken_by_value,
    taken_diverse,
    taken_random,
    taken_stratified,
)
from datasets.embeddings.parts import Floats, Place, chunks_read, part_ids, part_vectors
from datasets.models import Cleaning, CleaningRow, Sample
from datasets.selectors.regions import NotEmbedded
from datasets.selectors.sample_query import finding_condition
from datasets.selectors.vectors import parts_of
from datasets.services.bins import bin_of, samples_busy, samples_move
from datasets.services.bulk import rows_insert
from datasets.services.clean_base import binned_contents, problem_noted, selected
from datasets.services.clean_write import BIN, SPLIT
from datasets.services.counters import counters_add

BATCH: Final = 500
_COLUMNS: Final[Mapping[str, str]] = {
    "label": "labels",
    "group": "group",
    "split": "split",
    "state": "state",
    "media_type": "media_type",
}


class SampleTooDiverse(InvalidInput):
    """So many of so many, each compared with all others, would take days."""

    code = "sample_too_diverse"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Samples that a step takes out; to the bin, or to a split."""

    ids: Sequence[uuid.UUID]
    to: str = BIN


def found(cleaning: Cleaning, step: DropPictures | DropTexts) -> Chosen:
    """What a check names."""
    named = selected(cleaning).filter(finding_condition(step.finding))
    return Chosen(list(named.order_by("pk").values_list("pk", flat=True)))


def sampled(ctx: JobContext, cleaning: Cleaning, step: Choice) -> Chosen:
    """What a sampling leaves. Raises NotEmbedded."""
    if isinstance(step, SampleDiverse):
        return _diverse(ctx, cleaning, step)
    rows = selected(cleaning).order_by("pk")
    if isinstance(step, SampleRandom):
        ids = list(rows.values_list("pk", flat=True))
        return _rest(ids, taken_random(len(ids), step.keep, step.seed), step.rest)
    column = column_of(step) if isinstance(step, SampleByValue) else "labels"
    pairs = [(pk, value_key(value)) for pk, value in rows.values_list("pk", column).iterator(5_000)]
    ids, keys = [pk for pk, _ in pairs], [key for _, key in pairs]
    if isinstance(step, SampleByValue):
        return _rest(ids, taken_by_value(keys, step.most, step.seed), step.rest)
    if isinstance(step, SampleStratified):
        return _rest(ids, taken_stratified(keys, step.keep, step.seed), step.rest)
    raise TypeError(step.key)


def column_of(step: SampleByValue) -> str:
    """The column of Sample by whose values it takes."""
    return _COLUMNS[step.column]


def value_key(value: Any) -> str:
    """Several classes are one value, in whatever order they were said."""
    return " ".join(sorted(map(str, value))) if isinstance(value, list) else str(value)


def _rest(ids: Sequence[uuid.UUID], taken: Any, rest: str) -> Chosen:
    is_left = np.ones(len(ids), np.bool_)
    is_left[taken] = False
    return Chosen([ids[row] for row in np.flatnonzero(is_left).tolist()], rest)


def _diverse(ctx: JobContext, cleaning: Cleaning, step: SampleDiverse) -> Chosen:
    """Samples without a vector stay as they are."""
    ids = list(selected(cleaning).order_by("pk").values_list("pk", flat=True))
    row_of = {pk.bytes: row for row, pk in enumerate(ids)}
    parts = parts_of(cleaning.dataset_id)
    # Ids end in zero bytes now and then, which a bytes column of NumPy does not show.
    names = (bytes(name).ljust(16, b"\0") for part in parts for name in part_ids(part))
    rows = np.fromiter((row_of.get(name, -1) for name in names), np.int64)
    known = rows >= 0
    count = int(known.sum())
    if not count:
        raise NotEmbedded("these samples have no vectors yet; analyze the data set first")
    if step.keep < count and step.keep * count > MOST_DISTANCES:
        most = MOST_DISTANCES // count
        raise SampleTooDiverse(
            f"of {count} samples at most {most} can be taken as unlike as can be; take fewer, or by chance",
            most=most,
        )
    width = int(part_vectors(parts[0]).shape[1])
    vectors = _vectors(ctx, parts, known, width, projection(count, width, step.seed))
    taken = taken_diverse(vectors, step.keep, step.seed, step=ctx.check)
    return _rest([ids[row] for row in rows[known].tolist()], taken, step.rest)


def _vectors(
    ctx: JobContext, parts: Sequence[Place], known: NDArray[np.bool_], width: int, matrix: Floats | None
) -> Floats:
    """Those of the vectors in all parts that are `known`, in one array, each multiplied by the matrix."""
    size = width if matrix is None else matrix.shape[1]
    vectors = np.empty((int(known.sum()), size), np.float32)
    begin = filled = 0
    for names, chunk in chunks_read(parts):
        ctx.check()
        wanted = chunk[known[begin : begin + len(names)]]
        vectors[filled : filled + len(wanted)] = wanted if matrix is None else wanted @ matrix
        begin, filled = begin + len(names), filled + len(wanted)
    return vectors


def chosen_plan(cleaning: Cleaning, place: int, chosen: Chosen) -> None:
    """Write down what was chosen, so that another attempt takes out the same."""
    kind = BIN if chosen.to == BIN else SPLIT
    before = {} if kind == BIN else {"to": chosen.to}
    columns = ("cleaning_id", "sample_id", "step", "kind", "done", "before")
    empty = ("before_sha256", "before_thumb_sha256", "after_sha256", "after_thumb_sha256")
    rows = ((cleaning.pk, pk, place, kind, False, before, "", "", "", "") for pk in chosen.ids)
    rows_insert(CleaningRow, (*columns, *empty), rows)


def chosen_move(cleaning: Cleaning, place: int, last: int) -> tuple[int | None, Counter[str]]:
    """The next of what was chosen goes where it was to go: the row reached, None at the end, and counts.

    Problems are added to the cleaning, which is not saved.
    """
    rows = list(cleaning.rows.filter(step=place, done=False, pk__gt=last).order_by("pk")[:BATCH])
    counts: Counter[str] = Counter()
    if not rows:
        return None, counts
    ids = [row.sample_id for row in rows]
    living = Sample.objects.select_for_update().filter(pk__in=ids, dataset_id=cleaning.dataset_id)
    busy = samples_busy(ids) if rows[0].kind == BIN else set()
    samples = {row.pk: row for row in living.order_by("pk") if row.pk not in busy}
    counts["in_work"] = len(busy)
    if rows[0].kind == BIN:
        binned = binned_contents(cleaning, [sample.sha256 for sample in samples.values()])
        for sample in [one for one in samples.values() if one.sha256 in binned]:
            problem_noted(cleaning, samples.pop(sample.pk), "copy_in_bin")
        if samples:
            samples_move(list(samples.values()), cleaning.dataset_id, bin_of(cleaning).pk)
        counts["binned"] = len(samples)
        CleaningRow.objects.filter(cleaning=cleaning, step=place, sample__in=list(samples)).update(done=True)
    else:
        counts["split"] = _split(cleaning, rows, samples)
        counts["unchanged"] = len(samples) - counts["split"]
    return rows[-1].pk, counts


def _split(cleaning: Cleaning, rows: Sequence[CleaningRow], samples: Mapping[uuid.UUID, Sample]) -> int:
    deltas: Counter[tuple[str, str]] = Counter()
    changed = []
    for row in rows:
        sample = samples.get(row.sample_id)
        if sample is None or sample.split == row.before["to"]:
            continue
        deltas["split", sample.split] -= 1
        deltas["split", row.before["to"]] += 1
        row.before, row.done = {**row.before, "split": sample.split}, True
        changed.append(row)
    CleaningRow.objects.bulk_update(changed, ["before", "done"])
    if changed:
        ids = [row.sample_id for row in changed]
        Sample.objects.filter(pk__in=ids).update(split=changed[0].before["to"])
    counters_add(cleaning.dataset_id, deltas)
    return len(changed)
