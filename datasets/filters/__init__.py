"""The filter language of the sample list, parsed. Pure.

`label:bird,cat (state:unlabeled or finding:picture_blurry) -split:test size>100kb name~"wing"`

Words stand side by side for *and*; `or`, `not` (or `-`) and parentheses are what they look like. A word
alone is looked for in names. Chinese words and full-width signs mean the same as English ones.
"""

from datasets.filters.grammar import FIELDS, AllOf, AnyOf, Expression, Field, Kind, Not, QueryFault, Term
from datasets.filters.parser import MAX_CHARACTERS, MAX_DEPTH, MAX_TERMS, filter_parse
from datasets.filters.writer import filter_text

__all__ = [
    "FIELDS",
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "MAX_TERMS",
    "AllOf",
    "AnyOf",
    "Expression",
    "Field",
    "Kind",
    "Not",
    "QueryFault",
    "Term",
    "filter_parse",
    "filter_text",
]
