"""The samples of a manifest, found by their content; on disk, so that memory does not grow with them."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from tempfile import NamedTemporaryFile
from typing import Final

import orjson

from core.services.scratch import scratch_dir
from datasets.manifest import ManifestSample

_ROWS: Final = 1_000
_MOST_NAMES: Final = 500


class Shelf:
    """Put all in, then take out by content."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("CREATE TABLE shelf (content BLOB PRIMARY KEY, line BLOB) WITHOUT ROWID")

    def fill(self, samples: Iterable[ManifestSample], step: Callable[[], None]) -> None:
        """Take all of them in; `step` is called now and then and may stop it."""
        rows = ((bytes.fromhex(one.sha256), orjson.dumps(one.to_line())) for one in samples)
        while batch := list(islice(rows, _ROWS)):
            self._connection.executemany("INSERT OR IGNORE INTO shelf VALUES (?, ?)", batch)
            step()

    def named(self, sha256s: Sequence[str]) -> dict[str, ManifestSample]:
        """Those of the contents that are there."""
        found: dict[str, ManifestSample] = {}
        for start in range(0, len(sha256s), _MOST_NAMES):
            part = [bytes.fromhex(name) for name in sha256s[start : start + _MOST_NAMES]]
            holes = ", ".join("?" * len(part))
            rows = self._connection.execute(
                f"SELECT line FROM shelf WHERE content IN ({holes})",  # noqa: S608  holes only
                part,
            )
            for (line,) in rows:
                one = ManifestSample.from_line(orjson.loads(line))
                found[one.sha256] = one
        return found


@contextmanager
def shelf_opened() -> Iterator[Shelf]:
    """An empty one, gone afterwards."""
    with NamedTemporaryFile(dir=scratch_dir(), prefix="merge-") as file:
        connection = sqlite3.connect(file.name)
        try:
            yield Shelf(connection)
        finally:
            connection.close()
