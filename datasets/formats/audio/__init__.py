"""Every format of recordings this studio reads and writes. Add a line to add a format. Pure.

Folders and CSV are those of pictures: a table or a folder says of a file what it says, whatever is inside of it.
"""

from collections.abc import Mapping
from typing import Final

from core.registry import by_key
from datasets.formats.audio.audacity import AudacityLabels, AudacityWriter
from datasets.formats.audio.writers import SoundFoldersWriter, SoundLinesWriter, SoundTableWriter
from datasets.formats.base import FormatImporter
from datasets.formats.readers.csv_classes import CsvClasses
from datasets.formats.readers.folder_per_class import FolderPerClass
from datasets.formats.readers.media_lines import MediaLines
from datasets.formats.readers.parquet import MediaParquet
from datasets.formats.readers.plain_images import PlainImages
from datasets.formats.writers.base import VersionWriter
from datasets.formats.writers.parquet import SoundParquetWriter


class PlainSounds(PlainImages):
    """Every recording becomes an unlabeled sample; folders are kept in its name only."""

    key = "audio"
    title = "Recordings"


AUDIO_IMPORTERS: Final[Mapping[str, FormatImporter]] = by_key(
    AudacityLabels(),
    CsvClasses(),
    FolderPerClass(),
    MediaLines(of_sounds=True),
    MediaParquet(),
    PlainSounds(),
)
AUDIO_WRITERS: Final[Mapping[str, VersionWriter]] = by_key(
    AudacityWriter(),
    SoundFoldersWriter(),
    SoundLinesWriter(),
    SoundParquetWriter(),
    SoundTableWriter(),
)
