"""Samples of one data set put into another: new rows that share the stored bytes."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.clock import utc_now
from core.ids import uuid7
from core.services.blobs import blobs_known_renew
from datasets.attributes import said_together
from datasets.manifest import ManifestSample
from datasets.models import Sample, SampleState, SampleTag, ShapeKind
from datasets.origins import Origin
from datasets.services.annotations_bulk import Saying, annotations_replace, rows_relinked
from datasets.services.bulk import rows_insert
from datasets.services.counters import counters_add
from datasets.services.frozen import BYTES_GONE, ShapeRow
from datasets.services.sample_deltas import deltas_of
from datasets.services.tags import TAG_COLUMNS, tag_rows

_COLUMNS: Final = (
    *("id", "dataset_id", "name", "sha256", "thumb_sha256", "media_type", "size_bytes", "payload"),
    *("features", "state", "split", "group", "label_class_id", "labels", "findings"),
    *("annotation_revision", "annotation_source", "search_text", "dhash64", "imported_at", "import_batch_id"),
    *("tags", "tag_count"),
)
_UNLABELED: Final = (SampleState.UNLABELED.value, "")


@dataclass(frozen=True, slots=True)
class Copy:
    """A sample to be made: what was frozen of it, where it is now, and what it shall say there."""

    one: ManifestSample
    original: Sample
    shapes: Sequence[ShapeRow]
    state: str
    source: str
    origin: Origin | None = None

    @classmethod
    def of(cls, one: ManifestSample, saying: Saying, classes: Mapping[uuid.UUID, uuid.UUID | None]) -> "Copy":
        """With other classes: what carries one that becomes None is left out, and nothing left is nothing said."""
        shapes = shapes_mapped(saying.shapes, classes)
        is_emptied = bool(saying.shapes) and not shapes
        state, source = _UNLABELED if is_emptied else (saying.state, saying.source)
        return cls(one, saying.sample, shapes, state, source, None if is_emptied else saying.origin)


def shapes_mapped(
    shapes: Sequence[Sequence[object]], classes: Mapping[uuid.UUID, uuid.UUID | None]
) -> list[ShapeRow]:
    """Rows of SHAPE_COLUMNS with other classes and ids of their own; None leaves a shape out.

    Two classes that become one are said once of a whole sample, with what was said beside either. Relations go with
    the spans they lead to.
    """
    kept: list[ShapeRow] = []
    whole: dict[uuid.UUID, ShapeRow] = {}
    ids: dict[str, str] = {}
    for shape in shapes:
        label = classes[uuid.UUID(str(shape[1]))]
        if label is None:
            continue
        row: ShapeRow = [uuid.uuid4(), label, shape[2], len(kept), *shape[4:]]
        ids[str(shape[0])] = str(row[0])
        if shape[2] != ShapeKind.CLASS or label not in whole:
            kept.append(row)
        elif row[8]:
            first = (whole[label][8] or {}).get("attributes", {})
            whole[label][8] = {"attributes": said_together(first, row[8].get("attributes", {}))}
        if shape[2] == ShapeKind.CLASS:
            whole.setdefault(label, row)
    return rows_relinked(kept, ids)


def samples_copy(
    dataset_id: uuid.UUID, copies: Sequence[Copy], counts: Counter[str], *, actor_id: uuid.UUID | None
) -> list[Sample]:
    """Make them, in the caller's transaction and under the lock of the data set; what lost its bytes is counted.

    A constant number of statements.
    """
    wanted = {copy.one.sha256 for copy in copies} | {copy.original.thumb_sha256 for copy in copies}
    stored = blobs_known_renew(wanted - {""})
    made = [(copy, _sample(dataset_id, copy, stored)) for copy in copies if copy.one.sha256 in stored]
    counts[BYTES_GONE] += len(copies) - len(made)
    samples = [sample for _, sample in made]
    rows_insert(Sample, _COLUMNS, [[getattr(sample, name) for name in _COLUMNS] for sample in samples])
    rows_insert(SampleTag, TAG_COLUMNS, tag_rows(samples))
    counters_add(dataset_id, deltas_of(samples))
    sayings = [
        Saying(sample, copy.shapes, copy.state, copy.source, copy.origin)
        for copy, sample in made
        if (copy.state, copy.source) != _UNLABELED
    ]
    annotations_replace(dataset_id, sayings, actor_id=actor_id)
    return samples


def _sample(dataset_id: uuid.UUID, copy: Copy, stored: set[str]) -> Sample:
    one, original = copy.one, copy.original
    return Sample(
        id=uuid7(),
        dataset_id=dataset_id,
        name=one.name,
        sha256=one.sha256,
        thumb_sha256=original.thumb_sha256 if original.thumb_sha256 in stored else "",
        media_type=original.media_type,
        size_bytes=original.size_bytes,
        payload=original.payload,
        features=original.features,
        split=one.split,
        group=one.group,
        tags=original.tags,
        tag_count=original.tag_count,
        search_text=original.search_text,
        dhash64=original.dhash64,
        imported_at=utc_now(),
    )
