"""Whole batches are accepted or returned by what a random part of them shows."""

import uuid

import pytest
from scipy import stats

from core.models import AuditEvent
from datasets.models import Sample
from labeling.lots import drawn, error_interval
from labeling.models import Acceptance, Annotation, Item, Review
from labeling.services.acceptance import Decision, acceptance_begin, acceptance_decide
from labeling.services.campaigns import campaign_recount
from tests.faults.forks import assert_dies

BEGIN = ["labeling.acceptance.rows"]
DECIDE = ["labeling.review.before", "labeling.review.after", "labeling.acceptance.decided"]
HOOKS = BEGIN + DECIDE
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("wrong", "judged"), [(0, 1), (0, 30), (1, 30), (7, 50), (50, 50), (200, 500)])
def test_the_interval_is_the_exact_one_of_clopper_and_pearson(wrong, judged):
    expected = stats.binomtest(wrong, judged).proportion_ci(method="exact")
    assert error_interval(wrong, judged) == pytest.approx((expected.low, expected.high))
    assert error_interval(0, 0) == (0.0, 1.0)


def test_the_draw_is_the_same_for_a_seed_and_takes_all_alike():
    ids = [uuid.uuid4() for _ in range(40)]
    assert drawn(ids, "a", 10) == drawn(reversed(ids), "a", 10)
    assert drawn(ids, "a", 10) != drawn(ids, "b", 10)
    assert set(drawn(ids, "a", 90)) == set(ids)
    counts = dict.fromkeys(ids, 0)
    for seed in range(2000):
        for one in drawn(ids, str(seed), 10):
            counts[one] += 1
    assert min(counts.values()) > 400
    assert max(counts.values()) < 600


@pytest.fixture
def waiting(make_world):
    """Six answers of ann and two of ben wait for review."""
    world = make_world(samples=10)
    world.campaign(review_rate=1.0)
    for name in ["ann"] * 6 + ["ben"] * 2:
        world.as_(name).submit_next("dog")
    return world


def begin(world, count=3):
    rev = world.as_("rev", "reviewer")
    return rev.post(f"campaigns/{world.round.pk}/acceptance/", {"count": count})


def judge(world, batch, verdicts):
    rev = world.as_("rev", "reviewer")
    for verdict in verdicts:
        body = {"count": 1, "acceptance": batch["id"]}
        item = rev.post(f"campaigns/{world.round.pk}/claim-review/", body).json()["items"][0]
        more = {"reason": "no"} if verdict == "reject" else {}
        said = {"verdict": verdict, "acceptance": batch["id"], **more}
        if verdict == "fix":
            said["shapes"] = [world.mark("cat")]
        answer = rev.post(f"annotations/{item['annotation']['id']}/review/", said)
        assert answer.status_code == 200, answer.content
    return rev.get(f"acceptances/{batch['id']}/").json()


def test_an_accepted_batch_accepts_what_nobody_looked_at(waiting):
    batch = begin(waiting).json()
    assert (batch["size"], batch["drawn"], batch["judged"], batch["state"]) == (8, 3, 0, "open")
    assert "seed" not in batch
    looked = judge(waiting, batch, ["accept", "fix", "accept"])
    assert (looked["judged"], looked["wrong"]) == (3, 1)
    low, high = error_interval(1, 3)
    assert looked["error_rate"] == {"value": 1 / 3, "low": low, "high": high, "samples": 3}
    rev = waiting.as_("rev", "reviewer")
    done = rev.post(f"acceptances/{batch['id']}/accept/").json()
    assert (done["state"], done["moved"], done["decided_by"]) == ("accepted", 5, "rev")
    assert rev.post(f"acceptances/{batch['id']}/accept/").json()["moved"] == 5, "once more changes nothing"
    other = rev.post(f"acceptances/{batch['id']}/return/", {"reason": "no"})
    assert (other.status_code, other.json()["code"]) == (409, "already_reviewed")
    assert Item.objects.filter(state="accepted").count() == 8
    assert Sample.objects.filter(state="reviewed").count() == 3, "nobody has reviewed the others"
    assert Review.objects.count() == 3
    assert campaign_recount(waiting.round) == 0
    assert AuditEvent.objects.get(operation="labeling.acceptance.accepted").params["items"] == 5
    assert [
        row["number"] for row in rev.get(f"campaigns/{waiting.round.pk}/acceptance/").json()["results"]
    ] == [1]


def test_a_returned_batch_goes_back_to_the_same_people_with_the_reason(waiting):
    batch = begin(waiting, 2).json()
    judge(waiting, batch, ["reject", "accept"])
    rev = waiting.as_("rev", "reviewer")
    assert rev.post(f"acceptances/{batch['id']}/return/", {"reason": " "}).status_code in (400, 422)
    done = rev.post(f"acceptances/{batch['id']}/return/", {"reason": "boxes are loose"}).json()
    assert (done["state"], done["moved"], done["reason"], done["wrong"]) == (
        "returned",
        6,
        "boxes are loose",
        1,
    )
    assert Item.objects.filter(state="rejected").count() == 7
    assert Item.objects.filter(state="accepted").count() == 1, "what was found right stays so"
    reasons = set(Annotation.objects.filter(state="rejected").values_list("reason", flat=True))
    assert reasons == {"no", "boxes are loose"}
    for name in ("ann", "ben"):
        back = waiting.as_(name).item()
        assert back["state"] == "rejected"
        assert back["assignee"] == name
    ann = waiting.as_("ann")
    back = ann.item()
    again = ann.save(
        back["id"], [waiting.mark()], id=back["annotation"]["id"], revision=back["annotation"]["revision"]
    )
    assert again.json()["item_state"] == "submitted"
    assert begin(waiting).json()["number"] == 2
    assert campaign_recount(waiting.round) == 0


def test_nothing_is_decided_before_all_drawn_answers_are_judged(waiting):
    batch = begin(waiting).json()
    judge(waiting, batch, ["accept"])
    rev = waiting.as_("rev", "reviewer")
    early = rev.post(f"acceptances/{batch['id']}/accept/")
    assert (early.status_code, early.json()["code"], early.json()["params"]["left"]) == (409, "not_judged", 2)
    second = begin(waiting)
    assert (second.status_code, second.json()["code"]) == (409, "acceptance_open")


def test_an_answer_of_an_open_batch_stays_as_it_is(waiting):
    ann = waiting.as_("ann")
    mine = Annotation.objects.filter(author=ann.person).first()
    begin(waiting)
    back = ann.post(f"annotations/{mine.pk}/take-back/")
    assert (back.status_code, back.json()["code"]) == (409, "under_review")
    late = ann.save(str(mine.item_id), [waiting.mark()], id=str(mine.pk), revision=1)
    assert (late.status_code, late.json()["code"]) == (409, "under_review")


def test_what_is_judged_alone_meanwhile_stays_as_judged(waiting):
    batch = begin(waiting, 1).json()
    rev = waiting.as_("rev", "reviewer")
    drawn_one = Acceptance.objects.get().rows.get(is_drawn=True).annotation_id
    other = Annotation.objects.exclude(pk=drawn_one).first()
    assert rev.post(f"annotations/{other.pk}/review/", {"verdict": "accept"}).status_code == 200
    judge(waiting, batch, ["accept"])
    done = rev.post(f"acceptances/{batch['id']}/return/", {"reason": "no"}).json()
    assert (done["moved"], done["wrong"]) == (6, 0)
    assert Annotation.objects.get(pk=other.pk).state == "accepted"


def test_where_nothing_waits_or_people_settle_together_there_is_no_batch(make_world):
    world = make_world()
    world.campaign()
    assert (begin(world).status_code, begin(world).json()["code"]) == (409, "nothing_submitted")
    world.campaign(overlap=2, consensus="majority")
    assert begin(world).json()["code"] == "decided_together"
    assert begin(world, 0).status_code in (400, 422)
    assert world.as_("ann").post(f"campaigns/{world.round.pk}/acceptance/", {"count": 1}).status_code == 403


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_batch_that_dies_was_not_begun_and_a_decision_not_made(lasting_world):
    world = lasting_world(samples=3)
    world.campaign(review_rate=1.0)
    for _ in range(3):
        world.as_("ann").submit_next()
    boss = world.manager
    for hook in BEGIN:
        assert_dies(hook, lambda: acceptance_begin(actor=boss, campaign=world.round, count=1))
        assert not Acceptance.objects.exists()
    batch = acceptance_begin(actor=boss, campaign=world.round, count=1)
    judge(world, {"id": str(batch.pk)}, ["accept"])
    decided = Decision(batch.pk, is_accepted=False, reason="no")
    for hook in DECIDE:
        assert_dies(hook, lambda: acceptance_decide(boss, decided))
        assert Item.objects.filter(state="submitted").count() == 2, hook
    acceptance_decide(boss, decided)
    assert Item.objects.filter(state="rejected").count() == 2
    assert campaign_recount(world.round) == 0
