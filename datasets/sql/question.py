"""What is asked of a database, and what may not be. Pure."""

import re
from collections.abc import Iterator, Mapping
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


# What may go wrong, by its code: what to do in our own words, and never one of the other side's.
WHY: Final[Mapping[str, str]] = {
    "sql_refused": "a query begins with SELECT, WITH, VALUES or TABLE; nothing else is asked",
    "sql_query_long": f"a query has at most {MAX_QUERY} characters",
    "sql_query_control": "the query holds control characters; type it again",
    "sql_query_open": "the query holds a comment that runs, or a quote that is not closed",
    "sql_several": "send one query; it holds several",
    "sql_writes": "the query does more than reading tables, as INTO and LOAD_FILE do; only queries that read are asked",
    "sql_columns": f"a query answers with 1 to {MAX_COLUMNS} columns",
    "sql_account_powerful": "this account may reach files or programs of its server; use one that may only read tables",
    "sql_password_bare": "the server wants the password itself; it is not sent",
    "sql_not_sqlite": "this is no SQLite file; upload the database itself",
    "sql_failed": "the database did not answer the query; try it there first",
    "sql_sign_in": "could not sign in to the database; check the host, the port, the database, the account, "
    "the password and TLS",
    "sql_no_database": "there is no such database on this server",
    "sql_no_right": "the account may not read what the query names; grant it SELECT",
    "sql_no_table": "the query names a table that is not there",
    "sql_no_column": "the query names a column that is not there",
    "sql_no_function": "the query calls a function that is not there, or with other types",
    "sql_syntax": "the query is no single query that the database understands",
    "sql_forbidden": "the server does not allow this query",
    "sql_slow": f"the query took longer than {STATEMENT_S} seconds; narrow it",
    "sql_locked": "a table is locked; try again later",
    "sql_by_zero": "the query divides by zero",
    "sql_too_much": "the answer takes more time or memory than it is given; narrow the query",
    "sql_file_damaged": "the file is damaged, or encrypted; copy the database again",
}


class _Sql(InvalidInput):
    def __init__(self, code: str, *, where: str = "", field: str = "query") -> None:
        """`where` comes behind the words of `WHY`."""
        super().__init__(WHY[code] + where, field=field)
        self.where, self.field = where, field
        vars(self)["code"] = code


class SqlRefused(_Sql):
    """The database is not asked this; `code` says why, `detail` what to do."""


class SqlFailed(_Sql):
    """The database could not be reached, did not let us in, or did not answer the query."""


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
        raise SqlRefused("sql_query_long")
    if _CONTROL.search(text):
        raise SqlRefused("sql_query_control")
    if not _FIRST.match(_uncommented(text)):
        raise SqlRefused("sql_refused")
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
            raise SqlRefused("sql_query_open")
        if found["end"]:
            if _pieces(text[found.end() :]):
                raise SqlRefused("sql_several")
            return text[: found.start()]
        word = (found["word"] or (found["quoted"] or "").strip("`")).lower()
        if word in _MYSQL_WORDS:
            raise SqlRefused("sql_writes")
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
