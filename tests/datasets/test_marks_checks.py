"""Suspicious marks of every kind and task: planted ones are found, ordinary ones are let be."""

import pytest

from datasets.geometry import Form
from datasets.geometry.rings import corners_turned
from datasets.geometry.rle import rle_of
from datasets.models import Sample, Shape
from datasets.services import quality_boxes
from tests.datasets.quality.scenes import SIZE, encoded, scene

pytestmark = pytest.mark.django_db(transaction=True)

CLEAN = 40
WIDE, TALL = SIZE
CODES = ("boxes_outside", "boxes_tiny", "boxes_twice", "boxes_overlap")
KINDS = (
    ("object_detection", "box"),
    ("object_detection", "rotated_box"),
    ("instance_segmentation", "polygon"),
    ("semantic_segmentation", "mask"),
    ("keypoints", "keypoints"),
)


def form_in(kind, x, y, w, h):
    """A form of this kind whose box is that one; masks are cut to the picture."""
    corners = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    if kind == "keypoints":
        return Form(kind, tuple((*corner, 2) for corner in corners))
    if kind == "rotated_box":
        return Form(kind, (x, y, w, h, 0.0))
    polygon = Form("polygon", (corners,))
    return polygon if kind == "polygon" else Form("mask", rle_of(polygon.mask(WIDE, TALL)))


@pytest.fixture
def marked(make_dataset, run_import):
    """A data set of pictures that nobody marked, and how to mark one of them."""

    def make(task, count):
        dataset = make_dataset(task=task, name=task, classes=[{"name": "cat"}, {"name": "dog"}])
        run_import(dataset, {f"{i}.jpg": encoded(scene(i)) for i in range(count)})
        samples = {sample.name: sample for sample in Sample.objects.filter(dataset=dataset)}
        classes = list(dataset.classes.order_by("index"))

        def mark(number, kind, box, *, label=0, form=None):
            sample = samples[f"{number}.jpg"]
            form = form or (None if kind == "box" else form_in(kind, *box))
            Shape.objects.create(
                sample=sample,
                dataset=dataset,
                label_class=classes[label],
                kind=kind,
                position=sample.shapes.count(),
                **dict(zip("xywh", box, strict=True)),
                geometry=None if form is None else form.to_json(),
            )
            Sample.objects.filter(pk=sample.pk).update(state="labeled")

        return dataset, mark

    return make


@pytest.mark.parametrize(("task", "kind"), KINDS)
def test_each_fault_is_found_by_the_box_of_every_shape(marked, check, findings, names, task, kind):
    dataset, mark = marked(task, CLEAN + 5)
    for i in range(CLEAN):
        mark(i, kind, (10 + i, 20 + i, 60 + i % 7, 50 + i % 5))
        mark(i, kind, (120 + i, 90 + i % 30, 40 + i % 9, 30 + i % 6), label=1)
    faults = {code: f"{CLEAN + n}.jpg" for n, code in enumerate(CODES)}
    mark(CLEAN, kind, (WIDE - 30, 40, 60, 50))
    mark(CLEAN + 1, kind, (15, 15, 2, 1 if kind == "keypoints" else 40))
    for label, number in ((0, CLEAN + 2), (1, CLEAN + 3)):
        mark(number, kind, (30, 30, 90, 80))
        mark(number, kind, (30, 30, 90, 81), label=label)
    assert check(dataset).state == "succeeded"
    found = findings(dataset)
    assert {code: names(found[code]) for code in CODES} == {code: {name} for code, name in faults.items()}
    assert all(found[code]["params"] == {"boxes": 1} for code in CODES)
    assert not {"boxes_huge", "boxes_none"} & set(found)


def test_areas_that_share_only_their_box_are_fine(marked, check, findings):
    dataset, mark = marked("instance_segmentation", 20)
    for i in range(20):
        mark(i, "polygon", (10 + i, 20 + i, 60, 50))
    low = ((10.0, 10.0), (110.0, 110.0), (10.0, 110.0))
    high = ((10.0, 10.0), (110.0, 10.0), (110.0, 110.0))
    for label, ring in enumerate((low, high)):
        mark(0, "polygon", (10, 10, 100, 100), label=label, form=Form("polygon", (ring,)))
        mark(1, "polygon", (10, 10, 100, 100), form=Form("polygon", (ring,)))
    assert check(dataset).state == "succeeded"
    assert not {"boxes_twice", "boxes_overlap"} & set(findings(dataset))


def test_two_turned_boxes_of_one_upright_box_may_cross(marked, check, findings):
    dataset, mark = marked("object_detection", 20)
    for i in range(20):
        mark(i, "box", (10 + i, 20 + i, 60, 50))
    for angle in (30.0, -30.0):
        turned = (60.0, 80.0, 100.0, 20.0, angle)
        box = Form("polygon", (corners_turned(*turned),)).bounds()
        mark(0, "rotated_box", box, form=Form("rotated_box", turned))
    assert check(dataset).state == "succeeded"
    assert "boxes_twice" not in findings(dataset)


def test_a_picture_with_marks_of_any_kind_is_not_empty(marked, check, findings, names):
    dataset, mark = marked("keypoints", 3)
    mark(0, "keypoints", (20, 20, 60, 50))
    mark(1, "box", (20, 20, 60, 50))
    Sample.objects.filter(name="2.jpg").update(state="labeled")
    assert check(dataset).state == "succeeded"
    assert names(findings(dataset)["boxes_none"]) == {"2.jpg"}


def test_marks_that_go_while_the_checks_run_are_no_fault(marked, check, findings, monkeypatch):
    dataset, mark = marked("instance_segmentation", 20)
    for i in range(20):
        mark(i, "polygon", (10 + i, 20 + i, 60, 50))
    mark(0, "polygon", (10, 20, 60, 50))
    read = quality_boxes._read

    def meanwhile(*args):
        answer = read(*args)
        Shape.objects.filter(sample__name="0.jpg", position=1).delete()
        return answer

    monkeypatch.setattr(quality_boxes, "_read", meanwhile)
    assert check(dataset).state == "succeeded"
    assert "boxes_twice" not in findings(dataset)
