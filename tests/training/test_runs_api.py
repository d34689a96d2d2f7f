import io
import json
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections import Counter
from pathlib import Path

import onnx
import pytest
from django.conf import settings
from django.db import connection

from core.errors import Conflict, NotFound
from core.models import AuditEvent, Job, JobEvent
from core.services.blobs import blob_read
from tests.training.conftest import worked
from tests.training.small import colored
from training import selectors
from training.engine.failures import BadData
from training.models import Alias, EvaluationSample, MetricPoint, ModelVersion, Run
from training.services.runs import trainable_check

pytestmark = pytest.mark.django_db(transaction=True)

SMALL = {"image_side": 64, "batch_size": 4}


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


def submit(client, project, version, **body):
    body = {
        "project": str(project.pk),
        "dataset_version": version["id"],
        "profile": "fast",
        "params": SMALL,
        "seed": 1,
        **body,
    }
    return client.post("/api/v1/runs/", body, format="json")


def submitted(client, project, version, **body):
    answer = submit(client, project, version, **body)
    assert answer.status_code == 202, answer.content
    return answer.json()


def finished(answer):
    job = worked(Job.objects.get(pk=answer["job"]["id"]))
    assert job.state == "succeeded", (job.error_code, job.error_detail)
    return job


def said_by(job):
    """How often the job's stream has each line of its log and each point of its curves."""
    events = JobEvent.objects.filter(job=job, type__in=("log", "metric")).values_list("payload", flat=True)
    return Counter(said.get("text") or (said["key"], said["step"]) for said in events)


def test_from_a_frozen_version_to_a_model_with_a_report(client, project, freeze):
    version = freeze(project)
    answer = submitted(client, project, version, name="first")
    result = finished(answer).result
    run = client.get(f"/api/v1/runs/{answer['id']}/").json()
    assert (run["state"], run["model_version"], run["name"]) == (
        "succeeded",
        result["model_version"],
        "first",
    )
    assert run["metrics"]["test"]["accuracy"]["value"] == 1.0
    assert run["parity"]["ok"], run["parity"]
    assert run["device"] in ("cpu", "cuda:0")

    series = client.get(f"/api/v1/runs/{answer['id']}/metrics/?keys=val/accuracy").json()["series"]
    assert [point[1] for point in series["val/accuracy"]] == [1.0]
    logs = client.get(f"/api/v1/runs/{answer['id']}/logs/").json()
    assert "stage: training" in [line["text"] for line in logs["results"]]
    assert client.get(f"/api/v1/runs/{answer['id']}/logs/?after={logs['after']}").json()["results"] == []

    got = client.get(f"/api/v1/model-versions/{result['model_version']}/").json()
    assert (got["number"], got["labels"], got["run"]) == (1, ["blue", "red"], answer["id"])
    assert got["lineage"]["content_hash"] == version["content_hash"]
    assert "accuracy" in got["card"]
    content = b"".join(client.get(got["download_url"]).streaming_content)
    assert onnx.load_model_from_string(content).graph.input[0].name == "image"

    listed = client.get(f"/api/v1/model-versions/{got['id']}/evaluations/").json()["results"]
    assert {row["split"]: row["count"] for row in listed} == {"val": 4, "test": 4}
    test = next(row["id"] for row in listed if row["split"] == "test")
    report = client.get(f"/api/v1/evaluations/{test}/").json()
    assert report["confusion"] == {"labels": ["blue", "red"], "matrix": [[2, 0], [0, 2]]}
    assert report["metrics"]["accuracy"]["low"] <= 1.0
    cell = client.get(f"/api/v1/evaluations/{test}/samples/?cell=1,1").json()["results"]
    assert [row["truth_label"] for row in cell] == ["red", "red"]
    assert all(row["sample"]["name"].startswith("red/") or row["sample"]["labels"] for row in cell)
    assert client.get(f"/api/v1/evaluations/{test}/samples/?cell=0,1").json()["results"] == []
    assert client.get(f"/api/v1/evaluations/{test}/samples/?cell=9,9").status_code == 422

    alias = f"/api/v1/models/{got['model']}/aliases/champion/"
    assert client.put(alias, {"version": got["id"]}, format="json").json()["aliases"] == {
        "champion": got["id"]
    }
    assert selectors.deployable_version(got["id"]).sha256 == got["sha256"]
    assert not (Path(settings.DATA_DIR) / "training" / str(Run.objects.get().directory)).exists()

    assert_taken_away(client, got["id"])
    assert_compared(client, got["id"], version, test)


def assert_taken_away(client, model_version):
    """The package of a model version works without the studio."""
    exported = client.post(
        f"/api/v1/model-versions/{model_version}/exports/", {"target": "edge_python"}, format="json"
    )
    result = worked(Job.objects.get(pk=exported.json()["job"]["id"])).result
    packed = client.get(result["download_url"])
    assert_runs_alone(b"".join(packed.streaming_content) if packed.streaming else packed.content)


def assert_compared(client, model_version, version, test):
    """A second evaluation is comparable with one of the same samples only."""
    posted = client.post(
        f"/api/v1/model-versions/{model_version}/evaluations/",
        {"dataset_version": version["id"], "split": "train"},
        format="json",
    )
    assert finished(posted.json()).result["metrics"]["accuracy"]["value"] == 1.0
    again = client.get(f"/api/v1/evaluations/compare/?a={test}&b={posted.json()['id']}").json()
    assert again["comparable"] is False
    same = client.get(f"/api/v1/evaluations/compare/?a={test}&b={test}").json()
    assert same["difference"]["accuracy"] == {"value": 0.0, "low": 0.0, "high": 0.0}


def assert_runs_alone(packed):
    folder = Path(settings.DATA_DIR) / "edge"
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
    (folder / "seen.jpg").write_bytes(colored("red", 77))
    env = {"PATH": os.environ["PATH"]}
    said = subprocess.run(
        [sys.executable, "predict.py", "seen.jpg"], cwd=folder, env=env, capture_output=True, check=True
    )
    assert json.loads(said.stdout)["label"] == "red"


def test_a_version_that_failed_parity_is_neither_named_nor_deployed(client, project, freeze, members):
    version = freeze(project)
    run = Run.objects.get(pk=submitted(client, project, version)["id"])
    model = client.post(
        "/api/v1/models/",
        {"project": str(project.pk), "name": "broken", "task": "image_classification"},
        format="json",
    ).json()
    broken = ModelVersion(
        model_id=model["id"],
        number=1,
        run=run,
        task=run.task,
        sha256="0" * 64,
        size_bytes=1,
        parity={"ok": False},
    )
    broken.save()
    answer = client.put(
        f"/api/v1/models/{model['id']}/aliases/champion/", {"version": str(broken.pk)}, format="json"
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "parity_failed")
    assert not Alias.objects.exists()
    with pytest.raises(Conflict):
        selectors.deployable_version(broken.pk)
    with pytest.raises(NotFound):
        selectors.deployable_version(run.pk)
    with pytest.raises(TypeError):
        broken.save()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"algorithm": "no_such"}, "algorithm"),
        ({"profile": "quick"}, "profile"),
        ({"params": {"epochs": "many"}}, "params.epochs"),
        ({"params": {"image_side": 65}}, "params.image_side"),
        ({"seed": -1}, "seed"),
        ({"resources": {"device": "tpu"}}, "resources"),
    ],
)
def test_a_run_that_cannot_be_is_refused_at_once(client, project, freeze, body, field):
    answer = submit(client, project, freeze(project), **body)
    assert answer.status_code in (400, 422), answer.content
    assert field in answer.json()["params"]["fields"]
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("classes", "detail"),
    [
        ([("red", 3, 1, 1)], "at least one more class"),
        ([("red", 3, 1, 1), ("blue", 1, 0, 0)], "class blue has one picture"),
        ([("red", 3, 1, 1), ("blue", 0, 1, 1)], "class blue has no picture in the training part"),
        ([("red", 0, 0, 0)], "no sample of this version is labeled"),
    ],
)
def test_what_cannot_be_learned_is_refused_with_a_remedy(classes, detail):
    rows = [dict(zip(("name", "train", "val", "test"), row, strict=True)) for row in classes]
    with pytest.raises(BadData, match=detail):
        trainable_check(rows)


def test_a_cancelled_run_ends_soon_keeps_its_checkpoint_and_resumes(client, project, freeze):
    version = freeze(project)
    answer = submitted(
        client, project, version, profile="balanced", params={**SMALL, "epochs": 200, "frozen_blocks": 15}
    )
    job = Job.objects.get(pk=answer["job"]["id"])
    took = []

    def cancel_when_it_trains():
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and not MetricPoint.objects.filter(key="train/loss").exists():
            time.sleep(0.2)
        client.post(f"/api/v1/runs/{answer['id']}/cancel/")
        took.append(time.monotonic())
        connection.close()

    canceller = threading.Thread(target=cancel_when_it_trains)
    canceller.start()
    ended = worked(job)
    took.append(time.monotonic())
    canceller.join()
    assert ended.state == "cancelled"
    assert AuditEvent.objects.filter(operation__endswith=".cancelled").count() == 1
    assert took[1] - took[0] <= 5.0
    run = Run.objects.get()
    folder = Path(settings.DATA_DIR) / "training" / str(run.directory)
    assert list((folder / "checkpoints").glob("*.json"))
    spec = json.loads((folder / "spec.json").read_text())
    assert spec["params"]["epochs"] == 200
    Run.objects.update(params={**run.params, "epochs": 1})
    resumed = client.post(f"/api/v1/runs/{answer['id']}/resume/")
    assert resumed.status_code == 202, resumed.content
    assert resumed.json()["id"] == answer["id"]
    job = finished(resumed.json())
    assert job.pk != ended.pk
    assert ModelVersion.objects.count() == 1
    assert client.post(f"/api/v1/runs/{answer['id']}/resume/").status_code == 409


def test_a_worker_that_dies_before_the_end_leaves_one_model_after_the_next_attempt(
    client, project, freeze, monkeypatch
):
    answer = submitted(client, project, freeze(project))
    job = Job.objects.get(pk=answer["job"]["id"])

    class Died(BaseException):
        pass

    def die(name):
        if name == "training.run.before-finish":
            raise Died

    with monkeypatch.context() as patch:
        patch.setattr("training.services.execution.fault", die)
        with pytest.raises(Died):
            worked(job)
    assert not ModelVersion.objects.exists()
    assert said_by(job)["stage: training"] == 1
    Job.objects.filter(pk=job.pk).update(lease_until=job.created_at)
    assert worked(job).state == "succeeded"
    assert worked(job).state == "succeeded"
    assert set(said_by(job).values()) == {2}, "two trainers said it, so it stands there twice"
    assert ModelVersion.objects.count() == 1
    assert EvaluationSample.objects.count() == 8
    assert blob_read(ModelVersion.objects.get().sha256)


def test_a_clone_changes_what_is_named_and_a_reproduction_nothing(client, project, freeze):
    first = submitted(client, project, freeze(project), name="first")
    clone = client.post(
        f"/api/v1/runs/{first['id']}/clone/", {"seed": 9, "params": {"batch_size": 8}}, format="json"
    ).json()
    twin = client.post(f"/api/v1/runs/{first['id']}/reproduce/").json()
    answer = client.get(f"/api/v1/runs/compare/?ids={first['id']},{clone['id']},{twin['id']}").json()["runs"]
    assert [row["seed"] for row in answer] == [1, 9, 1]
    assert [row["params"]["batch_size"] for row in answer] == [4, 8, 4]
    assert answer[0]["params"] == answer[2]["params"]
    assert [row["parent"] for row in answer] == [None, first["id"], first["id"]]


def test_a_stranger_sees_no_run_and_a_viewer_may_not_train(
    client, project, freeze, members, client_for, make_user
):
    version = freeze(project)
    run = submitted(client, project, version)
    stranger, viewer = client_for(make_user("stranger")), client_for(members["viewer"])
    assert stranger.get("/api/v1/runs/").json()["results"] == []
    assert stranger.get(f"/api/v1/runs/{run['id']}/").status_code == 404
    assert submit(stranger, project, version).status_code == 404
    assert viewer.get(f"/api/v1/runs/{run['id']}/").status_code == 200
    assert submit(viewer, project, version).status_code == 403
    assert viewer.post(f"/api/v1/runs/{run['id']}/cancel/").status_code == 403


def test_algorithms_describe_their_parameters(client):
    (found,) = client.get("/api/v1/algorithms/").json()
    assert found["key"] == "image_classification_lite0"
    assert set(found["profiles"]) == {"fast", "balanced", "accurate"}
    side = found["params_schema"]["properties"]["image_side"]
    assert (side["type"], side["minimum"], side["maximum"], side["multipleOf"]) == ("integer", 64, 512, 32)
