"""Keeping folders of copies small. Pure."""

from collections.abc import Iterable
from pathlib import Path


def oldest_removed(paths: Iterable[Path], most_bytes: int) -> int:
    """Remove the files not touched for longest until the rest is at most so large; how many went.

    Files may come and go meanwhile.
    """
    known = []
    for path in paths:
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        known.append((found.st_mtime_ns, path, found.st_size))
    excess = sum(size for _, _, size in known) - most_bytes
    removed = 0
    for _, path, size in sorted(known):
        if excess <= 0:
            break
        path.unlink(missing_ok=True)
        excess, removed = excess - size, removed + 1
    return removed
