"""A frozen table with made-up rows of its rare classes among the training rows, and nowhere else. Pure.

Rows that were made say so (`__made`) and are numbered behind all others. What is no number, moment, truth or word is
not made up: a text is that of the row it began from, an identifier is missing.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson

from core.errors import InvalidInput
from datasets.preparation.mixed import GAP, Made, Rows, rows_made
from datasets.tables.engine import connect, rows
from datasets.tables.freeze import Spec, content_hash, frozen_columns
from datasets.tables.kinds import STORAGE, Column, literal
from datasets.tables.parts import GROUP_ROWS

if TYPE_CHECKING:
    import duckdb

# Near rows are looked for among so many of a class, and fewer where there are many columns.
MAX_POOL: Final = 20_000
_POOL_CELLS: Final = 4_000_000
_COUNTED: Final = ("number", "datetime")
_SAID: Final = ("category", "boolean")


@dataclass(frozen=True, slots=True)
class Measured:
    """The columns that rows are made of: those that are counted and those that are said, the target left out."""

    counted: tuple[Column, ...]
    said: tuple[Column, ...]

    @classmethod
    def of(cls, columns: Sequence[Column], target: Column) -> "Measured":
        """The others go along with the row that a made one began from."""
        mine = [column for column in columns if column.index != target.index]
        return cls(
            tuple(column for column in mine if column.kind in _COUNTED),
            tuple(column for column in mine if column.kind in _SAID),
        )


def oversampled(spec: Spec, folder: Path) -> dict[str, Any]:
    """Write `frozen.parquet` into `folder` with `spec["make"]` rows of each class more; the hash of its content.

    `method` is `smote` or `copies`. Raises InvalidInput.
    """
    before = Path(spec["frozen"])
    connection = connect([folder, before.parent], database=folder / "balance.db")
    columns = frozen_columns(connection, before)
    target = next((column for column in columns if column.index == spec["target"]), None)
    if target is None:
        raise InvalidInput("the version has no target column any more", field="version")
    source = f"read_parquet({literal(str(before))})"
    _check_counts(connection, source, target, spec["counts"])
    measured = Measured.of(columns, target)
    _levels(connection, source, measured.said)
    made = _made_written(connection, source, target, measured, spec, folder / "made.csv")
    _joined(connection, source, columns, measured, folder)
    whole = f"read_parquet({literal(str(folder / 'frozen.parquet'))})"
    return {"made": made, "content_hash": content_hash(connection, whole, columns, spec["task"])}


def _check_counts(
    connection: "duckdb.DuckDBPyConnection", source: str, target: Column, counts: Mapping[str, int]
) -> None:
    """What was counted when the version was frozen; the target may be another column by now."""
    word = f"CAST({target.value} AS VARCHAR)"
    found = rows(
        connection,
        f"SELECT {word}, count(*) FROM {source} WHERE __split = 'train' AND {word} IS NOT NULL GROUP BY 1",
    )
    if dict(found) != counts:
        raise InvalidInput(
            "the table has another target than when the version was frozen; freeze again", field="version"
        )


def _levels(connection: "duckdb.DuckDBPyConnection", source: str, said: Sequence[Column]) -> None:
    """Words by number, those of the training rows."""
    for column in said:
        connection.execute(
            f"CREATE TABLE l{column.index} AS SELECT row_number() OVER (ORDER BY word) - 1 AS code, word FROM "
            f"(SELECT DISTINCT {column.value} AS word FROM {source} "
            f"WHERE __split = 'train' AND {column.value} IS NOT NULL)"
        )


def _number_sql(column: Column) -> str:
    return f"epoch_us({column.value}) / 1e6" if column.kind == "datetime" else column.value


def _scales(connection: "duckdb.DuckDBPyConnection", source: str, counted: Sequence[Column]) -> list[float]:
    if not counted:
        return []
    asked = ", ".join(f"coalesce(stddev_pop({_number_sql(column)}), 0)" for column in counted)
    return list(rows(connection, f"SELECT {asked} FROM {source} WHERE __split = 'train'")[0])


def _made_written(
    connection: "duckdb.DuckDBPyConnection",
    source: str,
    target: Column,
    measured: Measured,
    spec: Spec,
    path: Path,
) -> dict[str, int]:
    scale = np.array(_scales(connection, source, measured.counted), np.float64)
    made: dict[str, int] = {}
    number = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for place, (name, wanted) in enumerate(sorted(spec["make"].items())):
            ids, own = _pool(connection, source, target, measured, name, scale, spec["seed"])
            if not len(own) or not wanted:
                continue
            rng = np.random.default_rng([spec["seed"], place])
            neighbors = spec["neighbors"] if spec["method"] == "smote" else 0
            for chunk in rows_made(own, wanted, neighbors, rng):
                writer.writerows(_lines(chunk, ids, number))
                number += len(chunk.base)
            made[name] = wanted
    return made


def _lines(made: Made, ids: "np.ndarray[Any, Any]", first: int) -> list[list[Any]]:
    return [
        [
            *(first + at + 1, int(ids[base])),
            *("" if value != value else repr(value) for value in numbers),
            *("" if code == GAP else code for code in codes),
        ]
        for at, (base, numbers, codes) in enumerate(
            zip(made.base.tolist(), made.numbers.tolist(), made.codes.tolist(), strict=True)
        )
    ]


def _pool(
    connection: "duckdb.DuckDBPyConnection",
    source: str,
    target: Column,
    measured: Measured,
    name: str,
    scale: "np.ndarray[Any, Any]",
    seed: int,
) -> tuple["np.ndarray[Any, Any]", Rows]:
    """Ids and cells of training rows of a class, the same ones each time, in the order of their ids."""
    width = len(measured.counted) + len(measured.said)
    most = max(1, min(MAX_POOL, _POOL_CELLS // max(1, width)))
    cells = [f"CAST({_number_sql(column)} AS DOUBLE)" for column in measured.counted]
    cells += [f"CAST(coalesce(l{column.index}.code, {GAP}) AS DOUBLE)" for column in measured.said]
    joins = " ".join(
        f"LEFT JOIN l{column.index} ON l{column.index}.word = {column.value}" for column in measured.said
    )
    found = connection.execute(
        f"SELECT id, {', '.join([*cells, 'NULL'])} FROM (SELECT * FROM {source} WHERE __split = 'train' "
        f"AND CAST({target.value} AS VARCHAR) = ? ORDER BY md5({literal(str(seed))} || id) LIMIT {most}) "
        f"{joins} ORDER BY id",
        [name],
    ).fetchall()
    ids = np.array([row[0] for row in found], np.int64)
    values = np.array([row[1:-1] for row in found], np.float64).reshape(len(found), width)
    split = len(measured.counted)
    return ids, Rows(values[:, :split], values[:, split:].astype(np.int64), scale)


def _joined(
    connection: "duckdb.DuckDBPyConnection",
    source: str,
    columns: Sequence[Column],
    measured: Measured,
    folder: Path,
) -> None:
    """The rows of before and those of `made.csv`, whose cells are typed as the columns are."""
    fields = {"n": "BIGINT", "base": "BIGINT"}
    fields |= {f"x{column.index}": "DOUBLE" for column in measured.counted}
    fields |= {f"k{column.index}": "BIGINT" for column in measured.said}
    typed = ", ".join(f"'{name}': '{kind}'" for name, kind in fields.items())
    made = f"read_csv({literal(str(folder / 'made.csv'))}, columns = {{{typed}}}, header = false, auto_detect = false)"
    joins = " ".join(
        f"LEFT JOIN l{column.index} ON l{column.index}.code = k{column.index}" for column in measured.said
    )
    whole = _whole(connection, source, measured.counted)
    cells = {column.index: _cell_sql(column, measured, whole) for column in columns}
    plain = ", ".join(f"{column.value}, {column.raw}" for column in columns)
    new = ", ".join(f"{cells[column.index][0]}, {cells[column.index][1]}" for column in columns)
    last = rows(connection, f"SELECT max(id), count(*) FROM {source}")[0]
    said = orjson.dumps([column.to_json() for column in columns]).decode()
    total = last[1] + rows(connection, f"SELECT count(*) FROM {made}")[0][0]
    connection.execute(
        f"COPY (SELECT id, __split, {plain}, false AS __made FROM {source} "
        f"UNION ALL SELECT {last[0]} + n, 'train', {new}, true FROM {made} "
        f"JOIN {source} ON id = base {joins} ORDER BY 1) "
        f"TO {literal(str(folder / 'frozen.parquet'))} (FORMAT parquet, COMPRESSION zstd, "
        f"ROW_GROUP_SIZE {GROUP_ROWS}, "
        f"KV_METADATA {{'studio.table': {literal(said)}, 'studio.rows': '{total}'}})"
    )


def _whole(
    connection: "duckdb.DuckDBPyConnection", source: str, counted: Sequence[Column]
) -> Mapping[int, bool]:
    """Which columns hold whole numbers only, or days: what is made for them is whole as well."""
    if not counted:
        return {}
    step = {"number": 1.0, "datetime": 86_400.0}
    asked = ", ".join(
        f"coalesce(bool_and(fmod({_number_sql(column)}, {step[column.kind]}) = 0), true)"
        for column in counted
    )
    found = rows(connection, f"SELECT {asked} FROM {source} WHERE __split = 'train'")[0]
    return {column.index: bool(is_whole) for column, is_whole in zip(counted, found, strict=True)}


def _cell_sql(column: Column, measured: Measured, whole: Mapping[int, bool]) -> tuple[str, str]:
    """The value and what a file would have said of a made cell; a gap is that of the row it began from."""
    if column in measured.counted:
        value = f"x{column.index}"
        if column.kind == "datetime":
            step = 86_400 if whole[column.index] else 1
            value = f"make_timestamp(CAST(round({value} / {step}) AS BIGINT) * {step * 1_000_000})"
        elif whole[column.index]:
            value = f"round({value})"
        return value, f"CASE WHEN x{column.index} IS NULL THEN {column.raw} END"
    if column in measured.said:
        return f"l{column.index}.word", f"CASE WHEN k{column.index} IS NULL THEN {column.raw} END"
    if column.kind == "id":
        return f"CAST(NULL AS {STORAGE['id']})", "CAST(NULL AS VARCHAR)"
    return column.value, column.raw
