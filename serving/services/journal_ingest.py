"""The data plane's journal files into rows and blobs, each call exactly once.

The offset of a segment moves in the same transaction as the rows it stands for: a process that dies at any
point reads the same lines again and finds the offset unmoved, or finds it moved with the rows in place.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from django.db import transaction

from core.clock import utc_now
from core.faults import fault
from core.imaging import ImageRefused
from core.imaging.header import MEDIA_TYPES, format_of
from core.services.blobs import BlobBatch, BlobRef, blobs_register
from serving.models import Endpoint, JournalEntry, JournalInput, JournalSegment
from serving.services.publish import serving_folder

_CHUNK_BYTES = 1 << 20
_BATCH_ROWS = 500
_TRIM_ROWS = 5_000
_TRIM_BATCHES = 200
_FIELDS = frozenset({"request_id", "endpoint", "model_version", "key", "kind", "at", "latency_ms", "answer"})
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Call:
    row: JournalEntry
    inputs: list[BlobRef]


def journal_ingest(*, most_batches: int = 200) -> int:
    """Take over what was written since the last time; the number of calls."""
    folder = serving_folder() / "journal"
    taken = 0
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else ():
        for _ in range(most_batches):
            count, more = _ingest_batch(path)
            taken += count
            if not more:
                break
        _drop_if_finished(path)
    return taken


def journal_trim() -> int:
    """Delete calls older than their endpoint keeps them; the number of rows."""
    removed = 0
    for endpoint in Endpoint.objects.order_by("pk").only("id", "journal"):
        keep_days = int((endpoint.journal or {}).get("keep_days") or 30)
        before = utc_now() - timedelta(days=keep_days)
        for _ in range(_TRIM_BATCHES):
            dropped = _drop_older(endpoint, before)
            removed += dropped
            if not dropped:
                break
    return removed


def _drop_older(endpoint: Endpoint, before: datetime) -> int:
    """One batch of the oldest calls, in a transaction of its own; the number of rows."""
    old = JournalEntry.objects.filter(endpoint=endpoint, at__lt=before).order_by("at", "id")
    ids = list(old.values_list("pk", flat=True)[:_TRIM_ROWS])
    return JournalEntry.objects.filter(pk__in=ids).delete()[0] if ids else 0


def _ingest_batch(path: Path) -> tuple[int, bool]:
    """One batch of whole lines: (calls taken, whether there may be more)."""
    segment = JournalSegment.objects.filter(pk=path.name).first()
    start = segment.offset if segment else 0
    lines, end = _whole_lines(path, start)
    if end == start:
        return 0, False
    with BlobBatch() as batch:
        calls = _calls(path, lines, batch)
        refs = batch.refs
        if refs:
            batch.seal()
    fault("serving.journal.before_rows")
    with transaction.atomic():
        JournalSegment.objects.bulk_create([JournalSegment(name=path.name)], ignore_conflicts=True)
        locked = JournalSegment.objects.select_for_update().get(pk=path.name)
        if locked.offset != start:
            return 0, True
        blobs_register(refs)
        JournalEntry.objects.bulk_create([call.row for call in calls])
        JournalInput.objects.bulk_create(
            JournalInput(entry=call.row, position=position, sha256=ref.sha256, media_type=ref.media_type)
            for call in calls
            for position, ref in enumerate(call.inputs)
        )
        locked.offset = end
        locked.save(update_fields=["offset"])
        fault("serving.journal.in_transaction")
    fault("serving.journal.after_commit")
    return len(calls), True


def _whole_lines(path: Path, start: int) -> tuple[list[bytes], int]:
    """Complete lines from an offset, and the offset behind the last of them."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            text = file.read(_CHUNK_BYTES)
    except FileNotFoundError:
        return [], start
    lines = text[: text.rfind(b"\n") + 1].splitlines(keepends=True)[:_BATCH_ROWS]
    return lines, start + sum(map(len, lines))


def _calls(path: Path, lines: list[bytes], batch: BlobBatch) -> list[_Call]:
    entries = [entry for line in lines if (entry := _parsed(line)) is not None]
    known = set(Endpoint.objects.filter(pk__in={e["endpoint"] for e in entries}).values_list("pk", flat=True))
    names = {str(pk) for pk in known}
    calls = []
    with _opened(path.with_suffix(".bin")) as blobs:
        for entry in entries:
            if entry["endpoint"] in names:
                calls.append(_Call(_row(entry), _stored(entry, blobs, batch)))
    return calls


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        entry = orjson.loads(line)
    except ValueError:
        entry = None
    if isinstance(entry, dict) and entry.keys() >= _FIELDS:
        return entry
    logger.warning("a line of the journal is damaged")
    return None


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if not path.exists():
        yield None
        return
    with path.open("rb") as file:
        yield file


def _stored(entry: dict[str, Any], blobs: Any, batch: BlobBatch) -> list[BlobRef]:
    refs = []
    for offset, length in entry.get("inputs", ()):
        if blobs is None:
            break
        blobs.seek(offset)
        picture = blobs.read(length)
        if len(picture) == length:
            refs.append(batch.add(picture, _media_type(picture)))
    return refs


def _media_type(picture: bytes) -> str:
    try:
        return MEDIA_TYPES[format_of(picture)]
    except ImageRefused:
        return "application/octet-stream"


def _row(entry: dict[str, Any]) -> JournalEntry:
    predictions = entry["answer"].get("predictions") or [{}]
    score = predictions[0].get("score")
    return JournalEntry(
        endpoint_id=entry["endpoint"],
        request_id=entry["request_id"],
        model_version=entry["model_version"],
        key=entry["key"][:40],
        kind=entry["kind"],
        at=datetime.fromtimestamp(entry["at"], UTC),
        latency_ms=entry["latency_ms"],
        label=str(predictions[0].get("label") or "")[:200],
        score=float(score) if score is not None else None,
        answer=entry["answer"],
    )


def _drop_if_finished(path: Path) -> None:
    """Remove a segment whose writer has let go of it and whose lines are all taken."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            segment = JournalSegment.objects.filter(pk=path.name).first()
            size = path.stat().st_size
            taken = segment.offset if segment else 0
            if taken < size and b"\n" in _tail(path, taken):
                return
    except (BlockingIOError, FileNotFoundError):
        return
    path.with_suffix(".bin").unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    JournalSegment.objects.filter(pk=path.name).delete()


def _tail(path: Path, start: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(_CHUNK_BYTES)
