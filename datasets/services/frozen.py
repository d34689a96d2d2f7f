"""What a frozen version says of its samples, in the rows that samples are labeled with; and where they are now."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
from django.db.models import OuterRef, Q, Subquery

from core.models import Blob
from datasets.manifest import ManifestObject, ManifestSample
from datasets.models import (
    AnnotationHistory,
    CleaningRow,
    DatasetVersion,
    Sample,
    SampleState,
    ShapeKind,
)
from datasets.relations import links_json, relinked
from datasets.selectors.undoables import KINDS
from datasets.services.annotations_bulk import Saying
from datasets.services.clean_write import PLACED, content_before
from datasets.shape_json import geometry_of

# Why a sample cannot come back.
PURGED: Final = "gone_purged"
BYTES_GONE: Final = "gone_bytes"
DONE: Final = (SampleState.LABELED, SampleState.REVIEWED)

Mark = tuple[str, str, bytes]
ShapeRow = list[Any]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A version as far as what is done with it needs it. `labels`: the class that each index means now.

    `is_placed`: whether its labels say where on the content something is. `types`: the relation type that each means
    now; one that is not named means itself.
    """

    dataset_id: uuid.UUID
    at: datetime
    takes_done: bool
    labels: Mapping[int, uuid.UUID]
    is_placed: bool = False
    types: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        version: DatasetVersion,
        labels: Mapping[int, uuid.UUID],
        types: Mapping[str, str] | None = None,
    ) -> "Frozen":
        """A version took labeled and reviewed samples unless it says otherwise."""
        states = set(version.filter.get("state", ",".join(DONE)).split(","))
        is_placed = version.dataset.task in PLACED
        return cls(
            version.dataset_id, version.created_at, states <= set(DONE), labels, is_placed, types or {}
        )


def present(
    frozen: Frozen, chunk: Sequence[ManifestSample], counts: Counter[str], *, lock: bool
) -> list[tuple[ManifestSample, Sample]]:
    """Each sample of the chunk with the one it is now, by content or by id; one in a bin only with its bytes.

    One that was cleaned since has other content now (`is_cleaned`). What is missing is counted under its reason.
    """
    where = Q(dataset_id=frozen.dataset_id)
    for kind in KINDS:
        bins = kind.objects.filter(dataset_id=frozen.dataset_id, bin__isnull=False)
        where |= Q(dataset_id__in=bins.order_by().values("bin_id"))
    sha256s = [one.sha256 for one in chunk]
    rows = Sample.objects.filter(where, Q(pk__in=[one.id for one in chunk]) | Q(sha256__in=sha256s)).order_by(
        "pk"
    )
    if lock:
        rows = rows.select_for_update(of=("self",))
    by_content: dict[str, list[Sample]] = {}
    by_id: dict[str, Sample] = {}
    for row in rows:
        by_content.setdefault(row.sha256, []).append(row)
        by_id[str(row.pk)] = row
    stored = set(Blob.objects.filter(pk__in=sha256s).values_list("pk", flat=True))
    pairs: list[tuple[ManifestSample, Sample]] = []
    for one in chunk:
        found = by_content.get(one.sha256, [])
        sample = _met(frozen, one, found, by_id.get(one.id))
        if sample is None:
            counts[PURGED] += 1
        elif (
            sample.dataset_id != frozen.dataset_id
            and one.sha256 not in stored
            and not is_cleaned(one, sample)
        ):
            counts[BYTES_GONE] += 1
        else:
            pairs.append((one, sample))
    return pairs


def _met(frozen: Frozen, one: ManifestSample, found: Sequence[Sample], named: Sample | None) -> Sample | None:
    """The sample of the data set with its content, or its own; of those in a bin one with its content."""
    living = next((row for row in found if row.dataset_id == frozen.dataset_id), None)
    if living is not None or named is None:
        return living or next(iter(found), None)
    is_there = named.dataset_id == frozen.dataset_id
    return named if is_there or not is_cleaned(one, named) else next(iter(found), named)


def is_cleaned(one: ManifestSample, sample: Sample) -> bool:
    """Whether the sample has other content now than it had in the version."""
    return sample.sha256 != one.sha256


def as_frozen(
    pairs: Sequence[tuple[ManifestSample, Sample]], counts: Counter[str]
) -> list[tuple[ManifestSample, Sample]]:
    """Those of the pairs that were cleaned since with a sample that has its content of then, to be copied, not saved.

    Where the way back of the cleaning is over there is none: counted as gone. One statement.
    """
    kept = contents_kept([pair for pair in pairs if is_cleaned(*pair)])
    whole: list[tuple[ManifestSample, Sample]] = []
    for one, sample in pairs:
        if not is_cleaned(one, sample):
            whole.append((one, sample))
        elif sample.pk not in kept:
            counts[BYTES_GONE] += 1
        else:
            original = copy(sample)
            for name, value in kept[sample.pk].items():
                setattr(original, name, value)
            whole.append((one, original))
    return whole


def contents_kept(pairs: Sequence[tuple[ManifestSample, Sample]]) -> dict[uuid.UUID, Mapping[str, Any]]:
    """What those of the samples had with the bytes of then that can say it. One statement, none without pairs."""
    wanted = {sample.pk: one.sha256 for one, sample in pairs}
    rows = CleaningRow.objects.filter(sample__in=list(wanted)).order_by("-pk") if wanted else []
    return {row.sample_id: content_before(row) for row in rows if row.before_sha256 == wanted[row.sample_id]}


def marks_of(shapes: Sequence[ShapeRow]) -> list[Mark]:
    """What rows of SHAPE_COLUMNS say, whoever said it and in whatever order."""
    spans: dict[str, ShapeRow] = {str(shape[0]): shape for shape in shapes if shape[2] == ShapeKind.SPAN}
    return sorted(_mark(_linked_by_place(shape, spans)) for shape in shapes)


def _linked_by_place(shape: ShapeRow, spans: Mapping[str, ShapeRow]) -> ShapeRow:
    """Its relations told by type, class, start and end of the spans they lead to: ids are other ones elsewhere."""
    if shape[2] != ShapeKind.SPAN or "relations" not in shape[8]:
        return shape
    ends = ((link["type"], spans[link["to"]]) for link in shape[8]["relations"] if link["to"] in spans)
    told = sorted([kind, str(end[1]), end[8]["start"], end[8]["end"]] for kind, end in ends)
    return [*shape[:8], {**shape[8], "relations": told}, *shape[9:]]


def class_mark(label: str, attributes: Mapping[str, str]) -> Mark:
    """As `marks_of` tells a class of the whole sample with what is said beside it."""
    return _mark(
        [None, label, ShapeKind.CLASS.value, *[None] * 5, {"attributes": attributes} if attributes else None]
    )


def _mark(shape: ShapeRow) -> Mark:
    label, kind, geometry = str(shape[1]), shape[2], shape[8] or {}
    if kind in (ShapeKind.CLASS, ShapeKind.SPAN, ShapeKind.REGION):
        return label, kind, orjson.dumps(geometry, option=orjson.OPT_SORT_KEYS) if geometry else b""
    return label, kind, _place(ManifestObject.from_json({"label": 0, "box": shape[4:8], **geometry}))


def _place(item: ManifestObject) -> bytes:
    body = {**item.to_json(), "label": 0, "box": [float(side) for side in item.box]}
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def rows_frozen(
    labels: Mapping[int, uuid.UUID | str], one: ManifestSample, types: Mapping[str, str] | None = None
) -> list[ShapeRow]:
    """Rows of SHAPE_COLUMNS; a manifest does not say who drew a shape, so it counts as imported."""
    whole = one.labels or (() if one.label is None else (one.label,))
    about = {label: {"attributes": dict(said)} for label, said in one.about}
    said: list[tuple[int, str, tuple[float | None, ...], dict[str, Any] | None]] = [
        (label, ShapeKind.CLASS.value, (None,) * 4, about.get(label)) for label in whole
    ]
    for item in one.objects:
        body = item.to_json()
        geometry = {name: body[name] for name in body if name not in ("label", "box")}
        said.append((item.label, item.kind, item.box, geometry or None))
    ids = [uuid.uuid4() for _ in range(len(said) + len(one.spans) + len(one.regions))]
    ends = ids[len(said) :]
    for span in one.spans:
        place = span.to_json()
        del place["label"]
        if span.relations:
            links = [((types or {}).get(kind, kind), str(ends[to])) for kind, to in span.relations]
            place["relations"] = links_json(links)
        said.append((span.label, ShapeKind.SPAN.value, (None,) * 4, place))
    for region in one.regions:
        place = region.to_json()
        del place["label"]
        said.append((region.label, ShapeKind.REGION.value, (None,) * 4, place))
    return [
        [ids[position], labels[label], kind, position, *box, geometry, "import", None]
        for position, (label, kind, box, geometry) in enumerate(said)
    ]


def said_then(ids: Sequence[uuid.UUID], at: datetime) -> dict[uuid.UUID, AnnotationHistory]:
    """The last revision of each sample that was there when the version was made. One statement."""
    last = (
        AnnotationHistory.objects.filter(sample_id=OuterRef("sample_id"), created_at__lte=at, revision__gt=0)
        .order_by("-revision")
        .values("revision")[:1]
    )
    rows = AnnotationHistory.objects.filter(sample__in=ids, revision=Subquery(last)).order_by("sample_id")
    return {row.sample_id: row for row in rows}


def saying_of(frozen: Frozen, one: ManifestSample, sample: Sample, said: AnnotationHistory | None) -> Saying:
    """What the history says, with who said it, where it is what was frozen; otherwise what was frozen."""
    shapes = rows_frozen(frozen.labels, one, frozen.types)
    state: str = SampleState.LABELED if shapes or frozen.takes_done else SampleState.UNLABELED
    source = "import" if shapes else ""
    if said is not None:
        then = _rows_then(frozen, said.shapes)
        if marks_of(then) == marks_of(shapes):
            shapes, source = then, said.source
            state = said.state if said.state in DONE or not frozen.takes_done else state
    return Saying(sample, shapes, state, source, one.origin)


def _rows_then(frozen: Frozen, shapes: Sequence[Mapping[str, Any]]) -> list[ShapeRow]:
    """Of shapes as history keeps them. Their ids are new ones: the old ones may be in use elsewhere by now."""
    ids = {shape["id"]: uuid.uuid4() for shape in shapes}
    to = {old: str(new) for old, new in ids.items()}
    return [
        _row_then(position, ids[shape["id"]], relinked(shape, to[shape["id"]], to, frozen.types))
        for position, shape in enumerate(shapes)
    ]


def _row_then(position: int, pk: uuid.UUID, shape: Mapping[str, Any]) -> ShapeRow:
    box = shape.get("box") or (None,) * 4
    return [
        *(pk, uuid.UUID(shape["label"]), shape["kind"], position, *box, geometry_of(shape)),
        *(shape.get("source", "human"), shape.get("score")),
    ]
