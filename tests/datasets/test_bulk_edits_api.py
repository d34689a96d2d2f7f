import uuid

import pytest

from core.jobs import runner
from core.models import AuditEvent, Job
from datasets.models import BulkEdit, Dataset, Sample, Shape
from datasets.selectors.counters import drift_of
from datasets.services.schema import schema_replace
from labeling.services.campaigns import CampaignPlan, campaign_create
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i) for i in range(12)}


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def filled(make_dataset, run_import):
    dataset = make_dataset()
    assert run_import(dataset, FILES).state == "succeeded"
    return dataset


def posted(client, dataset, **body):
    return client.post(f"/api/v1/datasets/{dataset.pk}/bulk-edits/", body, format="json")


def done(answer):
    assert answer.status_code == 202, answer.content
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", (job.error_code, job.error_detail)
    return job.result


def edited(client, dataset, **body):
    return done(posted(client, dataset, **body))


def undone(client, result):
    return done(client.post(f"/api/v1/bulk-edits/{result['edit']}/undo/", format="json"))


def state_of(dataset):
    """Everything that an undo has to bring back."""
    rows = Sample.objects.filter(dataset=dataset).order_by("pk")
    shapes = Shape.objects.filter(dataset=dataset).order_by("pk")
    return (
        list(rows.values_list("pk", "state", "split", "labels", "label_class", "annotation_source")),
        list(shapes.values()),
    )


def label_of(dataset, name):
    return str(dataset.classes.get(name=name).pk)


@pytest.mark.parametrize(
    ("action", "value"), [("split", "test"), ("label", "cat"), ("label", ""), ("delete", "")]
)
def test_an_edit_by_filter_changes_what_it_says_and_its_undo_brings_all_back(client, filled, action, value):
    before = state_of(filled)
    value = label_of(filled, value) if value == "cat" else value
    result = edited(client, filled, action=action, value=value, conditions={"filter": "label:dog"})
    assert result["changed"] == 6
    assert drift_of(filled.pk) == {}
    rows = Sample.objects.filter(dataset=filled)
    seen = {
        "split": rows.filter(split="test").count() == 6,
        "label": rows.filter(labels=[value] if value else []).count() == (12 if value else 6),
        "delete": rows.count() == 6,
    }
    assert seen[action]
    assert undone(client, result)["restored"] == 6
    assert drift_of(filled.pk) == {}
    assert state_of(filled) == before


def test_an_edit_that_changes_its_own_filter_still_reaches_every_sample_once(client, filled, monkeypatch):
    monkeypatch.setattr("datasets.services.bulk_edits.BATCH", 2)
    result = edited(client, filled, action="split", value="val", conditions={"filter": "-split:val"})
    assert result["changed"] == 12
    assert edited(client, filled, action="split", value="val", conditions={})["unchanged"] == 12


@pytest.mark.parametrize("said", ["label:dog", {"filter": "label:dog"}])
def test_a_line_of_the_filter_language_says_which_as_an_object_does(client, filled, said):
    assert edited(client, filled, action="split", value="val", conditions=said)["changed"] == 6


def test_named_samples_are_edited_and_no_others(client, filled):
    named = [str(pk) for pk in Sample.objects.filter(dataset=filled).values_list("pk", flat=True)[:3]]
    assert edited(client, filled, action="split", value="train", ids=named)["changed"] == 3
    assert set(Sample.objects.filter(split="train").values_list("pk", flat=True)) == set(
        map(uuid.UUID, named)
    )


def test_what_was_said_since_is_kept_by_an_undo(client, filled):
    dog, cat = label_of(filled, "dog"), label_of(filled, "cat")
    result = edited(client, filled, action="label", value=cat, conditions={"filter": "label:dog"})
    sample = Sample.objects.filter(dataset=filled, annotation_revision=2).first()
    said = {"id": str(uuid.uuid4()), "kind": "class", "label": cat, "source": "human"}
    put = client.put(
        f"/api/v1/samples/{sample.pk}/annotation/", {"revision": 2, "shapes": [said]}, format="json"
    )
    assert put.status_code == 200
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (5, 1)
    sample.refresh_from_db()
    assert sample.labels == [cat]
    assert Sample.objects.filter(dataset=filled, labels=[dog]).count() == 5
    assert drift_of(filled.pk) == {}


def test_a_class_that_was_removed_since_is_not_brought_back(client, filled):
    dog, cat = label_of(filled, "dog"), label_of(filled, "cat")
    result = edited(client, filled, action="label", value=cat, conditions={"filter": "label:dog"})
    left = [{"id": cat, "name": "cat"}]
    schema_replace(actor=filled.created_by, dataset_id=filled.pk, classes=left, revision=None)
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (0, 6)
    assert not Shape.objects.filter(label_class=dog).exists()
    assert Sample.objects.filter(dataset=filled, labels=[cat]).count() == 12


def test_what_waits_in_a_campaign_is_not_deleted(client, filled, project):
    named = [str(pk) for pk in Sample.objects.filter(dataset=filled).values_list("pk", flat=True)[:4]]
    campaign_create(
        actor=project.created_by,
        dataset=filled,
        plan=CampaignPlan(name="round", selection={"filter": "ids", "ids": named}),
    )
    result = edited(client, filled, action="delete", conditions={})
    assert (result["changed"], result["in_work"]) == (8, 4)
    assert {str(pk) for pk in Sample.objects.filter(dataset=filled).values_list("pk", flat=True)} == set(
        named
    )


def test_what_is_deleted_is_nowhere_to_be_seen_and_may_be_imported_anew(client, filled, run_import):
    gone = str(Sample.objects.filter(dataset=filled).values_list("pk", flat=True)[0])
    result = edited(client, filled, action="delete", conditions={})
    assert client.get(f"/api/v1/samples/{gone}/").status_code == 404
    assert client.get(f"/api/v1/datasets/{filled.pk}/samples/?count=1").json()["count"] == 0
    assert len(client.get("/api/v1/datasets/").json()["results"]) == 1
    bin_id = BulkEdit.objects.get(pk=result["edit"]).bin_id
    assert client.get(f"/api/v1/datasets/{bin_id}/").status_code == 404
    assert run_import(filled, dict(list(FILES.items())[:5])).result["created"] == 5
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (7, 5)
    assert drift_of(filled.pk) == {}
    assert drift_of(Dataset.objects.get(pk=bin_id).pk) == {}


def test_samples_that_came_later_are_not_touched(client, filled, run_import):
    answer = posted(client, filled, action="split", value="test", conditions={})
    run_import(filled, {"cat/later.jpg": picture(99)})
    assert done(answer)["changed"] == 12
    assert Sample.objects.get(name="cat/later.jpg").split == ""


def test_an_edit_is_written_down_and_undone_once(client, filled):
    result = edited(client, filled, action="split", value="test", conditions={"filter": "label:cat"})
    assert AuditEvent.objects.filter(operation="datasets.bulk.submitted").count() == 1
    undone(client, result)
    assert AuditEvent.objects.filter(operation="datasets.bulk.undone").count() == 1
    again = client.post(f"/api/v1/bulk-edits/{result['edit']}/undo/", format="json")
    assert (again.status_code, again.json()["code"]) == (409, "edit_not_undoable")
    shown = client.get(f"/api/v1/bulk-edits/{result['edit']}/").json()
    assert (shown["state"], shown["counts"]["restored"]) == ("undone", 6)
    listed = client.get(f"/api/v1/datasets/{filled.pk}/bulk-edits/").json()["results"]
    assert [row["id"] for row in listed] == [result["edit"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"action": "split", "value": "test"}, 422),
        ({"action": "split", "value": "nowhere", "conditions": {}}, 422),
        ({"action": "burn", "conditions": {}}, 422),
        ({"action": "label", "value": "x", "conditions": {}}, 422),
        ({"action": "label", "value": str(uuid.uuid4()), "conditions": {}}, 422),
        ({"action": "delete", "conditions": {"filter": "lable:cat"}}, 422),
        ({"action": "delete", "conditions": {"nonsense": "1"}}, 422),
        ({"action": "delete", "conditions": {}, "ids": [str(uuid.uuid4())]}, 422),
        ({"action": "delete", "ids": []}, 422),
    ],
)
def test_an_edit_that_cannot_be_meant_is_refused(client, filled, body, status):
    assert posted(client, filled, **body).status_code == status
    assert not BulkEdit.objects.exists()


def test_boxes_have_no_class_for_all(client, make_dataset):
    dataset = make_dataset(task="object_detection", classes=[{"name": "cat"}])
    answer = posted(client, dataset, action="label", value=label_of(dataset, "cat"), conditions={})
    assert (answer.status_code, answer.json()["code"]) == (422, "edit_unfit")


def test_a_cancelled_edit_can_be_taken_back(client, filled, monkeypatch):
    monkeypatch.setattr("datasets.services.bulk_edits.BATCH", 4)
    before = state_of(filled)
    answer = posted(client, filled, action="split", value="test", conditions={})
    job = Job.objects.get(pk=answer.json()["job"]["id"])
    calls = []

    def stop_after_one(ctx):
        calls.append(1)
        if len(calls) > 1:
            ctx.cancelled.set()

    from core.jobs.context import JobContext

    monkeypatch.setattr(JobContext, "milestone", stop_after_one)
    runner.run(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    monkeypatch.undo()
    monkeypatch.setattr("core.jobs.dispatch.ring", lambda job_id, queue: None)
    edit = BulkEdit.objects.get()
    assert undone(client, {"edit": str(edit.pk)})["restored"] == 8
    assert state_of(filled) == before


def test_a_way_back_that_stopped_goes_on_and_counts_every_sample_once(client, filled, monkeypatch):
    monkeypatch.setattr("datasets.services.bulk_edits.BATCH", 4)
    before = state_of(filled)
    result = edited(client, filled, action="split", value="test", conditions={})
    answer = client.post(f"/api/v1/bulk-edits/{result['edit']}/undo/", format="json")

    def stop(ctx):
        ctx.cancelled.set()

    with monkeypatch.context() as patched:
        patched.setattr("core.jobs.context.JobContext.milestone", stop)
        assert worked(Job.objects.get(pk=answer.json()["job"]["id"])).state == "cancelled"
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (12, 0)
    assert state_of(filled) == before


def test_a_class_of_deleted_samples_may_be_removed_and_an_undo_leaves_those(client, filled):
    cat = label_of(filled, "cat")
    result = edited(client, filled, action="delete", conditions={"filter": "label:dog"})
    left = [{"id": cat, "name": "cat"}]
    schema_replace(actor=filled.created_by, dataset_id=filled.pk, classes=left, revision=None)
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (0, 6)
    assert set(Sample.objects.filter(dataset=filled).values_list("label_class", flat=True)) == {
        uuid.UUID(cat)
    }
    assert drift_of(filled.pk) == {}


def test_what_an_undo_out_of_order_left_goes_back_after_the_later_one(client, filled):
    before = state_of(filled)
    first = edited(client, filled, action="split", value="train", conditions={})
    second = edited(client, filled, action="split", value="test", conditions={})
    assert undone(client, first)["restored"] == 0
    undone(client, second)
    undone(client, first)
    assert state_of(filled) == before
    answer = client.post(f"/api/v1/bulk-edits/{first['edit']}/undo/")
    assert (answer.status_code, answer.json()["code"]) == (409, "edit_not_undoable")


def test_labels_that_were_changed_one_after_another_go_back_one_after_another(client, filled):
    before = state_of(filled)
    dog, cat = label_of(filled, "dog"), label_of(filled, "cat")
    first = edited(client, filled, action="label", value=cat, conditions={"filter": "label:dog"})
    second = edited(client, filled, action="label", value=dog, conditions={"filter": "label:cat"})
    assert undone(client, first)["restored"] == 0
    assert undone(client, second)["kept"] == 0
    assert (undone(client, first)["restored"], Sample.objects.filter(labels=[dog]).count()) == (6, 6)
    assert state_of(filled)[0] == before[0]
    assert drift_of(filled.pk) == {}


def test_what_went_back_is_not_taken_back_again(client, filled):
    one, other = Sample.objects.filter(dataset=filled).order_by("pk")[:2]
    named = [str(one.pk), str(other.pk)]
    edit = edited(client, filled, action="split", value="train", ids=named)
    Sample.objects.filter(pk=other.pk).update(split="test")
    assert undone(client, edit)["kept"] == 1
    Sample.objects.filter(pk=one.pk).update(split="train")
    assert undone(client, edit)["kept"] == 1
    assert {row.split for row in Sample.objects.filter(pk__in=named)} == {"train", "test"}


def test_an_empty_line_is_not_taken_for_every_sample(client, filled):
    answer = posted(client, filled, action="delete", conditions=" ")
    assert (answer.status_code, list(answer.json()["params"]["fields"])) == (422, ["conditions"])


def test_views_are_kept_by_name_and_shared(client, filled, members, client_for):
    url = f"/api/v1/datasets/{filled.pk}/views/"
    body = {"name": " Blurry  dogs ", "query": {"q": "label:dog", "ordering": "-size", "view": "table"}}
    made = client.post(url, body, format="json")
    assert (made.status_code, made.json()["name"]) == (201, "Blurry dogs")
    assert client.post(url, body, format="json").json()["code"] == "view_name_taken"
    wrong = {"name": "x", "query": {"javascript": "1"}}
    assert client.post(url, wrong, format="json").status_code == 422
    unread = client.post(url, {"name": "x", "query": {"q": "label:"}}, format="json")
    assert (unread.status_code, unread.json()["code"]) == (422, "filter_invalid")
    viewer = client_for(members["viewer"])
    assert [row["query"]["q"] for row in viewer.get(url).json()["results"]] == ["label:dog"]
    assert viewer.delete(f"/api/v1/views/{made.json()['id']}/").status_code == 403
    assert client.delete(f"/api/v1/views/{made.json()['id']}/").status_code == 204
    assert client.get(url).json()["results"] == []
