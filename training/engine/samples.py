"""The materialized version as the trainer reads it: a manifest and byte ranges in local files."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DomainError
from core.imaging import DecodeRule
from training.engine.failures import BadData

NAMED = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """One labeled picture: `label` is a position in the classes of the data, its bytes begin at `offset`.

    `size` is width and height in pixels, 0 when unknown.
    """

    id: str
    name: str
    sha256: str
    split: str
    label: int
    path: str
    offset: int
    size_bytes: int
    size: tuple[int, int] = (0, 0)

    def read(self) -> bytes:
        """The encoded bytes. Raises BadData when they are not there."""
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                encoded = os.pread(handle, self.size_bytes, self.offset)
            finally:
                os.close(handle)
        except FileNotFoundError as exc:
            raise BadData(f"the file of {self.name} is gone from storage", samples=[self.id]) from exc
        if len(encoded) != self.size_bytes:
            raise BadData(f"the file of {self.name} is shorter than recorded", samples=[self.id])
        return encoded


@dataclass(frozen=True, slots=True)
class LabeledData:
    """The parts of a version. `indexes[i]` is the label schema's number of class i."""

    classes: tuple[str, ...]
    indexes: tuple[int, ...]
    train: tuple[Sample, ...]
    val: tuple[Sample, ...]
    test: tuple[Sample, ...]

    def part(self, split: str) -> tuple[Sample, ...]:
        """`train`, `val` or `test`."""
        return {"train": self.train, "val": self.val, "test": self.test}[split]


def manifest_read(path: Path) -> LabeledData:
    """Labeled samples of a manifest; classes without any sample are left out. Raises BadData."""
    with path.open(encoding="utf-8") as lines:
        header = json.loads(next(lines))
        rows = [row for row in map(json.loads, lines) if row.get("label") is not None]
    used = {row["label"] for row in rows}
    classes = [entry for entry in header["classes"] if entry["index"] in used]
    position = {entry["index"]: place for place, entry in enumerate(classes)}
    samples = [_sample(row, position) for row in rows if row["label"] in position]
    names = tuple(str(entry["name"]) for entry in classes)
    parts = {split: tuple(s for s in samples if s.split == split) for split in ("train", "val", "test")}
    return LabeledData(names, tuple(int(entry["index"]) for entry in classes), **parts)


def learnable_check(data: LabeledData) -> None:
    """Raises BadData with the remedy where no classifier can be learned."""
    everything = (*data.train, *data.val, *data.test)
    if not everything:
        raise BadData("no sample of this version is labeled; label some and freeze a new version")
    if len(data.classes) < 2:
        raise BadData(f"all labels are {data.classes[0]}; label samples of at least one more class")
    total = Counter(sample.label for sample in everything)
    learned = Counter(sample.label for sample in data.train)
    for label, name in enumerate(data.classes):
        if total[label] < 2:
            raise BadData(
                f"class {name} has one picture; add another one or remove the class",
                samples=[sample.id for sample in everything if sample.label == label],
            )
        if not learned[label]:
            raise BadData(
                f"class {name} has no picture in the training part; freeze a version with more of it"
            )


@dataclass(frozen=True, slots=True)
class PictureSource:
    """Decoded pictures of a part, in order."""

    samples: Sequence[Sample]
    rule: DecodeRule

    def pixels(self, index: int) -> NDArray[np.uint8]:
        """(h, w, 3) uint8 upright RGB. Raises BadData."""
        sample = self.samples[index]
        try:
            return self.rule.decode(sample.read())
        except BadData:
            raise
        except DomainError as exc:
            raise BadData(f"{sample.name} cannot be read: {exc.detail}", samples=[sample.id]) from exc

    def labels(self) -> NDArray[np.int64]:
        """(n,) positions in the classes."""
        return np.fromiter((sample.label for sample in self.samples), np.int64, len(self.samples))


def raise_together(problems: Sequence[BadData]) -> None:
    """One BadData for many unreadable samples; nothing for none."""
    if not problems:
        return
    if len(problems) == 1:
        raise problems[0]
    named = "; ".join(problem.detail for problem in problems[:NAMED])
    more = f" and {len(problems) - NAMED} more" if len(problems) > NAMED else ""
    samples = [sample for problem in problems for sample in problem.params.get("samples", ())]
    raise BadData(f"{len(problems)} samples cannot be read: {named}{more}", samples=samples[:100])


def _sample(row: dict[str, Any], position: dict[int, int]) -> Sample:
    return Sample(
        id=str(row["id"]),
        name=str(row["name"]),
        sha256=str(row["sha256"]),
        split=str(row["split"] or "train"),
        label=position[row["label"]],
        path=str(row["path"]),
        offset=int(row["offset"]),
        size_bytes=int(row["length"]),
        size=(int(row.get("width") or 0), int(row.get("height") or 0)),
    )
