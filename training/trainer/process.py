"""What a child of the supervisor does first and last: limits, signals, exit codes. Imports nothing heavy."""

import ctypes
import json
import logging
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.errors import DomainError
from training.engine.failures import DiskFull, Stopped, named_causes

logger = logging.getLogger(__name__)

DONE: Final = 0
FAILED: Final = 1
STOPPED: Final = 3
NO_ROOM: Final = 4
_PR_SET_PDEATHSIG: Final = 1


def die_with_parent(parent_pid: int) -> None:
    """Ask the kernel for SIGKILL when the supervisor dies; leave at once if it is dead already."""
    if not parent_pid:
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        os._exit(FAILED)


def limit(*, memory_mb: int, file_mb: int) -> None:
    """No core files; at most so much address space and so large a file, 0 for no limit."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, megabytes in ((resource.RLIMIT_AS, memory_mb), (resource.RLIMIT_FSIZE, file_mb)):
        if megabytes:
            size = megabytes * 1_000_000
            resource.setrlimit(kind, (size, size))


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop


def run_to_exit(job_dir: Path, work: Callable[[], None]) -> int:
    """Do the work; the exit code, and error.json with the cause when it failed.

    A full disk has a code of its own: there may be no room to say so.
    """
    (job_dir / "error.json").unlink(missing_ok=True)
    try:
        with named_causes():
            work()
    except Stopped:
        return STOPPED
    except DiskFull:
        return NO_ROOM
    except DomainError as exc:
        _say_why(job_dir, exc.code, exc.detail, exc.params)
        return FAILED
    except Exception:
        logger.exception("the child failed")
        _say_why(job_dir, "internal_error", "something went wrong here; the log of the worker has it", {})
        return FAILED
    return DONE


def job_dir_from_argv() -> Path:
    """The only argument. Raises SystemExit."""
    if len(sys.argv) != 2 or not Path(sys.argv[1], "spec.json").is_file():
        raise SystemExit("usage: python -m MODULE JOB_DIR, where JOB_DIR/spec.json is")
    return Path(sys.argv[1]).resolve()


def _say_why(job_dir: Path, code: str, detail: str, params: dict[str, object]) -> None:
    cause = json.dumps({"code": code, "detail": detail, "params": params}, default=str)
    (job_dir / "error.json").write_text(cause, encoding="utf-8")
