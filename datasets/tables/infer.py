"""What each staged column holds, and why. Pure.

A sample of the rows says which kind is tried; then every cell is looked at: one late word in a million numbers
decides between "all" and "most".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from datasets.tables.engine import rows
from datasets.tables.kinds import (
    DATE_FORMATS,
    FALSE_WORDS,
    TRUE_WORDS,
    Column,
    is_missing_sql,
    listed,
    typed_sql,
)

if TYPE_CHECKING:
    import duckdb

MOSTLY: Final = 0.95
MAX_CATEGORIES: Final = 1_000
_FEW_ROWS: Final = 20
_CHUNK: Final = 24
_LOOKED_AT: Final = 20_000
_SAMPLE_HAS: Final = 0.9
_ID_NAME: Final = re.compile(r"(^|[_\s-])(id|uuid|guid|key|index|rowid|serial)$|Id$|ID$|编号$|序号$|^no\.?$")
Decision = tuple[str, dict[str, Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one column: `rows` filled cells in the sample, how many of them look like what; `filled` ones in all.

    `thousands` are those among the `commas` that may as well group thousands, as 1,101.
    """

    rows: int
    numbers: int
    zeros_first: int
    words: int
    bits: int
    moments: int
    commas: int
    thousands: int
    spaced: int
    length: float
    longest: int
    filled: int


def inferred(
    connection: "duckdb.DuckDBPyConnection",
    names: Sequence[str],
    declared: Mapping[str, Mapping[str, Any]],
) -> list[Column]:
    """A column for each name, numbered from 0; `raw` holds them as c0, c1, …"""
    total = int(rows(connection, "SELECT count(*) FROM raw")[0][0])
    every = max(1, total // _LOOKED_AT)
    connection.execute(f"CREATE TEMP TABLE looked AS SELECT * FROM raw WHERE rowid % {every} = 0")
    columns: list[Column] = []
    for start in range(0, len(names), _CHUNK):
        part = range(start, min(start + _CHUNK, len(names)))
        unsaid = [position for position in part if names[position] not in declared]
        facts = dict(zip(unsaid, _facts(connection, unsaid), strict=True)) if unsaid else {}
        for position in part:
            name = names[position]
            if said := declared.get(name):
                reason = {"code": "from_file"}
                columns.append(Column(position, name, said["kind"], reason, dict(said.get("params", {}))))
                continue
            kind, reason, params = _Decider(connection, position, name, facts[position]).decided()
            columns.append(Column(position, name, kind, reason, params))
    connection.execute("DROP TABLE looked")
    return columns


def is_id_name(name: str) -> bool:
    """Whether a column is called as one that numbers its rows."""
    return _ID_NAME.search(name.strip()) is not None


def _facts(connection: "duckdb.DuckDBPyConnection", positions: Sequence[int]) -> list[Facts]:
    pieces: list[str] = []
    for i in positions:
        text, filled = f"c{i}", f"NOT {is_missing_sql(f'c{i}', 'category')}"
        word = f"lower(trim({text}))"
        tests = (
            "true",
            f"({typed_sql(text, 'number', {})}) IS NOT NULL",
            rf"regexp_full_match(trim({text}), '0\d+')",
            f"{word} IN {listed(TRUE_WORDS[:-1] + FALSE_WORDS[:-1])}",
            f"{word} IN ('0', '1')",
            f"({typed_sql(text, 'datetime', {})}) IS NOT NULL",
            rf"regexp_full_match(trim({text}), '[+-]?(\d+|\d{{1,3}}(\.\d{{3}})+),\d+')",
            rf"regexp_full_match(trim({text}), '[+-]?[1-9]\d{{0,2}},\d{{3}}')",
            f"contains(trim({text}), ' ')",
        )
        pieces += [f"count(*) FILTER ({filled} AND {test})" for test in tests]
        pieces += [f"coalesce(avg(length({text})) FILTER ({filled}), 0)", f"coalesce(max(length({text})), 0)"]
    sampled = rows(connection, f"SELECT {', '.join(pieces)} FROM looked")[0]
    counts = ", ".join(f"count(*) FILTER (NOT {is_missing_sql(f'c{i}', 'category')})" for i in positions)
    filled_cells = rows(connection, f"SELECT {counts} FROM raw")[0]
    width = len(sampled) // len(positions)
    return [
        Facts(*(*sampled[at * width : (at + 1) * width], filled_cells[at])) for at in range(len(positions))
    ]


class _Decider:
    """One column's kind: the first that its cells confirm."""

    def __init__(
        self, connection: "duckdb.DuckDBPyConnection", position: int, name: str, facts: Facts
    ) -> None:
        self._connection, self._name, self._facts = connection, name.strip(), facts
        self._text = f"c{position}"
        self._is_filled = f"NOT {is_missing_sql(self._text, 'category')}"

    def decided(self) -> Decision:
        """The kind, the reason and the parameters."""
        facts = self._facts
        if facts.filled == 0:
            return "category", {"code": "all_missing"}, {}
        if is_id_name(self._name) and self._is_all_different():
            return "id", {"code": "all_different"}, {}
        for kind, code, params in self._candidates():
            fits = self._fits(kind, params)
            if kind == "number" and fits == facts.filled and self._is_sequence():
                return "id", {"code": "all_different"}, {}
            if fits >= MOSTLY * facts.filled:
                reason = {"code": code, "fits": fits, "of": facts.filled}
                return kind, reason | ({"format": params["format"]} if params.get("format") else {}), params
        if facts.zeros_first:
            return "category", {"code": "zeros_first"}, {}
        if self._is_all_different():
            return "id", {"code": "all_different"}, {}
        return self._words()

    def _candidates(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        facts, least = self._facts, _SAMPLE_HAS * self._facts.rows
        if facts.words and facts.words + facts.bits >= least:
            yield "boolean", "two_words", {}
        if facts.numbers >= least and facts.zeros_first * 20 < facts.rows:
            yield "number", "numbers", {"decimal": "."}
        if facts.commas * 2 >= facts.rows and facts.thousands < facts.commas:
            yield "number", "decimal_comma", {"decimal": ","}
        if facts.moments >= least:
            yield "datetime", "dates", {"format": ""}
        elif 6 <= facts.length <= 24:
            for pattern in DATE_FORMATS:
                if self._fits("datetime", {"format": pattern}, "looked") >= max(1.0, least):
                    yield "datetime", "dates", {"format": pattern}

    def _fits(self, kind: str, params: Mapping[str, Any], table: str = "raw") -> int:
        value = typed_sql(self._text, kind, params)
        return int(
            rows(self._connection, f"SELECT count({value}) FROM {table} WHERE {self._is_filled}")[0][0]
        )

    def _words(self) -> Decision:
        facts = self._facts
        distinct = int(
            rows(
                self._connection,
                f"SELECT approx_count_distinct({self._text}) FROM raw WHERE {self._is_filled}",
            )[0][0]
        )
        few = distinct <= max(_FEW_ROWS, min(MAX_CATEGORIES, facts.filled // 2))
        kind, code = ("category", "few_values") if few and facts.length <= 64 else ("text", "many_values")
        return kind, {"code": code, "distinct": distinct, "of": facts.filled}, {}

    def _is_all_different(self) -> bool:
        """Enough short cells without blanks, and no two alike."""
        facts = self._facts
        if facts.filled < _FEW_ROWS or facts.longest > 64 or facts.spaced:
            return False
        return self._distinct("looked") == facts.rows and self._distinct("raw") == facts.filled

    def _is_sequence(self) -> bool:
        if not self._is_all_different():
            return False
        value = typed_sql(self._text, "number", {})
        counted = f"(SELECT {value} AS v FROM raw WHERE {self._is_filled})"
        low, high, is_whole = rows(
            self._connection, f"SELECT min(v), max(v), bool_and(v = trunc(v)) FROM {counted}"
        )[0]
        return bool(is_whole) and high - low + 1 == self._facts.filled

    def _distinct(self, table: str) -> int:
        sql = f"SELECT count(DISTINCT {self._text}) FROM {table} WHERE {self._is_filled}"
        return int(rows(self._connection, sql)[0][0])
