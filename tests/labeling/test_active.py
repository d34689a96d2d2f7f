"""A campaign whose queue is put in order by what its answers leave in doubt."""

import uuid

import numpy as np
import pytest

from core.clock import utc_now
from core.models import Job
from core.services.blobs import blob_put, blobs_register
from datasets.embeddings.parts import part_packed
from datasets.models import EmbeddingPart
from datasets.selectors.vectors import MODEL
from labeling.models import ActiveRound, Item
from labeling.services.active import round_make, rounds_due, step_of
from labeling.tasks import order

pytestmark = pytest.mark.django_db
NAMES = ("cat", "dog", "eel")


@pytest.fixture
def active(make_world):
    """Sixty samples of three classes one can tell apart, with vectors, in a campaign."""
    world = make_world(samples=60)
    world.campaign(order="active")
    return world


def vectors_keep(world):
    samples = list(world.dataset.samples.order_by("name"))
    rng = np.random.default_rng(0)
    vectors = np.eye(3, 16)[np.arange(len(samples)) % 3] + rng.normal(0, 0.15, (len(samples), 16))
    ref = blob_put(part_packed([row.pk.bytes for row in samples], vectors.astype(np.float32)), "x/y")
    blobs_register([ref])
    EmbeddingPart.objects.create(
        dataset=world.dataset, count=len(samples), sha256=ref.sha256, made_at=utc_now(), model=MODEL
    )


def answer(world, person, count):
    place = {
        pk: at for at, pk in enumerate(world.dataset.samples.order_by("name").values_list("pk", flat=True))
    }
    for _ in range(count):
        item = person.item()
        name = NAMES[place[uuid.UUID(item["sample"]["id"])] % 3]
        assert person.save(item["id"], [world.mark(name)]).status_code == 200


def state(world):
    return world.as_("boss").get(f"campaigns/{world.round.pk}/active-order/").json()


def test_a_campaign_asks_for_vectors_and_waits_in_a_random_order(active):
    assert Job.objects.filter(kind="training.embeddings", params__dataset=str(active.dataset.pk)).count() == 1
    order()
    assert state(active) == {"state": "waiting", "round": None, "honest": None}
    names = list(active.round.items.order_by("priority").values_list("sample__name", flat=True))
    assert names != sorted(names)


def test_answers_put_the_queue_in_order_again_and_say_what_that_is_worth(active):
    vectors_keep(active)
    order()
    assert state(active)["state"] == "typical"
    ann = active.as_("ann")
    first = [row["sample"] for row in ActiveRound.objects.get().asked]
    assert str(ann.item()["sample"]["id"]) == first[0]
    answer(active, ann, 15)
    assert rounds_due() == []
    answer(active, ann, 5)
    assert rounds_due() == [active.round.pk]
    order()
    told = state(active)
    assert (told["state"], told["round"]["labeled"], told["round"]["answered"]) == ("doubt", 20, 20)
    assert told["round"]["accuracy"] > 0.8
    assert told["round"]["wrong"] >= told["round"]["wrong_by_chance"]
    newest = ActiveRound.objects.get(number=2)
    queue = Item.objects.filter(state="new", assignee=None).order_by("priority", "id")
    in_order = [str(pk) for pk in queue.values_list("sample_id", flat=True)]
    assert in_order[: len(newest.asked)] == [row["sample"] for row in newest.asked]
    answer(active, ann, 30)
    honest = state(active)["honest"]
    assert honest["answered"] >= 2
    assert honest["low"] <= honest["share"] <= honest["high"]


def test_hard_examples_are_open_and_the_most_doubtful_come_first(active):
    vectors_keep(active)
    order()
    answer(active, active.as_("ann"), 20)
    order()
    found = active.as_("boss").get(f"campaigns/{active.round.pk}/hard-examples/", limit=5).json()["results"]
    assert 0 < len(found) <= 5
    assert [row["doubt"] for row in found] == sorted((row["doubt"] for row in found), reverse=True)
    open_samples = set(active.round.items.filter(state="new").values_list("sample_id", flat=True))
    assert {uuid.UUID(row["sample"]["id"]) for row in found} <= open_samples
    for row in found:
        is_close = row["told"][0]["share"] - row["told"][1]["share"] < 0.2
        assert ("low_margin" in row["reasons"]) == is_close
        assert ("neighbors_differ" in row["reasons"]) == (row["near"] != row["told"][0]["label"])


def test_what_somebody_holds_stays_where_it_is_and_nothing_is_lost(active):
    vectors_keep(active)
    held = active.as_("ann").claim(3).json()["items"]
    before = dict(Item.objects.filter(assignee__isnull=False).values_list("pk", "priority"))
    order()
    assert dict(Item.objects.filter(assignee__isnull=False).values_list("pk", "priority")) == before
    assert len(held) == len(before) == 3
    assert active.round.items.count() == 60
    asked = {row["sample"] for row in ActiveRound.objects.get().asked}
    assert not asked & {item["sample"]["id"] for item in held}


def test_several_answers_keep_the_order_within_each_slot(make_world):
    world = make_world(samples=40)
    world.campaign(order="active", overlap=2, consensus="majority")
    vectors_keep(world)
    made = round_make(world.round.pk)
    asked = [row["sample"] for row in made.asked]
    queue = world.round.items.order_by("priority", "id").values_list("sample_id", "slot")
    head = [(str(pk), slot) for pk, slot in queue[: 2 * len(asked)]]
    assert head == [(pk, 0) for pk in asked] + [(pk, 1) for pk in asked]


def test_marks_are_ordered_by_what_is_typical_alone(make_world):
    world = make_world("object_detection", samples=40)
    world.campaign(order="active")
    vectors_keep(world)
    order()
    assert state(world)["state"] == "typical"
    assert world.as_("boss").get(f"campaigns/{world.round.pk}/hard-examples/").json() == {"results": []}


def test_an_order_that_is_not_active_says_so_and_annotators_learn_nothing(world):
    assert state(world)["state"] == "off"
    order()
    assert ActiveRound.objects.count() == 0
    for path in ("active-order", "hard-examples"):
        refused = world.as_("ann").get(f"campaigns/{world.round.pk}/{path}/")
        assert refused.status_code == 403
    assert world.as_("boss").get(f"campaigns/{world.round.pk}/hard-examples/", limit=0).status_code == 422


def test_a_queue_is_put_in_order_after_a_tenth_more_answers():
    assert [step_of(n) for n in (0, 100, 160, 500, 2_000, 50_000)] == [16, 16, 16, 50, 200, 200]
