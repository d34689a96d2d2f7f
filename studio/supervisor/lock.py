"""One supervisor per data folder, held by the operating system so that a killed one never blocks."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.supervisor.errors import StartRefused


@contextmanager
def held(run_dir: Path) -> Iterator[None]:
    """Hold the data folder's lock. Raises StartRefused when another supervisor has it."""
    run_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(run_dir / "supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, run_dir)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder(run_dir: Path) -> int | None:
    """The pid of the running supervisor of this data folder, or None."""
    path = run_dir / "supervisor.lock"
    if not path.is_file():
        return None
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _pid(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def _take(descriptor: int, run_dir: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        raise StartRefused(
            f"The studio is already running on {run_dir.parent} (process {_pid(descriptor)}):"
            " stop it first or choose another STUDIO_DATA_DIR."
        ) from exc


def _pid(descriptor: int) -> int:
    text = os.pread(descriptor, 32, 0).decode("ascii", errors="replace").strip()
    return int(text) if text.isdigit() else 0
