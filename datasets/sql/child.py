"""The process that asks: `python -m datasets.sql.child FOLDER`, the question as JSON on standard input. Pure.

The password comes by the pipe and is written nowhere. FOLDER receives `rows.jsonl` (an object a row) or `rows.csv`, and
`answer.json`, or `error.json` with exit code 3. A server that does not keep to the time is left by the alarm.
"""

import csv
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from core.outgoing import OutgoingFailed
from datasets.sql import mysql, postgres, sqlitefile
from datasets.sql.question import MAX_COLUMNS, AnswerColumn, Cells, Question, SqlFailed, SqlRefused

MEMORY_BYTES: Final = 2 << 30
ANSWER_BYTES: Final = 4 << 30
CPU_S: Final = 1_800
TOTAL_S: Final = 600
_NICE: Final = 10
_SIGN_IN_S: Final = 25
_ANSWERS: Final[Mapping[str, Callable[[Question], tuple[list[AnswerColumn], Iterator[Cells]]]]] = {
    "postgresql": postgres.answer,
    "mysql": mysql.answer,
    "sqlite": sqlitefile.answer,
}


def main() -> int:
    """Ask; the exit code."""
    folder = Path(sys.argv[1])
    _limit()
    spec = orjson.loads(sys.stdin.buffer.read())
    shape, wanted = spec.pop("shape"), {**spec, "addresses": tuple(spec["addresses"])}
    try:
        told = _asked(Question(**wanted), folder, shape)
    except (SqlRefused, SqlFailed, OutgoingFailed) as exc:
        (folder / "error.json").write_bytes(orjson.dumps(_fault(exc)))
        return 3
    (folder / "answer.json").write_bytes(orjson.dumps(told))
    return 0


def _fault(exc: SqlRefused | SqlFailed | OutgoingFailed) -> dict[str, Any]:
    if isinstance(exc, OutgoingFailed):
        return {"is_refused": False, "code": "sql_sign_in"}
    is_refused = isinstance(exc, SqlRefused)
    return {"is_refused": is_refused, "code": exc.code, "where": exc.where, "field": exc.field}


def _asked(question: Question, folder: Path, shape: str) -> dict[str, Any]:
    signal.alarm(_SIGN_IN_S + question.timeout_s)
    columns, rows = _ANSWERS[question.driver](question)
    signal.alarm(TOTAL_S)
    if not columns or len(columns) > MAX_COLUMNS:
        raise SqlRefused("sql_columns")
    names = _named([column.name for column in columns])
    counted = _Counted(rows, question.limit)
    write = _csv if shape == "csv" else _jsonl
    write(folder / f"rows.{shape}", names, counted.rows())
    kinds = {name: each.kind for name, each in zip(names, columns, strict=True) if each.kind}
    return {"rows": counted.count, "capped": counted.capped, "kinds": kinds}


class _Counted:
    """Rows up to a limit, and whether there were more."""

    def __init__(self, rows: Iterator[Cells], limit: int) -> None:
        self._rows, self._limit, self.count, self.capped = rows, limit, 0, False

    def rows(self) -> Iterator[Cells]:
        """Them."""
        for row in self._rows:
            if self.count == self._limit:
                self.capped = True
                return
            self.count += 1
            yield row


def _named(given: list[str]) -> list[str]:
    """Names that are filled and different."""
    names: list[str] = []
    taken: set[str] = set()
    for position, name in enumerate(given, 1):
        base = " ".join(name.split())[:190] or f"column {position}"
        chosen, count = base, 1
        while chosen.lower() in taken:
            count += 1
            chosen = f"{base} {count}"
        taken.add(chosen.lower())
        names.append(chosen)
    return names


def _jsonl(path: Path, names: list[str], rows: Iterator[Cells]) -> None:
    with path.open("wb") as out:
        for row in rows:
            out.write(orjson.dumps(dict(zip(names, row, strict=True))) + b"\n")


def _csv(path: Path, names: list[str], rows: Iterator[Cells]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(names)
        writer.writerows(["" if cell is None else cell for cell in row] for row in rows)


def _limit() -> None:
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (ANSWER_BYTES, ANSWER_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


if __name__ == "__main__":
    sys.exit(main())
