"""JSONL of classes: `samples.jsonl` with an object a file, and the files beside it."""

from collections.abc import Iterable
from typing import Any

import orjson

from datasets.formats.spool import Spool
from datasets.formats.writers.base import (
    CLASSES,
    SEVERAL,
    SOUND_EVENTS,
    ReadBlob,
    VersionWriter,
    ZipSink,
    about_row,
    file_name,
    media_folder,
)
from datasets.manifest import ManifestHeader, ManifestSample


class MediaLinesWriter(VersionWriter):
    """`path`, then `label`, `labels` or `regions` in seconds, their `attributes`, `split` and, where there is one, `group`."""

    key = "jsonl"
    title = "JSONL"
    keeps_attributes = True
    tasks = frozenset((CLASSES, SEVERAL))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Media first, the lines at the end."""
        names = {c.index: c.name for c in header.classes}
        folder, spool = media_folder(header), Spool()
        for sample in samples:
            name = sink.add_sample(f"{folder}/{file_name(sample)}", sample, read_blob)
            row: dict[str, Any] = {"path": name}
            if header.task == SEVERAL:
                row["labels"] = [names[label] for label in sample.labels]
            elif header.task == SOUND_EVENTS:
                row["regions"] = [one.to_json() | {"label": names[one.label]} for one in sample.regions]
            elif sample.label is not None:
                row["label"] = names[sample.label]
            row |= about_row(sample, names, several=header.task == SEVERAL)
            row["split"] = sample.split or "train"
            if sample.group:
                row["group"] = sample.group
            spool.add(orjson.dumps(row) + b"\n")
        sink.add_spool("samples.jsonl", spool)
        sink.add_text("classes.txt", "".join(f"{c.name}\n" for c in header.classes).encode())
