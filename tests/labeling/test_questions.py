"""Questions about items and objects, their answers, and who reads them."""

import uuid

import pytest

from labeling.models import Comment, Question
from labeling.services.questions import Ask, question_ask
from tests.faults.forks import assert_dies

ASKED = ["labeling.question.rows"]
HOOKS = ASKED
pytestmark = pytest.mark.django_db


def ask(client, item, text="Is that a cat?", **more):
    return client.post(f"items/{item}/questions/", {"text": text, **more})


def test_an_annotator_asks_and_a_reviewer_answers_and_settles_it(make_world):
    world = make_world(task="object_detection")
    world.campaign()
    ann, rev = world.as_("ann"), world.as_("rev", "reviewer")
    item, shape = ann.item()["id"], str(uuid.uuid4())
    asked = ask(ann, item, shape=shape).json()
    assert (asked["shape"], asked["point"], asked["author"], asked["resolved_at"]) == (
        shape,
        None,
        "ann",
        None,
    )
    assert [one["text"] for one in asked["comments"]] == ["Is that a cat?"]
    page = rev.get(f"campaigns/{world.round.pk}/questions/", state="open").json()["results"]
    assert [row["id"] for row in page] == [asked["id"]]
    assert rev.get(f"campaigns/{world.round.pk}/overview/").json()["questions"] == 1
    answered = rev.post(f"questions/{asked['id']}/comments/", {"text": "It is."}).json()
    assert [(one["author"], one["text"]) for one in answered["comments"]][-1] == ("rev", "It is.")
    assert rev.post(f"questions/{asked['id']}/resolve/").json()["resolved_by"] == "rev"
    assert rev.get(f"campaigns/{world.round.pk}/questions/", state="open").json()["results"] == []
    assert rev.get(f"campaigns/{world.round.pk}/overview/").json()["questions"] == 0
    again = ann.post(f"questions/{asked['id']}/comments/", {"text": "Sure?"}).json()
    assert (again["resolved_at"], again["resolved_by"]) == (None, None), "who asks on opens it again"
    assert rev.post(f"questions/{asked['id']}/resolve/").json()["resolved_at"] is not None
    assert rev.post(f"questions/{asked['id']}/reopen/").json()["resolved_at"] is None


def test_a_question_outlives_the_object_it_was_about(make_world):
    world = make_world(task="object_detection")
    world.campaign()
    ann = world.as_("ann")
    item, box = ann.item()["id"], world.box()
    key = ann.save(item, [box], state="draft").json()["id"]
    ask(ann, item, shape=box["id"])
    assert ann.save(item, [], id=key, revision=1).status_code == 200
    left = ann.get(f"items/{item}/questions/").json()["results"]
    assert [row["shape"] for row in left] == [box["id"]]
    assert left[0]["sample"]["name"]


def test_a_point_is_two_numbers_of_the_picture(world):
    ann = world.as_("ann")
    item = ann.item()["id"]
    assert ask(ann, item, point=[3.5, 4]).json()["point"] == [3.5, 4.0]
    for bad in ([1], [1, 2, 3], [-1, 2], ["a", 2], [1e9, 2], "here"):
        assert ask(ann, item, point=bad).status_code in (400, 422), bad
    assert ask(ann, item, point=[1, 2], shape=str(uuid.uuid4())).status_code == 422
    assert ask(ann, item, text="  ").status_code in (400, 422)
    assert ask(ann, item, text="x" * 2001).status_code in (400, 422)


def test_annotators_read_only_what_is_about_their_own_work(world):
    ann, ben = world.as_("ann"), world.as_("ben")
    mine, theirs = ann.item()["id"], ben.item()["id"]
    asked = ask(ann, mine).json()["id"]
    ask(ben, theirs)
    assert ben.get(f"items/{mine}/questions/").status_code == 404
    assert ask(ben, mine).status_code == 404
    for path in ("comments", "resolve", "reopen"):
        assert ben.post(f"questions/{asked}/{path}/", {"text": "no"}).status_code == 404
    rows = ben.get(f"campaigns/{world.round.pk}/questions/").json()["results"]
    assert [row["item"] for row in rows] == [theirs]
    assert len(world.as_("boss").get(f"campaigns/{world.round.pk}/questions/").json()["results"]) == 2
    eve = world.as_("eve", "viewer")
    assert eve.get(f"items/{mine}/questions/").status_code == 200
    assert ask(eve, mine).status_code == 403
    ann.post(f"items/{mine}/release/")
    assert ann.get(f"items/{mine}/questions/").status_code == 200, "who asked reads the answer"


def test_there_is_an_end_to_questions(world, monkeypatch):
    monkeypatch.setattr("labeling.services.questions.MAX_THREADS", 2)
    monkeypatch.setattr("labeling.services.questions.MAX_COMMENTS", 2)
    ann = world.as_("ann")
    item = ann.item()["id"]
    first = ask(ann, item).json()["id"]
    assert ask(ann, item).status_code == 201
    assert ask(ann, item).status_code == 422
    assert ann.post(f"questions/{first}/comments/", {"text": "And?"}).status_code == 200
    assert ann.post(f"questions/{first}/comments/", {"text": "And?"}).status_code == 422


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_question_that_dies_was_not_asked(lasting_world):
    world = lasting_world(samples=1)
    world.campaign()
    item = world.as_("ann").item()["id"]
    wanted = Ask(uuid.UUID(item), "A cat?")
    for hook in ASKED:
        assert_dies(hook, lambda: question_ask(world.people["ann"], wanted))
        assert not Question.objects.exists()
    question_ask(world.people["ann"], wanted)
    assert Comment.objects.count() == 1
