"""Every format of texts this studio reads and writes. Add a line to add a format. Pure."""

from collections.abc import Mapping
from typing import Final

from core.registry import by_key
from datasets.formats.base import FormatImporter
from datasets.formats.text.files import PlainTexts, TextFolders
from datasets.formats.text.jsonl import TextLines
from datasets.formats.text.tables import TextTable

TEXT_IMPORTERS: Final[Mapping[str, FormatImporter]] = by_key(
    PlainTexts(),
    TextFolders(),
    TextLines(),
    TextTable(),
)
