"""Versions of texts as Label Studio's tasks, with the labeling configuration."""

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import quoteattr

import orjson

from datasets.formats.spool import Spool
from datasets.formats.text.label_studio import Units
from datasets.formats.text.writers import CLASSES, SEVERAL, SPANS, Names, links_of, texts_of
from datasets.formats.writers.base import ReadBlob, VersionWriter, ZipSink
from datasets.formats.writers.opinions import annotation_of
from datasets.manifest import ManifestHeader, ManifestSample, ManifestSpan
from datasets.origins import Origin


class LabelStudioTextWriter(VersionWriter):
    """Classes as choices, spans as labels with offsets in UTF-16 units, as Label Studio's browser counts them."""

    key = "label_studio"
    title = "Label Studio"
    tasks = frozenset((CLASSES, SEVERAL, SPANS))
    keeps_relations = True

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """A task a text."""
        names = Names(
            {c.index: c.name for c in header.classes}, {one.id: one.name for one in header.relations}
        )
        spool = Spool()
        spool.add(b"[")
        for number, (sample, text) in enumerate(texts_of(samples, read_blob), start=1):
            spool.add(b",\n" if number > 1 else b"\n")
            spool.add(orjson.dumps(_task(number, header.task, sample, text, names)))
        spool.add(b"]\n")
        sink.add_spool("tasks.json", spool)
        sink.add_text("label_config.xml", _config(header).encode())

    def holds(self, origin: Origin) -> bool:
        """Everything."""
        return True


def _task(number: int, task: str, sample: ManifestSample, text: str, names: Names) -> dict[str, Any]:
    said = [names[label] for label in sample.whole]
    results = [_choices(number, said)] if said else []
    if task == SPANS:
        units = Units(text)
        results = [_span(f"{number}-{at}", text, units, span, names) for at, span in enumerate(sample.spans)]
        results += [_relation(number, one, names) for one in links_of(sample)]
    is_annotated = task == SPANS or bool(said) or sample.origin is not None
    data = {"text": text, "name": sample.name, "split": sample.split or "train"}
    return {
        "id": number,
        "data": data | ({"group": sample.group} if sample.group else {}),
        "annotations": [annotation_of(results, sample.origin)] if is_annotated else [],
        "predictions": [],
    }


def _choices(number: int, names: list[str]) -> dict[str, Any]:
    return {
        "id": str(number),
        "type": "choices",
        "from_name": "choice",
        "to_name": "text",
        "value": {"choices": names},
    }


def _span(key: str, text: str, units: Units, span: ManifestSpan, names: dict[int, str]) -> dict[str, Any]:
    return {
        "id": key,
        "type": "labels",
        "from_name": "label",
        "to_name": "text",
        "value": {
            "start": units.units(span.start),
            "end": units.units(span.end),
            "text": text[span.start : span.end],
            "labels": [names[span.label]],
        },
    }


def _relation(number: int, link: tuple[int, str, int], names: Names) -> dict[str, Any]:
    at, kind, to = link
    return {
        "type": "relation",
        "from_id": f"{number}-{at}",
        "to_id": f"{number}-{to}",
        "direction": "right",
        "labels": [names.relations.get(kind, kind)],
    }


def _config(header: ManifestHeader) -> str:
    is_spans = header.task == SPANS
    outer, inner = ("Labels", "Label") if is_spans else ("Choices", "Choice")
    names = f'name="{"label" if is_spans else "choice"}" toName="text"'
    several = ' choice="multiple"' if header.task == SEVERAL else ""
    values = (f"    <{inner} value={quoteattr(c.name)}/>" for c in header.classes)
    lines = ["<View>", '  <Text name="text" value="$text"/>', f"  <{outer} {names}{several}>", *values]
    kinds = [f"    <Relation value={quoteattr(one.name)}/>" for one in header.relations]
    relations = ["  <Relations>", *kinds, "  </Relations>"] if kinds else []
    return "\n".join([*lines, f"  </{outer}>", *relations, "</View>\n"])
