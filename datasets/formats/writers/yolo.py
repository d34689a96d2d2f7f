"""YOLO as Ultralytics reads it: `images/<split>/`, `labels/<split>/`, `data.yaml`."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import orjson

from datasets.formats.forms import flat_of
from datasets.formats.spool import Spool
from datasets.formats.writers.base import (
    BOXES,
    INSTANCES,
    KEYPOINTS,
    SEMANTIC,
    ReadBlob,
    Stems,
    VersionWriter,
    ZipSink,
)
from datasets.formats.writers.shapes import fitted
from datasets.geometry.forms import Form
from datasets.manifest import ManifestHeader, ManifestObject, ManifestSample

_KINDS: Final = {
    BOXES: frozenset(("rotated_box",)),
    INSTANCES: frozenset(("polygon",)),
    SEMANTIC: frozenset(("polygon",)),
    KEYPOINTS: frozenset(("keypoints",)),
}


class YoloWriter(VersionWriter):
    """Ten digits of every fraction: far below a thousandth of a pixel.

    Boxes are rows of four numbers; where one of the set is turned, all are rows of four corners. Outlines are
    one ring: several are joined by bridges, which fill the same, and masks are outlined along their pixels.
    """

    key = "yolo"
    title = "YOLO"
    tasks = frozenset((BOXES, INSTANCES, SEMANTIC, KEYPOINTS))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Pictures first, their rows and the YAML at the end: a turned box changes the rows of all.

        Until then the rows wait on disk in every form they may come to be needed in.
        """
        stems, splits, waiting = Stems(sink, read_blob), set[str](), _Waiting()
        points = max((len(c.skeleton.points) for c in header.classes if c.skeleton), default=0)
        is_turned, is_outlined = False, header.task in (INSTANCES, SEMANTIC)
        for sample in samples:
            split = sample.split or "train"
            _, free = stems.add(f"images/{split}", sample)
            splits.add(split)
            objects = fitted(sample, sink, _KINDS.get(header.task, ()), attributes=False)
            points = max([points, *(len(o.form.value) for o in objects if o.kind == "keypoints" and o.form)])
            is_turned = is_turned or any(item.kind == "rotated_box" for item in objects)
            if is_outlined:
                sink.tell("box_outlined", sample.name, sum(item.form is None for item in objects))
            plain = [] if is_outlined or is_turned else [_row(sample, item) for item in objects]
            outlined = (
                [_outline(sample, item) for item in objects] if is_outlined or header.task == BOXES else []
            )
            waiting.add(free.removeprefix("images/"), plain, outlined)
        for stem, plain, outlined in waiting:
            rows = outlined if is_outlined or is_turned else [_filled(row, points) for row in plain]
            sink.add_text(f"labels/{stem}.txt", "".join(f"{row}\n" for row in rows).encode())
        task = "segment" if is_outlined else ""
        kpt_points = points if header.task == KEYPOINTS else 0
        sink.add_text("data.yaml", _yaml(header, splits, kpt_points, task).encode())


class _Waiting:
    """Rows of pictures on disk; in memory only how long each one's are."""

    def __init__(self) -> None:
        self._spool, self._lengths = Spool(), array("Q")

    def add(self, stem: str, plain: list[str], outlined: list[str]) -> None:
        self._lengths.append(self._spool.add(orjson.dumps((stem, plain, outlined)))[1])

    def __iter__(self) -> Iterator[tuple[str, list[str], list[str]]]:
        offset = 0
        for length in self._lengths:
            stem, plain, outlined = orjson.loads(self._spool.read(offset, length))
            yield stem, plain, outlined
            offset += length


def _yaml(header: ManifestHeader, splits: set[str], points: int, task: str) -> str:
    lines = ["path: .", *([f"task: {task}"] if task else [])]
    lines += [f"{split}: images/{split}" for split in ("train", "val", "test") if split in splits]
    lines += [f"kpt_shape: [{points}, 3]"] if points else []
    lines += ["names:"]
    # A JSON string is a YAML string, whatever it holds.
    lines += [f"  {c.index}: {orjson.dumps(c.name).decode()}" for c in header.classes]
    named = [(c.index, c.skeleton) for c in header.classes if c.skeleton is not None and points]
    for title in ("kpt_names", "skeleton") if named else ():
        lines += [f"{title}:"]
        for index, skeleton in named:
            said = skeleton.to_json()["points" if title == "kpt_names" else "lines"]
            lines += [f"  {index}: {orjson.dumps(said).decode()}"]
    return "\n".join(lines) + "\n"


def _outline(sample: ManifestSample, item: ManifestObject) -> str:
    across, along = sample.width, sample.height
    return _said(
        item.label, (value / (along if at % 2 else across) for at, value in enumerate(flat_of(_ring(item))))
    )


def _row(sample: ManifestSample, item: ManifestObject) -> str:
    across, along = sample.width, sample.height
    x, y, w, h = item.box
    place = ((x + w / 2) / across, (y + h / 2) / along, w / across, h / along)
    return _said(item.label, (*place, *_keypoints(item.form, sample)))


def _said(label: int, values: Iterable[float]) -> str:
    return f"{label} " + " ".join(f"{value:.10g}" for value in values)


def _filled(row: str, points: int) -> str:
    """A row of a box or key points with zeros for the points that are not there."""
    given = (row.count(" ") - 4) // 3
    return row + " 0 0 0" * (points - given)


def _ring(item: ManifestObject) -> Sequence[Sequence[float]]:
    if item.form is None:
        x, y, w, h = item.box
        return ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    return item.form.points


def _keypoints(form: Form | None, sample: ManifestSample) -> list[float]:
    """x, y, visible of each."""
    rows = (
        [(x / sample.width, y / sample.height, v) if v else (0, 0, 0) for x, y, v in form.value]
        if form
        else []
    )
    return [value for row in rows for value in row]
