"""Endpoints through the API: who may, what is refused, what the data plane is told."""

import hashlib
import json
import uuid
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from core.clock import utc_now
from core.models import AuditEvent, Project
from serving.dataplane.table import parse_table
from serving.models import Endpoint, EndpointKey
from serving.services.keys import keys_note_use
from serving.services.publish import internal_secret, table_publish
from tests import factories
from tests.serving.plane import Folder, Plane, answer_model, picture_model, wait_until
from tests.serving.test_predict import saved

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _commits_at_once(request, monkeypatch):
    """In a test that never commits, what waits for the commit happens when it is asked for."""
    mark = request.node.get_closest_marker("django_db")
    if not mark.kwargs.get("transaction"):
        monkeypatch.setattr("django.db.transaction.on_commit", lambda call, **_options: call())


@pytest.fixture
def client(client_for, members):
    return client_for(members["modeler"])


@pytest.fixture
def version(registry, project, data_dir):
    return registry.add(project, picture_model(), number=3)


def create(client, project, version, name="pets", **fields):
    body = {
        "project": str(project.pk),
        "name": name,
        "routes": [{"model_version": version, "weight": 1}],
        **fields,
    }
    return client.post("/api/v1/endpoints/", body, format="json")


def table(data_dir):
    return parse_table((Path(data_dir) / "serving" / "table.json").read_bytes())


def test_deploying_publishes_the_table_with_the_model_file(client, project, version, data_dir, registry):
    answer = create(client, project, version)
    assert answer.status_code == 201
    body = answer.json()
    assert body["name"] == "pets"
    assert body["revision"] == 1
    assert body["url"].endswith("/predict/pets")
    assert set(body["example"]) == {"curl", "python", "javascript"}
    assert all(body["url"] in text for text in body["example"].values())
    entry = table(data_dir).endpoints["pets"]
    assert entry.routes[0].model_version == version
    assert entry.routes[0].number == 3
    path = Path(data_dir) / "serving" / "models" / f"{entry.routes[0].sha256}.onnx"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == entry.routes[0].sha256
    audited = AuditEvent.objects.filter(operation="serving.endpoint.created", object_id=body["id"])
    assert audited.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "Pets"}, "name"), ({"name": ""}, "name"), ({"name": "a" * 64}, "name"), ({"name": "a/b"}, "name"),
        ({"routes": []}, "routes"), ({"routes": [{"model_version": "x"}]}, "routes"), ({"replicas": 0}, "replicas"),
        ({"limits": {"queue": 0}}, "limits"), ({"limits": {"timeout_ms": 1}}, "limits"), ({"journal": {"sample_rate": 2}}, "journal"),
        ({"thresholds": {"score": 7}}, "thresholds"), ({"shadow": {"percent": 10}}, "shadow"), ({"project": "x"}, "project"),
    ],
)  # fmt: skip
def test_wrong_fields_are_named(client, project, version, fields, field):
    routes = [{"model_version": version, "weight": 1}]
    body = {"project": str(project.pk), "name": "pets", "routes": routes, **fields}
    answer = client.post("/api/v1/endpoints/", body, format="json")
    assert answer.status_code == 422
    assert field in answer.json()["params"]["fields"]
    assert not Endpoint.objects.exists()


def test_versions_must_be_deployable_known_and_of_the_project(client, project, version, registry):
    other = registry.add(factories.project_make("Other"), answer_model(1))
    task = registry.add(project, answer_model(2), task="object_detection")
    failed = registry.add(project, answer_model(3))
    registry.spoiled.add(uuid.UUID(failed))
    for wrong, status in [(other, 422), (str(uuid.uuid4()), 422), (failed, 409)]:
        assert create(client, project, wrong).status_code == status
    unknown, foreign = (create(client, project, wrong).json() for wrong in (str(uuid.uuid4()), other))
    assert {**unknown, "request_id": ""} == {**foreign, "request_id": ""}
    double = [{"model_version": version}, {"model_version": version}]
    assert create(client, project, version, routes=double).status_code == 422
    mixed = [{"model_version": version}, {"model_version": task}]
    assert create(client, project, version, routes=mixed).status_code == 422
    nothing = [{"model_version": version, "weight": 0}]
    assert create(client, project, version, routes=nothing).status_code == 422
    assert not Endpoint.objects.exists()


def test_a_name_is_taken_until_its_endpoint_is_deleted(client, project, version):
    first = create(client, project, version).json()["id"]
    again = create(client, project, version)
    assert (again.status_code, again.json()["code"]) == (409, "endpoint_name_taken")
    assert client.delete(f"/api/v1/endpoints/{first}/").status_code == 204
    assert client.get(f"/api/v1/endpoints/{first}/").status_code == 404
    assert create(client, project, version).status_code == 201


def test_a_deleted_project_frees_the_names_of_its_endpoints(
    client, client_for, members, project, version, registry
):
    taken = create(client, project, version).json()["id"]
    other = factories.project_make("Other", created_by=members["manager"])
    mine = client_for(members["manager"])
    theirs = registry.add(other, picture_model())
    assert create(mine, other, theirs).json()["code"] == "endpoint_name_taken"
    assert mine.delete(f"/api/v1/projects/{project.pk}/").status_code == 204
    assert create(mine, other, theirs).status_code == 201
    project.refresh_from_db()
    assert Endpoint.objects.get(pk=taken).deleted_at == project.deleted_at


def test_names_that_deleted_projects_held_before_are_freed_by_a_migration_that_can_be_undone(
    project, data_dir
):
    migration = import_module("serving.migrations.0002_names_of_deleted_projects")
    manager, deleted_at = project.created_by, utc_now()
    held, again, ended = (
        Endpoint.objects.create(project=project, name=name, created_by=manager, deleted_at=at)
        for name, at in (("held", None), ("again", None), ("ended", deleted_at - timedelta(days=1)))
    )
    Project.objects.filter(pk=project.pk).update(deleted_at=deleted_at)
    migration.names_free(apps, None)
    assert set(Endpoint.objects.values_list("name", "deleted_at")) == {
        ("held", deleted_at), ("again", deleted_at), ("ended", ended.deleted_at),
    }  # fmt: skip
    Endpoint.objects.create(project=factories.project_make("Other"), name="again", created_by=manager)
    migration.names_take(apps, None)
    live = Endpoint.objects.filter(deleted_at__isnull=True, project=project)
    assert list(live) == [held]
    again.refresh_from_db()
    assert again.deleted_at == deleted_at


def test_changing_and_rolling_back_make_new_revisions(client, project, version, registry, data_dir):
    better = registry.add(project, picture_model(seed=1), number=4)
    url = f"/api/v1/endpoints/{create(client, project, version).json()['id']}/"
    changed = client.patch(url, {"routes": [{"model_version": better, "weight": 1}]}, format="json")
    assert changed.status_code == 200
    assert changed.json()["revision"] == 2
    assert changed.headers["ETag"] == '"2"'
    assert table(data_dir).endpoints["pets"].routes[0].number == 4
    kept = client.patch(url, {"limits": {"queue": 9}}, format="json").json()
    assert kept["limits"] == {"queue": 9, "timeout_ms": 10_000, "rate_per_key": None}
    assert kept["routes"] == changed.json()["routes"]
    back = client.post(f"{url}rollback/", {"revision": 1}, format="json")
    assert back.json()["revision"] == 4
    assert back.json()["routes"][0]["model_version"] == version
    assert table(data_dir).endpoints["pets"].routes[0].number == 3
    history = client.get(f"{url}revisions/").json()["results"]
    assert [row["number"] for row in history] == [4, 3, 2, 1]
    assert client.post(f"{url}rollback/", {"revision": 9}, format="json").status_code == 409


def test_the_endpoints_of_a_deleted_project_leave_the_table_with_it(
    client, client_for, members, project, version, data_dir
):
    create(client, project, version)
    assert "pets" in str(table(data_dir))
    assert client_for(members["manager"]).delete(f"/api/v1/projects/{project.pk}/").status_code == 204
    assert "pets" not in str(table(data_dir))


def test_the_first_revision_has_nothing_to_go_back_to(client, project, version):
    url = f"/api/v1/endpoints/{create(client, project, version).json()['id']}/rollback/"
    assert client.post(url, {}, format="json").json()["code"] == "nothing_to_roll_back"


def test_a_stale_change_is_refused(client, project, version):
    url = f"/api/v1/endpoints/{create(client, project, version).json()['id']}/"
    assert client.patch(url, {"replicas": 2}, format="json", HTTP_IF_MATCH='"1"').status_code == 200
    stale = client.patch(url, {"replicas": 3}, format="json", HTTP_IF_MATCH='"1"')
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")


def test_a_stopped_endpoint_stays_in_the_table_without_answering(client, project, version, data_dir):
    url = f"/api/v1/endpoints/{create(client, project, version).json()['id']}/"
    assert client.patch(url, {"state": "stopped"}, format="json").json()["state"] == "stopped"
    assert table(data_dir).endpoints["pets"].state == "stopped"


def test_a_key_is_shown_once_stored_as_a_hash_and_revoked_at_once(client, project, version, data_dir):
    url = f"/api/v1/endpoints/{create(client, project, version).json()['id']}/keys/"
    dead = client.post(url, {"name": "till", "expires_at": "1999-01-01T00:00:00Z"}, format="json")
    assert (dead.status_code, list(dead.json()["params"]["fields"])) == (422, ["expires_at"])
    made = client.post(url, {"name": "till"}, format="json")
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret.startswith("sk_")
    assert made.json()["prefix"] == secret[:11]
    text = (Path(data_dir) / "serving" / "table.json").read_text()
    assert secret not in text
    assert hashlib.sha256(secret.encode()).hexdigest() in text
    assert secret not in json.dumps(list(EndpointKey.objects.values()), default=str)
    listed = client.get(url).json()["results"]
    assert [row["name"] for row in listed] == ["till"]
    assert "secret" not in listed[0]
    assert client.delete(f"{url}{made.json()['id']}/").status_code == 204
    assert table(data_dir).endpoints["pets"].keys == ()
    assert client.delete(f"{url}{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "seen", "change"),
    [
        ("viewer", 200, 403),
        ("annotator", 404, 404),
        ("reviewer", 200, 403),
        ("modeler", 200, 200),
        ("manager", 200, 200),
    ],
)
def test_who_may_see_and_who_may_change(client, client_for, members, project, version, role, seen, change):
    url = f"/api/v1/endpoints/{create(client, project, version).json()['id']}/"
    theirs = client_for(members[role])
    assert theirs.get(url).status_code == seen
    assert theirs.patch(url, {"replicas": 2}, format="json").status_code == change
    assert theirs.get(f"{url}journal/").status_code == seen
    assert theirs.get(f"{url}keys/").status_code == (200 if change == 200 else change)
    assert len(theirs.get("/api/v1/endpoints/").json()["results"]) == (1 if seen == 200 else 0)


def test_a_stranger_sees_nothing(client, client_for, project, version):
    url = f"/api/v1/endpoints/{create(client, project, version).json()['id']}/"
    stranger = client_for(factories.user_make())
    assert stranger.get(url).status_code == 404
    assert create(stranger, project, version, name="mine").status_code == 404
    assert client_for(None).get(url).status_code == 401


def test_publishing_twice_changes_nothing_and_a_lost_table_comes_back(client, project, version, data_dir):
    create(client, project, version)
    path = Path(data_dir) / "serving" / "table.json"
    before = path.read_bytes()
    table_publish()
    assert path.read_bytes() == before
    for damage in (b"", b"{}"):
        path.write_bytes(damage)
        table_publish()
        assert table(data_dir).endpoints["pets"].routes
    path.unlink()
    next((path.parent / "models").glob("*.onnx")).unlink()
    table_publish()
    assert list((path.parent / "models").glob("*.onnx"))


def test_a_full_disk_at_publishing_loses_no_change(client, project, version, data_dir, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("serving.services.publish._write", full)
        assert create(client, project, version).status_code == 201
    assert not (Path(data_dir) / "serving" / "table.json").exists()
    table_publish()
    assert "pets" in table(data_dir).endpoints


def test_without_a_data_plane_the_endpoint_says_so(client, project, version):
    body = create(client, project, version).json()
    assert body["state"] == "unhealthy"
    assert "model server" in body["problem"]
    picture = SimpleUploadedFile("a.jpg", saved(), "image/jpeg")
    tried = client.post(f"/api/v1/endpoints/{body['id']}/try/", {"file": picture}, format="multipart")
    assert tried.status_code == 503


@pytest.mark.django_db(transaction=True)
def test_deploy_try_predict_journal_and_feedback_through_the_real_data_plane(
    client, project, version, registry, data_dir, settings
):
    endpoint = create(client, project, version).json()
    url = f"/api/v1/endpoints/{endpoint['id']}/"
    secret = client.post(f"{url}keys/", {}, format="json").json()["secret"]
    plane = Plane(Folder(data_dir))
    settings.STUDIO_SERVE_PORT = plane.port
    try:
        plane.start()
        wait_until(lambda: client.get(url).json()["state"] == "live", 15)
        picture = saved()
        tried = client.post(
            f"{url}try/?top_k=1",
            {"file": SimpleUploadedFile("a.jpg", picture, "image/jpeg")},
            format="multipart",
        )
        assert tried.status_code == 200
        assert len(tried.json()["predictions"][0]["scores"]) == 1
        refused = client.post(
            f"{url}try/", {"file": SimpleUploadedFile("a.jpg", b"text")}, format="multipart"
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "image_not_recognized")
        status, _headers, answer = plane.predict("pets", picture, key=secret)
        assert status == 200
        request_id = answer["request_id"]
        wait_until(
            lambda: (
                client.post(
                    "/api/v1/feedback/", {"request_id": request_id, "label": "owl"}, format="json"
                ).status_code
                == 201
            ),
            5,
        )
        listed = client.get(f"{url}journal/?request_id={request_id}").json()["results"]
        assert len(listed) == 1
        assert listed[0]["label"] == answer["predictions"][0]["label"]
        assert listed[0]["feedback"] == "owl"
        assert listed[0]["inputs"][0]["sha256"] == hashlib.sha256(picture).hexdigest()
        media = client.get(listed[0]["inputs"][0]["media_url"])
        assert media.status_code == 200
        wait_until(lambda: client.get(f"{url}metrics/").json()["requests"] >= 3, 5)
        wait_until(lambda: keys_note_use() == 1, 5)
        (key,) = client.get(f"{url}keys/").json()["results"]
        assert 0 <= (utc_now() - datetime.fromisoformat(key["last_used_at"])).total_seconds() < 120
        assert keys_note_use() == 0
        metrics = client.get(f"{url}metrics/").json()
        assert metrics["refused"] == 1
        assert metrics["latency"]["p50"] > 0
        assert metrics["per_minute"]
        better = registry.add(project, picture_model(seed=9), number=4)
        client.patch(url, {"routes": [{"model_version": better, "weight": 1}]}, format="json")
        wait_until(lambda: plane.predict("pets", picture, key=secret)[2]["model_version"] == better, 10)
        client.post(f"{url}rollback/", {}, format="json")
        wait_until(lambda: plane.predict("pets", picture, key=secret)[2]["model_version"] == version, 2)
        assert internal_secret() not in (Path(data_dir) / "plane.log").read_text()
    finally:
        plane.kill()


def test_feedback_on_an_unknown_request_is_a_404_and_needs_the_right(
    client, client_for, members, project, version, data_dir
):
    endpoint = create(client, project, version).json()["id"]
    body = {"request_id": "nobody", "label": "owl"}
    assert client.post("/api/v1/feedback/", body, format="json").status_code == 404
    named = {**body, "endpoint": endpoint}
    assert client.post("/api/v1/feedback/", named, format="json").status_code == 201
    assert client_for(members["viewer"]).post("/api/v1/feedback/", named, format="json").status_code == 403
    assert (
        client_for(factories.user_make()).post("/api/v1/feedback/", named, format="json").status_code == 404
    )
