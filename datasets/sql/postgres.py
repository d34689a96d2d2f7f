"""A query on PostgreSQL: one cursor in a transaction that only reads. Pure.

The query travels in the extended protocol, which takes one statement, inside `DECLARE … CURSOR FOR`, which takes a
query and nothing else; so there is no `COPY`, no `SET`, no second statement. What a query may still call is decided by
the account, so one that could reach files or programs of its server is refused before it is asked anything.
"""

import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from datasets.sql.question import AnswerColumn, Cells, Question, SqlFailed, SqlRefused

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

CONNECT_S: Final = 10
_BATCH: Final = 1_000
_BEGIN: Final = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    "SET LOCAL lock_timeout = '5s'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL bytea_output = 'hex'",
)
_POWER: Final = """
SELECT EXISTS (
  SELECT 1 FROM pg_catalog.pg_roles r WHERE pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')
  AND (r.rolsuper OR r.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'))
) OR EXISTS (
  SELECT 1 FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = 'pg_catalog'
  AND p.proname IN ('pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'pg_stat_file', 'lo_import', 'lo_export')
  AND pg_catalog.has_function_privilege(session_user, p.oid, 'EXECUTE')
)
"""
_KINDS: Final = {
    16: "boolean",
    700: "number",
    701: "number",
    1082: "datetime",
    1114: "datetime",
    1184: "datetime",
}
_WRONG: Final = {
    "25006": "sql_writes",
    "42501": "sql_no_right",
    "42601": "sql_syntax",
    "42703": "sql_no_column",
    "42883": "sql_no_function",
    "42P01": "sql_no_table",
    "55P03": "sql_locked",
    "57014": "sql_slow",
    "22012": "sql_by_zero",
}


def answer(question: Question) -> tuple[list[AnswerColumn], Iterator[Cells]]:
    """The columns, and the rows as they come. Raises SqlRefused, SqlFailed."""
    link = _connected(question)
    for statement in (*_BEGIN, f"SET LOCAL statement_timeout = '{question.timeout_s}s'"):
        _done(link, statement)
    if _done(link, _POWER).get_value(0, 0) != b"f":
        raise SqlRefused("sql_account_powerful", field="user")
    start = "DECLARE studio NO SCROLL CURSOR FOR "
    _done(link, start + question.query, offset=len(start))
    first = _done(link, f"FETCH FORWARD {_BATCH} FROM studio", offset=len(start))
    columns = [
        AnswerColumn((first.fname(i) or b"").decode("utf-8", "replace"), _KINDS.get(first.ftype(i), ""))
        for i in range(first.nfields)
    ]
    return columns, _rows(link, first)


def _rows(link: "PGconn", batch: "PGresult") -> Iterator[Cells]:
    booleans = [batch.ftype(i) == 16 for i in range(batch.nfields)]
    while batch.ntuples:
        for row in range(batch.ntuples):
            yield [_cell(batch.get_value(row, i), booleans[i]) for i in range(batch.nfields)]
        batch = _done(link, f"FETCH FORWARD {_BATCH} FROM studio")


def _cell(value: bytes | None, is_boolean: bool) -> str | None:
    if value is None:
        return None
    if is_boolean:
        return "true" if value == b"t" else "false"
    return bytes(value).decode("utf-8", "replace")


def _conninfo(question: Question) -> str:
    from psycopg.conninfo import make_conninfo

    count = len(question.addresses)
    mode = {"verify": "verify-full", "require": "require", "off": "disable"}[question.tls]
    return make_conninfo(
        host=",".join([question.host] * count),
        hostaddr=",".join(question.addresses),
        port=",".join([str(question.port)] * count),
        dbname=question.database,
        user=question.user,
        password=question.password,
        passfile="/dev/null",
        connect_timeout=CONNECT_S,
        sslmode=mode,
        # Named, it would be checked by `require` too, and "system" is refused by all but `verify-full`.
        sslrootcert=(ssl.get_default_verify_paths().cafile or "system") if mode == "verify-full" else None,
        sslcert="",
        sslkey="",
        gssencmode="disable",
        # The password itself is never sent, whoever the other side is.
        require_auth="none,scram-sha-256,md5",
        client_encoding="utf8",
        application_name="studio",
    )


def _connected(question: Question) -> "PGconn":
    from psycopg import pq

    link = pq.PGconn.connect(_conninfo(question).encode())
    if link.status != pq.ConnStatus.OK:
        raise SqlFailed("sql_sign_in", field="host")
    return link


def _done(link: "PGconn", statement: str, offset: int = 0) -> "PGresult":
    """One statement in the extended protocol. Raises SqlFailed; the other side's words are not passed on."""
    from psycopg import pq

    result = link.exec_params(statement.encode(), None)
    if result.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        return result
    state = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode("ascii", "replace")
    position = (result.error_field(pq.DiagnosticField.STATEMENT_POSITION) or b"").decode("ascii", "replace")
    where = f" (at character {int(position) - offset})" if position.isdecimal() and len(position) < 7 else ""
    raise SqlFailed(_WRONG.get(state, "sql_failed"), where=where)
