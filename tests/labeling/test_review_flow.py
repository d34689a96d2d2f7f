"""Reviewers, rejections, sampling, overlap."""

import uuid
from collections import Counter as Tally

import pytest

from datasets.models import Sample, Shape
from labeling.models import Annotation, Item, Review
from labeling.services.campaigns import campaign_recount
from labeling.services.sampling import is_sampled

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewed(make_world):
    world = make_world()
    world.campaign(review_rate=1.0)
    return world


def _claim_review(client, **body):
    return client.post(f"campaigns/{client.world.round.pk}/claim-review/", {"count": 1, **body})


def test_sampling_is_a_property_of_the_item_and_keeps_its_rate():
    ids = [uuid.UUID(int=n) for n in range(4000)]
    drawn = [item for item in ids if is_sampled(item, 0.25)]
    assert len(drawn) == pytest.approx(1000, abs=110)
    assert drawn == [item for item in ids if is_sampled(item, 0.25)]
    assert set(drawn) <= {item for item in ids if is_sampled(item, 0.5)}
    assert not any(is_sampled(item, 0.0) for item in ids)
    assert all(is_sampled(item, 1.0) for item in ids)


def test_what_is_not_drawn_is_accepted_and_the_rest_waits_for_review(make_world):
    world = make_world(samples=40)
    world.campaign(review_rate=0.4)
    ann = world.as_("ann")
    for _ in range(40):
        ann.submit_next()
    states = Tally(Item.objects.values_list("state", flat=True))
    expected = sum(is_sampled(pk, 0.4) for pk in Item.objects.values_list("pk", flat=True))
    assert (states["submitted"], states["accepted"]) == (expected, 40 - expected)
    queue = world.as_("rev", "reviewer").get(f"campaigns/{world.round.pk}/review-queue/", limit=500).json()
    assert len(queue["results"]) == expected
    assert campaign_recount(world.round) == 0


def test_an_accepted_answer_marks_its_sample_reviewed(reviewed):
    saved = reviewed.as_("ann").submit_next("dog")
    assert (saved["state"], saved["item_state"]) == ("submitted", "submitted")
    rev = reviewed.as_("rev", "reviewer")
    body = _claim_review(rev).json()
    assert body["remaining"] == 1
    item = body["items"][0]
    assert (item["author"], item["annotation"]["id"]) == ("ann", saved["id"])
    assert item["annotation"]["shapes"][0]["label"] == str(reviewed.classes["dog"].pk)
    done = rev.post(f"annotations/{saved['id']}/review/", {"verdict": "accept", "next": True}).json()
    assert (done["state"], done["item_state"], done["revision"], done["next"]) == (
        "accepted",
        "accepted",
        2,
        None,
    )
    assert Sample.objects.get(pk=item["sample"]["id"]).state == "reviewed"
    late = reviewed.as_("ann").save(item["id"], [reviewed.mark()], revision=2, id=saved["id"])
    assert (late.status_code, late.json()["code"]) == (409, "already_reviewed")
    assert campaign_recount(reviewed.round) == 0


def test_a_rejected_answer_returns_first_to_its_author_with_the_reason(reviewed):
    ann, rev = reviewed.as_("ann"), reviewed.as_("rev", "reviewer")
    saved = ann.submit_next("dog")
    bare = rev.post(f"annotations/{saved['id']}/review/", {"verdict": "reject"})
    assert (bare.status_code, bare.json()["code"]) == (422, "reason_required")
    ok = rev.post(f"annotations/{saved['id']}/review/", {"verdict": "reject", "reason": "that is a cat"})
    assert ok.json()["item_state"] == "rejected"
    assert Sample.objects.get(pk=saved["item"]["sample"]["id"]).state == "rejected"
    assert reviewed.as_("ben").item()["id"] != saved["item"]["id"]
    back = ann.item()
    assert back["id"] == saved["item"]["id"]
    assert (back["state"], back["annotation"]["review"]) == (
        "rejected",
        {"verdict": "reject", "reason": "that is a cat"},
    )
    draft = ann.save(back["id"], [reviewed.mark("eel")], revision=2, id=saved["id"], state="draft").json()
    assert draft["item_state"] == "rejected"
    assert ann.item()["annotation"]["review"]["reason"] == "that is a cat"
    again = ann.save(back["id"], [reviewed.mark("cat")], revision=3, id=saved["id"]).json()
    assert (again["state"], again["item_state"]) == ("submitted", "submitted")
    actions = [row["action"] for row in rev.get(f"annotations/{saved['id']}/history/").json()["results"]]
    assert actions == ["submitted", "rejected", "drafted", "submitted"]
    assert campaign_recount(reviewed.round) == 0


def test_reworked_answers_are_reviewed_even_where_nothing_is_drawn(make_world):
    world = make_world()
    world.campaign(review_rate=0.0)
    saved = world.as_("ann").submit_next()
    assert saved["item_state"] == "accepted"
    rev = world.as_("rev", "reviewer")
    rev.post(f"annotations/{saved['id']}/review/", {"verdict": "reject", "reason": "no"})
    again = world.as_("ann").save(saved["item"]["id"], [world.mark("dog")], revision=2, id=saved["id"]).json()
    assert again["item_state"] == "submitted"


def test_a_fix_puts_the_reviewers_shapes_into_the_sample(reviewed):
    saved = reviewed.as_("ann").submit_next("dog")
    rev = reviewed.as_("rev", "reviewer")
    fix = rev.post(f"annotations/{saved['id']}/review/", {"verdict": "fix", "shapes": [reviewed.mark("eel")]})
    assert fix.json()["state"] == "accepted"
    shape = Shape.objects.get(sample_id=saved["item"]["sample"]["id"])
    assert shape.label_class.name == "eel"
    assert Annotation.objects.get(pk=saved["id"]).author.username == "ann"
    assert Review.objects.get().verdict == "fix"
    assert rev.post(f"annotations/{saved['id']}/review/", {"verdict": "fix", "shapes": []}).status_code == 422


def test_a_verdict_on_an_older_revision_is_refused(reviewed):
    ann, rev = reviewed.as_("ann"), reviewed.as_("rev", "reviewer")
    saved = ann.submit_next("dog")
    ann.save(saved["item"]["id"], [reviewed.mark("cat")], revision=1, id=saved["id"])
    stale = rev.post(f"annotations/{saved['id']}/review/", {"verdict": "accept", "revision": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")


def test_two_reviewers_never_hold_one_answer_and_its_author_waits(reviewed):
    saved = reviewed.as_("ann").submit_next()
    one, two = reviewed.as_("rev", "reviewer"), reviewed.as_("rev2", "reviewer")
    assert len(_claim_review(one).json()["items"]) == 1
    assert _claim_review(two).json()["items"] == []
    refused = two.post(f"annotations/{saved['id']}/review/", {"verdict": "accept"})
    assert (refused.status_code, refused.json()["code"]) == (409, "under_review")
    back = reviewed.as_("ann").post(f"annotations/{saved['id']}/take-back/")
    assert (back.status_code, back.json()["code"]) == (409, "under_review")


def test_own_work_is_reviewed_last(reviewed):
    rev = reviewed.as_("rev", "reviewer")
    own, other = rev.submit_next(), reviewed.as_("ann").submit_next()
    items = _claim_review(rev, count=1).json()["items"]
    assert items[0]["annotation"]["id"] == other["id"]
    items = _claim_review(rev, count=1, held=[other["item"]["id"]]).json()["items"]
    assert items[0]["annotation"]["id"] == own["id"]


def test_overlap_asks_different_people_and_the_first_answer_is_the_samples(make_world):
    world = make_world(samples=3)
    world.campaign(overlap=2)
    ann, ben = world.as_("ann"), world.as_("ben")
    seen = [ann.submit_next("cat")["item"]["sample"]["id"] for _ in range(3)]
    assert len(set(seen)) == 3
    assert ann.claim().json()["items"] == []
    assert ann.claim().json()["remaining"] == 3
    theirs = [ben.submit_next("dog")["item"]["sample"]["id"] for _ in range(3)]
    assert sorted(theirs) == sorted(seen)
    assert {shape.label_class.name for shape in Shape.objects.all()} == {"cat"}
    assert campaign_recount(world.round) == 0


def test_one_claim_never_holds_two_slots_of_a_sample(make_world):
    world = make_world(samples=4)
    world.campaign(overlap=3, order="random")
    items = world.as_("ann").claim(10).json()["items"]
    assert len(items) == len({item["sample"]["id"] for item in items}) == 4


def test_progress_counts_people_days_and_the_rest(world):
    ann = world.as_("ann")
    for _ in range(2):
        ann.submit_next()
    world.as_("ben").submit_next()
    body = world.as_("boss").get(f"campaigns/{world.round.pk}/progress/").json()
    assert body["median_seconds"] == 2.0
    assert {row["username"]: row["accepted"] for row in body["per_assignee"]} == {"ann": 2, "ben": 1}
    assert [row["submitted"] for row in body["per_day"]] == [3]
    assert body["forecast"] is None, "one day is too little to tell"
    own = ann.get(f"campaigns/{world.round.pk}/progress/").json()
    assert [row["username"] for row in own["per_assignee"]] == ["ann"]
    assert own["forecast"] is None


def test_home_tells_each_role_what_waits(reviewed):
    ann = reviewed.as_("ann")
    going_on = {"campaign": str(reviewed.round.pk), "name": "Round", "mine": 0}
    assert ann.get("home/").json()["continue"] == {**going_on, "open": 6}
    ann.submit_next()
    home = ann.get("home/").json()
    assert home["continue"] == {**going_on, "open": 5}
    assert (home["reviews_waiting"], home["running_jobs"]) == (0, 0)
    assert home["campaigns"][0]["mine"] == {"open": 0, "done": 1}
    assert reviewed.as_("rev", "reviewer").get("home/").json()["reviews_waiting"] == 1


def test_home_goes_on_where_one_was_then_with_what_was_given(world):
    given = world.round
    ben = world.as_("ben")
    world.campaign(name="For Ben", assignees=["ben"])
    assert ben.get("home/").json()["continue"]["name"] == "For Ben"
    world.round = given
    ben.submit_next()
    assert ben.get("home/").json()["continue"]["name"] == "Round"
    for _ in range(5):
        ben.submit_next()
    assert ben.get("home/").json()["continue"]["name"] == "For Ben"
