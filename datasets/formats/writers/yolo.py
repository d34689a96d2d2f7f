"""YOLO as Ultralytics reads it: `images/<split>/`, `labels/<split>/`, `data.yaml`."""

from collections.abc import Iterable, Sequence
from typing import Final

import orjson

from datasets.formats.forms import flat_of
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
        """Pictures first, their rows and the YAML at the end: a turned box changes the rows of all."""
        stems, splits = Stems(sink, read_blob), set[str]()
        points = max((len(c.skeleton.points) for c in header.classes if c.skeleton), default=0)
        held: list[tuple[str, ManifestSample, list[ManifestObject]]] = []
        for sample in samples:
            split = sample.split or "train"
            _, free = stems.add(f"images/{split}", sample)
            splits.add(split)
            objects = fitted(sample, sink, _KINDS.get(header.task, ()), attributes=False)
            points = max([points, *(len(o.form.value) for o in objects if o.kind == "keypoints" and o.form)])
            held.append((free.removeprefix("images/"), sample, objects))
        is_turned = any(item.kind == "rotated_box" for _, _, objects in held for item in objects)
        is_outlined = is_turned or header.task in (INSTANCES, SEMANTIC)
        task = "segment" if is_outlined else ""
        for stem, sample, objects in held:
            if is_outlined and not is_turned:
                sink.tell("box_outlined", sample.name, sum(item.form is None for item in objects))
            rows = "".join(_row(sample, item, is_outlined, points) for item in objects)
            sink.add_text(f"labels/{stem}.txt", rows.encode())
        sink.add_text(
            "data.yaml",
            _yaml(
                header, splits, points if header.task == KEYPOINTS else 0, "" if is_turned else task
            ).encode(),
        )


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


def _row(sample: ManifestSample, item: ManifestObject, is_outlined: bool, points: int) -> str:
    across, along = sample.width, sample.height
    if is_outlined:
        values = [value / (along if at % 2 else across) for at, value in enumerate(flat_of(_ring(item)))]
    else:
        x, y, w, h = item.box
        values = [(x + w / 2) / across, (y + h / 2) / along, w / across, h / along]
        values += _keypoints(item.form, points, sample)
    return f"{item.label} " + " ".join(f"{value:.10g}" for value in values) + "\n"


def _ring(item: ManifestObject) -> Sequence[Sequence[float]]:
    if item.form is None:
        x, y, w, h = item.box
        return ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    return item.form.points


def _keypoints(form: Form | None, points: int, sample: ManifestSample) -> list[float]:
    """x, y, visible of each, zeros for those that are not there."""
    rows = (
        [(x / sample.width, y / sample.height, v) if v else (0, 0, 0) for x, y, v in form.value]
        if form
        else []
    )
    return [value for row in [*rows, *[(0, 0, 0)] * (points - len(rows))] for value in row]
