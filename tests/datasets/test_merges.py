"""Branches of data sets, and one data set brought into another."""

import uuid

import pytest

from core.models import AuditEvent, Blob, Job
from datasets.models import BulkEdit, Dataset, DatasetVersion, Merge, Sample, Shape
from labeling.services.campaigns import CampaignPlan, campaign_create
from tests import factories
from tests.datasets.conftest import worked
from tests.datasets.merging import (
    GIVEN,
    apply_asked,
    assert_no_drift,
    at,
    branch_asked,
    branched,
    chosen,
    conflicts_of,
    counted,
    job_of,
    labeled,
    looked,
    merge_asked,
    merged,
)
from tests.datasets.pictures import picture
from tests.datasets.test_bulk_edits_api import edited, label_of, undone
from tests.datasets.test_geometry_flow import POLYGON, RLE, coco
from tests.datasets.test_texts import make_texts, said, send  # noqa: F401  fixtures
from tests.datasets.test_version_restore import state_of
from tests.datasets.test_versions_api import frozen

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i) for i in range(8)}


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def filled(make_dataset, run_import):
    dataset = make_dataset()
    assert run_import(dataset, FILES).state == "succeeded"
    return dataset


def test_a_branch_freezes_to_the_content_of_its_origin_and_shares_its_files(client, filled):
    version = frozen(client, filled)
    blobs = Blob.objects.count()
    job = job_of(branch_asked(client, version))
    branch = Dataset.objects.get(pk=job.result["dataset"])
    assert counted(job.result, "samples", "gone_purged", "gone_bytes") == (8, 0, 0)
    assert frozen(client, branch, split=GIVEN)["content_hash"] == version["content_hash"]
    assert Blob.objects.exclude(media_type="application/x-studio-manifest").count() <= blobs
    assert_no_drift()
    shown = client.get(f"/api/v1/datasets/{branch.pk}/").json()
    assert shown["origin"] == {
        "version": version["id"], "number": 1, "dataset": str(filled.pk), "dataset_name": "pictures",
    }  # fmt: skip
    assert client.get(f"/api/v1/datasets/{filled.pk}/").json()["origin"] is None
    sources = Sample.objects.filter(dataset=branch).values_list("annotation_source", "annotation_revision")
    assert set(sources) == {("import", 1)}


def test_nobody_sees_a_branch_before_it_is_whole_and_its_name_is_free_again(client, filled):
    version = frozen(client, filled)
    waiting = branch_asked(client, version, "work")
    names = [row["name"] for row in client.get("/api/v1/datasets/").json()["results"]]
    assert names == ["pictures"]
    branched(client, version, "work")
    late = job_of(waiting)
    assert late.result["name"] == "work (2)"
    taken = branch_asked(client, version, " work ")
    assert (taken.status_code, taken.json()["code"]) == (409, "dataset_name_taken")


def test_masks_polygons_and_attributes_branch_as_they_were_frozen(client, make_dataset, run_import):
    dataset = make_dataset("instance_segmentation")
    turned = {"segmentation": [[5, 5, 20, 5, 20, 30], [30, 30, 40, 30, 40, 40]], "bbox": [5, 5, 35, 35]}
    run_import(dataset, {"1.jpg": picture(1), "a.json": coco(POLYGON, RLE, turned)})
    version = frozen(client, dataset, split=GIVEN)
    branch = branched(client, version)
    columns = ("kind", "x", "y", "w", "h", "geometry", "source")
    both = [
        list(Shape.objects.filter(dataset=one).order_by("position").values(*columns))
        for one in (dataset, branch)
    ]
    assert both[0] == both[1] != []
    assert frozen(client, branch, split=GIVEN)["content_hash"] == version["content_hash"]


def test_texts_are_branched_and_merged(client, make_texts, send):  # noqa: F811
    texts = make_texts()
    send(texts, {"train/spam/1.txt": "Buy now", "test/ham/2.txt": "See you"})
    branch = branched(client, frozen(client, texts, split=GIVEN))
    assert said(branch) == said(texts)
    send(branch, {"train/spam/3.txt": "Free", "train/ham/4.txt": "Later"})
    labeled(client, branch, Sample.objects.get(dataset=branch, split="test"), "spam")
    result = merged(client, texts, frozen(client, branch, split=GIVEN))
    assert counted(result, "added", "taken", "same") == (2, 1, 1)
    assert said(texts) == said(branch)


def test_one_sided_changes_come_and_both_sided_ones_are_conflicts(client, filled, run_import):
    branch = branched(client, frozen(client, filled, split=GIVEN))
    labeled(client, branch, at(branch, "cat/00.jpg"), "dog")
    labeled(client, filled, at(filled, "cat/02.jpg"), "dog")
    labeled(client, branch, at(branch, "cat/04.jpg"), "dog")
    labeled(client, filled, at(filled, "cat/04.jpg"), "")
    run_import(branch, {"cat/new.jpg": picture(50), "dog/new.jpg": picture(51)})
    before = state_of(filled)
    merge = looked(client, filled, frozen(client, branch, split=GIVEN))
    assert counted(merge["counts"], "added", "taken", "conflicts", "same", "stays") == (2, 1, 1, 5, 1)
    assert merge["base"]["number"] == 1
    assert state_of(filled) == before
    (row,) = conflicts_of(client, merge)
    assert (row["kind"], row["name"], row["choice"]) == ("both_changed", "cat/04.jpg", "")
    assert [[one["name"] for one in row[side]] for side in ("base", "ours", "theirs")] == [
        ["cat"],
        [],
        ["dog"],
    ]
    result = job_of(apply_asked(client, merge, "theirs")).result
    assert counted(result, "added", "taken", "theirs", "ours", "unseen") == (2, 1, 1, 0, 0)
    names = {
        row.name: filled.classes.get(pk=row.labels[0]).name for row in Sample.objects.filter(dataset=filled)
    }
    assert names["cat/00.jpg"] == names["cat/02.jpg"] == names["cat/04.jpg"] == "dog"
    assert names["cat/new.jpg"] == "cat"
    assert_no_drift()
    assert undone(client, result)["restored"] == 4
    assert state_of(filled) == before
    assert_no_drift()
    again = merged(client, filled, frozen(client, branch, split=GIVEN), "theirs")
    assert counted(again, "added", "taken", "theirs") == (2, 1, 1)


def test_each_conflict_can_be_decided_by_itself(client, filled):
    branch = branched(client, frozen(client, filled, split=GIVEN))
    for name in ("cat/00.jpg", "cat/02.jpg", "cat/04.jpg"):
        labeled(client, branch, at(branch, name), "dog")
        labeled(client, filled, at(filled, name), "")
    merge = looked(client, filled, frozen(client, branch, split=GIVEN))
    first, second, third = conflicts_of(client, merge)
    assert chosen(client, merge, "ours").status_code == 200
    assert chosen(client, merge, "theirs", first).status_code == 200
    assert chosen(client, merge, "", second).status_code == 200
    result = job_of(apply_asked(client, merge, "theirs")).result
    assert counted(result, "theirs", "ours") == (2, 1)
    states = dict(Sample.objects.filter(dataset=filled).values_list("name", "state"))
    wanted = ["labeled", "labeled", "unlabeled"]
    assert [states[row["name"]] for row in (first, second, third)] == wanted
    assert client.get(f"/api/v1/merges/{merge['id']}/").json()["policy"] == "theirs"
    assert chosen(client, merge, "ours").json()["code"] == "merge_not_ready"


def test_what_was_said_after_the_look_is_not_overwritten(client, filled):
    branch = branched(client, frozen(client, filled, split=GIVEN))
    for name in ("cat/00.jpg", "cat/02.jpg"):
        labeled(client, branch, at(branch, name), "dog")
    labeled(client, filled, at(filled, "cat/00.jpg"), "")
    merge = looked(client, filled, frozen(client, branch, split=GIVEN))
    assert counted(merge["counts"], "conflicts", "taken") == (1, 1)
    chosen(client, merge, "theirs")
    for name in ("cat/00.jpg", "cat/02.jpg"):
        labeled(client, filled, at(filled, name), "dog")
        labeled(client, filled, at(filled, name), "")
    result = job_of(apply_asked(client, merge, "theirs")).result
    assert counted(result, "unseen", "theirs", "taken", "changed") == (2, 0, 0, 0)
    assert at(filled, "cat/00.jpg").state == at(filled, "cat/02.jpg").state == "unlabeled"


def test_removals_come_only_when_asked_for_and_what_was_relabeled_since_is_a_conflict(client, filled):
    branch = branched(client, frozen(client, filled, split=GIVEN))
    edited(client, branch, action="delete", conditions={"filter": "label:cat"})
    labeled(client, filled, at(filled, "cat/00.jpg"), "dog")
    version = frozen(client, branch, split=GIVEN)
    quiet = looked(client, filled, version)
    assert counted(quiet["counts"], "missing_there", "removed", "conflicts") == (4, 0, 0)
    before = state_of(filled)
    merge = looked(client, filled, version, removals=True)
    assert counted(merge["counts"], "missing_there", "removed", "conflicts") == (4, 3, 1)
    assert conflicts_of(client, merge)[0]["kind"] == "removed_there"
    result = job_of(apply_asked(client, merge, "theirs")).result
    assert counted(result, "set_aside", "theirs") == (4, 1)
    assert Sample.objects.filter(dataset=filled).count() == 4
    undone(client, result)
    assert state_of(filled) == before
    assert_no_drift()


def test_what_waits_in_a_campaign_is_not_removed(client, filled, project):
    branch = branched(client, frozen(client, filled, split=GIVEN))
    edited(client, branch, action="delete", conditions={"filter": "label:cat"})
    plan = CampaignPlan(name="round", selection={"filter": "ids", "ids": [str(at(filled, "cat/00.jpg").pk)]})
    campaign_create(actor=project.created_by, dataset=filled, plan=plan)
    result = merged(client, filled, frozen(client, branch, split=GIVEN), removals=True)
    assert counted(result, "set_aside", "in_work") == (3, 1)


def test_what_was_deleted_here_stays_so_unless_it_was_relabeled_there(client, filled):
    branch = branched(client, frozen(client, filled, split=GIVEN))
    edited(client, filled, action="delete", conditions={"filter": "label:cat"})
    labeled(client, branch, at(branch, "cat/00.jpg"), "dog")
    before = state_of(filled)
    merge = looked(client, filled, frozen(client, branch, split=GIVEN))
    assert counted(merge["counts"], "stays_removed", "removed_here", "conflicts") == (3, 1, 1)
    assert conflicts_of(client, merge)[0]["thumb_url"]
    result = job_of(apply_asked(client, merge, "theirs")).result
    assert counted(result, "theirs", "changed") == (1, 1)
    assert at(filled, "cat/00.jpg").labels == [label_of(filled, "dog")]
    undone(client, result)
    assert state_of(filled) == before


def test_strangers_are_added_with_classes_by_name_choice_new_and_drop(
    client, filled, make_dataset, run_import
):
    other = make_dataset(name="strangers", classes=[{"name": "KATZE", "name_zh": "cat"}])
    files = {f"{name}/{i}.jpg": picture(100 + i) for i, name in enumerate(["KATZE", "wolf", "fox", "dust"])}
    run_import(other, {**files, "fox/00.jpg": FILES["cat/00.jpg"]})
    version = frozen(client, other, split=GIVEN)
    shown = client.get(f"/api/v1/datasets/{filled.pk}/merges/proposal/?version={version['id']}").json()
    why = {row["name"]: (row["why"], row["to"]) for row in shown["classes"]}
    assert shown["base"] is None
    assert why["KATZE"] == ("name", label_of(filled, "cat"))
    assert {why[name] for name in ("wolf", "fox", "dust")} == {("new", "new")}
    ids = {row["name"]: row["id"] for row in shown["classes"]}
    mapping = {ids["wolf"]: label_of(filled, "dog"), ids["dust"]: "drop"}
    before = state_of(filled)
    merge = looked(client, filled, version, classes=mapping)
    assert counted(merge["counts"], "added", "both_said") == (4, 1)
    result = job_of(apply_asked(client, merge)).result
    assert counted(result, "added", "ours") == (4, 1)
    names = {
        row.name: [filled.classes.get(pk=label).name for label in row.labels]
        for row in Sample.objects.filter(dataset=filled, name__in=files)
    }
    assert names == {"KATZE/0.jpg": ["cat"], "wolf/1.jpg": ["dog"], "fox/2.jpg": ["fox"], "dust/3.jpg": []}
    assert at(filled, "dust/3.jpg").state == "unlabeled"
    undone(client, result)
    after = state_of(filled)
    assert after[:2] == before[:2]
    assert [row for row in after[2] if row[2]] == before[2]
    assert_no_drift()


def test_classes_that_one_cannot_choose_are_refused(client, filled, make_dataset, run_import):
    other = make_dataset(name="strangers")
    run_import(other, {"cat/1.jpg": picture(101), "dog/1.jpg": picture(102)})
    version = frozen(client, other, split=GIVEN)
    cat = next(row["id"] for row in version["classes"] if row["name"] == "cat")
    for classes in ({cat: "new"}, {cat: str(uuid.uuid4())}, {str(uuid.uuid4()): "drop"}, {cat: "nonsense"}):
        answer = merge_asked(client, filled, version, classes=classes)
        assert (answer.status_code, answer.json()["code"]) == (422, "merge_mapping_invalid"), classes


def test_a_class_removed_between_the_look_and_the_merge_stops_it(client, filled, make_dataset, run_import):
    other = make_dataset(name="strangers")
    run_import(other, {"bird/1.jpg": picture(101), "wolf/1.jpg": picture(102)})
    spare = {"name": "spare"}
    shown = client.get(f"/api/v1/datasets/{filled.pk}/").json()["label_schema"]
    classes = [{"id": row["id"], "name": row["name"]} for row in shown["classes"]]
    url = f"/api/v1/datasets/{filled.pk}/"
    assert (
        client.patch(url, {"label_schema": {"classes": [*classes, spare]}}, format="json").status_code == 200
    )
    version = frozen(client, other, split=GIVEN)
    mapping = {row["id"]: label_of(filled, "spare") for row in version["classes"]}
    merge = looked(client, filled, version, classes=mapping)
    assert client.patch(url, {"label_schema": {"classes": classes}}, format="json").status_code == 200
    assert job_of(apply_asked(client, merge), "failed").error_code == "merge_class_gone"
    assert Sample.objects.filter(dataset=filled).count() == 8


def test_a_class_renamed_in_a_branch_is_still_the_same_class(client, filled):
    branch = branched(client, frozen(client, filled, split=GIVEN))
    rows = [{"id": label_of(branch, "cat"), "name": "kitten"}, {"id": label_of(branch, "dog"), "name": "dog"}]
    url = f"/api/v1/datasets/{branch.pk}/"
    assert client.patch(url, {"label_schema": {"classes": rows}}, format="json").status_code == 200
    labeled(client, branch, at(branch, "dog/01.jpg"), "kitten")
    result = merged(client, filled, frozen(client, branch, split=GIVEN))
    assert counted(result, "taken", "stays", "added", "conflicts") == (1, 0, 0, 0)
    assert at(filled, "dog/01.jpg").labels == [label_of(filled, "cat")]
    assert filled.classes.filter(deleted_at__isnull=True).count() == 2


def test_two_people_do_the_same_merge_once(client, filled, members, client_for):
    branch = branched(client, frozen(client, filled, split=GIVEN))
    labeled(client, branch, at(branch, "cat/00.jpg"), "dog")
    merge = looked(client, filled, frozen(client, branch, split=GIVEN))
    other = client_for(members["manager"])
    first, second = apply_asked(client, merge), apply_asked(other, merge)
    assert (second.status_code, second.json()["code"]) == (409, "merge_not_ready")
    job_of(first)
    assert BulkEdit.objects.filter(action="merge").count() == 1


def test_a_look_that_another_merge_made_old_is_refused(client, filled):
    branch = branched(client, frozen(client, filled, split=GIVEN))
    labeled(client, branch, at(branch, "cat/00.jpg"), "dog")
    version = frozen(client, branch, split=GIVEN)
    old, new = looked(client, filled, version), looked(client, filled, version)
    job_of(apply_asked(client, new))
    answer = apply_asked(client, old)
    assert (answer.status_code, answer.json()["code"]) == (409, "merge_stale")


def test_a_look_that_is_not_over_cannot_be_done(client, filled):
    branch = branched(client, frozen(client, filled, split=GIVEN))
    merge_asked(client, filled, frozen(client, branch, split=GIVEN))
    merge = {"id": str(Merge.objects.get().pk)}
    for answer in (apply_asked(client, merge), chosen(client, merge, "ours")):
        assert (answer.status_code, answer.json()["code"]) == (409, "merge_not_ready")


def test_a_merge_that_was_cancelled_half_way_goes_on_or_is_taken_back(client, filled, monkeypatch):
    monkeypatch.setattr("datasets.services.version_walks.BATCH", 2)
    branch = branched(client, frozen(client, filled, split=GIVEN))
    edited(client, branch, action="label", value=label_of(branch, "dog"), conditions={})
    before = state_of(filled)
    merge = looked(client, filled, frozen(client, branch, split=GIVEN))
    answer = apply_asked(client, merge)
    job = Job.objects.get(pk=answer.json()["job"]["id"])
    calls = []
    from datasets.services import merge_apply

    real = merge_apply._change

    def stopping(*args):
        calls.append(1)
        if len(calls) == 3:
            raise ValueError("a wire was cut")
        real(*args)

    monkeypatch.setattr(merge_apply, "_change", stopping)
    assert worked(job).state == "failed"
    edit = BulkEdit.objects.get(action="merge")
    assert Sample.objects.filter(dataset=filled, annotation_revision=2).count() == edit.rows.count()
    assert (edit.state, edit.cursor[:2], sum(edit.counts.get(name, 0) for name in ("taken", "same"))) == (
        "doing",
        "t:",
        4,
    )
    assert client.get(f"/api/v1/merges/{merge['id']}/").json()["state"] == "doing"
    result = job_of(apply_asked(client, merge)).result
    assert counted(result, "taken", "changed") == (4, 4)
    assert undone(client, result)["restored"] == 4
    assert state_of(filled) == before


def test_what_was_said_since_a_merge_is_kept_when_it_is_taken_back(client, filled, run_import):
    branch = branched(client, frozen(client, filled, split=GIVEN))
    run_import(branch, {"cat/new.jpg": picture(50), "dog/newer.jpg": picture(51)})
    labeled(client, filled, at(filled, "cat/00.jpg"), "dog")
    result = merged(client, filled, frozen(client, branch, split=GIVEN))
    labeled(client, filled, at(filled, "cat/new.jpg"), "dog")
    back = undone(client, result)
    assert counted(back, "restored", "kept", "stays") == (1, 1, 1)
    assert Sample.objects.filter(dataset=filled, name="cat/new.jpg").exists()
    assert_no_drift()


def test_what_cannot_be_branched_or_merged_is_refused_with_what_to_do(
    client, filled, make_dataset, run_import
):
    version = frozen(client, filled, split=GIVEN)
    own = merge_asked(client, filled, version)
    assert (own.status_code, own.json()["code"]) == (422, "merge_unfit")
    boxes = make_dataset("object_detection", "boxes")
    assert merge_asked(client, boxes, version).json()["code"] == "merge_unfit"
    DatasetVersion.objects.filter(pk=version["id"]).update(augmentation={"copies": 1})
    for answer in (branch_asked(client, version), merge_asked(client, make_dataset(name="x"), version)):
        assert (answer.status_code, answer.json()["code"]) == (422, "branch_unfit")
        assert "augmented" in answer.json()["detail"]


def test_a_version_of_another_project_is_as_if_it_were_not_there(client, filled, project):
    stranger = factories.project_make("Else")
    version = frozen(client, filled, split=GIVEN)
    mine = Dataset.objects.create(
        project=project, name="mine", task="image_classification", created_by=project.created_by
    )
    Dataset.objects.filter(pk=filled.pk).update(project=stranger)
    assert merge_asked(client, mine, version).status_code == 404
    assert branch_asked(client, version).status_code == 404


def test_branch_and_merge_are_written_down(client, filled):
    branch = branched(client, frozen(client, filled, split=GIVEN))
    merged(client, filled, frozen(client, branch, split=GIVEN))
    operations = set(AuditEvent.objects.values_list("operation", flat=True))
    assert {"datasets.version.branched", "datasets.merge.submitted"} <= operations
    (edit,) = client.get(f"/api/v1/datasets/{filled.pk}/bulk-edits/").json()["results"]
    assert (edit["action"], edit["about"]) == ("merge", {"number": 1, "dataset_name": "branch"})
