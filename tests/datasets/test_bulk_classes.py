"""A class put on or taken off many samples at once, where a sample has several, and taken back."""

import uuid

import pytest

from datasets.models import AnnotationHistory, BulkEdit, Sample, Shape
from datasets.selectors.counters import drift_of
from datasets.services.datasets import dataset_create
from datasets.services.schema import schema_replace
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture
from tests.datasets.test_bulk_edits_api import client, edited, label_of, posted, state_of, undone  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {
    "1.jpg": ["sea", "sky"],
    "2.jpg": ["sky"],
    "3.jpg": ["sea", "city"],
    "4.jpg": ["city"],
    "5.jpg": [],
}


@pytest.fixture
def scenes(make_dataset, run_import):
    """Five pictures of none, one or two of three classes; the fifth is not labeled."""
    dataset = make_dataset("image_multilabel", name="scenes")
    rows = "".join(f'{name},"{";".join(words)}"\r\n' for name, words in WORDS.items() if words)
    files = {name: picture(int(name[0])) for name in WORDS}
    job = run_import(dataset, {**files, "tags.csv": f"file,tags\r\n{rows}".encode()})
    assert job.state == "succeeded", job.error_detail
    assert Sample.objects.filter(dataset=dataset).count() == 5
    return dataset


@pytest.fixture
def make(project):
    """An empty data set of a task, of its modality."""

    def made(task, classes=()):
        modality = "text" if task == "ner" or task.startswith("text") else "image"
        return dataset_create(
            actor=project.created_by,
            project=project,
            name=task,
            task=task,
            modality=modality,
            classes=[{"name": name} for name in classes],
        )

    return made


def said(dataset):
    names = {str(row.pk): row.name for row in dataset.classes.all()}
    rows = Sample.objects.filter(dataset=dataset)
    return {row.name: [names[one] for one in row.labels] for row in rows}


def test_a_class_is_added_behind_the_others_and_its_undo_brings_all_back(client, scenes):  # noqa: F811
    before = state_of(scenes)
    result = edited(client, scenes, action="label_add", value=label_of(scenes, "city"), conditions={})
    assert (result["changed"], result["unchanged"]) == (3, 2)
    after = said(scenes)
    assert {name: set(words) for name, words in after.items()} == {
        name: {*words} | {"city"} for name, words in WORDS.items()
    }
    assert all(words[-1] == "city" for name, words in after.items() if name != "3.jpg")
    assert Sample.objects.get(name="5.jpg").state == "labeled"
    assert drift_of(scenes.pk) == {}
    assert undone(client, result)["restored"] == 3
    assert state_of(scenes) == before
    assert drift_of(scenes.pk) == {}


def test_a_class_is_removed_and_who_had_no_other_is_none_of_them(client, scenes):  # noqa: F811
    before = state_of(scenes)
    result = edited(client, scenes, action="label_drop", value=label_of(scenes, "city"), conditions={})
    assert (result["changed"], result["unchanged"]) == (2, 3)
    assert said(scenes)["3.jpg"] == ["sea"]
    last = Sample.objects.get(name="4.jpg")
    assert (last.labels, last.label_class_id, last.state) == ([], None, "labeled")
    assert Sample.objects.get(name="5.jpg").state == "unlabeled"
    assert not Shape.objects.filter(dataset=scenes, label_class__name="city").exists()
    assert drift_of(scenes.pk) == {}
    assert undone(client, result)["restored"] == 2
    assert state_of(scenes) == before


def test_what_is_in_work_stays_so_and_a_review_counts_no_more(client, scenes):  # noqa: F811
    for name, state in (("1.jpg", "draft"), ("2.jpg", "reviewed"), ("3.jpg", "rejected")):
        Sample.objects.filter(dataset=scenes, name=name).update(state=state)
    result = edited(client, scenes, action="label_add", value=label_of(scenes, "city"), conditions={})
    edited(client, scenes, action="label_drop", value=label_of(scenes, "sea"), conditions={})
    states = dict(Sample.objects.filter(dataset=scenes).values_list("name", "state"))
    assert (states["1.jpg"], states["2.jpg"], states["3.jpg"]) == ("draft", "labeled", "rejected")
    # The second edit said more of the first and the third since.
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (2, 1)
    assert Sample.objects.get(name="2.jpg").state == "reviewed"


def test_an_edit_of_the_samples_that_have_a_class_reaches_each_once(client, scenes, monkeypatch):  # noqa: F811
    monkeypatch.setattr("datasets.services.bulk_edits.BATCH", 1)
    sea = label_of(scenes, "sea")
    result = edited(client, scenes, action="label_drop", value=sea, conditions={"filter": "label:sea"})
    assert result["changed"] == 2
    assert all("sea" not in words for words in said(scenes).values())
    assert undone(client, result)["restored"] == 2
    assert sum("sea" in words for words in said(scenes).values()) == 2


def test_each_change_is_in_the_history_by_its_person(client, scenes):  # noqa: F811
    edited(client, scenes, action="label_add", value=label_of(scenes, "city"), conditions={})
    sample = Sample.objects.get(name="2.jpg")
    last = AnnotationHistory.objects.filter(sample=sample).order_by("-revision")[0]
    assert (last.revision, last.actor_id, last.source) == (2, BulkEdit.objects.get().created_by_id, "human")
    assert [shape["source"] for shape in last.shapes] == ["import", "human"]


def test_a_class_that_goes_while_the_edit_waits_is_told_and_changes_nothing(client, scenes, project):  # noqa: F811
    left = [{"id": str(row.pk), "name": row.name} for row in scenes.classes.order_by("index")]
    more = [*left, {"name": "rain"}]
    schema_replace(actor=project.created_by, dataset_id=scenes.pk, classes=more, revision=None)
    rain = label_of(scenes, "rain")
    answer = posted(client, scenes, action="label_add", value=rain, conditions={})
    schema_replace(actor=project.created_by, dataset_id=scenes.pk, classes=left, revision=None)
    job = worked(BulkEdit.objects.get().job)
    assert answer.status_code == 202
    assert (job.state, job.error_code) == ("failed", "class_gone")
    assert Sample.objects.get(name="5.jpg").state == "unlabeled"


def test_texts_of_several_classes_too(client, make, run_import):  # noqa: F811
    dataset = make("text_multilabel")
    body = b'text,labels\r\n"one note","a;b"\r\n"another note",a\r\n'
    job = run_import(dataset, {"notes.csv": body})
    assert (job.state, job.result["created"]) == ("succeeded", 2), job.error_detail
    b = label_of(dataset, "b")
    assert edited(client, dataset, action="label_add", value=b, conditions={})["changed"] == 1
    assert all(b in map(str, row.labels) for row in Sample.objects.filter(dataset=dataset))


@pytest.mark.parametrize(
    ("task", "action", "value", "code"),
    [
        ("image_classification", "label_add", "class", "edit_unfit"),
        ("object_detection", "label_drop", "class", "edit_unfit"),
        ("ner", "label_add", "class", "edit_unfit"),
        ("image_multilabel", "label", "class", "edit_unfit"),
        ("image_multilabel", "label_add", "", "invalid_input"),
        ("image_multilabel", "label_drop", "no id", "invalid_input"),
        ("image_multilabel", "label_add", str(uuid.UUID(int=1)), "invalid_input"),
    ],
)
def test_what_does_not_fit_is_refused(client, make, task, action, value, code):  # noqa: F811
    dataset = make(task, classes=["a"])
    value = str(dataset.classes.get().pk) if value == "class" else value
    answer = posted(client, dataset, action=action, value=value, conditions={})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not BulkEdit.objects.exists()
