"""Resumable uploads (tus 1.0): parts on disk first, the offset in the row afterwards."""

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from core.clock import utc_now
from core.errors import (
    Conflict,
    DomainError,
    InvalidInput,
    NotFound,
    PayloadTooLarge,
    StorageFull,
    TooManyRequests,
)
from core.faults import fault
from core.models import Upload, User
from core.storage.writer import fsync_dir, full_disk_is_storage_full

MAX_BYTES = 10 << 30
MAX_PART_BYTES = 64 << 20
MAX_OPEN = 50
QUOTA_BYTES = 40 << 30
LIFETIME = timedelta(hours=48)
_KEEP_FREE_BYTES = 256 << 20
_CHUNK_BYTES = 1 << 20


class OffsetMismatch(Conflict):
    """The part does not begin where the upload ends; `params.offset` is where it does."""

    code = "upload_offset_mismatch"


class UploadBusy(Conflict):
    """Another request is writing to this upload."""

    code = "upload_busy"


class UploadIncomplete(Conflict):
    """Not every byte has arrived."""

    code = "upload_incomplete"


class UploadGone(NotFound):
    """There is none of this id for the caller: never was, was used, or nobody went on with it."""

    code = "upload_gone"

    def __init__(self) -> None:
        super().__init__(
            "there is no such upload: it was used, deleted, or left for two days; send the file again"
        )


def upload_create(user: User, *, length: int, filename: str = "", media_type: str = "") -> Upload:
    """Begin an upload. Raises InvalidInput, PayloadTooLarge, TooManyRequests, StorageFull."""
    if length < 0:
        raise InvalidInput("the length is a whole number of bytes", field="Upload-Length")
    if length > MAX_BYTES:
        raise PayloadTooLarge("an upload holds at most 10 GB", limit_bytes=MAX_BYTES)
    folder = uploads_dir()
    if shutil.disk_usage(folder).free - length < _KEEP_FREE_BYTES:
        raise StorageFull("not enough free space for this upload")
    upload = Upload(user=user, length=length, filename=filename[:255], media_type=media_type[:100])
    upload.expires_at = utc_now() + LIFETIME
    if length == 0:
        upload.finished_at = utc_now()
    with full_disk_is_storage_full():
        upload_path(upload.pk).touch(mode=0o600, exist_ok=False)
        fsync_dir(folder)
    fault("upload.after-create-file")
    try:
        with transaction.atomic():
            _check_quota(user, length)
            upload.save(force_insert=True)
    except DomainError:
        upload_path(upload.pk).unlink()
        raise
    return upload


def upload_from(user: User, *, filename: str, chunks: Iterable[bytes], media_type: str = "") -> Upload:
    """A finished upload from a body that came in one piece, for a job to take. Raises StorageFull."""
    upload = Upload(user=user, length=0, filename=filename[:255], media_type=media_type[:100])
    upload.expires_at = utc_now() + LIFETIME
    path = upload_path(upload.pk)
    uploads_dir()
    try:
        with full_disk_is_storage_full(), path.open("xb") as file:
            for chunk in chunks:
                upload.length += file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        fsync_dir(path.parent)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    upload.offset, upload.finished_at = upload.length, utc_now()
    upload.save(force_insert=True)
    return upload


def upload_append(user: User, upload_id: uuid.UUID, *, offset: int, body: BinaryIO) -> Upload:
    """Write one part; when this returns, every byte up to the new offset is durable.

    Raises UploadGone, OffsetMismatch, UploadBusy, PayloadTooLarge, StorageFull.
    """
    upload = upload_for(user, upload_id)
    with _exclusive(upload) as file:
        upload.refresh_from_db()
        if upload.offset != offset:
            raise OffsetMismatch("the part does not begin where the upload ends", offset=upload.offset)
        written = _write_part(file, body, offset, upload.length - offset)
        fault("upload.after-fsync")
        upload.offset = offset + written
        upload.finished_at = utc_now() if upload.offset == upload.length else None
        upload.expires_at = utc_now() + LIFETIME
        upload.save(update_fields=["offset", "finished_at", "expires_at"])
        fault("upload.after-row")
    return upload


def upload_for(user: User, upload_id: uuid.UUID) -> Upload:
    """The caller's own upload. Raises UploadGone."""
    upload = Upload.objects.filter(pk=upload_id, user=user, expires_at__gt=utc_now()).first()
    if upload is None:
        raise UploadGone
    return upload


def upload_lock(user: User, upload_id: uuid.UUID) -> None:
    """Let nobody else lock or forget the caller's upload until the transaction ends. Raises UploadGone."""
    if not Upload.objects.select_for_update().filter(pk=upload_id, user=user).exists():
        raise UploadGone


def upload_take(user: User, upload_id: uuid.UUID) -> Path:
    """The file of a finished upload, kept for another two days. Safe to call again after a crash.

    Raises UploadGone, also for somebody else's, and UploadIncomplete.
    """
    upload = upload_for(user, upload_id)
    if upload.finished_at is None:
        raise UploadIncomplete(
            "not every byte of this upload has arrived", offset=upload.offset, length=upload.length
        )
    Upload.objects.filter(pk=upload.pk).update(expires_at=utc_now() + LIFETIME)
    return upload_path(upload.pk)


def upload_delete(user: User, upload_id: uuid.UUID) -> None:
    """Forget an upload and its bytes. Raises UploadGone."""
    upload_release(upload_for(user, upload_id).pk)


def upload_release(upload_id: uuid.UUID) -> None:
    """Forget an upload after its bytes have been used; harmless when it is gone."""
    Upload.objects.filter(pk=upload_id).delete()
    transaction.on_commit(lambda: upload_path(upload_id).unlink(missing_ok=True))


def uploads_expire() -> int:
    """Remove what nobody came back for, and files whose row is gone."""
    gone = list(Upload.objects.filter(expires_at__lt=utc_now()).values_list("pk", flat=True)[:1000])
    for upload_id in gone:
        upload_release(upload_id)
    limit = (utc_now() - LIFETIME).timestamp()
    known = {str(key) for key in Upload.objects.values_list("pk", flat=True)}
    for path in uploads_dir().iterdir():
        if path.name not in known and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
    return len(gone)


def uploads_dir() -> Path:
    """Where parts lie, made when absent."""
    folder = Path(settings.DATA_DIR) / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def upload_path(upload_id: uuid.UUID) -> Path:
    """The file of an upload; its name is the id we made."""
    return Path(settings.DATA_DIR) / "uploads" / str(upload_id)


def _check_quota(user: User, length: int) -> None:
    """What another request of this person begins at the same moment is counted too: one after the other."""
    User.objects.select_for_update().get(pk=user.pk)
    mine = Upload.objects.filter(user=user, expires_at__gt=utc_now())
    if mine.count() >= MAX_OPEN:
        raise TooManyRequests("too many uploads at once; finish or delete one", retry_after_s=60)
    held = mine.aggregate(total=Sum("length"))["total"] or 0
    if held + length > QUOTA_BYTES:
        raise PayloadTooLarge("your uploads together are over the limit; delete one", limit_bytes=QUOTA_BYTES)


@contextmanager
def _exclusive(upload: Upload) -> Iterator[BinaryIO]:
    """The upload's file, locked against a second writer; the lock dies with the process."""
    try:
        file = upload_path(upload.pk).open("r+b")
    except FileNotFoundError as exc:
        raise UploadGone from exc
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise UploadBusy("another request is writing to this upload") from exc
        yield file


def _write_part(file: BinaryIO, body: BinaryIO, offset: int, room: int) -> int:
    most = min(room, MAX_PART_BYTES)
    written = 0
    with full_disk_is_storage_full():
        file.seek(offset)
        file.truncate()
        while chunk := body.read(_CHUNK_BYTES):
            written += len(chunk)
            if written > most:
                file.truncate(offset)
                raise PayloadTooLarge(
                    "the part is longer than what is missing, or than 64 MB", limit_bytes=most
                )
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return written
