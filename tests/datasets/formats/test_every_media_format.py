"""The same contract for recordings, and for pictures of several classes: recognized, and back equal."""

import io
import json

import pytest

from datasets.formats.archive import open_tree
from datasets.formats.base import Draft, Problem, Reading
from datasets.formats.registry import format_detected, importers_of, writers_of
from datasets.formats.writers.base import SEVERAL, SOUND_CLASSES, SOUND_EVENTS, ZipSink
from datasets.manifest import ManifestClass, ManifestHeader, ManifestRegion, ManifestSample
from tests.datasets.formats.test_every_format import KEEPS_GROUPS, NAMES
from tests.datasets.pictures import picture, saved, zipped
from tests.datasets.sounds import encoded, tone, wav

SCHEMA = tuple(ManifestClass(f"id{i}", i, name) for i, name in enumerate(NAMES))
SPLITS = ("train", "val", "test")
TYPES = ("audio/wav", "audio/flac", "audio/ogg", "audio/mpeg")
FORMATS = ("WAV", "FLAC", "OGG", "MP3")
SOUNDS = {f"{i:064x}": encoded(tone(i, 0.1), FORMATS[i % 4]) for i in range(9)}
PICTURES = {f"{i:064x}": picture(i, (64, 48)) for i in range(9)}
AUDIO = sorted(writers_of("audio"))
TAGGING = sorted(key for key, writer in writers_of("image").items() if SEVERAL in writer.tasks)
HEARD = sorted(key for key, writer in writers_of("audio").items() if SOUND_CLASSES in writer.tasks)
EVENTS = sorted(key for key, writer in writers_of("audio").items() if SOUND_EVENTS in writer.tasks)
CASES = [("audio", SOUND_CLASSES, key) for key in HEARD] + [("image", SEVERAL, key) for key in TAGGING]


def samples(modality, key):
    # A folder cannot be called everything a class can be.
    known = (0, 1) if key == "folder_per_class" else range(len(NAMES))
    for i in range(9):
        label = known[i % len(known)]
        several = tuple(sorted({label, known[(i * 3 + 1) % len(known)]})) if modality == "image" else ()
        name = f"深/声 {i % 3}, x.{'wav' if modality == 'audio' else 'jpg'}"
        media = TYPES[i % 4] if modality == "audio" else "image/jpeg"
        yield ManifestSample(
            f"s{i:03}", f"{i:064x}", name, media, 64, 48, SPLITS[i % 3], f"g{i % 2}", label, (), several
        )


def exported(modality, task, key, rows):
    out = io.BytesIO()
    sink = ZipSink(out)
    blobs = SOUNDS if modality == "audio" else PICTURES
    header = ManifestHeader(modality, task, SCHEMA, {})
    writers_of(modality)[key].write(header, rows, sink, blobs.__getitem__)
    sink.close()
    return out.getvalue()


def read_back(folder, modality, content, wanted="auto"):
    tree = open_tree(saved(folder, content), "x.zip", folder, modality)
    choice = format_detected(tree, wanted, modality, Reading(several=modality == "image"))
    plan = choice.plan(tree)
    drafts = {plan.content_of(d, tree, 1 << 30): d for d in plan.items if isinstance(d, Draft)}
    return choice, plan, drafts


def test_every_writer_of_recordings_has_its_reader():
    assert set(AUDIO) <= set(importers_of("audio"))
    assert (len(HEARD), EVENTS) == (4, ["audacity", "jsonl"])
    assert {"csv", "jsonl", "datumaro", "label_studio"} <= set(TAGGING)


@pytest.mark.parametrize(("modality", "task", "key"), CASES)
def test_an_export_is_recognized_and_comes_back_equal(tmp_path, modality, task, key):
    rows = list(samples(modality, key))
    choice, plan, drafts = read_back(tmp_path, modality, exported(modality, task, key, rows))
    assert (choice.importer.key, choice.also) == (key, ())
    assert [item for item in plan.items if isinstance(item, Problem)] == []
    assert len(drafts) == len(rows)
    for truth in rows:
        draft = drafts[(SOUNDS if modality == "audio" else PICTURES)[truth.sha256]]
        wanted = truth.labels or (truth.label,)
        got = draft.labels or (draft.label,)
        assert (set(got), draft.split) == ({NAMES[label] for label in wanted}, truth.split)
        assert draft.annotated
        assert draft.group == (truth.group if key in KEEPS_GROUPS else "")


@pytest.mark.parametrize(("modality", "task", "key"), CASES)
def test_equal_versions_give_equal_archives(modality, task, key):
    rows = list(samples(modality, key))
    assert exported(modality, task, key, rows) == exported(modality, task, key, rows)


SAID = (("said", "hello, 世界\tthere"), ("speaker", "2"))


def marked(key):
    """Recordings with regions that overlap, touch both ends, have hardly any length, or that are none."""
    for i in range(9):
        first = i % len(NAMES)
        more = SAID if key == "jsonl" and i % 2 else ()
        regions = (
            ManifestRegion(first, 0.0, 0.1, more),
            ManifestRegion((first + 1) % len(NAMES), 0.0, 0.1),
            ManifestRegion(first, 0.033, 0.034),
        )
        yield ManifestSample(
            f"s{i:03}", f"{i:064x}", f"深/声 {i % 3}, x.wav", TYPES[i % 4], 0, 0, SPLITS[i % 3], f"g{i % 2}",
            regions=regions[: i % 4],
        )  # fmt: skip


@pytest.mark.parametrize("key", EVENTS)
def test_regions_are_recognized_and_come_back_equal(tmp_path, key):
    rows = list(marked(key))
    choice, plan, drafts = read_back(tmp_path, "audio", exported("audio", SOUND_EVENTS, key, rows))
    assert (choice.importer.key, choice.also) == (key, ())
    assert [item for item in plan.items if isinstance(item, Problem)] == []
    assert set(plan.classes) >= set(NAMES)
    for truth in rows:
        draft = drafts[SOUNDS[truth.sha256]]
        wanted = [(NAMES[one.label], one.start, one.end, one.attributes) for one in truth.regions]
        assert [(one.label, one.start, one.end, one.attributes) for one in draft.regions] == wanted
        assert (draft.split, draft.annotated, draft.label) == (truth.split, True, None)
        assert draft.group == (truth.group if key in KEEPS_GROUPS else "")


@pytest.mark.parametrize("key", EVENTS)
def test_equal_regions_give_equal_archives(key):
    rows = list(marked(key))
    assert exported("audio", SOUND_EVENTS, key, rows) == exported("audio", SOUND_EVENTS, key, rows)


def test_a_label_track_of_audacity_is_read_as_it_is_written_there(tmp_path):
    track = (
        "0.000000\t0.033000\tsiren\r\n"
        "\\\t100.000000\t2000.000000\r\n"
        "0,01\t0,05\tdog barks, twice\r\n"
        "\r\n"
        "0.050000\t0.060000\t\r\n"
        "0.070000\t0.070000\ta point\r\n"
    )
    files = {
        "night/1.wav": wav(1, 0.1),
        "night/1.txt": b"\xef\xbb\xbf" + track.encode(),
        "night/2.wav": wav(2, 0.1),
        "night/2.txt": b"",
        "night/3.wav": wav(3, 0.1),
        "readme.txt": b"recorded at night",
    }
    choice, plan, drafts = read_back(tmp_path, "audio", zipped(files))
    assert choice.importer.key == "audacity"
    found = {d.name: (d.annotated, [(r.label, r.start, r.end) for r in d.regions]) for d in drafts.values()}
    assert found == {
        "night/1.wav": (True, [("siren", 0.0, 0.033), ("dog barks, twice", 0.01, 0.05)]),
        "night/2.wav": (True, []),
        "night/3.wav": (False, []),
    }
    problems = {(item.code, item.where) for item in plan.items if isinstance(item, Problem)}
    assert problems == {("category_unknown", "night/1.txt:5"), ("region_invalid", "night/1.txt:6")}


HOSTILE = {
    "numbers": b"nan\tinf\tx\n1e9\t2e9\tx\n-1\t2\tx\n1_0\t2_0\tx\n5\t1\tx\n" + b"9" * 400 + b"\t1\tx\n",
    "bytes": bytes(range(256)) * 40,
    "no_tabs": b"0.0 1.0 dog\n" * 50,
    "one_line": b"0\t1\t" + b"x" * (1 << 20),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_label_track_marks_nothing_it_should_not(tmp_path, name):
    files = {"1.wav": wav(1, 0.1), "1.txt": HOSTILE[name], "2.wav": wav(2, 0.1), "2.txt": b"0\t0.05\tdog\n"}
    _, plan, drafts = read_back(tmp_path, "audio", zipped(files), wanted="audacity")
    by_name = {d.name: d for d in drafts.values()}
    assert [(r.label, r.end) for r in by_name["2.wav"].regions] == [("dog", 0.05)]
    assert all(len(r.label) <= 100 for r in by_name["1.wav"].regions)
    if name != "one_line":
        assert not by_name["1.wav"].regions
        assert not by_name["1.wav"].annotated
        assert {item.code for item in plan.items if isinstance(item, Problem)} <= {
            "region_invalid", "annotation_unreadable"
        }  # fmt: skip


def test_a_line_whose_regions_are_none_is_a_problem_of_its_own(tmp_path):
    lines = (
        b'{"path": "1.wav", "regions": [{"start": 0, "end": 0.05, "label": "dog"}, 7, {"start": "0", "end": 1, '
        b'"label": "dog"}, {"start": 0, "end": 0.02}, {"start": true, "end": 2, "label": "dog"}]}\n'
        b'{"path": "2.wav", "regions": []}\n{"path": "3.wav", "regions": {"start": 0}}\n'
    )
    files = {f"{i}.wav": wav(i, 0.1) for i in (1, 2, 3)} | {"all.jsonl": lines}
    choice, plan, drafts = read_back(tmp_path, "audio", zipped(files))
    assert choice.importer.key == "jsonl"
    found = {d.name: (d.annotated, [(r.start, r.end) for r in d.regions]) for d in drafts.values()}
    assert found == {"1.wav": (True, [(0.0, 0.05)]), "2.wav": (True, []), "3.wav": (False, [])}
    codes = sorted(item.code for item in plan.items if isinstance(item, Problem))
    assert codes == ["category_unknown", "category_unknown", "region_invalid", "region_invalid"]


def test_a_sound_keeps_the_ending_that_its_bytes_deserve(tmp_path):
    rows = [ManifestSample("s", f"{0:064x}", "a.tar", "audio/wav", 0, 0, "train", "", 0)]
    _, _, drafts = read_back(tmp_path, "audio", exported("audio", SOUND_CLASSES, "csv", rows))
    assert [draft.name for draft in drafts.values()] == ["audio/a.tar.wav"]


def test_lines_of_other_tools_are_read_and_a_bad_one_is_a_problem_of_its_own(tmp_path):
    lines = [
        '{"audio_filepath": "/data/set/clips/1.wav", "duration": 0.1, "command": "yes", "speaker": 7}',
        '{"audio_filepath": "clips/2.wav", "command": "no"}',
        "{broken",
        '{"audio_filepath": "clips/9.wav", "command": "no"}',
    ]
    files = {
        "clips/1.wav": wav(1, 0.1),
        "clips/2.wav": wav(2, 0.1),
        "manifest.jsonl": "\n".join(lines).encode(),
    }
    choice, plan, drafts = read_back(tmp_path, "audio", zipped(files))
    assert choice.importer.key == "jsonl"
    assert {(d.name, d.label, d.group) for d in drafts.values()} == {
        ("clips/1.wav", "yes", "7"),
        ("clips/2.wav", "no", ""),
    }
    assert [item.code for item in plan.items if isinstance(item, Problem)] == [
        "image_row_unreadable",
        "image_missing",
    ]


@pytest.mark.parametrize("key", ["regions", "events", "segments"])
@pytest.mark.parametrize("listed", [[], [{"id": 7, "area": 12}], [{"start": 0, "end": 1, "label": "sea"}]])
def test_what_a_line_of_pictures_says_beside_its_class_is_no_region(tmp_path, key, listed):
    lines = [
        json.dumps({"path": "1.jpg", "label": "sky", key: listed}),
        json.dumps({"path": "2.jpg", key: listed}),
    ]
    files = {f"{i}.jpg": PICTURES[f"{i:064x}"] for i in (1, 2)} | {"all.jsonl": "\n".join(lines).encode()}
    choice, plan, drafts = read_back(tmp_path, "image", zipped(files))
    assert (choice.importer.key, plan.classes) == ("jsonl", ("sky",))
    assert {d.name: (d.label, d.annotated, d.regions) for d in drafts.values()} == {
        "1.jpg": ("sky", True, ()),
        "2.jpg": (None, False, ()),
    }
    assert [item for item in plan.items if isinstance(item, Problem)] == []


def test_a_cell_may_name_several_classes_of_a_picture(tmp_path):
    files = {
        "1.jpg": PICTURES[f"{1:064x}"],
        "2.jpg": PICTURES[f"{2:064x}"],
        "3.jpg": PICTURES[f"{3:064x}"],
        "tags.csv": b"image,tags\n1.jpg,sea|sky\n2.jpg,sky\n3.jpg,\n",
    }
    _, plan, drafts = read_back(tmp_path, "image", zipped(files))
    assert {d.name: d.labels for d in drafts.values()} == {
        "1.jpg": ("sea", "sky"),
        "2.jpg": ("sky",),
        "3.jpg": (),
    }
    assert plan.classes == ("sea", "sky")
