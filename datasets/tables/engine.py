"""Connections to DuckDB, inside limits of memory, time and reach. Pure."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.errors import NotReady

if TYPE_CHECKING:
    import duckdb

QUERY_MEMORY: Final = "384MB"
WORK_MEMORY: Final = "768MB"
QUERY_S: Final = 10.0
_AGAIN_S: Final = 0.02
Row = tuple[Any, ...]


class QueryTooLong(NotReady):
    """The question took longer, or more memory, than it may; a filter, or fewer columns, makes it smaller."""

    code = "table_query_too_long"


def connect(
    folders: Sequence[Path],
    *,
    database: Path | None = None,
    memory: str = WORK_MEMORY,
    threads: int = 1,
    is_wide: bool = False,
) -> "duckdb.DuckDBPyConnection":
    """A database of its own that reads and writes below `folders` only and loads no extensions.

    What does not fit the memory goes to the first folder. `is_wide` is for statements of hundreds of columns, in which looking for
    what they have in common takes longer, with the square of their number, than to work it out twice.
    """
    import duckdb

    connection = duckdb.connect(
        str(database or ":memory:"),
        config={
            "memory_limit": memory,
            "threads": threads,
            "temp_directory": str(folders[0] / "spill"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "preserve_insertion_order": "true",
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    # What takes long would draw it on standard output, which is where a child answers.
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"SET allowed_directories = {[str(folder) + '/' for folder in folders]}")
    connection.execute("SET enable_external_access = false")
    if is_wide:
        connection.execute("SET disabled_optimizers = 'common_subexpressions'")
    connection.execute("SET lock_configuration = true")
    return connection


@contextmanager
def deadline(connection: "duckdb.DuckDBPyConnection", seconds: float = QUERY_S) -> Iterator[None]:
    """Interrupt what the block runs on `connection` after so long. Raises QueryTooLong, also when memory runs out."""
    import duckdb

    is_over = threading.Event()

    def interrupt() -> None:
        # An interrupt ends the statement that runs; one that comes between two of them is lost, so it is repeated.
        wait_s = seconds
        while not is_over.wait(wait_s):
            connection.interrupt()
            wait_s = _AGAIN_S

    watch = threading.Thread(target=interrupt, daemon=True)
    watch.start()
    try:
        yield
    except duckdb.OutOfMemoryException as exc:
        detail = "this question of the table takes too much memory; narrow it with a filter or fewer columns"
        raise QueryTooLong(detail) from exc
    except duckdb.InterruptException as exc:
        raise QueryTooLong("this question of the table takes too long; narrow it with a filter") from exc
    finally:
        is_over.set()
        watch.join()


def rows(connection: "duckdb.DuckDBPyConnection", sql: str, params: Sequence[Any] = ()) -> list[Row]:
    """All rows of one statement."""
    return connection.execute(sql, list(params)).fetchall()
