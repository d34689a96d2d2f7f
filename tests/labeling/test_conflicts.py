"""Conflicts are handed out: each to one reviewer, until it is decided, left, or its time is over."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from core.clock import utc_now
from labeling.models import Consensus
from labeling.tasks import settle
from tests.labeling.conftest import statements
from tests.labeling.test_consensus import answer_all

REVIEWERS = 8


def _conflicts(world, **plan):
    world.campaign(overlap=2, consensus="majority", **plan)
    answer_all(world, {"ann": lambda at: "cat", "ben": lambda at: "dog"})
    settle()
    return world


@pytest.fixture
def waiting(make_world):
    return _conflicts(make_world(samples=4))


def _claim(world, client, count=1, **body):
    answer = client.post(f"campaigns/{world.round.pk}/consensus/claim/", {"count": count, **body})
    assert answer.status_code == 200, answer.content
    return answer.json()


def _ids(claim):
    return [row["id"] for row in claim["items"]]


@pytest.mark.django_db
def test_two_reviewers_never_get_the_same(waiting):
    rev, eve = waiting.as_("rev", "reviewer"), waiting.as_("eve", "reviewer")
    first = _claim(waiting, rev, 3)
    assert len(first["items"]) == 3
    assert first["remaining"] == 4
    assert [answer["author"] for answer in first["items"][0]["answers"]] == ["ann", "ben"]
    second = _claim(waiting, eve, 3)
    assert len(second["items"]) == 1
    assert not set(_ids(first)) & set(_ids(second))
    assert _claim(waiting, waiting.as_("boss"), 3)["items"] == []


@pytest.mark.django_db
def test_what_one_holds_comes_again_unless_it_is_named(waiting):
    rev = waiting.as_("rev", "reviewer")
    first = _ids(_claim(waiting, rev, 2))
    assert _ids(_claim(waiting, rev, 2)) == first
    more = _ids(_claim(waiting, rev, 2, held=first))
    assert len(more) == 2
    assert not set(more) & set(first)


@pytest.mark.django_db
def test_a_lease_runs_out_unless_it_is_kept(waiting):
    rev, eve = waiting.as_("rev", "reviewer"), waiting.as_("eve", "reviewer")
    kept, lost = _ids(_claim(waiting, rev, 2))
    soon = utc_now() + timedelta(seconds=5)
    Consensus.objects.filter(pk__in=[kept, lost]).update(lease_until=soon)
    assert _claim(waiting, rev, 0, held=[kept]) == {"items": [], "remaining": 4}
    assert Consensus.objects.get(pk=kept).lease_until > soon
    Consensus.objects.filter(pk=lost).update(lease_until=utc_now() - timedelta(seconds=1))
    assert lost in _ids(_claim(waiting, eve, 4))
    assert kept not in _ids(_claim(waiting, eve, 4))


@pytest.mark.django_db
def test_nobody_keeps_what_is_anothers_by_naming_it(waiting):
    rev, eve = waiting.as_("rev", "reviewer"), waiting.as_("eve", "reviewer")
    (one,) = _ids(_claim(waiting, rev))
    _claim(waiting, eve, 0, held=[one])
    assert Consensus.objects.get(pk=one).lease_holder.username == "rev"


@pytest.mark.django_db
def test_what_is_left_is_free_for_others_and_only_its_holder_leaves_it(waiting):
    rev, eve = waiting.as_("rev", "reviewer"), waiting.as_("eve", "reviewer")
    (one,) = _ids(_claim(waiting, rev))
    assert eve.post(f"consensus/{one}/release/").status_code == 204
    assert one not in _ids(_claim(waiting, eve, 4))
    assert rev.post(f"consensus/{one}/release/").status_code == 204
    assert rev.post(f"consensus/{one}/release/").status_code == 204
    assert one in _ids(_claim(waiting, eve, 4))


@pytest.mark.django_db
def test_what_is_decided_is_handed_out_no_more(waiting):
    rev = waiting.as_("rev", "reviewer")
    row = _claim(waiting, rev)["items"][0]
    body = {"annotation": row["answers"][0]["id"], "revision": row["revision"]}
    assert rev.post(f"consensus/{row['id']}/resolve/", body).status_code == 200
    found = Consensus.objects.get(pk=row["id"])
    assert (found.lease_holder, found.lease_until) == (None, None)
    left = _claim(waiting, rev, 4)
    assert row["id"] not in _ids(left)
    assert left["remaining"] == 3


@pytest.mark.django_db
def test_a_closed_campaign_still_has_its_conflicts_settled(waiting):
    assert waiting.as_("boss").post(f"campaigns/{waiting.round.pk}/close/").status_code == 200
    assert len(_claim(waiting, waiting.as_("rev", "reviewer"), 4)["items"]) == 4


@pytest.mark.django_db
def test_what_waits_is_counted_among_the_reviews_of_those_who_review(waiting):
    assert waiting.as_("rev", "reviewer").get("home/").json()["reviews_waiting"] == 4
    assert waiting.as_("ann").get("home/").json()["reviews_waiting"] == 0


@pytest.mark.django_db
def test_annotators_get_none_and_cannot_leave_any(waiting):
    (one,) = _ids(_claim(waiting, waiting.as_("rev", "reviewer")))
    ann = waiting.as_("ann")
    assert ann.post(f"campaigns/{waiting.round.pk}/consensus/claim/", {"count": 1}).status_code == 403
    assert ann.post(f"consensus/{one}/release/").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{"count": -1}, {"count": 21}, {"held": ["x"]}, {"held": "x"}])
def test_what_is_no_claim_is_refused(waiting, body):
    rev = waiting.as_("rev", "reviewer")
    assert rev.post(f"campaigns/{waiting.round.pk}/consensus/claim/", body).status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize("samples", [2, 12])
def test_a_claim_costs_the_same_at_any_size(make_world, samples):
    world = _conflicts(make_world(samples=samples))
    rev = world.as_("rev", "reviewer")
    held = _ids(_claim(world, rev))
    with CaptureQueriesContext(connection) as captured:
        _claim(world, rev, samples, held=held)
    assert len(statements(captured)) <= 9, statements(captured)


@pytest.mark.django_db(transaction=True)
def test_claims_at_one_moment_share_the_conflicts_without_a_double(lasting_world):
    world = _conflicts(lasting_world(samples=16))
    clients = [world.as_(f"rev{number}", "reviewer") for number in range(REVIEWERS)]
    start = threading.Barrier(REVIEWERS)

    def claim(client):
        try:
            start.wait(20)
            return _ids(_claim(world, client, 2))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(REVIEWERS) as pool:
        handed = [one for ids in pool.map(claim, clients) for one in ids]
    assert len(handed) == len(set(handed)) == 16
