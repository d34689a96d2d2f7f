"""What the tests of analyses share: a data set with planted wrong labels, and what is said of it."""

import uuid

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile

from datasets.services.datasets import dataset_create
from datasets.services.embeddings import embeddings_submit
from datasets.services.imports import ImportOptions, import_submit_files
from tests.datasets.pictures import zipped
from tests.training.conftest import worked


def upload(dataset, files):
    """Import files by their paths, the folder is the class."""
    sent = [SimpleUploadedFile("upload.zip", zipped(files))]
    done = worked(
        import_submit_files(actor=dataset.created_by, dataset=dataset, files=sent, options=ImportOptions())
    )
    assert done.state == "succeeded", done.error_detail


def analyzed(dataset):
    """The result of an analysis."""
    done = worked(embeddings_submit(actor=dataset.created_by, dataset=dataset))
    assert done.state == "succeeded", (done.error_code, done.error_detail)
    return done.result


def planted_set(project, modality, rows, wrong=0.05):
    """A data set of (class, name, content), of which some carry a wrong class; and the names of those."""
    dataset = dataset_create(
        actor=project.created_by,
        project=project,
        name=f"planted {modality}",
        modality=modality,
        task=f"{modality}_classification",
    )
    rng = np.random.default_rng(5)
    names = sorted({truth for truth, _, _ in rows})
    planted = {}
    for row in rng.choice(len(rows), int(wrong * len(rows)), replace=False):
        truth, name, _ = rows[row]
        planted[name] = names[(names.index(truth) + int(rng.integers(1, len(names)))) % len(names)]
    upload(dataset, {f"{planted.get(name, truth)}/{name}": content for truth, name, content in rows})
    return dataset, planted


def short(name):
    """Without its folders."""
    return name.rsplit("/", 1)[-1]


def first_tenth(client, dataset, count):
    """Short names of those whose labels fit least, and the names of the classes suggested."""
    rows = client.get(f"/api/v1/datasets/{dataset.pk}/label-suspicions/?limit=500").json()["results"]
    classes = {row.pk: row.name for row in dataset.classes.all()}
    suggested = {short(row["sample"]["name"]): classes[uuid.UUID(row["suggested"])] for row in rows}
    return [short(row["sample"]["name"]) for row in rows[: count // 10]], suggested
