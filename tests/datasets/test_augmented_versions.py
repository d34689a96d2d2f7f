import json
import os
import subprocess
import sys
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.models import F

from core.clock import utc_now
from core.imaging import decode
from core.jobs.context import JobContext
from core.models import Blob, Job
from core.services.blobs import blob_read
from core.services.collection import garbage_collect, reconcile, unreferenced_blobs
from core.services.scratch import scratch_dir
from core.services.storage import container_store
from datasets.models import DatasetVersion, VersionPicture
from datasets.services import augment_child, augmented_copies, augmented_versions
from datasets.services.versions import version_materialize, version_opened
from tests import factories
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i, (96, 64)) for i in range(12)}
SPLIT = {"strategy": "stratified", "train": 0.5, "val": 0.25, "test": 0.25, "seed": 7}
STEPS = [{"op": "flip_horizontal"}, {"op": "noise"}]


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def version(client, make_dataset, run_import):
    dataset = make_dataset()
    assert run_import(dataset, FILES).state == "succeeded"
    return frozen(client, dataset)


@pytest.fixture
def boxed(client, make_dataset, run_import):
    dataset = make_dataset("object_detection", name="boxes")
    coco = {
        "images": [{"id": i, "file_name": f"{i}.jpg", "width": 96, "height": 64} for i in range(8)],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [
            {"id": i, "image_id": i, "category_id": 1, "bbox": [10, 20, 30, 40]} for i in range(8)
        ],
    }
    files = {f"{i}.jpg": picture(i, (96, 64)) for i in range(8)}
    job = run_import(dataset, {**files, "annotations.json": json.dumps(coco).encode()})
    assert job.state == "succeeded", job.error_detail
    return frozen(client, dataset)


def frozen(client, dataset):
    answer = client.post(f"/api/v1/datasets/{dataset.pk}/versions/", {"split": SPLIT}, format="json")
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail
    return DatasetVersion.objects.get(pk=job.result["id"])


def recipe_of(client, project, steps, name="r"):
    body = {"project": str(project.pk), "name": name, "steps": steps}
    answer = client.post("/api/v1/recipes/", body, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def posted(client, version, recipe, **body):
    sent = {"recipe": recipe, **body}
    return client.post(f"/api/v1/versions/{version.pk}/augmentations/", sent, format="json")


def augmented(client, version, recipe, **body):
    answer = posted(client, version, recipe, **body)
    assert answer.status_code == 202, answer.content
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", (job.error_code, job.error_detail)
    return DatasetVersion.objects.get(pk=job.result["id"])


def rows(version):
    with version_opened(version) as (_, samples):
        return {sample.id: sample for sample in samples}


def test_only_the_training_part_grows_and_the_rest_is_the_same(client, project, version):
    made = augmented(client, version, recipe_of(client, project, STEPS), copies=3)
    old, new = rows(version), rows(made)
    assert (version.counts["train"], made.counts["train"]) == (6, 24)
    assert {key: new[key] for key in old} == old
    copies = [sample for key, sample in new.items() if key not in old]
    assert {sample.split for sample in copies} == {"train"}
    by_stem = {sample.name.rpartition(".")[0]: sample for sample in old.values()}
    assert all(by_stem[c.name.rpartition("+")[0]].label == c.label for c in copies)
    assert (made.parent_id, made.number) == (version.pk, 2)
    assert made.augmentation["copies"] == 3
    shown = client.get(f"/api/v1/versions/{made.pk}/").json()
    assert (shown["parent"], shown["augmentation"]["name"]) == (str(version.pk), "r")


def test_the_same_recipe_and_seed_give_the_same_content_and_another_seed_another(client, project, version):
    recipe = recipe_of(client, project, STEPS)
    one, two, other = (augmented(client, version, recipe, seed=seed) for seed in (1, 1, 2))
    assert one.content_hash == two.content_hash != other.content_hash
    assert rows(one) == rows(two)


def test_boxes_of_copies_have_moved_with_their_pixels(client, project, boxed):
    made = augmented(client, boxed, recipe_of(client, project, [{"op": "flip_horizontal"}]), copies=1)
    copies = [sample for sample in rows(made).values() if "+1" in sample.name]
    assert len(copies) == boxed.counts["train"]
    for copy in copies:
        assert [each.box for each in copy.objects] == [(56.0, 20.0, 30.0, 40.0)]
        original = next(s for s in rows(boxed).values() if s.name == copy.name.replace("+1.jpg", ".jpg"))
        plain, moved = decode(blob_read(original.sha256)), decode(blob_read(copy.sha256))
        assert abs(plain[:, ::-1].astype(int) - moved).mean() < 3
    assert made.counts["objects"] == boxed.counts["objects"] + len(copies)


def test_later_changes_of_the_recipe_change_nothing(client, project, version):
    recipe = recipe_of(client, project, STEPS)
    answer = posted(client, version, recipe, copies=1)
    client.patch(f"/api/v1/recipes/{recipe}/", {"steps": [{"op": "gray"}]}, format="json")
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert [step["op"] for step in job.result["augmentation"]["steps"]] == ["flip_horizontal", "noise"]


def test_copies_are_kept_by_the_collector_and_can_be_laid_out(client, project, version, tmp_path):
    made = augmented(client, version, recipe_of(client, project, STEPS), copies=1)
    assert VersionPicture.objects.filter(version=made).count() == 6
    assert not unreferenced_blobs(utc_now()).exists()
    manifest = version_materialize(made.pk, tmp_path)
    assert len(manifest.read_text().splitlines()) == 1 + 18


def test_what_a_version_cannot_hold_is_refused(client, client_for, members, project, version, boxed):
    assert refusal(posted(client, version, recipe_of(client, project, [{"op": "mixup"}], "a"))) == {"recipe"}
    mosaic = recipe_of(client, project, [{"op": "mosaic"}], "b")
    assert refusal(posted(client, version, mosaic)) == {"recipe"}
    assert posted(client, boxed, mosaic).status_code == 202
    plain = recipe_of(client, project, STEPS, "c")
    assert refusal(posted(client, version, plain, copies=11)) == {"copies"}
    assert refusal(posted(client, version, recipe_of(client, project, [], "d"))) == {"recipe"}
    elsewhere = factories.project_make("Elsewhere", created_by=members["modeler"])
    assert refusal(posted(client, version, recipe_of(client, elsewhere, STEPS))) == {"recipe"}
    assert posted(client_for(members["viewer"]), version, plain).status_code == 403


def refusal(answer):
    assert answer.status_code == 422, answer.content
    return set(answer.json()["params"]["fields"])


def test_a_mosaic_draws_on_the_training_part(client, project, boxed):
    made = augmented(client, boxed, recipe_of(client, project, [{"op": "mosaic"}]), copies=2)
    copies = [sample for sample in rows(made).values() if "+" in sample.name]
    assert len(copies) == 2 * boxed.counts["train"]
    assert max(len(sample.objects) for sample in copies) > 1


def test_a_process_that_breaks_off_fails_the_job_and_leaves_nothing(client, project, version, monkeypatch):
    half = 'import sys; sys.stdout.write(\'{"id": "x", "bytes": 9}\\n12\'); sys.stdout.flush()'
    start = subprocess.Popen
    monkeypatch.setattr(
        augment_child.subprocess,
        "Popen",
        lambda command, **more: start([sys.executable, "-c", half], **more),
    )
    answer = posted(client, version, recipe_of(client, project, STEPS))
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert (job.state, job.error_code) == ("failed", "augmentation_failed")
    assert DatasetVersion.objects.count() == 1


def test_a_sample_that_cannot_be_read_is_named_and_left_out(client, project, version, monkeypatch):
    lay_out = augmented_versions.version_materialize

    def damaged(version_id, folder):
        manifest = lay_out(version_id, folder)
        lines = [json.loads(line) for line in manifest.read_text().splitlines()]
        broken = next(line for line in lines if line.get("split") == "train")
        broken["length"] //= 2
        manifest.write_text("\n".join(json.dumps(line) for line in lines))
        return manifest

    monkeypatch.setattr(augmented_versions, "version_materialize", damaged)
    made = augmented(client, version, recipe_of(client, project, STEPS), copies=2)
    assert made.counts["train"] == 6 + 2 * 5
    assert made.checks == {"at": None, "imports_since": 0, "changed_since": False, "findings": []}
    (warning,) = [row for row in made.warnings if row["code"] == "augmentation_unreadable"]
    assert (warning["count"], len(warning["params"]["samples"])) == (1, 1)
    assert uuid.UUID(warning["params"]["samples"][0])


def begun(client, version, recipe, monkeypatch, batches):
    """A job whose worker died behind so many batches of one copy each."""
    monkeypatch.setattr(augmented_versions, "BATCH_BYTES", 1)
    kept = []

    def dies(context):
        kept.append(1)
        if len(kept) == batches:
            raise OperationalError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(JobContext, "milestone", dies)
        job = worked(Job.objects.get(pk=posted(client, version, recipe, copies=2).json()["job"]["id"]))
    assert job.state == "running"
    Job.objects.filter(pk=job.pk).update(lease_until=utc_now() - timedelta(seconds=1))
    return job


def test_another_attempt_goes_on_behind_the_copies_that_are_there(client, project, version, monkeypatch):
    recipe = recipe_of(client, project, STEPS)
    whole = augmented(client, version, recipe, copies=2)
    job, sent = begun(client, version, recipe, monkeypatch, batches=5), []
    answers = augmented_versions.answers_of

    def counted(source):
        for answer in answers(source):
            sent.append(answer)
            yield answer

    monkeypatch.setattr(augmented_versions, "answers_of", counted)
    ended = worked(job)
    assert ended.state == "succeeded", ended.error_detail
    assert len(sent) == 12 - 5
    assert ended.deaths == 0
    assert rows(DatasetVersion.objects.get(pk=ended.result["id"])) == rows(whole)
    assert not list(scratch_dir().glob("augmented-*"))


def test_copies_outlive_the_collector_during_a_long_run(client, project, version, monkeypatch):
    """Each batch seems to take twenty hours, and the collector comes after each."""
    monkeypatch.setattr(augmented_versions, "BATCH_BYTES", 1)
    monkeypatch.setattr(augmented_copies, "_RENEW_EVERY_S", -1)
    known, removed = set(Blob.objects.values_list("pk", flat=True)), []

    def collect(context):
        long_ago = utc_now() - timedelta(days=2)
        for container in container_store().containers():
            os.utime(container_store().local_path(container.sha256), (long_ago.timestamp(),) * 2)
        removed.append(garbage_collect())
        twenty = timedelta(hours=20)
        Blob.objects.exclude(pk__in=known).update(created_at=F("created_at") - twenty)

    monkeypatch.setattr(JobContext, "milestone", collect)
    made = augmented(client, version, recipe_of(client, project, STEPS), copies=2)
    assert len(removed) >= 12
    assert {each.rows for each in removed} == {0}
    # The first one also clears away what other tests left on the disk.
    assert {each.containers for each in removed[1:]} == {0}
    assert made.counts["train"] == 18
    assert reconcile().missing == []


def test_copies_that_were_collected_after_a_death_are_made_again(client, project, version, monkeypatch):
    job = begun(client, version, recipe_of(client, project, STEPS), monkeypatch, batches=5)
    assert unreferenced_blobs(utc_now()).count() == 5
    assert garbage_collect(grace=timedelta(0)).rows == 5
    ended = worked(job)
    assert ended.state == "succeeded", ended.error_detail
    assert ended.result["counts"]["train"] == 18
    assert reconcile().missing == []


def test_the_name_of_a_grown_version_fits(client, project, version):
    DatasetVersion.objects.filter(pk=version.pk).update(name="n" * 200)
    made = augmented(client, version, recipe_of(client, project, STEPS), copies=1)
    assert made.name == "n" * 197 + " x2"


def test_copies_carry_polygons_masks_and_attributes_into_the_version_and_its_export(
    client, project, make_dataset, run_import
):
    dataset = make_dataset("instance_segmentation", name="outlines")
    polygon = {"bbox": [10, 20, 30, 40], "segmentation": [[10, 20, 40, 20, 40, 60]], "attributes": {"a": "b"}}
    mask = {"bbox": [1, 0, 2, 10], "segmentation": {"size": [64, 96], "counts": [64, 10, 54, 10, 6006]}}
    coco = {
        "images": [{"id": i, "file_name": f"{i}.jpg", "width": 96, "height": 64} for i in range(8)],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [
            {"id": 2 * i + n, "image_id": i, "category_id": 1, **said}
            for i in range(8)
            for n, said in enumerate((polygon, mask))
        ],
    }
    files = {f"{i}.jpg": picture(i, (96, 64)) for i in range(8)}
    assert run_import(dataset, {**files, "a.json": json.dumps(coco).encode()}).state == "succeeded"
    version = frozen(client, dataset)
    recipe = recipe_of(client, project, [{"op": "flip_horizontal"}])
    job = worked(Job.objects.get(pk=posted(client, version, recipe, copies=1).json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail
    with version_opened(DatasetVersion.objects.get(pk=job.result["id"])) as (_, stream):
        copies = [sample for sample in stream if "+1" in sample.name]
    assert len(copies) == version.counts["train"]
    for copy in copies:
        first, second = copy.objects
        assert first.form.value == (((86, 20), (56, 20), (56, 60)),)
        assert (first.box, first.attributes) == ((56, 20, 30, 40), (("a", "b"),))
        assert (second.box, second.form.value.area) == ((93, 0, 2, 10), 20)
