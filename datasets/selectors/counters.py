"""Totals without counting."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Count, F, QuerySet, Sum, Value

from core.prepared import Prepared
from datasets.models import Counter, DatasetVersion, Sample, SampleState, SampleTag, Shape

LABELED_STATES = (SampleState.LABELED, SampleState.REVIEWED)


def _totals(rows: QuerySet[Counter]) -> QuerySet[Counter, Any]:
    return rows.values_list("kind", "key").annotate(total=Sum("value"))


_ALL: Final = Prepared(lambda dataset: _totals(Counter.objects.filter(dataset_id=dataset)), uuid.UUID)
_ONE: Final = Prepared(
    lambda dataset, kind: _totals(Counter.objects.filter(dataset_id=dataset, kind=kind)), uuid.UUID, str
)


def totals_of(dataset_id: uuid.UUID, kinds: Sequence[str] = ()) -> dict[str, dict[str, int]]:
    """kind -> key -> total, of the given kinds or of all. One statement."""
    if len(kinds) > 1:
        rows = list(_totals(Counter.objects.filter(dataset_id=dataset_id, kind__in=kinds)))
    else:
        rows = _ONE.rows(dataset_id, kinds[0]) if kinds else _ALL.rows(dataset_id)
    totals: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, key, value in rows:
        totals[kind][key] = value
    return dict(totals)


def tags_counted(dataset_id: uuid.UUID) -> list[dict[str, Any]]:
    """Every tag of the data set with how many samples carry it, the most used first. One statement."""
    counts = totals_of(dataset_id, ("tag",)).get("tag", {})
    found = sorted((-samples, tag) for tag, samples in counts.items() if samples > 0)
    return [{"tag": tag, "samples": -samples} for samples, tag in found]


def counts_of(dataset_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """Samples by state for many data sets. One statement."""
    counts = {dataset_id: _counts({}) for dataset_id in dataset_ids}
    states: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    rows = Counter.objects.filter(dataset_id__in=dataset_ids, kind="state")
    for dataset_id, key, value in rows.values_list("dataset_id", "key").annotate(total=Sum("value")):
        states[dataset_id][key] = value
    return counts | {dataset_id: _counts(by_state) for dataset_id, by_state in states.items()}


def _counts(by_state: dict[str, int]) -> dict[str, int]:
    counts = {state: by_state.get(state, 0) for state in SampleState.values}
    labeled = sum(counts[state] for state in LABELED_STATES)
    return {**counts, "samples": sum(counts.values()), "labeled": labeled}


def project_counters(project_ids: Sequence[uuid.UUID]) -> list[QuerySet[Any, Any]]:
    """Rows (project, name, count) of what datasets holds in these projects (`STUDIO_PROJECT_COUNTERS`)."""
    counters = Counter.objects.filter(
        dataset__project_id__in=project_ids, dataset__deleted_at__isnull=True, kind="state"
    ).order_by()
    samples = counters.values_list(F("dataset__project_id"), Value("samples"), Sum("value"))
    labeled = counters.filter(key__in=LABELED_STATES).values_list(
        F("dataset__project_id"), Value("labeled"), Sum("value")
    )
    versions = (
        DatasetVersion.objects.filter(dataset__project_id__in=project_ids, dataset__deleted_at__isnull=True)
        .order_by()
        .values_list(F("dataset__project_id"), Value("versions"), Count("pk"))
    )
    return [samples, labeled, versions]


def drift_of(dataset_id: uuid.UUID) -> dict[tuple[str, str], tuple[int, int]]:
    """Counters that differ from a count of the rows: (kind, key) -> (kept, counted). Must be empty."""
    totals = totals_of(dataset_id, ("samples", "state", "split", "class", "objects", "tag", "embedded"))
    kept = {(kind, key): value for kind, keys in totals.items() for key, value in keys.items() if value}
    truth = counted_of(dataset_id)
    return {
        pair: (kept.get(pair, 0), truth.get(pair, 0))
        for pair in kept.keys() | truth.keys()
        if kept.get(pair, 0) != truth.get(pair, 0)
    }


def counted_of(dataset_id: uuid.UUID) -> dict[tuple[str, str], int]:
    """(kind, key) -> total by counting the rows: slow, and what the counters must say."""
    samples = Sample.objects.filter(dataset_id=dataset_id).order_by()
    shapes = Shape.objects.filter(dataset_id=dataset_id).order_by()
    counted: dict[tuple[str, str], int] = {("samples", ""): samples.count()}
    counted["embedded", ""] = samples.filter(has_vector=True).count()
    for kind in ("state", "split"):
        counted |= {(kind, key): n for key, n in samples.values_list(kind).annotate(n=Count("pk"))}
    per_class = shapes.values_list("label_class_id").annotate(
        n=Count("pk"), carriers=Count("sample_id", distinct=True)
    )
    for label, objects, carriers in per_class:
        counted[("objects", str(label))] = objects
        counted[("class", str(label))] = carriers
    tags = SampleTag.objects.filter(dataset_id=dataset_id).order_by()
    counted |= {("tag", tag): n for tag, n in tags.values_list("tag").annotate(n=Count("pk"))}
    return {pair: n for pair, n in counted.items() if n}
