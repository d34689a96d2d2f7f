"""Work done by a forked process that dies at a named point."""

import os
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Any

from django.db import connections


def code_of(work: Callable[[], Any], **environment: str) -> int:
    """The exit code of a fork that does the work: 0 done, 1 an exception, 137 a fault point."""
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.environ.update(environment)
            work()
            code = 0
        except BaseException:  # noqa: BLE001  the process's edge
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def assert_dies(hook: str, work: Callable[[], Any]) -> None:
    """The work reaches the point and dies there."""
    assert code_of(work, STUDIO_FAULT=hook) == 137, f"{hook} was not reached"
