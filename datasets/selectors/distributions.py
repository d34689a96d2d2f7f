"""How pictures and boxes are spread over a data set, counted by the database: one statement, whatever the size."""

import uuid
from typing import Any, Final

from core.sql import is_postgresql, rows_of

BRIGHTNESS_BINS: Final = 20
GRID: Final = 24
# Bars of the aspect are a quarter of an octave wide, out to two octaves and a quarter; the outermost hold the rest.
_ASPECT_STEPS: Final = 4
_ASPECT_MOST: Final = 9
_MANY_BOXES: Final = 20


_BRIGHTNESS, _ASPECT, _BOXES, _PLACES, _SIZES = range(5)


def distributions_of(dataset_id: uuid.UUID) -> dict[str, Any]:
    """Histograms and grids for looking at a data set; damaged and unmeasured pictures are left out."""
    counts: list[dict[int, int]] = [{} for _ in range(5)]
    for kind, place, count in rows_of(_statement(), [dataset_id, dataset_id]):
        counts[kind][place] = count
    has_boxes = bool(counts[_BOXES])
    return {
        "brightness": _brightness(counts[_BRIGHTNESS]),
        "aspect": _aspect(counts[_ASPECT]),
        "boxes_per_picture": _boxes_per_picture(counts[_BOXES]),
        "box_places": _grid(counts[_PLACES]) if has_boxes else None,
        "box_sizes": _grid(counts[_SIZES]) if has_boxes else None,
    }


def _brightness(counts: dict[int, int]) -> list[dict[str, Any]]:
    if not counts:
        return []
    return [
        {"least": i / BRIGHTNESS_BINS, "most": (i + 1) / BRIGHTNESS_BINS, "count": counts.get(i, 0)}
        for i in range(BRIGHTNESS_BINS)
    ]


def _aspect(counts: dict[int, int]) -> list[dict[str, Any]]:
    """Width over height in powers of two; square pictures are in the middle of the middle bar."""
    if not counts:
        return []
    return [
        {
            "least": round(2 ** ((i - 0.5) / _ASPECT_STEPS), 3),
            "most": round(2 ** ((i + 0.5) / _ASPECT_STEPS), 3),
            "count": counts.get(i, 0),
        }
        for i in range(min(counts), max(counts) + 1)
    ]


def _boxes_per_picture(counts: dict[int, int]) -> list[dict[str, Any]]:
    """Pictures with at least one box, by how many; the last bar holds all with more."""
    if not counts:
        return []
    return [{"least": i, "most": i, "count": counts.get(i, 0)} for i in range(1, max(counts) + 1)]


def _grid(counts: dict[int, int]) -> dict[str, Any]:
    """How many boxes fall into each cell, line by line."""
    return {"side": GRID, "counts": [counts.get(cell, 0) for cell in range(GRID * GRID)]}


# The index of shapes begins with the class; what was deleted keeps its class in another data set.
_BOXES_OF: Final = (
    "h.w IS NOT NULL AND h.label_class_id IN (SELECT c.id FROM datasets_labelclass c WHERE c.dataset_id = %s)"
)
# Figures from 0 to 1, across and down: where the middle of a box is, and how much of the picture it spans.
_FIGURES: Final = {
    "place": ("(h.x + h.w / 2) / s.width", "(h.y + h.h / 2) / s.height"),
    "size": ("h.w / s.width", "h.h / s.height"),
}


def _statement() -> str:
    """Rows of kind, bar or cell, and count. Figures are read from JSON once a picture, boxes gone through once."""
    kept = "MATERIALIZED" if is_postgresql() else ""
    dark = _least(_floor(f"brightness * {BRIGHTNESS_BINS}"), BRIGHTNESS_BINS - 1)
    octaves = _floor(f"(ln(width) - ln(height)) / ln(2.0) * {_ASPECT_STEPS} + 0.5")
    aspect = _most(_least(octaves, _ASPECT_MOST), -_ASPECT_MOST)
    sized = "width > 0 AND height > 0"
    cells = ", ".join(
        f"CASE WHEN {sized} THEN {_cell(down)} * {GRID} + {_cell(across)} END AS {name}"
        for name, (across, down) in _FIGURES.items()
    )
    return f"""
        WITH s AS {kept} (
            SELECT s.id, {_number("payload", "width")} AS width, {_number("payload", "height")} AS height,
                {_number("features", "brightness")} AS brightness
            FROM datasets_sample s WHERE s.dataset_id = %s),
        b AS {kept} (
            SELECT h.sample_id, {cells} FROM datasets_shape h JOIN s ON s.id = h.sample_id WHERE {_BOXES_OF})
        SELECT {_BRIGHTNESS}, {_whole(dark)} AS place, count(*) FROM s WHERE brightness IS NOT NULL GROUP BY 2
        UNION ALL SELECT {_ASPECT}, {_whole(aspect)}, count(*) FROM s WHERE {sized} GROUP BY 2
        UNION ALL SELECT {_BOXES}, {_least("boxes", _MANY_BOXES)}, count(*)
            FROM (SELECT count(*) AS boxes FROM b GROUP BY sample_id) t GROUP BY 2
        UNION ALL SELECT {_PLACES}, place, count(*) FROM b WHERE place IS NOT NULL GROUP BY 2
        UNION ALL SELECT {_SIZES}, size, count(*) FROM b WHERE size IS NOT NULL GROUP BY 2
    """  # noqa: S608


def _cell(figure: str) -> str:
    return _whole(_most(_least(_floor(f"{figure} * {GRID}"), GRID - 1), 0))


def _whole(number: str) -> str:
    return f"CAST({number} AS integer)"


def _number(column: str, key: str) -> str:
    """SQL for a number within a JSON column of the sample."""
    if is_postgresql():
        return f"(s.{column} ->> '{key}')::float8"
    return f"CAST(json_extract(s.{column}, '$.{key}') AS REAL)"


def _floor(number: str) -> str:
    return f"floor({number})"


def _least(one: str, other: float) -> str:
    return f"least({one}, {other})" if is_postgresql() else f"min({one}, {other})"


def _most(one: str, other: float) -> str:
    return f"greatest({one}, {other})" if is_postgresql() else f"max({one}, {other})"
