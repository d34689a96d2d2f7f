"""The rows of a merged table as they become, written in one pass over what was compared. Pure."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasets.tables.engine import rows
from datasets.tables.kinds import Column, literal, raw_sql, text_sql, typed_sql
from datasets.tables.merging import (
    BOTH,
    CONFLICTS,
    THEIRS,
    Merging,
    Side,
    Spec,
    called,
    compared,
    gone_columns,
    merging_of,
)
from datasets.tables.parts import copied

if TYPE_CHECKING:
    import duckdb


def merge_made(spec: Spec, folder: Path) -> dict[str, Any]:
    """Write `merged.parquet` into `folder`: the rows as they become; its columns and what was done.

    `choices` are sides by the content of a conflict; where there is none, `policy` decides.
    """
    merging = merging_of(spec, folder)
    key = compared(merging)
    connection = merging.connection
    connection.execute("CREATE TABLE choice (content VARCHAR, side VARCHAR)")
    if spec["choices"]:
        connection.execute(
            "INSERT INTO choice SELECT unnest(?), unnest(?)",
            [list(spec["choices"]), list(spec["choices"].values())],
        )
    listed = ", ".join(literal(kind) for kind in CONFLICTS)
    connection.execute(
        f"CREATE TABLE decided AS SELECT met.*, outcome IN ({listed}) AS is_open, "
        f"coalesce(choice.side, {literal(spec['policy'])}) = 'theirs' AS takes FROM met LEFT JOIN choice USING (content)"
    )
    gone = {column.index for column in gone_columns(merging, key)} if merging.removals else set()
    columns, cells = _columns(merging, spec["next_index"], gone)
    copied(connection, f"SELECT row_number() OVER (ORDER BY o1 NULLS LAST, o2) AS id, {', '.join(cells)} FROM ("
        f"SELECT d.hid AS o1, d.tid AS o2, d.outcome, d.is_open, d.takes, h.* EXCLUDE (id), t.* EXCLUDE (id), "
        f"{_sides(merging)} FROM decided d LEFT JOIN {_renamed(merging.here, 'h')} h ON h.id = d.hid "
        f"LEFT JOIN {_renamed(merging.there, 't')} t ON t.id = d.tid LEFT JOIN celled c ON c.rid = d.rid "
        "WHERE outcome <> 'none' AND outcome <> 'removed' AND outcome <> 'stays_removed' "
        "AND NOT (outcome = 'removed_there' AND takes) AND NOT (outcome = 'removed_here' AND NOT takes))",
        folder / "merged.parquet")  # fmt: skip
    return {"columns": [column.to_json() for column in columns], "counts": _done(connection)}


def _sides(merging: Merging) -> str:
    return ", ".join(["c.nothing", *(f"c.s{at}" for at in range(len(merging.common)))])


def _renamed(side: Side, letter: str) -> str:
    cells = ", ".join(
        f"{column.value} AS {letter}{column.value}, {column.raw} AS {letter}{column.raw}"
        for column in side.columns.values()
    )
    return f"(SELECT id, {cells} FROM {side.sql})"


def _columns(merging: Merging, next_index: int, gone: set[int]) -> tuple[list[Column], list[str]]:
    """The columns of the merged table and the SQL of their cells."""
    columns: list[Column] = []
    cells: list[str] = []
    places = {name: at for at, name in enumerate(merging.common)}
    for name, column in merging.here.columns.items():
        if column.index in gone:
            continue
        mine = called(column, "h")
        value, raw = mine.value, mine.raw
        if name in merging.there.columns:
            taken_value, taken_raw = _brought(merging, name, column)
            at = places.get(name)
            by_cell = "false" if at is None else f"(s{at} = {THEIRS} OR (s{at} = {BOTH} AND takes))"
            takes = f"(o1 IS NULL OR outcome = 'taken' OR {by_cell})"
            value = f"CASE WHEN {takes} THEN {taken_value} ELSE {value} END"
            raw = f"CASE WHEN {takes} THEN {taken_raw} ELSE {raw} END"
        columns.append(column)
        cells += [f"{value} AS {column.value}", f"{raw} AS {column.raw}"]
    for offset, theirs in enumerate(merging.added):
        new = Column(next_index + offset, theirs.name, theirs.kind, theirs.reason, theirs.params)
        from_there = called(theirs, "t")
        columns.append(new)
        cells += [f"{from_there.value} AS {new.value}", f"{from_there.raw} AS {new.raw}"]
    return columns, cells


def _brought(merging: Merging, name: str, column: Column) -> tuple[str, str]:
    """A cell of there as a value of our column: read anew where the kinds differ or words are called otherwise."""
    theirs = called(merging.there.columns[name], "t")
    is_mapped = name == merging.target and any(to not in (None, word) for word, to in merging.mapping.items())
    if not is_mapped and (theirs.kind, theirs.params) == (column.kind, column.params):
        return theirs.value, theirs.raw
    text = text_sql(theirs)
    text = f"({merging.renamed(text)})" if is_mapped else f"({text})"
    return typed_sql(text, column.kind, column.params), raw_sql(text, column.kind, column.params)


def _done(connection: "duckdb.DuckDBPyConnection") -> dict[str, int]:
    asked = {
        "added": "outcome = 'added' OR (outcome = 'removed_here' AND takes)",
        "taken": "outcome IN ('taken', 'mixed')",
        "set_aside": "outcome = 'removed' OR (outcome = 'removed_there' AND takes)",
        "ours": "is_open AND NOT takes",
        "theirs": "is_open AND takes",
    }
    listed = ", ".join(f"count(*) FILTER ({test})" for test in asked.values())
    found = rows(connection, f"SELECT {listed} FROM decided")[0]
    return dict(zip(asked, found, strict=True))
