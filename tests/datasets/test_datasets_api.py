import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import AuditEvent, Job
from datasets.models import AnnotationHistory, Dataset, LabelClass, Sample
from datasets.selectors.counters import drift_of
from tests import factories
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture, zipped

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {f"{'train' if i % 3 else 'val'}/{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i) for i in range(12)}


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


def created(client, project, **fields):
    body = {"project": str(project.pk), "name": "Birds", "task": "image_classification", **fields}
    return client.post("/api/v1/datasets/", body, format="json")


def test_a_modeler_begins_a_dataset_with_classes(client, project):
    answer = created(
        client, project, label_schema={"classes": [{"name": "cat", "name_zh": "猫", "key": "1"}]}
    )
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert body["label_schema"]["classes"][0]["name_zh"] == "猫"
    assert body["counts"]["samples"] == 0
    assert client.get(answer["Location"]).json() == body
    assert [row["id"] for row in client.get(f"/api/v1/datasets/?project={project.pk}").json()["results"]] == [
        body["id"]
    ]
    assert AuditEvent.objects.filter(operation="datasets.dataset.created").exists()


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("annotator", 403), ("reviewer", 403), (None, 404)]
)
def test_who_may_not_curate_begins_nothing(members, client_for, project, role, status):
    person = members[role] if role else factories.user_make()
    assert created(client_for(person), project).status_code == status
    assert not Dataset.objects.exists()


def test_a_name_is_taken_until_its_dataset_is_deleted(client, project):
    first = created(client, project).json()
    again = created(client, project)
    assert (again.status_code, again.json()["code"]) == (409, "dataset_name_taken")
    assert client.delete(f"/api/v1/datasets/{first['id']}/").status_code == 204
    assert client.get(f"/api/v1/datasets/{first['id']}/").status_code == 404
    assert created(client, project).status_code == 201


@pytest.mark.parametrize(
    "fields", [{"task": "nonsense"}, {"modality": "text"}, {"task": "ner"}, {"name": "  "}]
)
def test_what_is_not_supported_is_refused(client, project, fields):
    assert created(client, project, **fields).status_code == 422


def test_the_schema_changes_as_a_whole_and_guards_its_revision(client, project):
    body = created(
        client, project, label_schema={"classes": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}
    ).json()
    url, (a, b, _) = f"/api/v1/datasets/{body['id']}/", body["label_schema"]["classes"]
    swapped = [
        {"id": a["id"], "name": "b", "color": "#112233"},
        {"id": b["id"], "name": "a"},
        {"name": "new"},
    ]
    answer = client.patch(url, {"label_schema": {"revision": 1, "classes": swapped}}, format="json")
    assert answer.status_code == 200, answer.content
    got = answer.json()["label_schema"]
    assert got["revision"] == 2
    assert [(c["name"], c["index"]) for c in got["classes"]] == [("b", 0), ("a", 1), ("new", 3)]
    assert got["classes"][0]["color"] == "#112233"
    stale = client.patch(url, {"label_schema": {"revision": 1, "classes": swapped}}, format="json")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    assert stale.json()["params"]["current"]["revision"] == 2
    by_header = client.patch(
        url, {"label_schema": {"classes": []}}, format="json", headers={"If-Match": '"1"'}
    )
    assert by_header.status_code == 409


@pytest.mark.parametrize(
    "classes",
    [
        [{"name": "x"}, {"name": "X"}],
        [{"name": ""}],
        [{"id": str(uuid.uuid4()), "name": "x"}],
        [{"name": "x", "color": "red"}],
        [{"name": "x" * 101}],
    ],
)
def test_a_wrong_schema_changes_nothing(client, project, classes):
    body = created(client, project, label_schema={"classes": [{"name": "a"}]}).json()
    answer = client.patch(
        f"/api/v1/datasets/{body['id']}/", {"label_schema": {"classes": classes}}, format="json"
    )
    assert answer.status_code == 422
    assert list(LabelClass.objects.filter(deleted_at=None).values_list("name", flat=True)) == ["a"]


@pytest.fixture
def filled(client, project):
    """The id of a data set with twelve labeled pictures, imported over HTTP."""
    dataset = created(client, project).json()["id"]
    answer = client.post(
        f"/api/v1/datasets/{dataset}/imports/",
        {"file": SimpleUploadedFile("birds.zip", zipped(FILES))},
        format="multipart",
    )
    assert answer.status_code == 202, answer.content
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail
    return dataset


def listed(client, dataset, query=""):
    answer = client.get(f"/api/v1/datasets/{dataset}/samples/?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_an_import_is_listed_with_its_result(client, filled):
    rows = client.get(f"/api/v1/datasets/{filled}/imports/").json()["results"]
    assert [(row["source_name"], row["format"], row["result"]["created"]) for row in rows] == [
        ("birds.zip", "folder_per_class", 12)
    ]
    assert client.get(f"/api/v1/imports/{rows[0]['id']}/").json() == rows[0]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.zip", b"", "archive_empty"),
        ("a.zip", b"text", "archive_damaged"),
        ("a.docx", b"text", "archive_unsupported"),
        ("a.zip", zipped(FILES)[:-30], "archive_damaged"),
        ("text.jpg", b"", "archive_empty"),
    ],
)
def test_a_wrong_upload_is_refused_at_once(client, project, name, content, code):
    dataset = created(client, project).json()["id"]
    answer = client.post(
        f"/api/v1/datasets/{dataset}/imports/",
        {"file": SimpleUploadedFile(name, content)},
        format="multipart",
    )
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Job.objects.exists()


def test_several_pictures_may_come_in_one_request(client, project):
    dataset = created(client, project).json()["id"]
    files = [SimpleUploadedFile("a.jpg", picture(i)) for i in range(3)]
    answer = client.post(f"/api/v1/datasets/{dataset}/imports/", {"file": files}, format="multipart")
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.result["created"] == 3


@pytest.mark.parametrize(
    "body", [{}, {"url": "http://127.0.0.1/x.zip"}, {"upload_id": "x"}, {"url": "file:///etc/passwd"}]
)
def test_an_import_from_nowhere_is_refused(client, project, body):
    dataset = created(client, project).json()["id"]
    answer = client.post(f"/api/v1/datasets/{dataset}/imports/", body, format="json")
    assert answer.status_code == 422, answer.content
    missing = client.post(
        f"/api/v1/datasets/{dataset}/imports/", {"upload_id": str(uuid.uuid4())}, format="json"
    )
    assert missing.status_code == 404


def test_samples_are_paged_in_every_order_forth_and_back(client, filled):
    for ordering in ("imported_at", "-imported_at", "name", "-name", "size", "-size", "id", "-id"):
        whole = [row["id"] for row in listed(client, filled, f"ordering={ordering}&limit=100")["results"]]
        seen, url, pages = [], f"/api/v1/datasets/{filled}/samples/?ordering={ordering}&limit=5", []
        while url:
            body = client.get(url).json()
            pages.append([row["id"] for row in body["results"]])
            seen += pages[-1]
            url, back = body["next"], body["previous"]
        assert seen == whole
        assert len(set(seen)) == 12
        assert [row["id"] for row in client.get(back).json()["results"]] == pages[-2]


def test_filters_narrow_and_counts_agree(client, filled):
    classes = {
        c["name"]: c["id"]
        for c in client.get(f"/api/v1/datasets/{filled}/").json()["label_schema"]["classes"]
    }
    cases = {
        f"label={classes['cat']}": 6,
        f"label={classes['cat']},{classes['dog']}": 12,
        "state=labeled": 12,
        "state=unlabeled": 0,
        "state=unlabeled,labeled": 12,
        "split=val": 4,
        "split=train,val": 12,
        "split=none": 0,
        f"label={classes['cat']}&split=val": 2,
        "text=DOG/0": 5,
        "finding=same_looking": 0,
        "assignee=nobody": 0,
        "imported_after=2020-01-01T00:00:00Z": 12,
    }
    for query, wanted in cases.items():
        body = listed(client, filled, query + "&count=1")
        assert (len(body["results"]), body["count"]) == (wanted, wanted), query
    assert listed(client, filled, "count=1")["count"] == 12


@pytest.mark.parametrize(
    "query",
    [
        *["label=x", "state=happy", "split=x", "finding=blurry", "ordering=sha256", "limit=0"],
        *(f"imported_after={at}" for at in ("x", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00")),
    ],
)
def test_a_wrong_filter_is_refused(client, filled, query):
    answer = client.get(f"/api/v1/datasets/{filled}/samples/?{query}")
    assert answer.status_code == 422
    assert list(answer.json()["params"]["fields"]) == [query.split("=")[0]]


def test_a_cursor_nobody_gave_is_refused(client, filled):
    answer = client.get(f"/api/v1/datasets/{filled}/samples/?cursor=x")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_one_sample_says_everything(client, filled):
    row = listed(client, filled, "ordering=name&limit=1")["results"][0]
    answer = client.get(f"/api/v1/samples/{row['id']}/")
    assert answer.json() == row
    assert answer["ETag"] == '"1"'
    assert row["media_url"] == f"/media/b/{row['sha256']}?s={row['id']}"
    assert row["annotation"]["shapes"][0]["label"] == row["labels"][0]
    assert client.get(row["media_url"]).content == FILES[row["name"]]
    assert client.get(row["thumb_url"]).content.startswith(b"\xff\xd8")
    small = client.get(f"/api/v1/samples/{row['id']}/media/?size=64")
    assert (small.status_code, small["Content-Type"]) == (200, "image/jpeg")
    assert client.get(f"/api/v1/samples/{row['id']}/media/?size=9").status_code == 422


def test_an_annotation_is_replaced_and_a_stale_one_is_told_the_current(client, filled):
    row = listed(client, filled, "limit=1")["results"][0]
    classes = client.get(f"/api/v1/datasets/{filled}/").json()["label_schema"]["classes"]
    other = next(c["id"] for c in classes if c["id"] != row["labels"][0])
    url, shape = (
        f"/api/v1/samples/{row['id']}/annotation/",
        {"id": str(uuid.uuid4()), "kind": "class", "label": other},
    )
    answer = client.put(url, {"revision": 1, "shapes": [shape]}, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["revision"] == 2
    assert answer.json()["shapes"] == [{**shape, "source": "human"}]
    stale = client.put(url, {"revision": 1, "shapes": []}, format="json")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    assert stale.json()["params"]["current"]["shapes"][0]["label"] == other
    emptied = client.put(url, {"revision": 2, "shapes": [], "state": "unlabeled"}, format="json")
    assert emptied.json()["shapes"] == []
    assert client.get(f"/api/v1/samples/{row['id']}/").json()["state"] == "unlabeled"
    assert AnnotationHistory.objects.filter(sample_id=row["id"]).count() == 3
    assert drift_of(uuid.UUID(filled)) == {}


def test_a_wrong_annotation_changes_nothing(client, filled):
    row = listed(client, filled, "limit=1")["results"][0]
    url, label = f"/api/v1/samples/{row['id']}/annotation/", row["labels"][0]
    new = lambda **fields: {"id": str(uuid.uuid4()), "kind": "class", "label": label, **fields}  # noqa: E731
    taken = listed(client, filled, "ordering=-id&limit=1")["results"][0]["annotation"]["shapes"][0]["id"]
    twice = new()
    for shapes in (
        [new(label=str(uuid.uuid4()))],
        [new(), new()],
        [twice, twice],
        [new(kind="box", box=[0, 0, 1, 1])],
        [new(id=taken)],
        [{"kind": "class"}],
    ):
        answer = client.put(url, {"revision": 1, "shapes": shapes}, format="json")
        assert answer.status_code == 422, (shapes, answer.content)
    assert Sample.objects.get(pk=row["id"]).annotation_revision == 1
    assert drift_of(uuid.UUID(filled)) == {}


def test_a_class_in_use_is_not_deleted(client, filled):
    answer = client.patch(f"/api/v1/datasets/{filled}/", {"label_schema": {"classes": []}}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "class_in_use")
    assert answer.json()["params"]["samples"] == 6


def test_statistics_come_from_counters(client, filled):
    body = client.get(f"/api/v1/datasets/{filled}/statistics/").json()
    assert body["samples"] == 12
    assert sorted((c["name"], c["count"]) for c in body["classes"]) == [("cat", 6), ("dog", 6)]
    assert body["splits"] == {"none": 0, "train": 8, "val": 4, "test": 0}
    assert body["states"]["labeled"] == 12
    assert body["sizes"]["width"] == [{"from_px": 64, "to_px": 90, "count": 12}]


def test_checks_find_what_looks_alike_and_findings_carry_a_remedy(client, filled):
    copy = {"cat/again.jpg": picture(2, quality=40)}
    upload = SimpleUploadedFile("more.zip", zipped(copy | {"bird/one.jpg": picture(99)}))
    answer = client.post(f"/api/v1/datasets/{filled}/imports/", {"file": upload}, format="multipart")
    worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    checks = client.post(f"/api/v1/datasets/{filled}/quality-checks/", {}, format="json")
    assert worked(Job.objects.get(pk=checks.json()["job"]["id"])).state == "succeeded"
    found = {row["code"]: row for row in client.get(f"/api/v1/datasets/{filled}/findings/").json()["results"]}
    assert found["class_with_one_sample"]["severity"] == "error"
    assert found["class_with_one_sample"]["remedy"] == "add_samples_or_merge"
    assert all(row["remedy"] and row["count"] for row in found.values())
    alike = listed(client, filled, "finding=same_looking")["results"]
    assert {row["name"] for row in alike} >= {"cat/again.jpg"}
    assert len(alike) == found["same_looking"]["count"]
    assert all("same_looking" in row["findings"] for row in alike)


def test_strangers_and_viewers_see_what_they_may(client, filled, members, client_for):
    stranger, viewer, annotator = (
        client_for(factories.user_make()),
        client_for(members["viewer"]),
        client_for(members["annotator"]),
    )
    sample = listed(client, filled, "limit=1")["results"][0]
    for url in (
        f"datasets/{filled}/",
        f"datasets/{filled}/samples/",
        f"samples/{sample['id']}/",
        f"datasets/{filled}/imports/",
    ):
        assert stranger.get(f"/api/v1/{url}").status_code == 404
        assert viewer.get(f"/api/v1/{url}").status_code == 200
        assert annotator.get(f"/api/v1/{url}").status_code == 403
    assert stranger.get(sample["media_url"]).status_code == 404
    assert stranger.get(sample["thumb_url"]).status_code == 404
    assert annotator.get(sample["media_url"]).status_code == 404
    assert viewer.get(sample["media_url"]).status_code == 200
    assert stranger.get("/api/v1/datasets/").json()["results"] == []
    assert annotator.get("/api/v1/datasets/").json()["results"] == []


def test_a_project_counts_its_samples(client, filled, project):
    counts = client.get(f"/api/v1/projects/{project.pk}/").json()["counts"]
    assert (counts["samples"], counts["labeled"], counts["versions"]) == (12, 12, 0)
