"""The labeled samples that are most like one say what it is: a source of pre-labels without a model."""

import pytest
from django.db import transaction

from core.jobs import dispatch
from datasets.models import Sample
from labeling.models import Prelabel
from tests.labeling.test_active import NAMES, vectors_keep
from tests.labeling.test_prelabels import ask, done, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)


@pytest.fixture
def alike(lasting_world):
    """Thirty samples of three classes one can tell apart; the first six are labeled."""
    world = lasting_world(samples=30)
    world.rows = list(world.dataset.samples.order_by("name"))
    with transaction.atomic():
        vectors_keep(world)
    world.campaign()
    return world


def label(world, count):
    for place, row in enumerate(world.rows[:count]):
        label_as(world, row, NAMES[place % 3])


def label_as(world, row, name):
    Sample.objects.filter(pk=row.pk).update(state="labeled", label_class=world.classes[name])


def asked(world):
    return next(model for model in told(world)["models"] if model["model"] == "neighbors")


def test_each_gets_the_class_of_those_that_are_like_it(alike):
    label(alike, 6)
    assert asked(alike)["ready"]
    run = done(alike, "neighbors", {}, threshold=0.5)
    assert (run["title"], run["model"], run["samples"], run["mapping"]) == (
        "Similar samples",
        "neighbors",
        24,
        {},
    )
    place = {row.pk: at for at, row in enumerate(alike.rows)}
    for row in Prelabel.objects.all():
        (shape,) = row.shapes
        assert shape["label"] == str(alike.classes[NAMES[place[row.sample_id] % 3]].pk)
        assert shape["source"] == "model"
        assert 0.5 <= shape["score"] <= 1


def test_what_resembles_nothing_enough_stays_open(alike):
    label(alike, 3)
    done(alike, "neighbors", {}, threshold=1)
    assert Prelabel.objects.count() == 27
    assert not any(row.shapes for row in Prelabel.objects.all())


def test_it_says_what_is_missing(alike):
    assert not asked(alike)["ready"]
    answer = ask(alike, "neighbors", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "neighbors_missing")
    label(alike, 3)
    answer = ask(alike, "neighbors", {"x": "cat"})
    assert (answer.status_code, list(answer.json()["params"]["fields"])) == (422, ["mapping"])


def test_boxes_have_no_neighbors(lasting_world):
    boxes = lasting_world("object_detection", samples=2)
    boxes.campaign()
    assert "neighbors" not in [model["model"] for model in told(boxes)["models"]]
    answer = ask(boxes, "neighbors", {})
    assert (answer.status_code, list(answer.json()["params"]["fields"])) == (422, ["model"])


def test_a_known_sample_does_not_vote_for_itself(alike):
    """What is known and hidden would be told to whoever has to answer it."""
    label(alike, 7)
    label_as(alike, alike.rows[0], "dog")
    alike.round.gold_rate = 0.5
    alike.round.save()
    alike.round.items.filter(sample__in=[row.pk for row in alike.rows[1:7]]).delete()
    done(alike, "neighbors", {}, threshold=0.1)
    (shape,) = Prelabel.objects.get(sample=alike.rows[0]).shapes
    assert shape["label"] == str(alike.classes["cat"].pk)
