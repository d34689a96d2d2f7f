"""Pascal VOC: `JPEGImages/`, `Annotations/`, `ImageSets/Main/<split>.txt`, and the classes in
`classes.txt`, one a line, and for other tools in `labelmap.txt`.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from xml.sax.saxutils import escape

from datasets.formats.writers.base import BOXES, ReadBlob, Stems, VersionWriter, ZipSink
from datasets.formats.writers.labelmaps import NAME, labelmap
from datasets.formats.writers.shapes import fitted
from datasets.manifest import ManifestHeader, ManifestObject, ManifestSample

_KINDS = frozenset(("rotated_box",))


class PascalVocWriter(VersionWriter):
    """Corners are edges in pixels with their fractions, as CVAT writes them; turned boxes as roLabelImg does."""

    key = "pascal_voc"
    title = "Pascal VOC"
    tasks = frozenset((BOXES,))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """A picture and its XML after the other, the lists at the end."""
        names = {c.index: escape(c.name) for c in header.classes}
        stems, splits = Stems(sink, read_blob), defaultdict[str, list[str]](list)
        for sample in samples:
            name, free = stems.add("JPEGImages", sample)
            stem = free.removeprefix("JPEGImages/")
            splits[sample.split or "train"].append(stem)
            sink.add_text(f"Annotations/{stem}.xml", _document(name, sample, names, sink).encode())
        for split, members in sorted(splits.items()):
            sink.add_text(f"ImageSets/Main/{split}.txt", "".join(f"{stem}\n" for stem in members).encode())
        sink.add_text("classes.txt", "".join(f"{c.name}\n" for c in header.classes).encode())
        # A colon would make a line that other tools refuse, and with it the whole set; they know no such class.
        sink.add_text(NAME, labelmap(c.name for c in header.classes if ":" not in c.name))


def _document(name: str, sample: ManifestSample, names: dict[int, str], sink: ZipSink) -> str:
    folder, _, tail = name.rpartition("/")
    lines = [
        "<annotation>",
        f"<folder>{folder}</folder><filename>{escape(tail)}</filename>",
        f"<size><width>{sample.width}</width><height>{sample.height}</height><depth>3</depth></size>",
        "<segmented>0</segmented>",
    ]
    for item in fitted(sample, sink, _KINDS, attributes=False):
        x, y, w, h = item.box
        lines.append(
            f"<object><name>{names[item.label]}</name><pose>Unspecified</pose><truncated>0</truncated>"
            f"<difficult>0</difficult><bndbox><xmin>{x!r}</xmin><ymin>{y!r}</ymin>"
            f"<xmax>{x + w!r}</xmax><ymax>{y + h!r}</ymax></bndbox>{_turned(item)}</object>"
        )
    return "\n".join([*lines, "</annotation>\n"])


def _turned(item: ManifestObject) -> str:
    if item.form is None:
        return ""
    x, y, w, h, angle = item.form.value
    return (
        f"<robndbox><cx>{x + w / 2!r}</cx><cy>{y + h / 2!r}</cy><w>{w!r}</w><h>{h!r}</h>"
        f"<angle>{math.radians(angle)!r}</angle></robndbox>"
    )
