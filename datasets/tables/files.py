"""What a stranger's file is, and its text as UTF-8. Pure.

Every refusal is a TableRefused; the file is read in chunks and never held whole.
"""

import gzip
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from datasets.formats.limits import MAX_RATIO, RATIO_FREE_BYTES
from datasets.formats.tables import (
    TableDamaged,
    TableEmpty,
    TableNotAlone,
    TableNotText,
    TableOldExcel,
    TableTooLarge,
)
from datasets.formats.textfiles import REPLACEMENT, TextRefused, decoded_in, encoding_found, encodings_of
from datasets.formats.zipfiles import ZipTree

FORMATS: Final = {
    "csv_table": "CSV or TSV table",
    "jsonl_table": "JSON Lines table",
    "parquet_table": "Parquet table",
    "xlsx_table": "Excel workbook (XLSX)",
    "arff_table": "ARFF table",
}
SUFFIXES: Final = (
    "csv",
    "tsv",
    "tab",
    "txt",
    "jsonl",
    "ndjson",
    "parquet",
    "pq",
    "xlsx",
    "xlsm",
    "arff",
    "gz",
)
MAX_TEXT_BYTES: Final = 20 * 1024**3
_HEAD: Final = 64 * 1024
_WIDE: Final = re.compile("[\u0800-\uffff]")
_TELLING: Final = 2
_CHUNK: Final = 1 << 20
# What is in no other encoding is taken for the Windows code page, and the import says so.
_LAST: Final = "cp1252"
# Encodings in which nearly any bytes are characters.
TAKES_ALL: Final = ("gb18030", _LAST)


def unwrapped(path: Path, scratch: Path) -> Path:
    """The one table of a ZIP or GZIP, unpacked into `scratch`; any other file as it is. Raises TableRefused."""
    with path.open("rb") as file:
        head = file.read(4)
    if head[:2] == b"\x1f\x8b":
        return _gunzipped(path, scratch)
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06") and not _is_workbook(path):
        return _unzipped(path, scratch)
    return path


def format_of(path: Path, name: str) -> tuple[str, str]:
    """The key of the format and the reason in words. Raises TableRefused."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise TableEmpty("the file is empty; upload it again", field="file")
    if head.startswith(b"PAR1"):
        return "parquet_table", "it begins with the mark of Parquet"
    if head.startswith(b"PK"):
        return "xlsx_table", "it is a workbook"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableOldExcel("old Excel files (.xls) are not read; save it as .xlsx or CSV", field="file")
    text = _head_text(head, path.stat().st_size)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = next((line for line in lines if not line.startswith("%")), "")
    if said.lower().startswith("@relation"):
        return "arff_table", "it begins with @relation"
    if said.startswith("{") or name.lower().endswith((".jsonl", ".ndjson")):
        return "jsonl_table", "every line is a JSON object"
    return "csv_table", "it is text in lines"


def to_utf8(path: Path, scratch: Path) -> tuple[Path, str, list[int]]:
    """The text as UTF-8 without a mark, and the encoding it had; the file itself when it is that already.

    The lines that held bytes that are no text, which are replaced, come last; each once. Raises TableRefused.
    """
    try:
        found = encoding_found(lambda: _chunks_of(path), path.stat().st_size, _LAST)
    except TextRefused as exc:
        raise TableNotText(str(exc), field="file") from exc
    if found.encoding == "utf-8" and not found.mark and not found.strays:
        return path, found.encoding, []
    target = scratch / f"text-{found.encoding}"
    spoiled: list[int] = []
    line = 1
    with target.open("w", encoding="utf-8", newline="") as out:
        for text in decoded_in(_chunks_of(path), found):
            out.write(text)
            if found.strays and REPLACEMENT in text:
                spoiled += (line + n for n, row in enumerate(text.split("\n")) if REPLACEMENT in row)
            line += text.count("\n")
    return target, found.encoding, list(dict.fromkeys(spoiled))


def lines_in_utf8(path: Path) -> list[int]:
    """Lines of a text in one of TAKES_ALL that were written in UTF-8, and read as other words without a stray byte.

    Two characters of three bytes each that come out right as UTF-8 are hardly ever six bytes of anything else.
    """
    found, number = [], 1
    with path.open("rb") as file:
        for piece in iter(lambda: file.readline(_CHUNK), b""):
            if not piece.isascii() and _is_utf8(piece):
                found.append(number)
            number += piece.endswith(b"\n")
    return list(dict.fromkeys(found))


def _is_utf8(line: bytes) -> bool:
    try:
        return len(_WIDE.findall(line.decode())) >= _TELLING
    except UnicodeDecodeError:
        return False


def _head_text(head: bytes, size_bytes: int) -> str:
    mark, encodings = encodings_of(head, size_bytes, _LAST)
    return head[mark:].decode(encodings[0], errors="replace")


def _chunks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from _chunks(file)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist() and any(
                name.startswith("xl/") for name in archive.namelist()
            )
    except (zipfile.BadZipFile, OSError, ValueError) as exc:
        raise TableDamaged("the archive is damaged; pack it again", field="file") from exc


def _gunzipped(path: Path, scratch: Path) -> Path:
    target = scratch / "unpacked"
    try:
        with gzip.open(path) as source:
            _copy(source, target, path.stat().st_size)
    except zlib.error as exc:
        raise TableDamaged("the compressed file is damaged; compress it again", field="file") from exc
    except (OSError, EOFError) as exc:
        raise TableDamaged("the compressed file breaks off; compress it again", field="file") from exc
    return target


def _unzipped(path: Path, scratch: Path) -> Path:
    with path.open("rb") as file:
        tree = ZipTree(os.dup(file.fileno()))  # refuses bombs and overlapping members
        tree.close()
    with zipfile.ZipFile(path) as archive:
        tables = [info for info in archive.infolist() if _is_table(info)]
        if len(tables) != 1:
            found = "no table" if not tables else f"{len(tables)} tables"
            raise TableNotAlone(f"the archive holds {found}; send one table at a time", field="file")
        target = scratch / "unpacked"
        try:
            with archive.open(tables[0]) as source:
                _copy(source, target, path.stat().st_size)
        except (
            zipfile.BadZipFile,
            OSError,
            EOFError,
            RuntimeError,
            NotImplementedError,
            zlib.error,
        ) as exc:
            raise TableDamaged("the table in the archive is damaged; pack it again", field="file") from exc
    return target


def _is_table(info: zipfile.ZipInfo) -> bool:
    tail = info.filename.rpartition("/")[2]
    hidden = tail.startswith(".") or info.filename.startswith("__MACOSX/")
    return not info.is_dir() and not hidden and tail.rpartition(".")[2].lower() in SUFFIXES


def _copy(source: IO[bytes] | gzip.GzipFile, target: Path, packed_bytes: int) -> None:
    most = min(MAX_TEXT_BYTES, max(MAX_RATIO * packed_bytes, RATIO_FREE_BYTES))
    with target.open("wb") as out:
        written = 0
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > most:
                raise TableTooLarge("unpacked, the file is far larger than any real table; send it as it is")
            out.write(chunk)
