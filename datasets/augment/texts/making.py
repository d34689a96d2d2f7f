"""Copies of texts: UTF-8, entities with them. Pure."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasets.augment.making import Made, Maker, Row, bytes_of_row
from datasets.augment.pipeline import pipeline_of
from datasets.augment.texts.operators import OPERATORS
from datasets.augment.texts.passage import Passage, Span


class TextMaker(Maker[Passage]):
    """The text of a sample with its entities."""

    def __init__(self, steps: Any) -> None:
        self.pipeline = pipeline_of(steps, OPERATORS)

    @classmethod
    def of(cls, steps: Any, rows: Sequence[Row], manifest: Path) -> "TextMaker":
        """Nothing of the others is needed."""
        return cls(steps)

    def opened(self, row: Row) -> Passage:
        """Raises OSError, and ValueError for bytes that are no text."""
        spans = tuple(Span(span["label"], span["start"], span["end"]) for span in row.get("spans", ()))
        return Passage(bytes_of_row(row).decode(), spans)

    def closed(self, made: Passage) -> Made:
        """`{spans}` and UTF-8."""
        return {"spans": [span._asdict() for span in made.spans]}, made.text.encode()
