"""How pictures and boxes are spread over a data set, counted by the database: four statements, whatever the size."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from core.sql import is_postgresql, rows_of

BRIGHTNESS_BINS: Final = 20
GRID: Final = 24
# Bars of the aspect are a quarter of an octave wide, out to two octaves and a quarter; the outermost hold the rest.
_ASPECT_STEPS: Final = 4
_ASPECT_MOST: Final = 9
_MANY_BOXES: Final = 20


def distributions_of(dataset_id: uuid.UUID) -> dict[str, Any]:
    """Histograms and grids for looking at a data set; damaged and unmeasured pictures are left out."""
    per_picture = _boxes_per_picture(dataset_id)
    places, sizes = _grids(dataset_id) if per_picture else (None, None)
    return {
        "brightness": _brightness(dataset_id),
        "aspect": _aspect(dataset_id),
        "boxes_per_picture": per_picture,
        "box_places": places,
        "box_sizes": sizes,
    }


def _brightness(dataset_id: uuid.UUID) -> list[dict[str, Any]]:
    value = _number("features", "brightness")
    last = BRIGHTNESS_BINS - 1
    sql = (
        f"SELECT bin, count(*) FROM (SELECT {_least(_floor(f'{value} * {BRIGHTNESS_BINS}'), last)} AS bin "  # noqa: S608
        f"FROM datasets_sample s WHERE s.dataset_id = %s AND {value} IS NOT NULL) t GROUP BY bin"
    )
    counts = _counts(sql, [dataset_id])
    if not counts:
        return []
    return [
        {"least": i / BRIGHTNESS_BINS, "most": (i + 1) / BRIGHTNESS_BINS, "count": counts.get(i, 0)}
        for i in range(BRIGHTNESS_BINS)
    ]


def _aspect(dataset_id: uuid.UUID) -> list[dict[str, Any]]:
    """Width over height in powers of two; square pictures are in the middle of the middle bar."""
    width, height = _number("payload", "width"), _number("payload", "height")
    octaves = f"(ln({width}) - ln({height})) / ln(2.0)"
    place = _floor(f"{octaves} * {_ASPECT_STEPS} + 0.5")
    bounded = _most(_least(place, _ASPECT_MOST), -_ASPECT_MOST)
    sql = (
        f"SELECT bin, count(*) FROM (SELECT {bounded} AS bin FROM datasets_sample s "  # noqa: S608
        f"WHERE s.dataset_id = %s AND {width} > 0 AND {height} > 0) t GROUP BY bin"
    )
    counts = _counts(sql, [dataset_id])
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


def _boxes_per_picture(dataset_id: uuid.UUID) -> list[dict[str, Any]]:
    """Pictures with at least one box, by how many; the last bar holds all with more."""
    sql = (
        f"SELECT {_least('boxes', _MANY_BOXES)}, count(*) FROM (SELECT count(*) AS boxes FROM datasets_shape h "  # noqa: S608
        f"WHERE {_BOXES_OF} AND h.dataset_id = %s GROUP BY h.sample_id) t GROUP BY 1"
    )
    counts = _counts(sql, [dataset_id, dataset_id])
    if not counts:
        return []
    return [{"least": i, "most": i, "count": counts.get(i, 0)} for i in range(1, max(counts) + 1)]


# The index of shapes begins with the class; what was deleted keeps its class in another data set.
_BOXES_OF: Final = (
    "h.kind = 'box' AND h.label_class_id IN (SELECT c.id FROM datasets_labelclass c WHERE c.dataset_id = %s)"
)
# Figures from 0 to 1: where the middle of a box is, and how much of the picture it spans.
_FIGURES: Final = {
    "place_x": "(h.x + h.w / 2) / s.width",
    "place_y": "(h.y + h.h / 2) / s.height",
    "size_x": "h.w / s.width",
    "size_y": "h.h / s.height",
}


def _grids(dataset_id: uuid.UUID) -> list[dict[str, Any]]:
    """How many boxes fall into each cell of a grid: by where they are, and by width and height.

    The sizes are read from JSON once a picture, not once a box, and the boxes are gone through once.
    """
    kept = "MATERIALIZED" if is_postgresql() else ""
    width, height = _number("payload", "width"), _number("payload", "height")
    columns = ", ".join(
        f"{_most(_least(_floor(f'{figure} * {GRID}'), GRID - 1), 0)} AS {name}"
        for name, figure in _FIGURES.items()
    )
    counted = " UNION ALL ".join(
        f"SELECT {number}, {name}_x, {name}_y, count(*) FROM b GROUP BY {name}_x, {name}_y"  # noqa: S608
        for number, name in enumerate(("place", "size"))
    )
    sql = (
        f"WITH s AS {kept} (SELECT s.id, {width} AS width, {height} AS height FROM datasets_sample s "  # noqa: S608
        f"WHERE s.dataset_id = %s), b AS {kept} (SELECT {columns} FROM datasets_shape h "
        f"JOIN s ON s.id = h.sample_id WHERE {_BOXES_OF} AND s.width > 0 AND s.height > 0) {counted}"
    )
    counts = [[0] * (GRID * GRID) for _ in range(2)]
    for number, column, line, count in rows_of(sql, [dataset_id, dataset_id]):
        counts[number][int(line) * GRID + int(column)] = count
    return [{"side": GRID, "counts": grid} for grid in counts]


def _counts(sql: str, params: Sequence[Any]) -> dict[int, int]:
    return {int(place): count for place, count in rows_of(sql, params) if place is not None}


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
