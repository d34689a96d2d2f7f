"""What a writer may cost, and that a short way says the same as the long one."""

import io
import itertools
import json
import string
import uuid
import zipfile

import pytest

from datasets.formats.spool import Spool
from datasets.formats.writers import base, coco
from datasets.manifest import ManifestClass, ManifestHeader, ManifestObject, ManifestSample


def sample(number: int, name: str = "a.jpg", objects=(), split="train") -> ManifestSample:
    return ManifestSample(
        str(uuid.UUID(int=number)), f"{number:064x}", name, "image/jpeg", 32, 24, split, objects=objects
    )


@pytest.fixture
def opened(monkeypatch):
    count = itertools.count()
    plain = Spool.__init__

    def counted(self, *given):
        next(count)
        plain(self, *given)

    monkeypatch.setattr(Spool, "__init__", counted)
    return lambda: next(count)


def test_coco_opens_as_many_files_for_many_samples_as_for_few(opened):
    header = ManifestHeader("image", "object_detection", (ManifestClass("c", 0, "c"),), {"samples": 60})
    boxes = (ManifestObject(0, (1.0, 2.0, 3.0, 4.5)), ManifestObject(0, (0.25, 0.0, 3.0, 4.0)))
    rows = [sample(i, f"{i}.jpg", boxes, ("train", "val")[i % 2]) for i in range(60)]
    out = io.BytesIO()
    sink = base.ZipSink(out)
    coco.CocoWriter().write(header, iter(rows), sink, None)
    sink.close()
    assert opened() == 6  # of each of two splits: pictures, annotations, the whole
    with zipfile.ZipFile(out) as archive:
        document = json.loads(archive.read("annotations/instances_val.json"))
    assert [row["id"] for row in document["annotations"]] == list(range(1, 61))
    assert [row["image_id"] for row in document["annotations"]] == [i for i in range(2, 61, 2) for _ in boxes]
    assert document["annotations"][1]["bbox"] == [0.25, 0.0, 3.0, 4.0]


def test_an_ascii_name_is_made_safe_as_any_other():
    every = "".join(map(chr, range(128)))
    for name in (*every, every, "a b.JPG", " .x. ", *(f"q{ch}r.png" for ch in string.punctuation)):
        tail = name.rpartition("/")[2]
        assert base._UNSAFE.sub("_", tail).strip(" .") == base._safe(tail)


def test_a_box_alone_is_read_as_it_was_written():
    alone = ManifestObject(3, (1.0, 2.0, 3.0, 4.0))
    told = ManifestObject(3, (1.0, 2.0, 3.0, 4.0), attributes=(("is_crowd", "1"),))
    line = sample(1, objects=(alone, told)).to_line()
    assert ManifestSample.from_line(line) == sample(1, objects=(alone, told))
