"""Which row of a table goes to which split: what stays together is dealt as one, by the hash of the seed. Pure.

`kept` are the rows, with the hash of what they say as `content`; the answer is `dealt`, their splits. A row without
one is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.errors import InvalidInput
from datasets.formats.names import SPLIT_WORDS
from datasets.splits import NothingToLearn, fractions_left
from datasets.tables.engine import rows
from datasets.tables.kinds import Column, literal, text_sql

if TYPE_CHECKING:
    import duckdb

SPLITS: Final = ("train", "val", "test")
STRATEGIES: Final = ("random", "stratified", "group", "time", "given")
_STRATA: Final = 10


class SplitImpossible(InvalidInput):
    """The split asks for something that the table does not have."""

    code = "split_impossible"


@dataclass(frozen=True, slots=True)
class Held:
    """A frozen table whose test rows stay test, and its columns."""

    path: Path
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows that were `left_out` since they say what a kept test row says or are of its group, test rows of the other
    version that are `missing`, and rows that are equal but `torn` apart by a given split.
    """

    left_out: int = 0
    missing: int = 0
    torn: int = 0


def content_sql(columns: Sequence[Column]) -> str:
    """The hash of what a row says."""
    content = ", ".join(f"coalesce({text_sql(column)}, '')" for column in columns)
    return f"md5(concat_ws(chr(31), {content}))"


def split_sql(text: str) -> str:
    """`train`, `val` or `test` where a text means one of them, else NULL."""
    cases = " ".join(f"WHEN {literal(word)} THEN {literal(split)}" for word, split in SPLIT_WORDS.items())
    return f"CASE lower(trim({text})) {cases} END"


def dealt(
    connection: "duckdb.DuckDBPyConnection",
    split: Mapping[str, Any],
    columns: Mapping[int, Column],
    target: Column | None,
    held: Held | None,
) -> Outcome:
    """Make the table `dealt`. Raises SplitImpossible, NothingToLearn.

    `split` is a SplitSpec with `column`, by which rows are grouped, ordered in time or given, and `test_column`, which
    says what is locked.
    """
    said = split.get("column" if split["strategy"] == "given" else "test_column")
    _alike(connection, columns, said, split["strategy"])
    if split["strategy"] == "given":
        return _given(connection, _chosen(columns, said, "a given split"))
    connection.execute("CREATE TABLE locked (id BIGINT)")
    missing = 0
    if held is not None:
        missing = _hold(connection, columns, held)
    elif split.get("lock_test"):
        text = text_sql(_chosen(columns, said, "a locked test split"))
        connection.execute(f"INSERT INTO locked SELECT id FROM kept WHERE {split_sql(text)} = 'test'")
    _units(connection, split, columns, target)
    return Outcome(_place(connection, split, is_held=held is not None), missing)


def _alike(
    connection: "duckdb.DuckDBPyConnection", columns: Mapping[int, Column], said: Any, strategy: str
) -> None:
    """`alike`: what a row says but for its split; by it rows are equal."""
    others = [column for index, column in columns.items() if index != said]
    if said is None or not others:
        connection.execute("CREATE VIEW told AS SELECT *, content AS alike FROM kept")
    else:
        connection.execute(f"CREATE TABLE told AS SELECT *, {content_sql(others)} AS alike FROM kept")


def _given(connection: "duckdb.DuckDBPyConnection", column: Column) -> Outcome:
    connection.execute(
        f"CREATE TABLE dealt AS SELECT id, coalesce({split_sql(text_sql(column))}, 'train') AS split FROM kept"
    )
    torn = rows(
        connection,
        "SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM told JOIN dealt USING (id) "
        "GROUP BY alike HAVING count(DISTINCT split) > 1)",
    )[0][0]
    return Outcome(torn=int(torn))


def _hold(connection: "duckdb.DuckDBPyConnection", columns: Mapping[int, Column], held: Held) -> int:
    """Lock the rows that the other version tested, as often as it had them; how many of them are not here.

    Columns are compared that both have; their cells by what the file said, whatever the kind.
    """
    before = {column.index: column for column in held.columns}
    common = sorted(set(before) & set(columns))
    if not common:
        raise SplitImpossible("the version whose test split is to be kept has other columns; choose another")
    connection.execute(
        f"CREATE TABLE tested AS SELECT {content_sql([before[i] for i in common])} AS common, count(*) AS n "
        f"FROM read_parquet({literal(str(held.path))}) WHERE __split = 'test' GROUP BY 1"
    )
    connection.execute(
        "CREATE TABLE like_tested AS SELECT id, common, n, "
        "row_number() OVER (PARTITION BY common ORDER BY id) AS place "
        f"FROM (SELECT id, {content_sql([columns[i] for i in common])} AS common FROM kept) "
        "JOIN tested USING (common)"
    )
    connection.execute("INSERT INTO locked SELECT id FROM like_tested WHERE place <= n")
    wanted, found = rows(connection, "SELECT (SELECT sum(n) FROM tested), (SELECT count(*) FROM locked)")[0]
    return int(wanted or 0) - int(found)


def _units(
    connection: "duckdb.DuckDBPyConnection",
    split: Mapping[str, Any],
    columns: Mapping[int, Column],
    target: Column | None,
) -> None:
    """`rowed`: of every row its `unit`, which is what stays together, its stratum and moment."""
    strategy, unit, stratum, moment = split["strategy"], "alike", "''", "0"
    if strategy == "group":
        cell = _chosen(columns, split.get("column"), "a split by group").value
        unit = f"coalesce('g' || CAST({cell} AS VARCHAR), 'r' || alike)"
    elif strategy == "time":
        column = _chosen(columns, split.get("column"), "a split by time")
        if column.kind not in ("datetime", "number"):
            raise SplitImpossible(f"{column.name} holds no dates or numbers; choose another column")
        unit, moment = f"coalesce(CAST({column.value} AS VARCHAR), '')", column.value
    elif not split.get("keep_alike", True):
        # Equal rows are numbered, so that neither ids nor order decide.
        unit = "alike || '-' || row_number() OVER (PARTITION BY alike ORDER BY id)"
    # Rows of one moment are dealt as one, but only those that say the same are copies of a locked row.
    tie = (
        ("alike" if split.get("keep_alike", True) else "CAST(id AS VARCHAR)") if strategy == "time" else unit
    )
    if strategy == "stratified":
        stratum = _stratum(target)
    # A stratum of numbers may end between equal rows.
    joined = "min(part) OVER (PARTITION BY unit)" if strategy == "stratified" else "part"
    connection.execute(
        f"""CREATE TABLE rowed AS
        WITH said AS (SELECT id, {unit} AS unit, CAST({stratum} AS VARCHAR) AS part, {moment} AS moment,
            {tie} AS tie, id IN (SELECT id FROM locked) AS is_locked FROM told)
        SELECT id, unit, {joined} AS stratum, moment, tie, is_locked FROM said"""
    )


def _place(connection: "duckdb.DuckDBPyConnection", split: Mapping[str, Any], *, is_held: bool) -> int:
    """`dealt`, from `rowed`; how many rows are left out."""
    tied = "tie IN (SELECT tie FROM rowed WHERE is_locked)"
    if is_held and split.get("keep_alike", True):
        tied += " OR id IN (SELECT id FROM like_tested)"
    total, left = rows(connection, f"SELECT count(*), count(*) FILTER (NOT ({tied})) FROM rowed")[0]
    fractions = split["train"], split["val"], split["test"]
    if left < total:
        fractions = fractions_left(fractions, total, left, is_kept=is_held)
    if not left:
        raise NothingToLearn("every row is in the locked test split; add some to learn from")
    order = "moment" if split["strategy"] == "time" else f"md5({literal(str(split['seed']))} || unit)"
    train, val = fractions[0], fractions[0] + fractions[1]
    last = "'val'" if is_held else "'test'"
    # The middle of a unit decides, so that a unit goes where most of it would have been.
    connection.execute(
        f"""CREATE TABLE dealt AS
        WITH free AS (SELECT * FROM rowed WHERE NOT ({tied})),
        units AS (SELECT stratum, unit, min(moment) AS moment, count(*) AS n FROM free GROUP BY 1, 2),
        placed AS (SELECT stratum, unit,
            (sum(n) OVER (PARTITION BY stratum ORDER BY {order} NULLS FIRST, unit) - n / 2.0)
            / sum(n) OVER (PARTITION BY stratum) AS place FROM units)
        SELECT id, CASE WHEN place < {train!r} THEN 'train' WHEN place < {val!r} THEN 'val' ELSE {last} END AS split
        FROM free JOIN placed USING (stratum, unit)
        UNION ALL SELECT id, 'test' FROM rowed WHERE {"is_locked" if is_held else tied}"""
    )
    return int(total) - int(rows(connection, "SELECT count(*) FROM dealt")[0][0])


def _stratum(target: Column | None) -> str:
    if target is None:
        raise SplitImpossible("a stratified split needs a target column; choose one, or split at random")
    if target.kind == "number":
        return f"ntile({_STRATA}) OVER (ORDER BY {target.value}, alike)"
    return f"coalesce(CAST({target.value} AS VARCHAR), '')"


def _chosen(columns: Mapping[int, Column], index: Any, what: str) -> Column:
    if index not in columns:
        raise SplitImpossible(f"{what} needs a column; choose one")
    return columns[index]
