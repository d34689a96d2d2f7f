"""All samples of a data set as columns, and what the checks of `datasets.quality` say of them."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, TypeVar

import numpy as np
from django.db import connection
from django.db.models import Q
from numpy.typing import NDArray

from core.errors import NotFound
from core.jobs.context import JobContext
from core.services.blobs import blob_read
from core.services.outside import BytesOutside
from core.sql import bind
from datasets.formats.decoding.intake import THUMB_SIDE_PX
from datasets.formats.decoding.pool import DecodePool, Kind
from datasets.formats.decoding.wire import Answer, Undecodable
from datasets.models import Dataset, Modality, Sample, Task
from datasets.quality import sounds
from datasets.quality.copies import grouped
from datasets.quality.features import SIGNATURE_BYTES, VERSION, Features
from datasets.quality.kinds import AUDIO_KINDS, FROM_VECTORS, KINDS, TEXT_KINDS
from datasets.quality.label_stats import Found
from datasets.quality.pictures import Pictures, picture_findings, uniform_pictures
from datasets.quality.twins import groups_of, near_pairs
from datasets.services.import_run import BATCH_BYTES, PASSING
from datasets.services.quality_alikes import altered_groups, shades_of
from datasets.services.quality_boxes import MARKED_TASKS, boxes_check
from datasets.services.quality_sounds import alike_groups, sounds_check, sounds_read
from datasets.services.quality_texts import text_copy_groups, texts_check

_FILL_ITEMS: Final = 100
_CHUNK: Final = 5_000
_COLUMNS: Final = (
    "pk",
    "payload",
    "features",
    "split",
    "state",
    "label_class_id",
    "dhash64",
    "sha256",
)
_MEASURED: Final[Mapping[str, tuple[Kind, int]]] = {
    Modality.IMAGE: ("picture", VERSION),
    Modality.AUDIO: ("audio", sounds.VERSION),
}
Rows = NDArray[np.int64]
FileRow = tuple[uuid.UUID, str, int]
Item = TypeVar("Item")


@dataclass(slots=True)
class Scan:
    """N samples in the order of their ids. `measured` are the rows that `pictures`, `signatures` (M, 322)
    and `hashes` (M,) describe; the others could not be opened.
    """

    ids: list[uuid.UUID] = field(default_factory=list)
    sha256s: list[str] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    splits: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    labels: list[uuid.UUID | None] = field(default_factory=list)
    measured: Rows = field(default_factory=lambda: np.empty(0, np.int64))
    pictures: Pictures = field(default_factory=lambda: Pictures.of([], []))
    signatures: NDArray[np.uint8] = field(default_factory=lambda: np.empty((0, SIGNATURE_BYTES), np.uint8))
    hashes: Rows = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class Named:
    """The rows of a scan that a finding names, and its figures; `examples` among them are groups of rows."""

    rows: list[int]
    params: dict[str, Any] = field(default_factory=dict)

    def found(self, code: str, ids: Sequence[uuid.UUID]) -> Found:
        """As a finding, which knows samples by their ids."""
        kind, params = KINDS[code], self.params
        if "examples" in params:
            named = [[str(ids[row]) for row in group] for group in params["examples"]]
            params = {**params, "examples": named}
        return Found(code, kind.severity, len(self.rows), kind.remedy, params)


def features_fill(ctx: JobContext, dataset: Dataset) -> None:
    """Measure the pictures or recordings that no import of this version measured; resumable after any batch.

    A file is opened in the decoding children, as an import does. A damaged one is remembered as such and
    not tried again.
    """
    if dataset.modality not in _MEASURED:
        return
    kind, version = _MEASURED[dataset.modality]
    unmeasured = Q(features__v__isnull=True) | ~Q(features__v=version) | Q(features__problem__in=PASSING)
    wanted = Sample.objects.filter(unmeasured, dataset_id=dataset.pk).order_by("pk")
    rows = list(wanted.values_list("pk", "sha256", "size_bytes"))
    if not rows:
        return
    with DecodePool(kind=kind) as pool:
        done = 0
        for part in file_loads(rows):
            ctx.check()
            answers = files_opened(pool, [sha256 for _, sha256, _ in part])
            updates = [
                _update(pk, sha256, answer, version)
                for (pk, sha256, _), answer in zip(part, answers, strict=True)
                if not isinstance(answer, Undecodable) or answer.code not in PASSING
            ]
            with ctx.fenced(), connection.cursor() as cursor:
                cursor.executemany(
                    # A cleaning may have given it other content meanwhile, with measures of its own.
                    "UPDATE datasets_sample SET features = %s, dhash64 = %s WHERE id = %s AND sha256 = %s",
                    updates,
                )
            ctx.milestone()
            done += len(part)
            ctx.progress(done, len(rows), "files")


def samples_scan(ctx: JobContext, dataset_id: uuid.UUID) -> Scan:
    """Read every sample of the data set, no pixels."""
    scan = Scan()
    parts: list[tuple[Rows, Pictures, NDArray[np.uint8], Rows]] = []
    rows = Sample.objects.filter(dataset_id=dataset_id).order_by("pk").values_list(*_COLUMNS)
    for chunk in _parts(rows.iterator(_CHUNK), _CHUNK):
        ctx.check()
        parts.append(_chunk_read(scan, chunk))
    if parts:
        scan.measured = np.concatenate([part[0] for part in parts])
        scan.pictures = Pictures.joined([part[1] for part in parts])
        scan.signatures = np.concatenate([part[2] for part in parts])
        scan.hashes = np.concatenate([part[3] for part in parts])
    return scan


def scan_findings(ctx: JobContext, dataset: Dataset, scan: Scan) -> dict[str, Named]:
    """Every check that names samples, also those that found nothing."""
    if dataset.modality == Modality.TEXT:
        checked = texts_check(ctx, dataset, scan.sha256s, scan.splits, scan.labels)
        return {code: Named(rows, params) for code, (rows, params) in checked.items()}
    if dataset.modality == Modality.AUDIO:
        checked = sounds_check(ctx, scan.ids, scan.splits, scan.labels)
        return {code: Named(rows, params) for code, (rows, params) in checked.items()}
    others = FROM_VECTORS | TEXT_KINDS | AUDIO_KINDS | {"unlabeled"}
    found = {code: Named([]) for code in KINDS if code not in others}
    unmeasured = np.setdiff1d(np.arange(len(scan.ids)), scan.measured)
    if dataset.modality == Modality.IMAGE:
        found["picture_unreadable"] = Named(unmeasured.tolist())
    for code, mask in picture_findings(scan.pictures).items():
        found[code] = Named(scan.measured[mask].tolist())
    found |= _twins(ctx, dataset, scan)
    if dataset.task in MARKED_TASKS:
        checked = boxes_check(ctx, dataset.pk, scan.ids, scan.sizes, scan.states)
        found |= {code: Named(rows, params) for code, (rows, params) in checked.items()}
    return found


def _parts(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    source = iter(items)
    while part := tuple(islice(source, size)):
        yield part


def file_loads(rows: Iterable[FileRow]) -> Iterator[list[FileRow]]:
    """As many files as are held in memory at once: few large ones, or many small ones, at least one."""
    load: list[FileRow] = []
    size_bytes = 0
    for row in rows:
        if load and (len(load) == _FILL_ITEMS or size_bytes + row[2] > BATCH_BYTES):
            yield load
            load, size_bytes = [], 0
        load.append(row)
        size_bytes += row[2]
    if load:
        yield load


def files_opened(pool: DecodePool, sha256s: Sequence[str]) -> list[Answer]:
    """What the decoding children say of each stored file, in order."""
    contents = [_content(sha256) for sha256 in sha256s]
    opened = iter(pool.submit([content for content in contents if content], THUMB_SIDE_PX).result())
    missing = Undecodable("file_missing", "the stored file is gone")
    return [next(opened) if content else missing for content in contents]


def _content(sha256: str) -> bytes:
    try:
        return blob_read(sha256)
    except (NotFound, BytesOutside):
        return b""


def _update(sample_id: uuid.UUID, sha256: str, answer: Answer, version: int) -> tuple[Any, ...]:
    if not isinstance(answer, Undecodable):
        return bind(answer.features), answer.dhash64, bind(sample_id), sha256
    return bind({"v": version, "problem": answer.code}), None, bind(sample_id), sha256


def _chunk_read(
    scan: Scan, chunk: Sequence[tuple[Any, ...]]
) -> tuple[Rows, Pictures, NDArray[np.uint8], Rows]:
    rows, sizes, measured, hashes = [], [], [], []
    for pk, payload, stored, split, state, label, dhash, sha256 in chunk:
        size = payload.get("width", 0), payload.get("height", 0)
        if (features := Features.from_json(stored)) is not None:
            rows.append(len(scan.ids))
            sizes.append(size)
            measured.append(features)
            hashes.append(dhash or 0)
        scan.ids.append(pk)
        scan.sha256s.append(sha256)
        scan.sizes.append(size)
        scan.splits.append(split)
        scan.states.append(state)
        scan.labels.append(label)
    joined = b"".join(row.signature for row in measured)
    signatures = np.frombuffer(joined, np.uint8).reshape(-1, SIGNATURE_BYTES)
    return np.array(rows, np.int64), Pictures.of(sizes, measured), signatures, np.array(hashes, np.int64)


def alikes(ctx: JobContext, dataset: Dataset, scan: Scan) -> list[list[int]]:
    """Rows of samples that look or sound the same, or say nearly the same, in groups of two and more."""
    if dataset.modality == Modality.TEXT:
        return text_copy_groups(ctx, scan.sha256s, near=True)
    if dataset.modality == Modality.AUDIO:
        return alike_groups(ctx, sounds_read(ctx, scan.ids))
    return look_alikes(ctx, scan)


def look_alikes(ctx: JobContext, scan: Scan) -> list[list[int]]:
    """Rows of pictures that look the same, in groups of two and more.

    A uniform picture looks like any other and is left out.
    """
    rows = np.flatnonzero(~uniform_pictures(scan.pictures))

    def shades(places: Rows) -> NDArray[np.uint8]:
        return shades_of([scan.ids[row] for row in scan.measured[rows[places]].tolist()])

    pairs = near_pairs(scan.signatures[rows], scan.hashes[rows], shades=shades, step=ctx.check)
    members: dict[int, list[int]] = {}
    for row, group in zip(scan.measured[rows].tolist(), groups_of(pairs, len(rows)).tolist(), strict=True):
        members.setdefault(group, []).append(row)
    return [group for group in members.values() if len(group) > 1]


def altered_alikes(ctx: JobContext, scan: Scan, known: Sequence[Sequence[int]]) -> list[list[int]]:
    """Rows of pictures that are one but for a mirror, a turn or other colors, in groups of two and more.

    `known` are the groups of those that look the same as they are.
    """
    rows = np.flatnonzero(~uniform_pictures(scan.pictures))
    return altered_groups(ctx, scan.ids, scan.measured[rows], scan.signatures[rows], known)


def _across(scan: Scan, groups: Sequence[Sequence[int]]) -> list[Sequence[int]]:
    return [group for group in groups if len({scan.splits[row] for row in group} - {""}) > 1]


def _twins(ctx: JobContext, dataset: Dataset, scan: Scan) -> dict[str, Named]:
    groups = look_alikes(ctx, scan)
    altered = altered_alikes(ctx, scan, groups)
    unlike = [group for group in groups if len({scan.labels[row] for row in group} - {None}) > 1]
    if dataset.task != Task.IMAGE_CLASSIFICATION:
        unlike = []
    return {
        "same_looking": _grouped(groups),
        "same_looking_across_splits": _grouped(_across(scan, groups), scan.splits),
        "same_looking_other_class": _grouped(unlike, scan.labels),
        "look_alike": _grouped(altered),
        "look_alike_across_splits": _grouped(_across(scan, altered), scan.splits),
    }


def _grouped(groups: Sequence[Sequence[int]], apart: Sequence[Any] | None = None) -> Named:
    return Named(*grouped(groups, apart))
