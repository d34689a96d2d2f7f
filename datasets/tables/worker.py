"""Starting the process of `child` and reading what it tells. Pure."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any, Final

import orjson

from core.errors import InvalidInput
from datasets.formats.tables import TableRefused

_ROOT: Final = Path(__file__).resolve().parents[2]
_KEPT_ENV: Final = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "HOME")
_LOOK_S: Final = 0.5
_REFUSED: Final = 3


class TableWorkerDied(InvalidInput):
    """The process ended before it was done: memory, time, or a file that breaks the reader."""

    code = "table_reader_died"


def worked(
    step: str,
    folder: Path,
    spec: Mapping[str, Any],
    *,
    check: Callable[[], None],
    told: Callable[[dict[str, Any]], None] = lambda line: None,
) -> dict[str, Any]:
    """Do one step in a process of its own; the answer. `told` gets every line, `check` is called while waiting.

    Raises TableRefused, TableWorkerDied, and whatever `check` and `told` raise; the process ends with the call.
    """
    (folder / f"{step}.json").write_bytes(orjson.dumps(spec))
    with subprocess.Popen(  # noqa: S603  our own module and folder
        [sys.executable, "-m", "datasets.tables.child", step, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        env=_environment(),
    ) as process:
        try:
            watch = Thread(target=_watch, args=(process, check), daemon=True)
            watch.start()
            for line in _lines(process):
                check()
                told(line)
            code = process.wait()
        finally:
            process.kill()
    check()
    if code == 0:
        return dict(orjson.loads((folder / f"{step}.out.json").read_bytes()))
    if code == _REFUSED:
        raise _refusal(orjson.loads((folder / "error.json").read_bytes()))
    raise TableWorkerDied(
        "the table takes more memory or time than it is given; send fewer rows, or fewer columns, at once"
    )


def _watch(process: "subprocess.Popen[bytes]", check: Callable[[], None]) -> None:
    """End a process whose job was cancelled or lost while it said nothing."""
    while process.poll() is None:
        try:
            check()
        except Exception:  # noqa: BLE001  the caller meets the same by itself
            process.kill()
            return
        sleep(_LOOK_S)


def _lines(process: "subprocess.Popen[bytes]") -> Iterator[dict[str, Any]]:
    if process.stdout is None:
        raise RuntimeError("the child has no pipe")
    for line in process.stdout:
        yield orjson.loads(line)


def _refusal(fault: Mapping[str, Any]) -> InvalidInput:
    refused = TableRefused(fault["detail"], **fault["params"])
    vars(refused)["code"] = fault["code"]
    return refused


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_ENV if name in os.environ}
    return {**kept, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
