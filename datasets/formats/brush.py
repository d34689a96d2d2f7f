"""The run-length code of Label Studio's brush (rle-pack of thi.ng): bytes of the four channels of a picture. Pure.

32 bits say how many bytes there are, 5 how wide one is less one, then four times 4 bits how wide each of the
four sizes of lengths is less one. Blocks follow: a bit that is 1 for a repeated byte and 0 for a series of
them, two bits for the size of the length, the length less one, and the byte or bytes.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MAX_BYTES: Final = 4 * 1024**2
MAX_PIXELS: Final = 32_000_000
_SIZES: Final = (3, 4, 8, 16)
_CHANNELS: Final = 4
_ALPHA: Final = 3
_MAX_BLOCKS: Final = 2_000_000
# Below so many numbers Python is faster than NumPy.
_FEW: Final = 24


class _Bits:
    """Numbers of any width from a row of bytes, the highest bit first."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def read(self, width: int) -> int:
        """Raises EOFError behind the end."""
        end = self._at + width
        if end > 8 * len(self._content):
            raise EOFError
        first, last = self._at >> 3, (end + 7) >> 3
        value = int.from_bytes(self._content[first:last], "big") >> (8 * last - end)
        self._at = end
        return value & ((1 << width) - 1)

    def series(self, width: int, length: int) -> NDArray[np.uint8] | list[int]:
        """So many numbers of one width, those over 255 as 255. Raises EOFError behind the end."""
        end = self._at + width * length
        if end > 8 * len(self._content):
            raise EOFError
        if length < _FEW:
            return [min(255, self.read(width)) for _ in range(length)]
        first, last = self._at >> 3, (end + 7) >> 3
        bits = np.unpackbits(np.frombuffer(self._content, np.uint8, last - first, first))
        digits = bits[self._at - 8 * first :][: width * length].reshape(length, width)
        self._at = end
        low = np.packbits(np.pad(digits[:, -8:], ((0, 0), (max(0, 8 - width), 0))), axis=1)[:, 0]
        return np.where(digits[:, :-8].any(axis=1), np.uint8(255), low)


def brush_unpacked(raw: Any, width: int, height: int) -> NDArray[np.bool_] | None:
    """(height, width): where the alpha channel is not 0; None for what is no brush of that size."""
    if not isinstance(raw, list) or not 7 <= len(raw) <= MAX_BYTES or width * height > MAX_PIXELS:
        return None
    try:
        content = bytes(raw)
        painted = _values(_Bits(content), _CHANNELS * width * height)
    except (EOFError, TypeError, ValueError):
        return None
    return None if painted is None else painted.reshape(height, width, _CHANNELS)[:, :, _ALPHA] > 0


def _values(bits: _Bits, expected: int) -> NDArray[np.uint8] | None:
    count, word = bits.read(32), bits.read(5) + 1
    sizes = [bits.read(4) + 1 for _ in range(4)]
    if count != expected:
        return None
    values, at = np.zeros(count, np.uint8), 0
    for _ in range(_MAX_BLOCKS):
        if at >= count:
            return values
        is_run = bits.read(1)
        length = bits.read(sizes[bits.read(2)]) + 1
        if at + length > count:
            return None
        if is_run:
            values[at : at + length] = min(255, bits.read(word))
        else:
            values[at : at + length] = bits.series(word, length)
        at += length
    return None


def brush_packed(mask: NDArray[np.bool_]) -> list[int]:
    """The code of a mask: 255 in all four channels where it is set."""
    parts = [f"{_CHANNELS * mask.size:032b}", f"{7:05b}", *(f"{size - 1:04b}" for size in _SIZES)]
    flat = mask.ravel()
    edges = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1, [flat.size]])
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        value = f"{255 if flat[start] else 0:08b}"
        left = _CHANNELS * (end - start)
        while left:
            length = min(left, 1 << _SIZES[-1])
            choice = next(i for i, size in enumerate(_SIZES) if length <= 1 << size)
            parts.append(f"1{choice:02b}{length - 1:0{_SIZES[choice]}b}{value}")
            left -= length
    text = "".join(parts)
    text += "0" * (-len(text) % 8)
    return list(int(text, 2).to_bytes(len(text) // 8, "big"))
