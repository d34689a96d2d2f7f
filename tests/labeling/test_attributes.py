"""What a class asks of its objects holds an answer back until it is said; a draft may say less."""

import pytest

from datasets.models import Shape
from datasets.services.schema import schema_replace
from labeling.models import Annotation

COLOR = {"name": "color", "kind": "select", "options": ["red", "blue"], "required": True}
SPEED = {"name": "speed", "kind": "number"}


@pytest.fixture
def asked(make_world):
    world = make_world("object_detection", samples=2)
    ask(world, [COLOR, SPEED])
    world.campaign(review_rate=1.0)
    return world


def ask(world, attributes, **more):
    rows = [{"id": str(row.pk), "attributes": attributes, **more} for row in world.classes.values()]
    schema_replace(actor=world.manager, dataset_id=world.dataset.pk, classes=rows, revision=None)


@pytest.mark.parametrize(
    ("said", "code", "attribute"),
    [
        ({}, "attribute_missing", "color"),
        ({"color": "green"}, "attribute_invalid", "color"),
        ({"color": "red", "speed": "fast"}, "attribute_invalid", "speed"),
    ],
)
def test_a_submission_is_refused_by_its_object_and_a_draft_is_kept(asked, said, code, attribute):
    ann = asked.as_("ann")
    item = ann.item()["id"]
    shapes = [{**asked.box(), "attributes": {"color": "red"}}, {**asked.box(1, 1, 5, 5), "attributes": said}]
    refused = ann.save(item, shapes)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    params = refused.json()["params"]
    assert (params["shape"], params["index"], params["attribute"]) == (shapes[1]["id"], 1, attribute)
    draft = ann.save(item, shapes, state="draft")
    assert draft.status_code == 200, draft.content
    shapes[1]["attributes"] = {"color": "blue", "speed": "3.5", "seen": "by somebody"}
    saved = ann.save(item, shapes, revision=1, id=draft.json()["id"])
    assert (saved.status_code, saved.json()["state"]) == (200, "submitted")
    kept = Annotation.objects.get(pk=draft.json()["id"]).shapes
    assert kept[1]["attributes"] == shapes[1]["attributes"]


def test_a_schema_that_asks_more_meanwhile_holds_the_answer_back(asked):
    ann = asked.as_("ann")
    item, shapes = ann.item()["id"], [{**asked.box(), "attributes": {"color": "red"}}]
    ask(asked, [COLOR, {**SPEED, "required": True}])
    refused = ann.save(item, shapes)
    assert (refused.status_code, refused.json()["params"]["attribute"]) == (422, "speed")
    ask(asked, [])
    assert ann.save(item, shapes).status_code == 200


def test_a_fix_of_a_reviewer_says_what_is_asked_too(asked):
    ann, rita = asked.as_("ann"), asked.as_("rita", "reviewer")
    shapes = [{**asked.box(), "attributes": {"color": "red"}}]
    saved = ann.save(ann.item()["id"], shapes).json()
    fix = {"verdict": "fix", "shapes": [asked.box(5, 5, 9, 9)]}
    refused = rita.post(f"annotations/{saved['id']}/review/", fix)
    assert (refused.status_code, refused.json()["code"]) == (422, "attribute_missing")
    fix["shapes"][0]["attributes"] = {"color": "blue"}
    assert rita.post(f"annotations/{saved['id']}/review/", fix).status_code == 200


def test_key_points_are_as_many_as_the_class_has(make_world):
    world = make_world("keypoints", samples=1)
    ask(world, [], skeleton={"points": ["left eye", "right eye", "mouth"], "lines": [[0, 2]]})
    world.campaign()
    ann = world.as_("ann")
    item = ann.item()["id"]
    shape = {**world.mark(), "kind": "keypoints", "keypoints": [[10, 10, 2], [20, 10, 1]]}
    refused = ann.save(item, [shape])
    assert (refused.status_code, refused.json()["code"]) == (422, "keypoints_mismatch")
    assert (refused.json()["params"]["expected"], refused.json()["params"]["found"]) == (3, 2)
    shape["keypoints"].append([0, 0, 0])
    assert ann.save(item, [shape]).status_code == 200


TRANSCRIPT = {"name": "transcript", "kind": "text", "required": True}


@pytest.mark.parametrize("task", ["audio_classification", "image_multilabel", "text_classification"])
def test_what_a_class_of_a_whole_sample_asks_is_answered_too(make_world, task):
    world = make_world(task, samples=1)
    ask(world, [TRANSCRIPT])
    world.campaign()
    ann = world.as_("ann")
    item, mark = ann.item(), world.mark("dog")
    refused = ann.save(item["id"], [mark])
    assert (refused.status_code, refused.json()["code"]) == (422, "attribute_missing")
    assert refused.json()["params"]["shape"] == mark["id"]
    said = {"transcript": "第一句。\nand a second line " + "word " * 600}
    saved = ann.save(item["id"], [{**mark, "attributes": said}])
    assert saved.status_code == 200, saved.content
    (kept,) = Shape.objects.filter(sample_id=item["sample"]["id"])
    assert kept.geometry == {"attributes": said}


def test_what_is_asked_of_a_span_is_answered_beside_its_place(make_world):
    world = make_world("ner", samples=1)
    ask(world, [COLOR])
    world.campaign()
    ann = world.as_("ann")
    item, span = ann.item(), world.span(0, 3, "cat")
    assert ann.save(item["id"], [span]).json()["code"] == "attribute_missing"
    saved = ann.save(item["id"], [{**span, "attributes": {"color": "red"}}])
    assert saved.status_code == 200, saved.content
    (kept,) = Shape.objects.filter(sample_id=item["sample"]["id"])
    assert kept.geometry == {"start": 0, "end": 3, "attributes": {"color": "red"}}
