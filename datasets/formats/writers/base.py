"""What a writer of versions is. Pure."""

import re
import shutil
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, ClassVar, Final

from datasets.formats.base import AUDIO_SUFFIXES, IMAGE_SUFFIXES
from datasets.formats.names import compare_key, unsafe_reason
from datasets.formats.spool import Spool
from datasets.formats.writers.parts import ArchiveDiffers, ArchiveParts, Note
from datasets.manifest import ManifestClass, ManifestHeader, ManifestObject, ManifestSample
from datasets.origins import Origin

ReadBlob = Callable[[str], bytes]

CLASSES, BOXES = "image_classification", "object_detection"
SEVERAL: Final = "image_multilabel"
SOUND_CLASSES: Final = "audio_classification"
SOUND_EVENTS: Final = "audio_events"
SEMANTIC, INSTANCES, KEYPOINTS = "semantic_segmentation", "instance_segmentation", "keypoints"
PLACED: Final = frozenset((BOXES, SEMANTIC, INSTANCES, KEYPOINTS))

_FIXED_TIME: Final = (1980, 1, 1, 0, 0, 0)
_EXTENSIONS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "text/plain": "txt",
}
# What no ASCII name may hold anywhere: what is not printable, and what some system refuses.
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*]')
_KNOWN_SUFFIXES: Final = {"audio": AUDIO_SUFFIXES, "text": frozenset(("txt", "text"))}


class ZipSink:
    """A ZIP written in one pass: media stored as they are, text deflated, equal content gives equal bytes.

    Into `ArchiveParts` nothing is written that lies there whole; media of such entries are not even read.
    """

    def __init__(self, out: IO[bytes] | ArchiveParts) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._parts = out if isinstance(out, ArchiveParts) else None
        self._taken: set[str] = set()
        # What the format has no place for, by the code of the problem, and where it was met first.
        self.told = Counter[str]()
        self.first: dict[str, str] = {}

    def tell(self, code: str, where: str, count: int = 1) -> None:
        """Something of a sample that the archive does not hold as it is."""
        if count:
            self.told[code] += count
            self.first.setdefault(code, where)

    def add_media(self, name: str, content: bytes) -> str:
        """Add a file under `name`, or beside it when that is taken; returns the name used."""
        return self._media(name, lambda: content)

    def add_sample(self, name: str, sample: ManifestSample, read_blob: ReadBlob | None) -> str:
        """As `add_media` with the sample's bytes; without `read_blob` only the name is taken."""
        if read_blob is None:
            return self.free_name(name)
        return self._media(name, lambda: read_blob(sample.sha256))

    def add_text(self, name: str, content: bytes) -> None:
        """Add a text file under exactly this name."""
        self._taken.add(compare_key(name))
        entry = _entry(name, zipfile.ZIP_DEFLATED)
        if not self._is_whole(entry, lambda: zlib.crc32(content)):
            self._zip.writestr(entry, content)
            self._noted(entry)

    def add_spool(self, name: str, spool: Spool) -> None:
        """Add a text file that is too long for memory under exactly this name."""
        self._taken.add(compare_key(name))
        entry = _entry(name, zipfile.ZIP_DEFLATED)
        if self._is_whole(entry, lambda: _crc_of(spool)):
            return
        with self._zip.open(entry, "w", force_zip64=spool.size_bytes >= 1 << 31) as target:
            for chunk in spool.chunks():
                target.write(chunk)
        self._noted(entry)

    def add_made(self, name: str, make: Callable[[Path], None]) -> None:
        """Add a file that `make` writes to the path it is given, and only where no whole piece has it."""
        entry = _entry(self.free_name(name), zipfile.ZIP_STORED)
        if self._is_whole(entry):
            return
        with TemporaryDirectory(dir=None if self._parts is None else self._parts.folder) as folder:
            path = Path(folder) / "made"
            make(path)
            with (
                path.open("rb") as source,
                self._zip.open(entry, "w", force_zip64=path.stat().st_size >= 1 << 31) as target,
            ):
                shutil.copyfileobj(source, target, 1 << 20)
        self._noted(entry)

    def free_name(self, name: str) -> str:
        """`name`, or `name-2` and so on; taken from now on."""
        stem, dot, suffix = name.rpartition(".")
        candidate, number = name, 1
        while compare_key(candidate) in self._taken:
            number += 1
            candidate = f"{stem}-{number}{dot}{suffix}"
        self._taken.add(compare_key(candidate))
        return candidate

    def close(self) -> None:
        """Write the directory."""
        if self._parts is not None:
            # The directory is no entry, and is written anew each time.
            self._parts.cut()
        self._zip.close()

    def _media(self, name: str, content: Callable[[], bytes]) -> str:
        free = self.free_name(name)
        entry = _entry(free, zipfile.ZIP_STORED)
        if not self._is_whole(entry):
            self._zip.writestr(entry, content())
            self._noted(entry)
        return free

    def _is_whole(self, entry: zipfile.ZipInfo, crc: Callable[[], int] | None = None) -> bool:
        """Whether the entry lies in a whole piece; then the directory gets it from there. Raises ArchiveDiffers."""
        note = None if self._parts is None else self._parts.recalled(entry)
        if note is None:
            return False
        if crc is not None and crc() != note.crc:
            raise ArchiveDiffers(note.name)
        note.tell(entry)
        self._zip.filelist.append(entry)
        self._zip.NameToInfo[entry.filename] = entry
        self._zip.start_dir = note.end
        return True

    def _noted(self, entry: zipfile.ZipInfo) -> None:
        if self._parts is not None:
            self._parts.noted(Note.of(entry, self._zip.start_dir))


def _crc_of(spool: Spool) -> int:
    crc = 0
    for chunk in spool.chunks():
        crc = zlib.crc32(chunk, crc)
    return crc


def _entry(name: str, method: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _FIXED_TIME)
    entry.compress_type = method
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


class VersionWriter(ABC):
    """Writes a version as an archive that the importer of the same key reads back."""

    key: ClassVar[str]
    title: ClassVar[str]
    tasks: ClassVar[frozenset[str]]  # what it has a place for; a version of another task is refused
    keeps_attributes: ClassVar[bool] = (
        False  # of classes of whole samples, of spans and regions; objects are its own
    )
    keeps_relations: ClassVar[bool] = False  # between spans

    @abstractmethod
    def write(
        self,
        header: ManifestHeader,
        samples: Iterable[ManifestSample],
        sink: ZipSink,
        read_blob: ReadBlob | None,
    ) -> None:
        """Stream samples into the sink; without `read_blob` the media are left out."""

    def holds(self, origin: Origin) -> bool:
        """Whether the format has a place for all that is known of who labeled a sample elsewhere, and when."""
        return False


def losses_told(
    samples: Iterable[ManifestSample], writer: VersionWriter, sink: ZipSink
) -> Iterator[ManifestSample]:
    """The samples as they are; where the format has no place for their origins, for what is said beside classes, or for relations, it is told."""
    for sample in samples:
        if sample.origin is not None and not writer.holds(sample.origin):
            sink.tell("origins_dropped", sample.name)
        if not writer.keeps_attributes:
            lost = len(sample.about) + sum(bool(span.attributes) for span in sample.stretches)
            sink.tell("attributes_dropped", sample.name, lost)
        if not writer.keeps_relations:
            sink.tell("relations_dropped", sample.name, sum(len(span.relations) for span in sample.spans))
        yield sample


def about_row(
    sample: ManifestSample, names: Mapping[int, str], *, several: bool = False
) -> dict[str, dict[str, Any]]:
    """`attributes` as lines of JSON have them: of the class of a sample, or by class where there may be several."""
    about = {names[label]: dict(said) for label, said in sample.about}
    return {"attributes": about if several else next(iter(about.values()))} if about else {}


def boxes_only(sample: ManifestSample, sink: ZipSink) -> tuple[ManifestObject, ...]:
    """The objects as the boxes around them, what is lost told; those without an area are left out."""
    kept = tuple(replace(item, form=None, attributes=()) for item in sample.objects if min(item.box[2:]) > 0)
    sink.tell("shape_left_out", sample.name, len(sample.objects) - len(kept))
    sink.tell("geometry_reduced", sample.name, sum(item.form is not None for item in sample.objects))
    sink.tell("attributes_dropped", sample.name, sum(bool(item.attributes) for item in sample.objects))
    return kept


def file_name(sample: ManifestSample) -> str:
    """The last part of a sample's name, safe to unpack anywhere, with the ending its bytes deserve."""
    tail = sample.name.rpartition("/")[2]
    stem = _UNSAFE.sub("_", tail).strip(" .") if tail.isascii() else _safe(tail)
    extension = _EXTENSIONS.get(sample.media_type, "bin")
    if not stem or unsafe_reason(stem) is not None:
        return f"{sample.id}.{extension}"
    _, dot, suffix = stem.rpartition(".")
    known = _KNOWN_SUFFIXES.get(sample.media_type.partition("/")[0], IMAGE_SUFFIXES)
    return stem if dot and suffix.lower() in known else f"{stem}.{extension}"


def _safe(name: str) -> str:
    return "".join(ch if ch.isprintable() and ch not in '<>:"\\|?*' else "_" for ch in name).strip(" .")


def media_folder(header: ManifestHeader) -> str:
    """Where the files of a version lie in its archive."""
    return "audio" if header.modality == "audio" else "images"


class Stems:
    """Names whose stems differ too, for formats that pair files by stem."""

    def __init__(self, sink: ZipSink, read_blob: ReadBlob | None) -> None:
        self._sink, self._read_blob = sink, read_blob
        self._taken: set[str] = set()

    def add(self, folder: str, sample: ManifestSample) -> tuple[str, str]:
        """Put a sample's media into `folder`; its full name, and its stem with the folder."""
        stem, _, suffix = file_name(sample).rpartition(".")
        free, number = f"{folder}/{stem}", 1
        while compare_key(free) in self._taken:
            number += 1
            free = f"{folder}/{stem}-{number}"
        self._taken.add(compare_key(free))
        name = f"{free}.{suffix}"
        if self._read_blob is not None:
            self._sink.add_sample(name, sample, self._read_blob)
        return name, free


class ClassFolders:
    """A folder for each class, no two the same to any file system; tells those not called as their class."""

    def __init__(self, classes: Iterable[ManifestClass], sink: ZipSink) -> None:
        self._sink = sink
        self._folders: dict[int, str] = {}
        self._untold: dict[int, str] = {}
        taken: set[str] = set()
        # Whose name is a folder's already keeps it; the others come beside.
        for each in sorted(classes, key=lambda row: folder_name(row.name) != row.name):
            plain = folder = folder_name(each.name)
            number = 1
            while compare_key(folder) in taken:
                number += 1
                folder = f"{plain}-{number}"
            taken.add(compare_key(folder))
            self._folders[each.index] = folder
            if folder != each.name:
                self._untold[each.index] = each.name

    def of(self, index: int) -> str:
        """The folder of the class."""
        if index in self._untold:
            self._sink.tell("class_renamed", self._untold.pop(index))
        return self._folders[index]


def folder_name(name: str) -> str:
    """A class name as a folder."""
    clean = "".join(ch if ch.isprintable() and ch not in '/<>:"\\|?*' else "_" for ch in name).strip(" ")
    return clean if clean.strip(".") else "_" + clean
