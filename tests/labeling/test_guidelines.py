"""Guidelines: versions, examples made of samples, who writes them and who is shown them."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import utc_now
from core.models import AuditEvent
from datasets.models import Dataset
from labeling.models import AnnotationEvent, Campaign, Gold, GuidelineExample, GuidelineVersion, Item
from labeling.selectors.media import work_media_readable
from labeling.services.guidelines import guideline_write
from tests.faults.forks import assert_dies
from tests.labeling.test_merged_classes import merge

HOOKS = ["labeling.guideline.rows"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def boxes(make_world):
    made = make_world(task="object_detection")
    made.campaign(guideline="# Boxes")
    return made


def path(world, more=""):
    return f"campaigns/{world.round.pk}/guideline/{more}"


def write(client, base, text="# Boxes", examples=()):
    body = {"base": base, "text": text, "examples": list(examples)}
    return client.http.put(f"/api/v1/{path(client.world)}", body, format="json")


def answered(world, name="ann"):
    """An item that somebody has answered, and the box."""
    client = world.as_(name)
    item, box = client.item(), world.box()
    assert client.save(item["id"], [box]).status_code == 200
    return item["id"], box


def example(client, item, kind="good", note=""):
    return client.post(path(client.world, "examples/"), {"item": item, "kind": kind, "note": note})


def sample_of(item):
    return Item.objects.select_related("sample").get(pk=item).sample


def test_a_campaign_begins_with_version_one_and_each_change_adds_one(boxes):
    boss, ann = boxes.as_("boss"), boxes.as_("ann")
    first = ann.get(path(boxes)).json()
    assert (first["number"], first["newest"], first["text"], first["author"]) == (1, 1, "# Boxes", "boss")
    second = write(boss, 1, "# Boxes\n\n- whole cats").json()
    assert (second["number"], second["text"]) == (2, "# Boxes\n\n- whole cats")
    assert ann.get(path(boxes), number=1).json()["text"] == "# Boxes"
    assert (
        boss.http.patch(f"/api/v1/campaigns/{boxes.round.pk}/", {"guideline": "short"}, format="json").json()[
            "guideline_number"
        ]
        == 3
    )
    listed = ann.get(path(boxes, "versions/")).json()["results"]
    assert [row["number"] for row in listed] == [3, 2, 1]
    campaign = ann.get(f"campaigns/{boxes.round.pk}/").json()
    assert (campaign["guideline"], campaign["guideline_number"]) == ("short", 3)
    assert AuditEvent.objects.filter(operation="labeling.guideline.written").count() == 3


def test_a_campaign_without_one_has_version_zero(world):
    ann = world.as_("ann")
    found = ann.get(path(world)).json()
    assert (found["number"], found["newest"], found["text"], found["examples"]) == (0, 0, "", [])
    assert found["author"] is found["written_at"] is None
    assert ann.get(path(world), number=1).status_code == 404
    for bad in ("0", "-1", "x", "99999999999", ""):
        assert ann.get(path(world), number=bad).status_code == 422, bad


def test_who_saves_over_a_newer_version_is_told_and_nothing_is_lost(boxes):
    boss = boxes.as_("boss")
    assert write(boss, 1, "mine").status_code == 200
    late = write(boss, 1, "theirs")
    assert (late.status_code, late.json()["code"], late.json()["params"]["current"]) == (
        409,
        "stale_revision",
        2,
    )
    assert boss.get(path(boxes)).json()["text"] == "mine"
    assert write(boss, 2, "mine").json()["number"] == 2, "what says the same makes no version"


def test_an_example_keeps_the_marks_it_was_made_with(boxes):
    item, box = answered(boxes)
    rev = boxes.as_("rev", "reviewer")
    made = example(rev, item, "bad", "The tail is cut off.")
    assert made.status_code == 201, made.content
    (shown,) = made.json()["examples"]
    assert (shown["kind"], shown["note"], shown["sample"]["id"]) == (
        "bad",
        "The tail is cut off.",
        str(sample_of(item).pk),
    )
    assert [shape["box"] for shape in shown["shapes"]] == [box["box"]]
    assert (made.json()["number"], made.json()["text"]) == (2, "# Boxes"), "an example is a version, too"
    key = boxes.round.items.get(pk=item).submission_id
    better = boxes.box(0, 0, 50, 50)
    fixed = rev.post(f"annotations/{key}/review/", {"verdict": "fix", "shapes": [better], "revision": 1})
    assert fixed.status_code == 200, fixed.content
    assert boxes.as_("ann").get(path(boxes)).json()["examples"][0]["shapes"][0]["box"] == box["box"]


def test_examples_are_put_in_order_said_anew_and_taken_away(boxes):
    rev, boss = boxes.as_("rev", "reviewer"), boxes.as_("boss")
    for kind in ("good", "bad"):
        found = example(rev, answered(boxes)[0], kind).json()
    good, bad = found["examples"]
    turned = [
        {"id": bad["id"], "kind": "bad", "note": "too loose"},
        {"id": good["id"], "kind": "good", "note": ""},
    ]
    third = write(boss, 3, examples=turned).json()
    assert [(one["id"], one["note"]) for one in third["examples"]] == [
        (bad["id"], "too loose"),
        (good["id"], ""),
    ]
    assert write(boss, 4, examples=[]).json()["examples"] == []
    assert len(boss.get(path(boxes), number=4).json()["examples"]) == 2, "older versions still show them"
    assert write(boss, 5, examples=turned[:1]).json()["number"] == 6


def test_strangers_twice_and_too_many_are_refused(boxes, make_world, monkeypatch):
    boss, rev = boxes.as_("boss"), boxes.as_("rev", "reviewer")
    shown = example(rev, answered(boxes)[0]).json()["examples"][0]
    one = {"id": shown["id"], "kind": "good", "note": ""}
    assert write(boss, 2, examples=[one, one]).status_code == 422
    assert write(boss, 2, examples=[{**one, "id": str(uuid.uuid4())}]).status_code == 422
    assert write(boss, 2, examples=[{**one, "kind": "ugly"}]).status_code == 422
    assert write(boss, 2, examples=[{**one, "note": "x" * 301}]).status_code == 422
    assert example(rev, str(uuid.uuid4())).status_code == 404
    monkeypatch.setattr("labeling.services.guidelines.MAX_EXAMPLES", 1)
    refused = example(rev, answered(boxes)[0])
    assert (refused.status_code, GuidelineExample.objects.count()) == (422, 1)


def test_what_is_still_to_be_answered_is_no_example(make_world):
    world = make_world(task="object_detection", samples=1)
    world.campaign(overlap=2, consensus="majority")
    rev = world.as_("rev", "reviewer")
    assert example(rev, str(world.round.items.first().pk)).json()["code"] == "answer_wanted"
    first, _ = answered(world)
    assert example(rev, first).json()["code"] == "answer_wanted", "one of two still has to answer"
    second, theirs = answered(world, "ben")
    (shown,) = example(rev, second).json()["examples"]
    assert shown["shapes"][0]["id"] == theirs["id"], "the answer that was chosen, not another one"


def test_what_waits_in_another_campaign_or_is_known_there_is_no_example(boxes):
    item, _ = answered(boxes)
    mine, rev = boxes.round, boxes.as_("rev", "reviewer")
    other = boxes.campaign()
    boxes.round = mine
    assert example(rev, item).json()["code"] == "answer_wanted"
    boxes.as_("boss").post(f"campaigns/{other.pk}/close/")
    assert example(rev, item).status_code == 201
    Gold.objects.create(campaign=other, sample=sample_of(item), shapes=[])
    assert example(rev, item).json()["code"] == "answer_wanted"


def test_an_answer_that_is_sent_back_is_no_example_for_those_who_label(boxes):
    item, _ = answered(boxes)
    rev = boxes.as_("rev", "reviewer")
    example(rev, item, "bad")
    key = boxes.round.items.get(pk=item).submission_id
    sent = rev.post(f"annotations/{key}/review/", {"verdict": "reject", "reason": "loose", "revision": 1})
    assert sent.status_code == 200, sent.content
    assert boxes.as_("ann").get(path(boxes)).json()["examples"] == []
    assert len(rev.get(path(boxes)).json()["examples"]) == 1


def test_roles(boxes):
    item, _ = answered(boxes)
    ann, eve, rev = boxes.as_("ann"), boxes.as_("eve", "viewer"), boxes.as_("rev", "reviewer")
    for client in (ann, eve):
        assert client.get(path(boxes)).status_code == 200
        assert client.get(path(boxes, "versions/")).status_code == 200
        assert write(client, 1, "no").status_code == 403
        assert example(client, item).status_code == 403
    assert write(rev, 1, "no").status_code == 403
    assert example(rev, item).status_code == 201


def test_an_annotator_may_see_the_picture_of_an_example_and_a_stranger_may_not(boxes, make_world):
    item, _ = answered(boxes)
    ben, row = boxes.person("ben"), sample_of(item)
    assert not work_media_readable(ben, row.sha256, row.pk)
    example(boxes.as_("rev", "reviewer"), item)
    assert work_media_readable(ben, row.sha256, row.pk)
    assert work_media_readable(ben, row.thumb_sha256, None)
    boxes.as_("boss").http.patch(
        f"/api/v1/campaigns/{boxes.round.pk}/", {"assignees": ["ann"]}, format="json"
    )
    assert not work_media_readable(ben, row.sha256, row.pk), "the work is not given to them any more"


def test_examples_follow_a_merged_class(boxes):
    item, _ = answered(boxes)
    example(boxes.as_("rev", "reviewer"), item)
    merge(boxes, "cat", "dog")
    (shown,) = boxes.as_("ann").get(path(boxes)).json()["examples"]
    assert shown["shapes"][0]["label"] == str(boxes.classes["dog"].pk)


def test_an_example_goes_with_its_sample(boxes):
    item, _ = answered(boxes)
    (shown,) = example(boxes.as_("rev", "reviewer"), item).json()["examples"]
    sample_of(item).delete()
    found = boxes.as_("ann").get(path(boxes)).json()
    assert (found["number"], found["examples"]) == (2, [])
    still = {"id": shown["id"], "kind": "good", "note": ""}
    assert write(boxes.as_("boss"), 2, "without", [still]).json()["examples"] == []


def test_what_lies_in_the_bin_is_shown_to_nobody(boxes, make_world):
    item, _ = answered(boxes)
    example(boxes.as_("rev", "reviewer"), item)
    row, bin_ = (
        sample_of(item),
        Dataset.objects.create(
            project=boxes.project, name="bin", task="object_detection", created_by=boxes.manager
        ),
    )
    row.dataset = bin_
    row.save()
    assert boxes.as_("ann").get(path(boxes)).json()["examples"] == []
    assert not work_media_readable(boxes.person("ben"), row.sha256, row.pk)
    row.dataset = boxes.dataset
    row.save()
    assert len(boxes.as_("ann").get(path(boxes)).json()["examples"]) == 1


def test_the_history_of_an_answer_names_the_guideline_it_was_made_under(boxes):
    ann = boxes.as_("ann")
    item = ann.item()["id"]
    key = ann.save(item, [boxes.box()], state="draft").json()["id"]
    now = utc_now()
    GuidelineVersion.objects.update(written_at=now - timedelta(hours=2))
    AnnotationEvent.objects.update(at=now - timedelta(hours=1))
    write(boxes.as_("boss"), 1, "anew")
    ann.save(item, [boxes.box()], id=key, revision=1)
    steps = ann.get(f"annotations/{key}/history/").json()["results"]
    assert [step["guideline"] for step in steps] == [1, 2]


def test_a_guideline_costs_as_many_statements_with_twenty_examples(boxes):
    rev, ann = boxes.as_("rev", "reviewer"), boxes.as_("ann")
    counts = []
    for _ in range(2):
        example(rev, answered(boxes)[0])
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert ann.get(path(boxes)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 6


@pytest.mark.django_db(transaction=True)
def test_a_version_that_dies_half_written_was_not_written(lasting_world):
    world = lasting_world(samples=1)
    world.campaign(guideline="before")
    boss = world.people["boss"]

    def anew():
        guideline_write(actor=boss, campaign_id=world.round.pk, text="after", examples=[], base=1)

    for hook in HOOKS:
        assert_dies(hook, anew)
        assert Campaign.objects.get().guideline == "before"
        assert GuidelineVersion.objects.count() == 1
    anew()
    assert Campaign.objects.get().guideline_number == 2
