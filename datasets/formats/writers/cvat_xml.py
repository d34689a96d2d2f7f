"""CVAT for images 1.1: `annotations.xml` and `images/<split>/`."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from datasets.formats.writers.base import BOXES, CLASSES, ReadBlob, VersionWriter, ZipSink, file_name
from datasets.manifest import ManifestHeader, ManifestSample


class CvatXmlWriter(VersionWriter):
    """Boxes as `box`, a class of the whole picture as `tag`, splits as `subset`."""

    key = "cvat"
    title = "CVAT for images"
    tasks = frozenset((CLASSES, BOXES))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Media first, the XML at the end; of each picture only its finished text is held."""
        names = {c.index: quoteattr(c.name) for c in header.classes}
        parts = [_head(header)]
        for number, sample in enumerate(samples):
            name = f"images/{sample.split or 'train'}/{file_name(sample)}"
            name = sink.add_sample(name, sample, read_blob)
            parts.append("\n".join(_image(number, name, sample, names)).encode())
        parts.append(b"</annotations>\n")
        sink.add_text("annotations.xml", b"\n".join(parts))


def _head(header: ManifestHeader) -> bytes:
    labels = "".join(
        f"<label><name>{escape(c.name)}</name><attributes></attributes></label>" for c in header.classes
    )
    meta = f"<meta><task><mode>annotation</mode><labels>{labels}</labels></task></meta>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n{meta}'.encode()


def _image(number: int, name: str, sample: ManifestSample, names: dict[int, str]) -> Iterator[str]:
    group = f" group={quoteattr(sample.group)}" if sample.group else ""
    yield (
        f'<image id="{number}" name={quoteattr(name.removeprefix("images/"))} '
        f'subset="{sample.split or "train"}" width="{sample.width}" height="{sample.height}"{group}>'
    )
    if sample.label is not None and not sample.objects:
        yield f'<tag label={names[sample.label]} source="manual"></tag>'
    for item in sample.objects:
        x, y, w, h = item.box
        yield (
            f'<box label={names[item.label]} source="manual" occluded="0" '
            f'xtl="{x!r}" ytl="{y!r}" xbr="{x + w!r}" ybr="{y + h!r}" z_order="0"></box>'
        )
    yield "</image>"
