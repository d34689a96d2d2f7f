"""A few decoding children, kept for the length of an import. Pure.

A child that dies costs the picture it died of, nothing else: the pictures behind it go to its successor.
"""

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Literal, Self

from datasets.formats.decoding.wire import Answer, Undecodable, receive_answer, send_request

_AHEAD: Final = 4
_AHEAD_BYTES: Final = 512 * 1024
_WALL_S: Final = 60.0
_ROOT: Final = Path(__file__).resolve().parents[3]

Kind = Literal["picture", "audio", "timbre"]


def default_size() -> int:
    """One core stays free where there are more than two; the children step back for everybody anyway."""
    cores = len(os.sched_getaffinity(0))
    return min(cores, max(2, cores - 1))


class DecodePool:
    """Use as a context manager; `submit` from one thread. Children are started with the first pictures."""

    def __init__(self, size: int | None = None, kind: Kind = "picture") -> None:
        """`kind` is what the children open."""
        self._size = size or default_size()
        self._threads = ThreadPoolExecutor(self._size, thread_name_prefix="decode")
        self._idle: deque[_Child] = deque(_Child(kind) for _ in range(self._size))
        self._children = tuple(self._idle)
        self._closed = threading.Event()
        self.restarts = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._watch, name="decode-watch", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._closed.set()
        for child in self._children:
            child.stop()

    def submit(self, contents: Sequence[bytes], thumb_side_px: int) -> "Future[list[Answer]]":
        """Answers in the order of `contents`; the work is shared out over the children."""
        slices = [contents[i :: self._size] for i in range(self._size)]
        parts = [self._threads.submit(self._decode, part, thumb_side_px) for part in slices if part]
        return _Joined(parts, len(contents), self._size)

    def _watch(self) -> None:
        while not self._closed.wait(min(1.0, _WALL_S / 4)):
            for child in self._children:
                child.expire()

    def _decode(self, contents: Sequence[bytes], side_px: int) -> list[Answer]:
        child = self._idle.popleft()
        try:
            answers: list[Answer] = []
            while len(answers) < len(contents):
                answers += child.decode(contents[len(answers) :], side_px)
                if len(answers) < len(contents):
                    self.restarts += 1
                    answers.append(child.bury())
            return answers
        finally:
            self._idle.append(child)


class _Joined(Future[list[Answer]]):
    """The answers of several parts, put back in order when asked for."""

    def __init__(self, parts: Sequence[Future[list[Answer]]], count: int, stride: int) -> None:
        super().__init__()
        self._parts, self._count, self._stride = parts, count, stride

    def result(self, timeout: float | None = None) -> list[Answer]:
        """Waits for every part."""
        answers: list[Answer] = [Undecodable("decoder_died", "")] * self._count
        for i, part in enumerate(self._parts):
            answers[i :: self._stride] = part.result(timeout)
        return answers


class _Child:
    """One process and the pipes to it."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._noun = "picture" if kind == "picture" else "recording"
        self._process: subprocess.Popen[bytes] | None = None
        self._timed_out = False
        self._waiting_since: float | None = None

    def decode(self, contents: Sequence[bytes], side_px: int) -> list[Answer]:
        """Answers for as many pictures as the child lived through."""
        stdin, stdout = self._pipes()
        answers: list[Answer] = []
        sent, ahead_bytes = 0, 0
        while len(answers) < len(contents):
            self._waiting_since = time.monotonic()
            try:
                while sent < len(contents) and (
                    sent == len(answers) or (sent - len(answers) < _AHEAD and ahead_bytes < _AHEAD_BYTES)
                ):
                    send_request(stdin, contents[sent], side_px)
                    ahead_bytes += len(contents[sent])
                    sent += 1
                answer = receive_answer(stdout)
            except (OSError, EOFError):
                return answers
            finally:
                self._waiting_since = None
            ahead_bytes -= len(contents[len(answers)])
            answers.append(answer)
        return answers

    def bury(self) -> Undecodable:
        """Forget the dead process; the next picture starts another. The answer for what killed it."""
        timed_out, self._timed_out = self._timed_out, False
        self.stop()
        if timed_out:
            return Undecodable("decoder_timeout", f"decoding this {self._noun} took too long")
        return Undecodable(
            "decoder_died", f"decoding this {self._noun} broke the decoder; save it again from its source"
        )

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.communicate()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603  no part of it is anybody's input
                [sys.executable, "-m", "datasets.formats.decoding.child", self._kind],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=_ROOT,
                env=_environment(),
                bufsize=1 << 16,
            )
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the child has no pipes")
        return stdin, stdout

    def expire(self) -> None:
        """End the process when it has been waited for too long."""
        since, process = self._waiting_since, self._process
        if since is None or process is None or time.monotonic() - since < _WALL_S:
            return
        self._timed_out = True
        process.kill()


def _environment() -> dict[str, str]:
    """Nothing of the studio's own settings and secrets goes to a process that opens strangers' files."""
    kept = {
        key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "HOME") if key in os.environ
    }
    return {**kept, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
