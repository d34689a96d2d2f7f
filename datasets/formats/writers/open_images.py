"""Open Images: `images/<split>/`, `annotations/<split>-annotations-bbox.csv` and the tables beside it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from datasets.formats.tables import cell_escaped
from datasets.formats.writers.base import BOXES, CLASSES, ReadBlob, Stems, VersionWriter, ZipSink, boxes_only
from datasets.formats.writers.tables import csv_row
from datasets.manifest import ManifestHeader, ManifestSample

_BOX_COLUMNS: Final = (
    "ImageID", "Source", "LabelName", "Confidence", "XMin", "XMax", "YMin", "YMax",
    "IsOccluded", "IsTruncated", "IsGroupOf", "IsDepiction", "IsInside",
)  # fmt: skip
_LABEL_COLUMNS: Final = ("ImageID", "Source", "LabelName", "Confidence")
_IMAGE_COLUMNS: Final = (
    "ImageID", "Subset", "OriginalURL", "OriginalLandingURL", "License", "AuthorProfileURL", "Author", "Title",
    "OriginalSize", "OriginalMD5", "Thumbnail300KURL", "Rotation",
)  # fmt: skip
_NOTHING_KNOWN: Final = ("",) * 10
_NO_FLAGS: Final = ("0",) * 5
# The folder names of Open Images.
_SUBSETS: Final = {"train": "train", "val": "validation", "test": "test"}


class OpenImagesWriter(VersionWriter):
    """Boxes as fractions; `<split>-images-with-rotation.csv` lists all pictures, also those without any."""

    key = "open_images"
    title = "Open Images"
    tasks = frozenset((CLASSES, BOXES))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Media first, the tables at the end."""
        is_boxes = header.task == BOXES
        stems = Stems(sink, read_blob)
        rows, seen = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
        for sample in samples:
            subset = _SUBSETS.get(sample.split, "train")
            _, free = stems.add(f"images/{subset}", sample)
            image_id = cell_escaped(free.rpartition("/")[2])
            seen[subset].append(csv_row((image_id, subset, *_NOTHING_KNOWN)))
            rows[subset] += _boxes(image_id, sample, sink) if is_boxes else _label(image_id, sample)
        columns, kind = (_BOX_COLUMNS, "bbox") if is_boxes else (_LABEL_COLUMNS, "human-imagelabels")
        for subset in sorted(seen):
            _add(sink, f"{subset}-annotations-{kind}.csv", csv_row(columns), rows[subset])
            _add(sink, f"{subset}-images-with-rotation.csv", csv_row(_IMAGE_COLUMNS), seen[subset])
        names = [csv_row((_label_name(c.index), cell_escaped(c.name))) for c in header.classes]
        _add(sink, "class-descriptions.csv", "", names)


def _add(sink: ZipSink, name: str, head: str, rows: list[str]) -> None:
    sink.add_text(f"annotations/{name}", (head + "".join(rows)).encode())


def _label_name(index: int) -> str:
    return f"/c/{index}"


def _boxes(image_id: str, sample: ManifestSample, sink: ZipSink) -> list[str]:
    rows = []
    for item in boxes_only(sample, sink):
        x, y, w, h = item.box
        xs = (x / sample.width, (x + w) / sample.width)
        ys = (y / sample.height, (y + h) / sample.height)
        sides = [f"{value:.10g}" for value in (*xs, *ys)]
        rows.append(csv_row((image_id, "studio", _label_name(item.label), "1", *sides, *_NO_FLAGS)))
    return rows


def _label(image_id: str, sample: ManifestSample) -> list[str]:
    if sample.label is None:
        return []
    return [csv_row((image_id, "verification", _label_name(sample.label), "1"))]
