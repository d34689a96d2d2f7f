"""Making campaigns, and who sees them."""

import uuid
from hashlib import md5

import pytest

from core.media import forget, may_read
from core.models import AuditEvent
from datasets.models import Sample
from datasets.services.datasets import dataset_delete
from labeling.models import Campaign, Item
from labeling.selectors.access import items_touched_by
from labeling.services.active import items_reorder
from tests import factories

pytestmark = pytest.mark.django_db


def _create(client, **body):
    world = client.world
    return client.post("campaigns/", {"dataset": str(world.dataset.pk), "name": "New", **body})


def test_a_campaign_is_made_with_its_queue_and_an_audit_row(make_world):
    world = make_world()
    world.person("ann")
    made = _create(
        world.as_("boss"),
        selection="all",
        assignees=["ann"],
        overlap=2,
        review={"rate": 0.1},
        order="random",
        guideline="# Look closely",
        due="2030-01-01T00:00:00Z",
    )
    body = made.json()
    assert made.status_code == 201
    assert made["Location"] == f"/api/v1/campaigns/{body['id']}/"
    assert body["counts"]["total"] == body["counts"]["new"] == 12
    assert (body["assignees"], body["overlap"], body["review"]) == (["ann"], 2, {"rate": 0.1})
    assert body["due"] == "2030-01-01T00:00:00Z"
    assert [row["name"] for row in body["label_schema"]["classes"]] == ["cat", "dog", "eel"]
    assert AuditEvent.objects.filter(operation="labeling.campaign.created", object_id=body["id"]).exists()
    ids = list(Item.objects.values_list("pk", flat=True))
    assert {pk.version for pk in ids} == {7}
    assert {pk.variant for pk in ids} == {uuid.RFC_4122}


def test_random_order_differs_from_the_given_one(make_world):
    world = make_world(samples=30)
    world.campaign(order="given")
    given = list(world.round.items.order_by("priority").values_list("sample__name", flat=True))
    world.campaign(order="random")
    ids = [str(pk) for pk in world.round.items.order_by("priority").values_list("sample_id", flat=True)]
    assert ids == sorted(ids, key=lambda pk: md5(f"{pk}{world.round.pk}".encode()).hexdigest())
    drawn = list(world.round.items.order_by("priority").values_list("sample__name", flat=True))
    assert given == sorted(given)
    assert drawn != given
    assert sorted(drawn) == given


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        ({"filter": "query", "conditions": {"filter": "000002 or split:test"}}, ["000002", "000004"]),
        ({"filter": "all"}, ["000000", "000001", "000002", "000003", "000004", "000005"]),
        ({"filter": "unlabeled"}, ["000002", "000003", "000004", "000005"]),
        ({"filter": "label", "label": "dog"}, ["000001"]),
        ({"filter": "split", "split": "test"}, ["000004"]),
        ({"filter": "ids", "ids": [0, 5]}, ["000000", "000005"]),
    ],
)
def test_a_selection_means_its_samples(make_world, selection, names):
    world = make_world()
    world.campaign(name="First")
    ann = world.as_("ann")
    ann.submit_next("cat")
    ann.submit_next("dog")
    samples = list(Sample.objects.order_by("name"))
    Sample.objects.filter(pk=samples[4].pk).update(split="test")
    if selection["filter"] == "label":
        selection = {**selection, "label": str(world.classes["dog"].pk)}
    if selection["filter"] == "ids":
        selection = {**selection, "ids": [str(samples[index].pk) for index in selection["ids"]]}
    made = _create(world.as_("boss"), selection=selection).json()
    found = Item.objects.filter(campaign_id=made["id"]).order_by("priority")
    assert [item.sample.name.removesuffix(".jpg") for item in found] == names


@pytest.mark.parametrize(
    "change",
    [
        {"selection": {"filter": "everything"}},
        {"selection": {"filter": "ids", "ids": []}},
        {"selection": {"filter": "label"}},
        {"selection": {"filter": "ids", "ids": [str(uuid.uuid4())]}},
        {"assignees": ["nobody"]},
        {"assignees": ["vic"]},
        {"overlap": 0},
        {"overlap": 9},
        {"review": {"rate": 1.5}},
        {"name": ""},
        {"order": "best"},
        {"due": "soon"},
    ],
)
def test_a_campaign_that_cannot_work_is_refused_and_leaves_nothing(make_world, change):
    world = make_world()
    world.person("vic", "viewer")
    refused = _create(world.as_("boss"), **change)
    assert refused.status_code == 422
    assert refused.json()["params"]["fields"]
    assert not Campaign.objects.exists()


def test_more_samples_queue_behind_the_rest_and_none_twice(world):
    new = world.add_samples(3)
    added = world.as_("boss").post(f"campaigns/{world.round.pk}/samples/", {"selection": "all"})
    assert added.json() == {"added": 3, "first": 0}
    assert world.as_("boss").post(f"campaigns/{world.round.pk}/samples/", {"selection": "all"}).json() == {
        "added": 0,
        "first": 0,
    }
    order = list(world.round.items.order_by("priority").values_list("sample_id", flat=True))
    assert set(order[-3:]) == {sample.pk for sample in new}
    assert world.as_("boss").get(f"campaigns/{world.round.pk}/").json()["counts"]["new"] == 9


def test_a_deleted_data_set_takes_its_campaigns_along_and_brings_them_back(world):
    ben, boss = world.as_("ben"), world.as_("boss")
    item = ben.item()
    dataset_delete(actor=world.manager, dataset_id=world.dataset.pk)
    url = f"campaigns/{world.round.pk}/"
    assert [ben.claim().status_code, boss.get(url).status_code] == [404, 404]
    assert ben.save(item["id"], [world.mark()]).status_code == 404
    assert boss.get("campaigns/").json()["results"] == []
    assert not items_touched_by(world.people["ben"]).exists()
    type(world.dataset).objects.filter(pk=world.dataset.pk).update(deleted_at=None)
    assert ben.save(item["id"], [world.mark()]).status_code in (200, 201)
    assert boss.get(url).status_code == 200


def first(world, *samples):
    selection = {"filter": "ids", "ids": [str(sample.pk) for sample in samples]}
    answer = world.as_("boss").post(
        f"campaigns/{world.round.pk}/samples/", {"selection": selection, "first": True}
    )
    assert answer.status_code == 200, answer.json()
    return answer.json()


def in_order(world):
    return list(world.round.items.order_by("priority", "id").values_list("sample_id", flat=True))


def test_what_is_asked_for_first_is_handed_out_first_and_nobody_loses_the_screen(world):
    before = in_order(world)
    held = world.as_("ben").claim().json()["items"][0]["sample"]["id"]
    new = world.add_samples(2)
    assert first(world, *new) == {"added": 2, "first": 2}
    assert in_order(world) == [*(sample.pk for sample in new), *before]
    items = list(world.dataset.samples.filter(pk__in=[before[0], before[-2], before[-1]]))
    assert str(before[0]) == held
    assert first(world, *items) == {"added": 0, "first": 2}
    assert in_order(world)[:4] == [before[-2], before[-1], *(sample.pk for sample in new)]
    world.person("ann")
    assert world.as_("ann").claim().json()["items"][0]["sample"]["id"] == str(before[-2])
    counts = world.as_("boss").get(f"campaigns/{world.round.pk}/").json()["counts"]
    assert counts["total"] == len(before) + 2


def test_nothing_is_asked_for_first_among_known_samples(world):
    Campaign.objects.filter(pk=world.round.pk).update(gold_rate=0.1)
    body = {"selection": "all", "first": True}
    answer = world.as_("boss").post(f"campaigns/{world.round.pk}/samples/", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "order_by_chance")


def test_no_order_of_the_studio_and_nothing_that_comes_later_passes_what_was_asked_for_first(world):
    before = in_order(world)
    wanted = world.dataset.samples.get(pk=before[-1])
    first(world, wanted)
    items_reorder(world.round, [before[2], wanted.pk, before[1]])
    assert in_order(world) == [before[-1], before[2], before[1], before[0], *before[3:-1]]
    first(world, *world.dataset.samples.all())
    (new,) = world.add_samples(1)
    world.as_("boss").post(f"campaigns/{world.round.pk}/samples/", {"selection": "all"})
    assert in_order(world)[-1] == new.pk
    assert world.as_("boss").get(f"campaigns/{world.round.pk}/").json()["counts"]["new"] == len(before) + 1


def test_a_change_of_people_and_words_is_kept(world):
    world.person("ann")
    changed = world.as_("boss").http.patch(
        f"/api/v1/campaigns/{world.round.pk}/",
        {"name": "Better", "assignees": ["ann"], "review": {"rate": 0.5}},
        format="json",
    )
    body = changed.json()
    assert (body["name"], body["assignees"], body["review"]["rate"]) == ("Better", ["ann"], 0.5)
    assert world.as_("ben").claim().status_code == 404
    assert world.as_("ann").claim().status_code == 200


# What each role gets for reading, claiming, reviewing and curating.
WHO = {
    "annotator": (200, 200, 403, 403),
    "reviewer": (200, 200, 200, 403),
    "viewer": (200, 403, 403, 403),
    "modeler": (200, 200, 403, 200),
    "manager": (200, 200, 200, 200),
    "stranger": (404, 404, 404, 404),
    "nobody": (401, 401, 401, 401),
}


@pytest.mark.parametrize("role", WHO)
def test_each_role_may_do_its_own_and_no_more(world, role):
    read, claim, review, curate = WHO[role]
    if role == "stranger":
        world.people["x"] = factories.user_make("x")
    client = (
        world.as_("x", role if role != "stranger" else "viewer") if role != "nobody" else world.as_("boss")
    )
    if role == "nobody":
        client.http.logout()
    saved = world.as_("ann").submit_next()
    path = f"campaigns/{world.round.pk}"
    assert client.get(f"{path}/").status_code == read
    assert client.get(f"{path}/progress/").status_code == read
    assert client.get(f"{path}/items/").status_code == read
    assert client.post(f"{path}/claim/", {}).status_code == claim
    other = Item.objects.filter(state="new", lease_holder=None).first()
    assert client.post(f"items/{other.pk}/skip/", {"reason": "x"}).status_code == (
        409 if claim == 200 else claim
    )
    assert client.post(f"items/{other.pk}/heartbeat/").status_code == (409 if claim == 200 else claim)
    assert client.post(f"{path}/claim-review/", {}).status_code == review
    assert client.get(f"{path}/review-queue/").status_code == review
    verdict = client.post(f"annotations/{saved['id']}/review/", {"verdict": "accept"}).status_code
    assert verdict == (404 if role == "annotator" else review)
    assert client.post(f"items/{other.pk}/requeue/").status_code == (204 if curate == 200 else curate)
    assert client.post(f"{path}/close/").status_code == curate


def test_an_annotator_knows_only_of_campaigns_that_are_theirs(world):
    ann, ben = world.as_("ann"), world.as_("ben")
    world.campaign(name="For Ann", assignees=["ann"])
    assert [row["name"] for row in ann.get("campaigns/").json()["results"]] == ["For Ann", "Round"]
    assert [row["name"] for row in ben.get("campaigns/").json()["results"]] == ["Round"]
    assert ben.get(f"campaigns/{world.round.pk}/").status_code == 404
    assert ben.claim().status_code == 404
    item = ann.item()
    assert ben.save(item["id"], [world.mark()]).status_code == 404
    assert ben.get(f"items/{item['id']}/").status_code == 404


def test_the_answer_of_another_person_does_not_exist_for_an_annotator(world):
    saved = world.as_("ann").submit_next()
    ben = world.as_("ben")
    for path in ("", "history/"):
        assert ben.get(f"annotations/{saved['id']}/{path}").status_code == 404
        assert world.as_("vic", "viewer").get(f"annotations/{saved['id']}/{path}").status_code == 200
    assert ben.post(f"annotations/{saved['id']}/take-back/").status_code == 404
    assert ben.save(ben.item()["id"], [world.mark()], id=saved["id"]).status_code == 404
    assert ben.save(saved["item"]["id"], [world.mark()], id=saved["id"]).status_code == 404


def test_a_foreign_item_answers_like_an_unknown_one(world):
    stranger = world.as_("ann")
    world.people["zoe"] = factories.user_make("zoe")
    zoe = world.as_("zoe")
    real, unknown = str(stranger.item()["id"]), str(uuid.uuid4())
    for key in (real, unknown):
        answer = zoe.save(key, [world.mark()])
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_annotators_read_the_media_of_their_work_only(make_world):
    world = make_world(samples=70)
    world.campaign()
    ann, ben = world.as_("ann"), world.as_("ben")
    item = ann.item()
    held = Sample.objects.get(pk=item["sample"]["id"])
    far = Sample.objects.order_by("-name").first()
    near = Sample.objects.order_by("name")[5]
    other = world.dataset
    forget()
    assert may_read(ann.person, held.sha256, held.pk)
    assert may_read(ann.person, held.thumb_sha256, None)
    assert may_read(ann.person, near.sha256, near.pk)
    assert not may_read(ann.person, far.sha256, far.pk)
    assert not may_read(ann.person, held.sha256, far.pk)
    ann.save(item["id"], [world.mark()])
    forget()
    assert may_read(ann.person, held.sha256, held.pk)
    assert not may_read(ben.person, held.sha256, held.pk)
    assert may_read(world.manager, far.sha256, far.pk)
    assert other.pk == held.dataset_id


def test_filters_of_the_list_take_known_names_only(world):
    boss = world.as_("boss")
    assert len(boss.get("campaigns/", project=world.project.pk, state="open").json()["results"]) == 1
    assert boss.get("campaigns/", state="closed").json()["results"] == []
    assert boss.get("campaigns/", dataset=str(uuid.uuid4())).json()["results"] == []
    assert boss.get("campaigns/", project="x").status_code == 422
    assert boss.get("campaigns/", state="x").status_code == 422
