"""Any table file as text columns `c0`, `c1`, … of one table `raw` on disk, in the order of the file. Pure."""

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.errors import InvalidInput
from datasets.formats.base import Problem
from datasets.formats.tables import (
    TableDamaged,
    TableEmpty,
    TableOtherFormat,
    TableStrayQuote,
    TableTooLarge,
    TableTooWide,
    separator_of,
)
from datasets.formats.textfiles import REPLACEMENT
from datasets.tables.arff import arff_flat
from datasets.tables.bombs import is_short, parquet_check
from datasets.tables.deal import split_sql
from datasets.tables.engine import rows
from datasets.tables.files import FORMATS, TAKES_ALL, format_of, lines_in_utf8, to_utf8, unwrapped
from datasets.tables.kinds import literal, written_sql
from datasets.tables.rowsources import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_PROBLEMS,
    Flat,
    jsonl_flat,
    xlsx_flat,
)
from datasets.tables.said import METADATA_KEY, said_read

if TYPE_CHECKING:
    import duckdb

# Columns a version adds, which are no columns of the data under that name.
OWN: Final = ("__split",)
# What the split of an export is called where it comes in again.
_SPLIT_NAME: Final = "split"
_SPLITS: Final = "('', 'train', 'val', 'test')"
_SAMPLE: Final = 256 * 1024
_REJECTS: Final = {
    "MISSING COLUMNS": ("row_too_short", "it has fewer cells than the first row"),
    "TOO MANY COLUMNS": (
        "row_too_long",
        "it has more cells than the first row; quote cells that hold a separator",
    ),
    "UNQUOTED VALUE": ("row_bad_quote", "a quote is not closed or stands inside a cell; double it"),
    "LINE SIZE OVER MAXIMUM": ("row_too_large", "it is over 2 MB; a quote may not be closed"),
    "INVALID ENCODING": ("row_unreadable", "its text is damaged"),
}


@dataclass(slots=True)
class Staged:
    """What `raw` holds. `declared` are kinds the file itself gives, by name; `notes` say how it was read."""

    format: str
    reason: str
    names: list[str]
    rows: int
    declared: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV is written."""

    separator: str = ","
    quote: str = '"'
    has_header: bool = True
    # How lines end; "" has it found out, which the first end within a cell may spoil.
    line_end: str = ""


def staged(
    connection: "duckdb.DuckDBPyConnection", path: Path, name: str, wanted: str, scratch: Path
) -> Staged:
    """Read the whole file into `raw`. Raises TableRefused and ArchiveRefused.

    `wanted` is the key of a format, or "auto". Splits that an export wrote come in as the column “split”; a name of
    `OWN` is left only to a column that says again what that one says.
    """
    return _own_named(connection, _staged(connection, path, name, wanted, scratch))


def _staged(
    connection: "duckdb.DuckDBPyConnection", path: Path, name: str, wanted: str, scratch: Path
) -> Staged:
    inner = unwrapped(path, scratch)
    key, reason = format_of(inner, name)
    if wanted not in ("auto", key):
        if wanted not in FORMATS:
            raise InvalidInput("unknown format", field="format", known=["auto", *FORMATS])
        if {wanted, key} & {"parquet_table", "xlsx_table"}:
            raise TableOtherFormat(f"this is no {FORMATS[wanted]}; choose another format", field="format")
        key, reason = wanted, "you chose it"
    if key == "parquet_table":
        return _parquet(connection, inner, reason)
    flat_path = scratch / "flat.csv"
    if key == "xlsx_table":
        return _flat(connection, xlsx_flat(inner, flat_path), key, reason)
    text, encoding, spoiled = to_utf8(inner, scratch)
    if key == "csv_table":
        result = _delimited(connection, text, encoding, reason, scratch)
    else:
        flat = jsonl_flat(text, flat_path) if key == "jsonl_table" else arff_flat(text, flat_path)
        result = _flat(connection, flat, key, reason)
        result.notes["encoding"] = encoding
    spoilt = f"bytes that are no {encoding.upper()} became “{REPLACEMENT}”; mend the cell and import it again"
    result.problems += _at_lines("text_replaced", spoiled, spoilt)
    if encoding in TAKES_ALL:
        named = encoding.upper()
        mixed = f"it is UTF-8 in a file read as {named}, so its words came in wrong; save all of it as UTF-8"
        result.problems += _at_lines("text_mixed", lines_in_utf8(inner), mixed)
    return result


def _at_lines(code: str, lines: list[int], detail: str) -> list[Problem]:
    """Each of the first lines by itself, the rest as one."""
    told = [Problem(code, f"line {line}", detail) for line in lines[:MAX_PROBLEMS]]
    if rest := lines[MAX_PROBLEMS:]:
        told.append(Problem(code, f"line {rest[0]}", detail, len(rest)))
    return told


def dialect_of(sample: str) -> Dialect:
    """How its first lines say that a CSV is written."""
    quote = "'" if '"' not in sample and sample.count("'") >= 4 and sample.lstrip().startswith("'") else '"'
    separator = separator_of(sample, quote)
    first = next(iter(_parsed(sample.splitlines()[:200], separator, quote)), [])
    return Dialect(separator, quote, has_header=not first or not all(_is_number(cell) for cell in first))


def named(raw: list[str]) -> tuple[list[str], list[Problem]]:
    """Names that are filled and different, and what had to be changed for it."""
    names: list[str] = []
    problems: list[Problem] = []
    taken: set[str] = set()
    for position, given in enumerate(raw, 1):
        base = " ".join(given.replace("\ufeff", "").split())[:190] or f"column {position}"
        name, count = base, 1
        while name.lower() in taken:
            count += 1
            name = f"{base} {count}"
        if name != given.strip():
            problems.append(Problem("column_renamed", f"column {position}", f"it is called “{name}” here"))
        taken.add(name.lower())
        names.append(name)
    return names, problems[:MAX_PROBLEMS]


def renamed(table: Staged, place: int, name: str) -> None:
    """Give the column at `place` another name, with what the file says of it, and tell so."""
    old = table.names[place]
    table.names[place] = name
    if old in table.declared:
        table.declared[name] = table.declared.pop(old)
    detail = f"“{old}” is called “{name}” here"
    table.problems.append(Problem("column_renamed", f"column {place + 1}", detail))


def _own_named(connection: "duckdb.DuckDBPyConnection", table: Staged) -> Staged:
    for place, name in enumerate(table.names):
        if name.lower() not in OWN:
            continue
        is_split = name in OWN and _holds_splits(connection, "raw", f"c{place}")
        taken = {each.lower(): at for at, each in enumerate(table.names)}
        if is_split and _SPLIT_NAME in taken and _says_the_same(connection, taken[_SPLIT_NAME], place):
            continue
        base = _SPLIT_NAME if is_split else name[1:]
        free, count = base, 1
        while free.lower() in taken:
            count += 1
            free = f"{base} {count}"
        renamed(table, place, free)
        if is_split:
            table.declared[free] = {"kind": "category", "params": {}}
    return table


def _says_the_same(connection: "duckdb.DuckDBPyConnection", said: int, place: int) -> bool:
    """Whether the split of the column `place` is what the cells of the column `said` mean; none is training."""
    meant = f"coalesce({split_sql(f'c{said}')}, 'train')"
    others = f"SELECT count(*) FROM raw WHERE {meant} IS DISTINCT FROM coalesce(nullif(trim(c{place}), ''), 'train')"
    return bool(rows(connection, others)[0][0] == 0)


def _holds_splits(connection: "duckdb.DuckDBPyConnection", source: str, column: str) -> bool:
    others = f"SELECT count(*) FROM {source} WHERE trim(CAST({column} AS VARCHAR)) NOT IN {_SPLITS}"
    return bool(rows(connection, others)[0][0] == 0)


def _delimited(
    connection: "duckdb.DuckDBPyConnection", path: Path, encoding: str, reason: str, scratch: Path
) -> Staged:
    with path.open(encoding="utf-8", newline="") as file:
        sample = file.read(_SAMPLE)
    dialect = dialect_of(sample)
    above, parsed = _begun(sample.splitlines()[:50], dialect)
    first = parsed[0] if parsed else []
    if not first:
        raise TableEmpty("the file has no filled line", field="file")
    if len(first) > MAX_COLUMNS:
        raise TableTooWide(f"over {MAX_COLUMNS} columns; keep fewer", field="file")
    header = first if dialect.has_header else [f"column {i}" for i in range(1, len(first) + 1)]
    names, problems = named(header)
    count, rejected = _loaded(connection, path, len(names), dialect, above=above, scratch=scratch)
    if not count and not rejected and len(parsed) > 1:
        detail = "no row below could be read; look for a stray quote, and double quotes inside a cell"
        rejected = [Problem("row_bad_quote", f"line {above + 1}", detail)]
    if not any(problem.code == "row_bad_quote" for problem in rejected):
        rejected += _open_quote(path, dialect)
    return Staged(
        "csv_table",
        reason,
        names,
        count,
        problems=problems + rejected,
        notes={"encoding": encoding, "separator": dialect.separator, "quote": dialect.quote},
    )


def _flat(connection: "duckdb.DuckDBPyConnection", flat: Flat, key: str, reason: str) -> Staged:
    names, problems = named(flat.columns)
    count, rejected = _loaded(connection, flat.path, len(names), Dialect(has_header=False, line_end="\\r\\n"))
    declared = {
        name: flat.declared[given]
        for name, given in zip(names, flat.columns, strict=True)
        if given in flat.declared
    }
    return Staged(key, reason, names, count, declared, problems + flat.problems + rejected)


def _loaded(
    connection: "duckdb.DuckDBPyConnection",
    path: Path,
    width: int,
    dialect: Dialect,
    *,
    above: int = 0,
    scratch: Path | None = None,
) -> tuple[int, list[Problem]]:
    """`above` lines are passed over. With `scratch`, a file of mixed ends of lines is read from a copy of one."""
    import duckdb

    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    ends = f"new_line = {literal(dialect.line_end)}, " if dialect.line_end else ""
    source = (
        f"read_csv({literal(str(path))}, columns = {{{columns}}}, auto_detect = false, parallel = false, "
        f"delim = {literal(dialect.separator)}, quote = {literal(dialect.quote)}, "
        f"escape = {literal(dialect.quote)}, {ends}header = {str(dialect.has_header).lower()}, skip = {above}, "
        f"store_rejects = true, rejects_limit = 0, max_line_size = {2 * MAX_CELL})"
    )
    try:
        connection.execute(f"CREATE TABLE raw AS SELECT * FROM {source}")
    except duckdb.OutOfMemoryException as exc:
        raise TableTooLarge(
            "a row of the table is too large; a quote may not be closed", field="file"
        ) from exc
    except duckdb.Error as exc:
        if scratch is not None:
            return _loaded(connection, _one_line_end(path, scratch), width, dialect, above=above)
        raise TableStrayQuote(
            "the text is no table that is read; look for a stray quote", field="file"
        ) from exc
    count = int(rows(connection, "SELECT count(*) FROM raw")[0][0])
    return count, _rejected(connection)


def _one_line_end(path: Path, scratch: Path) -> Path:
    """The text with every line ended the same."""
    target = scratch / "lines.csv"
    with path.open(encoding="utf-8") as file, target.open("w", encoding="utf-8", newline="") as out:
        while text := file.read(_SAMPLE):
            out.write(text)
    return target


def _rejected(connection: "duckdb.DuckDBPyConnection") -> list[Problem]:
    counted = rows(
        connection,
        "SELECT CAST(error_type AS VARCHAR), count(*), min(line) FROM "
        "(SELECT line, min(error_type) AS error_type FROM reject_errors GROUP BY line) GROUP BY 1 ORDER BY 3",
    )
    problems: list[Problem] = []
    for kind, count, _ in counted:
        code, detail = _REJECTS.get(kind, ("row_unreadable", "it is no row of this table"))
        lines = rows(
            connection,
            "SELECT DISTINCT line FROM reject_errors WHERE CAST(error_type AS VARCHAR) = ? ORDER BY 1 LIMIT 20",
            [kind],
        )
        shown = [Problem(code, f"line {line}", detail) for (line,) in lines]
        if count > len(shown):
            last = shown[-1]
            shown[-1] = Problem(last.code, last.where, last.detail, count - len(shown) + 1)
        problems += shown
    return problems


def _open_quote(path: Path, dialect: Dialect) -> list[Problem]:
    """A quote that nothing closes swallows the rest of the file, and the loader does not tell."""
    with path.open("rb") as file:
        quotes = sum(chunk.count(dialect.quote.encode()) for chunk in iter(lambda: file.read(1 << 20), b""))
    if quotes % 2 == 0:
        return []
    with path.open(encoding="utf-8", newline="") as text:
        reader = csv.reader(text, delimiter=dialect.separator, quotechar=dialect.quote, strict=True)
        begun = 1
        try:
            for _ in reader:
                begun = reader.line_num + 1
        except csv.Error:
            code, detail = _REJECTS["UNQUOTED VALUE"]
            return [Problem(code, f"line {begun}", f"{detail}; nothing behind it was read")]
    return []


def _parquet(connection: "duckdb.DuckDBPyConnection", path: Path, reason: str) -> Staged:
    import duckdb

    source = f"read_parquet({literal(str(path))})"
    try:
        described = rows(connection, f"DESCRIBE SELECT * FROM {source}")
        kept = list(described)
        if not kept or len(kept) > MAX_COLUMNS:
            raise TableTooWide(f"a table has 1 to {MAX_COLUMNS} columns", field="file")
        parquet_check(connection, path, [_as_text(row[0], row[1]) for row in kept if not is_short(row[1])])
        columns = ", ".join(f"{_as_text(row[0], row[1])} AS c{i}" for i, row in enumerate(kept))
        connection.execute(f"CREATE TABLE raw AS SELECT {columns} FROM {source}")
        meta = rows(
            connection,
            f"SELECT value FROM parquet_kv_metadata({literal(str(path))}) WHERE key = {literal(METADATA_KEY)}::BLOB",
        )
    except duckdb.Error as exc:
        raise TableDamaged("the Parquet file is damaged; write it again", field="file") from exc
    names, problems = named([row[0] for row in kept])
    count = int(rows(connection, "SELECT count(*) FROM raw")[0][0])
    return Staged("parquet_table", reason, names, count, _declared(meta, kept, names), problems)


def _declared(meta: list[tuple[Any, ...]], kept: list[tuple[Any, ...]], names: list[str]) -> dict[str, Any]:
    if meta and (said := said_read(bytes(meta[0][0]))):
        return {name: said[name] for name in names if name in said}
    plain = {"BOOLEAN": "boolean", "DATE": "datetime", "DOUBLE": "number", "FLOAT": "number"}
    found: dict[str, Any] = {}
    for name, row in zip(names, kept, strict=True):
        kind = "datetime" if str(row[1]).startswith("TIMESTAMP") else plain.get(str(row[1]))
        if kind:
            found[name] = {"kind": kind, "params": {}}
    return found


def _as_text(name: str, kind: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    if kind in ("DOUBLE", "FLOAT"):
        value = f"CAST({column} AS DOUBLE)"
        return f"CASE WHEN isfinite({column}) THEN {written_sql(value, 'number')} END"
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        moment = (
            f"CAST({column} AS TIMESTAMP)"
            if kind != "TIMESTAMP WITH TIME ZONE"
            else f"({column} AT TIME ZONE 'UTC')"
        )
        return written_sql(moment, "datetime")
    return f"CAST({column} AS VARCHAR)"


def _begun(lines: list[str], dialect: Dialect) -> tuple[int, list[list[str]]]:
    """How many lines stand above the first filled one, and the filled rows from there on."""
    for above, line in enumerate(lines):
        if _parsed([line], dialect.separator, dialect.quote):
            return above, _parsed(lines[above:], dialect.separator, dialect.quote)
    return 0, []


def _parsed(lines: list[str], separator: str, quote: str) -> list[list[str]]:
    try:
        rows_ = csv.reader(lines, delimiter=separator, quotechar=quote)
        return [row for row in rows_ if any(cell.strip() for cell in row)]
    except csv.Error:
        return []


def _is_number(text: str) -> bool:
    try:
        float(text.strip())
    except ValueError:
        return False
    return True
