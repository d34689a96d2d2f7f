"""CVAT for images 1.1: `annotations.xml` and `images/<split>/`."""

from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from datasets.formats.forms import rows_packed
from datasets.formats.writers.base import (
    CLASSES,
    PLACED,
    SEVERAL,
    ReadBlob,
    VersionWriter,
    ZipSink,
    file_name,
)
from datasets.formats.writers.cvat_tasks import CvatTasks
from datasets.formats.writers.shapes import fitted
from datasets.geometry import Form
from datasets.geometry.skeleton import Skeleton
from datasets.manifest import ManifestClass, ManifestHeader, ManifestObject, ManifestSample
from datasets.origins import Origin

CVAT_INPUT = {"select": "select", "multi": "text", "bool": "checkbox", "number": "number", "text": "text"}
_KINDS = frozenset(("rotated_box", "polygon", "mask", "polyline", "keypoints"))
_AUTOMATIC = frozenset(("auto", "semi-auto"))


class CvatXmlWriter(VersionWriter):
    """Every shape as CVAT's own, a class of the whole picture as `tag`, splits as `subset`.

    A polygon of several rings becomes its mask, since CVAT's polygons have one. Who labeled a picture is the
    assignee of a task, of which there is one for each of them.
    """

    key = "cvat"
    title = "CVAT for images"
    tasks = PLACED | {CLASSES, SEVERAL}

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Media first, the XML at the end; of each picture only its finished text is held."""
        classes = {c.index: c for c in header.classes}
        parts, tasks = [b""], CvatTasks()
        for number, sample in enumerate(samples):
            name = f"images/{sample.split or 'train'}/{file_name(sample)}"
            name = sink.add_sample(name, sample, read_blob)
            parts.append("\n".join(_image(number, name, sample, classes, sink, tasks)).encode())
        parts[0] = _head(header, tasks)
        parts.append(b"</annotations>\n")
        sink.tell("origin_times_joined", *tasks.joined())
        sink.add_text("annotations.xml", b"\n".join(parts))

    def holds(self, origin: Origin) -> bool:
        """A task has an assignee and may be completed; nobody skips a picture, and no reviewer has a name."""
        return origin.state != "skipped" and not origin.reviewer


def _head(header: ManifestHeader, tasks: CvatTasks) -> bytes:
    labels = "".join(part for row in header.classes for part in _label(row))
    meta = f"<meta>{tasks.around(f'<labels>{labels}</labels>')}</meta>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n{meta}'.encode()


def _label(row: ManifestClass) -> Iterator[str]:
    if row.skeleton is None:
        yield f"<label><name>{escape(row.name)}</name>{_asked(row)}</label>"
        return
    lines = "".join(
        f'<line data-type="edge" data-node-from="{start + 1}" data-node-to="{end + 1}"></line>'
        for start, end in row.skeleton.lines
    )
    nodes = "".join(
        f'<circle data-type="element node" data-element-id="{at}" data-node-id="{at}" '
        f"data-label-name={quoteattr(name)}></circle>"
        for at, name in enumerate(row.skeleton.points, start=1)
    )
    yield (
        f"<label><name>{escape(row.name)}</name><type>skeleton</type>{_asked(row)}"
        f"<svg>{escape(lines + nodes)}</svg></label>"
    )
    for name in row.skeleton.points:
        yield (
            f"<label><name>{escape(name)}</name><type>points</type><attributes></attributes>"
            f"<parent>{escape(row.name)}</parent></label>"
        )


def _asked(row: ManifestClass) -> str:
    """What CVAT asks of the objects of a class. It has no choice of several: that is a text there."""
    parts = []
    for one in row.attributes:
        values = "\n".join(("true", "false") if one.kind == "bool" else one.options)
        parts.append(
            f"<attribute><name>{escape(one.name)}</name><mutable>False</mutable>"
            f"<input_type>{CVAT_INPUT[one.kind]}</input_type>"
            f"<default_value>{escape(one.default)}</default_value><values>{escape(values)}</values></attribute>"
        )
    return f"<attributes>{''.join(parts)}</attributes>"


def _image(
    number: int,
    name: str,
    sample: ManifestSample,
    classes: dict[int, ManifestClass],
    sink: ZipSink,
    tasks: CvatTasks,
) -> Iterator[str]:
    group = f" group={quoteattr(sample.group)}" if sample.group else ""
    subset = sample.split or "train"
    task = tasks.add(sample.name, subset, sample.origin)
    yield (
        f'<image id="{number}" name={quoteattr(name.removeprefix("images/"))} subset="{subset}" '
        f'width="{sample.width}" height="{sample.height}"{group} task_id="{task}">'
    )
    for label in () if sample.objects else sample.whole:
        yield f'<tag label={quoteattr(classes[label].name)} source="manual"></tag>'
    for item in fitted(sample, sink, _KINDS):
        yield _shape(item, classes[item.label])
    yield "</image>"


def _shape(item: ManifestObject, row: ManifestClass) -> str:
    attributes = dict(item.attributes)
    occluded = attributes.pop("occluded", "0")
    made = attributes.pop("source") if attributes.get("source") in _AUTOMATIC else "manual"
    more = "".join(
        f"<attribute name={quoteattr(name)}>{escape(value)}</attribute>" for name, value in attributes.items()
    )
    head = f'label={quoteattr(row.name)} source="{made}" occluded={quoteattr(occluded)} z_order="0"'
    tag, place, inner = _place(item, row)
    return f"<{tag} {head}{place}>{inner}{more}</{tag}>"


def _place(item: ManifestObject, row: ManifestClass) -> tuple[str, str, str]:
    """The tag, its geometry, and the points of a skeleton."""
    form, corners = item.form, item.box
    if form is not None and form.kind == "keypoints":
        return _keypoints(form, row.skeleton)
    if form is not None and form.kind == "mask":
        left, top, across, along = map(int, corners)
        region = form.value.mask()[top : top + along, left : left + across]
        rle = ", ".join(map(str, rows_packed(region)))
        return "mask", f' rle="{rle}" left="{left}" top="{top}" width="{across}" height="{along}"', ""
    if form is not None and form.kind in ("polygon", "polyline"):
        points = form.value[0] if form.kind == "polygon" else form.value
        return form.kind, f' points="{_points(points)}"', ""
    turned = ""
    if form is not None:
        corners, turned = form.value[:4], f' rotation="{form.value[4] % 360!r}"'
    x, y, w, h = corners
    return "box", f' xtl="{x!r}" ytl="{y!r}" xbr="{x + w!r}" ybr="{y + h!r}"{turned}', ""


def _keypoints(form: Form, skeleton: Skeleton | None) -> tuple[str, str, str]:
    if skeleton is None and all(point[2] == 2 for point in form.value):
        return "points", f' points="{_points(form.value)}"', ""
    names = skeleton.points if skeleton and len(skeleton.points) == len(form.value) else None
    inner = "".join(
        f"<points label={quoteattr(names[at] if names else str(at + 1))} "
        f'outside="{int(v == 0)}" occluded="{int(v == 1)}" points="{x!r},{y!r}"></points>'
        for at, (x, y, v) in enumerate(form.value)
    )
    return "skeleton", "", inner


def _points(points: Iterable[Sequence[float]]) -> str:
    return ";".join(f"{point[0]!r},{point[1]!r}" for point in points)
