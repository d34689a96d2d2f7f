"""Every operator of pictures, in the order in which forms show them; what is not listed does not exist. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from datasets.cleaning.base import Operator
from datasets.cleaning.choose import (
    DedupePictures,
    DropPictures,
    SampleByValue,
    SampleDiverse,
    SampleRandom,
    SampleStratified,
)
from datasets.cleaning.pictures.ops import (
    AutoOrient,
    Convert,
    CropCenter,
    CropContent,
    CropMargins,
    Resize,
)

_ALL: Final[tuple[type[Operator], ...]] = (
    AutoOrient,
    Resize,
    CropMargins,
    CropCenter,
    CropContent,
    Convert,
    DropPictures,
    DedupePictures,
    SampleRandom,
    SampleStratified,
    SampleByValue,
    SampleDiverse,
)
OPERATORS: Final[Mapping[str, type[Operator]]] = MappingProxyType({each.key: each for each in _ALL})
if len(OPERATORS) != len(_ALL):
    raise RuntimeError("two operators have one key")
