"""YOLO as Ultralytics reads it: `images/<split>/`, `labels/<split>/`, `data.yaml`."""

from collections.abc import Iterable

import orjson

from datasets.formats.writers.base import BOXES, ReadBlob, Stems, VersionWriter, ZipSink
from datasets.manifest import ManifestHeader, ManifestSample


class YoloWriter(VersionWriter):
    """Ten digits of every fraction: far below a thousandth of a pixel."""

    key = "yolo"
    title = "YOLO"
    tasks = frozenset((BOXES,))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """A picture and its rows after the other, the YAML at the end."""
        stems, splits = Stems(sink, read_blob), set[str]()
        for sample in samples:
            split = sample.split or "train"
            _, free = stems.add(f"images/{split}", sample)
            splits.add(split)
            rows = "".join(_row(sample, item.label, item.box) for item in sample.objects)
            sink.add_text(f"labels/{free.removeprefix('images/')}.txt", rows.encode())
        lines = ["path: ."]
        lines += [f"{split}: images/{split}" for split in ("train", "val", "test") if split in splits]
        lines += ["names:"]
        # A JSON string is a YAML string, whatever it holds.
        lines += [f"  {c.index}: {orjson.dumps(c.name).decode()}" for c in header.classes]
        sink.add_text("data.yaml", ("\n".join(lines) + "\n").encode())


def _row(sample: ManifestSample, label: int, box: tuple[float, float, float, float]) -> str:
    x, y, w, h = box
    values = (
        (x + w / 2) / sample.width,
        (y + h / 2) / sample.height,
        w / sample.width,
        h / sample.height,
    )
    return f"{label} " + " ".join(f"{value:.10g}" for value in values) + "\n"
