"""The analysis of pictures as a person meets it: vectors, labels that do not fit, pictures alike. Real photographs."""

import base64
import io
import uuid

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.jobs import runner
from core.models import Job
from datasets.models import EmbeddingPart, Sample, SampleFinding
from datasets.selectors.vectors import embedded_ids
from datasets.services import quality
from datasets.services.datasets import dataset_create
from datasets.services.embeddings import embeddings_submit
from datasets.services.imports import ImportOptions, import_submit_files
from tests.datasets.augment.photos import photos
from tests.datasets.pictures import zipped
from tests.training.conftest import worked
from training.services import embeddings as job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

EACH = 30
SIDE = 120
WRONG = 0.05


def crops(seed=0, each=EACH):
    """Cuttings of seven photographs, a class each: real pictures, and one knows the truth."""
    rng = np.random.default_rng(seed)
    for name, pixels in photos().items():
        for number in range(each):
            top, left = (int(rng.integers(0, size - SIDE)) for size in pixels.shape[:2])
            out = io.BytesIO()
            Image.fromarray(pixels[top : top + SIDE, left : left + SIDE]).save(out, "JPEG", quality=88)
            yield name.split(".")[0], f"{name.split('.')[0]}-{number:02}.jpg", out.getvalue()


@pytest.fixture
def pictures(project):
    """A data set of crops of which one in twenty carries a wrong class; and the names of those."""

    def make(wrong=WRONG, each=EACH):
        actor = project.created_by
        dataset = dataset_create(
            actor=actor, project=project, name="crops", task="image_classification", classes=None
        )
        rows = list(crops(each=each))
        rng = np.random.default_rng(5)
        names = sorted({truth for truth, _, _ in rows})
        planted = {}
        for row in rng.choice(len(rows), int(wrong * len(rows)), replace=False):
            truth, name, _ = rows[row]
            planted[name] = names[(names.index(truth) + int(rng.integers(1, len(names)))) % len(names)]
        files = {f"{planted.get(name, truth)}/{name}": content for truth, name, content in rows}
        upload(dataset, files)
        return dataset, planted

    return make


def upload(dataset, files):
    sent = [SimpleUploadedFile("upload.zip", zipped(files))]
    done = worked(
        import_submit_files(actor=dataset.created_by, dataset=dataset, files=sent, options=ImportOptions())
    )
    assert done.state == "succeeded", done.error_detail


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


def analyzed(dataset):
    done = worked(embeddings_submit(actor=dataset.created_by, dataset=dataset))
    assert done.state == "succeeded", (done.error_code, done.error_detail)
    return done.result


def short(name):
    return name.rsplit("/", 1)[-1]


def test_planted_wrong_labels_come_first_and_the_right_class_is_suggested(pictures, client):
    dataset, planted = pictures()
    result = analyzed(dataset)
    count = Sample.objects.filter(dataset=dataset).count()
    assert (result["pictures"], result["compared"]) == (count, count)

    base = f"/api/v1/datasets/{dataset.pk}"
    rows = client.get(f"{base}/label-suspicions/?limit=500").json()["results"]
    first = [short(row["sample"]["name"]) for row in rows[: count // 10]]
    found = set(first) & set(planted)
    assert len(found) >= len(planted) / 2
    classes = {row.pk: row.name for row in dataset.classes.all()}
    truth = [
        classes[uuid.UUID(row["suggested"])] == short(row["sample"]["name"]).rsplit("-", 1)[0]
        for row in rows
        if short(row["sample"]["name"]) in planted
    ]
    assert sum(truth) >= 0.8 * len(truth)

    findings = {row["code"]: row for row in client.get(f"{base}/findings/").json()["results"]}
    assert findings["label_suspicious"]["count"] == len(rows)
    opened = client.get(findings["label_suspicious"]["samples_url"] + "&limit=500").json()["results"]
    assert {row["id"] for row in opened} == {row["sample"]["id"] for row in rows}

    # Following a suggestion takes it off the list, and the checks leave what is left alone.
    accepted = rows[0]
    body = {
        "revision": accepted["sample"]["annotation"]["revision"],
        "state": "labeled",
        "shapes": [
            {"id": str(uuid.uuid4()), "kind": "class", "label": accepted["suggested"], "source": "human"}
        ],
    }
    answer = client.put(f"/api/v1/samples/{accepted['sample']['id']}/annotation/", body, format="json")
    assert answer.status_code == 200, answer.content
    assert len(client.get(f"{base}/label-suspicions/?limit=500").json()["results"]) == len(rows) - 1
    before = {**body, "revision": answer.json()["revision"]}
    before["shapes"] = [{**body["shapes"][0], "label": accepted["given"]}]
    answer = client.put(f"/api/v1/samples/{accepted['sample']['id']}/annotation/", before, format="json")
    assert len(client.get(f"{base}/label-suspicions/?limit=500").json()["results"]) == len(rows)
    kept = {**before, "revision": answer.json()["revision"], "state": "reviewed"}
    client.put(f"/api/v1/samples/{accepted['sample']['id']}/annotation/", kept, format="json")
    assert len(client.get(f"{base}/label-suspicions/?limit=500").json()["results"]) == len(rows) - 1
    marked = SampleFinding.objects.filter(dataset=dataset, code="label_suspicious").count()
    worked(quality.quality_submit(actor=dataset.created_by, dataset=dataset))
    assert SampleFinding.objects.filter(dataset=dataset, code="label_suspicious").count() == marked
    assert "label_suspicious" in Sample.objects.get(pk=rows[1]["sample"]["id"]).findings

    # The nearest of a cutting are cuttings of the same photograph.
    sample = Sample.objects.get(dataset=dataset, name__endswith="chelsea-03.jpg")
    near = client.get(f"{base}/samples/?similar_to={sample.pk}&limit=10").json()["results"]
    assert len(near) == 10
    assert sum("chelsea" in row["name"] for row in near) >= 9
    scores = [row["similarity"] for row in near]
    assert scores == sorted(scores, reverse=True)
    assert str(sample.pk) not in {row["id"] for row in near}
    only = client.get(f"{base}/samples/?similar_to={sample.pk}&state=labeled&text=coffee").json()["results"]
    assert only
    assert all("coffee" in row["name"] for row in only)


def test_only_new_pictures_cost_anything_on_the_next_run(pictures):
    dataset, _ = pictures(wrong=0, each=6)
    assert analyzed(dataset)["pictures"] == 42
    assert analyzed(dataset)["pictures"] == 0
    upload(dataset, {f"{truth}/new-{name}": content for truth, name, content in list(crops(seed=9, each=2))})
    assert analyzed(dataset)["pictures"] == 14
    assert sorted(EmbeddingPart.objects.filter(dataset=dataset).values_list("count", flat=True)) == [14, 42]
    ids = Sample.objects.filter(dataset=dataset).values_list("pk", flat=True)
    assert sorted(one.bytes for one in ids) == [
        bytes(one).ljust(16, b"\0") for one in embedded_ids(dataset.pk)
    ]


def test_a_worker_that_dies_loses_no_part_that_was_kept(pictures, monkeypatch):
    dataset, _ = pictures(wrong=0, each=6)
    monkeypatch.setattr(job, "PART", 8)
    kept, killed = job.embedding_part_keep, []

    def keep(ctx, dataset_id, content, count):
        kept(ctx, dataset_id, content, count)
        killed.append(count)
        if len(killed) == 2:
            raise SystemExit  # the worker is gone in the middle

    submitted = embeddings_submit(actor=dataset.created_by, dataset=dataset)
    with monkeypatch.context() as patch:
        patch.setattr(job, "embedding_part_keep", keep)
        with pytest.raises(SystemExit):
            runner.run(submitted.pk)
    survived = EmbeddingPart.objects.filter(dataset=dataset).count()
    assert survived == 2
    Job.objects.filter(pk=submitted.pk).update(lease_until=submitted.created_at)
    runner.run(submitted.pk)
    done = Job.objects.get(pk=submitted.pk)
    assert (done.state, done.attempt) == ("succeeded", 2)
    assert done.result["pictures"] == 42 - 16
    ids = embedded_ids(dataset.pk)
    assert len(ids) == len(set(ids.tolist())) == 42


def test_a_map_shows_every_picture_and_a_region_opens_its_pictures(pictures, client):
    dataset, _ = pictures(wrong=0, each=12)
    base = f"/api/v1/datasets/{dataset.pk}"
    assert client.get(f"{base}/map/").status_code == 409
    state = client.get(f"{base}/embeddings/").json()
    assert (state["embedded"], state["map"]) == (0, None)
    stranger = noise_like("foreign.jpg")
    upload(dataset, {"coffee/foreign.jpg": stranger})
    analyzed(dataset)
    count = Sample.objects.filter(dataset=dataset).count()
    state = client.get(f"{base}/embeddings/").json()
    assert (state["embedded"], state["samples"], state["map"]["count"]) == (count, count, count)
    drawn = client.get(f"{base}/map/").json()
    places = np.frombuffer(base64.b64decode(drawn["places"]), "<u2").reshape(-1, 2) / 65_535
    assert len(places) == drawn["count"] == count
    name_of = {str(row.pk): row.name for row in dataset.classes.all()}
    class_of = {row["index"]: name_of[row["id"]] for row in drawn["classes"]}
    indices = np.frombuffer(base64.b64decode(drawn["indices"]), "<i2").tolist()
    # The picture that came alone has no class.
    assert indices.count(-1) == 1
    assert {class_of[index] for index in indices if index >= 0} == set(name_of.values())

    everything = client.get(f"{base}/samples/?region=-1,-1,2,-1,2,2,-1,2&limit=500&count=1").json()
    assert len(everything["results"]) == everything["count"] == count
    border = client.get(f"{base}/samples/?region=0,0,1,0,1,1,0,1&limit=500&count=1").json()
    assert border["count"] == count
    left = places[:, 0] < np.median(places[:, 0])
    middle = float(np.median(places[:, 0]))
    half = client.get(f"{base}/samples/?region=-1,-1,{middle},-1,{middle},2,-1,2&limit=500").json()["results"]
    assert len(half) == left.sum()
    for wrong in ("1,2,3", "a,b,c,d,e,f", "0,0,1,1", "nan,0,1,0,1,1", "9,9,1,0,1,1", ",".join(["0"] * 500)):
        assert client.get(f"{base}/samples/?region={wrong}").status_code == 422

    findings = {row["code"]: row for row in client.get(f"{base}/findings/").json()["results"]}
    opened = client.get(findings["outlier"]["samples_url"]).json()["results"]
    assert "foreign.jpg" in {short(row["name"]) for row in opened}
    assert len(opened) <= 6


def noise_like(seed):
    """A drawing of hard colored stripes, like nothing else here."""
    rng = np.random.default_rng(len(seed))
    stripes = np.repeat(rng.integers(0, 2, (1, 30, 3)) * 255, 4, axis=1).repeat(120, axis=0).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(stripes).save(out, "JPEG", quality=90)
    return out.getvalue()


def test_an_unknown_picture_and_a_picture_of_another_data_set_have_nothing_similar(pictures, client):
    dataset, _ = pictures(wrong=0, each=1)
    base = f"/api/v1/datasets/{dataset.pk}/samples/"
    sample = Sample.objects.filter(dataset=dataset).first()
    answer = client.get(f"{base}?similar_to={sample.pk}")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_embedded")
    assert client.get(f"{base}?similar_to={uuid.uuid4()}").status_code == 404
    assert client.get(f"{base}?similar_to=nothing").status_code == 422
    actor = dataset.created_by
    other = dataset_create(
        actor=actor, project=dataset.project, name="other", task="image_classification", classes=None
    ).pk
    assert client.get(f"/api/v1/datasets/{other}/samples/?similar_to={sample.pk}").status_code == 422
