"""What the trainer says, as JSON lines that a supervisor follows: JOB_DIR/events.jsonl."""

import json
import math
import os
import time
from pathlib import Path
from typing import Any, Final

PROGRESS_EVERY_S: Final = 0.5


class EventWriter:
    """Appends events; `seq` goes on where the file ends, a torn last line is cut off first."""

    def __init__(self, path: Path) -> None:
        self._seq = _mend(path)
        self._handle = path.open("a", encoding="utf-8")
        self._progress_at = -math.inf

    def say(self, kind: str, **fields: Any) -> None:
        """One event, handed to the system before returning."""
        self._seq += 1
        line = json.dumps({"seq": self._seq, "type": kind, "at": time.time(), **fields}, allow_nan=False)
        self._handle.write(line + "\n")
        self._handle.flush()

    def progress(self, done: int, total: int, unit: str, eta_s: float | None) -> None:
        """As `say`, at most twice a second, the last one always."""
        now = time.monotonic()
        if now - self._progress_at < PROGRESS_EVERY_S and done < total:
            return
        self._progress_at = now
        self.say("progress", done=done, total=total, unit=unit, eta_s=eta_s, memory_mb=memory_mb())


def memory_mb() -> int:
    """Resident memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def _mend(path: Path) -> int:
    if not path.exists():
        return 0
    text = path.read_bytes()
    whole = text[: text.rfind(b"\n") + 1]
    if len(whole) < len(text):
        os.truncate(path, len(whole))
    lines = whole.splitlines()
    return int(json.loads(lines[-1])["seq"]) if lines else 0
