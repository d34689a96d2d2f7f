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
from datasets.tables.kinds import Column, literal
from datasets.tables.parts import GROUP_ROWS, source_sql
from datasets.tables.query import conditions_from, where_sql
from datasets.tables.writers import EXPORTS, Source, table_written

if TYPE_CHECKING:
    import duckdb

MAX_CLASSES: Final = 1_000
_DEALT: Final = "(SELECT *, split AS __split FROM kept JOIN dealt USING (id))"
_CHUNK: Final = 1 << 20
_PACKED: Final = (".parquet", ".xlsx")
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
        "content_hash": content_hash(connection, _DEALT, columns, spec["task"]),
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


def content_hash(
    connection: "duckdb.DuckDBPyConnection", source: str, columns: Sequence[Column], task: str
) -> str:
    """Of the set of rows with their splits: the sum of their hashes does not know their order."""
    low, high = rows(
        connection,
        "SELECT sum(md5_number_lower(said)), sum(md5_number_upper(said)) "
        f"FROM (SELECT {content_sql(columns)} || __split AS said FROM {source})",
    )[0]
    said = orjson.dumps([task, [[c.name, c.kind, c.params] for c in columns], str(low), str(high)])
    return hashlib.sha256(said).hexdigest()


def exported(spec: Spec, folder: Path) -> dict[str, Any]:
    """Write `export.zip` with the one table of a frozen file. Raises TableTooLong, CellTooLong."""
    frozen_path = Path(spec["frozen"])
    connection = connect([folder, frozen_path.parent])
    target = folder / f"table.{EXPORTS[spec['format']]}"
    source = Source(connection, frozen_path, frozen_columns(connection, frozen_path))
    table_written(source, spec["format"], target)
    _zipped(target, folder / "export.zip")
    return {}


def frozen_columns(connection: "duckdb.DuckDBPyConnection", path: Path) -> list[Column]:
    """What the columns of a frozen file held when it was written."""
    said = rows(
        connection,
        f"SELECT value FROM parquet_kv_metadata({literal(str(path))}) WHERE key = 'studio.table'::BLOB",
    )
    return [Column.from_json(row) for row in orjson.loads(bytes(said[0][0]))]


def _zipped(path: Path, target: Path) -> None:
    info = zipfile.ZipInfo(path.name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED if path.suffix not in _PACKED else zipfile.ZIP_STORED
    with (
        path.open("rb") as file,
        zipfile.ZipFile(target, "w") as archive,
        archive.open(info, "w", force_zip64=True) as out,
    ):
        while chunk := file.read(_CHUNK):
            out.write(chunk)
