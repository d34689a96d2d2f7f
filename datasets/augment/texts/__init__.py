"""Augmentation of texts: words and letters change, entities stay whole. Pure."""

from datasets.augment.texts.operators import OPERATORS
from datasets.augment.texts.passage import Passage, Span, TextOperator

__all__ = ["OPERATORS", "Passage", "Span", "TextOperator"]
