"""Which column of a Parquet file is what, by its type, its name and what the file says of it. Pure.

Beside our own files those of Hugging Face are known: a structure of `bytes` and `path` holds the media, and the
metadata `huggingface` names the classes that numbers stand for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from datasets.formats.base import ColumnNote
from datasets.formats.names import shown
from datasets.formats.parquet.asking import ParquetFile

_MEDIA: Final[Mapping[str, tuple[str, ...]]] = {
    "image": ("image", "img", "picture", "photo", "pixel_values", "bytes", "content", "data", "图片", "图像"),
    "audio": ("audio", "sound", "speech", "recording", "wav", "clip", "bytes", "content", "音频", "录音"),
    "text": (
        *(
            "text",
            "content",
            "sentence",
            "review",
            "body",
            "message",
            "document",
            "comment",
            "tweet",
            "title",
        ),
        *("文本", "内容", "评论", "正文", "句子"),
    ),
}
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name", "file_name", "filename", "path", "file", "image_path", "image_id", "id", "文件", "编号"),
    "label": ("label", "class", "category", "target", "fine_label", "command", "sentiment", "标签", "类别"),
    "labels": ("labels", "classes", "categories", "tags"),
    "objects": ("objects", "annotations"),
    "spans": ("spans", "entities"),
    "split": ("split", "subset", "划分"),
    "group": ("group", "group_id", "speaker_id", "speaker", "分组"),
    "width": ("width",),
    "height": ("height",),
    "origin": ("origin",),
}
_BYTES: Final = re.compile(r'^STRUCT\((.*, )?"?bytes"? BLOB(, .*)?\)$')
_PATH: Final = re.compile(r'[(, ]"?path"? VARCHAR')


@dataclass(frozen=True, slots=True)
class Columns:
    """`media` leads to the bytes or the text, empty where rows only name files; `fields` lead to all else.

    `classes` are the names that numbers stand for, by field; `told` are all classes that the file names, `said` is
    what our own files say of themselves.
    """

    media: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[ColumnNote, ...]:
        """What to show of it."""
        roles = {"media": self.media, **self.fields}
        known = ("media", "label", "labels", "objects", "spans", "split", "group", "name")
        return tuple(
            ColumnNote("label" if role == "labels" else role, shown(roles[role][0], 60), "named")
            for role in known
            if roles.get(role)
        )

    @property
    def told(self) -> Iterator[str]:
        """The classes in the order of the file."""
        for row in _list(self.said.get("classes")):
            if isinstance(row, dict) and isinstance(row.get("name"), str):
                yield row["name"]
        for names in self.classes.values():
            yield from names


def columns_of(file: ParquetFile, modality: str, chosen: Mapping[str, str]) -> Columns | None:
    """None where no column holds samples of the modality, nor the names of their files.

    `chosen` is what a person says: role to the name of a column.
    """
    lower = {name.lower(): name for name in reversed(list(file.columns))}
    media = _media(file.columns, lower, modality, chosen)
    fields: dict[str, tuple[str, ...]] = {
        role: (name,)
        for role, names in _FIELDS.items()
        if (name := _chosen(lower, role, names, chosen)) is not None and name not in media[:1]
    }
    if len(media) == 2 and _PATH.search(file.columns[media[0]]):
        fields["path"] = (media[0], "path")
    elif not media and (modality == "text" or "name" not in fields):
        return None
    features, said = _features(file.metadata), _object(file.metadata.get("studio"))
    classes = {
        role: names
        for role, path in fields.items()
        if role in ("label", "labels", "objects", "spans") and (names := _names(features.get(path[0])))
    }
    return Columns(media, fields, classes, said)


def _media(
    columns: Mapping[str, str], lower: Mapping[str, str], modality: str, chosen: Mapping[str, str]
) -> tuple[str, ...]:
    """The path to the bytes, or the column of texts; the one with a usual name, else the only one or the first."""
    asked = lower.get(chosen.get("text", "").lower()) if modality == "text" else None
    if modality == "text":
        fit = [name for name, kind in columns.items() if kind == "VARCHAR"]
        named = next((lower[name] for name in _MEDIA["text"] if lower.get(name) in fit), None)
        return (asked,) if asked in fit else (named,) if named else ()
    fit = [name for name, kind in columns.items() if kind == "BLOB" or _BYTES.match(kind)]
    named = next((lower[name] for name in _MEDIA[modality] if lower.get(name) in fit), None)
    found = named or next((name for name in fit if columns[name] != "BLOB"), None) or next(iter(fit), None)
    if found is None:
        return ()
    return (found,) if columns[found] == "BLOB" else (found, "bytes")


def _chosen(
    lower: Mapping[str, str], role: str, names: Sequence[str], chosen: Mapping[str, str]
) -> str | None:
    asked = chosen.get(role, "").lower()
    return lower.get(asked) or next((lower[name] for name in names if name in lower), None)


def _features(metadata: Mapping[str, str]) -> Mapping[str, Any]:
    """The features of a data set of Hugging Face, by column."""
    info = _object(metadata.get("huggingface")).get("info")
    features = info.get("features") if isinstance(info, dict) else None
    return features if isinstance(features, dict) else {}


def _object(text: str | None) -> Mapping[str, Any]:
    try:
        found = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _names(feature: Any, depth: int = 6) -> tuple[str, ...]:
    """The names of the first `ClassLabel` in a feature, however deep it lies in lists and structures."""
    if isinstance(feature, dict):
        names = feature.get("names")
        if feature.get("_type") == "ClassLabel" and isinstance(names, list):
            return tuple(name for name in names if isinstance(name, str))
        feature = list(feature.values())
    found = (_names(one, depth - 1) for one in _list(feature) if depth and isinstance(one, dict | list))
    return next((names for names in found if names), ())


def _list(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []
