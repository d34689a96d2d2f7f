"""Every format of texts this studio reads and writes. Add a line to add a format. Pure."""

from collections.abc import Mapping
from typing import Final

from core.registry import by_key
from datasets.formats.base import FormatImporter
from datasets.formats.text.conll import ConllBio
from datasets.formats.text.doccano import DoccanoLines
from datasets.formats.text.files import PlainTexts, TextFolders
from datasets.formats.text.jsonl import TextLines
from datasets.formats.text.label_studio import LabelStudioTexts
from datasets.formats.text.parquet import TextParquet
from datasets.formats.text.tables import TextTable
from datasets.formats.text.write_conll import ConllWriter
from datasets.formats.text.write_label_studio import LabelStudioTextWriter
from datasets.formats.text.writers import DoccanoWriter, TextFolderWriter, TextLinesWriter, TextTableWriter
from datasets.formats.writers.base import VersionWriter
from datasets.formats.writers.parquet import TextParquetWriter

TEXT_IMPORTERS: Final[Mapping[str, FormatImporter]] = by_key(
    ConllBio(),
    DoccanoLines(),
    LabelStudioTexts(),
    PlainTexts(),
    TextFolders(),
    TextLines(),
    TextParquet(),
    TextTable(),
)
TEXT_WRITERS: Final[Mapping[str, VersionWriter]] = by_key(
    ConllWriter(),
    DoccanoWriter(),
    LabelStudioTextWriter(),
    TextFolderWriter(),
    TextLinesWriter(),
    TextParquetWriter(),
    TextTableWriter(),
)
