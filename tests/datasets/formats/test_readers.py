import json

import pytest

from datasets.formats.archive import open_tree
from datasets.formats.base import Draft, FormatMismatch, Problem
from datasets.formats.registry import format_detected
from tests.datasets.pictures import picture, saved, zipped


def tree_of(tmp_path, files):
    return open_tree(saved(tmp_path, zipped(files)), "upload.zip", tmp_path)


def planned(tmp_path, files, wanted="auto"):
    tree = tree_of(tmp_path, files)
    choice = format_detected(tree, wanted)
    return choice.importer.key, choice.reason, choice.importer.plan(tree)


def drafts(plan):
    return {d.member.name: d for d in plan.items if isinstance(d, Draft)}


def problem_codes(plan):
    return [p.code for p in plan.items if isinstance(p, Problem)]


P = picture(1)


def test_folders_become_classes(tmp_path):
    key, reason, plan = planned(
        tmp_path, {"set/dog/1.jpg": P, "set/cat/1.jpg": P, "set/cat/deep/2.jpg": P, "set/README.txt": b"hi"}
    )
    assert key == "folder_per_class"
    assert "cat" in reason
    assert plan.classes == ("cat", "dog")
    assert {n: d.label for n, d in drafts(plan).items()} == {
        "set/dog/1.jpg": "dog",
        "set/cat/1.jpg": "cat",
        "set/cat/deep/2.jpg": "cat",
    }
    assert problem_codes(plan) == []


def test_one_folder_alone_is_no_class_until_somebody_says_so(tmp_path):
    key, reason, plan = planned(tmp_path, {"cats/1.jpg": P})
    assert (key, plan.classes) == ("images", ())
    assert reason.startswith("1 picture and nothing")
    assert planned(tmp_path, {"cats/1.jpg": P}, "folder_per_class")[2].classes == ("cats",)


@pytest.mark.parametrize(
    ("folder", "split"),
    [
        ("train", "train"),
        ("Training", "train"),
        ("valid", "val"),
        ("validation", "val"),
        ("test", "test"),
        ("测试集", "test"),
    ],
)
def test_split_folders_on_top_are_hints(tmp_path, folder, split):
    _, _, plan = planned(tmp_path, {f"{folder}/a/1.jpg": P, f"{folder}/b/2.jpg": P})
    assert {d.split for d in drafts(plan).values()} == {split}
    assert plan.classes == ("a", "b")


def test_split_folders_below_one_images_folder_are_hints(tmp_path):
    _, _, plan = planned(tmp_path, {"images/train/1.jpg": P, "images/val/2.jpg": P})
    assert {n: d.split for n, d in drafts(plan).items()} == {
        "images/train/1.jpg": "train",
        "images/val/2.jpg": "val",
    }


def test_classes_sort_as_people_count(tmp_path):
    _, _, plan = planned(tmp_path, {f"c{i}/1.jpg": P for i in (10, 2, 1)})
    assert plan.classes == ("c1", "c2", "c10")


@pytest.mark.parametrize(
    "files", [{"1.jpg": P, "2.png": P}, {"pics/1.jpg": P}, {"images/1.jpg": P, "photos/2.jpg": P}]
)
def test_pictures_without_class_folders_are_plain(tmp_path, files):
    key, _, plan = planned(tmp_path, files)
    assert key == "images"
    assert plan.classes == ()
    assert len(drafts(plan)) == len(files)


def test_one_folder_is_a_class_when_asked_for(tmp_path):
    _, _, plan = planned(tmp_path, {"cat/1.jpg": P, "cat/2.jpg": P}, "folder_per_class")
    assert plan.classes == ("cat",)
    assert {d.label for d in drafts(plan).values()} == {"cat"}


def test_no_pictures_is_said_at_once(tmp_path):
    with pytest.raises(FormatMismatch):
        planned(tmp_path, {"a.txt": b"x", "b.doc": b"y"})


def test_files_nobody_reads_are_listed(tmp_path):
    _, _, plan = planned(tmp_path, {"1.jpg": P, "movie.mp4": b"x"})
    assert problem_codes(plan) == ["file_unsupported"]


def coco(images=None, annotations=None, categories=None):
    return json.dumps(
        {
            "images": images
            if images is not None
            else [{"id": 7, "file_name": "1.jpg", "width": 64, "height": 48}],
            "annotations": annotations
            if annotations is not None
            else [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [1, 2, 10.5, 20]}],
            "categories": categories
            if categories is not None
            else [{"id": 3, "name": "cat"}, {"id": 5, "name": "狗"}],
        }
    ).encode()


def test_coco_boxes_find_their_pictures(tmp_path):
    key, reason, plan = planned(tmp_path, {"images/1.jpg": P, "annotations/instances_train.json": coco()})
    assert key == "coco"
    assert "categories" in reason
    draft = drafts(plan)["images/1.jpg"]
    assert [(b.label, b.x, b.y, b.w, b.h) for b in draft.boxes] == [("cat", 1, 2, 10.5, 20)]
    assert (draft.split, draft.annotated, draft.stated_size) == ("train", True, (64, 48))
    assert plan.classes == ("cat", "狗")


def test_a_coco_picture_without_boxes_is_annotated_and_one_unnamed_is_not(tmp_path):
    _, _, plan = planned(tmp_path, {"1.jpg": P, "2.jpg": P, "a.json": coco(annotations=[])})
    assert {n: d.annotated for n, d in drafts(plan).items()} == {"1.jpg": True, "2.jpg": False}


def test_a_name_in_coco_matches_and_never_opens(tmp_path):
    rows = [{"id": 1, "file_name": "../../etc/passwd"}, {"id": 2, "file_name": "/data/elsewhere/1.jpg"}]
    _, _, plan = planned(tmp_path, {"1.jpg": P, "a.json": coco(images=rows, annotations=[])})
    assert problem_codes(plan) == ["image_missing"]
    assert drafts(plan)["1.jpg"].annotated


def test_an_ambiguous_name_in_coco_matches_nothing(tmp_path):
    _, _, plan = planned(tmp_path, {"a/1.jpg": P, "b/1.jpg": P, "x.json": coco()})
    assert problem_codes(plan) == ["image_missing"]


@pytest.mark.parametrize(
    "box", [[1, 2, 0, 5], [1, 2, -3, 5], [1, 2, 3], "box", [1, 2, "3", 4], [True, 1, 2, 3], [1e300, 0, 1, 1]]
)
def test_a_bad_box_is_a_problem_and_the_rest_comes_in(tmp_path, box):
    rows = [{"id": i, "image_id": 7, "category_id": 3, "bbox": b} for i, b in enumerate([box, [1, 1, 2, 2]])]
    _, _, plan = planned(tmp_path, {"1.jpg": P, "a.json": coco(annotations=rows)})
    assert problem_codes(plan) == ["box_invalid"]
    assert len(drafts(plan)["1.jpg"].boxes) == 1


def test_a_polygon_without_a_box_gives_the_box_around_it(tmp_path):
    rows = [{"id": 1, "image_id": 7, "category_id": 3, "segmentation": [[1, 2, 11, 2, 6, 22]]}]
    _, _, plan = planned(tmp_path, {"1.jpg": P, "a.json": coco(annotations=rows)})
    assert [(b.x, b.y, b.w, b.h) for b in drafts(plan)["1.jpg"].boxes] == [(1, 2, 10, 20)]


def test_an_unknown_category_is_a_problem(tmp_path):
    rows = [{"id": 1, "image_id": 7, "category_id": 99, "bbox": [1, 1, 2, 2]}]
    _, _, plan = planned(tmp_path, {"1.jpg": P, "a.json": coco(annotations=rows)})
    assert problem_codes(plan) == ["category_unknown"]


@pytest.mark.parametrize(
    "damage", [b'{"images": [{}], "annotations": [', b'{"images": [],\n "annotations": ["']
)
def test_damaged_coco_is_said_with_its_place(tmp_path, damage):
    with pytest.raises(FormatMismatch, match="line"):
        planned(tmp_path, {"1.jpg": P, "a.json": damage}, "coco")


def test_what_is_no_json_in_coco_is_a_problem_of_its_row(tmp_path):
    damaged = (
        coco()
        .replace(b"10.5", b"NaN")
        .replace(b'"annotations": [', b'"annotations": [7, {"bbox": Infinity}, ')
    )
    _, _, plan = planned(tmp_path, {"1.jpg": P, "a.json": damaged})
    assert problem_codes(plan) == ["annotation_unreadable"] * 3
    assert drafts(plan)["1.jpg"].boxes == ()


def test_coco_tables_in_any_order_and_cut_off_keep_what_was_whole(tmp_path):
    document = json.loads(coco())
    turned = json.dumps({key: document[key] for key in ("annotations", "images", "categories")}).encode()
    _, _, plan = planned(tmp_path, {"1.jpg": P, "a.json": turned})
    assert len(drafts(plan)["1.jpg"].boxes) == 1
    cut = json.dumps({key: document[key] for key in ("categories", "images", "annotations")}).encode()[:-2]
    _, _, plan = planned(tmp_path, {"1.jpg": P, "a.json": cut})
    assert (len(drafts(plan)["1.jpg"].boxes), problem_codes(plan)) == (1, ["annotation_unreadable"])


def test_a_deep_json_does_not_break_the_reader(tmp_path):
    deep = b'{"images": [], "annotations": [], "categories": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    with pytest.raises(FormatMismatch):
        planned(tmp_path, {"1.jpg": P, "a.json": deep})


def test_a_second_coco_file_about_the_same_pictures_repeats_no_box(tmp_path):
    twice = [{"id": i, "image_id": 7, "category_id": 3, "bbox": [1, 2, 10.5, 20]} for i in (1, 2)]
    more = {"id": 9, "image_id": 7, "category_id": 3, "bbox": [5, 5, 6, 6], "keypoints": [1, 1, 2]}
    files = {
        "images/1.jpg": P,
        "annotations/instances_train.json": coco(annotations=twice),
        "annotations/person_keypoints_train.json": coco(annotations=[*twice, more]),
    }
    _, _, plan = planned(tmp_path, files)
    assert [b.x for b in drafts(plan)["images/1.jpg"].boxes] == [1, 1, 5]
    assert problem_codes(plan) == []
    assert [b.kind for b in drafts(plan)["images/1.jpg"].boxes] == ["box", "box", "keypoints"]


def test_cvat_files_and_open_images_tables_as_datumaro_writes_them(tmp_path):
    box = '<box label="a" xtl="1" ytl="1" xbr="9" ybr="9"/>'
    image = f'<annotations><image id="0" name="1.jpg" width="64" height="48">{box}</image></annotations>'
    _, _, plan = planned(tmp_path, {"images/1.jpg": P, "val.xml": image.encode()})
    assert drafts(plan)["images/1.jpg"].split == "val"
    table = b"ImageID,Source,LabelName,Confidence\n1,,cat,1.0\n"
    files = {"annotations/val-annotations-human-imagelabels.csv": table, "images/val/1.jpg": P}
    files["annotations/class-descriptions.csv"] = b"cat,Cat\ndog,Dog\n"
    _, _, plan = planned(tmp_path, files)
    draft = drafts(plan)["images/val/1.jpg"]
    assert (plan.classes, draft.label, draft.split) == (("Cat", "Dog"), "Cat", "val")
    assert problem_codes(plan) == []


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_packed_in_gbk_match_annotations_in_any_encoding(tmp_path, encoding):
    annotation = "<annotation><filename>小猫照片.jpg</filename><object><name>小猫照片</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
    annotation += "<xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>"
    packed = zipped({"aaaaaaaa.jpg": P, "zz.xml": annotation.encode(encoding)})
    content = packed.replace(b"aaaaaaaa.jpg", "小猫照片".encode("gbk") + b".jpg")
    tree = open_tree(saved(tmp_path, content), "upload.zip", tmp_path)
    plan = format_detected(tree, "auto").importer.plan(tree)
    assert [(d.name, d.boxes[0].label) for d in drafts(plan).values()] == [("小猫照片.jpg", "小猫照片")]


def test_planning_twice_gives_the_same_items(tmp_path):
    files = {f"{c}/{i}.jpg": P for c in "ba" for i in range(5)} | {"x.mp4": b"1"}
    assert planned(tmp_path, files)[2] == planned(tmp_path, files)[2]
