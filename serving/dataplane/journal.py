"""The journal of calls: a bounded queue, and a thread that appends to segment files. Pure.

A segment is `<boot>-<number>.jsonl` with inputs beside it in `.bin`; a line is written only after its input.
The writer holds a lock on its segment as long as it may grow, so the reader knows which are finished. A
full queue drops entries and counts them: the journal never delays an answer.
"""

import fcntl
import logging
import os
import queue
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

MAX_WAITING: Final = 1_000
MAX_WAITING_BYTES: Final = 64 << 20
SEGMENT_BYTES: Final = 64 << 20
SEGMENT_AGE_S: Final = 60.0
_FLUSH_S: Final = 0.25
logger = logging.getLogger(__name__)


class Journal:
    """`add` is called on the loop and never blocks."""

    def __init__(self, folder: Path, boot: str) -> None:
        self._folder, self._boot = folder, boot
        self._queue: queue.SimpleQueue[tuple[dict[str, Any], list[bytes]] | None] = queue.SimpleQueue()
        self._waiting_bytes = 0
        self._lock = threading.Lock()
        self.written = 0
        self.dropped = 0
        self._number = 0
        self._files: tuple[BinaryIO, BinaryIO] | None = None
        self._opened_at = 0.0
        self._thread = threading.Thread(target=self._work, daemon=True, name="journal")
        self._thread.start()

    def add(self, entry: dict[str, Any], inputs: list[bytes]) -> None:
        """Queue one call with its pictures; dropped and counted when too much waits."""
        size = sum(map(len, inputs))
        with self._lock:
            if self._queue.qsize() >= MAX_WAITING or self._waiting_bytes + size > MAX_WAITING_BYTES:
                self.dropped += 1
                return
            self._waiting_bytes += size
        self._queue.put((entry, inputs))

    def close(self) -> None:
        """Write what waits, then let go of the segment."""
        self._queue.put(None)
        self._thread.join(timeout=5)

    def _work(self) -> None:
        while True:
            try:
                item = self._queue.get(timeout=1.0)
            except queue.Empty:
                self._rotate_if_due()
                continue
            batch = [item]
            while item is not None and len(batch) < MAX_WAITING and not self._queue.empty():
                item = self._queue.get()
                batch.append(item)
            entries = [entry for entry in batch if entry is not None]
            self._keep(entries)
            if item is None:
                self._close_segment()
                return
            time.sleep(_FLUSH_S)

    def _keep(self, entries: list[tuple[dict[str, Any], list[bytes]]]) -> None:
        with self._lock:
            self._waiting_bytes -= sum(len(data) for _entry, inputs in entries for data in inputs)
        try:
            self._append(entries)
        except OSError:
            self.dropped += len(entries)
            logger.exception("the journal cannot be written")

    def _append(self, entries: list[tuple[dict[str, Any], list[bytes]]]) -> None:
        self._rotate_if_due()
        lines, blobs = self._files or self._open_segment()
        text: list[bytes] = []
        for entry, inputs in entries:
            places = []
            for picture in inputs:
                places.append([blobs.tell(), len(picture)])
                blobs.write(picture)
            text.append(orjson.dumps({**entry, "inputs": places}) + b"\n")
        blobs.flush()
        lines.write(b"".join(text))
        lines.flush()
        self.written += len(entries)

    def _open_segment(self) -> tuple[BinaryIO, BinaryIO]:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._number += 1
        stem = f"{self._boot}-{self._number:06d}"
        blobs = (self._folder / f"{stem}.bin").open("ab")
        # Made and locked under another name: a reader must never meet it without its lock.
        hidden = self._folder / f".{stem}.new"
        lines = hidden.open("ab")
        fcntl.flock(lines, fcntl.LOCK_EX)
        hidden.rename(self._folder / f"{stem}.jsonl")
        self._files, self._opened_at = (lines, blobs), time.monotonic()
        return self._files

    def _rotate_if_due(self) -> None:
        if self._files is None:
            return
        size = sum(os.fstat(file.fileno()).st_size for file in self._files)
        if size > SEGMENT_BYTES or time.monotonic() - self._opened_at > SEGMENT_AGE_S:
            self._close_segment()

    def _close_segment(self) -> None:
        if self._files is not None:
            for file in self._files:
                file.close()
            self._files = None
