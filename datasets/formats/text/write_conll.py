"""Versions of texts with spans as CoNLL, tags as IOB2."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

import orjson

from core.errors import InvalidInput
from datasets.formats.names import shown
from datasets.formats.spool import Spool
from datasets.formats.text.conll import NAME_MARK, TEXT_MARK
from datasets.formats.text.writers import SPANS, texts_of
from datasets.formats.writers.base import ReadBlob, VersionWriter, ZipSink
from datasets.manifest import ManifestHeader, ManifestSample, ManifestSpan

# A run of letters and digits, but each Chinese or Japanese sign alone, and each other sign alone.
_TOKEN: Final = re.compile(
    r"[\u2e80-\u303f\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
    r"|[^\W\u2e80-\u303f\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+|[^\w\s]"
)


class SpansUnfit(InvalidInput):
    """One tag a token cannot say what the version says."""

    code = "spans_unfit"


class ConllWriter(VersionWriter):
    """`<split>.conll` and `labels.txt`; a comment before each text holds the text itself, so that offsets stay exact.

    Groups are not kept.
    """

    key = "conll"
    title = "CoNLL"
    tasks = frozenset((SPANS,))

    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Raises SpansUnfit for spans that overlap, or begin or end with a space."""
        names = {c.index: c.name for c in header.classes}
        spools: dict[str, Spool] = {}
        for sample, text in texts_of(samples, read_blob):
            spool = spools.setdefault(sample.split or "train", Spool())
            spool.add("\n".join(_lines(sample, text, names)).encode() + b"\n\n")
        for split, spool in sorted(spools.items()):
            sink.add_spool(f"{split}.conll", spool)
        sink.add_text("labels.txt", "".join(f"{c.name}\n" for c in header.classes).encode())


def _lines(sample: ManifestSample, text: str, names: dict[int, str]) -> Iterator[str]:
    yield NAME_MARK + shown(sample.name)
    yield TEXT_MARK + orjson.dumps(text).decode()
    spans = sorted(sample.spans, key=lambda span: span.start)
    _check(sample, spans, text)
    number = 0
    for start, end in _tokens(text, spans):
        while number < len(spans) and spans[number].end <= start:
            number += 1
        span = spans[number] if number < len(spans) and spans[number].start <= start else None
        mark = "O" if span is None else f"{'B' if span.start == start else 'I'}-{names[span.label]}"
        yield f"{text[start:end]}\t{mark}"


def _tokens(text: str, spans: list[ManifestSpan]) -> Iterator[tuple[int, int]]:
    """Tokens that break where spans begin and end."""
    edges = sorted({0, len(text), *(s.start for s in spans), *(s.end for s in spans)})
    for begin, stop in pairwise(edges):
        for found in _TOKEN.finditer(text, begin, stop):
            yield found.span()


def _check(sample: ManifestSample, spans: list[ManifestSpan], text: str) -> None:
    last = 0
    for span in spans:
        words = text[span.start : span.end]
        if span.start < last or not _TOKEN.match(words[:1]) or not _TOKEN.match(words[-1:]):
            raise SpansUnfit(
                f"{shown(sample.name, 80)} has spans that overlap, or that begin or end with a space, which BIO "
                "cannot say; export as JSONL, doccano or Label Studio",
                field="format",
            )
        last = span.end
