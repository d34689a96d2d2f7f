"""The frozen form of a data set: gzip JSON lines, one header and then one line a sample. Pure.

Line 1: `{"format", "modality", "task", "classes": [{"id", "index", "name", "name_zh"}], "counts"}`.
Then, ordered by id: `{"id", "sha256", "name", "media_type", "width", "height", "split", "group",
"label": class index or null, "objects": [{"label": class index, "box": [x, y, w, h]}]}`.
An object that is more than an upright box also has the field of its form (`polygon`, `mask`, …, see
`datasets.geometry`), and its `attributes` where there are any; a class with key points has its `skeleton`, one whose objects are asked
something its `attributes`. Where the schema has relation types (`datasets.relations`) the header has them as `relations`.
A line also has, where there are any, `"labels": [class index]` (all of them, where a sample may have several),
`"spans": [{"label": class index, "start", "end"}]` in Unicode code points of the stored UTF-8 text, each with its
`attributes` as an object has them and its `"relations": [[relation type id, place of the other span in the list]]`, `"regions"` likewise
in seconds of a recording, without relations, `"about": [{"label": class index, "attributes"}]` of classes of the whole sample, and the
`"origin"` of what an imported file said of it (`datasets.origins`), which is no part of the content hash.
"""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, Final

import orjson

from datasets.attributes import Attribute, attributes_of_class
from datasets.geometry import Form, form_of_row
from datasets.geometry.skeleton import Skeleton, skeleton_from
from datasets.origins import Origin
from datasets.relations import RelationType, relation_types_of

FORMAT: Final = "studio-manifest/1"
# Names and what they say, in order.
Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ManifestClass:
    """One class; `index` is the number that samples refer to."""

    id: str
    index: int
    name: str
    name_zh: str = ""
    skeleton: Skeleton | None = None
    attributes: tuple[Attribute, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As in the header."""
        row: dict[str, Any] = {
            "id": self.id,
            "index": self.index,
            "name": self.name,
            "name_zh": self.name_zh,
        }
        if self.skeleton is not None:
            row["skeleton"] = self.skeleton.to_json()
        if self.attributes:
            row["attributes"] = [one.to_json() for one in self.attributes]
        return row

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "ManifestClass":
        """The inverse of `to_json`."""
        raw = row.get("skeleton")
        skeleton = None if raw is None else skeleton_from(raw)
        attributes = attributes_of_class(row.get("attributes", []))
        return cls(row["id"], row["index"], row["name"], row.get("name_zh", ""), skeleton, attributes)


@dataclass(frozen=True, slots=True)
class ManifestObject:
    """An object of a class and the box around it: x, y of the top-left corner, width, height.

    Pixels of the upright image. `form` is None where the box is all that is said.
    """

    label: int
    box: tuple[float, float, float, float]
    form: Form | None = None
    attributes: Attributes = ()

    @property
    def kind(self) -> str:
        """Of the shape."""
        return "box" if self.form is None else self.form.kind

    def to_json(self) -> dict[str, Any]:
        """As in the line of a sample."""
        row: dict[str, Any] = {"label": self.label, "box": list(self.box)}
        if self.form is not None:
            row |= self.form.to_json()
        return row | {"attributes": dict(self.attributes)} if self.attributes else row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "ManifestObject":
        """The inverse of `to_json`; of what was written by us."""
        box = row["box"]
        if len(row) == len(_BOX_ALONE):  # both are always there
            return cls(row["label"], (box[0], box[1], box[2], box[3]))
        return cls(row["label"], (box[0], box[1], box[2], box[3]), form_of_row(row), _attributes(row))


@dataclass(frozen=True, slots=True)
class ManifestSpan:
    """A stretch of a text of a class: `[start, end)` in Unicode code points.

    `relations` begin at it: the id of the type, and the place of the span they lead to among those of the sample.
    """

    label: int
    start: int
    end: int
    attributes: Attributes = ()
    relations: tuple[tuple[str, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As in the line of a sample."""
        row: dict[str, Any] = {"label": self.label, "start": self.start, "end": self.end}
        if self.relations:
            row["relations"] = [list(one) for one in self.relations]
        return row | {"attributes": dict(self.attributes)} if self.attributes else row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "ManifestSpan":
        """The inverse of `to_json`."""
        relations = tuple((kind, to) for kind, to in row.get("relations", ()))
        return cls(row["label"], row["start"], row["end"], _attributes(row), relations)


@dataclass(frozen=True, slots=True)
class ManifestRegion:
    """A stretch of a recording of a class, in seconds."""

    label: int
    start: float
    end: float
    attributes: Attributes = ()

    def to_json(self) -> dict[str, Any]:
        """As in the line of a sample."""
        row: dict[str, Any] = {"label": self.label, "start": self.start, "end": self.end}
        return row | {"attributes": dict(self.attributes)} if self.attributes else row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "ManifestRegion":
        """The inverse of `to_json`; a whole second may have been written without its point."""
        return cls(row["label"], float(row["start"]), float(row["end"]), _attributes(row))


@dataclass(frozen=True, slots=True)
class ManifestSample:
    """One sample as it was when the version was made. `label` is a class index or None.

    `labels` are all class indices of the whole sample where it may have several; `label` is the first then. `about` are
    the attributes of those of them that have any.
    """

    id: str
    sha256: str
    name: str
    media_type: str
    width: int
    height: int
    split: str
    group: str = ""
    label: int | None = None
    objects: tuple[ManifestObject, ...] = ()
    labels: tuple[int, ...] = ()
    spans: tuple[ManifestSpan, ...] = ()
    origin: Origin | None = None
    about: tuple[tuple[int, Attributes], ...] = ()
    regions: tuple[ManifestRegion, ...] = ()

    @property
    def stretches(self) -> tuple["ManifestSpan | ManifestRegion", ...]:
        """The spans of a text, or the regions of a recording."""
        return (*self.spans, *self.regions)

    @property
    def whole(self) -> tuple[int, ...]:
        """Every class index that is said of all of it, in order."""
        return self.labels or (() if self.label is None else (self.label,))

    @property
    def carried(self) -> tuple[int, ...]:
        """Every class index that is said of it in any way, each once, in order."""
        placed = {item.label for item in (*self.objects, *self.stretches)}
        return tuple(sorted({*self.whole, *placed}))

    def to_line(self) -> dict[str, Any]:
        """The JSON object of this sample."""
        spans = [span.to_json() for span in self.spans]
        regions = [region.to_json() for region in self.regions]
        about = [{"label": label, "attributes": dict(said)} for label, said in self.about]
        return {
            **({"labels": list(self.labels)} if self.labels else {}),
            **({"spans": spans} if spans else {}),
            **({"regions": regions} if regions else {}),
            **({"about": about} if about else {}),
            **({"origin": self.origin.to_json()} if self.origin else {}),
            "id": self.id,
            "sha256": self.sha256,
            "name": self.name,
            "media_type": self.media_type,
            "width": self.width,
            "height": self.height,
            "split": self.split,
            "group": self.group,
            "label": self.label,
            "objects": [item.to_json() for item in self.objects],
        }

    @classmethod
    def from_line(cls, line: dict[str, Any]) -> "ManifestSample":
        """The inverse of `to_line`."""
        return cls(
            line["id"],
            line["sha256"],
            line["name"],
            line["media_type"],
            line["width"],
            line["height"],
            line["split"],
            line["group"],
            line["label"],
            tuple(map(ManifestObject.from_json, line["objects"])),
            tuple(line.get("labels", ())),
            tuple(map(ManifestSpan.from_json, line.get("spans", ()))),
            Origin.from_json(line.get("origin")),
            tuple((row["label"], _attributes(row)) for row in line.get("about", ())),
            tuple(map(ManifestRegion.from_json, line.get("regions", ()))),
        )


_BOX_ALONE: Final = ("label", "box")


def _attributes(row: Mapping[str, Any]) -> Attributes:
    return tuple(sorted(row.get("attributes", {}).items()))


@dataclass(frozen=True, slots=True)
class ManifestHeader:
    """The first line."""

    modality: str
    task: str
    classes: tuple[ManifestClass, ...]
    counts: dict[str, int]
    relations: tuple[RelationType, ...] = ()

    def to_line(self) -> dict[str, Any]:
        """The JSON object of the header."""
        return {
            **({"relations": [one.to_json() for one in self.relations]} if self.relations else {}),
            "format": FORMAT,
            "modality": self.modality,
            "task": self.task,
            "classes": [row.to_json() for row in self.classes],
            "counts": self.counts,
        }

    @classmethod
    def from_line(cls, line: dict[str, Any]) -> "ManifestHeader":
        """The inverse of `to_line`. Raises ValueError for another format."""
        if line.get("format") != FORMAT:
            raise ValueError(f"unknown manifest format {line.get('format')!r}, expected {FORMAT!r}")
        classes = tuple(ManifestClass.from_json(row) for row in line["classes"])
        relations = relation_types_of(line.get("relations", []))
        return cls(line["modality"], line["task"], classes, line["counts"], relations)


def manifest_write(out: IO[bytes], header: ManifestHeader, samples: Iterable[ManifestSample]) -> str:
    """Write the gzip form (equal content, equal bytes) and return the content hash.

    The content hash is independent of ids, names of files and order: equal pictures with equal labels
    in equal splits give equal hashes.
    """
    total = 0
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=out, mtime=0) as packed:
        packed.write(orjson.dumps(header.to_line()) + b"\n")
        names = {c.index: c.name for c in header.classes}
        kinds = {one.id: one.name for one in header.relations}
        for sample in samples:
            packed.write(orjson.dumps(sample.to_line()) + b"\n")
            total += int.from_bytes(_content_digest(sample, names, kinds), "big")
    said = [header.task, sorted(names.values()), *([sorted(kinds.values())] if kinds else [])]
    schema = orjson.dumps(said)
    summed = (total % 2**256).to_bytes(32, "big")
    return hashlib.sha256(schema + summed).hexdigest()


def manifest_read(source: IO[bytes]) -> tuple[ManifestHeader, Iterator[ManifestSample]]:
    """The header at once, the samples as a stream. Raises ValueError for anything else."""
    try:
        packed = io.BufferedReader(gzip.GzipFile(fileobj=source, mode="rb"))
        header = ManifestHeader.from_line(orjson.loads(packed.readline()))
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise ValueError("not a manifest") from exc
    return header, (ManifestSample.from_line(orjson.loads(line)) for line in packed)


def _said(item: ManifestObject, names: dict[int, str]) -> list[Any]:
    said: list[Any] = [names[item.label], *item.box]
    more = {} if item.form is None else item.form.to_json()
    if item.attributes:
        more["attributes"] = dict(item.attributes)
    # Text, so that a box and a polygon around the same place can be put in order.
    return [*said, orjson.dumps(more, option=orjson.OPT_SORT_KEYS).decode()] if more else said


def _span_said(span: ManifestSpan | ManifestRegion, names: dict[int, str]) -> list[Any]:
    return [names[span.label], span.start, span.end, *map(list, span.attributes)]


def _relations_said(sample: ManifestSample, names: dict[int, str], kinds: dict[str, str]) -> list[Any]:
    """What each leads from and to, whatever the order of the spans."""
    places = [[names[span.label], span.start, span.end] for span in sample.spans]
    return sorted(
        [kinds.get(kind, kind), places[at], places[to]]
        for at, span in enumerate(sample.spans)
        for kind, to in span.relations
    )


def _content_digest(sample: ManifestSample, names: dict[int, str], kinds: dict[str, str]) -> bytes:
    label = None if sample.label is None else names[sample.label]
    objects = sorted(_said(item, names) for item in sample.objects)
    said: list[Any] = [sample.sha256, sample.split, label, objects]
    if sample.labels or sample.spans:  # left out of others, whose hashes stay what they were
        said.append(sorted(names[label] for label in sample.labels))
        said.append(sorted(_span_said(span, names) for span in sample.spans))
    if sample.regions:
        said.append({"regions": sorted(_span_said(region, names) for region in sample.regions)})
    if any(span.relations for span in sample.spans):
        said.append(_relations_said(sample, names, kinds))
    if sample.about:
        said.append(sorted([names[label], *map(list, more)] for label, more in sample.about))
    return hashlib.sha256(orjson.dumps(said)).digest()
