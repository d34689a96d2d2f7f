"""What the annotate screen cannot draw yet passes through it unchanged."""

import pytest

from datasets.models import Shape

MASK = {"size": [100, 200], "counts": "0"}
PLACES = {
    "polygon": {"polygon": [[[10, 10], [60, 10], [60, 60]], [[20, 15], [30, 15], [30, 25]]]},
    "mask": {"mask": {"size": [100, 200], "counts": [500, 50, 19450]}},
    "polyline": {"polyline": [[1, 2], [30, 40]]},
    "rotated_box": {"rotated": [20, 20, 30, 10, 45], "attributes": {"color": "red"}},
}


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_a_save_keeps_every_kind_of_shape(make_world, state):
    world = make_world("instance_segmentation", samples=1)
    world.campaign()
    anna = world.as_("anna")
    item = anna.item()
    shapes = [{**world.mark(), "kind": kind, **place} for kind, place in PLACES.items()]
    shapes.append(world.box())
    saved = anna.save(item["id"], shapes, state=state)
    assert saved.status_code == 200, saved.content
    kept = anna.get(f"annotations/{saved.json()['id']}/").json()["shapes"]
    assert [row["kind"] for row in kept] == [*PLACES, "box"]
    assert kept[0]["polygon"] == PLACES["polygon"]["polygon"]
    assert kept[0]["box"] == [10, 10, 50, 50]
    again = anna.save(item["id"], kept, state="submitted", revision=1, id=saved.json()["id"])
    assert again.status_code == 200, again.content
    assert anna.get(f"annotations/{saved.json()['id']}/").json()["shapes"] == kept
    stored = list(Shape.objects.order_by("position").values_list("kind", "geometry__rotated"))
    assert [kind for kind, _ in stored] == [*PLACES, "box"]
    assert stored[3][1] == [20, 20, 30, 10, 45]


def test_a_mask_of_another_size_is_refused_by_its_index(make_world):
    world = make_world("instance_segmentation", samples=1)
    world.campaign()
    anna = world.as_("anna")
    bad = {**world.mark(), "kind": "mask", "mask": MASK}
    answer = anna.save(anna.item()["id"], [world.box(), bad])
    assert (answer.status_code, answer.json()["params"]["index"]) == (422, 1)
