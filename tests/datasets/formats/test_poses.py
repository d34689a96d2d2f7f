"""Key points as single points that hang on an object: LabelMe by `group_id`, Label Studio by `parentID`."""

import json
import time

import pytest

from datasets.formats import poses
from datasets.formats.writers.base import KEYPOINTS
from datasets.geometry.forms import Form
from datasets.geometry.skeleton import Skeleton
from datasets.manifest import ManifestClass, ManifestObject
from tests.datasets.formats.test_every_format import BLOBS, sample
from tests.datasets.formats.test_foreign_files import labelme, rectangle, task
from tests.datasets.formats.test_geometry_round_trip import exported, read_back
from tests.datasets.formats.trees import P, codes, drafts, planned

RECTANGLE = [[10.0, 10.0], [40.0, 30.0]]


def point(label, x, y, group=1, **more):
    return {"label": label, "points": [[x, y]], "shape_type": "point", "group_id": group, **more}


def posed(label="person", group=1, points=RECTANGLE, kind="rectangle", **more):
    return {"label": label, "points": points, "shape_type": kind, "group_id": group, **more}


def labelme_read(folder, *documents, **files):
    names = [f"{i}.jpg" for i in range(len(documents))]
    given = {name: P for name in names}
    for name, shapes in zip(names, documents, strict=True):
        given[name.replace("jpg", "json")] = labelme(shapes, imagePath=name)
    key, plan = planned(folder, given | {f"{name}.json": text for name, text in files.items()})
    assert key == "labelme"
    return plan, [drafts(plan)[name].boxes for name in names]


def test_labelme_points_of_a_group_are_the_key_points_of_its_rectangle(tmp_path):
    first = [point("nose", 12, 11), posed(), point("tail", 35, 25, flags={"occluded": True})]
    second = [posed(group="a"), point("ear", 20, 20, "a"), point("tail", 30, 22, "a")]
    plan, ((one,), (other,)) = labelme_read(tmp_path, first, second)
    assert plan.classes == ("person",)
    assert plan.skeletons == {"person": Skeleton(("nose", "tail", "ear"))}
    assert one.form == Form("keypoints", ((12.0, 11.0, 2), (35.0, 25.0, 1), (0.0, 0.0, 0)))
    assert other.form == Form("keypoints", ((0.0, 0.0, 0), (30.0, 22.0, 2), (20.0, 20.0, 2)))
    assert one.attributes == ()
    assert codes(plan) == {}


def test_where_key_points_have_no_place_the_rectangle_stays_what_it_was(tmp_path):
    _, ((box,),) = labelme_read(tmp_path, [posed(), point("nose", 12, 11)])
    kept, is_reduced = box.fitted({"box", "rotated_box"})
    assert (kept.form, kept.x, kept.y, kept.w, kept.h, is_reduced) == (None, 10, 10, 30, 20, True)


def test_an_outline_with_points_is_either_by_what_the_data_set_holds(tmp_path):
    ring = [[10, 10], [40, 10], [25, 30]]
    _, ((box,),) = labelme_read(tmp_path, [posed(points=ring, kind="polygon"), point("nose", 12, 11)])
    assert box.fitted({"box", "polygon"})[0].kind == "polygon"
    assert box.fitted({"box", "keypoints"})[0].form == Form("keypoints", ((12.0, 11.0, 2),))


@pytest.mark.parametrize(
    "shapes",
    [
        [posed("dog", group=None), point("nose", 12, 11)],
        [posed("dog", group=2), point("nose", 12, 11)],
        [posed("dog"), posed("dog"), point("nose", 12, 11)],
        [posed("dog"), point("dog", 12, 11)],
    ],
    ids=["no group", "another group", "two areas", "a point that only says where"],
)
def test_points_that_belong_to_nothing_are_objects_of_their_own(tmp_path, shapes):
    plan, (boxes,) = labelme_read(tmp_path, shapes)
    assert [box.kind for box in boxes] == [
        "keypoints" if s["shape_type"] == "point" else "box" for s in shapes
    ]
    assert plan.skeletons == {}


def test_of_two_points_of_one_name_the_first_counts_and_it_is_told(tmp_path):
    plan, ((box,),) = labelme_read(tmp_path, [posed(), point("nose", 12, 11), point("nose", 30, 20)])
    assert box.form == Form("keypoints", ((12.0, 11.0, 2),))
    assert codes(plan) == {"points_left_out": 1}


HOSTILE = (
    {"label": None},
    {"label": ["nose"]},
    {"label": ""},
    {"label": "x" * 101},
    {"points": []},
    {"points": [[1, 2], [3, 4]]},
    {"points": [[1e12, 2]]},
    {"points": [[None, 2]]},
    {"points": [["1", {}]]},
    {"points": {"0": [1, 2]}},
)


@pytest.mark.parametrize("wrong", HOSTILE, ids=range(len(HOSTILE)))
def test_a_labelme_point_that_is_none_is_told_and_the_others_are_kept(tmp_path, wrong):
    plan, ((box,),) = labelme_read(tmp_path, [posed(), point("nose", 12, 11), point("ear", 5, 5) | wrong])
    assert box.form == Form("keypoints", ((12.0, 11.0, 2),))
    assert codes(plan) == {"shape_invalid": 1}


@pytest.mark.parametrize("group", [True, [1], {"a": 1}, 1.5, "", 10**18])
def test_hostile_groups_hold_nothing_together_or_are_only_names(tmp_path, group):
    _, (boxes,) = labelme_read(tmp_path, [posed(group=group), point("nose", 12, 11, group)])
    assert len(boxes) == (1 if group == 10**18 else 2)


@pytest.mark.parametrize("kind", [["point"], {"a": 1}, 7, True])
def test_a_labelme_shape_of_no_kind_is_told(tmp_path, kind):
    plan, (boxes,) = labelme_read(tmp_path, [posed(kind=kind), posed()])
    assert len(boxes) == 1
    assert codes(plan) == {"shape_unsupported": 1}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("{", {"annotation_unreadable": 1}),
        ("[]", {}),
        ('{"skeletons": 7}', {}),
        ('{"skeletons": [7, {}, {"label": "person", "points": "x"}]}', {}),
        ('{"skeletons": [{"label": 7, "points": ["nose"]}]}', {}),
        ('{"skeletons": [{"label": "person", "points": ["nose"], "lines": [[0, 9]]}]}', {}),
    ],
    ids=range(6),
)
def test_a_damaged_list_of_skeletons_costs_the_order_only(tmp_path, said, told):
    plan, ((box,),) = labelme_read(tmp_path, [posed(), point("nose", 12, 11)], skeletons=said)
    assert box.form == Form("keypoints", ((12.0, 11.0, 2),))
    assert plan.skeletons["person"] == Skeleton(("nose",))
    assert codes(plan) == told


def test_points_with_names_of_their_own_by_the_thousand_fill_no_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(poses, "_MAX_PLACES", 3_000)
    document = [posed(), *(point(f"p{i}", 12, 11) for i in range(1_500))]
    many = [shape for g in range(2, 20) for shape in (posed(group=g), point("p0", 12, 11, g))]
    begun = time.monotonic()
    plan, (first, rest) = labelme_read(tmp_path, document, many)
    assert time.monotonic() - begun < 10
    assert len(plan.skeletons["person"].points) == 1_000
    assert len(first[0].form.value) == 1_000
    assert [box.kind for box in rest].count("keypoints") == 3
    assert codes(plan) == {"points_left_out": 500, "shape_invalid": 15}


def key_point(label, x, y, parent="a", **more):
    value = {"x": x, "y": y, "width": 0.5, "keypointlabels": [label]}
    return rectangle() | {
        "id": f"{parent}{x}",
        "parentID": parent,
        "type": "keypointlabels",
        "value": value,
        **more,
    }


def studio_read(folder, *results, config=None):
    files = {"1.jpg": P, "tasks.json": json.dumps([task("1.jpg", results)])}
    key, plan = planned(folder, files | ({} if config is None else {"config.xml": config}))
    assert key == "label_studio"
    return plan, drafts(plan)["1.jpg"]


CONFIG = """<View><Image name="image" value="$image"/>
  <KeyPointLabels name="k" toName="image"><Label value="nose"/><Label value="ear"/></KeyPointLabels>
  {areas}
</View>"""
AREAS = '<RectangleLabels name="r" toName="image"><Label value="cat"/><Label value="dog"/></RectangleLabels>'


def test_label_studio_key_points_hang_on_their_rectangle(tmp_path):
    hidden = {"meta": {"text": ["occluded"]}}
    results = [key_point("nose", 50, 50), rectangle() | {"id": "a"}, key_point("ear", 25, 75, **hidden)]
    plan, draft = studio_read(tmp_path, *results, config=CONFIG.format(areas=AREAS))
    (box,) = draft.boxes_px(64, 48)
    assert box.form == Form("keypoints", ((32.0, 24.0, 2), (16.0, 36.0, 1)))
    assert (box.label, box.x, box.w) == ("cat", 16, 16)
    assert plan.classes == ("cat", "dog")
    assert plan.skeletons == {"cat": Skeleton(("nose", "ear"))}
    assert codes(plan) == {}


def test_label_studio_pictures_of_unknown_size_have_their_points_in_fractions(tmp_path):
    bare = {"original_width": None, "original_height": None}
    _, draft = studio_read(tmp_path, rectangle() | {"id": "a"} | bare, key_point("nose", 50, 50, **bare))
    (box,) = draft.boxes_px(200, 100)
    assert box.form == Form("keypoints", ((100.0, 50.0, 2),))


def test_key_points_alone_are_classes_as_their_configuration_lists_them(tmp_path):
    plan, draft = studio_read(tmp_path, key_point("ear", 50, 50, "gone"), config=CONFIG.format(areas=""))
    assert plan.classes == ("nose", "ear")
    assert [(box.label, box.kind) for box in draft.boxes] == [("ear", "keypoints")]


STRANGE = (
    {"parentID": ["a"]},
    {"parentID": {}},
    {"parentID": "b25"},
    {"parentID": 7},
)


@pytest.mark.parametrize("parent", STRANGE, ids=range(len(STRANGE)))
def test_parents_that_are_no_shape_hold_nothing(tmp_path, parent):
    _, draft = studio_read(tmp_path, rectangle() | {"id": "a"}, key_point("nose", 25, 50, "b") | parent)
    assert [box.kind for box in draft.boxes] == ["box", "keypoints"]


VALUES = (
    {"keypointlabels": []},
    {"keypointlabels": [None]},
    {"keypointlabels": {"a": 1}},
    {"x": "left"},
    {"x": 1e300},
    {"y": None},
)


@pytest.mark.parametrize("wrong", VALUES, ids=range(len(VALUES)))
def test_a_label_studio_point_that_is_none_is_told_and_the_others_are_kept(tmp_path, wrong):
    bad = key_point("ear", 25, 75)
    bad["value"] |= wrong
    plan, draft = studio_read(tmp_path, rectangle() | {"id": "a"}, key_point("nose", 50, 50), bad)
    assert [box.form for box in draft.boxes] == [Form("keypoints", ((32.0, 24.0, 2),))]
    assert codes(plan) == {"shape_invalid": 1}


SKELETONS = (
    None,
    Skeleton(("left eye", "right eye", "nose"), ((0, 1), (1, 2))),
    Skeleton(("eye", "eye", "eye 2", "3"), ((0, 3),)),
    Skeleton(("cat",)),
    Skeleton(tuple("x" * 100 for _ in range(3))),
)


@pytest.mark.parametrize("key", ["labelme", "label_studio"])
@pytest.mark.parametrize("skeleton", SKELETONS, ids=range(len(SKELETONS)))
def test_points_on_one_line_hidden_and_of_odd_names_come_back(tmp_path, key, skeleton):
    form = Form("keypoints", ((3.25, 7.0, 2), (9.1, 7.0, 1), (30.7, 7.0, 2)))
    if skeleton is not None and len(skeleton.points) == 1:
        form = Form("keypoints", form.value[:1])
    schema = (ManifestClass("a", 0, "cat", "", skeleton), ManifestClass("b", 1, "nose", "", None))
    objects = (
        ManifestObject(0, form.bounds(), form),
        ManifestObject(1, (1.0, 2.0, 10.0, 20.0)),
        ManifestObject(0, form.bounds(), form),
    )
    content, sink = exported(key, KEYPOINTS, [sample(0, "val", objects=objects)], schema)
    assert dict(sink.told) == {}
    plan, found = read_back(tmp_path, content, key)
    boxes = found[BLOBS[f"{0:064x}"]].boxes_px(64, 48)
    assert [(box.label, box.kind) for box in boxes] == [
        ("cat", "keypoints"), ("nose", "box"), ("cat", "keypoints"),
    ]  # fmt: skip
    for box in (boxes[0], boxes[2]):
        seen = [value for each in box.form.value for value in each if each[2]]
        assert seen == pytest.approx([value for each in form.value for value in each], abs=1e-3)
    if skeleton is not None and len(set(skeleton.points)) == len(skeleton.points):
        assert plan.skeletons["cat"] == skeleton


def test_a_group_of_labelme_that_an_object_had_is_told_and_joins_no_others(tmp_path):
    form = Form("keypoints", ((3.0, 7.0, 2), (9.0, 17.0, 2)))
    objects = (
        ManifestObject(0, (1.0, 2.0, 10.0, 20.0), None, (("group_id", "1"),)),
        ManifestObject(0, (5.0, 2.0, 10.0, 20.0), None, (("group_id", "2"),)),
        ManifestObject(0, form.bounds(), form, (("group_id", "1"), ("wet", "true"))),
    )
    schema = (ManifestClass("a", 0, "cat", "", Skeleton(("nose", "tail"))),)
    content, sink = exported("labelme", KEYPOINTS, [sample(0, "val", objects=objects)], schema)
    assert dict(sink.told) == {"attributes_dropped": 1}
    _, found = read_back(tmp_path, content, "labelme")
    boxes = found[BLOBS[f"{0:064x}"]].boxes
    assert [box.attributes for box in boxes] == [
        (("group_id", "1"),), (("group_id", "2"),), (("wet", "true"),),
    ]  # fmt: skip
    assert boxes[2].form == form
