"""Parquet of pictures, recordings and texts: whole and typed, whoever wrote it, and never more than its limits."""

import json
import subprocess
import sys
import zipfile
from contextlib import suppress
from datetime import UTC, datetime

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.formats.archive import open_tree
from datasets.formats.base import Draft, FormatMismatch, Problem, Reading
from datasets.formats.parquet import limits
from datasets.formats.registry import WRITERS, format_detected
from datasets.formats.writers import parquet
from datasets.formats.writers.base import BOXES, CLASSES, INSTANCES, ZipSink
from datasets.formats.writers.parts import ArchiveParts
from datasets.manifest import ManifestHeader, ManifestObject, ManifestSample
from datasets.origins import Origin
from tests.datasets.formats import test_every_text_format as texts
from tests.datasets.formats import test_geometry_round_trip as geometry
from tests.datasets.formats.test_every_format import BLOBS, box_samples, sample
from tests.datasets.formats.test_every_format import NAMES as CLASS_NAMES
from tests.datasets.formats.test_every_format import exported as box_export
from tests.datasets.pictures import picture, saved, zipped
from tests.datasets.sounds import wav

CAT, DOG = picture(1), picture(2)
SLOW = list(HealthCheck)


def planned(folder, content, modality="image", name="rows.parquet", *, several=False, wanted="auto"):
    """How a file that a stranger sent is understood: the choice, drafts by their bytes, and problems."""
    tree = open_tree(saved(folder, content, name), name, folder, modality)
    choice = format_detected(tree, wanted, modality, Reading(several=several))
    plan = choice.plan(tree)
    drafts = {plan.content_of(d, tree, 1 << 30): d for d in plan.items if isinstance(d, Draft)}
    return choice, drafts, [item for item in plan.items if isinstance(item, Problem)], plan


def written(folder, sql, params=(), *, metadata="", options="", name="rows.parquet"):
    """What DuckDB writes of a SELECT."""
    path = folder / name
    said = f", KV_METADATA {{huggingface: '{metadata}'}}" if metadata else ""
    duckdb.connect().execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet{said}{options})", list(params))
    return path.read_bytes()


@settings(max_examples=2, deadline=None, suppress_health_check=SLOW)
@given(samples=box_samples())
def test_any_boxes_come_back_equal(tmp_path, samples):
    _, drafts, problems, plan = planned(tmp_path, box_export("parquet", BOXES, samples), name="x.zip")
    assert problems == []
    for truth in samples:
        draft = drafts[BLOBS[truth.sha256]]
        assert [box.label for box in draft.boxes] == [CLASS_NAMES[item.label] for item in truth.objects]
        assert [(b.x, b.y, b.w, b.h) for b in draft.boxes] == [item.box for item in truth.objects]
        assert (draft.name, draft.split, draft.group, draft.annotated) == (
            *(truth.name, truth.split, truth.group),
            True,
        )
        assert draft.stated_size == (truth.width, truth.height)
    assert plan.classes == CLASS_NAMES


@pytest.mark.parametrize("kind", sorted(geometry.TASK_OF_KIND))
@settings(max_examples=2, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_every_shape_comes_back_exactly(tmp_path, kind, data):
    samples = data.draw(geometry.samples_of(kind))
    schema = geometry.SCHEMA if kind == "keypoints" else geometry.BARE
    content, sink = geometry.exported("parquet", geometry.TASK_OF_KIND[kind], samples, schema)
    assert dict(sink.told) == {}
    _, drafts, problems, plan = planned(tmp_path, content, name="x.zip")
    assert problems == []
    for truth in samples:
        got = drafts[BLOBS[truth.sha256]].boxes
        assert [(box.label, box.form) for box in got] == [
            (geometry.NAMES[each.label], each.form) for each in truth.objects
        ]
    assert plan.skeletons == (dict.fromkeys(geometry.NAMES, geometry.SKELETON) if kind == "keypoints" else {})


def test_holes_attributes_and_who_labeled_it_come_back(tmp_path):
    said = (("color", "red"), ("遮挡", "1"))
    origin = Origin("anna@example.org", "bo", datetime(2024, 3, 1, 8, 30, tzinfo=UTC), "reviewed", "cvat")
    row = sample(0, "val", objects=(ManifestObject(1, geometry.HOLED.bounds(), geometry.HOLED, said),))
    row = ManifestSample.from_line(row.to_line() | {"origin": origin.to_json()})
    content, sink = geometry.exported("parquet", INSTANCES, [row], geometry.BARE)
    _, drafts, _, _ = planned(tmp_path, content, name="x.zip")
    (draft,) = drafts.values()
    assert (draft.boxes[0].form, draft.boxes[0].attributes) == (geometry.HOLED, said)
    assert (draft.origin, dict(sink.told)) == (origin, {})
    assert WRITERS["parquet"].holds(origin)


def test_a_picture_without_an_object_and_one_of_no_class_stay_what_they_are(tmp_path):
    _, drafts, _, _ = planned(tmp_path, box_export("parquet", BOXES, [sample(0, "train")]), name="x.zip")
    assert [(d.boxes, d.annotated) for d in drafts.values()] == [((), True)]
    _, drafts, _, _ = planned(tmp_path, box_export("parquet", CLASSES, [sample(0, "train")]), name="x.zip")
    assert [(d.label, d.annotated) for d in drafts.values()] == [(None, False)]


@settings(max_examples=2, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_any_text_comes_back_to_the_character(tmp_path, data):
    task = data.draw(st.sampled_from(sorted(texts.WRITERS["parquet"].tasks)))
    rows, blobs = data.draw(texts.samples(task))
    tree = texts.opened(tmp_path, texts.exported("parquet", task, rows, blobs))
    texts.check_equal(tree, "parquet", task, rows, blobs)


def test_spans_that_overlap_and_begin_with_spaces_come_back(tmp_path):
    rows, blobs = texts.odd_samples(texts.SPANS)
    spans = (texts.ManifestSpan(0, 0, 7), texts.ManifestSpan(1, 5, 8))
    rows[0] = texts.sample(0, texts.SPANS, spans=spans)
    tree = texts.opened(tmp_path, texts.exported("parquet", texts.SPANS, rows, blobs))
    texts.check_equal(tree, "parquet", texts.SPANS, rows, blobs)


FEATURES = {
    "image": {"_type": "Image"},
    "label": {"names": ["cat", "狗", "bird"], "_type": "ClassLabel"},
}


def test_pictures_as_hugging_face_has_them_are_recognized_with_the_names_of_their_classes(tmp_path):
    meta = json.dumps({"info": {"features": FEATURES}})
    sql = "SELECT {'bytes': unnest([?, ?]::BLOB[]), 'path': unnest(['a.jpg', '图.jpg'])} AS image, unnest([1, -1]) AS label"
    choice, drafts, problems, plan = planned(tmp_path, written(tmp_path, sql, (CAT, DOG), metadata=meta))
    assert (choice.importer.key, problems) == ("parquet", [])
    assert "“image” is the media, “label” is the label" in choice.reason
    assert plan.classes == ("cat", "狗", "bird")
    assert {d.name: d.label for d in drafts.values()} == {"a.jpg": "狗", "图.jpg": None}
    assert list(drafts) == [CAT, DOG]


def test_boxes_as_hugging_face_has_them_are_lists_of_one_length(tmp_path):
    objects = {"feature": {"category": {"feature": FEATURES["label"]}}, "_type": "Sequence"}
    meta = json.dumps({"info": {"features": {"objects": objects}}})
    sql = """SELECT {'bytes': ?::BLOB, 'path': 'a.jpg'} AS image, 64 AS width, 48 AS height, 7 AS image_id,
        {'id': [1, 2], 'bbox': [[1.5, 2, 10, 20], [0, 0, -1, 3]]::DOUBLE[][], 'category': [1, 0]} AS objects"""
    _, drafts, problems, plan = planned(tmp_path, written(tmp_path, sql, (CAT,), metadata=meta))
    (draft,) = drafts.values()
    assert [(b.label, b.x, b.y, b.w, b.h) for b in draft.boxes] == [("狗", 1.5, 2, 10, 20)]
    assert [p.code for p in problems] == ["box_invalid"]
    assert (draft.stated_size, plan.classes) == ((64, 48), ("cat", "狗", "bird"))


def test_a_plain_column_of_bytes_will_do(tmp_path):
    sql = "SELECT unnest([?, ?]::BLOB[]) AS content, unnest(['b', 'a']) AS class, 'test' AS split, 'x/1.jpg' AS file_name"
    _, drafts, problems, plan = planned(tmp_path, written(tmp_path, sql, (CAT, DOG)))
    assert problems == []
    assert [(d.label, d.split, d.name) for d in drafts.values()] == [
        ("b", "test", "x/1.jpg"),
        ("a", "test", "x/1.jpg"),
    ]
    assert plan.classes == ("a", "b")


def test_recordings_and_several_classes_are_read_as_well(tmp_path):
    sql = "SELECT {'bytes': ?::BLOB, 'path': 'a.wav'} AS audio, 'yes' AS command, 7 AS speaker_id"
    _, drafts, _, _ = planned(tmp_path, written(tmp_path, sql, (wav(1, 0.1),)), "audio")
    assert [(d.label, d.group) for d in drafts.values()] == [("yes", "7")]
    sql = "SELECT unnest([?, ?]::BLOB[]) AS image, unnest([['sea', 'sky'], []]) AS labels"
    _, drafts, _, _ = planned(tmp_path, written(tmp_path, sql, (CAT, DOG)), several=True)
    assert [(d.labels, d.annotated) for d in drafts.values()] == [(("sea", "sky"), True), ((), True)]


def test_rows_without_bytes_name_pictures_that_came_along(tmp_path):
    sql = "SELECT unnest(['a/1.jpg', '2.jpg', '3.jpg']) AS file_name, unnest(['cat', 'dog', 'cat']) AS label"
    rows = written(tmp_path, sql)
    files = {"images/a/1.jpg": CAT, "images/2.jpg": DOG, "metadata.parquet": rows}
    choice, drafts, problems, _ = planned(tmp_path, zipped(files), name="x.zip")
    assert choice.importer.key == "parquet"
    assert {content: d.label for content, d in drafts.items()} == {CAT: "cat", DOG: "dog"}
    assert [(p.code, p.where) for p in problems] == [("image_missing", "3.jpg")]


def test_a_row_that_cannot_be_is_a_problem_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr("datasets.formats.readers.parquet.MAX_BYTES", len(CAT) + 10)
    sql = """SELECT unnest([NULL, ?, ''::BLOB, repeat('x', 9000)::BLOB]) AS image,
        unnest([{'bbox': [1, 2, 3]}, {'bbox': [1, 2, 3]}, NULL, NULL]) AS o, unnest(['a', 'a', 'b', 'c']) AS label"""
    monkeypatch.setattr("datasets.formats.readers.parquet.MAX_BYTES", 8_000)
    _, drafts, problems, _ = planned(tmp_path, written(tmp_path, sql, (CAT,)))
    assert list(drafts) == [CAT]
    assert [(p.code, p.where) for p in problems] == [
        ("image_row_unreadable", "rows.parquet#1"),
        ("image_row_unreadable", "rows.parquet#3"),
        ("file_too_large", "rows.parquet#4"),
    ]


def test_a_picture_said_a_million_times_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "FREE_BYTES", 1 << 20)
    sql = "SELECT repeat('x', 20000)::BLOB AS image, 'a' AS label FROM range(20000)"
    content = written(tmp_path, sql)
    assert len(content) < 100_000
    _, _, problems, plan = planned(tmp_path, content)
    assert [p.code for p in problems] == ["file_too_large"]
    assert plan.spool.size_bytes <= limits.FREE_BYTES + 20_000


@pytest.mark.parametrize("cut", [4, 300, -1])
def test_what_breaks_off_is_refused_in_words(tmp_path, cut):
    content = written(tmp_path, "SELECT ?::BLOB AS image", (CAT,))
    for name, sent in (("rows.parquet", content[:cut]), ("x.zip", zipped({"rows.parquet": content[:cut]}))):
        with pytest.raises(FormatMismatch):
            planned(tmp_path, sent, name=name)
        with pytest.raises(FormatMismatch, match="damaged"):
            planned(tmp_path, sent, name=name, wanted="parquet")


def test_a_damaged_file_costs_its_rows_and_no_others(tmp_path):
    good = written(tmp_path, "SELECT ?::BLOB AS image, 'a' AS label", (CAT,))
    files = {"1.parquet": good[:200] + b"\xff" * 3_000 + good[3_200:], "2.parquet": good}
    _, drafts, problems, _ = planned(tmp_path, zipped(files), name="x.zip", wanted="parquet")
    assert CAT in drafts
    assert {p.code for p in problems} <= {"annotation_unreadable"}


@settings(max_examples=6, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_damage_anywhere_never_raises_anything_else(tmp_path, data):
    content = bytearray(written(tmp_path, "SELECT ?::BLOB AS image, 'a' AS label, [1, 2] AS labels", (CAT,)))
    first = max(0, len(content) - 900) if data.draw(st.booleans()) else 0
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(first, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(FormatMismatch):
        planned(tmp_path, bytes(content), data.draw(st.sampled_from(["image", "text"])), wanted="parquet")


def test_a_table_without_media_is_no_set_of_pictures(tmp_path):
    with pytest.raises(FormatMismatch):
        planned(tmp_path, written(tmp_path, "SELECT 1 AS a, 'x' AS label"))
    with pytest.raises(FormatMismatch):
        planned(tmp_path, written(tmp_path, "SELECT 1 AS a, 2 AS label"), "text", wanted="parquet")


class Killed(Exception):
    """In place of kill -9: nothing is put in order behind it."""


def test_an_export_goes_on_behind_the_last_whole_file(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet.ParquetWriter, "rows", {"image": 2})
    samples = [sample(i, ("train", "val")[i == 3], label=i) for i in range(7)]
    whole = box_export("parquet", CLASSES, samples)

    def attempt(limit):
        reads = []

        def read(sha256):
            if len(reads) == limit:
                raise Killed
            reads.append(sha256)
            return BLOBS[sha256]

        with ArchiveParts(tmp_path / "parts") as out:
            sink = ZipSink(out)
            header = ManifestHeader("image", CLASSES, parquet_schema(), {})
            WRITERS["parquet"].write(header, samples, sink, read)
            sink.close()
            return b"".join(path.read_bytes() for path in out.whole()), len(reads)

    monkeypatch.setattr("datasets.formats.writers.parts.PART_BYTES", 1)
    with pytest.raises(Killed):
        attempt(5)
    content, read = attempt(99)
    assert content == whole
    assert read == 3  # two files of two rows were whole
    with zipfile.ZipFile(saved(tmp_path, content)) as archive:
        assert archive.namelist() == [
            *(f"data/train-0000{i}.parquet" for i in range(3)),
            "data/val-00000.parquet",
        ]


def parquet_schema():
    from tests.datasets.formats.test_every_format import SCHEMA

    return SCHEMA


_FLAT = """
import io, os, resource, sys
from pathlib import Path
from datasets.formats.writers.base import CLASSES, ZipSink
from datasets.formats.writers.parquet import ParquetWriter
from datasets.formats.registry import format_detected
from datasets.formats.archive import open_tree
from datasets.manifest import ManifestClass, ManifestHeader, ManifestSample
folder, count = Path(sys.argv[1]), int(sys.argv[2])
rows = [ManifestSample(str(i), f"{i:064x}", f"{i}.jpg", "image/jpeg", 8, 8, "train", "", 0) for i in range(count)]
with (folder / "x.zip").open("wb") as out:
    sink = ZipSink(out)
    ParquetWriter().write(ManifestHeader("image", CLASSES, (ManifestClass("a", 0, "a"),), {}), rows, sink,
                          lambda sha: os.urandom(400_000))
    sink.close()
tree = open_tree(folder / "x.zip", "x.zip", folder)
plan = format_detected(tree, "auto").plan(tree)
assert sum(len(plan.content_of(d, tree, 1 << 30)) for d in plan.items) == 400_000 * count
# Not `ru_maxrss` of itself: that begins with what the process had that started it.
own = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) >> 10
print(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10)
"""


def test_memory_is_bounded_by_a_file_of_the_export_and_a_window_of_the_import(tmp_path):
    command = [sys.executable, "-c", _FLAT, str(tmp_path), "180"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    own, child = map(int, answer.stdout.split())
    assert max(own, child) < 450
