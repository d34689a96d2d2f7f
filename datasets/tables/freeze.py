"""Freezing a table into one Parquet file with a column of splits, and writing that out for others. Pure.

The same rows, kinds and seed give the same bytes. A row's place in the draw is the hash of the seed and of what
the row says, so equal rows are never in two splits and neither ids nor the order of imports matter.
"""

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from core.errors import InvalidInput
from datasets.tables.deal import SPLITS, Held, content_sql, dealt
from datasets.tables.engine import connect, rows
from datasets.tables.kinds import Column, literal, misfit_sql, quoted, text_sql
from datasets.tables.parts import GROUP_ROWS, source_sql
from datasets.tables.query import conditions_from, where_sql
from datasets.tables.staging import METADATA_KEY

if TYPE_CHECKING:
    import duckdb

EXPORTS: Final = {"csv_table": "csv", "parquet_table": "parquet"}
MAX_CLASSES: Final = 1_000
_CHUNK: Final = 1 << 20
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
Spec = Mapping[str, Any]


class TableEmpty(InvalidInput):
    """No row qualifies."""

    code = "table_empty"


def frozen(spec: Spec, folder: Path) -> dict[str, Any]:
    """Write `frozen.parquet` into `folder`; its counts, classes and content hash.

    Raises TableEmpty, SplitImpossible, NothingToLearn.
    """
    parts = [Path(part) for part in spec["parts"]]
    before = Path(spec["held"]) if spec.get("held") else None
    folders = {path.parent for path in (*parts, *([before] if before else []))}
    connection = connect([folder, *folders], database=folder / "freeze.db")
    held = None if before is None else Held(before, tuple(frozen_columns(connection, before)))
    columns = [Column.from_json(row) for row in spec["columns"]]
    by_index = {column.index: column for column in columns}
    target = by_index.get(spec["target"])
    source = source_sql(connection, parts, columns)
    where, params = where_sql(conditions_from(spec["filter"], by_index), source)
    if target is not None and not spec["keep_unlabeled"]:
        where += f" AND {target.value} IS NOT NULL"
    connection.execute(
        f"CREATE TABLE kept AS SELECT *, {content_sql(columns)} AS content FROM {source} WHERE {where}",
        params,
    )
    total = int(rows(connection, "SELECT count(*) FROM kept")[0][0])
    if not total:
        raise TableEmpty("no row has a value in the target column, or none passes the filter")
    outcome = dealt(connection, spec["split"], by_index, target, held)
    total -= outcome.left_out
    _write(connection, columns, folder / "frozen.parquet", total)
    return {
        "counts": _counts(connection, total),
        "classes": _classes(connection, target),
        "content_hash": _content_hash(connection, columns, spec["task"]),
        "outcome": asdict(outcome),
    }


def _write(
    connection: "duckdb.DuckDBPyConnection", columns: Sequence[Column], path: Path, total: int
) -> None:
    said = orjson.dumps([column.to_json() for column in columns]).decode()
    cells = ", ".join(name for column in columns for name in (column.value, column.raw))
    connection.execute(
        f"COPY (SELECT id, split AS __split, {cells} FROM kept JOIN dealt USING (id) ORDER BY id) "
        f"TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP_ROWS}, "
        f"KV_METADATA {{'studio.table': {literal(said)}, 'studio.rows': '{total}'}})"
    )


def _counts(connection: "duckdb.DuckDBPyConnection", total: int) -> dict[str, int]:
    counted: dict[str, int] = dict(rows(connection, "SELECT split, count(*) FROM dealt GROUP BY 1"))
    return {"samples": total, **{name: counted.get(name, 0) for name in SPLITS}, "objects": 0}


def _classes(connection: "duckdb.DuckDBPyConnection", target: Column | None) -> list[dict[str, Any]]:
    if target is None or target.kind not in ("category", "boolean", "text"):
        return []
    counts = ", ".join(f"count(*) FILTER (split = '{name}')" for name in SPLITS)
    counted = rows(
        connection,
        f"SELECT CAST({target.value} AS VARCHAR), {counts} FROM kept JOIN dealt USING (id) "
        f"WHERE {target.value} IS NOT NULL GROUP BY 1 ORDER BY 1 LIMIT {MAX_CLASSES}",
    )
    return [
        {"id": name, "index": index, "name": name, "name_zh": "", "train": train, "val": val, "test": test}
        for index, (name, train, val, test) in enumerate(counted)
    ]


def _content_hash(connection: "duckdb.DuckDBPyConnection", columns: Sequence[Column], task: str) -> str:
    """Of the set of rows with their splits: the sum of their hashes does not know their order."""
    low, high = rows(
        connection,
        "SELECT sum(md5_number_lower(content || split)), sum(md5_number_upper(content || split)) "
        "FROM kept JOIN dealt USING (id)",
    )[0]
    said = orjson.dumps([task, [[c.name, c.kind, c.params] for c in columns], str(low), str(high)])
    return hashlib.sha256(said).hexdigest()


def exported(spec: Spec, folder: Path) -> dict[str, Any]:
    """Write `export.zip` with the one table of a frozen file."""
    frozen_path = Path(spec["frozen"])
    connection = connect([folder, frozen_path.parent])
    columns = frozen_columns(connection, frozen_path)
    suffix = EXPORTS[spec["format"]]
    target = folder / f"table.{suffix}"
    source = f"read_parquet({literal(str(frozen_path))})"
    if suffix == "csv":
        cells = ", ".join(f"{text_sql(column)} AS {quoted(column.name)}" for column in columns)
        options = "FORMAT csv, HEADER true, DELIMITER ','"
    else:
        cells = ", ".join(f"{_exact(connection, source, c)} AS {quoted(c.name)}" for c in columns)
        said = orjson.dumps([column.to_json() for column in columns]).decode()
        options = f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{'{METADATA_KEY}': {literal(said)}}}"
    connection.execute(
        f"COPY (SELECT {cells}, __split FROM {source} ORDER BY id) TO {literal(str(target))} ({options})"
    )
    _zipped(target, folder / "export.zip")
    return {}


def frozen_columns(connection: "duckdb.DuckDBPyConnection", path: Path) -> list[Column]:
    """What the columns of a frozen file held when it was written."""
    said = rows(
        connection,
        f"SELECT value FROM parquet_kv_metadata({literal(str(path))}) WHERE key = 'studio.table'::BLOB",
    )
    return [Column.from_json(row) for row in orjson.loads(bytes(said[0][0]))]


def _exact(connection: "duckdb.DuckDBPyConnection", source: str, column: Column) -> str:
    """The values, or all cells as text where one of them is no value: nothing is to be lost."""
    has_misfit = rows(connection, f"SELECT count(*) FROM {source} WHERE {misfit_sql(column)}")[0][0]
    return text_sql(column) if has_misfit else column.value


def _zipped(path: Path, target: Path) -> None:
    info = zipfile.ZipInfo(path.name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED if path.suffix == ".csv" else zipfile.ZIP_STORED
    with (
        path.open("rb") as file,
        zipfile.ZipFile(target, "w") as archive,
        archive.open(info, "w", force_zip64=True) as out,
    ):
        while chunk := file.read(_CHUNK):
            out.write(chunk)
