"""Samples on their way into a version: on disk, and in memory only what a split depends on.

They are read from the database once, so that what is split is what is written, whoever changes it meanwhile.
"""

import uuid
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from tempfile import TemporaryFile
from typing import IO, Final, overload

import orjson

from core.services.scratch import scratch_dir
from datasets.manifest import ManifestSample
from datasets.selectors.version_rows import VersionRow
from datasets.splits import SPLITS, SplitSample

_HASH_BYTES: Final = 32
_ID_BYTES: Final = 16
_GIVEN: Final = ("", *SPLITS)


class Draws(Sequence[SplitSample]):
    """What a split depends on, in arrays: about 80 bytes a sample.

    `looks` names the look of some by place, `held` are the places of a test split that is kept, `unlabeled` of those
    that nobody has labeled.
    """

    def __init__(self) -> None:
        self.looks: Mapping[int, str] = {}
        self.held: Collection[int] = frozenset()
        self._hashes, self._ids = bytearray(), bytearray()
        self._times, self._given = array("d"), array("b")
        self._labels, self._ends = array("i"), array("q", [0])
        self._group_of, self._groups = array("i"), [""]
        self._known = {"": 0}
        self.unlabeled = array("q")

    def add(self, row: VersionRow) -> None:
        """One more."""
        if not row.is_labeled:
            self.unlabeled.append(len(self))
        self._hashes += bytes.fromhex(row.sample.sha256)
        self._ids += uuid.UUID(row.sample.id).bytes
        self._times.append(row.imported_at.timestamp())
        self._given.append(_GIVEN.index(row.sample.split))
        self._labels.extend(row.labels)
        self._ends.append(len(self._labels))
        group = self._known.setdefault(row.sample.group, len(self._groups))
        if group == len(self._groups):
            self._groups.append(row.sample.group)
        self._group_of.append(group)

    def places(self, wanted: set[bytes]) -> Iterator[tuple[bytes, int]]:
        """Those of the ids (16 bytes each) that are here, with their places."""
        for place in range(len(self)):
            key = bytes(self._ids[place * _ID_BYTES : (place + 1) * _ID_BYTES])
            if key in wanted:
                yield key, place

    def places_held(self, ids: set[bytes], contents: set[bytes]) -> Iterator[int]:
        """Places whose id (16 bytes) or content (32 bytes) is one of these."""
        for place in range(len(self)):
            sha256 = bytes(self._hashes[place * _HASH_BYTES : (place + 1) * _HASH_BYTES])
            if sha256 in contents or bytes(self._ids[place * _ID_BYTES : (place + 1) * _ID_BYTES]) in ids:
                yield place

    def __len__(self) -> int:
        return len(self._times)

    @overload
    def __getitem__(self, place: int) -> SplitSample: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[SplitSample]: ...

    def __getitem__(self, place: int | slice) -> SplitSample | Sequence[SplitSample]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        return SplitSample(
            sha256=self._hashes[place * _HASH_BYTES : (place + 1) * _HASH_BYTES].hex(),
            labels=tuple(self._labels[self._ends[place] : self._ends[place + 1]]),
            group=self._groups[self._group_of[place]],
            time=self._times[place],
            given=_GIVEN[self._given[place]],
            look=self.looks.get(place, ""),
            held=place in self.held,
        )


class Spool:
    """The samples in a file without a name, in the order they came."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.draws = Draws()

    def fill(self, rows: Iterable[VersionRow], step: Callable[[], None]) -> None:
        """Take all of them in; `step` is called now and then and may stop it."""
        for number, row in enumerate(rows):
            self._file.write(orjson.dumps(row.sample.to_line()) + b"\n")
            self.draws.add(row)
            if number % 1_000 == 0:
                step()

    def samples(self, splits: Sequence[str]) -> Iterator[ManifestSample]:
        """Those that have a split, each in its own."""
        self._file.seek(0)
        for line, split in zip(self._file, splits, strict=True):
            if split:
                yield replace(ManifestSample.from_line(orjson.loads(line)), split=split)


@contextmanager
def spool_opened() -> Iterator[Spool]:
    """An empty one, gone afterwards, also when the process is killed."""
    with TemporaryFile(dir=scratch_dir(), prefix="version-") as file:
        yield Spool(file)
