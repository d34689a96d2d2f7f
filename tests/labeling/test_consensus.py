"""What several people say of one sample: agreed by itself, or a conflict that a reviewer decides."""

import uuid
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from datasets.models import AnnotationHistory, Counter, Sample, Shape
from labeling.models import Annotation, CampaignBeliefs, Consensus, Item, PairCount
from labeling.services.campaigns import campaign_recount
from labeling.services.consensus import consensus_settle
from labeling.services.sampling import is_sampled
from labeling.tasks import settle
from tests.labeling.conftest import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(make_world):
    world = make_world(samples=3)
    world.campaign(overlap=2, consensus="majority")
    return world


def answer_all(world, choices):
    """Everybody answers every sample; `choices` gives the class by name of the person and place of the sample."""
    place = {
        str(pk): at
        for at, pk in enumerate(world.dataset.samples.order_by("name").values_list("pk", flat=True))
    }
    for name, of_place in choices.items():
        person = world.as_(name)
        while items := person.claim(1).json()["items"]:
            chosen = of_place(place[items[0]["sample"]["id"]])
            saved = person.save(items[0]["id"], [world.mark(chosen)])
            assert saved.status_code == 200, saved.content


def rows(world):
    return list(Consensus.objects.filter(campaign=world.round).order_by("sample__name"))


def test_agreed_answers_become_the_samples_and_others_a_conflict(two):
    answer_all(two, {"ann": lambda at: "cat", "ben": lambda at: "cat" if at else "dog"})
    assert [row.state for row in rows(two)] == ["due"] * 3
    assert set(Sample.objects.values_list("state", flat=True)) == {"draft"}
    settle()
    states = [(row.state, row.reason) for row in rows(two)]
    assert states == [("conflict", "votes"), ("agreed", ""), ("agreed", "")]
    assert list(Sample.objects.order_by("name").values_list("state", flat=True)) == [
        "draft",
        "labeled",
        "labeled",
    ]
    assert {shape.label_class.name for shape in Shape.objects.all()} == {"cat"}
    assert Shape.objects.count() == 2
    labeled = sum(Counter.objects.filter(kind="state", key="labeled").values_list("value", flat=True))
    assert labeled == 2
    assert campaign_recount(two.round) == 0
    # The rule decided, nobody did.
    assert set(AnnotationHistory.objects.values_list("actor", flat=True)) == {None}


def test_nothing_is_settled_before_the_last_answer(two):
    two.as_("ann").submit_next("cat")
    settle()
    assert not Consensus.objects.exists()
    assert not Shape.objects.exists()


def test_settling_twice_writes_nothing_twice(two):
    answer_all(two, {"ann": lambda at: "cat", "ben": lambda at: "cat"})
    settle()
    revisions = list(Sample.objects.order_by("name").values_list("annotation_revision", flat=True))
    Consensus.objects.update(state="due")
    settle()
    assert [row.state for row in rows(two)] == ["agreed"] * 3
    assert list(Sample.objects.order_by("name").values_list("annotation_revision", flat=True)) == revisions
    assert PairCount.objects.count() == 3
    assert not consensus_settle(rows(two)[0].pk)


def test_an_answer_that_is_changed_is_settled_anew(two):
    answer_all(two, {"ann": lambda at: "cat"})
    ben, last = two.as_("ben"), None
    for _ in range(3):
        last = ben.submit_next("cat")
    settle()
    taken = ben.post(f"annotations/{last['id']}/take-back/")
    assert taken.status_code == 200
    row = Consensus.objects.get(sample_id=last["item"]["sample"]["id"])
    again = ben.save(last["item"]["id"], [two.mark("dog")], id=last["id"], revision=taken.json()["revision"])
    assert again.status_code == 200, again.content
    settle()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("conflict", "votes")
    assert Sample.objects.get(pk=row.sample_id).state == "draft"


def test_an_answer_taken_back_before_the_settling_is_waited_for(two):
    answer_all(two, {"ann": lambda at: "cat"})
    ben = two.as_("ben")
    last = ben.submit_next("cat")
    taken = ben.post(f"annotations/{last['id']}/take-back/").json()
    settle()
    assert not Consensus.objects.exists()
    ben.save(last["item"]["id"], [two.mark("cat")], id=last["id"], revision=taken["revision"])
    settle()
    assert Consensus.objects.get().state == "agreed"


def test_a_skipped_answer_counts_as_given_and_one_alone_decides_nothing(two):
    ann, ben = two.as_("ann"), two.as_("ben")
    first = ann.submit_next("cat")
    for _ in range(3):
        item = ben.item()
        assert ben.post(f"items/{item['id']}/skip/", {"reason": "blurred"}).status_code == 200
    settle()
    row = Consensus.objects.get()
    assert str(row.sample_id) == first["item"]["sample"]["id"]
    assert (row.state, row.reason) == ("conflict", "too_few")


def test_boxes_of_two_people_become_one_object_and_a_box_of_one_a_conflict(make_world):
    world = make_world(task="object_detection", samples=2)
    world.campaign(overlap=2, consensus="majority")
    ann, ben = world.as_("ann"), world.as_("ben")
    for person, shift in ((ann, 0), (ben, 2)):
        for at in range(2):
            extra = [world.box(100, 50, 20, 20, name="dog")] if at and person is ben else []
            item = person.item()
            person.save(item["id"], [world.box(10 + shift, 10, 40, 40), *extra])
    settle()
    found = {row.state: row for row in rows(world)}
    assert set(found) == {"agreed", "conflict"}
    assert [shape["box"] for shape in found["agreed"].shapes] == [[11.0, 10.0, 40.0, 40.0]]
    assert found["conflict"].reason == "objects"
    shape = Shape.objects.get()
    assert (shape.x, shape.sample_id) == (11.0, found["agreed"].sample_id)


def test_a_class_that_is_gone_is_nobodys_agreement(two):
    answer_all(two, {"ann": lambda at: "cat", "ben": lambda at: "cat"})
    two.dataset.classes.filter(name="cat").update(deleted_at=two.dataset.created_at)
    two.dataset.schema_revision += 1
    two.dataset.save()
    settle()
    assert {(row.state, row.reason) for row in rows(two)} == {("conflict", "class_gone")}


def test_a_share_of_what_is_agreed_is_drawn_for_review(make_world):
    world = make_world(samples=20)
    world.campaign(overlap=2, review_rate=0.4, consensus="majority")
    answer_all(world, {"ann": lambda at: "cat", "ben": lambda at: "cat"})
    settle()
    drawn = {row.sample_id for row in rows(world) if row.state == "review"}
    assert drawn == {row.sample_id for row in rows(world) if is_sampled(row.sample_id, 0.4)}
    assert Sample.objects.filter(state="labeled").count() == 20
    rev = world.as_("rev", "reviewer")
    assert rev.get(f"campaigns/{world.round.pk}/").json()["conflicts"] == len(drawn)
    assert world.as_("ann").get(f"campaigns/{world.round.pk}/").json()["conflicts"] == 0


def _conflict(world):
    answer_all(world, {"ann": lambda at: "cat", "ben": lambda at: "dog"})
    settle()
    rev = world.as_("rev", "reviewer")
    listed = rev.get(f"campaigns/{world.round.pk}/consensus/", state="conflict").json()["results"]
    return rev, listed


def test_a_reviewer_sees_the_answers_side_by_side_and_chooses_one(two):
    rev, listed = _conflict(two)
    assert len(listed) == 3
    first = listed[0]
    assert [answer["author"] for answer in first["answers"]] == ["ann", "ben"]
    chosen = first["answers"][1]
    done = rev.post(
        f"consensus/{first['id']}/resolve/", {"annotation": chosen["id"], "revision": first["revision"]}
    )
    assert done.status_code == 200, done.content
    body = done.json()
    assert (body["state"], body["decided_by"], body["revision"]) == ("resolved", "rev", first["revision"] + 1)
    sample = Sample.objects.get(pk=first["sample"]["id"])
    assert (sample.state, sample.annotation_source) == ("reviewed", "human")
    assert [shape.label_class.name for shape in sample.shapes.all()] == ["dog"]
    left = rev.get(f"campaigns/{two.round.pk}/consensus/", state="conflict").json()["results"]
    assert len(left) == 2


def test_a_reviewer_gives_an_answer_of_their_own(two):
    rev, listed = _conflict(two)
    body = {"shapes": [two.mark("eel")], "revision": listed[0]["revision"]}
    assert rev.post(f"consensus/{listed[0]['id']}/resolve/", body).status_code == 200
    sample = Sample.objects.get(pk=listed[0]["sample"]["id"])
    assert [shape.label_class.name for shape in sample.shapes.all()] == ["eel"]


def test_the_second_of_two_reviewers_is_told(two):
    rev, listed = _conflict(two)
    body = {"annotation": listed[0]["answers"][0]["id"], "revision": listed[0]["revision"]}
    assert rev.post(f"consensus/{listed[0]['id']}/resolve/", body).status_code == 200
    late = two.as_("boss").post(f"consensus/{listed[0]['id']}/resolve/", body)
    assert (late.status_code, late.json()["code"]) == (409, "stale_revision")
    assert Consensus.objects.get(pk=listed[0]["id"]).decided_by.username == "rev"


def test_what_a_reviewer_has_resolved_is_closed_for_its_authors_and_for_the_rule(two):
    rev, listed = _conflict(two)
    answer = listed[0]["answers"][0]
    body = {"annotation": answer["id"], "revision": listed[0]["revision"]}
    rev.post(f"consensus/{listed[0]['id']}/resolve/", body)
    ann, given = two.as_("ann"), Annotation.objects.get(pk=answer["id"])
    late = ann.save(str(given.item_id), [two.mark("eel")], id=answer["id"], revision=given.revision)
    assert (late.status_code, late.json()["code"]) == (409, "already_reviewed")
    back = ann.post(f"annotations/{answer['id']}/take-back/")
    assert (back.status_code, back.json()["code"]) == (409, "already_reviewed")
    settle()
    assert Consensus.objects.get(pk=listed[0]["id"]).state == "resolved"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"annotation": "not an id"},
        {"annotation": str(uuid.uuid4())},
        {"shapes": []},
        {"shapes": "everything"},
        {"shapes": [{"id": "x", "kind": "class", "label": "y"}]},
        {"annotation": str(uuid.uuid4()), "shapes": []},
    ],
)
def test_what_is_no_answer_is_refused(two, body):
    rev, listed = _conflict(two)
    sent = {"revision": listed[0]["revision"], **body}
    refused = rev.post(f"consensus/{listed[0]['id']}/resolve/", sent)
    assert refused.status_code == 422, refused.content
    assert Consensus.objects.get(pk=listed[0]["id"]).state == "conflict"


def test_a_shape_of_another_sample_cannot_be_taken_over(two):
    rev, listed = _conflict(two)
    for place, mark in enumerate((two.mark("eel"),) * 2):
        body = {"shapes": [mark], "revision": listed[place]["revision"]}
        done = rev.post(f"consensus/{listed[place]['id']}/resolve/", body)
    assert (done.status_code, done.json()["code"]) == (422, "shape_id_taken")


def test_single_answers_of_such_a_campaign_are_not_judged_one_by_one(two):
    rev, listed = _conflict(two)
    judged = rev.post(f"annotations/{listed[0]['answers'][0]['id']}/review/", {"verdict": "accept"})
    assert (judged.status_code, judged.json()["code"]) == (409, "decided_together")
    assert rev.post(f"campaigns/{two.round.pk}/claim-review/", {"count": 5}).json()["items"] == []


def test_annotators_never_see_what_others_said(two):
    _, listed = _conflict(two)
    ann = two.as_("ann")
    for path in (
        f"consensus/{listed[0]['id']}/",
        f"campaigns/{two.round.pk}/consensus/",
        f"campaigns/{two.round.pk}/agreement/",
        f"campaigns/{two.round.pk}/agreement/csv/",
    ):
        assert ann.get(path).status_code in (403, 404), path
    sent = {"revision": 1, "annotation": listed[0]["answers"][0]["id"]}
    assert ann.post(f"consensus/{listed[0]['id']}/resolve/", sent).status_code in (403, 404)
    assert ann.get(f"annotations/{listed[0]['answers'][1]['id']}/").status_code == 404


def test_weighted_votes_learn_who_is_right_and_look_at_their_conflicts_again(make_world):
    world = make_world(samples=80)
    world.campaign(overlap=3, consensus="weighted")
    names, random = ("cat", "dog", "eel"), Random(4)
    truth = [names[random.randrange(3)] for _ in range(80)]

    def right_in(share):
        said = [name if random.random() < share else random.choice(names) for name in truth]
        return said.__getitem__

    said = {"ann": right_in(1.0), "ben": right_in(0.5), "eve": right_in(0.5)}
    answer_all(world, said)
    settle()
    split = sum(len({of_place(at) for of_place in said.values()}) == 3 for at in range(80))
    # With the first fit, all that was no majority is due once more.
    assert Consensus.objects.filter(state="due").count() >= split >= 5
    majority = [sum(of_place(at) == truth[at] for of_place in said.values()) >= 2 for at in range(80)]
    settle()
    assert not Consensus.objects.filter(state="due").exists()
    people = CampaignBeliefs.objects.get().people
    share = {name: sum(people[str(world.people[name].pk)][at][at] for at in range(3)) / 3 for name in said}
    assert share["ann"] > 0.85 > 0.8 > max(share["ben"], share["eve"])
    label = {str(row.pk): name for name, row in world.classes.items()}
    found = [label[row.shapes[0]["label"]] if row.state == "agreed" else None for row in rows(world)]
    settled = [name == truth[at] for at, name in enumerate(found) if name]
    assert len(settled) >= 60
    assert sum(settled) / len(settled) > sum(majority) / len(majority)


def test_votes_are_weighted_for_one_class_only(make_world):
    world = make_world(task="object_detection", samples=1)
    body = {"dataset": str(world.dataset.pk), "name": "x", "overlap": 2, "consensus": {"method": "weighted"}}
    refused = world.as_("boss").post("campaigns/", body)
    assert (refused.status_code, list(refused.json()["params"]["fields"])) == (422, ["consensus"])
    body["consensus"] = {"method": "majority", "quorum": 1, "min_iou": 0.7}
    made = world.as_("boss").post("campaigns/", body).json()
    assert made["consensus"] == {"method": "majority", "quorum": 1.0, "min_iou": 0.7}
    del body["consensus"]
    assert world.as_("boss").post("campaigns/", body).json()["consensus"]["method"] == "none"
    body |= {"overlap": 1, "consensus": {"method": "majority"}}
    assert world.as_("boss").post("campaigns/", body).json()["consensus"]["method"] == "none"


@pytest.mark.parametrize("count", [3, 60])
def test_settling_and_listing_cost_the_same_at_any_size(make_world, count):
    world = make_world(samples=count)
    world.campaign(overlap=2, consensus="majority")
    answer_all(world, {"ann": lambda at: "cat", "ben": lambda at: "cat" if at else "dog"})
    row = rows(world)[1]
    with CaptureQueriesContext(connection) as captured:
        assert consensus_settle(row.pk)
    parts = 5 if connection.vendor == "sqlite" else 0
    assert len(statements(captured)) <= 9 + parts, statements(captured)
    settle()
    rev = world.as_("rev", "reviewer")
    with CaptureQueriesContext(connection) as captured:
        rev.get(f"campaigns/{world.round.pk}/consensus/")
    assert len(statements(captured)) <= 6, statements(captured)


def test_the_last_answer_costs_no_statement_more_than_any_other(two):
    answer_all(two, {"ann": lambda at: "cat"})
    ben = two.as_("ben")
    ben.submit_next("cat")
    item = ben.item()
    with CaptureQueriesContext(connection) as captured:
        assert ben.save(item["id"], [two.mark("cat")]).status_code == 200
    parts = 4 if connection.vendor == "sqlite" else 0
    assert len(statements(captured)) <= 6 + parts, statements(captured)
    assert Item.objects.filter(state="accepted").count() == 5
