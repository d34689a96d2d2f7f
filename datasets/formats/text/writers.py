"""Versions of texts as folders, tables and lines of JSON."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from datasets.formats.names import unsafe_reason
from datasets.formats.spool import Spool
from datasets.formats.tables import cell_escaped
from datasets.formats.writers.base import ClassFolders, ReadBlob, VersionWriter, ZipSink
from datasets.formats.writers.tables import csv_row
from datasets.manifest import ManifestHeader, ManifestSample

CLASSES, SEVERAL, SPANS = "text_classification", "text_multilabel", "ner"
_SUFFIXES: Final = (".txt", ".text")


def texts_of(
    samples: Iterable[ManifestSample], read_blob: ReadBlob | None
) -> Iterator[tuple[ManifestSample, str]]:
    """Each sample with its text. Raises ValueError without `read_blob`: these formats are nothing without texts."""
    if read_blob is None:
        raise ValueError("texts are written with their labels")
    for sample in samples:
        yield sample, read_blob(sample.sha256).decode()


def text_file_name(sample: ManifestSample) -> str:
    """The last part of a sample's name, safe to unpack anywhere."""
    tail = sample.name.rpartition("/")[2]
    stem = "".join(ch if ch.isprintable() and ch not in '<>:"\\|?*' else "_" for ch in tail).strip(" .")
    if not stem or unsafe_reason(stem) is not None:
        return f"{sample.id}.txt"
    return stem if stem.lower().endswith(_SUFFIXES) else f"{stem}.txt"


class TextFolderWriter(VersionWriter):
    """`<split>/<class>/<name>.txt`; texts without a class lie in the split's folder. Groups are not kept."""

    key = "folder_per_class"
    title = "Folder per class"
    tasks = frozenset((CLASSES,))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """A file a text."""
        folders = ClassFolders(header.classes, sink)
        for sample in samples:
            folder = [] if sample.label is None else [folders.of(sample.label)]
            name = "/".join([sample.split or "train", *folder, text_file_name(sample)])
            sink.add_sample(name, sample, read_blob)


class TextTableWriter(VersionWriter):
    """`texts.csv`, UTF-8 with a mark, so that spreadsheets read it; several classes are a JSON list."""

    key = "csv"
    title = "CSV, TSV"
    tasks = frozenset((CLASSES, SEVERAL))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """A row a text."""
        names = {c.index: c.name for c in header.classes}
        label_column = "labels" if header.task == SEVERAL else "label"
        spool = Spool()
        spool.add(b"\xef\xbb\xbf" + csv_row(("name", "text", label_column, "split", "group")).encode())
        for sample, text in texts_of(samples, read_blob):
            said = [names[label] for label in labels_of(sample)]
            label = said[0] if said else ""
            if header.task == SEVERAL:
                label = orjson.dumps(said).decode() if said else ""
            cells = (sample.name, text, label, sample.split or "train", sample.group)
            spool.add(csv_row(cell_escaped(cell) for cell in cells).encode())
        sink.add_spool("texts.csv", spool)


class TextLinesWriter(VersionWriter):
    """`texts.jsonl`: an object a text with `label`, `labels` or `spans` in code points."""

    key = "jsonl"
    title = "JSONL"
    tasks = frozenset((CLASSES, SEVERAL, SPANS))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """A line a text."""
        names = {c.index: c.name for c in header.classes}
        spool = Spool()
        for sample, text in texts_of(samples, read_blob):
            row = {"name": sample.name, "text": text, **_said(header.task, sample, names), **_place(sample)}
            spool.add(orjson.dumps(row) + b"\n")
        sink.add_spool("texts.jsonl", spool)


class DoccanoWriter(VersionWriter):
    """`all.jsonl` as doccano imports it: `label` is a list of classes, or of `[start, end, class]`."""

    key = "doccano"
    title = "doccano"
    tasks = frozenset((CLASSES, SEVERAL, SPANS))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """A line a text."""
        names = {c.index: c.name for c in header.classes}
        spool = Spool()
        for number, (sample, text) in enumerate(texts_of(samples, read_blob), start=1):
            label: list[Any] = [names[label] for label in labels_of(sample)]
            if header.task == SPANS:
                label = [[span.start, span.end, names[span.label]] for span in sample.spans]
            row = {
                "id": number,
                "text": text,
                "label": label,
                "Comments": [],
                "name": sample.name,
                "is_annotated": header.task == SPANS or bool(label),
                **_place(sample),
            }
            spool.add(orjson.dumps(row) + b"\n")
        sink.add_spool("all.jsonl", spool)


def labels_of(sample: ManifestSample) -> tuple[int, ...]:
    """All classes of the whole text."""
    return sample.labels or (() if sample.label is None else (sample.label,))


def _said(task: str, sample: ManifestSample, names: dict[int, str]) -> dict[str, Any]:
    if task == SPANS:
        return {"spans": [{"start": s.start, "end": s.end, "label": names[s.label]} for s in sample.spans]}
    said = [names[label] for label in labels_of(sample)]
    if task == SEVERAL:
        return {"labels": said}
    return {"label": said[0]} if said else {}


def _place(sample: ManifestSample) -> dict[str, str]:
    return {"split": sample.split or "train", **({"group": sample.group} if sample.group else {})}
