"""The analysis of texts as a person meets it: labels that do not fit, texts alike, outliers, a map. Real sentences."""

import json

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from core.jobs import runner
from core.models import Job
from core.services.blobs import blob_put, blob_read, blobs_register
from datasets.embeddings.meanings import Projector
from datasets.embeddings.parts import chunks_read
from datasets.embeddings.projections import meanings_unpacked
from datasets.models import EmbeddingPart, EmbeddingProjection, Sample
from datasets.selectors.counters import drift_of
from datasets.selectors.vectors import embedded_ids, parts_of
from datasets.services.datasets import dataset_create
from datasets.services.embeddings import embeddings_submit
from datasets.services.imports import ImportOptions, import_submit_files
from tests.datasets.cleaning.conftest import cleaned, undone
from tests.datasets.embeddings.prose import english
from tests.training.analyses import analyzed, first_tenth, planted_set, short, upload
from tests.training.conftest import worked
from training.services import embeddings as job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def rows_of(each):
    """(service, name, content) of so many texts a service."""
    counts = {}
    for service, text in english():
        number = counts[service] = counts.get(service, 0) + 1
        if number <= each:
            yield service, f"{service}-{number:02}.txt", text.encode()


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


def samples(client, dataset, query):
    answer = client.get(f"/api/v1/datasets/{dataset.pk}/samples/?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_planted_wrong_labels_come_first_and_near_texts_are_of_one_kind(project, client):
    dataset, planted = planted_set(project, "text", list(rows_of(40)))
    # One line of another tongue among 240 of English is unlike all of them.
    foreign = "Der Frühling kam spät, und über den Feldern lag noch lange ein dünner, kalter Nebel."
    upload(dataset, {"foreign.txt": foreign.encode()})
    count = Sample.objects.filter(dataset=dataset).count()
    result = analyzed(dataset)
    assert (result["pictures"], result["compared"]) == (count, count - 1)
    assert drift_of(dataset.pk) == {}

    first, suggested = first_tenth(client, dataset, count)
    assert len(set(first) & set(planted)) >= len(planted) / 2
    told = [suggested[name] == name.split("-")[0] for name in planted if name in suggested]
    assert sum(told) >= 0.8 * len(told) > 0

    base = f"/api/v1/datasets/{dataset.pk}"
    findings = {row["code"]: row for row in client.get(f"{base}/findings/").json()["results"]}
    outliers = [
        short(row["name"]) for row in client.get(findings["outlier"]["samples_url"]).json()["results"]
    ]
    assert "foreign.txt" in outliers
    assert len(outliers) <= 0.02 * count

    alike = []
    for name in ("iam-05.txt", "dynamodb-07.txt", "ec2-11.txt", "s3-09.txt", "glue-03.txt"):
        sample = Sample.objects.get(dataset=dataset, name__endswith=name)
        near = samples(client, dataset, f"similar_to={sample.pk}&limit=10")
        assert str(sample.pk) not in {row["id"] for row in near}
        assert [row["similarity"] for row in near] == sorted(
            (row["similarity"] for row in near), reverse=True
        )
        alike += [short(row["name"]).split("-")[0] == name.split("-")[0] for row in near]
    # One in six would be by chance.
    assert sum(alike) >= 0.5 * len(alike)

    assert client.get(f"{base}/map/").json()["count"] == count
    assert len(samples(client, dataset, "region=0,0,1,0,1,1,0,1&limit=500")) == count


def test_a_class_of_several_that_is_too_many_or_missing_comes_first(project, client):
    """Every text is of its service and, by another text behind it, of a second one; some say one less or one more."""
    rows = list(rows_of(40))
    by_service = {}
    for service, _, text in rows:
        by_service.setdefault(service, []).append(text.decode())
    services = sorted(by_service)
    dataset = dataset_create(
        actor=project.created_by,
        project=project,
        name="two services",
        modality="text",
        task="text_multilabel",
        classes=[{"name": service} for service in services],
    )
    rng = np.random.default_rng(3)
    planted, lines = set(), []
    for at in range(240):
        pair = [services[at % len(services)], services[(at // len(services)) % len(services)]]
        truth = sorted(set(pair))
        text = " ".join(by_service[one][int(rng.integers(40))] for one in pair)
        said = list(truth)
        if at % 20 == 7:
            planted.add(f"n-{at:03}")
            rest = [one for one in services if one not in truth]
            said = said[1:] if len(said) > 1 and at % 40 == 7 else [*said, rest[int(rng.integers(len(rest)))]]
        lines.append(json.dumps({"name": f"n-{at:03}", "text": f"{text} {at}", "labels": said}))
    sent = [SimpleUploadedFile("lines.jsonl", "\n".join(lines).encode())]
    done = worked(
        import_submit_files(actor=dataset.created_by, dataset=dataset, files=sent, options=ImportOptions())
    )
    assert done.state == "succeeded", done.error_detail
    assert analyzed(dataset)["compared"] == len(lines)
    found = client.get(f"/api/v1/datasets/{dataset.pk}/label-suspicions/?limit=500").json()["results"]
    assert all((row["given"] is None) != (row["suggested"] is None) for row in found)
    first = {short(row["sample"]["name"]).removesuffix(".txt") for row in found[: len(lines) // 10]}
    assert len(first & planted) >= len(planted) / 2


def test_the_stored_projection_repeats_the_stored_vectors(project):
    dataset, _ = planted_set(project, "text", list(rows_of(6)), wrong=0)
    analyzed(dataset)
    kept = EmbeddingProjection.objects.get(dataset=dataset)
    assert kept.params["kind"] == "lsa"
    assert (kept.params["seen"], kept.model) == (36, f"lsa/1/{kept.sha256[:16]}")
    projector = Projector(meanings_unpacked(blob_read(kept.sha256)))
    for ids, vectors in chunks_read(parts_of(dataset.pk)):
        for name, vector in zip(ids, vectors, strict=True):
            sample = Sample.objects.get(pk=bytes(name).ljust(16, b"\0").hex())
            said = projector.vector(blob_read(sample.sha256).decode())
            assert float(said @ vector) > 0.999
    first = [blob_read(row.sha256) for row in EmbeddingPart.objects.filter(dataset=dataset)]
    EmbeddingProjection.objects.all().delete()
    EmbeddingPart.objects.all().delete()
    analyzed(dataset)
    assert EmbeddingProjection.objects.get(dataset=dataset).sha256 == kept.sha256
    assert [blob_read(row.sha256) for row in EmbeddingPart.objects.filter(dataset=dataset)] == first


def test_only_new_and_changed_texts_cost_anything_until_there_are_twice_as_many(project, client):
    rows = list(rows_of(12))
    dataset, _ = planted_set(project, "text", rows[:36], wrong=0)
    assert analyzed(dataset)["pictures"] == 36
    model = EmbeddingProjection.objects.get(dataset=dataset).model
    assert analyzed(dataset)["pictures"] == 0
    upload(dataset, {f"{truth}/{name}": content for truth, name, content in rows[36:46]})
    assert analyzed(dataset)["pictures"] == 10
    # A text with other content is looked at again, and its old vector is gone.
    changed = Sample.objects.filter(dataset=dataset).order_by("pk")[3]
    ref = blob_put(b"Describes the roles of a user and what they may do.", "text/plain")
    with transaction.atomic():
        blobs_register([ref])
    Sample.objects.filter(pk=changed.pk).update(sha256=ref.sha256)
    assert analyzed(dataset)["pictures"] == 1
    assert embedded_ids(dataset.pk).tolist().count(changed.pk.bytes.rstrip(b"\0")) == 1
    assert EmbeddingProjection.objects.get(dataset=dataset).model == model
    upload(dataset, {f"{truth}/{name}": content for truth, name, content in rows[46:71]})
    count = Sample.objects.filter(dataset=dataset).count()
    # Only when there are twice the 36 that the axes were made of, all are laid out anew.
    assert count < 72
    assert analyzed(dataset)["pictures"] == count - 46
    more = {f"iam/more-{n}.txt": f"More words about users and roles, number {n}.".encode() for n in range(20)}
    upload(dataset, more)
    count += 20
    assert count >= 72
    assert analyzed(dataset)["pictures"] == count
    assert EmbeddingProjection.objects.get(dataset=dataset).model != model
    state = client.get(f"/api/v1/datasets/{dataset.pk}/embeddings/").json()
    assert (state["embedded"], state["model"]) == (
        count,
        EmbeddingProjection.objects.get(dataset=dataset).model,
    )


def test_a_diverse_sample_takes_one_of_each_kind_and_a_cleaned_text_is_looked_at_again(project, client):
    kinds = (
        "Der Frühling kam spät, dünner Nebel lag über den Feldern",
        "窗外的雨下了整整一夜，清晨的街道上满是落叶和积水",
        "The committee approved the annual budget for schools and roads",
        "SELECT name, price FROM orders WHERE price > 100 GROUP BY name",
    )
    rows = [
        (f"k{k}", f"{k}-{n}.txt", f"{text} {n}".encode()) for k, text in enumerate(kinds) for n in range(5)
    ]
    dataset, _ = planted_set(project, "text", rows, wrong=0)
    assert analyzed(dataset)["pictures"] == 20
    result = cleaned(client, dataset, ("sample_diverse", {"keep": 4}))
    left = Sample.objects.filter(dataset=dataset).values_list("name", flat=True)
    assert sorted(short(name)[0] for name in left) == ["0", "1", "2", "3"]
    assert undone(client, result)["restored"] == 16
    assert drift_of(dataset.pk) == {}
    before = EmbeddingPart.objects.get(dataset=dataset)
    changed = cleaned(client, dataset, ("lower", {}))["changed"]
    assert changed == 15
    assert analyzed(dataset)["pictures"] == changed
    counts = list(EmbeddingPart.objects.filter(dataset=dataset).order_by("pk").values_list("pk", "count"))
    assert counts[0] == (before.pk, 20 - changed)
    assert len(counts) == 2
    assert len(set(embedded_ids(dataset.pk).tolist())) == 20
    assert drift_of(dataset.pk) == {}


def test_a_worker_that_dies_loses_no_part_that_was_kept(project, monkeypatch):
    dataset, _ = planted_set(project, "text", list(rows_of(6)), wrong=0)
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
    model = EmbeddingProjection.objects.get(dataset=dataset).model
    assert EmbeddingPart.objects.filter(dataset=dataset, model=model).count() == 2
    Job.objects.filter(pk=submitted.pk).update(lease_until=submitted.created_at)
    runner.run(submitted.pk)
    done = Job.objects.get(pk=submitted.pk)
    assert (done.state, done.attempt, done.result["pictures"]) == ("succeeded", 2, 36 - 16)
    assert EmbeddingProjection.objects.get(dataset=dataset).model == model
    ids = embedded_ids(dataset.pk)
    assert len(ids) == len(set(ids.tolist())) == 36


def test_too_few_texts_are_no_failure(project):
    dataset = dataset_create(
        actor=project.created_by,
        project=project,
        name="few",
        modality="text",
        task="text_classification",
    )
    assert analyzed(dataset)["pictures"] == 0
    upload(dataset, {"a/1.txt": b"only one"})
    assert analyzed(dataset)["pictures"] == 0
    assert not EmbeddingProjection.objects.exists()
