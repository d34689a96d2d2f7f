"""What a page, a claim and a submit cost, whatever the size."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.labeling.conftest import statements

pytestmark = pytest.mark.django_db

PAGE, CLAIM, SUBMIT = 5, 4, 6
# SQLite takes one write a statement (core.sql), so a submit is one for each table it touches.
SUBMIT_PARTS_ON_SQLITE = 9


@pytest.fixture(params=[10, 10_000])
def sized(request, make_world):
    world = make_world(task="object_detection", samples=request.param)
    world.campaign(review_rate=0.5, overlap=2)
    return world


def _cost(action):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = action()
    assert answer.status_code == 200, answer.content
    return statements(captured)


def test_claims_and_submits_cost_the_same_at_any_size(sized):
    ann = sized.as_("ann")
    ann.save(ann.item()["id"], [])  # the label classes are remembered from here on
    claim = _cost(lambda: ann.claim(3, peek=3))
    assert len(claim) <= CLAIM, claim
    item = ann.item()
    shapes = [sized.box(x % 100, x // 100, 5, 5, name="dog") for x in range(1000)]
    key = str(uuid.uuid4())
    draft = _cost(lambda: ann.save(item["id"], shapes[:3], id=key, state="draft"))
    assert len(draft) <= SUBMIT + _parts(4), draft
    submit = _cost(lambda: ann.save(item["id"], shapes, id=key, revision=1))
    assert len(submit) <= SUBMIT + _parts(SUBMIT_PARTS_ON_SQLITE), submit
    again = _cost(lambda: ann.save(item["id"], shapes, id=key, revision=1))
    assert len(again) <= SUBMIT, again


def _parts(count):
    return count - 1 if connection.vendor == "sqlite" else 0


def test_a_submit_with_the_next_item_is_two_statements_more(sized):
    ann = sized.as_("ann")
    ann.save(ann.item()["id"], [])
    item = ann.item()
    cost = _cost(lambda: ann.save(item["id"], [sized.box()], next=1))
    assert len(cost) <= SUBMIT + 2 + _parts(SUBMIT_PARTS_ON_SQLITE), cost


def test_an_empty_claim_is_as_cheap(make_world):
    world = make_world(samples=1)
    world.campaign()
    ann = world.as_("ann")
    ann.submit_next()
    assert len(_cost(ann.claim)) <= CLAIM


def test_pages_cost_the_same_with_one_row_and_with_many(sized):
    big = sized.round
    for number in range(12):
        sized.campaign(name=f"Round {number}", selection={"filter": "ids", "ids": [str(_first(sized))]})
    sized.round, boss = big, sized.as_("boss")
    assert len(_cost(lambda: boss.get("campaigns/"))) <= PAGE
    assert len(_cost(lambda: boss.get(f"campaigns/{sized.round.pk}/items/"))) <= PAGE
    for _ in range(3):
        sized.as_("ann").save(sized.as_("ann").item()["id"], [])
    assert len(_cost(lambda: boss.get(f"campaigns/{sized.round.pk}/review-queue/"))) <= PAGE


def _first(world):
    return world.dataset.samples.order_by("pk").values_list("pk", flat=True).first()
