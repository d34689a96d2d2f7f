"""Every operator, in the order in which forms show them; what is not listed does not exist. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from datasets.augment.base import PictureOperator
from datasets.augment.ops.blur import GaussianBlur, MotionBlur, Sharpen
from datasets.augment.ops.color import Color, Gray, WhiteBalance
from datasets.augment.ops.cover import Cutout
from datasets.augment.ops.geometry import (
    Affine,
    Crop,
    FlipHorizontal,
    FlipVertical,
    Perspective,
    QuarterTurn,
    Rotate,
)
from datasets.augment.ops.light import BrightnessContrast, Clahe, ContrastEnhance, Equalize, Gamma
from datasets.augment.ops.mix import CopyPaste, Mixup, Mosaic
from datasets.augment.ops.sensor import CameraGain, Downscale, Jpeg, Noise
from datasets.augment.ops.weather import Dehaze, Fog, Haze, Rain, Snow

_ALL: Final[tuple[type[PictureOperator], ...]] = (
    Dehaze,
    Haze,
    Fog,
    Rain,
    Snow,
    ContrastEnhance,
    Equalize,
    Clahe,
    BrightnessContrast,
    Gamma,
    Color,
    WhiteBalance,
    Gray,
    FlipHorizontal,
    FlipVertical,
    QuarterTurn,
    Rotate,
    Affine,
    Perspective,
    Crop,
    GaussianBlur,
    MotionBlur,
    Sharpen,
    Noise,
    CameraGain,
    Jpeg,
    Downscale,
    Cutout,
    Mosaic,
    Mixup,
    CopyPaste,
)
OPERATORS: Final[Mapping[str, type[PictureOperator]]] = MappingProxyType({each.key: each for each in _ALL})
if len(OPERATORS) != len(_ALL):
    raise RuntimeError("two operators have one key")
