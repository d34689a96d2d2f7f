"""What the database writes of a page is what the samples say one by one, whatever they hold."""

import uuid
from datetime import UTC, datetime

import pytest

from core.api.pages import Cursor
from datasets.models import Dataset, LabelClass, Sample, Shape
from tests.datasets.test_datasets_api import client, filled, listed

__all__ = ["client", "filled"]

pytestmark = pytest.mark.django_db(transaction=True)

SAID = [
    {"kind": "class"},
    {"kind": "box", "x": 1.25, "y": 0.1, "w": 1e-7, "h": 123456789.5, "score": 0.123456789},
    {"kind": "box", "x": 0, "y": 0, "w": 10, "h": 20, "geometry": {}},
    {
        "kind": "span",
        "geometry": {"start": 3, "end": 7, "attributes": {"who": 'a "b" \\ ü 猫', "none": None}},
    },
    {
        "kind": "polygon",
        "x": 0,
        "y": 0,
        "w": 9,
        "h": 9,
        "geometry": {"polygon": [[[0, 0], [9, 0.5], [9, 9]]]},
    },
]


@pytest.fixture
def odd(filled):
    """A sample with every kind of shape and with names that JSON has to escape; its time has no fraction."""
    sample = Sample.objects.order_by("pk").first()
    sample.name, sample.group = 'a"b\\c\t{猫}%s.jpg', "50 % {0} 'x'"
    sample.tags, sample.payload = ['l"1', "猫"], {"width": 1, "height": 2, "note": None}
    sample.imported_at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    sample.save()
    Shape.objects.filter(sample=sample).delete()
    label = LabelClass.objects.filter(dataset=filled).first()
    for number, said in enumerate(SAID):
        Shape.objects.create(
            sample=sample, dataset_id=filled, label_class=label, position=len(SAID) - number,
            source="model" if "score" in said else "import", **said,
        )  # fmt: skip
    return sample


def test_odd_shapes_names_and_times_are_listed_as_the_sample_shows_them(client, filled, odd):
    (row,) = [row for row in listed(client, filled, "limit=100")["results"] if row["id"] == str(odd.pk)]
    alone = client.get(f"/api/v1/samples/{odd.pk}/").json()
    assert row == alone
    assert [shape["kind"] for shape in row["annotation"]["shapes"]] == [said["kind"] for said in SAID][::-1]
    assert row["imported_at"] == "2026-01-02T03:04:05Z"
    assert row["annotation"]["shapes"][1]["attributes"]["none"] is None


@pytest.mark.parametrize("ordering", ["imported_at", "-imported_at", "name", "-size", "id", "-size,name"])
def test_pages_of_one_walk_all_samples_in_every_order(client, filled, odd, ordering):
    whole = [row["id"] for row in listed(client, filled, f"limit=100&ordering={ordering}")["results"]]
    walked, query = [], f"limit=1&ordering={ordering}"
    while query:
        body = listed(client, filled, query)
        walked += [row["id"] for row in body["results"]]
        query = body["next"] and body["next"].partition("?")[2]
    assert walked == whole
    assert len(whole) == Sample.objects.filter(dataset=filled).count() > 2


def test_a_condition_that_nothing_can_meet_lists_nothing(client, filled):
    assert listed(client, filled, f"label={uuid.uuid4()}")["results"] == []


def test_one_list_after_another_is_answered_by_what_it_asks_itself(client, filled):
    """The SQL of a list is kept: neither values nor cursors nor orders of one may get into another."""
    everything = listed(client, filled, "limit=100")["results"]
    for _ in range(2):
        for state in ("labeled", "unlabeled"):
            wanted = [row["id"] for row in everything if row["state"] == state]
            assert [
                row["id"] for row in listed(client, filled, f"limit=100&state={state}")["results"]
            ] == wanted
            found = listed(client, filled, f"limit=100&state={state}&ordering=-id")["results"]
            assert [row["id"] for row in found] == wanted[::-1]
        first = listed(client, filled, "limit=1&ordering=name")
        second = listed(client, filled, first["next"].partition("?")[2])
        assert first["results"] != second["results"]


def test_a_filter_means_the_classes_of_now(client, filled):
    dataset = Dataset.objects.get(pk=filled)
    dog, cat = LabelClass.objects.filter(dataset=dataset).order_by("index")[:2]
    before = {
        name: listed(client, filled, f"filter=label:{name}")["results"] for name in (dog.name, cat.name)
    }
    assert before[dog.name] != before[cat.name]
    names = dog.name, cat.name
    LabelClass.objects.filter(pk=dog.pk).update(name="was first")
    LabelClass.objects.filter(pk=cat.pk).update(name=names[0])
    LabelClass.objects.filter(pk=dog.pk).update(name=names[1])
    assert listed(client, filled, f"filter=label:{names[0]}")["results"] == before[names[1]]


@pytest.mark.parametrize(
    "values", [["x"], [True, "x"], ["2026", "1"], [2**70, "0" * 32], [1.5, "no id"], [[], 1]]
)
def test_a_cursor_of_other_values_is_refused(client, filled, values):
    ordering = "id" if len(values) == 1 else "size"
    cursor = Cursor(values).encode()
    answer = client.get(f"/api/v1/datasets/{filled}/samples/?ordering={ordering}&cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
