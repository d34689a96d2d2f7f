"""Tables that are read row by row: JSON Lines and workbooks. Pure.

Each becomes a plain CSV in UTF-8, which one loader takes; cells are text as they would be typed.
"""

import csv
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import orjson

from datasets.formats.base import Problem
from datasets.formats.tables import TableDamaged, TableEmpty, TableOtherFormat, TableTooWide
from datasets.formats.zipfiles import ZipTree
from datasets.tables.bombs import FREE_TEXT_BYTES, bomb, is_beyond
from datasets.tables.said import METADATA_KEY, said_read
from datasets.tables.workbooks import unescaped

MAX_COLUMNS: Final = 5_000
MAX_CELL: Final = 1_000_000
MAX_PROBLEMS: Final = 100
# What the reader of workbooks and the ZIP beneath it raise for a damaged, locked or otherwise packed one.
_DAMAGE: Final = (
    KeyError,
    ValueError,
    TypeError,
    OSError,
    AttributeError,
    IndexError,
    SyntaxError,
    EOFError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(slots=True)
class Flat:
    """The CSV, its columns, the kinds that the file declares by name, and what was wrong."""

    path: Path
    columns: list[str] = field(default_factory=list)
    declared: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def met(self, code: str, where: str, detail: str) -> None:
        """Note a problem; beyond the first hundred they are counted on the last of the same code."""
        last = next((p for p in reversed(self.problems) if p.code == code), None)
        if len(self.problems) >= MAX_PROBLEMS and last is not None:
            at = self.problems.index(last)
            self.problems[at] = Problem(last.code, last.where, last.detail, last.count + 1)
            return
        self.problems.append(Problem(code, where, detail))


def jsonl_flat(source: Path, target: Path) -> Flat:
    """Objects of one level; what lies deeper stays JSON text. Columns in the order they are first met."""
    flat = Flat(target)
    names: dict[str, None] = {}
    for _, row in _objects(source, Flat(target)):
        names.update(dict.fromkeys(row))
        if len(names) > MAX_COLUMNS:
            raise TableTooWide(f"over {MAX_COLUMNS} columns; keep fewer fields", field="file")
    flat.columns = list(names)
    if not names:
        raise TableOtherFormat("no line is a JSON object; send one object a line", field="file")
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for _, row in _objects(source, flat):
            writer.writerow([_json_cell(row.get(name)) for name in names])
    return flat


def _objects(source: Path, flat: Flat) -> Iterator[tuple[int, dict[str, Any]]]:
    with source.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError:
                flat.met("row_unreadable", f"line {number}", "this line is no JSON; mend or remove it")
                continue
            if isinstance(row, dict):
                yield number, row
            else:
                flat.met("row_unreadable", f"line {number}", "this line is no JSON object; write {...}")


def _json_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else json.dumps(value)


def xlsx_flat(source: Path, target: Path) -> Flat:
    """The first sheet that has cells; its first row names the columns. Raises TableRefused."""
    from openpyxl import load_workbook

    flat = Flat(target)
    size_bytes = source.stat().st_size
    try:
        with source.open("rb") as file:
            ZipTree(os.dup(file.fileno())).close()  # refuses bombs and overlapping members
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            flat.declared = _book_says(book)
            sheets = [name for name in book.sheetnames if hasattr(book[name], "reset_dimensions")]
            for position, name in enumerate(sheets):
                sheet = book[name]
                sheet.reset_dimensions()
                if _sheet_written(sheet.iter_rows(values_only=True), flat, size_bytes):
                    if rest := sheets[position + 1 :]:
                        flat.met("sheets_left_out", ", ".join(rest)[:200], "only the first sheet is read")
                    return flat
    except _DAMAGE as exc:
        raise TableDamaged("the workbook is damaged; save it again or send a CSV", field="file") from exc
    raise TableEmpty("the workbook has no filled cell", field="file")


def _book_says(book: Any) -> dict[str, dict[str, Any]]:
    """Kinds that an export wrote into the properties of the book."""
    said = [one.value for one in book.custom_doc_props.props if one.name == METADATA_KEY]
    return said_read(said[0]) if said and isinstance(said[0], str) else {}


def _sheet_written(rows: Iterator[Sequence[Any]], flat: Flat, packed_bytes: int) -> bool:
    header = next((row for row in rows if any(cell is not None for cell in row)), None)
    if header is None:
        return False
    width = max(i for i, cell in enumerate(header) if cell is not None) + 1
    if width > MAX_COLUMNS:
        raise TableTooWide(f"over {MAX_COLUMNS} columns; keep fewer", field="file")
    flat.columns = [_sheet_cell(cell) for cell in header[:width]]
    total = 0
    with flat.path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for number, row in enumerate(rows, 2):
            cells = [_sheet_cell(cell) for cell in row]
            # A text that cells share is packed once and written for each.
            total += sum(map(len, cells))
            if is_beyond(total, packed_bytes, FREE_TEXT_BYTES):
                raise bomb()
            if any(cells[width:]):
                flat.met("row_too_long", f"row {number}", "it has more cells than the first row has names")
            elif any(cells):
                writer.writerow((cells + [""] * width)[:width])
    return True


def _sheet_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        is_day = value.time() == time(0)
        return value.date().isoformat() if is_day else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return unescaped(str(value)[:MAX_CELL])
