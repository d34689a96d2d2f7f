"""The answer of a query as a file: asked once, and an upload from then on."""

import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from core.jobs.context import JobContext
from core.models import User
from core.outgoing import database_check
from core.services.outgoing import outgoing_policy
from core.services.scratch import scratch_dir
from core.services.secrets import seal, unseal
from core.services.uploads import upload_from, upload_take
from datasets.formats.base import Problem
from datasets.models import ImportBatch, Modality
from datasets.sql.asking import Asked, asked
from datasets.sql.question import MAX_ROWS, USUAL_PORTS, Question, query_check

FORMAT: Final = "sql_table"
REASON: Final = "it is the answer of a query"
_KEPT: Final = ("driver", "query", "limit", "host", "port", "database", "user", "tls")
_CHUNK_BYTES: Final = 1 << 20


def sql_source(actor: User, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of a question, the password sealed.

    Raises SqlRefused, OutgoingRefused, OutgoingFailed, NotFound, UploadIncomplete.
    """
    query_check(given["driver"], given["query"])
    if given["driver"] == "sqlite":
        upload_take(actor, given["upload_id"])
        return {
            "driver": "sqlite",
            "query": given["query"],
            "limit": given["limit"],
            "file": str(given["upload_id"]),
        }
    database_check(given["host"], given["port"], USUAL_PORTS[given["driver"]], outgoing_policy())
    password = given.get("password", "")
    return {**{name: given[name] for name in _KEPT}, "password": seal(password) if password else ""}


def sql_name(source: Mapping[str, Any]) -> str:
    """What an import is called; no host, no account."""
    return f"SQL: {source['database']}" if source.get("database") else "SQL: SQLite"


def sql_answered(ctx: JobContext, batch: ImportBatch) -> tuple[uuid.UUID, dict[str, Any]]:
    """An upload that holds the rows, and what is kept beside it, without the password.

    Raises SqlRefused, SqlFailed, OutgoingRefused, OutgoingFailed, SecretLost, NotFound.
    """
    source: dict[str, Any] = batch.source["sql"]
    is_table = batch.dataset.modality == Modality.TABULAR
    with TemporaryDirectory(dir=scratch_dir(), prefix="sql-") as folder:
        found = asked(_question(batch, source), Path(folder), "jsonl" if is_table else "csv", ctx.check)
        upload = upload_from(batch.created_by, filename=found.path.name, chunks=_chunks(found.path))
    return upload.pk, {**source, **_told(found), "password": ""}


def sql_problem(batch: ImportBatch) -> Problem | None:
    """The notice that there were more rows than were asked for."""
    source = batch.source.get("sql")
    if not source or not source.get("capped"):
        return None
    detail = f"only the first {source['limit']} rows were read; raise the limit or order and narrow the query"
    return Problem("rows_capped", "query", detail)


def _told(found: Asked) -> dict[str, Any]:
    return {"rows": found.rows, "capped": found.capped, "kinds": found.kinds}


def _question(batch: ImportBatch, source: Mapping[str, Any]) -> Question:
    query = query_check(source["driver"], source["query"])
    limit = min(int(source["limit"]), MAX_ROWS)
    if source["driver"] == "sqlite":
        path = upload_take(batch.created_by, uuid.UUID(source["file"]))
        return Question(driver="sqlite", query=query, limit=limit, path=str(path))
    usual = USUAL_PORTS[source["driver"]]
    host, addresses = database_check(source["host"], source["port"], usual, outgoing_policy())
    return Question(
        driver=source["driver"],
        query=query,
        limit=limit,
        host=host,
        addresses=addresses,
        port=source["port"],
        database=source["database"],
        user=source["user"],
        password=unseal(source["password"]) if source["password"] else "",
        tls=source["tls"],
    )


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
