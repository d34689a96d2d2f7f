"""The manager's page: its figures, who sees them, and the forecast."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.clock import utc_now
from labeling.models import Annotation, Campaign, Item
from labeling.pace import forecast
from labeling.selectors.overview import burn_down, due_state

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 20)


def days(*counts, until=TODAY):
    """So many on each of the days before `until`."""
    return {until - timedelta(days=len(counts) - at): count for at, count in enumerate(counts)}


def test_too_little_says_nothing_of_a_date():
    assert forecast(100, {}, TODAY) is None
    assert forecast(100, days(50, 50), TODAY) is None, "two days"
    assert forecast(100, days(3, 3, 3), TODAY) is None, "nine pieces"
    assert forecast(100, {TODAY: 500}, TODAY) is None, "a day that is not over"


def test_a_steady_pace_names_one_day_and_a_varying_one_an_interval():
    steady = forecast(100, days(10, 10, 10, 10), TODAY)
    assert (steady.per_day, steady.done_on) == (10, TODAY + timedelta(days=10))
    assert steady.earliest == steady.latest == steady.done_on
    varying = forecast(100, days(5, 15, 8, 12, 10, 10), TODAY)
    assert varying.earliest < varying.done_on < varying.latest
    wild = forecast(100, days(60, 0, 0), TODAY)
    assert wild.done_on == TODAY + timedelta(days=5)
    assert wild.latest is None


def test_days_of_rest_count_and_days_long_ago_do_not():
    rested = forecast(100, days(14, 14, 0, 0, 14, 14, 14), TODAY)
    assert rested.per_day == 10
    old = {TODAY - timedelta(days=60): 900, **days(*[10] * 14)}
    assert forecast(100, old, TODAY).per_day == 10
    assert forecast(100, days(90, *[0] * 14), TODAY) is None, "nothing for two weeks"
    assert forecast(0, {}, TODAY).done_on == TODAY


def test_the_burn_down_ends_with_what_is_left():
    now = utc_now().date()
    rows = burn_down(now - timedelta(days=2), 10, {now - timedelta(days=1): 3, now: 2})
    assert [(row["done"], row["left"]) for row in rows] == [(0, 10), (3, 7), (2, 5)]
    long_ago = burn_down(now - timedelta(days=900), 10, {now - timedelta(days=900): 4, now: 1})
    assert len(long_ago) == 180
    assert (long_ago[0]["left"], long_ago[-1]["left"]) == (6, 5)


def test_a_due_date_warns_before_it_is_missed():
    due = datetime.combine(utc_now().date() + timedelta(days=5), datetime.min.time(), UTC)

    def found(done, latest):
        start = utc_now().date()
        last = None if latest is None else start + timedelta(days=latest)
        return {"done_on": start + timedelta(days=done), "latest": last}

    assert due_state(None, 5, None) == "none"
    assert due_state(due, 0, None) == "done"
    assert due_state(due, 5, None) == "unknown"
    assert due_state(due, 5, found(3, 5)) == "on_time"
    assert due_state(due, 5, found(3, 6)) == due_state(due, 5, found(3, None)) == "at_risk"
    assert due_state(due, 5, found(6, 9)) == due_state(utc_now() - timedelta(hours=1), 5, None) == "late"


@pytest.fixture
def worked(make_world):
    """Of 60 samples 40 answered over four days, 10 a day by ann, but for the last day's by ben."""
    world = make_world(samples=60)
    world.campaign(review_rate=1.0)
    Campaign.objects.update(created_at=utc_now() - timedelta(days=4))
    for at in range(40):
        name = "ben" if at >= 30 else "ann"
        saved = world.as_(name).submit_next(
            "cat" if at % 4 else "dog", seconds_spent=10.0 if name == "ben" else 4.0
        )
        when = utc_now() - timedelta(days=4 - at // 10)
        Annotation.objects.filter(pk=saved["id"]).update(submitted_at=when)
    return world


def overview(world, name="boss", role="manager"):
    return world.as_(name, role).get(f"campaigns/{world.round.pk}/overview/").json()


def test_the_page_counts_down_and_forecasts(worked):
    body = overview(worked)
    assert [row["left"] for row in body["burn_down"]] == [50, 40, 30, 20, 20]
    assert (body["left"], body["pool"]) == (20, 20)
    assert (body["forecast"]["per_day"], body["forecast"]["remaining"]) == (10.0, 20)
    assert body["forecast"]["done_on"] == str(utc_now().date() + timedelta(days=2))
    assert body["median_seconds"] == 4.0
    assert {row["name"]: row["samples"] for row in body["balance"]} == {"cat": 30, "dog": 10, "eel": 0}
    assert body["due_state"] == "none"
    progress = worked.as_("boss").get(f"campaigns/{worked.round.pk}/progress/").json()
    assert progress["forecast"] == body["forecast"]


def test_people_stand_by_name_with_what_came_back(worked):
    rev = worked.as_("rev", "reviewer")
    first = Annotation.objects.filter(author=worked.people["ann"]).order_by("created_at").first()
    assert (
        rev.post(f"annotations/{first.pk}/review/", {"verdict": "reject", "reason": "no"}).status_code == 200
    )
    other = Annotation.objects.filter(author=worked.people["ben"]).first()
    fix = {"verdict": "fix", "shapes": [worked.mark("eel")]}
    assert rev.post(f"annotations/{other.pk}/review/", fix).status_code == 200
    worked.as_("ben").claim(2)
    body = overview(worked)
    ann, ben = body["people"][0], body["people"][1]
    assert [row["username"] for row in body["people"]] == ["ann", "ben"]
    assert (ann["done"], ann["in_hand"], ann["movable"], ann["begun"], ann["week"]) == (29, 1, 0, 1, 29)
    assert (ann["answers"], ann["sent_back"], ann["rework_rate"]) == (30, 1, 1 / 30)
    assert (ben["fixed"], ben["in_hand"], ben["median_seconds"]) == (1, 2, 10.0)
    assert (body["sent_back"], body["fixed"], body["rework_rate"]) == (1, 1, 1 / 40)
    board = worked.as_("boss").get(f"campaigns/{worked.round.pk}/leaderboard/").json()
    assert board["results"] == body["people"]
    again = worked.as_("ann").save(str(first.item_id), [worked.mark()], id=str(first.pk), revision=2)
    assert again.status_code == 200
    assert overview(worked)["people"][0]["sent_back"] == 1, "rework is remembered"


def test_an_empty_page_has_nothing_to_tell(world):
    body = overview(world)
    assert (body["forecast"], body["median_seconds"], body["rework_rate"], body["people"]) == (
        None,
        None,
        None,
        [],
    )
    assert [row["left"] for row in body["burn_down"]] == [6]


def test_annotators_do_not_see_how_others_do(worked):
    for path in ("overview", "leaderboard"):
        assert worked.as_("ann").get(f"campaigns/{worked.round.pk}/{path}/").status_code == 403
    assert worked.as_("eve", "viewer").get(f"campaigns/{worked.round.pk}/overview/").status_code == 200


def test_skipped_items_are_done_on_the_day_they_were_set_aside(world):
    ann = world.as_("ann")
    ann.post(f"items/{ann.item()['id']}/skip/", {"reason": "blurred"})
    body = overview(world)
    assert (body["burn_down"][-1], body["left"]) == ({"day": str(utc_now().date()), "done": 1, "left": 5}, 5)
    assert body["people"][0]["skipped"] == 1
    assert Item.objects.get(state="skipped").submission is None
