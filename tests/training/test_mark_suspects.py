"""Wrong classes of marks, and missing and wrong ones of several, among composed photographs: planted, found, settled."""

import io
import uuid

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.jobs import runner
from datasets.embeddings.parts import part_ids
from datasets.models import EmbeddingPart, Sample, SampleFinding, Shape
from datasets.selectors.mark_labels import MARK_MODEL, mark_parts
from datasets.services.annotations import ShapeInput, annotation_replace
from datasets.services.datasets import dataset_create
from datasets.services.embeddings import embeddings_submit
from datasets.services.imports import ImportOptions, import_submit_files
from tests.datasets.augment.photos import photos
from tests.datasets.pictures import zipped
from tests.faults.forks import assert_dies
from tests.faults.world import expired
from tests.training.conftest import worked
from tests.training.test_embeddings import analyzed, short
from training.services import mark_vectors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(900)]

PICTURES = 50
HOOKS = ["embeddings.marks.after-blob", "embeddings.marks.after-part"]
CELLS = ((0, 0), (1, 0), (0, 1), (1, 1))
CELL = 160
WRONG = 0.05


def composed(seed, names, cells):
    """A picture of so many cuttings of photographs on one color, and (name, box) of each."""
    rng = np.random.default_rng(seed)
    canvas = np.full((CELL * (1 + cells // 3), 2 * CELL, 3), rng.integers(90, 160, 3), np.uint8)
    marks = []
    for cell in CELLS[:cells]:
        name = names[int(rng.integers(len(names)))]
        pixels = photos()[name]
        w, h = (int(side) for side in rng.integers(90, 140, 2))
        top, left = (
            int(rng.integers(0, size - side)) for size, side in zip(pixels.shape, (h, w), strict=False)
        )
        x, y = (CELL * at + int(rng.integers(0, CELL - side)) for at, side in zip(cell, (w, h), strict=True))
        canvas[y : y + h, x : x + w] = pixels[top : top + h, left : left + w]
        marks.append((name, (float(x), float(y), float(w), float(h))))
    out = io.BytesIO()
    Image.fromarray(canvas).save(out, "JPEG", quality=90)
    return out.getvalue(), marks


@pytest.fixture
def composition(project):
    """A data set of composed pictures with right marks or classes; what each shows, and how to say something of one."""

    def make(task, count=PICTURES, cells=4):
        actor = project.created_by
        names = sorted(photos())
        classes = [{"name": name.split(".")[0]} for name in names]
        dataset = dataset_create(actor=actor, project=project, name=task, task=task, classes=classes)
        made = {f"{n:03}.jpg": composed(n, names, cells) for n in range(count)}
        files = [SimpleUploadedFile("u.zip", zipped({name: row[0] for name, row in made.items()}))]
        done = worked(import_submit_files(actor=actor, dataset=dataset, files=files, options=ImportOptions()))
        assert done.state == "succeeded", done.error_detail
        labels = dict(zip(names, dataset.classes.order_by("index"), strict=True))
        samples = {short(row.name): row for row in Sample.objects.filter(dataset=dataset)}

        def say(name, shapes):
            annotation_replace(samples[name].pk, expected_revision=None, shapes=shapes, actor=actor)

        return dataset, {name: row[1] for name, row in made.items()}, labels, say

    return make


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


def other(rng, labels, name):
    rest = [label for key, label in labels.items() if key != name]
    return rest[int(rng.integers(len(rest)))]


def planted_marks(composition, task="object_detection", count=PICTURES):
    dataset, truth, labels, say = composition(task, count)
    rng = np.random.default_rng(7)
    everything = [(name, at) for name, marks in truth.items() for at in range(len(marks))]
    chosen = rng.choice(len(everything), round(WRONG * len(everything)), replace=False)
    wrong = {everything[i] for i in chosen}
    planted = {}
    for name, marks in truth.items():
        shapes = []
        for at, (shown, box) in enumerate(marks):
            label = labels[shown]
            key = uuid.uuid4()
            if (name, at) in wrong:
                label, planted[str(key)] = other(rng, labels, shown), str(labels[shown].pk)
            shapes.append(_shape(task, key, label.pk, box))
        say(name, shapes)
    return dataset, planted, len(everything)


def _shape(task, key, label, box):
    if task == "object_detection":
        return ShapeInput(key, "box", label, box=box)
    x, y, w, h = box
    corners = [[x, y], [x + w, y], [x + w, y + h], [x, y + h]]
    return ShapeInput(key, "polygon", label, geometry={"polygon": [corners]})


@pytest.mark.parametrize("task", ["object_detection", "instance_segmentation"])
def test_planted_wrong_classes_of_marks_come_first_and_the_right_one_is_suggested(composition, client, task):
    dataset, planted, count = planted_marks(composition, task)
    result = analyzed(dataset)
    assert (result["marks"], result["compared"]) == (count, count)
    base = f"/api/v1/datasets/{dataset.pk}"
    rows = client.get(f"{base}/label-suspicions/?limit=500").json()["results"]
    first = {row["shape"] for row in rows[: count // 10]}
    assert len(first & set(planted)) >= len(planted) / 2
    said = [planted[row["shape"]] == row["suggested"] for row in rows if row["shape"] in planted]
    assert sum(said) >= 0.8 * len(said)
    for row in rows:
        (mark,) = [one for one in row["sample"]["annotation"]["shapes"] if one["id"] == row["shape"]]
        assert mark["label"] == row["given"]
    findings = {row["code"]: row for row in client.get(f"{base}/findings/").json()["results"]}
    named = {row["sample"]["id"] for row in rows}
    assert findings["label_suspicious"]["count"] == len(named)
    assert findings["label_suspicious"]["params"] == {"boxes": len(rows)}
    assert SampleFinding.objects.filter(dataset=dataset, code="label_suspicious").count() == len(named)


def test_a_mark_that_is_given_another_class_or_called_right_is_settled_for_good(composition, client):
    dataset, planted, _ = planted_marks(composition, count=25)
    analyzed(dataset)
    base = f"/api/v1/datasets/{dataset.pk}/label-suspicions/"

    def listed():
        return client.get(f"{base}?limit=500").json()["results"]

    rows = listed()
    assert rows[0]["shape"] in planted
    sample = rows[0]["sample"]
    shapes = [
        {**one, "label": rows[0]["suggested"] if one["id"] == rows[0]["shape"] else one["label"]}
        for one in sample["annotation"]["shapes"]
    ]
    body = {"revision": sample["annotation"]["revision"], "state": sample["state"], "shapes": shapes}
    answer = client.put(f"/api/v1/samples/{sample['id']}/annotation/", body, format="json")
    assert answer.status_code == 200, answer.content
    assert [row["id"] for row in listed()] == [row["id"] for row in rows[1:]]

    right = rows[1]
    for settled, left in ((True, rows[2:]), (False, rows[1:]), (True, rows[2:])):
        answer = client.patch(f"{base}{right['id']}/", {"settled": settled}, format="json")
        assert answer.status_code == 204, answer.content
        assert [row["id"] for row in listed()] == [row["id"] for row in left]
    assert client.patch(f"{base}1234567/", {"settled": True}, format="json").status_code == 404
    assert client.patch(f"{base}{right['id']}/", {"settled": "perhaps"}, format="json").status_code == 422

    # Only the mark that moved is looked at again, and what was called right is not asked again.
    moved = Shape.objects.filter(dataset=dataset).exclude(pk__in=[row["shape"] for row in rows]).first()
    Shape.objects.filter(pk=moved.pk).update(x=moved.x + 1)
    result = analyzed(dataset)
    assert (result["pictures"], result["marks"]) == (0, 1)
    again = {row["shape"] for row in listed()}
    assert right["shape"] not in again
    assert rows[0]["shape"] not in again


def test_a_job_that_dies_around_a_part_makes_the_vector_of_no_mark_twice(composition, monkeypatch):
    dataset, _, count = planted_marks(composition, count=10)
    monkeypatch.setattr(mark_vectors, "PART", 16)
    parts = EmbeddingPart.objects.filter(dataset=dataset, model=MARK_MODEL)
    asked = embeddings_submit(actor=dataset.created_by, dataset=dataset)
    for hook, kept in zip(HOOKS, (0, 16), strict=True):
        assert_dies(hook, lambda: runner.run(asked.pk))
        assert sum(parts.values_list("count", flat=True)) == kept, hook
        expired(asked)
    done = worked(asked)
    assert (done.state, done.result["marks"]) == ("succeeded", count - 16)
    assert sum(parts.values_list("count", flat=True)) == count
    assert len(set(np.concatenate([part_ids(place) for place in mark_parts(dataset.pk)]))) == count


def test_planted_classes_that_are_missing_or_too_many_come_first(composition, client):
    dataset, truth, labels, say = composition("image_multilabel", 140, cells=2)
    rng = np.random.default_rng(9)
    wrong = set(rng.choice(sorted(truth), round(WRONG * len(truth)), replace=False).tolist())
    planted = set()
    for number, (name, marks) in enumerate(sorted(truth.items())):
        shown = {shown for shown, _ in marks}
        if name in wrong:
            if number % 2 and len(shown) > 1:
                less = sorted(shown)[int(rng.integers(len(shown)))]
                shown -= {less}
                planted.add((name, None, str(labels[less].pk)))
            else:
                rest = sorted(set(labels) - shown)
                more = rest[int(rng.integers(len(rest)))]
                shown |= {more}
                planted.add((name, str(labels[more].pk), None))
        say(name, [ShapeInput(uuid.uuid4(), "class", labels[one].pk) for one in sorted(shown)])
    assert analyzed(dataset)["compared"] == len(truth)
    base = f"/api/v1/datasets/{dataset.pk}/label-suspicions/"
    rows = client.get(f"{base}?limit=500").json()["results"]
    told = [(short(row["sample"]["name"]), row["given"], row["suggested"]) for row in rows]
    # A tenth of the decisions would be more than all rows; a tenth of the pictures is the stricter reading.
    assert len(planted & set(told[: len(truth) // 10])) >= len(planted) / 2
    assert all((given is None) != (suggested is None) for _, given, suggested in told)

    row = next(row for row in rows if row["given"])
    left = [one for one in row["sample"]["annotation"]["shapes"] if one["label"] != row["given"]]
    body = {"revision": row["sample"]["annotation"]["revision"], "state": "labeled", "shapes": left}
    assert (
        client.put(f"/api/v1/samples/{row['sample']['id']}/annotation/", body, format="json").status_code
        == 200
    )
    assert row["id"] not in {one["id"] for one in client.get(f"{base}?limit=500").json()["results"]}
