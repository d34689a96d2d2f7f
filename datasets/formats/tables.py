"""Tables from strangers: CSV with any usual separator, read row by row. Pure."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import orjson

from core.errors import InvalidInput

MAX_COLUMNS: Final = 5_000
# The limit of the csv module is one for the whole process and wider for texts.
_MAX_CELL: Final = 131_072
_SEPARATORS: Final = ",\t;|"
_SAMPLE: Final = 256 * 1024
_FORMULA: Final = "=+-@\t\r"
_BETWEEN: Final = ("|", ";", ",", "、", "；")


class TableRefused(InvalidInput):
    """A table is not read, or breaks off; the detail says where and what to do."""

    code = "table_unreadable"


class TableEmpty(TableRefused):
    """There is nothing in it."""

    code = "table_file_empty"


class TableOldExcel(TableRefused):
    """A workbook of before 2007."""

    code = "table_old_excel"


class TableDamaged(TableRefused):
    """The file, or the archive around it, is damaged or breaks off."""

    code = "table_damaged"


class TableTooWide(TableRefused):
    """More columns than a table may have."""

    code = "table_too_wide"


class TableTooLarge(TableRefused):
    """A row, a cell or what is unpacked is larger than of any real table."""

    code = "table_too_large"


class TableNotAlone(TableRefused):
    """An archive with no table or with several."""

    code = "table_not_alone"


class TableNotText(TableRefused):
    """In no encoding that is read."""

    code = "table_not_text"


class TableStrayQuote(TableRefused):
    """A quote that is not closed leaves nothing to read."""

    code = "table_stray_quote"


class TableOtherFormat(TableRefused):
    """Not of the format that was chosen."""

    code = "table_other_format"


def separator_of(text: str, quote: str = '"') -> str:
    """The separator that cuts the first lines into the same number of cells, more than one if any does."""
    lines = text[:_SAMPLE].splitlines()[:200]
    best, score = ",", (0.0, 0)
    for separator in _SEPARATORS:
        counts = Counter(map(len, _parsed(lines, separator, quote)))
        if not counts:
            continue
        width, times = counts.most_common(1)[0]
        mine = (times / sum(counts.values()) if width > 1 else 0.0, width)
        if mine > score and (mine[0] >= 0.5 or score == (0.0, 0)):
            best, score = separator, mine
    return best


def _parsed(lines: list[str], separator: str, quote: str) -> Iterator[list[str]]:
    """The rows that are not blank, up to one that is no CSV."""
    with suppress(csv.Error):
        yield from filter(any, csv.reader(lines, delimiter=separator, quotechar=quote))


def table_rows(text: str, separator: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every row that is not blank; cells are stripped.

    Raises TableRefused at the first row that is no CSV, after every row in front of it.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or separator_of(text), strict=True)
    try:
        for row in reader:
            if len(row) > MAX_COLUMNS:
                raise TableTooWide(f"line {reader.line_num} has over {MAX_COLUMNS} columns")
            if max(map(len, row), default=0) > _MAX_CELL:
                raise TableTooLarge(f"line {reader.line_num} has a cell of over {_MAX_CELL} characters")
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as exc:
        raise TableStrayQuote(
            f"the table is damaged at line {reader.line_num}; look for a stray quote"
        ) from exc


def cell_escaped(value: str) -> str:
    """A cell that no spreadsheet takes for a formula; `cell_plain` is the inverse."""
    return "'" + value if value.lstrip("'")[:1] in tuple(_FORMULA) else value


def cell_plain(value: str) -> str:
    """What `cell_escaped` was given."""
    return value[1:] if value[:1] == "'" and value.lstrip("'")[:1] in tuple(_FORMULA) else value


def labels_of(cell: str, *, several: bool) -> list[str]:
    """The classes of a cell; where a sample may have several, a JSON list or words with a separator between."""
    plain = cell_plain(cell.strip())
    if not plain:
        return []
    if not several:
        return [plain]
    if plain.startswith("["):
        try:
            listed = orjson.loads(plain)
        except orjson.JSONDecodeError:
            listed = None
        if isinstance(listed, list):
            return [str(one) for one in listed if isinstance(one, str | int)]
    between = next((mark for mark in _BETWEEN if mark in plain), None)
    return [part.strip() for part in plain.split(between) if part.strip()] if between else [plain]
