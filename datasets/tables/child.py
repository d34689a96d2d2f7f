"""The process that works on tables: `python -m datasets.tables.child STEP FOLDER`. Pure.

FOLDER holds `STEP.json`, what is asked; the answer is `STEP.out.json`, a refusal `error.json` with exit code 3. A
finished part is told as a line of JSON on standard output as soon as it is written. The process limits itself
before it opens the first file.
"""

import csv
import os
import resource
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from core.errors import DomainError
from datasets.tables.engine import connect, rows
from datasets.tables.kinds import Column
from datasets.tables.parts import (
    PART_ROWS,
    has_columns,
    misfits,
    narrowed,
    part_rewrite,
    part_write,
    source_sql,
)

if TYPE_CHECKING:
    from datasets.tables.staging import Staged

MEMORY_BYTES: Final = 4 * 1024**3
CPU_S: Final = 3 * 3600
_NICE: Final = 10
_PREVIEW: Final = 20
_WIDE: Final = 200
Spec = Mapping[str, Any]


def main() -> int:
    """Do one step; the exit code."""
    step, folder = sys.argv[1], Path(sys.argv[2])
    _limit()
    spec = orjson.loads((folder / f"{step}.json").read_bytes())
    try:
        answer = _step(step)(spec, folder)
    except DomainError as exc:
        fault = {"code": exc.code, "detail": exc.detail, "params": exc.params}
        (folder / "error.json").write_bytes(orjson.dumps(fault))
        return 3
    (folder / f"{step}.out.json").write_bytes(orjson.dumps(answer))
    return 0


def stage(spec: Spec, folder: Path) -> dict[str, Any]:
    """Read a file into `stage.db` and say what its columns are; columns that are known by name keep their kind."""
    from datasets.tables.infer import inferred
    from datasets.tables.rowsources import MAX_CELL
    from datasets.tables.staging import OWN, staged

    csv.field_size_limit(2 * MAX_CELL)
    path = Path(spec["path"])
    connection = connect([folder, path.parent], database=folder / "stage.db")
    table = staged(connection, path, spec["name"], spec["format"], folder)
    known = {row["name"]: row for row in spec["known"]}
    _named_as_known(table, list(known))
    declared = {name: {"kind": kind} for name, kind in spec.get("declared", {}).items()}
    said = {**table.declared, **declared, **known}
    columns = [c for c in inferred(connection, table.names, said) if c.name not in OWN]
    # Of the others inference has counted that every cell fits.
    doubtful = [(c, c.index) for c in columns if "fits" not in c.reason or c.reason["fits"] < c.reason["of"]]
    problems = [*table.problems, *misfits(connection, doubtful)]
    shown = rows(connection, f"SELECT * FROM raw ORDER BY rowid LIMIT {_PREVIEW}")
    connection.close()
    return {
        "format": table.format,
        "reason": table.reason,
        "notes": table.notes,
        "rows": table.rows,
        "columns": [
            {**column.to_json(), "index": known.get(column.name, {}).get("index"), "place": column.index}
            for column in columns
        ],
        "problems": [[p.code, p.where, p.detail, p.count] for p in problems],
        "preview": [[cell and cell[:200] for cell in row] for row in shown],
    }


def _named_as_known(table: "Staged", known: list[str]) -> None:
    """Exports cannot hold two names that differ in case alone, so “Age” goes on where “age” is known."""
    from datasets.tables.staging import renamed

    by_case = {name.lower(): name for name in reversed(known)}
    for place, name in enumerate(table.names):
        if name not in known and name.lower() in by_case:
            renamed(table, place, by_case[name.lower()])


def write(spec: Spec, folder: Path) -> dict[str, Any]:
    """Parts of what `stage` read, those before `done` left out; each is told on standard output."""
    columns = [(Column.from_json(row), row["place"]) for row in spec["columns"]]
    connection = connect([folder], database=folder / "stage.db", is_wide=len(columns) > _WIDE)
    for start in range(spec["done"], spec["rows"], PART_ROWS):
        stop = min(start + PART_ROWS, spec["rows"])
        target = folder / f"part-{start}.parquet"
        part_write(connection, columns, target, start=start, stop=stop, first_id=spec["first_id"])
        _tell({"path": str(target), "start": start, "rows": stop - start})
    connection.close()
    return {}


def retype(spec: Spec, folder: Path) -> dict[str, Any]:
    """Every part with one column read anew."""
    parts = [Path(part) for part in spec["parts"]]
    connection = connect([folder, *{part.parent for part in parts}])
    columns, new = [Column.from_json(row) for row in spec["columns"]], Column.from_json(spec["new"])
    for number, part in enumerate(parts):
        target = folder / f"part-{number}.parquet"
        there = has_columns(connection, part, columns)
        if all(column.index != new.index for column in there):
            _tell({"number": number, "path": None})
            continue
        part_rewrite(connection, part, there, new, target)
        _tell({"number": number, "path": str(target)})
    return {}


def describe(spec: Spec, folder: Path) -> dict[str, Any]:
    """Statistics of every column, and how columns go together."""
    from datasets.tables.missing import missing_together
    from datasets.tables.statistics import associations, column_statistics

    parts = [Path(part) for part in spec["parts"]]
    connection = connect([folder, *{part.parent for part in parts}])
    columns = [Column.from_json(row) for row in spec["columns"]]
    source = source_sql(connection, parts, columns)
    found: dict[str, Any] = {}
    for relation, some in narrowed(connection, source, columns, spec["rows"]):
        for column in some:
            found[str(column.index)] = column_statistics(connection, relation, column)
            _tell({"described": len(found), "of": len(columns)})
    lacking = {column.index: found[str(column.index)]["missing"] for column in columns}
    return {
        "columns": found,
        "associations": {
            **associations(connection, source, columns, spec["rows"]),
            "missing": missing_together(connection, source, columns, lacking),
        },
    }


def check(spec: Spec, folder: Path) -> dict[str, Any]:
    """Everything the checks found."""
    from datasets.tables import checks, freeze

    parts = [Path(part) for part in spec["parts"]]
    before = [Path(part) for part in spec["before"]]
    connection = connect([folder, *{part.parent for part in (*parts, *before)}])
    columns = [Column.from_json(row) for row in spec["columns"]]
    found = checks.findings(
        connection,
        source_sql(connection, parts, columns),
        columns,
        target=spec["target"],
        before=source_sql(connection, before, columns) if before else None,
        before_columns=freeze.frozen_columns(connection, before[0]) if before else (),
    )
    return {"found": [[row.code, row.severity, row.count, row.remedy, row.params] for row in found]}


Step = Callable[[Spec, Path], dict[str, Any]]
STEPS: Final[Mapping[str, Step]] = {
    "stage": stage,
    "write": write,
    "retype": retype,
    "describe": describe,
    "check": check,
}
# Module and function; loaded when asked for, since a step should not wait for the libraries of the others.
ELSEWHERE: Final[Mapping[str, tuple[str, str]]] = {
    "freeze": ("freeze", "frozen"),
    "export": ("freeze", "exported"),
    "merge": ("merged", "merge_made"),
    "merge_plan": ("merging", "merge_planned"),
    "balance": ("oversample", "oversampled"),
    "clean": ("clean.work", "cleaned"),
    "clean_write": ("clean.work", "cleaned_written"),
    "held": ("clean.work", "held"),
    "restore_counts": ("clean.work", "restore_counts"),
    "reread": ("clean.work", "reread"),
}
_TELLING: Final = ("clean_write", "reread")


def _step(name: str) -> Step:
    if name in STEPS:
        return STEPS[name]
    module, function = ELSEWHERE[name]
    found = getattr(import_module(f"datasets.tables.{module}"), function)
    if name in _TELLING:
        return lambda spec, folder: dict(found(spec, folder, _tell))
    return lambda spec, folder: dict(found(spec, folder))


def _tell(line: Mapping[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()


def _limit() -> None:
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))


if __name__ == "__main__":
    sys.exit(main())
