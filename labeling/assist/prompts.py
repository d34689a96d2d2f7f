"""What somebody pointed at. Pure."""

from dataclasses import dataclass
from typing import Final

MAX_POINTS: Final = 50


@dataclass(frozen=True, slots=True)
class Prompt:
    """Points (x, y, whether it belongs to the object) and a box (x, y, w, h), in pixels of the upright picture."""

    points: tuple[tuple[float, float, bool], ...] = ()
    box: tuple[float, float, float, float] | None = None

    @property
    def before(self) -> "Prompt | None":
        """The same without the last click; None where it was the only thing said."""
        if not self.points or (len(self.points) == 1 and self.box is None):
            return None
        return Prompt(self.points[:-1], self.box)
