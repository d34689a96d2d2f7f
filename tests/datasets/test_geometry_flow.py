"""Polygons, masks, turned boxes, lines and key points from the file to the row, the version and back out."""

import json
import uuid

import pytest

from core.services.blobs import blob_read
from datasets.formats.registry import WRITERS
from datasets.models import LabelClass, Sample, Shape
from tests.datasets.pictures import picture
from tests.datasets.test_versions_api import exported, frozen

pytestmark = pytest.mark.django_db(transaction=True)

HOLED = [[[10, 10], [40, 10], [40, 40], [10, 40]], [[20, 20], [30, 20], [30, 30], [20, 30]]]
ROW = {"image_id": 1, "category_id": 1, "iscrowd": 0}
SPLIT = {"strategy": "random", "train": 1.0, "val": 0, "test": 0}


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


def coco(*annotations, **category):
    return json.dumps(
        {
            "images": [{"id": 1, "file_name": "1.jpg", "width": 64, "height": 48}],
            "categories": [{"id": 1, "name": "cat", **category}],
            "annotations": [{**ROW, "id": n, **row} for n, row in enumerate(annotations, 1)],
        }
    ).encode()


def imported(run_import, dataset, *annotations, **category):
    job = run_import(dataset, {"1.jpg": picture(1), "a.json": coco(*annotations, **category)})
    assert job.state == "succeeded", job.error_detail
    return job.result


def shapes_of(client):
    sample = Sample.objects.get()
    return client.get(f"/api/v1/samples/{sample.pk}/annotation/").json()["shapes"]


def put(client, *shapes, revision=None):
    sample = Sample.objects.get()
    body = {
        "revision": sample.annotation_revision if revision is None else revision,
        "shapes": [
            {"id": str(uuid.uuid4()), "label": str(LabelClass.objects.get().pk), **row} for row in shapes
        ],
    }
    return client.put(f"/api/v1/samples/{sample.pk}/annotation/", body, format="json")


POLYGON = {"segmentation": [[5, 5, 20, 5, 20, 30]], "bbox": [5, 5, 15, 25]}
RLE = {"segmentation": {"size": [48, 64], "counts": [48, 10, 38, 10, 2966]}, "iscrowd": 1}


def test_an_import_keeps_polygons_and_masks_and_a_save_of_them_changes_nothing(
    client, make_dataset, run_import
):
    result = imported(run_import, make_dataset("instance_segmentation"), POLYGON, RLE)
    assert result["problems"] == {}
    polygon, mask = shapes_of(client)
    assert (polygon["kind"], polygon["box"]) == ("polygon", [5, 5, 15, 25])
    assert polygon["polygon"] == [[[5, 5], [20, 5], [20, 30]]]
    assert (mask["kind"], mask["box"], mask["attributes"]) == ("mask", [1, 0, 2, 10], {"is_crowd": "1"})
    sample = Sample.objects.get()
    body = {"revision": 1, "shapes": [polygon, mask]}
    answer = client.put(f"/api/v1/samples/{sample.pk}/annotation/", body, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["shapes"] == [polygon, mask]
    assert Shape.objects.filter(geometry__isnull=True).count() == 0


def test_a_detection_set_gets_the_boxes_and_says_what_was_reduced(client, make_dataset, run_import):
    result = imported(run_import, make_dataset("object_detection"), POLYGON, RLE)
    assert result["problems"] == {"geometry_reduced": 2}
    assert [row["kind"] for row in shapes_of(client)] == ["box", "box"]


def test_key_points_bring_their_skeleton_into_the_schema(client, make_dataset, run_import):
    names = {"keypoints": ["nose", "tail"], "skeleton": [[1, 2]]}
    dataset = make_dataset("keypoints")
    imported(run_import, dataset, {"keypoints": [1, 2, 2, 30, 40, 1], "bbox": [0, 0, 60, 45]}, **names)
    assert shapes_of(client)[0]["keypoints"] == [[1, 2, 2], [30, 40, 1]]
    schema = client.get(f"/api/v1/datasets/{dataset.pk}/").json()["label_schema"]
    assert schema["classes"][0]["skeleton"] == {"points": ["nose", "tail"], "lines": [[0, 1]]}


def test_a_version_and_its_export_hold_every_kind_and_import_again_equal(client, make_dataset, run_import):
    first = make_dataset("instance_segmentation")
    imported(run_import, first, POLYGON, RLE)
    extra = [
        {"kind": "polygon", "polygon": HOLED},
        {"kind": "rotated_box", "rotated": [20, 20, 10, 5, 30], "attributes": {"color": "red"}},
        {"kind": "polyline", "polyline": [[0, 0], [5, 9]]},
    ]
    answer = put(client, *shapes_of(client), *extra)
    assert answer.status_code == 200, answer.content
    said = [{**row, "id": None, "label": None, "source": None} for row in shapes_of(client)]
    version = frozen(client, first, split=SPLIT)
    job = exported(client, version, format="coco")
    assert job["problems"] == {}
    Sample.objects.all().delete()
    again = make_dataset("instance_segmentation", name="again")
    assert run_import(again, blob_read(job["sha256"])).result["problems"] == {}
    assert [{**row, "id": None, "label": None, "source": None} for row in shapes_of(client)] == said


def test_a_diff_sees_a_polygon_that_changed_within_its_box(client, make_dataset, run_import):
    dataset = make_dataset("instance_segmentation")
    imported(run_import, dataset, POLYGON)
    first = frozen(client, dataset, split=SPLIT)
    moved = shapes_of(client)[0] | {"polygon": [[[5, 5], [20, 6], [20, 30]]]}
    assert put(client, moved).status_code == 200
    second = frozen(client, dataset, split=SPLIT)
    diff = client.get(f"/api/v1/versions/{second['id']}/diff/", {"against": first["id"]}).json()
    assert (diff["same_content"], diff["counts"]["relabeled"]) == (False, 1)


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "polygon", "polygon": [[[0, 0], [9, 0]]]},
        {"kind": "polygon", "polygon": [[[0, 0], [9, 0], [90, 90]]]},
        {"kind": "polygon", "polygon": [[[0, 0], [5, 5], [9, 9]]]},
        {"kind": "polygon", "polygon": [[[0, 0], [9, 0], ["9", 9]]]},
        {"kind": "polygon"},
        {"kind": "mask", "mask": {"size": [48, 64], "counts": [10, 10]}},
        {"kind": "mask", "mask": {"size": [9, 9], "counts": [80, 1]}},
        {"kind": "mask", "mask": {"size": [48, 64], "counts": [48 * 64]}},
        {"kind": "mask", "mask": {"size": [10**9, 10**9], "counts": [0, 10**18]}},
        {"kind": "mask", "mask": {"size": [48, 64], "counts": "~~~~"}},
        {"kind": "rotated_box", "rotated": [1, 1, 0, 5, 30]},
        {"kind": "rotated_box", "rotated": [100, 1, 5, 5, 30]},
        {"kind": "polyline", "polyline": [[0, 0]]},
        {"kind": "keypoints", "keypoints": [[1, 1, 2]]},
    ],
)
def test_a_shape_that_is_none_is_refused_and_changes_nothing(client, make_dataset, run_import, bad):
    imported(run_import, make_dataset("instance_segmentation"), POLYGON)
    answer = put(client, bad)
    assert answer.status_code == 422, answer.content
    assert Sample.objects.get().annotation_revision == 1


def test_every_writer_of_places_takes_every_task_of_places_or_names_those_that_do(client):
    assert {"coco"} <= {key for key, writer in WRITERS.items() if "keypoints" in writer.tasks}


@pytest.mark.parametrize("box", [[-1, 0, 5, 5], [0, 0, 65, 5], [0, 0, 0, 5], [0, 0, 5], [0, 0, "NaN", 5]])
def test_a_box_outside_its_picture_is_refused(client, make_dataset, run_import, box):
    dataset = make_dataset("object_detection", classes=[{"name": "a"}])
    run_import(dataset, {"1.jpg": picture(1)})
    shape = {"id": str(uuid.uuid4()), "kind": "box", "label": str(dataset.classes.get().pk)}
    assert put(client, {**shape, "box": [0, 0, 64, 48]}).status_code == 200
    assert put(client, {**shape, "box": box}).status_code in (400, 422)
