import base64
import json
import time

import jsonschema
import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.imaging import decode
from core.models import Blob, IdempotencyRecord
from datasets.augment import OPERATORS
from datasets.models import Sample
from datasets.services import augment_previews, previews
from tests import factories
from tests.datasets.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 14
FILES = {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i, (640, 480)) for i in range(COUNT)}
WINTER = [
    {"op": "fog", "params": {"severity": 2}},
    {"op": "clahe"},
    {"op": "affine", "params": {"degrees": 20}},
    {"op": "camera_gain"},
    {"op": "motion_blur"},
    {"op": "cutout"},
    {"op": "jpeg"},
]


@pytest.fixture
def client(members, client_for):
    return client_for(members["viewer"])


@pytest.fixture
def filled(make_dataset, run_import):
    dataset = make_dataset()
    assert run_import(dataset, FILES).state == "succeeded"
    return dataset


@pytest.fixture
def boxed(make_dataset, run_import):
    """One picture with one box, in COCO."""
    dataset = make_dataset("object_detection")
    coco = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 640, "height": 480}],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [64, 48, 320, 240]}],
    }
    job = run_import(
        dataset, {"a.jpg": picture(1, (640, 480)), "annotations.json": json.dumps(coco).encode()}
    )
    assert job.state == "succeeded", job.error_detail
    return dataset


def previewed(client, dataset, steps=(), **body):
    sent = {"dataset": str(dataset.pk), "steps": list(steps), **body}
    answer = client.post("/api/v1/augmentations/preview/", sent, format="json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def refused(client, dataset, **body):
    answer = client.post(
        "/api/v1/augmentations/preview/", {"dataset": str(dataset.pk), **body}, format="json"
    )
    assert answer.status_code == 422, answer.content
    return set(answer.json()["params"]["fields"])


def pixels_of(result):
    head, content = result["picture"].split(",")
    assert head == "data:image/jpeg;base64"
    return decode(base64.b64decode(content))


def test_every_operator_comes_with_the_schema_of_a_form(client):
    described = client.get("/api/v1/augmentations/operators/").json()
    assert [each["key"] for each in described] == list(OPERATORS)
    for each in described:
        jsonschema.Draft202012Validator.check_schema(each["params_schema"])
        defaults = {name: rule["default"] for name, rule in each["params_schema"]["properties"].items()}
        jsonschema.validate(defaults, each["params_schema"])


def test_twelve_samples_of_every_class_are_rendered(client, filled):
    body = previewed(client, filled)
    assert len(body["results"]) == 12
    assert {each["shapes"][0]["label"] for each in body["results"]} == {
        str(row.pk) for row in filled.classes.all()
    }
    for each in body["results"]:
        assert pixels_of(each).shape == (each["height"], each["width"], 3) == (192, 256, 3)
    assert len(previewed(client, filled, count=3)["results"]) == 3


def test_the_same_seed_gives_the_same_pictures_and_another_seed_others(client, filled):
    one, two, other = (previewed(client, filled, WINTER, seed=seed)["results"] for seed in (4, 4, 5))
    assert one == two
    assert all(a["picture"] != b["picture"] for a, b in zip(one, other, strict=True))


def test_a_picture_does_not_depend_on_the_company_it_is_shown_in(client, filled):
    rows = previewed(client, filled, WINTER, seed=4)["results"]
    alone = previewed(client, filled, WINTER, seed=4, samples=[rows[3]["sample"]])["results"]
    assert alone == [rows[3]]


def test_a_box_is_scaled_with_the_preview_and_moved_with_the_pixels(client, boxed):
    assert previewed(client, boxed)["results"][0]["shapes"][0]["box"] == [25.6, 19.2, 128, 96]
    flipped = previewed(client, boxed, [{"op": "flip_horizontal"}])["results"][0]
    assert flipped["shapes"][0]["box"] == pytest.approx([256 - 25.6 - 128, 19.2, 128, 96], abs=0.01)
    plain, mirrored = pixels_of(previewed(client, boxed)["results"][0]), pixels_of(flipped)
    assert np.abs(plain[:, ::-1].astype(int) - mirrored).mean() < 4


def test_what_is_dropped_is_counted(client, boxed):
    gone = [{"op": "crop", "params": {"smallest": 0.1}}] * 4
    results = [previewed(client, boxed, gone, seed=seed)["results"][0] for seed in range(40)]
    assert {(len(each["shapes"]), each["dropped"]) for each in results} == {(0, 1), (1, 0)}


def test_twelve_pictures_take_little_once_the_small_ones_are_kept(client, filled):
    previewed(client, filled)
    took = []
    for amount in range(5):
        steps = [*WINTER[1:], {"op": "noise", "params": {"amount": amount / 50}}]
        began = time.process_time()
        previewed(client, filled, steps)
        took.append(time.process_time() - began)
    # Of both cores, whatever else they do.
    assert min(took) < 0.8, took


def test_a_sample_that_cannot_be_read_is_named(client, filled, monkeypatch):
    broken = Sample.objects.filter(dataset=filled).order_by("pk").first()
    content = previews.blob_read(broken.sha256)[:900]
    read = previews.blob_read
    monkeypatch.setattr(previews, "blob_read", lambda sha: content if sha == broken.sha256 else read(sha))
    previews._place(broken.sha256, 256).unlink(missing_ok=True)
    body = previewed(client, filled)
    assert body["unreadable"] == [str(broken.pk)]
    assert len(body["results"]) == 11


@pytest.mark.parametrize("part", ["row", "container"])
def test_a_sample_whose_file_is_gone_is_named_and_the_others_are_shown(client, filled, part):
    lost = Sample.objects.filter(dataset=filled).order_by("pk").first()
    blob = Blob.objects.filter(pk=lost.sha256)
    if part == "row":
        blob.delete()
    else:
        blob.update(container="0" * 64)
    augment_previews._pixels.cache_clear()
    previews._place(lost.sha256, 256).unlink(missing_ok=True)
    body = previewed(client, filled)
    assert body["unreadable"] == [str(lost.pk)]
    assert len(body["results"]) == 11


def test_one_file_at_a_time_is_read_for_a_preview(client, filled, monkeypatch):
    for sha256 in Sample.objects.values_list("sha256", flat=True):
        previews._place(sha256, 256).unlink(missing_ok=True)
    events = []
    read, submit = previews.blob_read, previews.DecodePool.submit

    def decoded(pool, contents, side):
        events.append(len(contents))
        return submit(pool, contents, side)

    monkeypatch.setattr(previews, "blob_read", lambda sha: events.append("read") or read(sha))
    monkeypatch.setattr(previews.DecodePool, "submit", decoded)
    previewed(client, filled)
    assert events == ["read", 1] * 12


def test_a_preview_writes_nothing_even_with_an_idempotency_key(client, filled):
    previewed(client, filled, count=2)
    body = {"dataset": str(filled.pk), "steps": WINTER, "count": 2}
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(
            "/api/v1/augmentations/preview/", body, format="json", headers={"Idempotency-Key": "k-1"}
        )
    assert answer.status_code == 200
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    assert not IdempotencyRecord.objects.exists()


def test_an_empty_data_set_has_nothing_to_show(client, make_dataset):
    assert previewed(client, make_dataset())["results"] == []


def test_what_is_wrong_is_named_by_its_field(client, filled, make_dataset, run_import):
    fields = refused(client, filled, steps=[{"op": "fog", "params": {"severity": 9}}, {"op": "rm -rf"}])
    assert fields == {"steps.0.params.severity", "steps.1.op"}
    assert refused(client, filled, steps={"op": "fog"}) == {"steps"}
    assert refused(client, filled, steps=[{"op": "fog"}] * 17) == {"steps"}
    assert refused(client, filled, seed=-1) == {"seed"}
    assert refused(client, filled, count=13) == {"count"}
    other = make_dataset(name="other")
    run_import(other, {"cat/x.jpg": picture(99)})
    foreign = Sample.objects.get(dataset=other)
    assert refused(client, filled, samples=[str(foreign.pk)]) == {"samples"}


def test_a_recipe_of_another_project_is_not_shown_through_this_one(client_for, members, filled):
    viewer = members["viewer"]
    elsewhere = factories.project_make("Elsewhere", created_by=viewer)
    client = client_for(viewer)
    body = {"project": str(elsewhere.pk), "name": "r", "steps": WINTER}
    recipe = client.post("/api/v1/recipes/", body, format="json").json()
    assert refused(client, filled, recipe=recipe["id"]) == {"recipe"}
    assert refused(client, filled, recipe=recipe["id"], steps=[]) == {"recipe"}
