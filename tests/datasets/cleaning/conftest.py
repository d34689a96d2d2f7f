import json
from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Job
from core.services.blobs import blob_read
from datasets.models import Sample, Shape
from datasets.selectors.counters import drift_of, totals_of
from datasets.services import datasets as dataset_services
from datasets.services.imports import ImportOptions, import_submit_files
from datasets.services.sample_deltas import measures_of
from tests.datasets.conftest import worked


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def make_texts(project):
    """A text data set of `project` with these texts; entities as (start, end, class)."""

    def make(texts, task="text_classification"):
        dataset = dataset_services.dataset_create(
            actor=project.created_by, project=project, name=f"texts {task}", modality="text", task=task
        )
        grown(dataset, texts, project.created_by)
        return dataset

    return make


def grown(dataset, texts, actor, **files):
    """Import more texts: each a string, or a string and what is said of it."""
    rows = [{"text": one} if isinstance(one, str) else {"text": one[0], "label": one[1]} for one in texts]
    body = "\n".join(json.dumps(row) for row in rows).encode()
    upload = SimpleUploadedFile("more.jsonl", body)
    options = ImportOptions(format="doccano" if dataset.task == "ner" else "jsonl")
    job = worked(import_submit_files(actor=actor, dataset=dataset, files=[upload], options=options))
    assert job.state == "succeeded", (job.error_code, job.error_detail)
    assert job.result["created"] == len(texts), job.result


def posted(client, path, **body):
    return client.post(f"/api/v1/{path}", body, format="json")


def done(answer):
    """The result of the job that an answer names, run to its end."""
    assert answer.status_code == 202, answer.content
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", (job.error_code, job.error_detail)
    return job.result


def recipe(*steps):
    return {"version": 1, "steps": [{"op": op, "params": params} for op, params in steps]}


def cleaned(client, dataset, *steps, **body):
    return done(posted(client, f"datasets/{dataset.pk}/cleanings/", recipe=recipe(*steps), **body))


def undone(client, result):
    return done(posted(client, f"cleanings/{result['cleaning']}/undo/"))


def shown(client, result):
    return client.get(f"/api/v1/cleanings/{result['cleaning']}/").json()


def texts_of(dataset):
    """Sorted: the samples of one import have no order."""
    return sorted(blob_read(row.sha256).decode() for row in Sample.objects.filter(dataset=dataset))


def assert_counted(dataset):
    """The totals say what the samples are, their sizes and file types too."""
    assert drift_of(dataset.pk) == {}
    wanted = Counter()
    for sample in Sample.objects.filter(dataset=dataset):
        wanted.update(measures_of(sample.media_type, sample.payload))
    totals = totals_of(dataset.pk, ("media_type", "width", "height", "characters"))
    found = {(kind, key): value for kind, keys in totals.items() for key, value in keys.items() if value}
    assert found == dict(wanted)


def state_of(dataset):
    """Everything that an undo has to bring back."""
    columns = (
        *("pk", "name", "sha256", "thumb_sha256", "media_type", "size_bytes", "payload", "features"),
        *("dhash64", "search_text", "state", "split", "labels", "label_class", "annotation_source"),
    )
    return (
        list(Sample.objects.filter(dataset=dataset).order_by("pk").values_list(*columns)),
        list(Shape.objects.filter(dataset=dataset).order_by("pk").values()),
    )
