"""What a column can hold, and the SQL that turns text into it and back. Pure: only builds expressions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from core.errors import InvalidInput

Kind = Literal["number", "category", "text", "datetime", "boolean", "id"]
KINDS: Final = get_args(Kind)
# What files write for "nothing". A text may say so in earnest.
MISSING: Final = ("NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NaN", "nan", "NULL", "null", "?")
# Nothing among numbers, dates and yes or no; among words it may be one of them.
NO_VALUE: Final = ("None", "-", "--")
TRUE_WORDS: Final = ("true", "yes", "t", "y", "是", "真", "1")
FALSE_WORDS: Final = ("false", "no", "f", "n", "否", "假", "0")
# Tried in this order; where two fit every cell the first one is taken, and the reason says which.
DATE_FORMATS: Final = (
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%b %d %Y",
    "%d %b %Y",
    "%Y年%m月%d日",
    "%Y%m%d",
)
STORAGE: Final[Mapping[str, str]] = {
    "number": "DOUBLE",
    "category": "VARCHAR",
    "text": "VARCHAR",
    "datetime": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "id": "VARCHAR",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `params`: `decimal` of numbers ("," or "."), `format` of dates ("" for ISO 8601)."""

    index: int
    name: str
    kind: str
    reason: dict[str, Any] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InvalidInput("unknown kind of column", field="kind", known=list(KINDS))
        if self.params.get("format", "") not in ("", *DATE_FORMATS):
            raise InvalidInput("unknown format of dates", field="params", known=["", *DATE_FORMATS])
        if self.params.get("decimal", ".") not in (".", ","):
            raise InvalidInput("the decimal sign is . or ,", field="params", known=[".", ","])

    @property
    def value(self) -> str:
        """The Parquet column of the values."""
        return f"c{self.index}"

    @property
    def raw(self) -> str:
        """The Parquet column of what the file said."""
        return f"r{self.index}"

    def to_json(self) -> dict[str, Any]:
        """For a child or a file's metadata."""
        return {
            "index": self.index,
            "name": self.name,
            "kind": self.kind,
            "reason": self.reason,
            "params": self.params,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Column":
        """The inverse of `to_json`."""
        return cls(row["index"], row["name"], row["kind"], row.get("reason", {}), row.get("params", {}))


def quoted(name: str) -> str:
    """An identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string constant."""
    return "'" + text.replace("'", "''") + "'"


def listed(words: tuple[str, ...]) -> str:
    """A list of string constants, in parentheses."""
    return "(" + ", ".join(literal(word) for word in words) + ")"


def is_missing_sql(text: str, kind: str = "") -> str:
    """Whether the text says that there is nothing."""
    blank = f"({text} IS NULL OR trim({text}) = ''"
    if kind == "text":
        return f"{blank})"
    words = (*MISSING, *NO_VALUE) if kind in ("number", "datetime", "boolean") else MISSING
    return f"{blank} OR trim({text}) IN {listed(words)})"


def typed_sql(text: str, kind: str, params: Mapping[str, Any]) -> str:
    """The value that the text stands for in a column of this kind; NULL when missing or unfit."""
    if kind == "number":
        return _number_sql(f"trim({text})", params.get("decimal", "."))
    if kind == "boolean":
        word = f"lower(trim({text}))"
        return f"CASE WHEN {word} IN {listed(TRUE_WORDS)} THEN true WHEN {word} IN {listed(FALSE_WORDS)} THEN false END"
    if kind == "datetime":
        return _moment_sql(f"trim({text})", params.get("format", ""))
    return f"CASE WHEN NOT {is_missing_sql(text, kind)} THEN {text} END"


def written_sql(value: str, kind: str) -> str:
    """How a value of this kind is written as text; the inverse of `typed_sql` for ISO dates and plain numbers."""
    if kind == "number":
        whole = f"{value} = trunc({value}) AND abs({value}) < 1e15"
        return f"CASE WHEN {whole} THEN CAST(CAST({value} AS BIGINT) AS VARCHAR) ELSE CAST({value} AS VARCHAR) END"
    if kind == "datetime":
        is_day = f"{value} = date_trunc('day', {value})"
        return f"CASE WHEN {is_day} THEN strftime({value}, '%Y-%m-%d') ELSE CAST({value} AS VARCHAR) END"
    return f"CAST({value} AS VARCHAR)" if kind == "boolean" else value


def raw_sql(text: str, kind: str, params: Mapping[str, Any]) -> str:
    """What the file said, where the value alone would not say it."""
    written = written_sql(f"({typed_sql(text, kind, params)})", kind)
    return f"NULLIF(NULLIF({text}, ''), {written})"


def text_sql(column: Column) -> str:
    """A cell as the file had it."""
    return f"coalesce({column.raw}, {written_sql(column.value, column.kind)})"


def content_sql(columns: Sequence[Column]) -> str:
    """A hash of what a row says, as versions have it."""
    said = ", ".join(f"coalesce({text_sql(column)}, '')" for column in columns)
    return f"md5(concat_ws(chr(31), {said}))"


def misfit_sql(column: Column) -> str:
    """Whether a cell says something that is no value of the column's kind."""
    return f"({column.value} IS NULL AND NOT {is_missing_sql(column.raw, column.kind)})"


def _number_sql(text: str, decimal: str) -> str:
    if decimal == ",":
        # Dots only where they group thousands: 2.5 among decimal commas is no 25.
        is_written = rf"regexp_full_match({text}, '[+-]?(\d+|\d{{1,3}}(\.\d{{3}})+)(,\d+)?')"
        cast = f"TRY_CAST(replace(replace({text}, '.', ''), ',', '.') AS DOUBLE)"
        return f"CASE WHEN {is_written} AND isfinite({cast}) THEN {cast} END"
    # The cast takes more than a person would: 1_000, inf, nan.
    cast = f"TRY_CAST({text} AS DOUBLE)"
    return f"CASE WHEN isfinite({cast}) AND NOT contains({text}, '_') THEN {cast} END"


def _moment_sql(text: str, pattern: str) -> str:
    if pattern:
        return f"try_strptime({text}, {literal(pattern)})"
    cast = f"(TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')"
    return f"CASE WHEN isfinite({cast}) AND contains({text}, '-') THEN {cast} END"
