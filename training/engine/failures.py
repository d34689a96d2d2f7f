"""Why a training ends without a model, in one sentence a person can act on. Pure."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import DomainError


class Stopped(Exception):
    """Somebody asked for the end; the checkpoint is written."""


class TrainingFailed(DomainError):
    """Base of the causes; the code is stored with the job."""

    code, status = "training_failed", 422


class OutOfMemory(TrainingFailed):
    """The machine or the card has no memory left."""

    code = "out_of_memory"


class NanLoss(TrainingFailed):
    """The loss is no longer a number."""

    code = "nan_loss"


class BadData(TrainingFailed):
    """The version cannot be learned from as it is."""

    code = "bad_data"


class DiskFull(TrainingFailed):
    """No room for a checkpoint or the model."""

    code = "disk_full"


class DeviceMissing(TrainingFailed):
    """The device asked for is not there."""

    code = "device_missing"


@contextmanager
def named_causes() -> Iterator[None]:
    """Turn what Python, the system and torch say into the causes above."""
    try:
        yield
    except MemoryError as exc:
        raise _out_of_memory() from exc
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull("the disk is full; free some space and resume the run") from exc
        if exc.errno == errno.ENOMEM:
            raise _out_of_memory() from exc
        raise
    except RuntimeError as exc:
        if _is_out_of_memory(exc):
            raise _out_of_memory() from exc
        raise


def _is_out_of_memory(exc: RuntimeError) -> bool:
    text = str(exc).lower()
    return any(sign in text for sign in ("out of memory", "can't allocate memory", "bad_alloc"))


def _out_of_memory() -> OutOfMemory:
    return OutOfMemory("there was not enough memory; choose a smaller batch or a smaller picture side")
