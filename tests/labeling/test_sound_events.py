"""Campaigns over recordings whose answers are regions: what is kept, refused, agreed on and known."""

import uuid

import pytest

from datasets.models import Sample, Shape
from labeling.consensus.decide import Answer, Rule, decide
from labeling.consensus.matching import counts_by_class
from labeling.consensus.overlap import shape_iou
from labeling.geometry.shapes import Shape as Said
from labeling.models import Consensus
from labeling.selectors.classes import relabeled
from labeling.tasks import settle
from tests.labeling.conftest import SOUND

pytestmark = pytest.mark.django_db

LASTS = SOUND["duration_s"]


@pytest.fixture
def heard(make_world):
    """A campaign of one recording."""
    world = make_world("audio_events", samples=1)
    world.campaign()
    return world


def test_regions_may_overlap_and_are_kept_to_the_millisecond(heard):
    anna = heard.as_("anna")
    item = anna.item()
    assert item["sample"]["payload"]["duration_s"] == LASTS
    regions = [heard.region(0, 1), heard.region(0.25, LASTS, "dog"), heard.region(0.1234, 0.9996, "eel")]
    saved = anna.save(item["id"], regions)
    assert saved.status_code == 200, saved.content
    kept = Shape.objects.filter(sample_id=item["sample"]["id"]).order_by("position")
    assert [(s.kind, s.geometry["start"], s.geometry["end"], s.label_class.name) for s in kept] == [
        ("region", 0.0, 1.0, "cat"),
        ("region", 0.25, LASTS, "dog"),
        ("region", 0.123, 1.0, "eel"),
    ]
    assert Sample.objects.get().state == "labeled"
    read = anna.http.get(f"/api/v1/annotations/{saved.json()['id']}/").json()
    assert [(s["start"], s["end"]) for s in read["shapes"]] == [(0.0, 1.0), (0.25, LASTS), (0.123, 1.0)]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        *((1, 1), (0.5, 0.25), (0.1, 0.1004), (-0.1, 1), (0, LASTS + 0.001)),
        *(("0", 1), (None, 1), (True, 1), (0, 1e300), (0, [1])),
    ],
)
def test_a_region_that_is_none_is_refused_and_nothing_is_written(heard, start, end):
    anna = heard.as_("anna")
    answer = anna.save(anna.item()["id"], [heard.region(start, end)])
    assert (answer.status_code, answer.json()["code"]) == (422, "shape_refused")
    assert not Shape.objects.exists()


def test_the_same_region_is_not_said_twice_and_a_class_or_span_is_none(heard):
    anna = heard.as_("anna")
    item = anna.item()["id"]
    # To the millisecond these are one.
    assert anna.save(item, [heard.region(0, 0.5), heard.region(0, 0.5001)]).status_code == 422
    assert anna.save(item, [heard.mark("cat")]).status_code == 422
    assert anna.save(item, [heard.span(0, 1)]).status_code == 422
    assert anna.save(item, []).status_code == 200
    assert Sample.objects.get().state == "labeled"


def test_what_a_class_asks_is_answered_beside_its_region(make_world):
    world = make_world("audio_events", samples=1)
    row = world.classes["cat"]
    row.attributes = [{"name": "transcript", "kind": "text", "required": True}]
    row.save()
    world.campaign()
    ann = world.as_("ann")
    item, region = ann.item(), world.region(0.5, 1.25)
    assert ann.save(item["id"], [region]).json()["code"] == "attribute_missing"
    said = {"transcript": "第一句。\nhello"}
    assert ann.save(item["id"], [{**region, "attributes": said}]).status_code == 200
    assert Shape.objects.get().geometry == {"start": 0.5, "end": 1.25, "attributes": said}


def test_people_agree_on_regions_that_overlap_and_each_end_is_the_middle_one(make_world):
    world = make_world("audio_events", samples=1)
    world.campaign(overlap=3, consensus="majority")
    said = {"ann": [(0, 1), (1.5, 2)], "ben": [(0.1, 1.1), (1.5, 2)], "cat": [(0.02, 0.96), (1.2, 1.3)]}
    for name, regions in said.items():
        person = world.as_(name)
        assert person.save(person.item()["id"], [world.region(*one) for one in regions]).status_code == 200
    settle()
    assert Consensus.objects.get().state == "agreed"
    kept = Shape.objects.order_by("position").values_list("geometry__start", "geometry__end")
    assert list(kept) == [(0.02, 1.0), (1.5, 2.0)]


def _region(label: str, start: float, end: float) -> Said:
    return Said(str(uuid.uuid4()), "region", label, span=(start, end))


@pytest.mark.parametrize(
    ("one", "other", "iou"),
    [
        ((0.0, 1.0), (0.0, 1.0), 1.0),
        ((0.0, 1.0), (0.5, 1.5), 1 / 3),
        ((0.0, 0.02), (0.01, 0.02), 0.5),
        ((0.0, 1.0), (1.0, 2.0), 0.0),
        ((0.0, 1800.0), (900.0, 901.0), 1 / 1800),
    ],
)
def test_regions_cover_one_another_as_intervals_do(one, other, iou):
    assert shape_iou(_region("x", *one), _region("x", *other)) == pytest.approx(iou)


@pytest.mark.parametrize(("end", "is_agreed"), [(0.5, True), (0.499, False)])
def test_half_of_what_both_cover_is_enough(end, is_agreed):
    answers = [Answer("a", [_region("x", 0, 1)]), Answer("b", [_region("x", 0, end)])]
    assert decide("audio_events", answers, Rule()).is_agreed is is_agreed


def test_regions_of_two_classes_at_one_place_are_a_conflict():
    answers = [Answer("a", [_region("x", 0, 1)]), Answer("b", [_region("y", 0, 1)])]
    assert decide("audio_events", answers, Rule()).reason == "objects"


def test_known_regions_are_found_by_what_they_cover():
    known = [_region("x", 0, 1), _region("x", 2, 3), _region("y", 2, 3)]
    counts = counts_by_class(known, [_region("x", 0.2, 1), _region("x", 2.9, 4), _region("y", 2, 2.6)])
    assert {label: (n.both, n.left_only, n.right_only) for label, n in counts.items()} == {
        "x": (1, 1, 1),
        "y": (1, 0, 0),
    }


def test_regions_of_classes_that_became_one_are_said_once(make_world):
    world = make_world("audio_events", samples=1)
    cat, dog = world.classes["cat"], world.classes["dog"]
    dog.deleted_at, dog.merged_into = world.dataset.created_at, cat
    dog.save()
    shapes = [world.region(0, 1), world.region(0, 1, "dog"), world.region(0, 0.9, "dog")]
    shapes[1]["attributes"] = {"transcript": "hello"}
    found = relabeled(world.dataset, shapes)
    assert [(s["label"], s["end"], s.get("attributes")) for s in found] == [
        (str(cat.pk), 1, {"transcript": "hello"}),
        (str(cat.pk), 0.9, None),
    ]
