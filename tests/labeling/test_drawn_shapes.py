"""What is drawn in a campaign is taken or refused kind by kind, and filled by the browser as it is here."""

import json
from pathlib import Path

import pytest

from datasets.geometry.rings import rasterized
from datasets.geometry.rle import rle_of

FILLS = Path(__file__).parents[2] / "frontend/src/annotator/fixtures/fills.json"

TAKEN = {
    "object_detection": [{"kind": "rotated_box", "rotated": [20, 20, 30, 10, -45.5]}],
    "instance_segmentation": [
        {"kind": "polygon", "polygon": [[[1, 1], [90, 1], [90, 90]], [[50, 20], [80, 20], [80, 50]]]},
        {"kind": "mask", "mask": {"size": [100, 200], "counts": [500, 50, 19450]}},
        {"kind": "polyline", "polyline": [[0, 0], [200, 100]]},
    ],
    "keypoints": [{"kind": "keypoints", "keypoints": [[10, 10, 2], [0, 0, 0], [30, 40, 1]]}],
}
REFUSED = {
    "a polygon without an area": {"kind": "polygon", "polygon": [[[1, 1], [5, 5], [9, 9]]]},
    "a ring of two points": {"kind": "polygon", "polygon": [[[1, 1], [5, 5]]]},
    "a polygon off the picture": {"kind": "polygon", "polygon": [[[1, 1], [900, 1], [5, 50]]]},
    "a number that is none": {"kind": "polyline", "polyline": [[1, "x"], [2, 2]]},
    "a line of one point": {"kind": "polyline", "polyline": [[1, 1]]},
    "a mask of another picture": {"kind": "mask", "mask": {"size": [10, 10], "counts": [10, 90]}},
    "an empty mask": {"kind": "mask", "mask": {"size": [100, 200], "counts": [20000]}},
    "a turned box without a side": {"kind": "rotated_box", "rotated": [1, 1, 0, 5, 0]},
    "a turned box elsewhere": {"kind": "rotated_box", "rotated": [500, 1, 10, 5, 0]},
    "a polygon without one": {"kind": "polygon"},
    "key points, which are another task's": {"kind": "keypoints", "keypoints": [[1, 1, 2]]},
}


@pytest.mark.parametrize("task", TAKEN)
def test_what_the_task_draws_is_kept_as_it_was_sent(make_world, task):
    world = make_world(task, samples=1)
    world.campaign()
    anna = world.as_("anna")
    shapes = [{**world.mark(), **shape} for shape in TAKEN[task]]
    saved = anna.save(anna.item()["id"], shapes, state="submitted")
    assert saved.status_code == 200, saved.content
    kept = anna.get(f"annotations/{saved.json()['id']}/").json()["shapes"]
    for sent, answered in zip(shapes, kept, strict=True):
        for name in ("polygon", "polyline", "rotated", "keypoints"):
            assert answered.get(name) == sent.get(name)


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_no_such_shape_is_refused_by_its_place_and_nothing_is_kept(make_world, why):
    world = make_world("instance_segmentation", samples=1)
    world.campaign()
    anna = world.as_("anna")
    item = anna.item()["id"]
    good = {**world.mark(), **TAKEN["instance_segmentation"][0]}
    answer = anna.save(item, [good, {**world.mark(), **REFUSED[why]}])
    assert answer.status_code == 422, answer.content
    assert answer.json()["code"] == "shape_refused"
    assert answer.json()["params"]["index"] == 1
    assert anna.get(f"items/{item}/").json()["annotation"]["shapes"] == []


@pytest.mark.parametrize("drawn", [TAKEN["instance_segmentation"][0], TAKEN["instance_segmentation"][1]])
def test_a_drawn_shape_follows_the_rules_of_revisions(make_world, drawn):
    world = make_world("instance_segmentation", samples=1)
    world.campaign()
    anna = world.as_("anna")
    item = anna.item()["id"]
    first = [{**world.mark(), **drawn}]
    saved = anna.save(item, first)
    again = anna.save(item, [*first, world.box()], revision=1, id=saved.json()["id"])
    stale = anna.save(item, [], revision=1, id=saved.json()["id"])
    assert (again.status_code, stale.status_code) == (200, 409)
    assert stale.json()["code"] == "stale_revision"
    assert len(stale.json()["params"]["current"]["shapes"]) == 2


def test_the_fills_that_the_browser_is_held_to_are_those_of_the_server():
    cases = json.loads(FILLS.read_text("utf-8"))
    assert len(cases) > 20
    for case in cases:
        height, width = case["size"]
        rings = [tuple((x, y) for x, y in ring) for ring in case["rings"]]
        assert rle_of(rasterized(rings, width, height)).counts == case["counts"]
