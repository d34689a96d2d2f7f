"""Claiming, saving, submitting: what annotators do all day."""

import uuid
from datetime import timedelta

import pytest

from core.clock import utc_now
from datasets.models import AnnotationHistory, Counter, Sample, Shape
from datasets.services.schema import schema_replace
from labeling.models import Annotation, AnnotationEvent, Item
from labeling.services.campaigns import campaign_recount
from labeling.services.parts import LostRace

pytestmark = pytest.mark.django_db


def _expire(item_id):
    Item.objects.filter(pk=item_id).update(lease_until=utc_now() - timedelta(seconds=1))


def test_a_claim_hands_out_the_head_of_the_queue_with_everything_to_show_it(world):
    body = world.as_("ann").claim(2, peek=2).json()
    assert [item["sample"]["name"] for item in body["items"]] == ["000000.jpg", "000001.jpg"]
    assert [item["sample"]["name"] for item in body["peek"]] == ["000002.jpg", "000003.jpg"]
    assert body["remaining"] == 6
    item = body["items"][0]
    sample = Sample.objects.get(pk=item["sample"]["id"])
    assert item["sample"]["media_url"] == f"/media/b/{sample.sha256}?s={sample.pk}"
    assert item["sample"]["thumb_url"] == f"/media/t/{sample.thumb_sha256}"
    assert item["sample"]["payload"]["width"] == 200
    assert item["annotation"] == {
        "id": None,
        "revision": 0,
        "state": None,
        "shapes": [],
        "source": "",
        "seconds_spent": 0.0,
        "saved_at": None,
        "review": None,
    }
    assert item["state"] == "leased"
    assert body["peek"][0]["state"] == "new"
    assert item["lease_until"] is not None


def test_claiming_again_gives_the_same_items_and_held_ones_are_left_out(world):
    ann = world.as_("ann")
    first = ann.item()
    assert ann.item()["id"] == first["id"]
    assert ann.item(held=[first["id"]])["id"] != first["id"]


def test_peeking_leases_nothing(world):
    ann, ben = world.as_("ann"), world.as_("ben")
    peeked = ann.claim(0, peek=1).json()["peek"][0]
    assert ben.item()["id"] == peeked["id"]


def test_a_submission_writes_the_answer_its_history_the_sample_and_the_counters(world):
    saved = world.as_("ann").submit_next("dog")
    assert saved["state"] == "submitted"
    assert saved["item_state"] == "accepted"
    annotation = Annotation.objects.get(pk=saved["id"])
    assert (annotation.revision, annotation.state, annotation.seconds_spent) == (1, "submitted", 2.0)
    event = AnnotationEvent.objects.get(annotation=annotation)
    assert (event.action, event.revision, event.shapes) == ("submitted", 1, annotation.shapes)
    sample = Sample.objects.get(pk=annotation.sample_id)
    dog = world.classes["dog"].pk
    assert (sample.state, sample.labels, sample.label_class_id, sample.annotation_revision) == (
        "labeled",
        [str(dog)],
        dog,
        1,
    )
    assert Shape.objects.get(sample=sample).label_class_id == dog
    assert AnnotationHistory.objects.get(sample=sample).shapes == annotation.shapes
    assert world.as_("boss").get(f"campaigns/{world.round.pk}/").json()["counts"] == {
        "total": 6,
        "new": 5,
        "leased": 0,
        "submitted": 0,
        "accepted": 1,
        "rejected": 0,
        "skipped": 0,
    }
    assert _total("class", str(dog)) == _total("objects", str(dog)) == _total("state", "labeled") == 1
    assert _total("state", "unlabeled") == 5
    assert campaign_recount(world.round) == 0


def _total(kind, key):
    return sum(Counter.objects.filter(kind=kind, key=key).values_list("value", flat=True))


def test_changing_a_submitted_answer_moves_the_counters_of_its_classes(world):
    ann = world.as_("ann")
    saved = ann.submit_next("dog")
    again = ann.save(saved["item"]["id"], [world.mark("eel")], revision=1, id=saved["id"])
    assert again.json()["revision"] == 2
    assert (_total("class", str(world.classes["dog"].pk)), _total("class", str(world.classes["eel"].pk))) == (
        0,
        1,
    )
    assert _total("objects", str(world.classes["dog"].pk)) == 0
    assert _total("state", "labeled") == 1
    assert campaign_recount(world.round) == 0


def test_boxes_are_kept_shape_by_shape_and_replaced_by_id(make_world):
    world = make_world("object_detection")
    world.campaign()
    ann = world.as_("ann")
    item = ann.item()
    one, two = world.box(1, 2, 3, 4), world.box(5, 5, 50, 50, name="dog")
    saved = ann.save(item["id"], [one, two]).json()
    moved = {**one, "box": [2, 2, 3, 4]}
    ann.save(item["id"], [moved], revision=1, id=saved["id"])
    row = Shape.objects.get(sample_id=item["sample"]["id"])
    assert (str(row.pk), row.x, row.label_class.name) == (one["id"], 2, "cat")
    assert _total("objects", str(world.classes["dog"].pk)) == 0
    empty = ann.save(item["id"], [], revision=2, id=saved["id"])
    assert empty.status_code == 200
    assert not Shape.objects.filter(sample_id=item["sample"]["id"]).exists()


def test_the_id_of_a_shape_cannot_be_taken_from_another_sample(world):
    ann = world.as_("ann")
    mark = world.mark()
    ann.save(ann.item()["id"], [mark])
    second = ann.item()
    refused = ann.save(second["id"], [mark])
    assert (refused.status_code, refused.json()["code"]) == (422, "shape_id_taken")
    assert not Annotation.objects.filter(item_id=second["id"]).exists()


def test_a_repeated_save_answers_the_same_and_writes_nothing(world):
    ann = world.as_("ann")
    item, key, shapes = ann.item(), str(uuid.uuid4()), [world.mark()]
    first = ann.save(item["id"], shapes, id=key)
    again = ann.save(item["id"], shapes, id=key)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert AnnotationEvent.objects.filter(annotation_id=key).count() == 1
    assert campaign_recount(world.round) == 0


def test_a_stale_revision_gets_the_present_document_and_overwrites_nothing(world):
    ann = world.as_("ann")
    item, key = ann.item(), str(uuid.uuid4())
    ann.save(item["id"], [world.mark("cat")], id=key, state="draft")
    ann.save(item["id"], [world.mark("dog")], id=key, state="draft", revision=1)
    stale = ann.save(item["id"], [world.mark("eel")], id=key, state="draft", revision=1)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    current = stale.json()["params"]["current"]
    assert (current["id"], current["revision"]) == (key, 2)
    assert current["shapes"][0]["label"] == str(world.classes["dog"].pk)


def test_a_save_that_loses_every_race_is_a_conflict_that_may_be_sent_again(world, monkeypatch):
    ann = world.as_("ann")
    item, key, shapes = ann.item(), str(uuid.uuid4()), [world.mark()]

    def lost(*_counts):
        raise LostRace

    with monkeypatch.context() as patch:
        patch.setattr("labeling.services.annotate.check_written", lost)
        refused = ann.save(item["id"], shapes, id=key)
    assert (refused.status_code, refused.json()["code"]) == (409, "save_contested")
    assert not Annotation.objects.exists()
    assert ann.save(item["id"], shapes, id=key).status_code == 200


def test_two_tabs_with_two_ids_make_one_answer(world):
    ann = world.as_("ann")
    item = ann.item()
    first = ann.save(item["id"], [world.mark()], state="draft").json()
    second = ann.save(item["id"], [world.mark("dog")], state="draft")
    assert second.status_code == 409
    assert second.json()["params"]["current"]["id"] == first["id"]


def test_next_comes_with_the_answer_and_is_leased(world):
    ann = world.as_("ann")
    saved = ann.submit_next(next=True)
    assert saved["next"]["sample"]["name"] == "000001.jpg"
    assert ann.item()["id"] == saved["next"]["id"]
    for _ in range(4):
        last = ann.submit_next(next=1)
    assert last["next"]["sample"]["name"] == "000005.jpg"
    assert ann.submit_next(next=1)["next"] is None
    assert ann.claim().json() == {"items": [], "peek": [], "remaining": 0}


def test_a_draft_comes_back_to_its_author_after_a_reload_and_after_the_lease(world):
    ann, ben = world.as_("ann"), world.as_("ben")
    item = ann.item()
    saved = ann.save(item["id"], [world.mark("dog")], state="draft").json()
    assert Sample.objects.get(pk=item["sample"]["id"]).state == "draft"
    assert ann.item()["annotation"]["id"] == saved["id"]
    _expire(item["id"])
    ann.claim(count=0, peek=1)
    back = ann.item()
    assert (back["id"], back["annotation"]["revision"]) == (item["id"], 1)
    _expire(item["id"])
    assert ben.item()["id"] == item["id"]
    assert ben.item()["annotation"]["id"] is None


def test_work_on_an_item_that_went_to_somebody_else_is_kept_as_a_draft(world):
    ann, ben = world.as_("ann"), world.as_("ben")
    item, key, shapes = ann.item(), str(uuid.uuid4()), [world.mark("dog")]
    _expire(item["id"])
    assert ben.item()["id"] == item["id"]
    late = ann.save(item["id"], shapes, id=key)
    assert (late.status_code, late.json()["code"]) == (409, "lease_lost")
    assert late.json()["params"]["kept"] is True
    assert late.json()["params"]["current"]["revision"] == 1
    kept = Annotation.objects.get(pk=key)
    assert (kept.state, kept.shapes[0]["label"]) == ("draft", str(world.classes["dog"].pk))
    assert ben.save(item["id"], [world.mark("cat")]).status_code == 200
    assert Annotation.objects.get(pk=key).state == "draft"
    assert Item.objects.get(pk=item["id"]).assignee == world.people["ben"]


def test_an_expired_lease_that_nobody_took_costs_nothing(world):
    ann = world.as_("ann")
    item = ann.item()
    _expire(item["id"])
    assert ann.save(item["id"], [world.mark()]).status_code == 200


def test_heartbeat_extends_release_gives_back_and_a_foreign_lease_is_refused(world):
    ann, ben = world.as_("ann"), world.as_("ben")
    item = ann.item()
    Item.objects.filter(pk=item["id"]).update(lease_until=utc_now() + timedelta(seconds=5))
    until = ann.post(f"items/{item['id']}/heartbeat/").json()["lease_until"]
    assert until > (utc_now() + timedelta(minutes=4)).isoformat().replace("+00:00", "Z")
    lost = ben.post(f"items/{item['id']}/heartbeat/")
    assert (lost.status_code, lost.json()["code"]) == (409, "lease_lost")
    assert ben.post(f"items/{item['id']}/release/").status_code == 204
    assert ben.item()["id"] != item["id"]
    assert ann.post(f"items/{item['id']}/release/").status_code == 204
    row = Item.objects.get(pk=item["id"])
    assert (row.lease_holder, row.lease_until, row.assignee) == (None, None, None)


def test_a_deleted_class_turns_a_submission_into_a_draft_with_a_finding(world):
    ann = world.as_("ann")
    item, shapes = ann.item(), [world.mark("eel")]
    kept = [{"id": str(row.pk), "name": row.name} for name, row in world.classes.items() if name != "eel"]
    schema_replace(actor=world.manager, dataset_id=world.dataset.pk, classes=kept, revision=None)
    saved = ann.save(item["id"], shapes)
    body = saved.json()
    assert (saved.status_code, body["state"], body["item_state"]) == (200, "draft", "new")
    assert body["findings"][0]["code"] == "class_unknown"
    assert body["findings"][0]["shapes"] == [shapes[0]["id"]]
    assert Annotation.objects.get(pk=body["id"]).shapes == shapes
    again = ann.save(item["id"], shapes, id=body["id"])
    assert again.json() == body
    fixed = ann.save(item["id"], [world.mark("cat")], revision=1, id=body["id"]).json()
    assert (fixed["state"], fixed["revision"], fixed["findings"]) == ("submitted", 2, [])


@pytest.mark.parametrize("shapes", [[], "two", [{"kind": "class"}], {}, None, [1]])
def test_an_answer_that_is_none_is_refused_with_its_reason(world, shapes):
    ann = world.as_("ann")
    shapes = [world.mark(), world.mark("dog")] if shapes == "two" else shapes
    refused = ann.save(ann.item()["id"], shapes)
    assert refused.status_code == 422
    assert "shapes" in refused.json()["params"]["fields"]
    assert not Annotation.objects.exists()


def test_skipping_needs_a_reason_and_moves_on(world):
    ann = world.as_("ann")
    item = ann.item()
    assert ann.post(f"items/{item['id']}/skip/", {"reason": " "}).status_code == 422
    skipped = ann.post(f"items/{item['id']}/skip/", {"reason": "blurred", "next": True}).json()
    assert (skipped["state"], skipped["next"]["sample"]["name"]) == ("skipped", "000001.jpg")
    assert campaign_recount(world.round) == 0
    listed = world.as_("boss").get(f"campaigns/{world.round.pk}/items/", state="skipped").json()["results"]
    assert [(row["id"], row["skip_reason"]) for row in listed] == [(item["id"], "blurred")]
    assert ann.post(f"items/{item['id']}/requeue/").status_code == 403
    assert world.as_("boss").post(f"items/{item['id']}/requeue/").status_code == 204
    assert world.as_("ben").item()["id"] == item["id"]
    assert campaign_recount(world.round) == 0


def test_a_submission_can_be_taken_back_and_sent_again(world):
    ann = world.as_("ann")
    saved = ann.submit_next("dog")
    back = ann.post(f"annotations/{saved['id']}/take-back/").json()
    assert (back["state"], back["revision"], back["item_state"]) == ("draft", 2, "new")
    assert ann.post(f"annotations/{saved['id']}/take-back/").json()["revision"] == 2
    assert campaign_recount(world.round) == 0
    item = ann.item()
    assert (item["id"], item["annotation"]["state"]) == (saved["item"]["id"], "draft")
    sent = ann.save(item["id"], [world.mark("cat")], revision=2, id=saved["id"]).json()
    assert (sent["state"], sent["item_state"], sent["revision"]) == ("submitted", "accepted", 3)
    actions = [row["action"] for row in ann.get(f"annotations/{saved['id']}/history/").json()["results"]]
    assert actions == ["submitted", "taken_back", "submitted"]
    assert _total("state", "labeled") == 1


def test_a_closed_campaign_hands_out_nothing_and_keeps_late_work(world):
    ann = world.as_("ann")
    done, item = ann.submit_next(), ann.item()
    assert world.as_("boss").post(f"campaigns/{world.round.pk}/close/").json()["state"] == "closed"
    refused = ann.claim()
    assert (refused.status_code, refused.json()["code"]) == (409, "campaign_closed")
    late = ann.save(item["id"], [world.mark()])
    assert (late.status_code, late.json()["code"], late.json()["params"]["kept"]) == (
        409,
        "campaign_closed",
        True,
    )
    assert Annotation.objects.get(item_id=item["id"]).state == "draft"
    change = ann.save(done["item"]["id"], [world.mark("dog")], revision=1, id=done["id"])
    assert (change.status_code, change.json()["params"]["kept"]) == (409, False)
    assert Annotation.objects.get(pk=done["id"]).state == "submitted"
    world.as_("boss").post(f"campaigns/{world.round.pk}/reopen/")
    assert ann.item()["id"] == item["id"]


def test_labels_that_a_sample_already_carries_are_shown_to_start_from(make_world):
    world = make_world("object_detection")
    world.campaign()
    first = world.as_("ann")
    item = first.item()
    shapes = [world.box(1, 2, 3, 4.5), world.box(9, 9, 9, 9, name="dog")]
    first.save(item["id"], shapes)
    world.campaign(name="Second look")
    shown = world.as_("ben").item()["annotation"]
    assert (shown["id"], shown["revision"], shown["source"]) == (None, 0, "human")
    assert shown["shapes"] == shapes
