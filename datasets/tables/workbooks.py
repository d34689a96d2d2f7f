"""Workbooks (ECMA-376, XLSX) written a row at a time, with one sheet. Pure.

A text is always a cell of text, never one of a formula, and those that look like one are marked so (`quotePrefix`)
that they stay texts when somebody edits them.
"""

import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import IO, Any, Final
from xml.sax.saxutils import escape, quoteattr

from core.errors import InvalidInput
from datasets.tables.said import METADATA_KEY

MAX_SHEET_ROWS: Final = 1_048_576
MAX_SHEET_COLUMNS: Final = 16_384
MAX_TEXT: Final = 32_767
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_BATCH: Final = 2_000
_FORMULA: Final = tuple("=+-@\t\r")
_PLAIN, _DATE, _TEXT = 0, 1, 2
# What XML cannot hold, or holds otherwise than it was, and what would be read as such an escape.
_ESCAPED: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_UNESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_SHEETML: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEETML}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEETML}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEETML}.styles+xml"/>'
        '<Override PartName="/docProps/custom.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/relationships/custom-properties" Target="docProps/custom.xml"/>'
        "</Relationships>"
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships">'
        '<sheets><sheet name="table" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/relationships/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}">'
        '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
        '<fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="3"><xf xfId="0"/><xf numFmtId="164" xfId="0" applyNumberFormat="1"/>'
        '<xf xfId="0" quotePrefix="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}


class CellTooLong(InvalidInput):
    """A text is longer than a cell of a workbook."""

    code = "cell_too_long_for_workbook"


def serial_sql(value: str) -> str:
    """Days since 1899-12-30, as workbooks count them; NULL for what they cannot hold to the second.

    Days before March 1900 are counted otherwise by Excel, which holds 1900 for a leap year.
    """
    fits = (
        f"{value} >= TIMESTAMP '1900-03-01' AND {value} < TIMESTAMP '9999-12-31' "
        f"AND {value} = date_trunc('second', {value})"
    )
    return f"CASE WHEN {fits} THEN epoch({value}) / 86400.0 + 25569 END"


def unescaped(text: str) -> str:
    """A text of a cell with its escapes resolved (ECMA-376 part 1, 22.9.2.19, ST_Xstring)."""
    return _UNESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def book_written(
    path: Path, names: Sequence[str], dates: Collection[int], rows: Iterable[Sequence[Any]], said: str
) -> None:
    """Write the table with `names` above it; `said` goes into the properties of the book. Raises CellTooLong.

    A row has a value and a text of each column, one of them or none, and at the end its last cell; `dates` are the
    places of columns whose values are days (`serial_sql`).
    """
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**_PARTS, "docProps/custom.xml": _property(said)}.items():
            archive.writestr(_info(name), (_HEAD + content).encode())
        with archive.open(_info("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as out:
            out.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            _rows_written(out, names, dates, rows)
            out.write(b"</sheetData></worksheet>")


def _rows_written(
    out: IO[bytes], names: Sequence[str], dates: Collection[int], rows: Iterable[Sequence[Any]]
) -> None:
    letters = [_letters(at) for at in range(len(names))]
    writers: list[Callable[[Any, str], str]] = [_dated if at in dates else _cell for at in range(len(names))]
    header = "".join(_cell(name, f"{letters[at]}1") for at, name in enumerate(names))
    lines = [f'<row r="1">{header}</row>']
    for number, row in enumerate(rows, 2):
        pieces = [f'<row r="{number}">']
        for at, value in enumerate(row[::2]):
            if value is not None:
                pieces.append(writers[at](value, f"{letters[at]}{number}"))
            elif 2 * at + 1 < len(row) and row[2 * at + 1] is not None:
                pieces.append(_cell(row[2 * at + 1], f"{letters[at]}{number}"))
        pieces.append("</row>")
        lines.append("".join(pieces))
        if len(lines) == _BATCH:
            out.write("".join(lines).encode())
            lines = []
    out.write("".join(lines).encode())


def _cell(value: Any, place: str) -> str:
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, float):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    if len(value) > MAX_TEXT:
        raise CellTooLong(
            f"cell {place} has over {MAX_TEXT:,} characters, more than a workbook holds; take CSV or Parquet",
            field="format",
        )
    style = f' s="{_TEXT}"' if value.startswith(_FORMULA) else ""
    text = escape(_ESCAPED.sub(_escape, value))
    return f'<c r="{place}" t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'


def _dated(value: Any, place: str) -> str:
    return f'<c r="{place}" s="{_DATE}"><v>{value!r}</v></c>'


def _escape(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def _letters(at: int) -> str:
    """0 is A, 25 Z, 26 AA."""
    text, left = "", at + 1
    while left:
        left, place = divmod(left - 1, 26)
        text = chr(65 + place) + text
    return text


def _property(said: str) -> str:
    return (
        f'<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">'
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name={quoteattr(METADATA_KEY)}>'
        f"<vt:lpwstr>{escape(said)}</vt:lpwstr></property></Properties>"
    )


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
