"""A frozen table brought into another one: rows and cells compared three ways, on disk, in bounded memory. Pure.

A row is the same on all sides by its key, the first column of identifiers that is filled and different in every row of
each side that has it; rows without such a key are the same where they say the same in the columns that all have. What one
side alone changed wins, cell by cell; a cell that both changed, and not alike, is a conflict. Columns are the same by
name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from datasets.tables.engine import connect, rows
from datasets.tables.freeze import frozen_columns
from datasets.tables.kinds import Column, literal, text_sql
from datasets.tables.parts import source_sql

if TYPE_CHECKING:
    import duckdb

Spec = Mapping[str, Any]
MAX_LISTED: Final = 10_000
CONFLICTS: Final = ("both_changed", "both_said", "removed_here", "removed_there")
_MAX_CELLS: Final = 10
_MAX_SHOWN: Final = 120
OURS, THEIRS, BOTH = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Side:
    """One of the three: its relation and its columns by name."""

    sql: str
    columns: Mapping[str, Column]

    @classmethod
    def of(cls, sql: str, columns: Sequence[Column]) -> "Side":
        """Names are told apart by more than case."""
        return cls(sql, {column.name.lower(): column for column in columns})


@dataclass(slots=True)
class Merging:
    """The three sides. `mapping` says what a word of the target column there is called here, None for left out."""

    connection: "duckdb.DuckDBPyConnection"
    here: Side
    there: Side
    base: Side
    has_base: bool
    living: Side | None
    target: str | None
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    removals: bool = False

    @property
    def common(self) -> list[str]:
        """The names of the columns that are compared."""
        sides = [self.there, *([self.base] if self.has_base else [])]
        return [name for name in self.here.columns if all(name in side.columns for side in sides)]

    @property
    def added(self) -> list[Column]:
        """Columns that are new there."""
        return [
            c
            for name, c in self.there.columns.items()
            if name not in {*self.here.columns, *self.base.columns}
        ]

    @property
    def dropped(self) -> list[Column]:
        """Columns of ours that were taken out there."""
        return [
            c
            for name, c in self.here.columns.items()
            if name in self.base.columns and name not in self.there.columns
        ]

    def text(self, side: Side, name: str, alias: str, *, mapped: bool = False) -> str:
        """What a cell says, empty for nothing; with the words of the target as they are called here."""
        said = f"coalesce({text_sql(called(side.columns[name], f'{alias}.'))}, '')"
        return self.renamed(said) if mapped and name == self.target else said

    def renamed(self, said: str) -> str:
        """The word of the target as it is called here."""
        cases = "".join(
            f" WHEN {literal(word)} THEN {literal(to)}"
            for word, to in self.mapping.items()
            if to is not None and to != word
        )
        return f"CASE {said}{cases} ELSE {said} END" if cases else said


@dataclass(frozen=True, slots=True)
class _Called(Column):
    """A column of a relation under other names."""

    before: str = ""

    @property
    def value(self) -> str:
        """With what stands before it."""
        return f"{self.before}c{self.index}"

    @property
    def raw(self) -> str:
        """With what stands before it."""
        return f"{self.before}r{self.index}"


def called(column: Column, before: str) -> Column:
    """The column with `before` in front of the names of its cells."""
    return _Called(column.index, column.name, column.kind, column.reason, column.params, before)


def merging_of(spec: Spec, folder: Path) -> Merging:
    """The sides of a spec, opened on a database in `folder`."""
    here, there = [Path(part) for part in spec["parts"]], Path(spec["source"])
    base = Path(spec["base"]) if spec["base"] else None
    living = [Path(part) for part in spec["living"]]
    folders = {path.parent for path in (*here, there, *([base] if base else []), *living)}
    connection = connect([folder, *folders], database=folder / "merge.db")
    columns = [Column.from_json(row) for row in spec["columns"]]
    by_index = {column.index: column for column in columns}
    there_columns = frozen_columns(connection, there)
    base_columns = frozen_columns(connection, base) if base else []
    named = by_index.get(spec["target"])
    target = named.name.lower() if named else None
    return Merging(
        connection,
        Side.of(source_sql(connection, here, columns), columns),
        Side.of(f"read_parquet({literal(str(there))})", there_columns),
        Side.of(f"read_parquet({literal(str(base))})" if base else "", base_columns),
        base is not None,
        _living(connection, living, spec),
        target if any(column.name.lower() == target for column in there_columns) else None,
        spec["mapping"],
        spec["removals"],
    )


def _living(connection: "duckdb.DuckDBPyConnection", parts: Sequence[Path], spec: Spec) -> Side | None:
    if not parts or not spec["removals"]:
        return None
    columns = [Column.from_json(row) for row in spec["living_columns"]]
    return Side.of(source_sql(connection, parts, columns), columns)


def compared(merging: Merging) -> str | None:
    """Make `met`, a row of it for each row of any side with its outcome; the name of the key column, if any."""
    names = merging.common
    sides = {"h": merging.here, "t": merging.there}
    if merging.has_base:
        sides["b"] = merging.base
    if merging.living is not None and all(name in merging.living.columns for name in names):
        sides["l"] = merging.living
    key = _key(merging, names, sides)
    for letter, side in sides.items():
        _told(merging, letter, side, names, key)
    _identified(merging.connection, list(sides))
    _met(merging, sides)
    _celled(merging, names)
    return key


def _key(merging: Merging, names: Sequence[str], sides: Mapping[str, Side]) -> str | None:
    for name in names:
        if merging.here.columns[name].kind != "id":
            continue
        if all(_is_key(merging.connection, side, side.columns[name]) for side in sides.values()):
            return name
    return None


def _is_key(connection: "duckdb.DuckDBPyConnection", side: Side, column: Column) -> bool:
    text = f"nullif(trim(coalesce({text_sql(column)}, '')), '')"
    total, filled, different = rows(
        connection, f"SELECT count(*), count({text}), count(DISTINCT {text}) FROM {side.sql}"
    )[0]
    return bool(total == filled == different)


def _told(merging: Merging, letter: str, side: Side, names: Sequence[str], key: str | None) -> None:
    """`id`, `k`, `hash` of what a row says here, and `plain` of what it says as it is."""
    mapped = ", ".join(merging.text(side, name, "s", mapped=letter in "tbl") for name in names) or "''"
    plain = ", ".join(merging.text(side, name, "s") for name in names) or "''"
    named = "NULL" if key is None else f"trim({merging.text(side, key, 's')})"
    said = f"md5(concat_ws(chr(31), {mapped}))"
    as_it_is = said if letter in "ht" else f"md5(concat_ws(chr(31), {plain}))"
    merging.connection.execute(
        f"CREATE TABLE told_{letter} AS SELECT s.id, {named} AS k, {said} AS hash, {as_it_is} AS plain, "
        f"{_is_left_out(merging, side) if letter == 't' else 'false'} AS is_out FROM {side.sql} s"
    )


def _is_left_out(merging: Merging, side: Side) -> str:
    words = [literal(word) for word, to in merging.mapping.items() if to is None]
    if merging.target is None or not words:
        return "false"
    return f"{merging.text(side, merging.target, 's')} IN ({', '.join(words)})"


def _identified(connection: "duckdb.DuckDBPyConnection", letters: Sequence[str]) -> None:
    """`row_x`: what is the same row on all sides has the same `rid`."""
    for letter in letters:
        connection.execute(
            f"CREATE TABLE row_{letter} AS SELECT id, hash, plain, is_out, coalesce('k' || k, 'c' || hash || '#' || "
            f"row_number() OVER (PARTITION BY k, hash ORDER BY id)) AS rid FROM told_{letter}"
        )
        connection.execute(f"DROP TABLE told_{letter}")


def _met(merging: Merging, sides: Mapping[str, Side]) -> None:
    nothing = "(SELECT NULL::BIGINT AS id, NULL::VARCHAR AS hash, NULL::VARCHAR AS plain, NULL::VARCHAR AS rid WHERE false)"
    base = "row_b" if "b" in sides else nothing
    # A version leaves rows out by its filter, so silence is not enough: what lives there is not gone.
    alive = "SELECT rid FROM row_t WHERE is_out" + (" UNION SELECT rid FROM row_l" if "l" in sides else "")
    gone = (
        "CASE WHEN m.hh IN (m.bh, m.bp) THEN 'removed' ELSE 'removed_there' END"
        if merging.removals
        else "'missing_there'"
    )
    merging.connection.execute(
        f"""CREATE TABLE met AS WITH m AS (
            SELECT coalesce(h.rid, t.rid, b.rid) AS rid, h.id AS hid, t.id AS tid, b.id AS bid,
                h.hash AS hh, t.hash AS th, b.hash AS bh, b.plain AS bp
            FROM row_h h FULL JOIN (SELECT * FROM row_t WHERE NOT is_out) t ON h.rid = t.rid
            FULL JOIN {base} b ON b.rid = coalesce(h.rid, t.rid))
        SELECT m.*, md5(m.rid) AS content, CASE
            WHEN m.tid IS NULL AND m.hid IS NULL THEN 'none'
            WHEN m.tid IS NULL AND (m.bid IS NULL OR a.rid IS NOT NULL) THEN 'stays'
            WHEN m.tid IS NULL THEN {gone}
            WHEN m.hid IS NULL AND m.bid IS NULL THEN 'added'
            WHEN m.hid IS NULL AND m.th = m.bh THEN 'stays_removed'
            WHEN m.hid IS NULL THEN 'removed_here'
            WHEN m.th = m.hh THEN 'same'
            WHEN m.bid IS NULL THEN 'both_said'
            WHEN m.th = m.bh THEN 'stays'
            WHEN m.hh IN (m.bh, m.bp) THEN 'taken'
            ELSE 'both_changed' END AS outcome
        FROM m LEFT JOIN ({alive}) a ON a.rid = m.rid"""
    )


def _celled(merging: Merging, names: Sequence[str]) -> None:
    """`celled`: of rows that both sides changed, which side each cell is of; those without a conflict are `taken`."""
    base = merging.base.sql if merging.has_base else "(SELECT NULL::BIGINT AS id WHERE false)"
    pieces = [f"{_side_sql(merging, name)} AS s{at}" for at, name in enumerate(names)]
    listed = ", ".join(["NULL AS nothing", *pieces])
    merging.connection.execute(
        f"CREATE TABLE celled AS SELECT met.rid, {listed} FROM met "
        f"JOIN {merging.here.sql} h ON h.id = met.hid JOIN {merging.there.sql} t ON t.id = met.tid "
        f"LEFT JOIN {base} b ON b.id = met.bid WHERE outcome IN ('both_changed', 'both_said')"
    )
    both = " OR ".join(f"s{at} = {BOTH}" for at in range(len(names))) or "false"
    taken = " OR ".join(f"s{at} = {THEIRS}" for at in range(len(names))) or "false"
    merging.connection.execute(
        f"UPDATE met SET outcome = CASE WHEN c.taken THEN 'mixed' ELSE 'stays' END "
        f"FROM (SELECT rid, {taken} AS taken FROM celled WHERE NOT ({both})) c WHERE c.rid = met.rid"
    )


def _side_sql(merging: Merging, name: str) -> str:
    """Whose a cell is. Without a base a filled cell wins over an empty one."""
    here, there = merging.text(merging.here, name, "h"), merging.text(merging.there, name, "t", mapped=True)
    alone = f"CASE WHEN {here} = {there} OR {there} = '' THEN {OURS} WHEN {here} = '' THEN {THEIRS} ELSE {BOTH} END"
    if not merging.has_base:
        return alone
    was, was_here = merging.text(merging.base, name, "b"), merging.text(merging.base, name, "b", mapped=True)
    return (
        f"CASE WHEN met.bid IS NULL THEN {alone} WHEN {here} = {there} OR {there} = {was_here} THEN {OURS} "
        f"WHEN {here} IN ({was}, {was_here}) THEN {THEIRS} ELSE {BOTH} END"
    )


def merge_planned(spec: Spec, folder: Path) -> dict[str, Any]:
    """Counts of outcomes, the first conflicts with their cells, and what becomes of columns."""
    merging = merging_of(spec, folder)
    key = compared(merging)
    counts: dict[str, int] = {}
    for outcome, count in rows(merging.connection, "SELECT outcome, count(*) FROM met GROUP BY 1"):
        name = "taken" if outcome == "mixed" else outcome
        counts[name] = counts.get(name, 0) + count
    counts.pop("none", None)
    counts["conflicts"] = sum(counts.get(kind, 0) for kind in CONFLICTS)
    if merging.added:
        counts["columns_added"] = len(merging.added)
    if merging.removals and gone_columns(merging, key):
        counts["columns_removed"] = len(gone_columns(merging, key))
    return {"counts": counts, "key": key, "conflicts": _listed(merging)}


def _listed(merging: Merging) -> list[dict[str, Any]]:
    """Of each conflict the cells that differ, those of both sides and before."""
    names = merging.common
    nothing = "(SELECT NULL::BIGINT AS id WHERE false)"
    sides = {"h": merging.here, "t": merging.there, "b": merging.base}
    pieces = []
    for name in names:
        for letter, side in sides.items():
            is_there = letter != "b" or merging.has_base
            said = merging.text(side, name, letter, mapped=letter == "t") if is_there else "''"
            pieces.append(f"left({said}, {_MAX_SHOWN})")
    marks = [f"c.s{at}" for at in range(len(names))]
    found = merging.connection.execute(
        f"SELECT met.content, met.rid, met.outcome, {', '.join([*pieces, *marks])} FROM met "
        f"LEFT JOIN celled c ON c.rid = met.rid LEFT JOIN {merging.here.sql} h ON h.id = met.hid "
        f"LEFT JOIN {merging.there.sql} t ON t.id = met.tid "
        f"LEFT JOIN {merging.base.sql if merging.has_base else nothing} b ON b.id = met.bid "
        f"WHERE met.outcome IN {CONFLICTS} ORDER BY coalesce(met.hid, met.tid) LIMIT {MAX_LISTED}"
    )
    shown = [merging.here.columns[name].name for name in names]
    return [_conflict(row, shown) for row in found.fetchall()]


def _conflict(row: tuple[Any, ...], names: Sequence[str]) -> dict[str, Any]:
    content, rid, kind, *rest = row
    cells = [rest[3 * at : 3 * at + 3] for at in range(len(names))]
    marks = rest[3 * len(names) :]
    if kind in ("both_changed", "both_said"):
        chosen = [at for at, mark in enumerate(marks) if mark == BOTH]
    else:
        side = 0 if kind == "removed_there" else 1
        chosen = [at for at, cell in enumerate(cells) if cell[side] != cell[2]]
    told = [[(names[at], cells[at][side] or "") for at in chosen[:_MAX_CELLS]] for side in range(3)]
    return {
        "content": content,
        "name": rid[1:] if rid.startswith("k") else "",
        "kind": kind,
        "ours": told[0],
        "theirs": told[1],
        "base": told[2],
    }


def gone_columns(merging: Merging, key: str | None) -> list[Column]:
    """Columns that go as they went there; what names rows and the target stay."""
    kept = {key, merging.target}
    return [column for column in merging.dropped if column.name.lower() not in kept]
