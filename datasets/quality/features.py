"""What the checks need to know of a picture, measured once while it is decoded. Pure.

Everything is taken from the picture shrunk to its thumbnail's size, so that photographs of any resolution
are measured alike and a check over a million samples opens no file. A blur that cannot be seen at that size
is therefore not seen here either.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

VERSION: Final = 1
SIDE: Final = 24
CHROMA_SIDE: Final = 4
_LUMA_BYTES: Final = SIDE * SIDE // 2
SIGNATURE_BYTES: Final = 2 + _LUMA_BYTES + 2 * CHROMA_SIDE * CHROMA_SIDE
_LEVELS: Final = 15
_TOP_SHARE: Final = 0.005
_RANGE_OFFSET: Final = 8.0
_MODE_WIDTH: Final = 6
_LADDER: Final = np.arange(256, dtype=np.float32)
_SQUARES: Final = _LADDER**2
_PERCENTILES: Final = np.array((0.05, 0.95, 1 - _TOP_SHARE))
_NEIGHBORS: Final = np.ones((3, 3), np.uint8)
_LAPLACE: Final = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32)


@dataclass(frozen=True, slots=True)
class Features:
    """Figures of one picture. Brightness is of the luma, 0 black to 1 white.

    `sharpness` is the strongest second difference over the strongest difference within 3 x 3 pixels of half
    the size (the top 0.5 % of each), about 0.3 to 1.3 for a sharp picture and under 0.3 after a blur of one pixel,
    whatever it shows. `laplacian` is twice the mean square of the positive part of the Laplacian, which is
    its variance but for rare steps over 255. `low`, `high` and `top` are the
    5th, the 95th and the 99.5th percentile of the luma, `plain` the share of pixels within 6 levels of the commonest luma,
    `spread` the largest standard deviation of a color channel. `orientation` is the EXIF value, 1 to 8.
    `signature` holds the picture itself, tiny: see `signature_of`.
    """

    sharpness: float
    laplacian: float
    brightness: float
    low: float
    high: float
    top: float
    plain: float
    spread: float
    signature: bytes
    orientation: int = 1

    def to_json(self) -> dict[str, Any]:
        """For `Sample.features`; under 700 bytes."""
        return {
            "v": VERSION,
            "sharpness": round(self.sharpness, 3),
            "laplacian": round(self.laplacian, 1),
            "brightness": round(self.brightness, 3),
            "low": round(self.low, 3),
            "high": round(self.high, 3),
            "top": round(self.top, 3),
            "plain": round(self.plain, 4),
            "spread": round(self.spread, 4),
            "orientation": self.orientation,
            "signature": base64.b64encode(self.signature).decode(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self | None:
        """None for what an older or newer studio measured, or nobody yet."""
        if stored.get("v") != VERSION:
            return None
        try:
            signature = base64.b64decode(stored["signature"])
            figures = {name: float(stored[name]) for name in FIGURES}
            orientation = int(stored["orientation"])
        except (KeyError, TypeError, ValueError, binascii.Error):
            return None
        if len(signature) != SIGNATURE_BYTES:
            return None
        return cls(**figures, signature=signature, orientation=orientation)


FIGURES: Final = ("sharpness", "laplacian", "brightness", "low", "high", "top", "plain", "spread")


def features_of(small: NDArray[np.uint8], orientation: int = 1) -> tuple[Features, int]:
    """Measure (H, W, 3) uint8 RGB pixels of thumbnail size; the figures and the difference hash.

    About 0.1 ms for 160 x 120.
    """
    import cv2

    cv2.setNumThreads(0)
    half = halved(small)
    bends = _histogram(cv2.filter2D(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), cv2.CV_8U, _LAPLACE))
    luma = cv2.cvtColor(half, cv2.COLOR_RGB2GRAY)
    ranges = _histogram(cv2.morphologyEx(luma, cv2.MORPH_GRADIENT, _NEIGHBORS))
    levels = _histogram(luma)
    _, spreads = cv2.meanStdDev(half)
    low, high, top = levels.cumsum().searchsorted(_PERCENTILES).tolist()
    features = Features(
        sharpness=_top(bends) / (_top(ranges) + _RANGE_OFFSET),
        laplacian=2 * float(bends @ _SQUARES),
        brightness=float(levels @ _LADDER) / 255,
        low=low / 255,
        high=high / 255,
        top=top / 255,
        plain=_plain(levels),
        spread=float(spreads.max()) / 255,
        signature=signature_of(luma, half),
        orientation=orientation,
    )
    return features, dhash64(luma)


def dhash64(luma: NDArray[Any]) -> int:
    """The difference hash of (H, W) luma as a signed 64-bit integer.

    Each bit says whether a cell of a 9 x 8 grid of mean brightness is darker than its right neighbor.
    """
    import cv2

    grid = cv2.resize(luma, (9, 8), interpolation=cv2.INTER_AREA)
    return int.from_bytes(np.packbits(grid[:, :-1] < grid[:, 1:]).tobytes(), "big", signed=True)


def halved(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Half the size by the mean of 2 x 2 pixels, when there is enough of it; the quick half of a shrink by area."""
    import cv2

    height, width = small.shape[0] // 2, small.shape[1] // 2
    if min(height, width) < SIDE:
        return small
    smaller: NDArray[np.uint8] = cv2.resize(
        small[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA
    ).astype(np.uint8, copy=False)
    return smaller


def signature_of(luma: NDArray[Any], rgb: NDArray[Any]) -> bytes:
    """A picture in 322 bytes, from its luma (H, W) and its colors (H, W, 3), uint8: darkest and brightest of
    24 x 24 luma cells, the cells between them in 16 steps (two a byte), 4 x 4 cells of Cr, then of Cb.
    """
    import cv2

    cells = cv2.resize(luma, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    colors = cv2.resize(rgb, (CHROMA_SIDE, CHROMA_SIDE), interpolation=cv2.INTER_AREA)
    chroma = cv2.cvtColor(colors, cv2.COLOR_RGB2YCrCb)[:, :, 1:]
    low, high = (int(level) for level in cv2.minMaxLoc(cells)[:2])
    steps = (
        cv2.convertScaleAbs(cells - np.uint8(low), alpha=_LEVELS / max(high - low, 1))
        .astype(np.uint8, copy=False)
        .ravel()
    )
    packed = (steps[0::2] << 4) | steps[1::2]
    return b"".join((bytes((low, high)), packed.tobytes(), chroma.transpose(2, 0, 1).tobytes()))


def luma_cells(signatures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, 24, 24) levels 0 to 255 out of (N, 322) signature bytes."""
    low = signatures[:, 0].astype(np.float32)[:, None]
    high = signatures[:, 1].astype(np.float32)[:, None]
    packed = signatures[:, 2 : 2 + _LUMA_BYTES]
    steps = np.stack((packed >> 4, packed & 15), axis=2).reshape(len(signatures), -1)
    return (low + steps * ((high - low) / _LEVELS)).astype(np.float32).reshape(-1, SIDE, SIDE)


def chroma_cells(signatures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, 2, 4, 4) levels 0 to 255 of Cr and Cb out of (N, 322) signature bytes."""
    cells = signatures[:, 2 + _LUMA_BYTES :].astype(np.float32)
    return cells.reshape(-1, 2, CHROMA_SIDE, CHROMA_SIDE)


def _histogram(levels: NDArray[Any]) -> NDArray[np.float32]:
    """The share of each of 256 levels."""
    import cv2

    counts: NDArray[np.float32] = cv2.calcHist([levels], [0], None, [256], [0, 256]).ravel()  # type: ignore[assignment]
    counts /= levels.size
    return counts


def _top(shares: NDArray[np.float32]) -> float:
    return float(shares.cumsum().searchsorted(_PERCENTILES[-1]))


def _plain(shares: NDArray[np.float32]) -> float:
    mode = int(shares.argmax())
    return float(shares[max(0, mode - _MODE_WIDTH) : mode + _MODE_WIDTH + 1].sum())
