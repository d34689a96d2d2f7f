"""The process that reads strangers' Parquet: `python -m datasets.formats.parquet.child`. Pure.

The first line on standard input is what to open; the answer says what its columns are. The second line is what to read
of it; then come the rows, a window of some at a time, so that what is held does not grow with the file. The process
limits itself before it opens anything.
"""

import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import orjson

from datasets.formats.parquet.wire import send_note, send_row
from datasets.tables.engine import connect, rows
from datasets.tables.kinds import literal, quoted

if TYPE_CHECKING:
    import duckdb

MEMORY_BYTES: Final = 4 * 1024**3
CPU_S: Final = 3 * 3600
WINDOW_BYTES: Final = 32 * 1024**2
_NICE: Final = 10
_MOST_ROWS: Final = 16_384
_FETCHED: Final = 64
_METADATA: Final = ("studio", "huggingface")
_MAX_METADATA: Final = 16 * 1024**2
_MAX_COLUMNS: Final = 5_000
Spec = Mapping[str, Any]


def main() -> int:
    """Look, wait for what is wanted, read; the exit code."""
    import duckdb

    _limit()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    spec: Spec = orjson.loads(source.readline())
    path = Path(spec["path"])
    try:
        connection = connect([Path(spec["scratch"]), path.parent])
        send_note(sink, _looked(connection, path))
        wanted = source.readline()
        if wanted:
            _read(connection, path, orjson.loads(wanted), sink)
            send_note(sink, {"end": True})
    except (duckdb.Error, MemoryError) as exc:
        send_note(sink, {"refused": type(exc).__name__})
        return 3
    except BrokenPipeError:  # whoever asked has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sink.fileno())
    return 0


def _looked(connection: "duckdb.DuckDBPyConnection", path: Path) -> dict[str, Any]:
    name = literal(str(path))
    columns = rows(connection, f"DESCRIBE SELECT * FROM read_parquet({name})")[:_MAX_COLUMNS]
    count = rows(connection, f"SELECT coalesce(sum(num_rows), 0) FROM parquet_file_metadata({name})")[0][0]
    said = rows(
        connection,
        f"SELECT key::BLOB, value::BLOB FROM parquet_kv_metadata({name}) WHERE octet_length(value) <= {_MAX_METADATA}",
    )
    keys = {bytes(key).decode(errors="replace"): bytes(value).decode(errors="replace") for key, value in said}
    return {
        "columns": [[row[0], row[1]] for row in columns],
        "rows": int(count),
        "metadata": {key: keys[key] for key in _METADATA if key in keys},
    }


def _read(connection: "duckdb.DuckDBPyConnection", path: Path, wanted: Spec, sink: IO[bytes]) -> None:
    """`wanted`: `media`, the path to the bytes or nothing; `fields`, a path for each; `limit`, bytes of one."""
    # Each name is quoted, and there is nothing else in it that a caller sends.
    media = _path(wanted["media"]) if wanted["media"] else "NULL::BLOB"
    fields = ", ".join(f"{literal(key)}: {_path(path)}" for key, path in wanted["fields"].items())
    said = f"to_json({{{fields}}})" if fields else "'{}'"
    count, window = wanted["rows"], _window(connection, path)
    for first in range(0, count, window):
        found = connection.execute(
            f"SELECT file_row_number, octet_length({media}), "
            f"CASE WHEN octet_length({media}) <= {int(wanted['limit'])} THEN {media} END, CAST({said} AS VARCHAR) "
            f"FROM read_parquet({literal(str(path))}, file_row_number = true) "
            f"WHERE file_row_number >= {first} AND file_row_number < {min(count, first + window)}"
        )
        while some := found.fetchmany(_FETCHED):
            for row in some:
                send_row(sink, *row)


def _window(connection: "duckdb.DuckDBPyConnection", path: Path) -> int:
    """How many rows are read at once, so that their bytes stay few also in the fullest group of rows."""
    largest = rows(
        connection,
        "SELECT coalesce(max(total / greatest(count, 1)), 0) FROM (SELECT sum(total_uncompressed_size) AS total, "
        f"max(row_group_num_rows) AS count FROM parquet_metadata({literal(str(path))}) GROUP BY row_group_id)",
    )[0][0]
    return max(1, min(_MOST_ROWS, int(WINDOW_BYTES / max(1.0, largest))))


def _path(names: list[str]) -> str:
    return ".".join(map(quoted, names))


def _limit() -> None:
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))


if __name__ == "__main__":
    sys.exit(main())
