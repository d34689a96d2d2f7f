"""The same contract for recordings, and for pictures of several classes: recognized, and back equal."""

import io

import pytest

from datasets.formats.archive import open_tree
from datasets.formats.audio.writers import SOUND_CLASSES
from datasets.formats.base import Draft, Problem, Reading
from datasets.formats.registry import format_detected, importers_of, writers_of
from datasets.formats.writers.base import SEVERAL, ZipSink
from datasets.manifest import ManifestClass, ManifestHeader, ManifestSample
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
CASES = [("audio", SOUND_CLASSES, key) for key in AUDIO] + [("image", SEVERAL, key) for key in TAGGING]


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
    assert len(AUDIO) == 4
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
