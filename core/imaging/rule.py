"""The decode rule as a value that travels inside a model (ONNX metadata key `studio.decode`). Pure."""

import json
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.imaging.decode import decode

VERSION: Final = "studio-decode/1"


@dataclass(frozen=True, slots=True)
class DecodeRule:
    """How this model's pixels are made: JPEGs shrink while decoding, never below `floor_px`.

    `floor_px` is the least length of the shorter side in pixels, normally twice the network's side;
    None decodes every picture whole.
    """

    floor_px: int | None = None
    version: str = VERSION

    def __post_init__(self) -> None:
        if self.version != VERSION:
            raise ValueError(f"unknown decode rule {self.version!r}, expected {VERSION!r}")
        if self.floor_px is not None and self.floor_px < 1:
            raise ValueError("floor_px must be at least 1")

    def decode(self, encoded: bytes) -> NDArray[np.uint8]:
        """Pixels (H, W, 3) uint8 RGB upright. Raises ImageRefused."""
        return decode(encoded, self.floor_px)

    def to_json(self) -> str:
        """The canonical text; equal rules have equal texts."""
        return json.dumps({"version": self.version, "floor_px": self.floor_px}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "DecodeRule":
        """The inverse of `to_json`. Raises ValueError for anything else."""
        fields = json.loads(text)
        if not isinstance(fields, dict) or set(fields) != {"version", "floor_px"}:
            raise ValueError("a decode rule has exactly version and floor_px")
        floor_px = fields["floor_px"]
        if floor_px is not None and (not isinstance(floor_px, int) or isinstance(floor_px, bool)):
            raise ValueError("floor_px must be an integer or null")
        return cls(floor_px=floor_px, version=str(fields["version"]))
