"""A query on an uploaded SQLite file: opened as it lies, and nothing but reading is let through. Pure."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from datasets.sql.question import AnswerColumn, Cells, Question, SqlFailed, SqlRefused

_MAGIC: Final = b"SQLite format 3\x00"
_ALLOWED: Final = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE})
_FORBIDDEN: Final = frozenset({"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"})
_STEPS: Final = 10_000
_WRONG: Final = {
    "interrupted": "sql_slow",
    "not authorized": "sql_writes",
    "prohibited": "sql_writes",
    "no such table": "sql_no_table",
    "no such column": "sql_no_column",
    "no such function": "sql_no_function",
    "syntax error": "sql_syntax",
    "one statement": "sql_several",
    "malformed": "sql_file_damaged",
    "not a database": "sql_file_damaged",
    "too big": "sql_too_much",
}
_MAX_LENGTH: Final = 16 << 20


def answer(question: Question) -> tuple[list[AnswerColumn], Iterator[Cells]]:
    """The columns, and the rows as they come. Raises SqlRefused, SqlFailed."""
    path = Path(question.path)
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise SqlRefused("sql_not_sqlite", field="upload_id")
    link = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True, isolation_level=None)
    link.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_LENGTH)
    link.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    link.text_factory = lambda text: text.decode("utf-8", "replace")
    try:
        for setting in (
            "query_only = ON",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "temp_store = MEMORY",
        ):
            link.execute(f"PRAGMA {setting}")
        end = time.monotonic() + question.timeout_s
        link.set_authorizer(_authorized)
        link.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        cursor = link.execute(question.query)
    except (sqlite3.Error, sqlite3.Warning, ValueError) as exc:
        raise _failed(exc) from exc
    columns = [AnswerColumn(str(row[0])) for row in cursor.description or ()]
    return columns, _rows(cursor)


def _authorized(
    action: int, first: str | None, second: str | None, _base: str | None, _by: str | None
) -> int:
    is_function = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() not in _FORBIDDEN
    return sqlite3.SQLITE_OK if action in _ALLOWED or is_function else sqlite3.SQLITE_DENY


def _rows(cursor: sqlite3.Cursor) -> Iterator[Cells]:
    while True:
        try:
            row = cursor.fetchone()
        except (sqlite3.Error, MemoryError) as exc:
            raise _failed(exc) from exc
        if row is None:
            return
        yield [_cell(value) for value in row]


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return "\\x" + value.hex() if isinstance(value, bytes) else repr(value)


def _failed(exc: Exception) -> SqlFailed:
    """The library's words name tables and columns of the file only by what they are about."""
    said = str(exc)
    return SqlFailed(next((code for part, code in _WRONG.items() if part in said), "sql_failed"))
