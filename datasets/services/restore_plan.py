"""What a frozen version says of a chunk of its samples, beside what the data set says of them now."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
from django.db.models import OuterRef, Q, Subquery

from core.models import Blob
from datasets.manifest import ManifestObject, ManifestSample
from datasets.models import (
    AnnotationHistory,
    BulkEdit,
    Cleaning,
    DatasetVersion,
    Sample,
    SampleState,
    ShapeKind,
)
from datasets.services.annotations_bulk import Saying, shapes_of
from datasets.shape_json import geometry_of

# Why a sample, or its labels, cannot come back.
PURGED: Final = "gone_purged"
BYTES_GONE: Final = "gone_bytes"
CLASS_GONE: Final = "gone_class"
_DONE: Final = (SampleState.LABELED, SampleState.REVIEWED)

Mark = tuple[str, str, bytes]
ShapeRow = list[Any]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A version as far as restoring it needs it. `labels`: the class that each index means now."""

    dataset_id: uuid.UUID
    at: datetime
    takes_done: bool
    labels: Mapping[int, uuid.UUID]

    @classmethod
    def of(cls, version: DatasetVersion, labels: Mapping[int, uuid.UUID]) -> "Frozen":
        """A version took labeled and reviewed samples unless it says otherwise."""
        states = set(version.filter.get("state", ",".join(_DONE)).split(","))
        return cls(version.dataset_id, version.created_at, states <= set(_DONE), labels)


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
    """Compare; changes nothing. A constant number of statements. `lock` inside of a transaction only."""
    plan = Plan()
    pairs = _present(frozen, chunk, plan, lock=lock)
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
    said = _said_then([sample.pk for _, sample in differing], frozen.at)
    for one, sample in differing:
        plan.sayings[sample.pk] = _saying(frozen, one, sample, said.get(sample.pk))
    return plan


def _present(
    frozen: Frozen, chunk: Sequence[ManifestSample], plan: Plan, *, lock: bool
) -> list[tuple[ManifestSample, Sample]]:
    """Each sample of the chunk with the one it is now, by id or by content; one in a bin only with its bytes."""
    bins = [
        kind.objects.filter(dataset_id=frozen.dataset_id, bin__isnull=False).order_by().values("bin_id")
        for kind in (BulkEdit, Cleaning)
    ]
    sha256s = [one.sha256 for one in chunk]
    rows = Sample.objects.filter(
        Q(dataset_id=frozen.dataset_id) | Q(dataset_id__in=bins[0]) | Q(dataset_id__in=bins[1]),
        Q(pk__in=[one.id for one in chunk]) | Q(sha256__in=sha256s),
    ).order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    by_content: dict[str, list[Sample]] = {}
    for row in rows:
        by_content.setdefault(row.sha256, []).append(row)
    stored = set(Blob.objects.filter(pk__in=sha256s).values_list("pk", flat=True))
    pairs: list[tuple[ManifestSample, Sample]] = []
    for one in chunk:
        found = by_content.get(one.sha256, [])
        living = next((row for row in found if row.dataset_id == frozen.dataset_id), None)
        sample = (
            living or next((row for row in found if str(row.pk) == one.id), None) or next(iter(found), None)
        )
        if sample is None:
            plan.counts[PURGED] += 1
        elif living is None and one.sha256 not in stored:
            plan.counts[BYTES_GONE] += 1
        else:
            pairs.append((one, sample))
    return pairs


def _differs(frozen: Frozen, one: ManifestSample, sample: Sample, shapes: Sequence[ShapeRow]) -> bool:
    if marks_of(shapes) != _marks_frozen(frozen, one):
        return True
    return frozen.takes_done and sample.state not in _DONE


def marks_of(shapes: Sequence[ShapeRow]) -> list[Mark]:
    """What rows of SHAPE_COLUMNS say, whoever said it and in whatever order."""
    return sorted(_mark(shape) for shape in shapes)


def _mark(shape: ShapeRow) -> Mark:
    label, kind, geometry = str(shape[1]), shape[2], shape[8] or {}
    if kind == ShapeKind.CLASS:
        return label, kind, b""
    if kind == ShapeKind.SPAN:
        return label, kind, orjson.dumps([geometry["start"], geometry["end"]])
    return label, kind, _place(ManifestObject.from_json({"label": 0, "box": shape[4:8], **geometry}))


def _place(item: ManifestObject) -> bytes:
    body = {**item.to_json(), "label": 0, "box": [float(side) for side in item.box]}
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def _marks_frozen(frozen: Frozen, one: ManifestSample) -> list[Mark]:
    return marks_of(_rows_frozen(frozen, one))


def _rows_frozen(frozen: Frozen, one: ManifestSample) -> list[ShapeRow]:
    """Rows of SHAPE_COLUMNS; a manifest does not say who drew a shape, so it counts as imported."""
    whole = one.labels or (() if one.label is None else (one.label,))
    said: list[tuple[int, str, tuple[float | None, ...], dict[str, Any] | None]] = [
        (label, ShapeKind.CLASS.value, (None,) * 4, None) for label in whole
    ]
    for item in one.objects:
        body = item.to_json()
        geometry = {name: body[name] for name in body if name not in ("label", "box")}
        said.append((item.label, item.kind, item.box, geometry or None))
    said += [
        (span.label, ShapeKind.SPAN.value, (None,) * 4, {"start": span.start, "end": span.end})
        for span in one.spans
    ]
    return [
        [uuid.uuid4(), frozen.labels[label], kind, position, *box, geometry, "import", None]
        for position, (label, kind, box, geometry) in enumerate(said)
    ]


def _said_then(ids: Sequence[uuid.UUID], at: datetime) -> dict[uuid.UUID, AnnotationHistory]:
    """The last revision of each sample that was there when the version was made. One statement."""
    last = (
        AnnotationHistory.objects.filter(sample_id=OuterRef("sample_id"), created_at__lte=at)
        .order_by("-revision")
        .values("revision")[:1]
    )
    rows = AnnotationHistory.objects.filter(sample__in=ids, revision=Subquery(last)).order_by("sample_id")
    return {row.sample_id: row for row in rows}


def _saying(frozen: Frozen, one: ManifestSample, sample: Sample, said: AnnotationHistory | None) -> Saying:
    """What the history says, with who said it, where it is what was frozen; otherwise what was frozen."""
    shapes = _rows_frozen(frozen, one)
    state: str = SampleState.LABELED if shapes or frozen.takes_done else SampleState.UNLABELED
    source = "import" if shapes else ""
    if said is not None:
        then = [_row_then(position, shape) for position, shape in enumerate(said.shapes)]
        if marks_of(then) == marks_of(shapes):
            shapes, source = then, said.source
            state = said.state if said.state in _DONE or not frozen.takes_done else state
    return Saying(sample, shapes, state, source)


def _row_then(position: int, shape: Mapping[str, Any]) -> ShapeRow:
    """Of a shape as history keeps it. Its id is a new one: the old one may be in use elsewhere by now."""
    box = shape.get("box") or (None,) * 4
    return [
        *(uuid.uuid4(), uuid.UUID(shape["label"]), shape["kind"], position, *box, geometry_of(shape)),
        *(shape.get("source", "human"), shape.get("score")),
    ]
