"""A query on MySQL or MariaDB: one statement in a transaction that only reads. Pure.

`question.query_check` has read the text under the `sql_mode` that is set here; the driver neither sends several
statements nor a local file, whatever the server asks for, and never the password itself.
"""

import re
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NoReturn

from core.outgoing import connected
from datasets.sql.question import AnswerColumn, Cells, Question, SqlFailed, SqlRefused

if TYPE_CHECKING:
    from pymysql.connections import Connection

CONNECT_S: Final = 10
_BATCH: Final = 1_000
_GRANT: Final = re.compile(r"GRANT (.*?) ON \*\.\* TO ", re.IGNORECASE)
_POWERS: Final = frozenset({"ALL PRIVILEGES", "FILE", "SUPER", "SHUTDOWN"})
_WRONG: Final = {
    1044: "sql_no_right",
    1045: "sql_sign_in",
    1049: "sql_no_database",
    1054: "sql_no_column",
    1064: "sql_syntax",
    1142: "sql_no_right",
    1143: "sql_no_right",
    1146: "sql_no_table",
    1290: "sql_forbidden",
    1305: "sql_no_function",
    1792: "sql_writes",
    1969: "sql_slow",
    3024: "sql_slow",
}
_NUMBERS: Final = frozenset({4, 5})
_MOMENTS: Final = frozenset({7, 10, 12})


class _NoClearPassword:
    """Stands for the ways to sign in that would hand over the password itself."""

    def __init__(self, connection: object) -> None:
        del connection

    def authenticate(self, packet: object) -> NoReturn:
        """Do not."""
        raise SqlRefused("sql_password_bare", field="host")


def answer(question: Question) -> tuple[list[AnswerColumn], Iterator[Cells]]:
    """The columns, and the rows as they come. Raises SqlRefused, SqlFailed."""
    import pymysql

    try:
        link = _connected(question)
        _begin(link, question.timeout_s)
        cursor = link.cursor(pymysql.cursors.SSCursor)
        cursor.execute(question.query)
    except (pymysql.Error, OSError, RuntimeError, ValueError, LookupError, TypeError) as exc:
        raise _failed(exc) from exc
    described = cursor.description or ()
    columns = [AnswerColumn(str(row[0]), _kind(int(row[1]))) for row in described]
    return columns, _rows(cursor)


def _kind(code: int) -> str:
    if code in _NUMBERS:
        return "number"
    return "datetime" if code in _MOMENTS else ""


def _rows(cursor: Any) -> Iterator[Cells]:
    import pymysql

    while True:
        try:
            batch = cursor.fetchmany(_BATCH)
        except (pymysql.Error, OSError, RuntimeError, ValueError, LookupError, TypeError) as exc:
            raise _failed(exc) from exc
        if not batch:
            return
        for row in batch:
            yield [_cell(value) for value in row]


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return "\\x" + bytes(value).hex()


def _connected(question: Question) -> "Connection[Any]":
    import pymysql

    # How values are written into statements; without the other half, answers stay the text they came as.
    written: Any = pymysql.converters.encoders
    link: Connection[Any] = pymysql.connect(
        host=question.host,
        port=question.port,
        user=question.user,
        password=question.password,
        database=question.database,
        charset="utf8mb4",
        conv=written,
        local_infile=False,
        connect_timeout=CONNECT_S,
        read_timeout=question.timeout_s + 5,
        write_timeout=CONNECT_S,
        ssl=_context(question.tls),
        ssl_disabled=question.tls == "off",
        auth_plugin_map={"mysql_clear_password": _NoClearPassword, "dialog": _NoClearPassword},
        read_default_file=None,
        defer_connect=True,
    )
    link.connect(connected(question.addresses, question.port, CONNECT_S))
    return link


def _context(tls: str) -> ssl.SSLContext | None:
    if tls == "off":
        return None
    context = ssl.create_default_context()
    if tls == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _begin(link: "Connection[Any]", timeout_s: int) -> None:
    version: Any = link.get_server_info
    is_maria = "mariadb" in str(version()).lower()
    limit = f"max_statement_time = {timeout_s}" if is_maria else f"max_execution_time = {timeout_s * 1000}"
    with link.cursor() as cursor:
        for statement in (
            "SET SESSION sql_mode = ''",
            f"SET SESSION {limit}",
            "SET SESSION time_zone = '+00:00'",
            "START TRANSACTION READ ONLY",
            "SHOW GRANTS",
        ):
            cursor.execute(statement)
        for (said,) in cursor.fetchall():
            granted = _GRANT.match(str(said))
            if granted and _POWERS & {name.strip().upper() for name in granted[1].split(",")}:
                raise SqlRefused("sql_account_powerful", field="user")


def _failed(exc: Exception) -> SqlFailed:
    number = exc.args[0] if exc.args and isinstance(exc.args[0], int) else 0
    usual = "sql_sign_in" if number // 1000 == 2 else "sql_failed"
    return SqlFailed(_WRONG.get(number, usual))
