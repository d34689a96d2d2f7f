"""The figures of the look at a data set, against counting by hand."""

import uuid

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import utc_now
from datasets.models import Sample, Shape
from datasets.selectors.distributions import GRID

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(members, client_for):
    return client_for(members["viewer"])


def filled(dataset, rng, count):
    label = dataset.classes.first()
    sizes = rng.integers(20, 900, (count, 2))
    samples = [
        Sample(
            dataset=dataset,
            name=f"{i}.jpg",
            sha256=uuid.uuid4().hex * 2,
            media_type="image/jpeg",
            size_bytes=1,
            payload={"width": int(w), "height": int(h)},
            features={"v": 1, "brightness": round(float(rng.random()), 3)}
            if i % 5
            else {"problem": "image_damaged"},
            imported_at=utc_now(),
        )
        for i, (w, h) in enumerate(sizes)
    ]
    Sample.objects.bulk_create(samples)
    shapes = []
    for sample in samples[::2]:
        for _ in range(int(rng.integers(1, 30))):
            w, h = (float(rng.uniform(1, sample.payload[name])) for name in ("width", "height"))
            x = float(rng.uniform(-5, sample.payload["width"] - w + 5))
            y = float(rng.uniform(0, sample.payload["height"] - h))
            shapes.append(
                Shape(sample=sample, dataset=dataset, label_class=label, kind="box", x=x, y=y, w=w, h=h)
            )
    Shape.objects.bulk_create(shapes)
    return samples, shapes


def test_histograms_and_grids_are_what_counting_gives(client, make_dataset):
    dataset = make_dataset(task="object_detection", classes=[{"name": "thing"}])
    samples, shapes = filled(dataset, np.random.default_rng(0), 60)
    filled(
        make_dataset(task="object_detection", name="other", classes=[{"name": "thing"}]),
        np.random.default_rng(1),
        9,
    )
    url = f"/api/v1/datasets/{dataset.pk}/distributions/"
    with CaptureQueriesContext(connection) as few:
        body = client.get(url).json()

    light = [s.features["brightness"] for s in samples if "brightness" in s.features]
    expected, _ = np.histogram(light, bins=np.arange(21) / 20)
    assert [row["count"] for row in body["brightness"]] == expected.tolist()

    ratios = [s.payload["width"] / s.payload["height"] for s in samples]
    assert sum(row["count"] for row in body["aspect"]) == len(samples)
    for row in body["aspect"][1:-1]:
        assert row["count"] == sum(row["least"] <= ratio < row["most"] for ratio in ratios)

    each = [sum(shape.sample_id == s.pk for shape in shapes) for s in samples]
    counted = {row["least"]: row["count"] for row in body["boxes_per_picture"]}
    assert counted[20] == sum(n >= 20 for n in each)
    assert all(counted[n] == each.count(n) for n in range(1, 20) if n in counted)

    places, sizes = np.zeros((GRID, GRID), int), np.zeros((GRID, GRID), int)
    for shape in shapes:
        width, height = shape.sample.payload["width"], shape.sample.payload["height"]
        column, row = (
            int(min(max(v, 0), 0.9999) * GRID)
            for v in ((shape.x + shape.w / 2) / width, (shape.y + shape.h / 2) / height)
        )
        places[row, column] += 1
        sizes[int(min(shape.h / height, 0.9999) * GRID), int(min(shape.w / width, 0.9999) * GRID)] += 1
    assert body["box_places"] == {"side": GRID, "counts": places.ravel().tolist()}
    assert body["box_sizes"] == {"side": GRID, "counts": sizes.ravel().tolist()}

    filled(dataset, np.random.default_rng(2), 200)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)


def test_an_empty_data_set_has_empty_figures(client, make_dataset):
    body = client.get(f"/api/v1/datasets/{make_dataset().pk}/distributions/").json()
    assert body == {
        "brightness": [],
        "aspect": [],
        "boxes_per_picture": [],
        "box_places": None,
        "box_sizes": None,
    }


def test_the_box_of_every_shape_counts_and_a_class_of_the_whole_has_none(client, make_dataset):
    dataset = make_dataset(task="object_detection", classes=[{"name": "thing"}])
    _, shapes = filled(dataset, np.random.default_rng(0), 8)
    boxes = len(shapes)
    kinds = ("polygon", "mask", "rotated_box", "polyline", "keypoints")
    for number, shape in enumerate(shapes):
        Shape.objects.filter(pk=shape.pk).update(kind=kinds[number % 5], geometry={})
    label = dataset.classes.first()
    Shape.objects.create(sample=shapes[0].sample, dataset=dataset, label_class=label, kind="class")
    body = client.get(f"/api/v1/datasets/{dataset.pk}/distributions/").json()
    assert sum(body["box_places"]["counts"]) == sum(body["box_sizes"]["counts"]) == boxes


def test_boxes_of_deleted_pictures_are_not_counted(client, make_dataset):
    dataset = make_dataset(task="object_detection", classes=[{"name": "thing"}])
    samples, _ = filled(dataset, np.random.default_rng(0), 8)
    hidden = make_dataset(task="object_detection", name="bin", classes=[])
    gone = [sample.pk for sample in samples[:4]]
    Sample.objects.filter(pk__in=gone).update(dataset=hidden)
    Shape.objects.filter(sample__in=gone).update(dataset=hidden)
    body = client.get(f"/api/v1/datasets/{dataset.pk}/distributions/").json()
    assert sum(row["count"] for row in body["boxes_per_picture"]) == 2
