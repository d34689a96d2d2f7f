"""How copies of samples are made, whatever the samples are. Pure."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Generic

import orjson

from core.errors import DomainError
from datasets.augment.base import C
from datasets.augment.pipeline import Pipeline

Row = dict[str, Any]
Made = tuple[Row, bytes]


class Maker(ABC, Generic[C]):
    """Reads samples of one modality and writes their copies."""

    # What may go wrong with a sample and is not the program's fault.
    refused: ClassVar[tuple[type[Exception], ...]] = (DomainError, MemoryError, OSError, ValueError)
    pipeline: Pipeline[C]
    partner: Callable[[float], C] | None = None

    @abstractmethod
    def opened(self, row: Row) -> C:
        """The sample of a line of a materialized manifest. Raises what is `refused`."""

    @abstractmethod
    def closed(self, made: C) -> Made:
        """What changed of the sample's line, and the bytes of the copy."""

    def problem(self, refusal: BaseException) -> str:
        """The code of what was refused."""
        if isinstance(refusal, DomainError):
            return refusal.code
        return "file_missing" if isinstance(refusal, OSError) else "augmentation_failed"


def copies_made(
    rows: Sequence[Row], spec: Row, maker: Maker[Any], before: Callable[[], None] = lambda: None
) -> Iterator[Made]:
    """Each copy as its line and its bytes. The same rows and spec give the same bytes.

    `before` is called ahead of every sample.
    """
    for row in rows:
        wanted = _wanted(row, spec)
        if not wanted:
            continue
        before()
        try:
            content = maker.opened(row)
            for copy in wanted:
                made = maker.pipeline.apply(
                    content, seed=spec["seed"], sample=row["id"], copy=copy, partners=maker.partner
                )
                line, encoded = maker.closed(made)
                yield {"id": row["id"], "copy": copy, **line}, encoded
        except maker.refused as exc:
            yield {"problem": maker.problem(exc), "id": row["id"]}, b""


def bytes_of_row(row: Row) -> bytes:
    """The bytes of the sample of a line. Raises OSError."""
    handle = os.open(row["path"], os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.pread(handle, row["length"], row["offset"])
    finally:
        os.close(handle)


def train_rows(manifest: Path) -> list[Row]:
    """The training samples of a materialized version."""
    with manifest.open("rb") as lines:
        next(lines)
        return [row for row in map(orjson.loads, lines) if row["split"] == "train"]


def classes_of(manifest: Path) -> list[Row]:
    """The classes of a materialized version."""
    with manifest.open("rb") as lines:
        return list(orjson.loads(next(lines))["classes"])


def _wanted(row: Row, spec: Row) -> list[int]:
    done = spec.get("done", {}).get(row["id"], ())
    return [] if 0 in done else [copy for copy in range(1, spec["copies"] + 1) if copy not in done]
