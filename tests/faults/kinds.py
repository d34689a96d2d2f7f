"""Kinds of jobs that leave a trace, sleep, or take their worker along. Only for tests."""

import os
import signal
import sys
import time
from typing import Any

from django.db import connection

from core.jobs.context import JobContext
from core.jobs.kinds import job_kind

TABLE = "faults_effect"


@job_kind("faults.effect", queue="short")
def effect(ctx: JobContext) -> dict[str, Any]:
    """Work a little, then leave one row, fenced."""
    deadline = time.monotonic() + ctx.params["seconds"]
    while time.monotonic() < deadline:
        ctx.check()
        time.sleep(0.05)
    with ctx.fenced() as job:
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {TABLE} VALUES (%s, %s)", [str(ctx.job_id), ctx.attempt])
        ctx.finish(job, {"attempt": ctx.attempt})
    return {}


@job_kind("faults.asleep", queue="short")
def asleep(ctx: JobContext) -> dict[str, Any]:
    """Deaf to everything for a while, as a stopped process is; then it tries to write."""
    time.sleep(ctx.params["seconds"])
    with ctx.fenced(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} VALUES (%s, %s)", [str(ctx.job_id), ctx.attempt])
    return {"attempt": ctx.attempt}


@job_kind("faults.poison", queue="short")
def poison(ctx: JobContext) -> dict[str, Any]:
    """Take the worker's process along, each time in the way that was asked for."""
    match ctx.params["way"]:
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "exit":
            sys.exit(1)
        case "out of memory":
            os.kill(os.getpid(), signal.SIGKILL)
    return {}
