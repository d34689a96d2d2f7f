"""The writers of pictures that hold recordings as well."""

from datasets.formats.writers.base import SOUND_CLASSES, SOUND_EVENTS
from datasets.formats.writers.csv_classes import CsvClassesWriter
from datasets.formats.writers.folder_per_class import FolderPerClassWriter
from datasets.formats.writers.media_lines import MediaLinesWriter


class SoundFoldersWriter(FolderPerClassWriter):
    """`<split>/<class>/<file>`."""

    tasks = frozenset((SOUND_CLASSES,))


class SoundTableWriter(CsvClassesWriter):
    """`labels.csv` and `audio/`."""

    tasks = frozenset((SOUND_CLASSES,))


class SoundLinesWriter(MediaLinesWriter):
    """`samples.jsonl` and `audio/`."""

    tasks = frozenset((SOUND_CLASSES, SOUND_EVENTS))
