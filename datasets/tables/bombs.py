"""Small files that would be huge tables. Pure.

A ZIP declares what it unpacks to. Parquet and workbooks also hold a text once that a million cells show, so for them
the cells are measured too.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from datasets.formats.limits import MAX_RATIO, RATIO_FREE_BYTES
from datasets.formats.tables import TableRefused, TableTooLarge
from datasets.tables.engine import rows
from datasets.tables.files import MAX_TEXT_BYTES
from datasets.tables.kinds import literal

if TYPE_CHECKING:
    import duckdb

# Columns of few different values pack well and are honest: under these no ratio does harm.
FREE_TEXT_BYTES: Final = 1024**3
FREE_VALUES: Final = 32 * 1024**2
_BATCH: Final = 10_000
# Types of Parquet whose values are a few characters long.
_SHORT: Final = re.compile(
    r"(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|BOOLEAN|DATE|TIME[^\[]*|INTERVAL|UUID)"
)


def is_beyond(amount: int, packed_bytes: int, free: int) -> bool:
    """Whether a file of `packed_bytes` cannot honestly hold so many bytes of text, or so many values."""
    return amount > min(MAX_TEXT_BYTES, max(MAX_RATIO * packed_bytes, free))


def bomb() -> TableRefused:
    """The refusal of a small file that would hold the import for long."""
    detail = "unpacked, the file is far larger than any real table of its size; leave out what only repeats"
    return TableTooLarge(f"{detail}, or send it as CSV", field="file")


def is_short(kind: str) -> bool:
    """Whether values of this type of DuckDB are short whatever the file holds, so that counting them will do."""
    return _SHORT.fullmatch(kind) is not None


def parquet_check(connection: "duckdb.DuckDBPyConnection", path: Path, texts: Sequence[str]) -> None:
    """By what the footer declares, then by the length of `texts`, the cells as SQL. Raises TableRefused."""
    size_bytes = path.stat().st_size
    unpacked, values = rows(
        connection,
        "SELECT coalesce(sum(total_uncompressed_size), 0), "
        "coalesce(sum(greatest(num_values, row_group_num_rows)), 0) "
        f"FROM parquet_metadata({literal(str(path))})",
    )[0]
    if is_beyond(unpacked, size_bytes, RATIO_FREE_BYTES) or is_beyond(values, size_bytes, FREE_VALUES):
        raise bomb()
    if not texts:
        return
    each = " + ".join(f"coalesce(strlen({text}), 0)" for text in texts)
    # Streamed, so that it ends soon after the bound and not after the last row.
    found = connection.execute(f"SELECT {each} FROM read_parquet({literal(str(path))})")
    total = 0
    while some := found.fetchmany(_BATCH):
        total += sum(row[0] for row in some)
        if is_beyond(total, size_bytes, FREE_TEXT_BYTES):
            raise bomb()
