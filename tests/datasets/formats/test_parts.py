"""An archive written in pieces is the one written at once, wherever it was interrupted."""

import zipfile

import orjson
import pytest

from datasets.formats.registry import WRITERS
from datasets.formats.writers import parts
from datasets.formats.writers.base import BOXES, ZipSink
from datasets.formats.writers.parts import ArchiveDiffers, ArchiveParts, Note
from datasets.manifest import ManifestHeader
from tests.datasets.formats.test_every_format import BLOBS, SCHEMA, exported, sample
from tests.datasets.formats.test_every_format import CASES as EVERY

# A file of Parquet holds many samples: test_parquet.py.
CASES = [case for case in EVERY if case[0] != "parquet"]
IDS = [f"{key}-{task}" for key, task, _ in CASES]


class Killed(Exception):
    """In place of kill -9: nothing is put in order behind it."""


class Reader:
    """Reads media, counts, and dies when it is asked for one too many."""

    def __init__(self, limit=1 << 30):
        self.count, self.limit = 0, limit

    def __call__(self, sha256):
        if self.count == self.limit:
            raise Killed
        self.count += 1
        return BLOBS[sha256]


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(parts, "PART_ENTRIES", 2)


def written(folder, key, task, samples, reader, wholes=None):
    with ArchiveParts(folder, (lambda: wholes.append(1)) if wholes is not None else lambda: None) as out:
        sink = ZipSink(out)
        WRITERS[key].write(ManifestHeader("image", task, SCHEMA, {}), samples, sink, reader)
        sink.close()
        return b"".join(path.read_bytes() for path in out.whole()), sink


@pytest.mark.parametrize(("key", "task", "samples"), CASES, ids=IDS)
def test_an_archive_in_pieces_is_the_archive_and_goes_on_behind_the_last_whole_piece(
    tmp_path, key, task, samples
):
    wanted = exported(key, task, samples)
    for reads in range(len(samples)):
        folder = tmp_path / str(reads)
        with pytest.raises(Killed):
            written(folder, key, task, samples, Reader(reads))
        second = Reader()
        content, sink = written(folder, key, task, samples, second)
        assert content == wanted, reads
        # A piece has two entries, so at most one medium that was read is read again.
        assert len(samples) - reads <= second.count <= len(samples) - reads + 1
        third = Reader(0)
        again, told = written(folder, key, task, samples, third)
        assert (again, told.told) == (wanted, sink.told)


def test_pieces_are_cut_at_their_size_too_and_each_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "PART_ENTRIES", 1_000)
    monkeypatch.setattr(parts, "PART_BYTES", 1)
    samples, wholes = [sample(i, "train", label=0) for i in range(5)], []
    written(tmp_path, "csv", "image_classification", samples, Reader(), wholes)
    entries = 7  # five pictures, the table and the classes
    assert len(wholes) == entries
    assert len(list(tmp_path.glob("*.json"))) == entries


def test_a_piece_without_its_notes_or_of_another_length_is_written_again(tmp_path):
    samples = [sample(i, "train", label=0) for i in range(8)]
    wanted, _ = written(tmp_path, "coco", BOXES, samples, Reader())
    whole = sorted(tmp_path.glob("*.part"))
    whole[1].write_bytes(whole[1].read_bytes()[:-1])
    reader = Reader()
    assert written(tmp_path, "coco", BOXES, samples, reader)[0] == wanted
    assert reader.count == 6
    (tmp_path / "000003.json").write_bytes(b'[["half')
    reader = Reader()
    assert written(tmp_path, "coco", BOXES, samples, reader)[0] == wanted
    assert reader.count == 4


def test_a_half_written_piece_of_somebody_who_died_harms_nobody(tmp_path):
    samples = [sample(i, "train", label=0) for i in range(4)]
    (tmp_path / "0123.tmp").write_bytes(b"half")
    (tmp_path / "tail.part").write_bytes(b"a directory of before, longer than the one to come" * 100)
    content, _ = written(tmp_path, "coco", BOXES, samples, Reader())
    assert content == exported("coco", BOXES, samples)


@pytest.mark.parametrize(
    "other",
    [
        [sample(i, "val", label=0) for i in range(4)],
        [sample(i, "train", label=1) for i in range(4)],
        [sample(i, "train", label=0) for i in range(2)],
    ],
    ids=["other-names", "other-texts", "fewer"],
)
def test_pieces_of_another_archive_are_never_mixed_into_this_one(tmp_path, other):
    written(
        tmp_path, "csv", "image_classification", [sample(i, "train", label=0) for i in range(4)], Reader()
    )
    with pytest.raises(ArchiveDiffers):
        written(tmp_path, "csv", "image_classification", other, Reader())


def test_a_whole_piece_cannot_be_written_over(tmp_path):
    with ArchiveParts(tmp_path) as out:
        sink = ZipSink(out)
        sink.add_media("a.jpg", b"a")
        sink.add_media("b.jpg", b"b")
        out.seek(0)
        with pytest.raises(ValueError, match="not written again"):
            out.write(b"x")
        out.seek(out._base)


def test_two_who_write_the_same_archive_at_once_both_have_it(tmp_path):
    samples, overtaken = [sample(i, "train", label=0) for i in range(6)], []

    def thought_dead(sha256):
        if sha256 == samples[3].sha256:
            overtaken.append(written(tmp_path, "coco", BOXES, samples, Reader())[0])
        return BLOBS[sha256]

    content = written(tmp_path, "coco", BOXES, samples, thought_dead)[0]
    assert overtaken == [content] == [exported("coco", BOXES, samples)]
    assert written(tmp_path, "coco", BOXES, samples, Reader(0))[0] == content


def test_notes_keep_all_that_the_directory_says():
    entry = zipfile.ZipInfo("large", (1980, 1, 1, 0, 0, 0))
    entry.header_offset, entry.CRC, entry.file_size, entry.compress_size = 7, 8, 1 << 33, 9
    entry.create_version = entry.extract_version = zipfile.ZIP64_VERSION
    note = Note(*orjson.loads(orjson.dumps(list(Note.of(entry, 12)))))
    again = zipfile.ZipInfo("large", (1980, 1, 1, 0, 0, 0))
    note.tell(again)
    names = [name for name in zipfile.ZipInfo.__slots__ if hasattr(entry, name)]
    assert {name: getattr(again, name) for name in names} == {name: getattr(entry, name) for name in names}
