"""What is said beside a class of a whole sample, or beside a span, goes through files, versions and back."""

import io
import json
import zipfile

import pytest

from datasets.models import Sample, Shape
from datasets.services import datasets as dataset_services
from tests.datasets.sounds import wav
from tests.datasets.test_audio import send as send_sounds  # noqa: F401  fixtures
from tests.datasets.test_texts import send  # noqa: F401
from tests.datasets.test_version_restore import GIVEN, restored
from tests.datasets.test_versions_api import exported, frozen

pytestmark = pytest.mark.django_db(transaction=True)

SAID = "turn the lights off, please — 请关灯"
LINES = {
    "text_classification": [
        {"text": "first of them", "label": "wish", "attributes": {"answer": SAID, "sure": True}},
        {"text": "second of them", "label": "wish"},
    ],
    "text_multilabel": [
        {
            "text": "first of them",
            "labels": ["wish", "order"],
            "attributes": {"order": {"answer": SAID}, "no class": {"answer": "x"}},
        },
        {"text": "second of them", "labels": ["wish"], "attributes": {"wish": {}}},
    ],
    "ner": [
        {
            "text": "first of them",
            "spans": [
                {"start": 0, "end": 5, "label": "place", "attributes": {"means": "1st"}},
                {"start": 9, "end": 13, "label": "place"},
            ],
        },
        {"text": "second of them", "spans": []},
    ],
}


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


def lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def beside(dataset):
    """What is said of each sample beside its classes: name, class, place, attributes."""
    rows = Shape.objects.filter(dataset=dataset).select_related("label_class", "sample")
    return sorted(
        (
            row.sample.sha256,
            row.label_class.name,
            (row.geometry or {}).get("start", -1),
            json.dumps((row.geometry or {}).get("attributes", {}), sort_keys=True, ensure_ascii=False),
        )
        for row in rows
    )


@pytest.fixture(params=[*LINES, "audio_classification"])
def filled(request, project, send, send_sounds):  # noqa: F811
    """A data set with something beside its classes, and how another one is filled."""
    task = request.param

    def made(name):
        return dataset_services.dataset_create(
            actor=project.created_by, project=project, name=name, modality=task.partition("_")[0]
            if task != "ner" else "text", task=task,
        )  # fmt: skip

    if task == "audio_classification":
        told = [{"path": "1.wav", "label": "speech", "attributes": {"transcript": SAID}},
                {"path": "2.wav", "label": "speech"}]  # fmt: skip
        files, run = {"1.wav": wav(1, 0.3), "2.wav": wav(2, 0.3), "all.jsonl": lines(told)}, send_sounds
    else:
        files, run = {"all.jsonl": lines(LINES[task])}, send
    dataset = made("first")
    job = run(dataset, files, format="jsonl")
    assert (job.state, job.result["problems"]) == ("succeeded", {}), job.error_detail
    return dataset, made, run


def test_what_is_said_beside_classes_comes_in_and_goes_out(client, filled):
    dataset, made, run = filled
    said = beside(dataset)
    assert sum(row[3] != "{}" for row in said) == 1, said
    version = frozen(client, dataset, split=GIVEN)
    result = exported(client, version, format="jsonl")
    assert "attributes_dropped" not in result.get("problems", {})
    content = client.get(result["download_url"]).getvalue()
    again = made("again")
    assert run(again, {"export.zip": content}).state == "succeeded"
    assert beside(again) == said


def test_bytes_that_are_labeled_already_tell_what_they_do_not_take(filled):
    dataset, _, run = filled
    if dataset.task == "ner":  # spans of a text that has some are compared by nobody
        return
    lines_of = {"audio_classification": ("1.wav", "path"), "text_multilabel": ("first of them", "text")}
    said, key = lines_of.get(dataset.task, ("first of them", "text"))
    several = dataset.task == "text_multilabel"
    label = {"labels": ["wish", "order"]} if several else {"label": "speech" if key == "path" else "wish"}
    attributes = {"answer": "another"}
    row = {key: said, **label, "attributes": {"order": attributes} if several else attributes}
    files = {"more.jsonl": lines([row])} | ({"1.wav": wav(1, 0.3)} if key == "path" else {})
    again = run(dataset, files, format="jsonl")
    assert again.result["problems"] == {"attributes_kept": 1}


def test_a_version_has_it_and_brings_it_back(client, filled):
    dataset, _, _ = filled
    said = beside(dataset)
    first = frozen(client, dataset, split=GIVEN)
    sample = Sample.objects.get(sha256=next(row[0] for row in said if row[3] != "{}"), dataset=dataset)
    shapes = client.get(f"/api/v1/samples/{sample.pk}/").json()["annotation"]["shapes"]
    bare = [{name: value for name, value in shape.items() if name != "attributes"} for shape in shapes]
    saved = client.put(
        f"/api/v1/samples/{sample.pk}/annotation/", {"revision": 1, "shapes": bare}, format="json"
    )
    assert saved.status_code == 200, saved.content
    assert beside(dataset) != said
    second = frozen(client, dataset, split=GIVEN)
    assert second["content_hash"] != first["content_hash"]
    diff = client.get(f"/api/v1/versions/{second['id']}/diff/?against={first['id']}").json()
    assert (diff["counts"]["relabeled"], diff["counts"]["changed"]) == (1, 0)
    assert restored(client, first)["relabeled"] == 1
    assert beside(dataset) == said
    assert frozen(client, dataset, split=GIVEN)["content_hash"] == first["content_hash"]


def test_a_format_without_a_place_for_it_says_so(client, filled):
    dataset, _, _ = filled
    version = frozen(client, dataset, split=GIVEN)
    format = "csv" if dataset.task != "ner" else "doccano"
    result = exported(client, version, format=format)
    assert result["problems"]["attributes_dropped"] == 1
    with zipfile.ZipFile(io.BytesIO(client.get(result["download_url"]).getvalue())) as archive:
        assert archive.testzip() is None
