"""Campaigns over texts and recordings: the same queue, other answers."""

import uuid

import pytest

from datasets.models import Sample, Shape
from labeling.consensus.decide import Answer, Rule, decide
from labeling.geometry.shapes import Shape as Said
from labeling.models import Consensus
from labeling.tasks import settle
from tests.labeling.conftest import CHARACTERS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("task", ["text_classification", "audio_classification"])
def test_a_text_and_a_recording_get_one_class(make_world, task):
    world = make_world(task, samples=2)
    world.campaign()
    anna = world.as_("anna")
    item = anna.item()
    assert item["sample"]["payload"].get("characters") == (CHARACTERS if task.startswith("text") else None)
    nothing = anna.save(item["id"], [])
    assert (nothing.status_code, nothing.json()["code"]) == (422, "shape_refused")
    saved = anna.save(item["id"], [world.mark("dog")])
    assert saved.status_code == 200, saved.content
    sample = Sample.objects.get(pk=item["sample"]["id"])
    assert (sample.state, sample.label_class.name) == ("labeled", "dog")


def test_spans_of_a_text_may_overlap_and_are_kept_to_the_character(make_world):
    world = make_world("ner", samples=1)
    world.campaign()
    anna = world.as_("anna")
    item = anna.item()
    spans = [world.span(0, 3, "cat"), world.span(0, 17, "dog"), world.span(0, 3, "eel")]
    saved = anna.save(item["id"], spans)
    assert saved.status_code == 200, saved.content
    kept = Shape.objects.filter(sample_id=item["sample"]["id"]).order_by("position")
    assert [(s.geometry["start"], s.geometry["end"], s.label_class.name) for s in kept] == [
        (0, 3, "cat"),
        (0, 17, "dog"),
        (0, 3, "eel"),
    ]
    read = anna.http.get(f"/api/v1/annotations/{saved.json()['id']}/").json()
    assert [(s["start"], s["end"]) for s in read["shapes"]] == [(0, 3), (0, 17), (0, 3)]


def test_no_span_is_an_answer(make_world):
    world = make_world("ner", samples=1)
    world.campaign()
    anna = world.as_("anna")
    assert anna.save(anna.item()["id"], []).status_code == 200
    assert Sample.objects.get().state == "labeled"


@pytest.mark.parametrize(
    ("start", "end"),
    [(3, 3), (5, 3), (-1, 3), (0, CHARACTERS + 1), (0.0, 3), ("0", 3), (None, 3), (True, 3), (0, 10**30)],
)
def test_a_span_that_is_none_is_refused_and_nothing_is_written(make_world, start, end):
    world = make_world("ner", samples=1)
    world.campaign()
    anna = world.as_("anna")
    answer = anna.save(anna.item()["id"], [world.span(start, end)])
    assert (answer.status_code, answer.json()["code"]) == (422, "shape_refused")
    assert not Shape.objects.exists()


def test_the_same_span_is_not_said_twice(make_world):
    world = make_world("ner", samples=1)
    world.campaign()
    anna = world.as_("anna")
    item = anna.item()
    twice = anna.save(item["id"], [world.span(0, 3), world.span(0, 3)])
    assert twice.status_code == 422
    assert anna.save(item["id"], [world.mark("cat")]).status_code == 422


def test_people_agree_on_spans_that_most_of_them_gave(make_world):
    world = make_world("ner", samples=1)
    world.campaign(overlap=3, consensus="majority")
    said = {"ann": [(0, 3), (12, 17)], "ben": [(0, 3), (12, 17)], "cat": [(0, 4), (12, 17), (20, 30)]}
    for name, spans in said.items():
        person = world.as_(name)
        assert person.save(person.item()["id"], [world.span(*span) for span in spans]).status_code == 200
    settle()
    assert Consensus.objects.get().state == "agreed"
    kept = Shape.objects.order_by("position").values_list("geometry__start", "geometry__end")
    assert list(kept) == [(0, 3), (12, 17)]


def _span(label: str, start: int, end: int) -> Said:
    return Said(str(uuid.uuid4()), "span", label, span=(start, end))


def test_two_people_who_differ_by_a_word_agree_on_what_the_first_said():
    answers = [Answer("a", [_span("x", 0, 10)]), Answer("b", [_span("x", 0, 8)])]
    outcome = decide("ner", answers, Rule())
    assert outcome.is_agreed
    assert [shape.span for shape in outcome.shapes] == [(0, 10)]


def test_spans_of_two_classes_at_one_place_are_a_conflict():
    answers = [Answer("a", [_span("x", 0, 10)]), Answer("b", [_span("y", 0, 10)])]
    assert decide("ner", answers, Rule()).reason == "objects"


def test_rows_of_tables_are_not_labeled_in_campaigns(make_world):
    world = make_world("text_classification", samples=1)
    world.dataset.task = "tabular_classification"
    world.dataset.modality = "tabular"
    world.dataset.save()
    boss = world.as_("boss", "manager")
    body = {"dataset": str(world.dataset.pk), "name": "Rows", "selection": {"filter": "all"}}
    answer = boss.http.post("/api/v1/campaigns/", body, format="json")
    assert answer.status_code == 422, answer.content


@pytest.mark.parametrize(
    ("words", "reason", "kept"),
    [
        (("on", "on", "off"), "", "on"),
        (("on", "off", "out"), "votes", "on"),
        (("on", "on", ""), "", "on"),
        (("", "", "on"), "", None),
    ],
)
def test_what_is_said_beside_a_class_is_agreed_on_too(words, reason, kept):
    label = str(uuid.uuid4())
    answers = [
        Answer(who, (Said(str(uuid.uuid4()), "class", label, attributes=(("said", word),) if word else ()),))
        for who, word in zip("abc", words, strict=True)
    ]
    outcome = decide("audio_classification", answers, Rule("majority", 0.5, 0.5))
    assert outcome.reason == reason
    assert dict(outcome.shapes[0].attributes).get("said") == kept
