"""Starting the process of `child` and taking rows from it. Pure."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import IO, Any, Final

import orjson

from datasets.formats.base import Member, Tree
from datasets.formats.parquet.wire import Row, receive
from datasets.formats.tables import TableDamaged

SUFFIXES: Final = ("parquet", "pq")
MAX_FILE_BYTES: Final = 16 * 1024**3
_ROOT: Final = Path(__file__).resolve().parents[3]
_KEPT_ENV: Final = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "HOME")
_DAMAGED: Final = "the Parquet file is damaged, or holds what cannot be read; write it again"


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """An open file: its columns as DuckDB names their types, and the metadata that tools leave in it."""

    columns: Mapping[str, str]
    metadata: Mapping[str, str]
    rows: int
    size_bytes: int
    _ask: IO[bytes]
    _answer: IO[bytes]

    def read(
        self, media: Sequence[str], fields: Mapping[str, Sequence[str]], limit_bytes: int, most: int
    ) -> Iterator[Row]:
        """The first `most` rows in order, once: `fields` lead to columns, by what they are called in the answer.

        `media` leads to the column of bytes, through a structure or not; of a row over the limit they stay behind.
        Raises TableDamaged, behind the rows that could be read.
        """
        wanted = {
            "media": list(media),
            "fields": {key: list(path) for key, path in fields.items()},
            "limit": limit_bytes,
        }
        self._ask.write(orjson.dumps(wanted | {"rows": min(self.rows, most)}) + b"\n")
        self._ask.close()
        while True:
            got = _received(self._answer)
            if not isinstance(got, Row):
                return
            yield got


@contextmanager
def parquet_opened(tree: Tree, member: Member) -> Iterator[ParquetFile]:
    """A member for reading in a process of its own, which ends with the block.

    Raises TableDamaged for what is no Parquet, and MemberUnreadable.
    """
    with TemporaryDirectory(dir=tree.scratch, prefix="parquet-") as scratch, _placed(tree, member) as path:
        process = subprocess.Popen(  # our own module
            [sys.executable, "-m", "datasets.formats.parquet.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={
                **{name: os.environ[name] for name in _KEPT_ENV if name in os.environ},
                "PYTHONPATH": str(_ROOT),
            },
        )
        try:
            yield _looked_at(process, path, Path(scratch))
        finally:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                _closed(pipe)
            process.wait()


def _looked_at(process: "subprocess.Popen[bytes]", path: Path, scratch: Path) -> ParquetFile:
    ask, answer = process.stdin, process.stdout
    if ask is None or answer is None:
        raise RuntimeError("the child has no pipes")
    try:
        ask.write(orjson.dumps({"path": str(path), "scratch": str(scratch)}) + b"\n")
        ask.flush()
    except OSError as exc:
        raise TableDamaged(_DAMAGED, field="file") from exc
    said = _received(answer)
    if isinstance(said, Row):
        raise TableDamaged(_DAMAGED, field="file")
    columns = {str(name): str(kind) for name, kind in said["columns"]}
    return ParquetFile(columns, said["metadata"], said["rows"], path.stat().st_size, ask, answer)


def _received(pipe: IO[bytes]) -> Row | dict[str, Any]:
    try:
        got = receive(pipe)
    except (EOFError, OSError, ValueError) as exc:
        raise TableDamaged(_DAMAGED, field="file") from exc
    if isinstance(got, dict) and "refused" in got:
        raise TableDamaged(_DAMAGED, field="file")
    return got


def _closed(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except BrokenPipeError:  # what was asked of a process that is gone
        pass


@contextmanager
def _placed(tree: Tree, member: Member) -> Iterator[Path]:
    """The member as a file that has a name: its own, or a copy for as long as it is needed."""
    own = tree.path_of(member)
    if own is not None:
        yield own
        return
    with NamedTemporaryFile(dir=tree.scratch, prefix="parquet-", suffix=".parquet") as file:
        for chunk in tree.chunks(member, MAX_FILE_BYTES):
            file.write(chunk)
        file.flush()
        yield Path(file.name)
