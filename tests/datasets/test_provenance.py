"""Who labeled a sample elsewhere: from the file into the history, through versions, and out again."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from core.models import User
from core.services.blobs import blob_read
from datasets.models import AnnotationHistory, Sample
from datasets.selectors.histories import origins_at
from tests.datasets.conftest import worked
from tests.datasets.formats.test_foreign_files import CVAT, rectangle
from tests.datasets.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)

ASSIGNED = (
    "<id>4</id><updated>2024-03-01T12:00:00+00:00</updated>"
    "<assignee><username>anna</username><email>anna@example.org</email></assignee>"
)
PICTURES = {"images/1.jpg": picture(1), "images/sub/2.jpg": picture(2)}


def history(client, sample):
    return client.get(f"/api/v1/samples/{sample.pk}/history/").json()["results"]


def imported(make_dataset, run_import, **changes):
    dataset = make_dataset(task="object_detection")
    text = CVAT.replace("<id>4</id>", ASSIGNED)
    run_import(dataset, {"annotations.xml": text.encode(), **PICTURES})
    return dataset, Sample.objects.get(dataset=dataset, name__endswith="1.jpg")


def studio_task(name, *annotations):
    return {"data": {"image": name}, "annotations": list(annotations)}


def by(name, **more):
    said = {"completed_by": {"email": name}, "updated_at": "2024-03-01T12:00:00Z", "result": [rectangle()]}
    return said | more


def from_studio(make_dataset, run_import, *tasks):
    dataset = make_dataset(task="object_detection")
    files = {f"{i}.jpg": picture(i) for i in range(len(tasks))}
    run_import(dataset, {"tasks.json": json.dumps(tasks).encode(), **files})
    return dataset, {sample.name: sample for sample in Sample.objects.filter(dataset=dataset)}


def test_an_import_says_in_the_history_what_the_file_says(
    members, client_for, make_dataset, run_import, project
):
    _, sample = imported(make_dataset, run_import)
    (row,) = history(client_for(members["viewer"]), sample)
    assert row["origin"] == {
        "tool": "cvat",
        "annotator": "anna@example.org",
        "annotator_member": None,
        "reviewer": "",
        "reviewer_member": None,
        "at": "2024-03-01T12:00:00Z",
        "state": "labeled",
    }
    assert (row["actor"], row["source"], row["revision"]) == (project.created_by.username, "import", 1)
    assert row["objects"] == sample.shapes.count() > 0


def test_a_namesake_is_named_and_nobody_is_made_or_given_anything(
    members, client_for, make_dataset, run_import
):
    member = members["annotator"]
    User.objects.filter(pk=member.pk).update(email="Anna@Example.org")
    before = list(User.objects.order_by("pk").values_list("pk", "is_superuser", "is_staff"))
    _, sample = imported(make_dataset, run_import)
    (row,) = history(client_for(members["viewer"]), sample)
    assert (row["origin"]["annotator_member"], row["origin"]["reviewer_member"]) == (member.username, None)
    assert AnnotationHistory.objects.get(sample=sample).actor_id != member.pk
    assert list(User.objects.order_by("pk").values_list("pk", "is_superuser", "is_staff")) == before


def test_reviewed_and_skipped_become_the_state_that_the_studio_has(
    members, client_for, make_dataset, run_import
):
    dataset, samples = from_studio(
        make_dataset,
        run_import,
        studio_task("0.jpg", by("a@x", ground_truth=True)),
        studio_task("1.jpg", by("b@x", was_cancelled=True)),
        studio_task("2.jpg", by("c@x")),
    )
    assert [samples[f"{i}.jpg"].state for i in range(3)] == ["reviewed", "unlabeled", "labeled"]
    client = client_for(members["viewer"])
    (skipped,) = history(client, samples["1.jpg"])
    assert (skipped["revision"], skipped["state"], skipped["origin"]["state"]) == (0, "unlabeled", "skipped")
    states = client.get(f"/api/v1/datasets/{dataset.pk}/").json()["counts"]
    assert (states["labeled"], states["unlabeled"]) == (2, 1)


def save(client, sample):
    sample.refresh_from_db()
    body = {"revision": sample.annotation_revision, "shapes": []}
    return client.put(f"/api/v1/samples/{sample.pk}/annotation/", body, format="json")


def test_what_a_person_says_afterwards_is_theirs_and_the_file_keeps_its_word(
    members, client_for, make_dataset, run_import
):
    _, sample = imported(make_dataset, run_import)
    client = client_for(members["modeler"])
    assert save(client, sample).status_code == 200
    mine, theirs = history(client, sample)
    assert (mine["actor"], mine["origin"]) == (members["modeler"].username, None)
    assert theirs["origin"]["annotator"] == "anna@example.org"
    assert origins_at({sample.pk: 2}) == {}


def test_a_skipped_sample_can_be_labeled_and_shows_both(members, client_for, make_dataset, run_import):
    _, samples = from_studio(make_dataset, run_import, studio_task("0.jpg", by("b@x", was_cancelled=True)))
    client = client_for(members["modeler"])
    assert save(client, samples["0.jpg"]).status_code == 200
    assert [row["revision"] for row in history(client, samples["0.jpg"])] == [1, 0]


def frozen(client, dataset, **changes):
    body = {"name": "v", "split": {"strategy": "random", "train": 1, "val": 0, "test": 0}, **changes}
    answer = client.post(f"/api/v1/datasets/{dataset.pk}/versions/", body, format="json")
    assert answer.status_code == 202, answer.json()
    return worked_result(answer)


def worked_result(answer):
    from core.models import Job

    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail
    return job.result


def exported(client, version, key):
    answer = client.post(
        f"/api/v1/versions/{version['id']}/exports/", {"format": key, "include_media": True}, format="json"
    )
    return worked_result(answer)


def test_an_export_says_it_again_and_a_format_without_a_place_tells(
    members, client_for, make_dataset, run_import
):
    dataset, _ = from_studio(
        make_dataset,
        run_import,
        studio_task("0.jpg", by("a@x", ground_truth=True)),
        studio_task("1.jpg", by("b@x", was_cancelled=True)),
        studio_task("2.jpg", by("c@x")),
    )
    client = client_for(members["modeler"])
    version = frozen(client, dataset, filter={"state": "all"})
    result = exported(client, version, "label_studio")
    assert result["problems"] == {}
    with zipfile.ZipFile(io.BytesIO(blob_read(result["sha256"]))) as archive:
        tasks = json.loads(archive.read("tasks.json"))
    said = {t["data"]["image"].rpartition("/")[2]: t["annotations"][0] for t in tasks}
    assert said["0.jpg"]["ground_truth"] is True
    assert said["1.jpg"]["was_cancelled"] is True
    assert said["2.jpg"]["completed_by"] == {"email": "c@x"}
    assert said["2.jpg"]["updated_at"] == "2024-03-01T12:00:00Z"
    assert exported(client, version, "coco")["problems"] == {"origins_dropped": 3}


def test_a_version_hashes_what_is_labeled_and_not_by_whom(members, client_for, make_dataset, run_import):
    dataset, _ = from_studio(make_dataset, run_import, studio_task("0.jpg", by("a@x")))
    client = client_for(members["modeler"])
    first = frozen(client, dataset)
    AnnotationHistory.objects.update(origin=None)
    second = frozen(client, dataset)
    assert first["content_hash"] == second["content_hash"]
    assert first["manifest_sha256"] != second["manifest_sha256"]


def test_a_branch_keeps_who_it_was(members, client_for, make_dataset, run_import):
    dataset, _ = from_studio(make_dataset, run_import, studio_task("0.jpg", by("a@x")))
    client = client_for(members["modeler"])
    version = frozen(client, dataset)
    worked_result(client.post(f"/api/v1/versions/{version['id']}/branches/", {"name": "b"}, format="json"))
    copy = Sample.objects.exclude(dataset=dataset).get()
    assert [row["origin"]["annotator"] for row in history(client, copy)] == ["a@x"]


def test_a_restore_and_an_undo_bring_back_who_it_was(members, client_for, make_dataset, run_import):
    dataset, samples = from_studio(make_dataset, run_import, studio_task("0.jpg", by("a@x")))
    client, sample = client_for(members["modeler"]), samples["0.jpg"]
    version = frozen(client, dataset)
    assert save(client, sample).status_code == 200
    edit = worked_result(client.post(f"/api/v1/versions/{version['id']}/restore/", {}, format="json"))
    worked_result(client.post(f"/api/v1/bulk-edits/{edit['edit']}/undo/", {}, format="json"))
    rows = history(client, sample)
    assert [row["origin"] and row["origin"]["annotator"] for row in rows] == [None, "a@x", None, "a@x"]


def labeled(client, dataset, label):
    body = {"action": "label", "value": label, "conditions": {}}
    answer = client.post(f"/api/v1/datasets/{dataset.pk}/bulk-edits/", body, format="json")
    return worked_result(answer)


def test_a_label_for_many_that_is_taken_back_gives_the_word_to_the_file_again(
    members, client_for, make_dataset, run_import
):
    dataset = make_dataset()
    choice = {"type": "choices", "value": {"choices": ["cat"]}}
    other = {"type": "choices", "value": {"choices": ["dog"]}}
    tasks = [studio_task(f"{i}.jpg", by("a@x", result=[one])) for i, one in enumerate((choice, other))]
    files = {f"{i}.jpg": picture(i) for i in range(2)}
    run_import(dataset, {"tasks.json": json.dumps(tasks).encode(), **files})
    client = client_for(members["modeler"])
    edit = labeled(client, dataset, str(dataset.classes.get(name="dog").pk))
    worked_result(client.post(f"/api/v1/bulk-edits/{edit['edit']}/undo/", {}, format="json"))
    rows = history(client, Sample.objects.get(dataset=dataset, name="0.jpg"))
    assert [row["origin"] and row["origin"]["annotator"] for row in rows] == ["a@x", None, "a@x"]


CODE = """
import django
django.setup()
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
load = MigrationLoader.load_disk
def step_by_step(loader):
    load(loader)
    for key in [key for key in loader.disk_migrations if "squashed" in key[1]]:
        del loader.disk_migrations[key]
MigrationLoader.load_disk = step_by_step  # as a release before knew it
call_command("migrate", "datasets", "0020", verbosity=0)
call_command("migrate", "core", verbosity=0)
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from core.clock import utc_now
before = MigrationExecutor(connection).loader.project_state([("datasets", "0020_kept_contents")]).apps
User, Project = (before.get_model("core", name) for name in ("User", "Project"))
Dataset, ImportBatch, Sample, AnnotationHistory = (
    before.get_model("datasets", name) for name in ("Dataset", "ImportBatch", "Sample", "AnnotationHistory")
)
user = User.objects.create(username="u")
project = Project.objects.create(name="p", created_by=user)
dataset = Dataset.objects.create(project=project, name="d", modality="text", task="ner", created_by=user)
for key, name in (("label_studio", "a@x"), ("doccano", "li"), ("csv", "")):
    batch = ImportBatch.objects.create(dataset=dataset, created_by=user, format=key)
    origin = {"annotator": name, "annotated_at": "2024-03-01T12:00:00Z", "is_reviewed": True}
    sample = Sample.objects.create(
        dataset=dataset, name=key, sha256=key.ljust(64, "0"), size_bytes=1, imported_at=utc_now(),
        import_batch=batch, payload={"characters": 1} | ({"origin": origin} if name else {}),
    )
    AnnotationHistory.objects.create(
        sample=sample, revision=1, source="import", state="reviewed", shapes=[], created_at=utc_now()
    )
MigrationLoader.load_disk = load
call_command("migrate", verbosity=0)
from datasets.models import AnnotationHistory
for row in AnnotationHistory.objects.order_by("sample__name").select_related("sample"):
    print(row.sample.name, row.sample.payload, row.origin, sep="|")
"""


def test_what_lay_beside_texts_moves_into_their_history(tmp_path):
    env = {
        **os.environ,
        "STUDIO_DATA_DIR": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "studio.settings",
    }
    env.pop("DATABASE_URL", None)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=root, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    at = "'at': '2024-03-01T12:00:00Z', 'state': 'reviewed'"
    plain = "{'characters': 1}"
    assert done.stdout.splitlines() == [
        f"csv|{plain}|None",
        f"doccano|{plain}|{{'reviewer': 'li', {at}, 'tool': 'doccano'}}",
        f"label_studio|{plain}|{{'annotator': 'a@x', {at}, 'tool': 'label_studio'}}",
    ]
