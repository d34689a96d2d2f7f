"""From file bytes to upright RGB pixels: the one decode rule of the studio. Pure.

Import, training, evaluation, parity, serving and packages all come through here, so a model sees the
same pixels everywhere. `probe` looks at the header only and is where hostile files end; `decode` yields
pixels; `thumbnail` yields a small JPEG. OpenCV is loaded by the first thumbnail, not by the import.
"""

from core.imaging.decode import decode
from core.imaging.header import ImageHeader, ImageRefused, probe
from core.imaging.rule import DecodeRule
from core.imaging.thumbnail import thumbnail

__all__ = ["DecodeRule", "ImageHeader", "ImageRefused", "decode", "probe", "thumbnail"]
