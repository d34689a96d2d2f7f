"""The content that samples had in a frozen version, where a cleaning has given them another since.

What a sample was before a cleaning is written down as long as that can be taken back. After that only the bytes are
left, named by the version: they are opened again as an import opens them, outside of any transaction.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core.errors import NotFound
from core.models import Blob
from core.services.blobs import BlobBatch, BlobRef, blob_read, blobs_register
from core.services.outside import BytesOutside
from datasets.formats.decoding.intake import Opening, intake_of
from datasets.formats.decoding.texts import text_measured
from datasets.formats.decoding.wire import Undecodable
from datasets.manifest import ManifestSample
from datasets.models import BulkEdit, CleaningRow, Dataset, Modality, Sample
from datasets.services.clean_write import CONTENT, CONTENT_COLUMNS, contents_write
from datasets.services.counters import counters_add
from datasets.services.frozen import contents_kept
from datasets.services.import_run import BATCH_BYTES
from datasets.services.sample_deltas import measures_of

Pair = tuple[ManifestSample, Sample]
Values = Mapping[str, Any]
# In the order of CONTENT_COLUMNS.
_NAMES: Final = ("sha256", "thumb_sha256")


@dataclass(slots=True)
class Contents:
    """What a restore knows of contents. `claimed`: those of the version, which their samples keep.

    `opened` has what was made again of bytes, None where nothing can be made of them; `refs` are its thumbnails.
    """

    claimed: Container[str]
    opened: dict[str, Values | None] = field(default_factory=dict)
    refs: list[BlobRef] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Then:
    """Of a chunk: values of CONTENT_COLUMNS by sample, and what has to be opened first. `stored`: bytes that are there."""

    values: Mapping[uuid.UUID, Values]
    unopened: Sequence[Pair]
    stored: Container[str]


def contents_then(contents: Contents, pairs: Sequence[Pair]) -> Then:
    """Pairs of a sample and what it was when it had other bytes. Two statements, none without pairs."""
    if not pairs:
        return Then({}, [], ())
    kept = contents_kept(pairs)
    stored = set(Blob.objects.filter(pk__in=[one.sha256 for one, _ in pairs]).values_list("pk", flat=True))
    values: dict[uuid.UUID, Values] = {}
    unopened: list[Pair] = []
    for one, sample in pairs:
        if one.sha256 not in stored:
            continue
        if sample.pk in kept:
            values[sample.pk] = kept[sample.pk]
        elif one.sha256 not in contents.opened:
            unopened.append((one, sample))
        elif (made := contents.opened[one.sha256]) is not None:
            values[sample.pk] = made
    return Then(values, unopened, stored)


def contents_open(contents: Contents, dataset: Dataset, pairs: Sequence[Pair]) -> None:
    """Make what is known of the bytes again, and their thumbnails durable. A few megabytes in memory at a time."""
    with intake_of(dataset.modality) as intake, BlobBatch() as batch:
        for part in _parts(pairs):
            if dataset.modality == Modality.TEXT:
                opened: list[Opening] = [_text(sample, content) for _, sample, content in part]
            else:
                opened = intake.submit((), [content for _, _, content in part]).result()
            for (one, _, content), answer in zip(part, opened, strict=True):
                contents.opened[one.sha256] = _values(contents, batch, one.sha256, content, answer)
        batch.seal()
    for one, _ in pairs:
        contents.opened.setdefault(one.sha256, None)


def _parts(pairs: Sequence[Pair]) -> Iterator[list[tuple[ManifestSample, Sample, bytes]]]:
    """With their bytes; what is gone is left out."""
    part: list[tuple[ManifestSample, Sample, bytes]] = []
    for one, sample in pairs:
        try:
            part.append((one, sample, blob_read(one.sha256)))
        except (NotFound, BytesOutside, OSError):
            continue
        if sum(len(content) for _, _, content in part) > BATCH_BYTES:
            yield part
            part = []
    if part:
        yield part


def _text(sample: Sample, content: bytes) -> Opening:
    """A cleaning does not change what a text was written in."""
    return text_measured(content.decode(), sample.payload.get("encoding", "utf-8"))


def _values(
    contents: Contents, batch: BlobBatch, sha256: str, content: bytes, answer: Opening
) -> Values | None:
    if isinstance(answer, Undecodable):
        return None
    thumb = batch.add(answer.thumbnail, "image/jpeg") if answer.thumbnail else None
    if thumb is not None:
        contents.refs.append(thumb)
    return {
        "sha256": sha256,
        "thumb_sha256": thumb.sha256 if thumb else "",
        "media_type": answer.media_type,
        "size_bytes": len(content),
        "payload": answer.payload,
        "features": answer.features,
        "dhash64": answer.dhash64,
        "search_text": answer.search_text,
    }


def contents_restore(
    edit: BulkEdit, contents: Contents, samples: Sequence[Sample], then: Mapping[uuid.UUID, Values]
) -> None:
    """Give samples what they had, and write down what they have now; inside of the fence, under their locks."""
    changing = [sample for sample in samples if sample.pk in then]
    blobs_register(contents.refs)
    CleaningRow.objects.bulk_create([_row(edit, sample, then[sample.pk]) for sample in changing])
    contents_put([(sample, then[sample.pk]) for sample in changing])


def _row(edit: BulkEdit, sample: Sample, values: Values) -> CleaningRow:
    return CleaningRow(
        edit=edit,
        sample=sample,
        step=0,
        kind=CONTENT,
        before={name: getattr(sample, name) for name in CONTENT_COLUMNS if name not in _NAMES},
        before_sha256=sample.sha256,
        before_thumb_sha256=sample.thumb_sha256,
        after_sha256=values["sha256"],
        after_thumb_sha256=values["thumb_sha256"],
    )


def contents_put(changes: Sequence[tuple[Sample, Values]]) -> None:
    """Rows, totals and the samples in memory."""
    deltas: dict[uuid.UUID, Counter[tuple[str, str]]] = defaultdict(Counter)
    for sample, values in changes:
        deltas[sample.dataset_id].subtract(measures_of(sample.media_type, sample.payload))
        deltas[sample.dataset_id].update(measures_of(values["media_type"], values["payload"]))
    contents_write([[*(values[name] for name in CONTENT_COLUMNS), sample.pk] for sample, values in changes])
    for sample, values in changes:
        for name in CONTENT_COLUMNS:
            setattr(sample, name, values[name])
    for dataset_id, more in deltas.items():
        counters_add(dataset_id, more)


def contents_of(edit: BulkEdit, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, CleaningRow]:
    """What an edit has written down of these samples. One statement, none without any."""
    return {row.sample_id: row for row in edit.contents.filter(sample__in=ids)} if ids else {}
