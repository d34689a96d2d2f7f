"""`labelmap.txt`, in which Datumaro and CVAT look for the classes of a Pascal VOC set. Pure."""

from collections.abc import Iterable
from typing import Final

Color = tuple[int, int, int]
NAME: Final = "labelmap.txt"


def color_of(place: int) -> Color:
    """The color map of Pascal VOC (VOCdevkit, VOClabelcolormap.m); 0 is the background."""
    red = green = blue = 0
    for bit in range(8):
        red |= (place & 1) << (7 - bit)
        green |= (place >> 1 & 1) << (7 - bit)
        blue |= (place >> 2 & 1) << (7 - bit)
        place >>= 3
    return red, green, blue


def labelmap(names: Iterable[str]) -> bytes:
    """A line a class in their order, after the background."""
    lines = ["# label:color_rgb:parts:actions", "background:0,0,0::"]
    lines += [f"{name}:{','.join(map(str, color_of(place)))}::" for place, name in enumerate(names, start=1)]
    return ("\n".join(lines) + "\n").encode()
