"""CSV of classes: `labels.csv` with path, label, split and group, and `images/`, or `audio/`."""

from collections.abc import Iterable

import orjson

from datasets.formats.tables import cell_escaped
from datasets.formats.writers.base import (
    CLASSES,
    SEVERAL,
    ReadBlob,
    VersionWriter,
    ZipSink,
    file_name,
    media_folder,
)
from datasets.formats.writers.tables import csv_row
from datasets.manifest import ManifestHeader, ManifestSample


class CsvClassesWriter(VersionWriter):
    """UTF-8 with a mark, so that spreadsheets read it; cells that look like formulas get an apostrophe."""

    key = "csv"
    title = "CSV"
    tasks = frozenset((CLASSES, SEVERAL))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Media first, the table at the end."""
        names, folder = {c.index: c.name for c in header.classes}, media_folder(header)
        lines = [csv_row(("path", "label", "split", "group"))]
        for sample in samples:
            name = sink.add_sample(f"{folder}/{file_name(sample)}", sample, read_blob)
            label = "" if sample.label is None else names[sample.label]
            if header.task == SEVERAL:
                label = orjson.dumps([names[one] for one in sample.labels]).decode() if sample.labels else ""
            cells = (name, label, sample.split or "train", sample.group)
            lines.append(csv_row(cell_escaped(cell) for cell in cells))
        sink.add_text("labels.csv", "".join(lines).encode("utf-8-sig"))
        sink.add_text("classes.txt", "".join(f"{c.name}\n" for c in header.classes).encode())
