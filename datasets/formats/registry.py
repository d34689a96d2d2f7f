"""Every format this studio reads and writes. Add a line to add a format. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from core.errors import InvalidInput
from core.registry import by_key
from datasets.formats.audio import AUDIO_IMPORTERS, AUDIO_WRITERS
from datasets.formats.base import FormatImporter, FormatMismatch, Plan, Problem, Reading, Tree
from datasets.formats.readers.coco_boxes import CocoBoxes
from datasets.formats.readers.csv_classes import CsvClasses
from datasets.formats.readers.cvat_xml import CvatXml
from datasets.formats.readers.datumaro import DatumaroJson
from datasets.formats.readers.folder_per_class import FolderPerClass
from datasets.formats.readers.imagenet_list import ImageNetList
from datasets.formats.readers.label_studio import LabelStudio
from datasets.formats.readers.labelme import LabelMe
from datasets.formats.readers.mask_png import MaskPng
from datasets.formats.readers.media_lines import MediaLines
from datasets.formats.readers.open_images import OpenImages
from datasets.formats.readers.parquet import MediaParquet
from datasets.formats.readers.pascal_voc import PascalVoc
from datasets.formats.readers.plain_images import PlainImages
from datasets.formats.readers.yolo import Yolo
from datasets.formats.text import TEXT_IMPORTERS, TEXT_WRITERS
from datasets.formats.unread import not_understood
from datasets.formats.writers.base import VersionWriter
from datasets.formats.writers.coco import CocoWriter
from datasets.formats.writers.csv_classes import CsvClassesWriter
from datasets.formats.writers.cvat_xml import CvatXmlWriter
from datasets.formats.writers.datumaro import DatumaroWriter
from datasets.formats.writers.folder_per_class import FolderPerClassWriter
from datasets.formats.writers.imagenet_list import ImageNetListWriter
from datasets.formats.writers.label_studio import LabelStudioWriter
from datasets.formats.writers.labelme import LabelMeWriter
from datasets.formats.writers.mask_png import MaskPngWriter
from datasets.formats.writers.media_lines import MediaLinesWriter
from datasets.formats.writers.open_images import OpenImagesWriter
from datasets.formats.writers.parquet import ParquetWriter
from datasets.formats.writers.pascal_voc import PascalVocWriter
from datasets.formats.writers.yolo import YoloWriter

IMPORTERS: Mapping[str, FormatImporter] = by_key(
    CocoBoxes(),
    CsvClasses(),
    CvatXml(),
    DatumaroJson(),
    FolderPerClass(),
    ImageNetList(),
    LabelMe(),
    LabelStudio(),
    MaskPng(),
    MediaLines(),
    MediaParquet(),
    OpenImages(),
    PascalVoc(),
    PlainImages(),
    Yolo(),
)
WRITERS: Mapping[str, VersionWriter] = by_key(
    CocoWriter(),
    CsvClassesWriter(),
    CvatXmlWriter(),
    DatumaroWriter(),
    FolderPerClassWriter(),
    ImageNetListWriter(),
    LabelMeWriter(),
    LabelStudioWriter(),
    MaskPngWriter(),
    MediaLinesWriter(),
    ParquetWriter(),
    OpenImagesWriter(),
    PascalVocWriter(),
    YoloWriter(),
)
# A key names the same format whatever the modality; what reads it differs.
_READ: Mapping[str, Mapping[str, FormatImporter]] = {
    "image": IMPORTERS,
    "text": TEXT_IMPORTERS,
    "audio": AUDIO_IMPORTERS,
}
_WRITTEN: Mapping[str, Mapping[str, VersionWriter]] = {
    "image": WRITERS,
    "text": TEXT_WRITERS,
    "audio": AUDIO_WRITERS,
}
MODALITIES: Final = tuple(_READ)


def importers_of(modality: str) -> Mapping[str, FormatImporter]:
    """The formats that samples of a modality are read from."""
    return _READ.get(modality, {})


def writers_of(modality: str) -> Mapping[str, VersionWriter]:
    """The formats that versions of a modality are written in."""
    return _WRITTEN.get(modality, {})


# From here on a format is believed in enough to be named beside the chosen one.
ALSO_FITS: Final = 0.5
_NOTHING: Final = {
    "image": "no picture was found; send a ZIP of pictures, of class folders, or of pictures with their labels",
    "audio": "no recording was found; send WAV, FLAC, OGG or MP3 files, a ZIP of them or of class folders",
    "text": "no text was found; send TXT files, a CSV or TSV with a column of texts, JSONL, or CoNLL",
}
_READS_NO_FILES: Final = frozenset((PlainImages.key, FolderPerClass.key))


@dataclass(frozen=True, slots=True)
class Choice:
    """The importer for a tree, why, the keys of others that would fit it as well, and what none took."""

    importer: FormatImporter
    reason: str
    also: tuple[str, ...] = ()
    findings: tuple[Problem, ...] = ()

    def plan(self, tree: Tree) -> Plan:
        """What to import, and what the choice of the format leaves out. Raises FormatMismatch."""
        plan = self.importer.plan(tree)
        return replace(plan, items=[*plan.items, *self.findings])


def format_detected(
    tree: Tree, wanted: str, modality: str = "image", reading: Reading | None = None
) -> Choice:
    """The importer for a tree. `wanted` is a key or `auto`; `reading` is what a person said of the files.

    Raises InvalidInput for an unknown key and FormatMismatch when nothing here is to be imported.
    """
    importers = importers_of(modality)
    if reading is not None:
        importers = {key: row.told(reading) for key, row in importers.items()}
    if wanted != "auto":
        if wanted not in importers:
            raise InvalidInput("unknown format", field="format", known=["auto", *importers])
        return Choice(importers[wanted], _chosen(importers[wanted], tree, modality))
    guesses = [(importer.sniff(tree), importer) for importer in importers.values()]
    best, importer = max(guesses, key=lambda guess: guess[0].score)
    if best.score <= 0:
        raise FormatMismatch(
            _NOTHING[modality] + _left_out(tree),
            field="file",
            problems=[problem.code for problem in tree.refused[:20]],
        )
    others = sorted(
        ((guess, other) for guess, other in guesses if other is not importer and guess.score >= ALSO_FITS),
        key=lambda row: -row[0].score,
    )
    reason = best.reason
    if others:
        reason += "; it would also do as " + ", ".join(other.title for _, other in others)
    findings: tuple[Problem, ...] = ()
    if modality == "image" and importer.key in _READS_NO_FILES:
        # A table that says what the folders say was understood.
        tables = any(other.key == CsvClasses.key and guess.score > 0 for guess, other in guesses)
        findings = not_understood(tree, frozenset(("csv", "tsv") if tables else ()))
    return Choice(importer, reason, tuple(other.key for _, other in others), findings)


def _left_out(tree: Tree) -> str:
    """What may be why nothing was found."""
    if not tree.refused:
        return ""
    first = tree.refused[0]
    more = f", and {len(tree.refused) - 1} more" if len(tree.refused) > 1 else ""
    return f"; left out were {first.where}: {first.detail}{more}"


def _chosen(importer: FormatImporter, tree: Tree, modality: str) -> str:
    """A person chose the format, but which column is the text was told by the importer all the same."""
    guess = importer.sniff(tree) if modality != "image" else None
    return f"chosen by you; {guess.reason}" if guess and guess.score else "chosen by you"
