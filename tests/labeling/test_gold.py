"""Samples whose answer is known are mixed in: nobody who answers can tell them apart, everybody is scored by them."""

import csv
import io
import json

import pytest

from datasets.models import Sample
from labeling.models import Campaign, Consensus, Gold, GoldCount, Item
from labeling.tasks import settle
from tests.labeling.test_consensus import answer_all

pytestmark = pytest.mark.django_db
KNOWN, OTHERS = 4, 6


@pytest.fixture
def reviewed(make_world):
    """Ten samples; of the first four a reviewer has said that they are cats."""
    world = make_world(samples=KNOWN + OTHERS)
    ids = [str(pk) for pk in world.dataset.samples.order_by("name").values_list("pk", flat=True)[:KNOWN]]
    world.campaign(selection={"filter": "ids", "ids": ids}, overlap=2, consensus="majority")
    answer_all(world, {"ann": lambda at: "eel", "ben": lambda at: "dog"})
    settle()
    rev = world.as_("rev", "reviewer")
    for row in Consensus.objects.all():
        body = {"shapes": [world.mark("cat")], "revision": row.revision}
        assert rev.post(f"consensus/{row.pk}/resolve/", body).status_code == 200
    world.known = set(ids)
    return world


@pytest.fixture
def mixed(reviewed):
    reviewed.campaign(
        selection={"filter": "unlabeled"}, overlap=2, consensus="majority", gold_rate=0.4, review_rate=0.0
    )
    return reviewed


def _agreement(world):
    return world.as_("rev", "reviewer").get(f"campaigns/{world.round.pk}/agreement/").json()


def test_known_samples_come_as_all_others_do(mixed):
    assert {str(pk) for pk in Gold.objects.values_list("sample_id", flat=True)} == mixed.known
    items = mixed.as_("ann").claim(10).json()["items"]
    assert {item["sample"]["id"] for item in items} >= mixed.known
    assert len(items) == KNOWN + OTHERS

    def shown(item):
        """All that does not differ from sample to sample anyhow."""
        own = {"id", "lease_until", "slot"}
        rest = {name: value for name, value in item.items() if name not in own}
        return json.dumps({**rest, "sample": sorted(item["sample"])}, sort_keys=True)

    assert len({shown(item) for item in items}) == 1
    assert items[0]["annotation"]["shapes"] == []
    assert {item["slot"] for item in items} <= {0, 1}
    assert mixed.round.order == Campaign.Order.RANDOM
    for name in ("gold", "known"):
        assert name not in json.dumps(items)


def test_only_who_may_look_at_the_data_is_told(reviewed):
    others = [
        str(pk) for pk in reviewed.dataset.samples.filter(state="unlabeled").values_list("pk", flat=True)
    ]
    reviewed.campaign(
        selection={"filter": "ids", "ids": others}, overlap=2, consensus="majority", gold_rate=0.4
    )
    path = f"campaigns/{reviewed.round.pk}/"
    told = reviewed.as_("rev", "reviewer").get(path).json()
    assert told["gold"] == {"rate": 0.4}
    assert sorted(told["selection"]["ids"]) == sorted(others)
    ann = reviewed.as_("ann").get(path).json()
    assert ann["gold"] == {"rate": 0.0}
    assert ann["selection"] == {"filter": "ids"}
    listed = reviewed.as_("ann").get("campaigns/").json()["results"]
    assert [row["gold"]["rate"] for row in listed] == [0.0, 0.0]


def test_what_is_known_stays_whatever_people_say(mixed):
    before = dict(Sample.objects.filter(pk__in=mixed.known).values_list("pk", "annotation_revision"))
    answer_all(mixed, {"ann": lambda at: "dog", "ben": lambda at: "cat"})
    settle()
    rows = Consensus.objects.filter(campaign=mixed.round)
    states = dict(rows.values_list("sample_id", "state"))
    assert {state for pk, state in states.items() if str(pk) in mixed.known} == {"agreed"}
    assert {state for pk, state in states.items() if str(pk) not in mixed.known} == {"conflict"}
    for sample in Sample.objects.filter(pk__in=mixed.known):
        assert sample.state == "reviewed"
        assert sample.annotation_revision == before[sample.pk]
        assert [shape.label_class.name for shape in sample.shapes.all()] == ["cat"]


def test_everybody_is_scored_by_them(mixed):
    answer_all(mixed, {"ann": lambda at: "cat" if at else "dog", "ben": lambda at: "dog"})
    settle()
    scores = {row["person"]: row["figure"] for row in _agreement(mixed)["gold"]}
    assert scores["ann"]["value"] == pytest.approx(0.75)
    assert scores["ann"]["low"] <= 0.75 <= scores["ann"]["high"]
    assert scores["ann"]["samples"] == KNOWN
    assert scores["ben"]["value"] == 0.0
    answer = mixed.as_("rev", "reviewer").get(f"campaigns/{mixed.round.pk}/agreement/csv/")
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    known = {row["a"]: row for row in table if row["figure"] == "known"}
    assert float(known["ann"]["value"]) == pytest.approx(0.75)
    assert set(known) == {"ann", "ben"}


def test_scoring_again_changes_nothing(mixed):
    answer_all(mixed, {"ann": lambda at: "cat", "ben": lambda at: "dog"})
    settle()
    names = ("consensus", "person", "label", "shared", "missed", "extra")
    before = sorted(GoldCount.objects.values_list(*names), key=str)
    assert before
    Consensus.objects.filter(campaign=mixed.round).update(state="due")
    settle()
    assert sorted(GoldCount.objects.values_list(*names), key=str) == before


def test_what_is_known_is_what_was_known_when_the_campaign_began(mixed):
    sample = Sample.objects.get(pk=sorted(mixed.known)[0])
    sample.shapes.update(label_class=mixed.classes["dog"])
    answer_all(mixed, {"ann": lambda at: "cat", "ben": lambda at: "dog"})
    settle()
    scores = {row["person"]: row["figure"]["value"] for row in _agreement(mixed)["gold"]}
    assert scores == {"ann": 1.0, "ben": 0.0}


def test_campaigns_without_them_have_no_scores_and_show_present_labels(reviewed):
    reviewed.campaign(selection={"filter": "all"}, overlap=2, consensus="majority")
    items = reviewed.as_("ann").claim(10).json()["items"]
    labeled = {item["sample"]["id"] for item in items if item["annotation"]["shapes"]}
    assert labeled == reviewed.known
    assert _agreement(reviewed)["gold"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"overlap": 1}, "invalid_input"),
        ({"consensus": {"method": "none"}}, "invalid_input"),
        ({"gold": {"rate": 0.6}}, "invalid_input"),
        ({"selection": {"filter": "all"}}, "nothing_known"),
    ],
)
def test_where_there_is_nothing_to_score_by_it_is_refused(reviewed, changes, code):
    body = {
        "dataset": str(reviewed.dataset.pk),
        "name": "Known",
        "selection": {"filter": "unlabeled"},
        "overlap": 2,
        "consensus": {"method": "majority"},
        "gold": {"rate": 0.2},
    }
    count = Campaign.objects.count()
    answer = reviewed.as_("boss").post("campaigns/", {**body, **changes})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert Campaign.objects.count() == count
    made = reviewed.as_("boss").post("campaigns/", body)
    assert made.status_code == 201, made.content
    assert made.json()["gold"] == {"rate": 0.2}
    # A fifth of all: of six samples and the known ones these are two, each asked twice.
    assert Item.objects.filter(campaign_id=made.json()["id"]).count() == 2 * (OTHERS + 2)
