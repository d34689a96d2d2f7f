"""Bytes by their SHA-256: made durable first, named by a row afterwards.

Put bytes outside a transaction, register the refs inside the one that refers to them. A
process that dies in between leaves a container nobody names, which the collector removes.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from django.db import connection, transaction

from core.clock import utc_now
from core.errors import NotFound
from core.models import OUTSIDE, Blob
from core.services.outside import BytesOutside, outside_open, outside_paths
from core.services.storage import container_store
from core.sql import as_lines, bind, is_postgresql, texts_array
from core.storage import SegmentWriter

_CHUNK_BYTES = 1 << 20
_ROWS_A_STATEMENT = 500
# Younger rows need no renewal: the collector's grace is a day.
_RENEW_AFTER = timedelta(hours=1)
# A copy stays where it is; a row of what was outside takes the place that comes.
_OFFSET = '"offset"'
_TAKEN = "CASE WHEN core_blob.container = %s THEN excluded.{0} ELSE core_blob.{0} END"

Place = tuple[Path, int, int]


class BlobMissing(NotFound):
    """No blob of that name."""

    code = "blob_missing"


@dataclass(slots=True)
class _Home:
    """The container of a ref; known once the segment is sealed."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Where bytes lie. `container` raises RuntimeError until the batch it comes from is sealed."""

    sha256: str
    size_bytes: int
    media_type: str
    offset: int
    _home: _Home = field(repr=False, compare=False)

    @property
    def container(self) -> str:
        """Name of the container, durable by now."""
        if not self._home.name:
            raise RuntimeError("the batch of this blob is not sealed")
        return self._home.name


def blob_outside(sha256: str, size_bytes: int, media_type: str) -> BlobRef:
    """Bytes that stay where they are; whoever registers this knows where (`core.services.outside`)."""
    return BlobRef(sha256, size_bytes, media_type, 0, _Home(OUTSIDE))


def blob_put(content: bytes, media_type: str) -> BlobRef:
    """Make one byte string durable. Raises StorageFull."""
    with container_store().writer() as writer:
        writer.write(content)
        sha256 = writer.commit()
    return BlobRef(sha256, len(content), media_type, 0, _Home(sha256))


def blob_put_file(path: Path, media_type: str) -> BlobRef:
    """Copy a file into the store, durable on return. Raises StorageFull."""
    return blob_put_files([path], media_type)


def blob_put_files(paths: Iterable[Path], media_type: str) -> BlobRef:
    """As `blob_put_file`, of files that are one behind the other."""
    with container_store().writer() as writer:
        for path in paths:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    writer.write(chunk)
        sha256 = writer.commit()
        return BlobRef(sha256, writer.size_bytes, media_type, 0, _Home(sha256))


class BlobBatch:
    """Many small blobs in one container, so that they cost one fsync together.

    Leaving the `with` block without `seal` drops everything.
    """

    def __init__(self) -> None:
        self._segment = SegmentWriter(container_store())
        self._home = _Home()
        self._refs: dict[str, BlobRef] = {}

    @property
    def refs(self) -> list[BlobRef]:
        """Every blob added, each content once."""
        return list(self._refs.values())

    @property
    def size_bytes(self) -> int:
        """Bytes the container holds so far."""
        return self._segment.size_bytes

    def add(self, content: bytes, media_type: str, sha256: str = "") -> BlobRef:
        """Append a blob unless the batch holds its content already. Raises StorageFull.

        `sha256` is that of the content, when the caller has worked it out.
        """
        member = self._segment.add(content, sha256)
        known = self._refs.get(member.sha256)
        if known is None:
            known = BlobRef(member.sha256, member.size_bytes, media_type, member.offset, self._home)
            self._refs[member.sha256] = known
        return known

    def seal(self) -> None:
        """Make every blob of the batch durable; afterwards its refs can be registered."""
        self._home.name = self._segment.seal() or ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._segment.abort()


def blobs_register(refs: Iterable[BlobRef]) -> None:
    """Name durable bytes by rows, in the caller's transaction; known ones are kept and renewed.

    Of bytes that were outside and are in the store now, the row says so from here on; never the other way around.

    The row is locked either way, so the collector cannot remove what this transaction is
    about to refer to. Sorted, so that two imports never wait for each other in a circle.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("blobs_register belongs into the transaction that refers to the blobs")
    rows = sorted({ref.sha256: ref for ref in refs}.values(), key=lambda ref: ref.sha256)
    now = utc_now()
    for start in range(0, len(rows), _ROWS_A_STATEMENT):
        source, values = _rows_source(rows[start : start + _ROWS_A_STATEMENT], now)
        sql = (
            'INSERT INTO core_blob (sha256, size_bytes, media_type, container, "offset", created_at) '
            f"{source} ON CONFLICT (sha256) DO UPDATE SET created_at = excluded.created_at, "
            f"container = {_TAKEN.format('container')}, {_OFFSET} = {_TAKEN.format(_OFFSET)} "
            "WHERE core_blob.created_at < %s OR (core_blob.container = %s AND excluded.container <> %s)"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [*values, OUTSIDE, OUTSIDE, bind(now - _RENEW_AFTER), OUTSIDE, OUTSIDE])


def _rows_source(refs: Sequence[BlobRef], now: datetime) -> tuple[str, list[Any]]:
    """What an INSERT of these reads, in their order, and its parameters."""
    told = [(ref.sha256, ref.size_bytes, ref.media_type, ref.container, ref.offset) for ref in refs]
    if is_postgresql():
        # A column is one parameter: the driver looks at each of thousands, and at each element of a list.
        kinds = ("text", "bigint", "text", "text", "bigint")
        columns = ", ".join(f"{texts_array('%s')}::{kind}[]" for kind in kinds)
        values = [as_lines(column) for column in zip(*told, strict=True)]
        return f"SELECT told.*, %s::timestamptz FROM unnest({columns}) told", [now, *values]  # noqa: S608
    holes = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(told))
    return f"VALUES {holes}", [value for row in told for value in (*row, bind(now))]


def blobs_known_renew(sha256s: Iterable[str]) -> set[str]:
    """Which of these have rows; the collector leaves them alone for its grace from now on.

    In the caller's transaction, which holds the rows until it ends.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("blobs_known_renew belongs into a transaction")
    wanted = sorted(set(sha256s))
    known: set[str] = set()
    for start in range(0, len(wanted), _ROWS_A_STATEMENT):
        rows = Blob.objects.filter(pk__in=wanted[start : start + _ROWS_A_STATEMENT])
        # Locked in the order of their names, as blobs_register does it.
        found = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
        Blob.objects.filter(pk__in=found).update(created_at=utc_now())
        known.update(found)
    return known


def blob_row(sha256: str) -> Blob:
    """The row of a blob. Raises BlobMissing."""
    blob = Blob.objects.filter(pk=sha256).first()
    if blob is None:
        raise BlobMissing("not a stored file")
    return blob


def blob_read(sha256: str) -> bytes:
    """All bytes of a blob. Raises BlobMissing, BytesOutside."""
    blob = blob_row(sha256)
    if blob.container == OUTSIDE:
        with outside_open(sha256, blob.size_bytes) as file:
            return file.read()
    return container_store().read(blob.container, blob.offset, blob.size_bytes)


def blob_open(sha256: str) -> BinaryIO:
    """A readable, seekable file of exactly the blob's bytes. Raises BlobMissing, BytesOutside."""
    blob = blob_row(sha256)
    if blob.container == OUTSIDE:
        return outside_open(sha256, blob.size_bytes)
    path, offset, length = container_store().local_path(blob.container), blob.offset, blob.size_bytes
    if offset == 0 and length == path.stat().st_size:
        return path.open("rb")
    with path.open("rb") as file:
        file.seek(offset)
        return io.BytesIO(file.read(length))


def blob_location(sha256: str) -> tuple[Path, int, int]:
    """A local file, offset and length, for children that read by themselves. Raises BlobMissing."""
    return blobs_locations([sha256])[sha256]


def blobs_locations(sha256s: Sequence[str], hold: Path | None = None) -> dict[str, Place]:
    """`blob_location` of many, in one statement a thousand.

    Bytes that lie outside are brought into the folder `hold`, on the disk of the data, and stay as long as it does;
    without one they are left out, to be read one by one. Raises BlobMissing when any is unknown, BytesOutside.
    """
    store, paths = container_store(), {}
    found: dict[str, Place] = {}
    outside: dict[str, int] = {}
    wanted = list(dict.fromkeys(sha256s))
    for start in range(0, len(wanted), 1000):
        rows = Blob.objects.filter(pk__in=wanted[start : start + 1000])
        for sha256, container, offset, size in rows.values_list("pk", "container", "offset", "size_bytes"):
            if container == OUTSIDE:
                outside[sha256] = size
                continue
            if container not in paths:
                paths[container] = store.local_path(container)
            found[sha256] = (paths[container], offset, size)
    if len(found) + len(outside) < len(wanted):
        raise BlobMissing("not a stored file")
    if outside and hold is not None:
        found |= {sha256: (path, 0, outside[sha256]) for sha256, path in outside_paths(outside, hold).items()}
    return found


def blobs_found(sha256s: Sequence[str], hold: Path | None = None) -> dict[str, Place]:
    """`blobs_locations` of those that can be had; one by one only where some cannot."""
    try:
        return blobs_locations(sha256s, hold)
    except (BlobMissing, BytesOutside):
        if len(sha256s) < 2:
            return {}
    return {sha256: place for each in sha256s for sha256, place in blobs_found([each], hold).items()}
