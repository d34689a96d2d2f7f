"""Which copies a job has made so far, so that another attempt goes on behind them.

The pictures are blobs whose rows nothing names before the version is kept: they are renewed while the job
runs, since the collector takes unnamed rows after a day. What was made is a line each in a file on the disk
of the data. A worker that does not find the file, or finds a blob collected, makes those copies again.
"""

import json
import os
import time
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

from core.services.blobs import BlobRef, blobs_known_renew, blobs_register
from core.services.scratch import scratch_dir

Line = dict[str, Any]
_RENEW_EVERY_S: Final = 3_600.0


class CopyJournal:
    """The answers of the child of one job, with `sha256` for what it made; problems are answers too."""

    def __init__(self, job_id: uuid.UUID) -> None:
        self._path = scratch_dir() / f"augmented-{job_id}.jsonl"
        self._renewed_at = time.monotonic()
        self.lines: list[Line] = []

    def recall(self) -> None:
        """Read what earlier attempts made, in the caller's transaction; what is collected is forgotten."""
        written = _parsed(self._path.read_bytes().splitlines()) if self._path.exists() else []
        known = blobs_known_renew(line["sha256"] for line in written if "sha256" in line)
        once = {(line["id"], line.get("copy")): line for line in written}
        self.lines = [line for line in once.values() if line.get("sha256") is None or line["sha256"] in known]

    @property
    def done(self) -> dict[str, list[int]]:
        """The copies of each sample that need not be made; 0 stands for all of them."""
        done: dict[str, list[int]] = {}
        for line in self.lines:
            done.setdefault(line["id"], []).append(line.get("copy", 0))
        return done

    def register(self, refs: Sequence[BlobRef]) -> None:
        """Name a sealed batch, in the caller's transaction, and now and then renew what came before."""
        blobs_register(refs)
        if time.monotonic() - self._renewed_at > _RENEW_EVERY_S:
            blobs_known_renew(line["sha256"] for line in self.lines if "sha256" in line)
            self._renewed_at = time.monotonic()

    def add(self, lines: Sequence[Line]) -> None:
        """Remember a registered batch, durably."""
        self.lines += lines
        with self._path.open("ab") as file:
            file.write(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())

    def drop(self) -> None:
        """Nobody goes on any more."""
        self._path.unlink(missing_ok=True)


def _parsed(raw: Iterable[bytes]) -> list[Line]:
    lines: list[Line] = []
    for text in raw:
        # A process that died while it wrote leaves half a line.
        with suppress(ValueError):
            lines.append(json.loads(text))
    return lines
