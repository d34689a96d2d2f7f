"""Asking the process that cuts (`labeling.assist.child`); it is started by the first question and again when it is gone. Pure."""

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import Future, TimeoutError
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).resolve().parents[2]
_KEPT: Final = ("PATH", "LANG", "LC_ALL", "HOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "PYTHONPATH")
_THREADS: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}


class Unanswered(Exception):
    """The process died or is busy; the same question may be asked again."""


class AssistClient:
    """One process for all threads of this one. Whoever uses it closes it, or it ends with its owner."""

    def __init__(self, weights: Path, cache: Path) -> None:
        self._paths = (weights, cache)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._open: dict[int, Future[dict[str, Any]]] = {}
        self._last = 0

    def ask(self, question: dict[str, Any], within_s: float) -> dict[str, Any]:
        """The answer. Raises Unanswered."""
        future: Future[dict[str, Any]] = Future()
        with self._lock:
            self._last += 1
            number = self._last
            self._open[number] = future
            try:
                self._write({**question, "id": number})
            except OSError as problem:
                self._open.pop(number, None)
                raise Unanswered from problem
        try:
            return future.result(within_s)
        except TimeoutError as problem:
            raise Unanswered from problem
        finally:
            with self._lock:
                self._open.pop(number, None)

    def close(self) -> None:
        """End the process; questions that are open stay unanswered."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            _shut(process)

    def _write(self, question: dict[str, Any]) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = self._started()
        assert process.stdin is not None  # noqa: S101  it was made with one
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()

    def _started(self) -> "subprocess.Popen[str]":
        weights, cache = self._paths
        kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
        process = subprocess.Popen(  # noqa: S603  our own module and folders
            [sys.executable, "-m", "labeling.assist.child", str(weights), str(cache)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**kept, **_THREADS},
        )
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return process

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None  # noqa: S101  it was made with one
        for line in process.stdout:
            told = json.loads(line)
            future = self._open.get(told.pop("id"))
            if future is not None and not future.done():
                future.set_result(told)
        process.wait()
        _shut(process)
        with self._lock:
            if self._process not in (process, None):
                return
            left, self._open = self._open, {}
        for future in left.values():
            if not future.done():
                future.set_exception(Unanswered())


def _shut(process: "subprocess.Popen[str]") -> None:
    """Both ends; what could not be written any more is lost with the process."""
    for end in (process.stdin, process.stdout):
        with suppress(OSError):
            if end is not None:
                end.close()
