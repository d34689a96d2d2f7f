"""Every format this studio reads and writes. Add a line to add a format. Pure."""

from collections.abc import Mapping

from core.errors import InvalidInput
from core.registry import by_key
from datasets.formats.base import FormatImporter, FormatMismatch, Tree
from datasets.formats.readers.coco_boxes import CocoBoxes
from datasets.formats.readers.folder_per_class import FolderPerClass
from datasets.formats.readers.plain_images import PlainImages
from datasets.formats.writers.base import VersionWriter
from datasets.formats.writers.coco import CocoWriter
from datasets.formats.writers.folder_per_class import FolderPerClassWriter

IMPORTERS: Mapping[str, FormatImporter] = by_key(CocoBoxes(), FolderPerClass(), PlainImages())
WRITERS: Mapping[str, VersionWriter] = by_key(CocoWriter(), FolderPerClassWriter())


def format_chosen(tree: Tree, wanted: str) -> tuple[FormatImporter, str]:
    """The importer for a tree and why. `wanted` is a key or `auto`.

    Raises InvalidInput for an unknown key and FormatMismatch when nothing here is to be imported.
    """
    if wanted != "auto":
        if wanted not in IMPORTERS:
            raise InvalidInput("unknown format", field="format", known=["auto", *IMPORTERS])
        return IMPORTERS[wanted], "chosen by you"
    guesses = [(importer.sniff(tree), importer) for importer in IMPORTERS.values()]
    best, importer = max(guesses, key=lambda guess: guess[0].score)
    if best.score <= 0:
        raise FormatMismatch(
            "no picture was found; send a ZIP of pictures, of class folders, or of pictures with a COCO file",
            field="file",
            problems=[problem.code for problem in tree.refused[:20]],
        )
    return importer, best.reason
