"""Cleaning of texts: steps on single texts run in the worker, spans follow every edit."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from core.jobs.context import JobContext
from datasets.cleaning import Choice, Operator, recipe_from
from datasets.cleaning.choose import Dedupe, DropTexts
from datasets.cleaning.edits import Moves, Piece, TooManyChanges, Trace, edited
from datasets.cleaning.texts.base import TextOperator
from datasets.cleaning.texts.operators import OPERATORS
from datasets.formats.decoding.texts import text_measured
from datasets.models import Cleaning, Dataset, Sample, ShapeKind
from datasets.services.annotations_bulk import rows_relinked, shapes_of
from datasets.services.clean_base import filtered
from datasets.services.clean_choices import Chosen, found, sampled
from datasets.services.clean_copies import text_copies
from datasets.services.clean_counts import choices_counted
from datasets.services.clean_samples import Content, SampleCleaner
from datasets.services.clean_write import Answer, Fault, Item, Made, ShapeRows
from datasets.services.quality_texts import texts_read

MAX_BYTES: Final = 16 << 20
# What is shown of a text: of longer ones the beginning.
SHOWN: Final = 2_000
_LOOKED_AT: Final = 200
_LOOKED_AT_BYTES: Final = 4 << 20
_AMONG: Final = 2_000
_CONTEXT: Final = 60
_MOST_SHOWN: Final = 100_000


class TextCleaner(SampleCleaner):
    """A `Cleaner` for texts."""

    operators_known: Mapping[str, type[Operator]] = OPERATORS
    batch = 500

    @contextmanager
    def content(self, dataset: Dataset, steps: Sequence[Operator]) -> Iterator[Content]:
        """As `SampleCleaner`."""
        yield _Texts(_on_texts(steps))

    def choose(self, ctx: JobContext, cleaning: Cleaning, step: Choice) -> Chosen:
        """As `SampleCleaner`."""
        if isinstance(step, DropTexts):
            return found(cleaning, step)
        if isinstance(step, Dedupe):
            return text_copies(ctx, cleaning, step)
        return sampled(ctx, cleaning, step)

    def preview(self, dataset: Dataset, recipe: dict[str, Any], condition: str, limit: int) -> dict[str, Any]:
        """Texts that change come first, of the first two hundred or so that the recipe is about."""
        began = time.monotonic()
        every = recipe_from(recipe, OPERATORS)
        steps = _on_texts(every)
        samples = _looked_at(dataset, condition)
        shapes = shapes_of(samples)
        changed: list[dict[str, Any]] = []
        same: list[dict[str, Any]] = []
        for sample, text in zip(samples, texts_read([row.sha256 for row in samples]), strict=True):
            shown = _shown(sample, shapes[sample.pk], text, steps)
            (same if shown["state"] == "unchanged" else changed).append(shown)
            if len(changed) >= limit:
                break
        chosen = choices_counted(dataset, every, condition)
        took_ms = round((time.monotonic() - began) * 1e3, 1)
        return {
            "looked_at": len(changed) + len(same),
            "changed": len(changed),
            "took_ms": took_ms,
            "results": [*changed, *same][:limit],
            "chosen": chosen,
        }


def _on_texts(steps: Sequence[Operator]) -> list[TextOperator]:
    return [step for step in steps if isinstance(step, TextOperator)]


class _Texts(Content):
    def __init__(self, steps: Sequence[TextOperator]) -> None:
        self._steps = steps

    def made(self, items: Sequence[Item]) -> list[Answer]:
        """As `Content`."""
        texts = texts_read([item.sample.sha256 for item in items])
        return [self._made(item, text) for item, text in zip(items, texts, strict=True)]

    def _made(self, item: Item, text: str | None) -> Answer:
        if text is None:
            return Fault("file_missing")
        try:
            return self._cleaned(item, text)
        except TooManyChanges:
            return Fault("would_be_too_large")

    def _cleaned(self, item: Item, text: str) -> Answer:
        old, moved, lost = text, item.shapes, 0
        for step in self._steps:
            edits = step.edits(text)
            if not edits:
                continue
            text = edited(text, edits)
            moved, gone = spans_moved(moved, Moves.of(edits))
            lost += gone
        if text == old:
            return None
        content = text.encode()
        if not text.strip():
            return Fault("would_be_empty")
        if len(content) > MAX_BYTES:
            return Fault("would_be_too_large")
        opened = text_measured(text, item.sample.payload.get("encoding", "utf-8"))
        return Made(content, opened, moved, moved=True, lost=lost)


def spans_moved(shapes: ShapeRows, moves: Moves) -> tuple[ShapeRows, int]:
    """Rows of SHAPE_COLUMNS after an edit of the text, and how many are not any more."""
    kept: ShapeRows = []
    for shape in shapes:
        if shape[2] != ShapeKind.SPAN:
            kept.append(shape)
            continue
        place = moves.span(shape[8]["start"], shape[8]["end"])
        if place is not None:
            geometry = {**shape[8], "start": place[0], "end": place[1]}
            kept.append([*shape[:8], geometry, *shape[9:]])
    here = {str(shape[0]): str(shape[0]) for shape in kept}
    return rows_relinked(kept, here), len(shapes) - len(kept)


def _looked_at(dataset: Dataset, condition: str) -> list[Sample]:
    """Evenly from the first ones, a few megabytes at most."""
    rows = list(filtered(dataset, condition).order_by("pk")[:_AMONG].values_list("pk", "size_bytes"))
    count = min(_LOOKED_AT, len(rows))
    room, ids = _LOOKED_AT_BYTES, []
    for place in range(count):
        pk, size = rows[place * len(rows) // count]
        if size > room:
            continue
        room -= size
        ids.append(pk)
    return list(Sample.objects.filter(pk__in=ids).order_by("pk"))


def _shown(
    sample: Sample, shapes: ShapeRows, text: str | None, steps: Sequence[TextOperator]
) -> dict[str, Any]:
    body: dict[str, Any] = {"sample": sample.pk, "name": sample.name, "state": "unchanged", "lost": 0}
    if text is None:
        return body | {"state": "problem", "problem": "file_missing", "pieces": []}
    trace = Trace(text[:SHOWN])
    lost = 0
    for step in steps:
        edits = step.edits(trace.text)
        if len(trace.text) + sum(len(edit.new) for edit in edits) > _MOST_SHOWN:
            return body | {"state": "problem", "problem": "would_be_too_large", "pieces": []}
        trace.edit(edits)
        shapes, gone = spans_moved(shapes, Moves.of(edits))
        lost += gone
    pieces = trace.pieces()
    if any(piece.old != piece.new for piece in pieces):
        body |= {"state": "changed", "lost": lost}
        if not trace.text.strip():
            body |= {"state": "problem", "problem": "would_be_empty"}
    return body | {"pieces": _shortened(pieces), "is_cut": len(text) > SHOWN}


def _shortened(pieces: Sequence[Piece]) -> list[dict[str, str]]:
    """What stays between two changes is cut in its middle."""
    shown = []
    for piece in pieces:
        if piece.old == piece.new and len(piece.old) > 2 * _CONTEXT + 20:
            cut = f"{piece.old[:_CONTEXT]} … {piece.old[-_CONTEXT:]}"
            piece = Piece(cut, cut)
        shown.append({"old": piece.old, "new": piece.new})
    return shown
