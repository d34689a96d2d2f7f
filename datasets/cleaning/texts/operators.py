"""Every operator of texts, in the order in which forms show them; what is not listed does not exist. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from datasets.cleaning.base import Operator
from datasets.cleaning.choose import (
    Dedupe,
    DropTexts,
    SampleByValue,
    SampleDiverse,
    SampleRandom,
    SampleStratified,
)
from datasets.cleaning.texts.content import (
    Control,
    Emoji,
    MaskPersonal,
    Regex,
    StripHtml,
    Urls,
    Whitespace,
)
from datasets.cleaning.texts.letters import Chinese, Composition, Lower, Width

_ALL: Final[tuple[type[Operator], ...]] = (
    Width,
    Chinese,
    Composition,
    Lower,
    StripHtml,
    Emoji,
    Control,
    Urls,
    Whitespace,
    Regex,
    MaskPersonal,
    DropTexts,
    Dedupe,
    SampleRandom,
    SampleStratified,
    SampleByValue,
    SampleDiverse,
)
OPERATORS: Final[Mapping[str, type[Operator]]] = MappingProxyType({each.key: each for each in _ALL})
if len(OPERATORS) != len(_ALL):
    raise RuntimeError("two operators have one key")
