"""A data set brought back to a frozen version, and taken back again."""

import json
import uuid

import pytest

from core.jobs import runner
from core.models import AuditEvent, Blob, Job
from datasets.models import BulkEdit, Dataset, LabelClass, Sample, Shape
from datasets.selectors.counters import drift_of
from labeling.services.campaigns import CampaignPlan, campaign_create
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture
from tests.datasets.test_bulk_edits_api import edited, label_of, undone
from tests.datasets.test_geometry_flow import POLYGON, RLE, coco
from tests.datasets.test_texts import make_texts, send  # noqa: F401  fixtures
from tests.datasets.test_versions_api import frozen

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i) for i in range(12)}
GIVEN = {"strategy": "given"}
CLEARED = ("returned", "relabeled", "unchanged", "others")


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def filled(make_dataset, run_import):
    dataset = make_dataset()
    assert run_import(dataset, FILES).state == "succeeded"
    return dataset


def asked(client, version, **body):
    return client.post(f"/api/v1/versions/{version['id']}/restore/", body, format="json")


def restored(client, version, **body):
    answer = asked(client, version, **body)
    assert answer.status_code == 202, answer.content
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", (job.error_code, job.error_detail)
    return job.result


def state_of(dataset):
    """Everything that taking back has to bring back."""
    samples = Sample.objects.filter(dataset=dataset).order_by("pk")
    shapes = Shape.objects.filter(dataset=dataset).order_by("pk")
    classes = LabelClass.objects.filter(dataset=dataset).order_by("pk")
    return (
        list(samples.values_list("pk", "state", "split", "labels", "label_class", "annotation_source")),
        list(shapes.values()),
        [(row.pk, row.name, row.deleted_at is None) for row in classes],
    )


def hash_of(client, dataset, **body):
    return frozen(client, dataset, split=GIVEN, **body)["content_hash"]


def counted(result, *names):
    return tuple(result.get(name, 0) for name in names)


def test_a_preview_says_what_would_change_and_changes_nothing(client, filled):
    version = frozen(client, filled, split=GIVEN)
    edited(client, filled, action="label", value=label_of(filled, "cat"), conditions={"filter": "label:dog"})
    edited(client, filled, action="delete", conditions={"filter": "name:00"})
    before = state_of(filled)
    result = restored(client, version, preview=True)
    assert counted(result, *CLEARED) == (1, 6, 5, 0)
    assert (result["preview"], result["classes"]) == (True, [])
    assert state_of(filled) == before
    assert BulkEdit.objects.filter(action="restore").count() == 0
    assert counted(restored(client, version), *CLEARED) == (1, 6, 5, 0)


def test_a_restored_data_set_freezes_to_the_same_content_and_can_be_taken_back(client, filled, run_import):
    version = frozen(client, filled, split=GIVEN)
    edited(client, filled, action="label", value="", conditions={"filter": "label:dog"})
    edited(client, filled, action="delete", conditions={"filter": "label:cat"})
    run_import(filled, {"cat/new.jpg": picture(50)})
    before = state_of(filled)
    result = restored(client, version, set_aside=True)
    assert counted(result, *CLEARED, "set_aside") == (6, 6, 0, 0, 1)
    assert drift_of(filled.pk) == {}
    assert hash_of(client, filled) == version["content_hash"]
    assert undone(client, result)["restored"] == 13
    assert state_of(filled) == before
    for dataset in Dataset.objects.all():
        assert drift_of(dataset.pk) == {}
    assert restored(client, version, set_aside=True)["returned"] == 6


def test_what_came_since_stays_and_is_told(client, filled, run_import):
    version = frozen(client, filled, split=GIVEN)
    run_import(filled, {"cat/new.jpg": picture(50), "dog/newer.jpg": picture(51)})
    result = restored(client, version)
    assert counted(result, *CLEARED, "others_since", "changed") == (0, 0, 12, 2, 2, 0)
    assert Sample.objects.filter(dataset=filled).count() == 14


def test_what_was_imported_anew_is_known_by_its_content(client, filled, run_import):
    version = frozen(client, filled, split=GIVEN)
    edited(client, filled, action="delete", conditions={})
    run_import(filled, {"dog/again.jpg": FILES["cat/00.jpg"]})
    result = restored(client, version, set_aside=True)
    assert counted(result, "returned", "relabeled", "set_aside") == (11, 1, 0)
    assert hash_of(client, filled) == version["content_hash"]


@pytest.mark.parametrize(("loss", "told"), [("row", "gone_purged"), ("bytes", "gone_bytes")])
def test_what_cannot_come_back_is_told_with_its_reason(client, filled, loss, told):
    version = frozen(client, filled, split=GIVEN)
    edited(client, filled, action="delete", conditions={})
    lost = Sample.objects.get(name="cat/00.jpg")
    if loss == "row":
        Sample.objects.filter(pk=lost.pk).delete()
    else:
        Blob.objects.filter(pk=lost.sha256).delete()
    result = restored(client, version)
    assert counted(result, "returned", told) == (11, 1)
    assert Sample.objects.filter(dataset=filled).count() == 11
    assert drift_of(filled.pk) == {}


def test_a_class_that_was_deleted_comes_back_and_goes_again(client, filled):
    version = frozen(client, filled, split=GIVEN)
    cat, dog = label_of(filled, "cat"), label_of(filled, "dog")
    edited(client, filled, action="label", value=cat, conditions={})
    schema = {"label_schema": {"classes": [{"id": cat, "name": "cat"}], "revision": None}}
    url = f"/api/v1/datasets/{filled.pk}/"
    revision = client.get(url).json()["label_schema"]["revision"]
    schema["label_schema"]["revision"] = revision
    assert client.patch(url, schema, format="json").status_code == 200
    assert not LabelClass.objects.filter(pk=dog, deleted_at__isnull=True).exists()
    before = state_of(filled)
    assert restored(client, version, preview=True)["classes"] == ["dog"]
    result = restored(client, version)
    assert label_of(filled, "dog") == dog
    assert hash_of(client, filled) == version["content_hash"]
    undone(client, result)
    assert state_of(filled) == before


def test_what_was_said_since_the_restore_is_kept_when_it_is_taken_back(client, filled):
    version = frozen(client, filled, split=GIVEN)
    cat = label_of(filled, "cat")
    edited(client, filled, action="label", value=cat, conditions={"filter": "label:dog"})
    result = restored(client, version)
    sample = Sample.objects.filter(dataset=filled, annotation_revision=3).first()
    said = {"id": str(uuid.uuid4()), "kind": "class", "label": cat, "source": "human"}
    body = {"revision": 3, "shapes": [said]}
    assert client.put(f"/api/v1/samples/{sample.pk}/annotation/", body, format="json").status_code == 200
    back = undone(client, result)
    assert counted(back, "restored", "kept") == (5, 1)
    sample.refresh_from_db()
    assert (sample.labels, sample.annotation_revision) == ([cat], 4)
    assert drift_of(filled.pk) == {}


def test_what_waits_in_a_campaign_is_not_set_aside(client, filled, run_import, project):
    version = frozen(client, filled, split=GIVEN)
    run_import(filled, {"cat/new.jpg": picture(50)})
    new = str(Sample.objects.get(name="cat/new.jpg").pk)
    plan = CampaignPlan(name="round", selection={"filter": "ids", "ids": [new]})
    campaign_create(actor=project.created_by, dataset=filled, plan=plan)
    result = restored(client, version, set_aside=True)
    assert counted(result, "set_aside", "in_work", "others") == (0, 1, 1)


def test_masks_polygons_and_attributes_come_back_as_they_were(client, make_dataset, run_import):
    dataset = make_dataset("instance_segmentation")
    turned = {"segmentation": [[5, 5, 20, 5, 20, 30], [30, 30, 40, 30, 40, 40]], "bbox": [5, 5, 35, 35]}
    run_import(dataset, {"1.jpg": picture(1), "a.json": coco(POLYGON, RLE, turned)})
    version = frozen(client, dataset, split=GIVEN)
    kept = list(Shape.objects.order_by("position").values("kind", "x", "y", "w", "h", "geometry", "source"))
    assert counted(restored(client, version), *CLEARED) == (0, 0, 1, 0)
    sample = Sample.objects.get()
    answer = client.put(
        f"/api/v1/samples/{sample.pk}/annotation/", {"revision": 1, "shapes": []}, format="json"
    )
    assert answer.status_code == 200, answer.content
    assert restored(client, version)["relabeled"] == 1
    now = list(Shape.objects.order_by("position").values("kind", "x", "y", "w", "h", "geometry", "source"))
    assert now == kept
    assert hash_of(client, dataset) == version["content_hash"]


@pytest.mark.parametrize(
    ("task", "row"),
    [
        ("keypoints", {"keypoints": [1, 2, 2, 30, 20, 1], "bbox": [1, 1, 40, 30], "num_keypoints": 2}),
        ("object_detection", {"bbox": [3.25, 4.5, 10.125, 12]}),
        ("semantic_segmentation", POLYGON),
    ],
)
def test_each_geometry_is_made_from_the_version_alone_where_no_history_is(
    client, make_dataset, run_import, task, row
):
    dataset = make_dataset(task)
    category = {"keypoints": ["head", "foot"], "skeleton": [[1, 2]]} if task == "keypoints" else {}
    run_import(dataset, {"1.jpg": picture(1), "a.json": coco(row, **category)})
    version = frozen(client, dataset, split=GIVEN)
    kept = list(Shape.objects.values("kind", "x", "y", "w", "h", "geometry"))
    sample = Sample.objects.get()
    assert len(kept) == 1
    sample.history.all()._raw_delete("default")
    Shape.objects.all().delete()
    assert restored(client, version)["relabeled"] == 1
    assert list(Shape.objects.values("kind", "x", "y", "w", "h", "geometry")) == kept
    assert hash_of(client, dataset) == version["content_hash"]


@pytest.mark.parametrize(
    ("task", "rows"),
    [
        ("ner", [{"text": "Li Na lives in Berlin", "entities": [[0, 5, "PER"], [15, 21, "LOC"]]}]),
        ("text_multilabel", [{"text": "good and cheap", "labels": ["good", "cheap"]}]),
    ],
)
def test_texts_come_back_with_their_spans_and_labels(client, make_texts, send, task, rows):  # noqa: F811
    dataset = make_texts(task)
    lines = "\n".join(json.dumps(row) for row in rows)
    job = send(dataset, {"a.jsonl": lines})
    assert job.state == "succeeded", job.error_detail
    assert Shape.objects.filter(dataset=dataset).count() == 2
    version = frozen(client, dataset, split=GIVEN)
    sample = Sample.objects.get()
    body = {"revision": sample.annotation_revision, "shapes": []}
    assert client.put(f"/api/v1/samples/{sample.pk}/annotation/", body, format="json").status_code == 200
    assert restored(client, version)["relabeled"] == 1
    assert hash_of(client, dataset) == version["content_hash"]
    assert restored(client, version)["unchanged"] == 1


def test_a_cancelled_restore_can_be_taken_back(client, filled, monkeypatch):
    monkeypatch.setattr("datasets.services.version_walks.BATCH", 4)
    version = frozen(client, filled, split=GIVEN)
    edited(client, filled, action="delete", conditions={})
    before = state_of(filled)
    from core.jobs.context import JobContext

    with monkeypatch.context() as patch:
        patch.setattr(JobContext, "milestone", lambda ctx: ctx.cancelled.set())
        job = Job.objects.get(pk=asked(client, version).json()["job"]["id"])
        runner.run(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert Sample.objects.filter(dataset=filled).count() == 4
    edit = BulkEdit.objects.get(action="restore")
    assert undone(client, {"edit": str(edit.pk)})["restored"] == 4
    assert state_of(filled) == before


def test_a_version_with_copies_names_the_one_to_restore(client, filled):
    from datasets.models import DatasetVersion

    version = frozen(client, filled, split=GIVEN)
    made = {"recipe": "", "name": "r", "revision": 1, "copies": 1, "seed": 1}
    DatasetVersion.objects.filter(pk=version["id"]).update(augmentation=made)
    answer = asked(client, version)
    assert (answer.status_code, answer.json()["code"]) == (422, "restore_unfit")


def test_a_restore_is_written_down_and_is_no_bulk_edit_to_ask_for(client, filled):
    version = frozen(client, filled, split=GIVEN)
    restored(client, version)
    assert AuditEvent.objects.filter(operation="datasets.version.restored").count() == 1
    body = {"action": "restore", "value": version["id"], "conditions": {}}
    answer = client.post(f"/api/v1/datasets/{filled.pk}/bulk-edits/", body, format="json")
    assert answer.status_code == 422


def test_a_batch_costs_the_same_statements_whatever_its_size(client, filled, django_assert_max_num_queries):
    from datasets.models import DatasetVersion
    from datasets.services.frozen import Frozen
    from datasets.services.restore_classes import classes_plan
    from datasets.services.restore_contents import Contents
    from datasets.services.restore_plan import plan_chunk
    from datasets.services.versions import version_opened

    version = DatasetVersion.objects.select_related("dataset").get(
        pk=frozen(client, filled, split=GIVEN)["id"]
    )
    edited(client, filled, action="label", value="", conditions={})
    with version_opened(version) as (header, samples):
        rows = list(samples)
        labels = classes_plan(filled.pk, header.classes).labels
    for count in (1, 12):
        with django_assert_max_num_queries(4):
            plan = plan_chunk(Frozen.of(version, labels), rows[:count], Contents(()), lock=False)
        assert plan.counts["relabeled"] == count


def classes_set(client, dataset, *names):
    """The classes of these names and no others; new ones are added."""
    known = {row.name: str(row.pk) for row in dataset.classes.filter(deleted_at__isnull=True)}
    rows = [{"id": known[name], "name": name} if name in known else {"name": name} for name in names]
    body = {"label_schema": {"classes": rows}}
    answer = client.patch(f"/api/v1/datasets/{dataset.pk}/", body, format="json")
    assert answer.status_code == 200, answer.content


def assert_nothing_living_is_of_a_deleted_class(dataset):
    assert not Shape.objects.filter(dataset=dataset, label_class__deleted_at__isnull=False).exists()
    for one in Dataset.objects.all():
        assert drift_of(one.pk) == {}


def test_a_sample_from_the_bin_whose_class_was_removed_goes_back_there_as_it_was(client, filled):
    version = frozen(client, filled, split=GIVEN)
    classes_set(client, filled, "cat", "dog", "puppy")
    ids = [str(Sample.objects.get(name="dog/01.jpg").pk)]
    edited(client, filled, action="label", value=label_of(filled, "puppy"), ids=ids)
    edited(client, filled, action="delete", ids=ids)
    classes_set(client, filled, "cat", "dog")
    before = state_of(filled)
    waiting = list(Shape.objects.filter(sample__in=ids).values("id", "label_class", "dataset"))
    result = restored(client, version)
    assert counted(result, "returned", "relabeled") == (1, 1)
    assert hash_of(client, filled) == version["content_hash"]
    assert counted(undone(client, result), "restored", "kept") == (1, 0)
    assert state_of(filled) == before
    assert list(Shape.objects.filter(sample__in=ids).values("id", "label_class", "dataset")) == waiting
    assert_nothing_living_is_of_a_deleted_class(filled)


def test_a_class_removed_while_its_samples_were_set_aside_keeps_them_in_the_bin(client, filled, run_import):
    version = frozen(client, filled, split=GIVEN)
    run_import(filled, {"wolf/1.jpg": picture(50), "cat/new.jpg": picture(51)})
    result = restored(client, version, set_aside=True)
    assert result["set_aside"] == 2
    classes_set(client, filled, "cat", "dog")
    back = undone(client, result)
    assert counted(back, "restored", "kept") == (1, 1)
    assert sorted(Sample.objects.filter(dataset=filled).values_list("name", flat=True))[-1] != "wolf/1.jpg"
    assert_nothing_living_is_of_a_deleted_class(filled)
    classes_set(client, filled, "cat", "dog", "wolf")
    assert Sample.objects.filter(dataset=filled).count() == 13


def test_a_version_with_the_removed_class_brings_what_was_set_aside_back_with_it(client, filled, run_import):
    first = frozen(client, filled, split=GIVEN)
    run_import(filled, {"wolf/1.jpg": picture(50), "cat/new.jpg": picture(51)})
    second = frozen(client, filled, split=GIVEN)
    restored(client, first, set_aside=True)
    classes_set(client, filled, "cat", "dog")
    before = state_of(filled)
    result = restored(client, second)
    assert counted(result, "returned", "relabeled") == (2, 0)
    assert hash_of(client, filled) == second["content_hash"]
    assert_nothing_living_is_of_a_deleted_class(filled)
    undone(client, result)
    assert state_of(filled) == before
    # Another class of that name is meant by now, and what waits in the bin comes back as that one.
    classes_set(client, filled, "cat", "dog", "wolf")
    again = restored(client, second)
    assert counted(again, "returned", "relabeled") == (2, 1)
    assert Sample.objects.get(name="wolf/1.jpg").labels == [label_of_living(filled, "wolf")]
    assert_nothing_living_is_of_a_deleted_class(filled)
    assert undone(client, again)["restored"] == 2
    assert Sample.objects.filter(dataset=filled).count() == 12


def label_of_living(dataset, name):
    return str(dataset.classes.get(name=name, deleted_at__isnull=True).pk)
