"""What is asked of a database, and what may not be. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.errors import InvalidInput

DRIVERS: Final = ("postgresql", "mysql", "sqlite")
USUAL_PORTS: Final = {"postgresql": 5432, "mysql": 3306}
TLS: Final = ("verify", "require", "off")
STATEMENT_S: Final = 30
MAX_ROWS: Final = 1_000_000
MAX_COLUMNS: Final = 5_000
MAX_QUERY: Final = 20_000
_FIRST: Final = re.compile(r"\(*\s*(select|with|values|table)\b", re.IGNORECASE)
# Everything MySQL reads as one piece while `sql_mode` is empty, which the driver sees to.
_MYSQL: Final = re.compile(
    r"(?P<string>'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\")"
    r"|(?P<quoted>`(?:[^`]|``)*`)"
    r"|(?P<run>/\*M?!)"
    r"|(?P<comment>/\*.*?\*/|--(?=[\s\x00-\x20]|$)[^\n]*|\#[^\n]*)"
    r"|(?P<word>[\w$]+)"
    r"|(?P<open>/\*|['\"`])"
    r"|(?P<end>;)",
    re.DOTALL,
)
# What writes or reads files of the server, or a variable.
_MYSQL_WORDS: Final = frozenset({"into", "load_file", "outfile", "dumpfile"})
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class SqlRefused(InvalidInput):
    """The database cannot be asked this; the detail says what to do, and never a word of the other side."""

    code = "sql_refused"


class SqlFailed(InvalidInput):
    """The database could not be reached, did not let us in, or did not answer the query."""

    code = "sql_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One query and where it is asked. `addresses` are the checked ones of `host`; `path` is a file of SQLite."""

    driver: str
    query: str
    limit: int = MAX_ROWS
    timeout_s: int = STATEMENT_S
    host: str = ""
    addresses: tuple[str, ...] = ()
    port: int = 0
    database: str = ""
    user: str = ""
    password: str = ""
    tls: str = "require"
    path: str = ""


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """A column of an answer; `kind` is empty where the cells themselves say more than the database's type."""

    name: str
    kind: str = ""


Cells = list[str | None]


def query_check(driver: str, query: str) -> str:
    """The query without the end mark. Raises SqlRefused for what is not one question that only reads.

    For PostgreSQL and SQLite the server and the library refuse the rest themselves: a cursor holds one query that
    returns rows, an authorizer lets nothing but reading pass. MySQL has neither, so its text is read word by word.
    """
    text = query.strip()
    if len(text) > MAX_QUERY:
        raise SqlRefused(f"a query has at most {MAX_QUERY} characters", field="query")
    if _CONTROL.search(text):
        raise SqlRefused("the query holds control characters; type it again", field="query")
    if not _FIRST.match(_uncommented(text)):
        raise SqlRefused(
            "a query begins with SELECT, WITH, VALUES or TABLE; nothing else is asked", field="query"
        )
    if driver == "mysql":
        return _mysql_checked(text)
    return text.rstrip("; \t\r\n")


def _uncommented(text: str) -> str:
    """The text behind comments at its begin."""
    while True:
        text = text.lstrip()
        if text.startswith("--"):
            text = text.partition("\n")[2]
        elif text.startswith("/*") and not text.startswith(("/*!", "/*M!")):
            text = text.partition("*/")[2]
        else:
            return text


def _mysql_checked(text: str) -> str:
    for found in _MYSQL.finditer(text):
        if found["run"] or found["open"]:
            raise SqlRefused(
                "the query holds a comment that runs, or a quote that is not closed", field="query"
            )
        if found["end"]:
            if _pieces(text[found.end() :]):
                raise SqlRefused("send one query; it holds several", field="query")
            return text[: found.start()]
        word = (found["word"] or (found["quoted"] or "").strip("`")).lower()
        if word in _MYSQL_WORDS:
            raise SqlRefused("a query must not name INTO or LOAD_FILE: it only reads tables", field="query")
    return text


def _pieces(text: str) -> bool:
    left = "".join(_rest(text)).strip()
    return bool(left)


def _rest(text: str) -> Iterator[str]:
    at = 0
    for found in _MYSQL.finditer(text):
        yield text[at : found.start()]
        at = found.end()
        if not found["comment"]:
            yield found[0]
    yield text[at:]
