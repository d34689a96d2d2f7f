"""A few processes that clean pictures, kept for the length of a walk. Pure.

One that dies costs the picture it died of, nothing else.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from datasets.formats.decoding.pool import default_size

_ROOT: Final = Path(__file__).resolve().parents[3]
_KEPT_ENV: Final = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "HOME")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a child said of one picture, see `child`."""

    line: Row
    content: bytes = b""
    thumb: bytes = b""


class CleanPool:
    """Use as a context manager, from one thread. Children are started with the first pictures."""

    def __init__(self, recipe: Row, side_px: int, size: int | None = None) -> None:
        spec = json.dumps({"recipe": recipe, "side_px": side_px}).encode() + b"\n"
        self._children = [_Child(spec) for _ in range(size or default_size())]
        self._threads = ThreadPoolExecutor(len(self._children), thread_name_prefix="clean")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        # A thread may wait for its child: end that first.
        for child in self._children:
            child.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def cleaned(self, rows: Sequence[Row]) -> list[Cleaned]:
        """Answers in the order of the rows; the work is shared out over the children."""
        count = len(self._children)
        answers: list[Cleaned] = [Cleaned({"problem": "unreadable"})] * len(rows)
        parts = [
            self._threads.submit(child.cleaned, rows[place::count])
            for place, child in enumerate(self._children)
        ]
        for place, part in enumerate(parts):
            answers[place::count] = part.result()
        return answers


class _Child:
    def __init__(self, spec: bytes) -> None:
        self._spec = spec
        self._process: subprocess.Popen[bytes] | None = None

    def cleaned(self, rows: Sequence[Row]) -> list[Cleaned]:
        return [self._one(row) for row in rows]

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _one(self, row: Row) -> Cleaned:
        try:
            return self._asked(row)
        except (OSError, EOFError):
            self.stop()
            return Cleaned({"problem": "unreadable"})

    def _asked(self, row: Row) -> Cleaned:
        process = self._started()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the child has no pipes")
        process.stdin.write(json.dumps(row).encode() + b"\n")
        process.stdin.flush()
        raw = process.stdout.readline()
        if not raw.endswith(b"\n"):
            raise EOFError
        line = json.loads(raw)
        sizes = line.pop("bytes"), line.pop("thumb")
        content, thumb = (process.stdout.read(size) for size in sizes)
        if (len(content), len(thumb)) != sizes:
            raise EOFError
        return Cleaned(line, content, thumb)

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            kept = {name: os.environ[name] for name in _KEPT_ENV if name in os.environ}
            self._process = subprocess.Popen(
                [sys.executable, "-m", "datasets.cleaning.pictures.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=_ROOT,
                env={**kept, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                bufsize=1 << 16,
            )
            if self._process.stdin is None:
                raise RuntimeError("the child has no pipes")
            self._process.stdin.write(self._spec)
        return self._process
