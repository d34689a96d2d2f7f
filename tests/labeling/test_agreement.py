"""The figures of a campaign against what a person would count, and the cells that open what is behind them."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from datasets.models import LabelClass
from labeling.tasks import settle
from tests.labeling.conftest import statements
from tests.labeling.test_consensus import answer_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(make_world):
    """Ten samples: ann and ben agree in eight of them, on cat in five and on dog in three."""
    world = make_world(samples=10)
    world.campaign(overlap=2, consensus="majority")
    answer_all(
        world,
        {
            "ann": lambda at: "cat" if at < 5 else "dog",
            "ben": lambda at: "cat" if at < 5 or at > 7 else "dog",
        },
    )
    settle()
    return world


def _agreement(world):
    answer = world.as_("rev", "reviewer").get(f"campaigns/{world.round.pk}/agreement/")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_figures_are_those_one_counts_by_hand(shown):
    body = _agreement(shown)
    figures = body["figures"]
    assert figures["observed"]["value"] == pytest.approx(0.8)
    assert figures["observed"]["low"] < 0.8 < figures["observed"]["high"]
    # 12 of 20 answers are cat: Fleiss (0.8 - 0.58) / (1 - 0.58) with shares 0.6 and 0.4 is 0.583.
    shares = (12 / 20) ** 2 + (8 / 20) ** 2
    assert figures["fleiss"]["value"] == pytest.approx((0.8 - shares) / (1 - shares))
    assert figures["krippendorff"]["value"] == pytest.approx(1 - 0.2 / (2 * 12 * 8 / (20 * 19)))
    (pair,) = body["pairs"]
    assert (pair["a"], pair["b"], pair["differing"]) == ("ann", "ben", 2)
    expected = 0.5 * 0.7 + 0.5 * 0.3
    assert pair["kappa"]["value"] == pytest.approx((0.8 - expected) / (1 - expected))
    assert pair["agreement"]["value"] == pytest.approx(0.8)
    by_class = {row["name"]: row["agreement"]["value"] for row in body["classes"]}
    assert by_class == {"cat": pytest.approx(2 * 5 / (2 * 5 + 2)), "dog": pytest.approx(2 * 3 / (2 * 3 + 2))}
    cells = {(row["person"], row["label"]): row["differing"] for row in body["people_classes"]}
    cat = str(shown.classes["cat"].pk)
    assert (cells["ann", cat], cells["ben", cat]) == (2, 2)
    assert body["states"] == {"due": 0, "agreed": 8, "review": 0, "conflict": 2, "resolved": 0}


def test_each_cell_opens_the_samples_in_which_they_differ(shown):
    rev = shown.as_("rev", "reviewer")
    path = f"campaigns/{shown.round.pk}/consensus/"
    differing = rev.get(path, a="ann", b="ben").json()["results"]
    assert sorted(row["sample"]["name"] for row in differing) == ["000008.jpg", "000009.jpg"]
    cat, eel = str(shown.classes["cat"].pk), str(shown.classes["eel"].pk)
    assert len(rev.get(path, a="ben", label=cat).json()["results"]) == 2
    assert rev.get(path, a="ben", label=eel).json()["results"] == []
    assert len(rev.get(path, label=cat).json()["results"]) == 2
    assert rev.get(path, a="nobody").status_code == 422
    assert rev.get(path, label="cat").status_code == 422
    assert rev.get(path, state="lost").status_code == 422


def test_of_three_people_only_the_pair_that_differs_is_opened(make_world):
    world = make_world(samples=2)
    world.campaign(overlap=3, consensus="majority")
    answer_all(world, {"ann": lambda at: "cat", "ben": lambda at: "cat", "eve": lambda at: "dog"})
    settle()
    rev = world.as_("rev", "reviewer")
    path = f"campaigns/{world.round.pk}/consensus/"
    assert rev.get(path, a="ann", b="ben").json()["results"] == []
    assert len(rev.get(path, a="ann", b="eve").json()["results"]) == 2
    differing = {(pair["a"], pair["b"]): pair["differing"] for pair in _agreement(world)["pairs"]}
    assert differing == {("ann", "ben"): 0, ("ann", "eve"): 2, ("ben", "eve"): 2}


def test_boxes_are_counted_by_f1(make_world):
    world = make_world(task="object_detection", samples=3)
    world.campaign(overlap=2, consensus="majority")
    for name in ("ann", "ben"):
        person = world.as_(name)
        for at in range(3):
            boxes = [world.box(10, 10, 40, 40)] if at < 2 else []
            boxes += [world.box(100, 40, 30, 30, name="dog")] if at == 0 and name == "ben" else []
            person.save(person.item()["id"], boxes)
    settle()
    body = _agreement(world)
    assert list(body["figures"]) == ["f1"]
    # Two boxes found by both, one by one, and a picture in which both found nothing, which is agreement too.
    assert body["figures"]["f1"]["value"] == pytest.approx(2 * 3 / (2 * 3 + 1))
    assert body["figures"]["f1"]["samples"] == 3
    assert body["pairs"][0]["kappa"] is None
    assert {row["name"]: row["agreement"]["value"] for row in body["classes"]} == {"cat": 1.0, "dog": 0.0}


def test_a_campaign_without_answers_has_figures_without_values(make_world):
    world = make_world()
    world.campaign(overlap=2, consensus="majority")
    body = _agreement(world)
    assert body["figures"]["krippendorff"] == {"value": None, "low": None, "high": None, "samples": 0}
    assert (body["people"], body["pairs"], body["people_classes"]) == ([], [], [])
    world.campaign(name="Alone")
    assert _agreement(world)["pairs"] == []


def test_the_table_can_be_taken_along_and_holds_no_formula(shown):
    LabelClass.objects.filter(name="cat").update(name="=1+1")
    answer = shown.as_("rev", "reviewer").get(f"campaigns/{shown.round.pk}/agreement/csv/")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    (pair,) = [row for row in rows if row["figure"] == "cohen"]
    assert (pair["a"], pair["b"], pair["samples"]) == ("ann", "ben", "10")
    assert float(pair["value"]) == pytest.approx(0.6)
    assert {row["class"] for row in rows if row["a"] == "ann" and row["figure"] == "f1"} == {"'=1+1", "dog"}


@pytest.mark.parametrize("count", [3, 30])
def test_figures_cost_the_same_statements_at_any_size(make_world, count):
    world = make_world(samples=count)
    world.campaign(overlap=2, consensus="majority")
    answer_all(world, {"ann": lambda at: "cat", "ben": lambda at: "cat" if at else "dog"})
    settle()
    rev = world.as_("rev", "reviewer")
    with CaptureQueriesContext(connection) as captured:
        rev.get(f"campaigns/{world.round.pk}/agreement/")
    assert len(statements(captured)) <= 11, statements(captured)
