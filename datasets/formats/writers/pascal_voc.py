"""Pascal VOC: `JPEGImages/`, `Annotations/`, `ImageSets/Main/<split>.txt`, and the classes in `classes.txt`."""

from collections import defaultdict
from collections.abc import Iterable
from xml.sax.saxutils import escape

from datasets.formats.writers.base import BOXES, ReadBlob, Stems, VersionWriter, ZipSink
from datasets.manifest import ManifestHeader, ManifestSample


class PascalVocWriter(VersionWriter):
    """Corners are edges in pixels with their fractions, as CVAT writes them."""

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
            sink.add_text(f"Annotations/{stem}.xml", _document(name, sample, names).encode())
        for split, members in sorted(splits.items()):
            sink.add_text(f"ImageSets/Main/{split}.txt", "".join(f"{stem}\n" for stem in members).encode())
        sink.add_text("classes.txt", "".join(f"{c.name}\n" for c in header.classes).encode())


def _document(name: str, sample: ManifestSample, names: dict[int, str]) -> str:
    folder, _, tail = name.rpartition("/")
    lines = [
        "<annotation>",
        f"<folder>{folder}</folder><filename>{escape(tail)}</filename>",
        f"<size><width>{sample.width}</width><height>{sample.height}</height><depth>3</depth></size>",
        "<segmented>0</segmented>",
    ]
    for item in sample.objects:
        x, y, w, h = item.box
        lines.append(
            f"<object><name>{names[item.label]}</name><pose>Unspecified</pose><truncated>0</truncated>"
            f"<difficult>0</difficult><bndbox><xmin>{x!r}</xmin><ymin>{y!r}</ymin>"
            f"<xmax>{x + w!r}</xmax><ymax>{y + h!r}</ymax></bndbox></object>"
        )
    return "\n".join([*lines, "</annotation>\n"])
