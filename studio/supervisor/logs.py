"""Log files of the children: one per process, rotated at each start and when they grow too large."""

import os
import shutil
from pathlib import Path

KEEP = 5
MAX_BYTES = 64 * 1024**2


def rotate(path: Path, keep: int = KEEP) -> None:
    """Shift `path` to `path.1`, `path.1` to `path.2` and so on; the oldest is dropped."""
    if not path.exists() or path.stat().st_size == 0:
        return
    for number in range(keep - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
    path.replace(path.with_name(f"{path.name}.1"))


def trim(path: Path, max_bytes: int = MAX_BYTES) -> None:
    """Copy an overgrown log aside and empty it in place: its writer holds the file in append mode."""
    if path.exists() and path.stat().st_size > max_bytes:
        shutil.copyfile(path, path.with_name(f"{path.name}.1"))
        os.truncate(path, 0)


def tail(path: Path, lines: int = 12) -> str:
    """The last lines of a log, for the message that says why a process would not start."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 16384))
        return "\n".join(file.read().decode("utf-8", errors="replace").splitlines()[-lines:])
