"""How pictures and boxes are spread over a data set, counted by the database: five statements, whatever the size."""

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
    return {
        "brightness": _brightness(dataset_id),
        "aspect": _aspect(dataset_id),
        "boxes_per_picture": per_picture,
        "box_places": _grid(dataset_id, _PLACE) if per_picture else None,
        "box_sizes": _grid(dataset_id, _SIZE) if per_picture else None,
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
        f"WHERE {_BOXES_OF} GROUP BY h.sample_id) t GROUP BY 1"
    )
    counts = _counts(sql, [dataset_id])
    if not counts:
        return []
    return [{"least": i, "most": i, "count": counts.get(i, 0)} for i in range(1, max(counts) + 1)]


# The index of shapes begins with the class.
_BOXES_OF: Final = (
    "h.kind = 'box' AND h.label_class_id IN (SELECT c.id FROM datasets_labelclass c WHERE c.dataset_id = %s)"
)
_PLACE: Final = ("(h.x + h.w / 2) / {width}", "(h.y + h.h / 2) / {height}")
_SIZE: Final = ("h.w / {width}", "h.h / {height}")


def _grid(dataset_id: uuid.UUID, axes: tuple[str, str]) -> dict[str, Any]:
    """How many boxes fall into each cell of a grid over two figures from 0 to 1."""
    width, height = _number("payload", "width"), _number("payload", "height")
    columns = [
        _most(_least(_floor(f"{axis.format(width=width, height=height)} * {GRID}"), GRID - 1), 0)
        for axis in axes
    ]
    sql = (
        f"SELECT col, line, count(*) FROM (SELECT {columns[0]} AS col, {columns[1]} AS line "  # noqa: S608
        "FROM datasets_shape h JOIN datasets_sample s ON s.id = h.sample_id "
        f"WHERE {_BOXES_OF} AND {width} > 0 AND {height} > 0) t GROUP BY col, line"
    )
    counts = [0] * (GRID * GRID)
    for column, line, count in rows_of(sql, [dataset_id]):
        counts[int(line) * GRID + int(column)] = count
    return {"side": GRID, "counts": counts}


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
