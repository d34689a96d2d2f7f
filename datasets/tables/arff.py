"""ARFF (Weka) read row by row into a plain CSV, dense and sparse. Pure."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from datasets.formats.tables import TableOtherFormat
from datasets.tables.rowsources import MAX_COLUMNS, Flat
from datasets.tables.said import METADATA_KEY, said_read

_KINDS: Final = {
    "numeric": "number",
    "real": "number",
    "integer": "number",
    "string": "text",
    "date": "datetime",
    "relational": "text",
}
_SINGLE: Final = r"'(?:[^'\\]|\\.)*'"
_DOUBLE: Final = r'"(?:[^"\\]|\\.)*"'
_ATTRIBUTE: Final = re.compile(rf"@attribute\s+({_SINGLE}|{_DOUBLE}|\S+)\s+(\{{.*\}}|\S+)", re.IGNORECASE)
_CELL: Final = re.compile(rf"\s*(?:({_SINGLE}|{_DOUBLE})\s*|([^,]*))(,|$)")
_PAIR: Final = re.compile(rf"\s*([0-9]{{1,5}})\s+(?:({_SINGLE}|{_DOUBLE})\s*|([^,]*))(,|$)")
_ESCAPE: Final = re.compile(r"\\(.)")
_SAID: Final = {"n": "\n", "r": "\r", "t": "\t"}
_MIDNIGHT: Final = " 00:00:00"


def arff_flat(source: Path, target: Path) -> Flat:
    """Dense and sparse rows; kinds as declared, or as an export says in a comment. Raises TableRefused."""
    flat = Flat(target)
    with source.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8", newline="") as out:
        start = _header(lines, flat)
        dates = [at for at, name in enumerate(flat.columns) if flat.declared[name]["kind"] == "datetime"]
        writer = csv.writer(out)
        for number, line in enumerate(lines, start + 1):
            text = line.strip()
            if not text or text.startswith("%"):
                continue
            cells = _cells(text, len(flat.columns))
            if cells is None:
                flat.met("row_unreadable", f"line {number}", "it does not have one value for each attribute")
                continue
            for at in dates:
                # The pattern of an attribute is one for all, days without a time among them.
                cells[at] = cells[at].removesuffix(_MIDNIGHT)
            writer.writerow(cells)
    return flat


def _header(lines: Iterator[str], flat: Flat) -> int:
    said: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text.startswith(f"% {METADATA_KEY} "):
            said = said_read(text.split(" ", 2)[2])
        if text.lower().startswith("@data"):
            if not flat.columns:
                break
            flat.declared.update({name: said[name] for name in flat.columns if name in said})
            return number
        if not text.lower().startswith("@attribute"):
            continue
        match = _ATTRIBUTE.match(text)
        if match is None or len(flat.columns) >= MAX_COLUMNS:
            raise TableOtherFormat(f"line {number} is no attribute that is read", field="file")
        name, kind = _unquoted(match[1]), match[2].lower()
        flat.columns.append(name)
        known = "category" if kind.startswith("{") else _KINDS.get(kind, "text")
        flat.declared[name] = {"kind": known, "params": {}}
    raise TableOtherFormat("the file has no @attribute or no @data", field="file")


def _cells(text: str, width: int) -> list[str] | None:
    if text.startswith("{") and text.endswith("}"):
        return _sparse(text[1:-1], width)
    cells: list[str] = []
    at = 0
    while len(cells) <= width:
        found = _CELL.match(text, at)
        if found is None:
            return None
        cells.append(_value(found[1], found[2]))
        at = found.end()
        if not found[3]:
            break
    return cells if len(cells) == width else None


def _sparse(text: str, width: int) -> list[str] | None:
    cells = ["0"] * width
    at = 0
    while text[at:].strip():
        found = _PAIR.match(text, at)
        if found is None or int(found[1]) >= width:
            return None
        cells[int(found[1])] = _value(found[2], found[3])
        at = found.end()
    return cells


def _value(quoted: str | None, bare: str | None) -> str:
    if quoted is not None:
        return _unquoted(quoted)
    text = (bare or "").strip()
    return "" if text == "?" else text


def _unquoted(text: str) -> str:
    if len(text) < 2 or text[0] != text[-1] or text[0] not in "'\"":
        return text
    return _ESCAPE.sub(lambda found: _SAID.get(found[1], found[1]), text[1:-1])
