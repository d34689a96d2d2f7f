"""`python -m studio.supervisor.preload FD`: loads the studio once and forks its processes from what is loaded.

Importing Django, our models and what they need takes seconds of processor time; done once instead of in each of seven
processes, a start takes a third of the time and the processes share the memory. Over the socket `FD` come objects of
JSON, one a line: `{"number", "name", "command", "env", "log"}`; back go `{}` when all is loaded, `{"number", "pid"}` for
what was asked, and `{"number", "code"}` when that process has ended. With the socket ends this process, and with this
process all it has forked.
"""

import ctypes
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from typing import Any

from studio.supervisor.launch import die_with

LOADED = (
    "studio.urls",
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "kombu.transport.redis",
    "uvicorn.main",
    "uvicorn.protocols.http.httptools_impl",
)
PR_SET_NAME = 15
_MOST_BYTES = 1 << 16


def main(argv: list[str]) -> None:
    """Load, then fork; in a forked process, become what was asked for."""
    channel = socket.socket(fileno=int(argv[1]))
    load()
    command = Nursery(channel).run()
    if command is not None:
        become(command)


def load() -> None:
    """All that more than one process needs. What starts a thread is not among it: a fork would not copy that."""
    import django

    django.setup()
    for name in LOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a collection would write to every object, and what is written to is no longer shared


class Nursery:
    """The processes forked here, and who is told of them."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._numbers: dict[int, int] = {}
        self._unread = b""
        self._woken, self._wakes = socket.socketpair()
        self._woken.setblocking(False)
        self._wakes.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wakes.fileno())

    def run(self) -> list[str] | None:
        """Until the channel ends: None. In each forked process at once: its command."""
        self._say({})
        with selectors.DefaultSelector() as selector:
            selector.register(self._channel, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._woken:
                        self._woken.recv(_MOST_BYTES)
                        self._reap()
                        continue
                    received = self._channel.recv(_MOST_BYTES)
                    if not received:
                        return None
                    for asked in self._whole(received):
                        if self._is_forked(asked):
                            return list(asked["command"])

    def _whole(self, received: bytes) -> list[dict[str, Any]]:
        *lines, self._unread = (self._unread + received).split(b"\n")
        return [json.loads(line) for line in lines]

    def _is_forked(self, asked: dict[str, Any]) -> bool:
        """Fork; True in the new process."""
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._part(parent, asked)
            return True
        self._numbers[pid] = asked["number"]
        self._say({"number": asked["number"], "pid": pid})
        return False

    def _part(self, parent: int, asked: dict[str, Any]) -> None:
        """A session, a log and a name of its own; nothing of the nursery stays open."""
        os.setsid()
        die_with(parent)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for end in (self._channel, self._woken, self._wakes):
            end.close()
        _redirect(asked["log"])
        os.environ.update(asked["env"])
        ctypes.CDLL(None).prctl(PR_SET_NAME, f"studio:{asked['name']}".encode()[:15], 0, 0, 0)

    def _reap(self) -> None:
        while self._numbers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._say({"number": self._numbers.pop(pid), "code": os.waitstatus_to_exitcode(status)})

    def _say(self, answer: dict[str, int]) -> None:
        self._channel.sendall(json.dumps(answer).encode() + b"\n")


def become(command: list[str]) -> None:
    """`PYTHON -m MODULE ...` or `PYTHON FILE ...`, as a new interpreter runs them."""
    _, first, *rest = command
    if first == "-m":
        sys.argv = list(rest)
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = [first, *rest]
        runpy.run_path(first, run_name="__main__")


def _redirect(log: str) -> None:
    """Nothing to read; both outputs go to the end of the log."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for old, new in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(old, new)
    os.close(nothing)
    os.close(output)


if __name__ == "__main__":
    main(sys.argv)
