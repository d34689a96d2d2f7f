"""Classes merged while people label: who has the schema of before loses nothing, and a way back changes no answer."""

import pytest

from core.clock import utc_now
from datasets.models import Sample, Shape
from labeling.models import Annotation
from labeling.tasks import settle

pytestmark = pytest.mark.django_db


def merge(world, name, into):
    """As the end of a class move leaves the schema."""
    world.classes[name].deleted_at = utc_now()
    world.classes[name].merged_into = world.classes[into]
    world.classes[name].save()
    bump(world)


def bump(world):
    world.dataset.schema_revision += 1
    world.dataset.save()


def part(world, name):
    world.classes[name].deleted_at, world.classes[name].merged_into = None, None
    world.classes[name].save()
    bump(world)


def labels_of(shapes):
    return [shape["label"] for shape in shapes]


def test_a_submission_with_a_merged_class_is_taken_as_the_class_it_became(world):
    ann = world.as_("ann")
    item = ann.item()
    merge(world, "eel", "dog")
    merge(world, "dog", "cat")
    saved = ann.save(item["id"], [world.mark("eel")])
    assert (saved.status_code, saved.json()["state"], saved.json()["findings"]) == (200, "submitted", [])
    assert Shape.objects.get().label_class == world.classes["cat"]
    assert Sample.objects.get(pk=item["sample"]["id"]).labels == [str(world.classes["cat"].pk)]


def test_a_class_that_went_without_another_still_makes_a_draft(world):
    ann = world.as_("ann")
    item = ann.item()
    world.classes["eel"].deleted_at = utc_now()
    world.classes["eel"].save()
    bump(world)
    saved = ann.save(item["id"], [world.mark("eel")]).json()
    assert (saved["state"], saved["findings"][0]["code"]) == ("draft", "class_unknown")


def test_an_answer_of_before_reads_as_the_class_of_now_and_is_as_it_was_after_the_way_back(world):
    ann = world.as_("ann")
    item = ann.item()
    key = ann.save(item["id"], [world.mark("eel")], state="draft").json()["id"]
    old, new = str(world.classes["eel"].pk), str(world.classes["cat"].pk)
    merge(world, "eel", "cat")
    read = [
        ann.get(f"annotations/{key}/").json()["shapes"],
        ann.claim().json()["items"][0]["annotation"]["shapes"],
        ann.get(f"items/{item['id']}/").json()["annotation"]["shapes"],
    ]
    assert [labels_of(shapes) for shapes in read] == [[new]] * 3
    part(world, "eel")
    assert labels_of(ann.get(f"annotations/{key}/").json()["shapes"]) == [old]
    assert labels_of(Annotation.objects.get().shapes) == [old]


def test_a_fix_with_a_merged_class_is_taken(make_world):
    world = make_world("image_multilabel", samples=1)
    world.campaign(review_rate=1.0)
    ann, rex = world.as_("ann"), world.as_("rex", "reviewer")
    key = ann.save(ann.item()["id"], [world.mark("eel"), world.mark("cat")]).json()["id"]
    merge(world, "eel", "cat")
    item = rex.post(f"campaigns/{world.round.pk}/claim-review/", {"count": 1}).json()["items"][0]
    assert labels_of(item["annotation"]["shapes"]) == [str(world.classes["cat"].pk)]
    body = {
        "verdict": "fix",
        "reason": "",
        "shapes": [world.mark("eel"), world.mark("dog"), world.mark("cat")],
    }
    answer = rex.post(f"annotations/{key}/review/", body)
    assert answer.status_code == 200, answer.content
    assert Sample.objects.get().labels == [str(world.classes[name].pk) for name in ("cat", "dog")]


def test_answers_in_both_classes_agree_once_they_are_one(make_world):
    world = make_world(samples=1)
    world.campaign(overlap=2, consensus="majority")
    ann, ben = world.as_("ann"), world.as_("ben")
    ann.submit_next("eel")
    merge(world, "eel", "cat")
    ben.submit_next("cat")
    settle()
    assert Sample.objects.get().state == "labeled"
    assert Shape.objects.get().label_class == world.classes["cat"]
