"""Annotation files through the whole import: decoded, checked against the picture, written as rows."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from datasets.formats.limits import ArchiveRefused
from datasets.formats.registry import IMPORTERS, WRITERS
from datasets.formats.writers.shapes import fitted
from datasets.models import Sample, Shape
from tests.datasets.conftest import worked
from tests.datasets.formats.test_hostile_annotations import LAUGHS, voc_of
from tests.datasets.pictures import picture

WORDS = Path(__file__).resolve().parents[2] / "frontend" / "src" / "i18n"


def corners():
    return [
        tuple(row)
        for row in Shape.objects.order_by("sample__name", "position").values_list("x", "y", "w", "h")
    ]


def sideways():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


@pytest.mark.django_db(transaction=True)
def test_relative_boxes_become_pixels_of_the_picture_that_was_decoded(make_dataset, run_import):
    files = {
        "images/train/a.jpg": picture(1),
        "images/val/b.jpg": picture(2, exif=sideways()),
        "images/val/c.jpg": picture(3),
        "labels/train/a.txt": b"0 0.5 0.5 0.25 0.5\n",
        "labels/val/b.txt": b"1 0.25 0.25 0.5 0.5\n",
        "labels/val/c.txt": b"",
        "data.yaml": "names: [cat, 狗]\n".encode("gbk"),
    }
    result = run_import(make_dataset("object_detection"), files).result
    assert (result["format"], result["classes"], result["problems"]) == ("yolo", ["cat", "狗"], {})
    # The second is stored 64 x 48 and turned upright to 48 x 64.
    assert corners() == [(24, 12, 16, 24), (0, 0, 24, 32)]
    assert list(Sample.objects.order_by("name").values_list("split", "state")) == [
        ("train", "labeled"),
        ("val", "labeled"),
        ("val", "labeled"),
    ]


@pytest.mark.django_db(transaction=True)
def test_notices_are_counted_and_stop_nothing(make_dataset, run_import):
    shapes = [{"label": "a", "shape_type": "polygon", "points": [[1, 1], [9, 1], [5, 6]]}] * 3
    document = {"shapes": shapes, "imagePath": "1.jpg", "imageWidth": 64, "imageHeight": 48}
    files = {"1.jpg": picture(1), "1.json": json.dumps(document).encode()}
    job = run_import(make_dataset("object_detection"), files, on_problem="abort")
    assert (job.state, job.result["problems"], job.result["skipped"]) == (
        "succeeded",
        {"geometry_reduced": 3},
        0,
    )
    assert corners() == [(1, 1, 8, 5)] * 3


@pytest.mark.django_db(transaction=True)
def test_a_fault_among_notices_stops_an_import_that_was_to_stop(make_dataset, run_import):
    hard = voc_of("9").replace("<bndbox>", "<difficult>1</difficult><bndbox>")
    files = {"1.jpg": picture(1), "1.xml": hard.encode(), "2.jpg": picture(2)}
    files["2.xml"] = voc_of("9", head=LAUGHS).encode()
    job = run_import(make_dataset("object_detection"), files, on_problem="abort")
    assert (job.state, job.error_code) == ("failed", "import_aborted")
    assert "entities" in job.error_detail
    assert "2.xml" in job.error_detail
    assert "skipped" in job.error_detail
    assert not Sample.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_damaged_annotation_file_fails_the_job_with_its_name_and_a_remedy(make_dataset, run_import):
    files = {"1.jpg": picture(1), "sets/instances_train.json": b'{"images": [{}], "annotations": [{'}
    job = run_import(make_dataset("object_detection"), files)
    assert (job.state, job.error_code) == ("failed", "format_mismatch")
    assert "sets/instances_train.json" in job.error_detail
    assert "export that file again" in job.error_detail


@pytest.mark.django_db(transaction=True)
def test_an_archive_found_damaged_by_the_job_is_named_with_a_remedy(make_dataset, submit, monkeypatch):
    def refuse(*_args):
        raise ArchiveRefused("archive_damaged", "the ZIP is incomplete or damaged; pack or upload it again")

    job = submit(make_dataset(), {"1.jpg": picture(1)})
    monkeypatch.setattr("datasets.services.import_source.open_tree", refuse)
    ended = worked(job)
    assert (ended.state, ended.error_code) == ("failed", "archive_damaged")
    assert ended.error_detail == "upload.zip: the ZIP is incomplete or damaged; pack or upload it again"


@pytest.mark.django_db(transaction=True)
def test_files_nobody_understood_are_told_and_stop_no_import(make_dataset, run_import):
    files = {"1.jpg": picture(1), "notes.json": b"{}", "more.xml": b"<a/>"}
    job = run_import(make_dataset(), files, on_problem="abort")
    assert (job.state, job.result["skipped"]) == ("succeeded", 0)
    assert job.result["problems"] == {"annotations_not_understood": 2}
    assert "notes.json" in job.result["problem_samples"][0]["where"]


@pytest.mark.django_db(transaction=True)
def test_boxes_of_a_classified_set_give_the_class_and_say_when_there_are_several(make_dataset, run_import):
    files = {"1.jpg": picture(1), "1.xml": voc_of("9", "cat").encode(), "2.jpg": picture(2)}
    twice = (
        voc_of("9", "cat", "2.jpg").replace("</annotation>", "")
        + voc_of("9", "dog").partition("</filename>")[2]
    )
    files["2.xml"] = twice.encode()
    result = run_import(make_dataset(), files).result
    assert (result["created"], result["annotated"], result["problems"]) == (2, 1, {"several_classes": 1})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_format_and_every_problem_has_words_in_both_languages(language):
    imports = (WORDS / language / "imports.ts").read_text("utf-8")
    versions = (WORDS / language / "versions.ts").read_text("utf-8")
    for key in IMPORTERS:
        assert all(f"  {prefix}_{key}:" in imports for prefix in ("format", "formatHelp", "because"))
    for key in WRITERS:
        assert all(f"  {prefix}_{key}:" in versions for prefix in ("format", "formatText"))
    source = "".join(
        path.read_text("utf-8")
        for path in Path(IMPORTERS["coco"].sniff.__code__.co_filename).parents[1].rglob("*.py")
    )
    named = set(re.findall(r'(?:fault|notice|Problem)\(\s*"([a-z_]+)"', source))
    named |= {"box_outside", "mask_size", "shape_unsupported", "geometry_reduced"}
    assert len(named) > 15
    told = set(re.findall(r'\.tell\(\s*"([a-z_]+)"', source))
    told |= set(
        re.findall(r', "([a-z]+_[a-z_]+)"\)?$', Path(fitted.__code__.co_filename).read_text("utf-8"), re.M)
    )
    assert len(told) > 7
    assert {code for code in told if f"  told_{code}:" not in versions} == set()
    assert {code for code in named if f"  problem_{code}:" not in imports} == set()
