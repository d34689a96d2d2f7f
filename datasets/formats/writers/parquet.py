"""Parquet: `data/<split>-00000.parquet`, a row a sample, as Hugging Face's data sets are laid out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import orjson

from datasets.formats.writers.base import (
    CLASSES,
    PLACED,
    SEVERAL,
    SOUND_CLASSES,
    ReadBlob,
    VersionWriter,
    ZipSink,
    file_name,
)
from datasets.manifest import ManifestHeader, ManifestObject, ManifestSample
from datasets.origins import Origin
from datasets.tables.engine import connect
from datasets.tables.kinds import literal

if TYPE_CHECKING:
    import duckdb

TEXT_CLASSES, TEXT_SEVERAL, SPANS = "text_classification", "text_multilabel", "ner"
# Rows of one file; so much is written anew when an export is interrupted.
SHARD_ROWS: Final[Mapping[str, int]] = {"image": 500, "audio": 500, "text": 20_000}
_GROUP: Final = "16MB"
_MEDIA_SQL: Final = "CASE WHEN octet_length(media) >= 0 THEN media END"
_BATCH_BYTES: Final = 16 * 1024**2
_MEMORY: Final = "384MB"
_POINTS: Final = [["DOUBLE"]]
_OBJECT: Final[Mapping[str, Any]] = {
    "label": "VARCHAR",
    "bbox": ["DOUBLE"],
    "kind": "VARCHAR",
    "rotated": ["DOUBLE"],
    "polygon": [_POINTS],
    "mask": {"size": ["INTEGER"], "counts": "VARCHAR"},
    "polyline": _POINTS,
    "keypoints": _POINTS,
    "attributes": [{"name": "VARCHAR", "value": "VARCHAR"}],
}
_SPAN: Final = {"label": "VARCHAR", "start": "INTEGER", "end": "INTEGER"}
_ORIGIN: Final = dict.fromkeys(("annotator", "reviewer", "at", "state", "tool"), "VARCHAR")
_DTYPES: Final = {"VARCHAR": "string", "DOUBLE": "float64", "INTEGER": "int32"}
_FEATURES: Final = {"image": {"_type": "Image"}, "audio": {"_type": "Audio"}}


class ParquetWriter(VersionWriter):
    """Bytes and path of the media in one structure, names of classes as text, every shape in typed columns.

    The classes and their skeletons stand in the metadata `studio`, the types for `datasets` in `huggingface`.
    """

    key = "parquet"
    title = "Parquet"
    tasks = PLACED | {CLASSES, SEVERAL}
    rows: ClassVar[Mapping[str, int]] = SHARD_ROWS

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """A file as soon as a split has the rows for it."""
        waiting, numbers = defaultdict[str, list[ManifestSample]](list), Counter[str]()

        def finish(split: str) -> None:
            name = f"data/{split}-{numbers[split]:05}.parquet"
            rows = waiting.pop(split)
            sink.add_made(name, lambda path: _Shard(header, read_blob).write(rows, path))
            numbers[split] += 1

        for sample in samples:
            split = sample.split or "train"
            waiting[split].append(sample)
            if len(waiting[split]) == self.rows[header.modality]:
                finish(split)
        for split in sorted(waiting):
            finish(split)

    def holds(self, origin: Origin) -> bool:
        """All of it."""
        return True


class SoundParquetWriter(ParquetWriter):
    """Recordings."""

    tasks = frozenset((SOUND_CLASSES,))


class TextParquetWriter(ParquetWriter):
    """Texts, as text."""

    tasks = frozenset((TEXT_CLASSES, TEXT_SEVERAL, SPANS))


class _Shard:
    """One file: samples go into a table of the engine a batch at a time, and from there into groups of rows."""

    def __init__(self, header: ManifestHeader, read_blob: ReadBlob | None) -> None:
        self._header, self._read_blob = header, read_blob
        self._media = header.modality
        self._names = {row.index: row.name for row in header.classes}
        self._fields = _fields(header.modality, header.task)

    def write(self, samples: Sequence[ManifestSample], path: Path) -> None:
        """To `path`, whose folder takes what does not fit the memory."""
        connection = connect([path.parent], memory=_MEMORY)
        kind = "VARCHAR" if self._media == "text" else "BLOB"
        connection.execute(f"CREATE TABLE said (media {kind}, fields VARCHAR)")
        media: list[Any] = []
        lines: list[str] = []
        size_bytes = 0
        for sample in samples:
            content = None if self._read_blob is None else self._read_blob(sample.sha256)
            size_bytes += len(content or b"")
            media.append(content.decode() if content is not None and kind == "VARCHAR" else content)
            lines.append(orjson.dumps(self._said(sample)).decode())
            if size_bytes >= _BATCH_BYTES:
                _insert(connection, media, lines)
                media, lines, size_bytes = [], [], 0
        _insert(connection, media, lines)
        self._copy(connection, path)
        connection.close()

    def _copy(self, connection: "duckdb.DuckDBPyConnection", path: Path) -> None:
        is_text = self._media == "text"
        # Columns that are known to be full are written as required, which is another type than the features say.
        media = _MEDIA_SQL.replace("octet_length", "strlen") if is_text else _MEDIA_SQL
        first = (
            f"{media} AS text"
            if is_text
            else f"CASE WHEN row.path <> '' THEN {{'bytes': {media}, 'path': row.path}} END AS {self._media}"
        )
        columns = ", ".join([first, *(f'row."{name}"' for name in self._fields)])
        shape = orjson.dumps({**self._fields, **({} if is_text else {"path": "VARCHAR"})}).decode()
        said = {"studio": self._metadata(), "huggingface": self._features()}
        keys = ", ".join(f"{key}: {literal(orjson.dumps(value).decode())}" for key, value in said.items())
        connection.execute(
            f"COPY (SELECT {columns} FROM (SELECT media, from_json(fields, {literal(shape)}) AS row FROM said)) "
            f"TO {literal(str(path))} (FORMAT parquet, COMPRESSION {'zstd' if is_text else 'snappy'}, "
            f"ROW_GROUP_SIZE_BYTES '{_GROUP}', KV_METADATA {{{keys}}})"
        )

    def _metadata(self) -> dict[str, Any]:
        classes = [
            {"name": row.name, **({} if row.skeleton is None else {"skeleton": row.skeleton.to_json()})}
            for row in self._header.classes
        ]
        return {"task": self._header.task, "classes": classes}

    def _features(self) -> dict[str, Any]:
        first = _FEATURES.get(self._media) or _feature("VARCHAR")
        features = {self._media: first, **{name: _feature(kind) for name, kind in self._fields.items()}}
        return {"info": {"features": features}}

    def _said(self, sample: ManifestSample) -> dict[str, Any]:
        names = self._names
        origin = None if sample.origin is None else sample.origin.to_json()
        whole = [names[label] for label in sample.whole]
        every = {
            "path": file_name(sample),
            "name": sample.name,
            "width": sample.width,
            "height": sample.height,
            "label": whole[0] if whole else None,
            "labels": whole,
            "spans": [{"label": names[s.label], "start": s.start, "end": s.end} for s in sample.spans],
            "objects": [_object(item, names[item.label]) for item in sample.objects],
            "split": sample.split or "train",
            "group": sample.group or None,
            "origin": origin,
        }
        return {name: value for name, value in every.items() if name in self._fields or name == "path"}


def _fields(modality: str, task: str) -> dict[str, Any]:
    """The columns behind the media and their types, as `from_json` wants them."""
    fields: dict[str, Any] = {"name": "VARCHAR"}
    if modality == "image":
        fields |= {"width": "INTEGER", "height": "INTEGER"}
    if task in PLACED:
        fields["objects"] = [_OBJECT]
    elif task == SPANS:
        fields["spans"] = [_SPAN]
    elif task in (SEVERAL, TEXT_SEVERAL):
        fields["labels"] = ["VARCHAR"]
    else:
        fields["label"] = "VARCHAR"
    return fields | {"split": "VARCHAR", "group": "VARCHAR", "origin": _ORIGIN}


def _feature(kind: Any) -> Any:
    """A type in the words of Hugging Face's `datasets`."""
    if isinstance(kind, dict):
        return {name: _feature(inner) for name, inner in kind.items()}
    if isinstance(kind, list):
        inner = _feature(kind[0])
        return [inner] if isinstance(kind[0], dict) else {"feature": inner, "_type": "Sequence"}
    return {"dtype": _DTYPES[kind], "_type": "Value"}


def _object(item: ManifestObject, label: str) -> dict[str, Any]:
    form = {} if item.form is None else item.form.to_json()
    attributes = [{"name": name, "value": value} for name, value in item.attributes]
    return {"label": label, "bbox": item.box, "kind": item.kind, **form, "attributes": attributes}


def _insert(connection: "duckdb.DuckDBPyConnection", media: list[Any], lines: list[str]) -> None:
    """Arrays of objects are what the engine takes fastest."""
    batch = {"media": np.empty(len(media), object), "fields": np.empty(len(lines), object)}
    batch["media"][:], batch["fields"][:] = media, lines
    connection.register("batch", batch)
    connection.execute("INSERT INTO said SELECT media, fields FROM batch")
    connection.unregister("batch")
