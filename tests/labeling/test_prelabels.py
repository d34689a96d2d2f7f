"""Models answer before people do: marked until somebody says so, apart from answers, and measured by what became of them."""

import io
import json
import uuid

import numpy as np
import onnx
import pytest
import skimage.data
from django.db import transaction
from onnx import helper, numpy_helper
from PIL import Image

from core.imaging import DecodeRule
from core.jobs import dispatch, runner
from core.models import Job
from core.services.blobs import blob_put, blobs_register
from datasets.models import Sample
from labeling.assist.acceptance import Outcome, outcome_of, seconds_saved
from labeling.models import Prelabel, PrelabelRun
from labeling.services.prelabel_source import is_control
from tests.support.weights import weights_of_tests
from tests.training.test_model_gate import model_of
from training.models import ModelVersion, RegisteredModel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _here(monkeypatch, settings):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)
    settings.STUDIO_WEIGHTS_DIR = str(weights_of_tests())


def stored(pixels: np.ndarray, kind: str = "PNG") -> str:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind)
    return stored_bytes(out.getvalue())


def stored_bytes(content: bytes) -> str:
    ref = blob_put(content, "image/png")
    with transaction.atomic():
        blobs_register([ref])
    return ref.sha256


def show(world, *pictures: str, size=(8, 8)) -> list[Sample]:
    """Give the samples of a world these bytes, in the order of their names."""
    rows = list(Sample.objects.filter(dataset=world.dataset).order_by("name"))
    for row, sha256 in zip(rows, pictures, strict=True):
        row.sha256, row.payload = sha256, {"width": size[0], "height": size[1], "mode": "RGB", "frames": 1}
        row.save()
    return rows


def shade(level: int) -> str:
    return stored(np.full((8, 8, 3), level, np.uint8))


def version_of(world, *, parity: bool = True) -> ModelVersion:
    """A registered classifier: `light` from gray level 128 on, the surer the farther from it."""
    weight = numpy_helper.from_array(np.array([[-0.01, 0.01]] * 3, np.float32), "weight")
    model = model_of(weight=weight)
    bias = numpy_helper.from_array(np.array([3.84, -3.84], np.float32), "bias")
    model.graph.initializer.append(bias)
    softmax = model.graph.node.pop()
    model.graph.node.append(helper.make_node("Add", ["logits", "bias"], ["shifted"]))
    softmax.input[0] = "shifted"
    model.graph.node.append(softmax)
    onnx.checker.check_model(model)
    registered = RegisteredModel.objects.create(
        project=world.project, name="shades", task="image_classification", created_by=world.manager
    )
    return ModelVersion.objects.create(
        model=registered,
        number=1,
        task="image_classification",
        sha256=stored_bytes(model.SerializeToString()),
        size_bytes=1,
        labels=["dark", "light"],
        decode=json.loads(DecodeRule().to_json()),
        parity_ok=parity,
        created_by=world.manager,
    )


def ask(world, model, mapping, **more):
    body = {"model": str(model), "mapping": {k: str(world.classes[v].pk) for k, v in mapping.items()}, **more}
    return world.as_("boss").post(f"campaigns/{world.round.pk}/prelabels/", body)


def done(world, model, mapping, **more) -> dict:
    answer = ask(world, model, mapping, **more)
    assert answer.status_code == 202, answer.content
    job = answer.json()["job"]["id"]
    runner.run(job)
    ended = Job.objects.get(pk=job)
    assert ended.state == "succeeded", (ended.error_code, ended.error_detail)
    return told(world)["runs"][0]


def told(world) -> dict:
    answer = world.as_("boss").get(f"campaigns/{world.round.pk}/prelabels/")
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.fixture
def shades(lasting_world):
    """Three dark and three light pictures in a campaign, and a model that tells them apart."""
    world = lasting_world(samples=6)
    world.rows = show(world, *(shade(level) for level in (10, 20, 120, 135, 240, 250)))
    world.campaign()
    world.version = version_of(world)
    return world


def test_a_registered_version_answers_by_its_file_and_what_it_is_not_sure_of_stays_open(shades):
    run = done(shades, shades.version.pk, {"dark": "cat", "light": "dog"}, threshold=0.9)
    assert (run["title"], run["samples"]) == ("shades v1", 6)
    items = shades.as_("ann").claim(6).json()["items"]
    said = [
        [(s["label"], s["source"], s["score"] > 0.9) for s in item["annotation"]["shapes"]] for item in items
    ]
    cat, dog = (str(shades.classes[name].pk) for name in ("cat", "dog"))
    assert said == [
        *([[(cat, "model", True)]] * 2),
        *([[]] * 2),
        *([[(dog, "model", True)]] * 2),
    ]
    assert [item["annotation"]["source"] for item in items] == ["model", "model", "", "", "model", "model"]
    assert Sample.objects.exclude(state="unlabeled").count() == 0


def test_what_people_made_of_it_is_counted_for_each_model(shades):
    done(shades, shades.version.pk, {"dark": "cat", "light": "dog"}, threshold=0.9)
    ann = shades.as_("ann")
    items = ann.claim(6).json()["items"]
    for item in (items[0], items[4]):
        shape = {**item["annotation"]["shapes"][0], "source": "human"}
        assert ann.save(item["id"], [shape]).status_code == 200
    changed = {**items[1]["annotation"]["shapes"][0], "label": str(shades.classes["eel"].pk)}
    ann.save(items[1]["id"], [changed])
    ann.save(items[5]["id"], [shades.mark("eel")])
    ann.save(items[2]["id"], [shades.mark("cat")])
    figures = told(shades)["runs"][0]["figures"]
    counted = {k: figures[k] for k in ("answered", "accepted", "changed", "rejected", "added")}
    assert counted == {"answered": 5, "accepted": 2, "changed": 1, "rejected": 1, "added": 2}
    assert figures["acceptance_rate"] == 0.5
    assert figures["seconds_saved"] is None


def test_a_later_model_replaces_what_nobody_answered_and_nothing_else(shades):
    first = done(shades, shades.version.pk, {"dark": "cat", "light": "dog"})
    ann = shades.as_("ann")
    item = ann.item()
    ann.save(item["id"], [{**item["annotation"]["shapes"][0], "source": "human"}])
    second = done(shades, shades.version.pk, {"dark": "eel"})
    assert (second["samples"], told(shades)["runs"][1]["samples"]) == (5, 1)
    assert told(shades)["runs"][1]["figures"]["accepted"] == 1
    assert Prelabel.objects.filter(run=first["id"]).get().sample_id == shades.rows[0].pk
    labels = {s["label"] for row in Prelabel.objects.filter(run=second["id"]) for s in row.shapes}
    assert labels == {str(shades.classes["eel"].pk)}


def test_a_share_is_left_without_and_the_time_it_takes_is_the_measure(shades):
    run = done(shades, shades.version.pk, {"dark": "cat", "light": "dog"}, control=0.5)
    left = list(Prelabel.objects.filter(is_control=True))
    assert run["samples"] == 6
    assert [row.shapes for row in left] == [[]] * len(left)
    drawn = PrelabelRun(pk=uuid.UUID(int=7), control=0.2)
    shares = [is_control(drawn, uuid.UUID(int=number)) for number in range(2_000)]
    assert 0.17 < sum(shares) / len(shares) < 0.23
    assert shares == [is_control(drawn, uuid.UUID(int=number)) for number in range(2_000)]


def test_known_samples_are_not_told_apart_by_what_a_machine_says(lasting_world):
    world = lasting_world(samples=4)
    rows = show(world, *(shade(level) for level in (10, 20, 240, 250)))
    Sample.objects.filter(pk__in=[row.pk for row in rows[:2]]).update(state="labeled")
    world.campaign()
    world.round.gold_rate = 0.5
    world.round.save()
    done(world, version_of(world).pk, {"dark": "cat", "light": "dog"})
    items = world.as_("ann").claim(4).json()["items"]
    assert [len(item["annotation"]["shapes"]) for item in items] == [1, 1, 1, 1]


def test_the_bundled_detector_finds_what_it_knows_in_pixels_of_the_picture(lasting_world):
    world = lasting_world("object_detection", samples=2)
    astronaut = skimage.data.astronaut()
    side = stored(astronaut), stored_bytes(b"no picture")
    show(world, *side, size=(512, 512))
    world.campaign()
    run = done(world, "nanodet", {"person": "dog"}, threshold=0.5)
    assert run["samples"] == 2
    items = world.as_("ann").claim(2).json()["items"]
    (shape,), nothing = (item["annotation"]["shapes"] for item in items)
    assert (shape["kind"], shape["source"], shape["label"]) == ("box", "model", str(world.classes["dog"].pk))
    assert shape["score"] > 0.6
    x, y, w, h = shape["box"]
    assert max(x, y) < 60 < 280 < w < h
    assert nothing == []


def test_what_cannot_be_asked_is_refused_with_what_to_do(shades):
    good = {"dark": "cat"}
    cases = [
        (ask(shades, "nanodet", good), 422, "invalid_input"),
        (ask(shades, "not-an-id", good), 422, "invalid_input"),
        (ask(shades, "01a218ea-864b-74e0-a6be-feda76af61c2", good), 404, "not_found"),
        (ask(shades, shades.version.pk, {"gray": "cat"}), 422, "invalid_input"),
        (ask(shades, shades.version.pk, {}), 422, "invalid_input"),
    ]
    for answer, status, code in cases:
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    first = ask(shades, shades.version.pk, good)
    again = ask(shades, shades.version.pk, good)
    assert (first.status_code, again.status_code) == (202, 409)
    assert again.json()["code"] == "prelabel_running"


def test_without_weights_the_detector_is_shown_and_refused(make_world, settings):
    settings.STUDIO_WEIGHTS_DIR = "nowhere"
    world = make_world("object_detection", samples=1)
    world.campaign()
    (model,) = told(world)["models"]
    assert (model["model"], model["ready"], list(model["suggested"])) == ("nanodet", False, ["cat", "dog"])
    assert ask(world, "nanodet", {"cat": "cat"}).json()["code"] == "weights_missing"


def test_outcomes_are_told_by_the_ids_of_shapes():
    def box(key, x=0.0, label="a"):
        return {"id": key, "kind": "box", "label": label, "box": [x, 0.0, 9.0, 9.0]}

    said = [box("1"), box("2"), box("3"), box("4")]
    answered = [box("1", x=0.2), box("2", x=3.0), box("3", label="b"), box("5")]
    assert outcome_of(said, answered) == Outcome(accepted=1, changed=2, rejected=1, added=1)
    assert (Outcome().rate, outcome_of(said, answered).rate) == (None, 0.25)


def test_time_is_compared_only_where_enough_is_known():
    assert seconds_saved([4.0] * 5, [9.0] * 5) == 5.0
    assert seconds_saved([9.0] * 5, [4.0] * 5) == -5.0
    assert seconds_saved([4.0] * 4, [9.0] * 5) is None
