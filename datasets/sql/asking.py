"""Starting the process of `child`, giving it the question by a pipe and reading the answer. Pure."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import orjson

from core.errors import InvalidInput
from datasets.sql.question import Question, SqlFailed, SqlRefused

_ROOT: Final = Path(__file__).resolve().parents[2]
_KEPT_ENV: Final = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV")
_LOOK_S: Final = 0.2
_REFUSED: Final = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """The file of the rows, how many, whether there were more, and the kinds that the database gives by name."""

    path: Path
    rows: int
    capped: bool
    kinds: dict[str, str]


def asked(
    question: Question, folder: Path, shape: Literal["csv", "jsonl"], check: Callable[[], None]
) -> Asked:
    """Ask in a process of its own; `check` is called while waiting, and what it raises ends the process.

    Raises SqlRefused, SqlFailed.
    """
    code = _ran(folder, orjson.dumps({**asdict(question), "shape": shape}), check)
    if code == 0:
        told = orjson.loads((folder / "answer.json").read_bytes())
        return Asked(folder / f"rows.{shape}", told["rows"], told["capped"], told["kinds"])
    if code == _REFUSED:
        raise _refusal(orjson.loads((folder / "error.json").read_bytes()))
    raise SqlFailed("sql_too_much")


def _ran(folder: Path, spec: bytes, check: Callable[[], None]) -> int:
    with subprocess.Popen(  # noqa: S603  our own module and folder
        [sys.executable, "-m", "datasets.sql.child", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env=_environment(folder),
    ) as process:
        try:
            _given(process, spec)
            while (code := process.poll()) is None:
                check()
                time.sleep(_LOOK_S)
            return code
        finally:
            process.kill()


def _given(process: "subprocess.Popen[bytes]", spec: bytes) -> None:
    if process.stdin is None:
        raise RuntimeError("the child has no pipe")
    with process.stdin as pipe:
        pipe.write(spec)


def _refusal(fault: dict[str, Any]) -> InvalidInput:
    kind = SqlRefused if fault.pop("is_refused") else SqlFailed
    return kind(**fault)


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours: no PG* variable, and a home without a password file."""
    kept = {name: os.environ[name] for name in _KEPT_ENV if name in os.environ}
    return {**kept, "PYTHONPATH": str(_ROOT), "HOME": str(folder), "SQLITE_TMPDIR": str(folder)}
