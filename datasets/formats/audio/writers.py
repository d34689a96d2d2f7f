"""The writers of pictures that hold recordings as well."""

from typing import Final

from datasets.formats.writers.csv_classes import CsvClassesWriter
from datasets.formats.writers.folder_per_class import FolderPerClassWriter
from datasets.formats.writers.media_lines import MediaLinesWriter

SOUND_CLASSES: Final = "audio_classification"


class SoundFoldersWriter(FolderPerClassWriter):
    """`<split>/<class>/<file>`."""

    tasks = frozenset((SOUND_CLASSES,))


class SoundTableWriter(CsvClassesWriter):
    """`labels.csv` and `audio/`."""

    tasks = frozenset((SOUND_CLASSES,))


class SoundLinesWriter(MediaLinesWriter):
    """`samples.jsonl` and `audio/`."""

    tasks = frozenset((SOUND_CLASSES,))
