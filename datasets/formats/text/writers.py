"""Versions of texts as folders, tables and lines of JSON."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import orjson

from datasets.formats.spool import Spool
from datasets.formats.tables import cell_escaped
from datasets.formats.writers.base import (
    ClassFolders,
    ReadBlob,
    VersionWriter,
    ZipSink,
    about_row,
    file_name,
)
from datasets.formats.writers.tables import csv_row
from datasets.manifest import ManifestHeader, ManifestSample
from datasets.origins import Origin

CLASSES, SEVERAL, SPANS = "text_classification", "text_multilabel", "ner"


class Names(dict[int, str]):
    """Names of classes by their index, with those of relation types by their id."""

    def __init__(self, classes: Mapping[int, str], relations: Mapping[str, str]) -> None:
        super().__init__(classes)
        self.relations = relations


def texts_of(
    samples: Iterable[ManifestSample], read_blob: ReadBlob | None
) -> Iterator[tuple[ManifestSample, str]]:
    """Each sample with its text. Raises ValueError without `read_blob`: these formats are nothing without texts."""
    if read_blob is None:
        raise ValueError("texts are written with their labels")
    for sample in samples:
        yield sample, read_blob(sample.sha256).decode()


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
            name = "/".join([sample.split or "train", *folder, file_name(sample)])
            sink.add_sample(name, sample, read_blob)


class _OneFileWriter(VersionWriter):
    """A version as one file to which every text adds a piece. `file` is its name."""

    file: ClassVar[str]

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """A piece a text."""
        names = {c.index: c.name for c in header.classes}
        kinds = {one.id: one.name for one in header.relations}
        spool = Spool()
        spool.add(self.head(header.task))
        for number, (sample, text) in enumerate(texts_of(samples, read_blob), start=1):
            spool.add(self.piece(header.task, Names(names, kinds), number, sample, text))
        sink.add_spool(self.file, spool)

    def head(self, task: str) -> bytes:
        """What the file begins with."""
        return b""

    @abstractmethod
    def piece(self, task: str, names: Names, number: int, sample: ManifestSample, text: str) -> bytes:
        """What the file says of a text; they are numbered from 1."""


class TextTableWriter(_OneFileWriter):
    """`texts.csv`, UTF-8 with a mark, so that spreadsheets read it; several classes are a JSON list."""

    key = "csv"
    title = "CSV, TSV"
    tasks = frozenset((CLASSES, SEVERAL))
    file = "texts.csv"

    def head(self, task: str) -> bytes:
        """The mark and the names of the columns."""
        label = "labels" if task == SEVERAL else "label"
        return b"\xef\xbb\xbf" + csv_row(("name", "text", label, "split", "group")).encode()

    def piece(self, task: str, names: Names, number: int, sample: ManifestSample, text: str) -> bytes:
        """A row."""
        said = [names[label] for label in sample.whole]
        label = said[0] if said else ""
        if task == SEVERAL:
            label = orjson.dumps(said).decode() if said else ""
        cells = (sample.name, text, label, sample.split or "train", sample.group)
        return csv_row(cell_escaped(cell) for cell in cells).encode()


class TextLinesWriter(_OneFileWriter):
    """`texts.jsonl`: an object a text with `label`, `labels` or `spans` in code points, and `attributes` of each."""

    key = "jsonl"
    title = "JSONL"
    tasks = frozenset((CLASSES, SEVERAL, SPANS))
    file = "texts.jsonl"
    keeps_attributes = True
    keeps_relations = True

    def piece(self, task: str, names: Names, number: int, sample: ManifestSample, text: str) -> bytes:
        """A line."""
        row = {"name": sample.name, "text": text, **_said(task, sample, names), **_place(sample)}
        return orjson.dumps(row) + b"\n"


class DoccanoWriter(_OneFileWriter):
    """`all.jsonl` as doccano imports it: `label` is a list of classes, or of `[start, end, class]`.

    Where the schema has relation types there are `entities` with an `id` each, and `relations` between these ids.
    """

    key = "doccano"
    title = "doccano"
    tasks = frozenset((CLASSES, SEVERAL, SPANS))
    file = "all.jsonl"
    keeps_relations = True

    def piece(self, task: str, names: Names, number: int, sample: ManifestSample, text: str) -> bytes:
        """A line."""
        label: list[Any] = [names[label] for label in sample.whole]
        if task == SPANS:
            label = [[span.start, span.end, names[span.label]] for span in sample.spans]
        row = {
            "id": number,
            "text": text,
            **(_entities(sample, names) if names.relations else {"label": label}),
            "Comments": [],
            "name": sample.name,
            "is_annotated": task == SPANS or bool(label),
            **_place(sample),
            **({} if sample.origin is None else _origin(sample.origin)),
        }
        return orjson.dumps(row) + b"\n"

    def holds(self, origin: Origin) -> bool:
        """It knows no skipped texts, and no approved ones without a name."""
        return origin.state != "skipped" and origin.is_reviewed == bool(origin.reviewer)


def _entities(sample: ManifestSample, names: Names) -> dict[str, Any]:
    entities = [
        {"id": at, "label": names[span.label], "start_offset": span.start, "end_offset": span.end}
        for at, span in enumerate(sample.spans, start=1)
    ]
    relations = [
        {"id": number, "from_id": at + 1, "to_id": to + 1, "type": names.relations.get(kind, kind)}
        for number, (at, kind, to) in enumerate(links_of(sample), start=1)
    ]
    return {"entities": entities, "relations": relations}


def links_of(sample: ManifestSample) -> Iterator[tuple[int, str, int]]:
    """The relations of a sample: the place of the span that it begins at, the id of its type, the place it leads to."""
    return ((at, kind, to) for at, span in enumerate(sample.spans) for kind, to in span.relations)


def _origin(origin: Origin) -> dict[str, str]:
    """An approver is what makes a text approved there; of one that nobody approved there is only the author."""
    said = {"user": origin.annotator, "annotation_approver": origin.reviewer if origin.is_reviewed else ""}
    said["created_at"] = origin.to_json().get("at", "")
    return {key: value for key, value in said.items() if value}


def _said(task: str, sample: ManifestSample, names: Names) -> dict[str, Any]:
    if task == SPANS:
        spans = [
            replace(span, relations=()).to_json() | {"label": names[span.label]} for span in sample.spans
        ]
        relations = [
            {"type": names.relations.get(kind, kind), "from": at, "to": to}
            for at, kind, to in links_of(sample)
        ]
        return {"spans": spans, **({"relations": relations} if relations else {})}
    said = [names[label] for label in sample.whole]
    if task == SEVERAL:
        return {"labels": said, **about_row(sample, names, several=True)}
    return {"label": said[0], **about_row(sample, names)} if said else {}


def _place(sample: ManifestSample) -> dict[str, str]:
    return {"split": sample.split or "train", **({"group": sample.group} if sample.group else {})}
