"""Work moves from person to person, and nothing that was drawn is lost."""

import pytest

from core.models import AuditEvent
from labeling.models import Annotation, Item
from labeling.services.campaigns import campaign_recount
from labeling.services.moves import Move, items_move
from tests.faults.forks import assert_dies

MOVED = ["labeling.moved.rows"]
HOOKS = MOVED


def move(world, giver, taker, **more):
    body = {"from": giver, "to": taker, **more}
    return world.as_("boss").post(f"campaigns/{world.round.pk}/moves/", body)


def held(world, name):
    return Item.objects.filter(assignee=world.people[name], state="new").count()


pytestmark = pytest.mark.django_db


def test_work_of_the_pool_goes_to_one_person_and_nobody_else_is_handed_it(world):
    ann, ben = world.as_("ann"), world.as_("ben")
    assert move(world, None, "ann", count=4).json() == {"moved": 4, "begun": 0}
    theirs = {item["id"] for item in ben.claim(6, peek=6).json()["items"]}
    assert len(theirs) == 2
    assert ben.claim(6, peek=6).json()["peek"] == []
    mine = {item["id"] for item in ann.claim(6).json()["items"]}
    assert (len(mine), mine & theirs) == (4, set())
    first = min(mine)
    assert ann.post(f"items/{first}/release/").status_code == 204
    assert first not in {item["id"] for item in ben.claim(6).json()["items"]}, (
        "given back, it is still theirs"
    )
    event = AuditEvent.objects.get(operation="labeling.items.moved")
    assert (event.params["taker"], event.params["items"]) == ("ann", 4)
    assert campaign_recount(world.round) == 0


def test_what_is_begun_stays_unless_it_is_asked_for(world):
    ann, ben = world.as_("ann"), world.as_("ben")
    move(world, None, "ann")
    drawn, shown = ann.claim(2).json()["items"]
    key = ann.save(drawn["id"], [world.mark()], state="draft").json()["id"]
    assert move(world, "ann", "ben").json() == {"moved": 4, "begun": 0}
    assert move(world, "ann", "ben").json() == {"moved": 0, "begun": 0}
    assert move(world, "ann", "ben", begun=True).json() == {"moved": 2, "begun": 2}
    assert held(world, "ben") == 6
    late = ann.save(drawn["id"], [world.mark("dog")], id=key, revision=1)
    assert (late.status_code, late.json()["code"], late.json()["params"]["kept"]) == (409, "lease_lost", True)
    fresh = ann.save(shown["id"], [world.mark("eel")])
    assert (fresh.status_code, fresh.json()["params"]["kept"]) == (409, True)
    kept = Annotation.objects.filter(author=ann.person, state="draft")
    assert sorted(row.shapes[0]["label"] for row in kept) == sorted(
        str(world.classes[name].pk) for name in ("dog", "eel")
    )
    answer = ben.submit_next()
    assert answer["item_state"] == "accepted"
    assert move(world, "ben", "ann", begun=True).json()["moved"] == 5
    assert ann.item()["annotation"]["id"] is not None, "with the work comes their draft"
    assert campaign_recount(world.round) == 0


def test_what_was_sent_back_is_asked_anew(make_world):
    world = make_world()
    world.campaign(review_rate=1.0)
    ann, ben = world.as_("ann"), world.as_("ben")
    saved = ann.submit_next()
    rev = world.as_("rev", "reviewer")
    rev.post(f"annotations/{saved['id']}/review/", {"verdict": "reject", "reason": "no"})
    assert move(world, "ann", "ben").json()["moved"] == 0
    assert move(world, "ann", "ben", begun=True).json() == {"moved": 1, "begun": 1}
    item = ben.item()
    assert (item["id"], item["state"]) == (saved["item"]["id"], "leased")
    assert ben.save(item["id"], [world.mark()]).json()["item_state"] == "submitted"
    assert campaign_recount(world.round) == 0


def test_work_goes_back_into_the_pool_and_comes_to_whoever_asks(world):
    ben = world.as_("ben")
    world.person("ann")
    move(world, None, "ann")
    assert ben.claim().json()["items"] == []
    assert move(world, "ann", None, count=2).json()["moved"] == 2
    assert len(ben.claim(6).json()["items"]) == 2


def test_nobody_is_given_a_sample_twice(make_world):
    world = make_world(samples=3)
    world.campaign(overlap=2)
    ann = world.as_("ann")
    ann.submit_next()
    assert move(world, None, "ann").json()["moved"] == 2
    world.person("ben")
    assert move(world, None, "ben").json()["moved"] == 3
    assert move(world, "ann", "ben").json()["moved"] == 0
    assert len(ann.claim(6).json()["items"]) == 2
    assert len(world.as_("ben").claim(6).json()["items"]) == 3


def test_a_given_slot_does_not_hold_up_the_others(make_world):
    world = make_world(samples=1)
    world.campaign(overlap=2)
    world.person("ann")
    assert move(world, None, "ann").json()["moved"] == 1
    assert len(world.as_("ben").claim().json()["items"]) == 1


def test_chosen_items_move_alone(world):
    world.person("ann")
    chosen = [str(pk) for pk in Item.objects.order_by("-priority").values_list("pk", flat=True)[:2]]
    assert move(world, None, "ann", items=chosen).json()["moved"] == 2
    assert {
        str(pk) for pk in Item.objects.filter(given_to__isnull=False).values_list("pk", flat=True)
    } == set(chosen)


def test_only_people_of_the_campaign_take_work(make_world):
    world = make_world()
    for name in ("ann", "ben"):
        world.person(name)
    world.person("eve", "viewer")
    world.campaign(assignees=["ann"])
    for name in ("ben", "eve", "nobody"):
        refused = move(world, None, name)
        assert (refused.status_code, list(refused.json()["params"]["fields"])) == (422, ["to"]), name
    assert move(world, "ann", "ann").status_code == 422
    assert move(world, None, "ann", count=501).status_code in (400, 422)
    assert (
        world.as_("ann").post(f"campaigns/{world.round.pk}/moves/", {"from": None, "to": "ann"}).status_code
        == 403
    )
    boss = world.as_("boss")
    move(world, None, "ann", count=2)
    boss.http.patch(f"/api/v1/campaigns/{world.round.pk}/", {"assignees": ["ben"]}, format="json")
    assert len(world.as_("ben").claim(6).json()["items"]) == 6, "what was given to who has left is free"
    boss.post(f"campaigns/{world.round.pk}/close/")
    assert (move(world, None, "ben").status_code, move(world, None, "ben").json()["code"]) == (
        409,
        "campaign_closed",
    )


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_move_that_dies_moved_nothing(lasting_world):
    world = lasting_world()
    world.campaign()
    world.person("ann")
    wanted = Move(None, "ann", 3)
    for hook in MOVED:
        assert_dies(hook, lambda: items_move(actor=world.manager, campaign=world.round, move=wanted))
        assert not Item.objects.filter(given_to__isnull=False).exists()
    assert items_move(actor=world.manager, campaign=world.round, move=wanted).moved == 3
