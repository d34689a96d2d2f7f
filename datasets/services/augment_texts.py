"""Texts in augmentation: before and after with what changed, and in versions."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from datasets.augment.base import Operator
from datasets.augment.pipeline import Pipeline
from datasets.augment.texts import OPERATORS, Passage, Span, TextOperator
from datasets.cleaning.edits import Piece, Trace
from datasets.models import Dataset, DatasetVersion, Sample, ShapeKind
from datasets.services.annotations_bulk import shapes_of
from datasets.services.augment_base import check_known
from datasets.services.quality_texts import texts_read

# What is looked at of a text: of longer ones the beginning, where other words change than of the whole.
LOOKED_AT: Final = 20_000
MAX_PIECES: Final = 200
_CONTEXT: Final = 60


class TextAugmenter:
    """An `Augmenter` of texts."""

    operators: Mapping[str, type[Operator[Any]]] = OPERATORS
    media_type = "text/plain"
    suffix = ".txt"
    unit = "texts"

    def preview(
        self, dataset: Dataset, pipeline: Pipeline[Any], *, seed: int, sample_ids: Sequence[uuid.UUID]
    ) -> dict[str, Any]:
        """`{results, unreadable}`: each text as pieces, with the classes of entities and of the whole."""
        samples = {row.pk: row for row in Sample.objects.filter(dataset=dataset, pk__in=sample_ids)}
        check_known(len(samples), sample_ids)
        wanted = [samples[pk] for pk in dict.fromkeys(sample_ids)]
        shapes = shapes_of(wanted)
        texts = texts_read([sample.sha256 for sample in wanted])
        results, unreadable = [], []
        for sample, text in zip(wanted, texts, strict=True):
            if text is None:
                unreadable.append(sample.pk)
            else:
                results.append(_shown(sample, text, shapes[sample.pk], pipeline, seed))
        return {"results": results, "unreadable": unreadable}

    def check(self, version: DatasetVersion, pipeline: Pipeline[Any]) -> None:
        """A version holds whatever texts become."""


def _shown(
    sample: Sample, text: str, shapes: Sequence[Sequence[Any]], pipeline: Pipeline[Any], seed: int
) -> dict[str, Any]:
    head = text[:LOOKED_AT]
    spans = [row for row in shapes if row[2] == ShapeKind.SPAN]
    classes = [row[1] for row in spans]
    placed = [
        Span(number, row[8]["start"], min(row[8]["end"], len(head)))
        for number, row in enumerate(spans)
        if row[8]["start"] < len(head)
    ]
    passage, trace = Passage(head, tuple(placed)), Trace(head)
    for operator, rng in pipeline.drawn(seed=seed, sample=str(sample.pk)):
        if isinstance(operator, TextOperator):
            edits = operator.edits(passage, rng)
            trace.edit(edits)
            passage = passage.changed(edits)
    pieces = list(islice(_labeled(trace.pieces(), passage.spans), MAX_PIECES + 1))
    return {
        "sample": sample.pk,
        "name": sample.name,
        "labels": [row[1] for row in shapes if row[2] != ShapeKind.SPAN],
        "pieces": [
            _piece(piece, None if number is None else classes[number])
            for piece, number in pieces[:MAX_PIECES]
        ],
        "changed": passage.text != head,
        "is_cut": len(text) > len(head) or len(pieces) > MAX_PIECES,
    }


def _labeled(pieces: Sequence[Piece], spans: Sequence[Span]) -> Iterator[tuple[Piece, int | None]]:
    """Pieces cut where entities begin and end, each with the first entity that it lies in."""
    borders = sorted({place for span in spans for place in (span.start, span.end)})
    at = 0
    for piece in pieces:
        if piece.old != piece.new:
            yield piece, None
            at += len(piece.new)
            continue
        inside = [border for border in borders if at < border < at + len(piece.new)]
        for start, end in zip([at, *inside], [*inside, at + len(piece.new)], strict=True):
            part = piece.new[start - at : end - at]
            held = (span.label for span in spans if span.start <= start and end <= span.end)
            yield Piece(part, part), next(held, None)
        at += len(piece.new)


def _piece(piece: Piece, label: uuid.UUID | None) -> dict[str, Any]:
    """What stays between two changes is cut in its middle."""
    if label is not None:
        return {"old": piece.old, "new": piece.new, "label": label}
    if piece.old == piece.new and len(piece.old) > 2 * _CONTEXT + 20:
        cut = f"{piece.old[:_CONTEXT]} … {piece.old[-_CONTEXT:]}"
        piece = Piece(cut, cut)
    return {"old": piece.old, "new": piece.new}
