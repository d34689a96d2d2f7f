"""Odd rows, odd files and odd names: no label is lost without a word, and none is made up."""

import json

import pytest

from datasets.formats.base import NOTICES, Box, Draft, FormatMismatch, Member, Problem
from datasets.formats.decoding.wire import Decoded
from datasets.models import Task
from datasets.services.import_shapes import said_of
from tests.datasets.formats.trees import P, codes, drafts, planned, rows

ROW = "0 0.5 0.5 0.25 0.5\n"
MIDDLE = [("0", 24, 12, 16, 24)]


def places(plan, code):
    return [item.where for item in plan.items if isinstance(item, Problem) and item.code == code]


def yolo_files(count, odd, *, at=0, **extra):
    """`count` pictures with a good row each, an odd text first in one of them."""
    files = {f"{i:03}.jpg": P for i in range(count)} | {f"{i:03}.txt": ROW for i in range(count)}
    return files | {f"{at:03}.txt": odd} | extra


@pytest.mark.parametrize(
    "odd",
    [
        "0 nan 0.5 0.1 0.1\n",
        "-1 0.5 0.5 0.1 0.1\n",
        "# made by hand\n",
        "cat 0.5 0.5 0.1 0.1\n",
        "0.5 0.5 0.1 0.1\n",
        "0 1e308 0.5 0.1 0.1\n",
        "a photograph of two cats on a mat\n",
    ],
)
def test_one_odd_row_in_front_takes_no_label_from_the_others(tmp_path, odd):
    key, plan = planned(tmp_path, yolo_files(12, odd))
    found = drafts(plan)
    assert key == "yolo"
    assert all(rows(found[f"{i:03}.jpg"]) == MIDDLE for i in range(1, 12))
    assert places(plan, "image_row_unreadable") == ["000.txt:1"]
    assert not found["000.jpg"].annotated


def test_many_odd_files_in_front_decide_nothing_where_the_layout_says_yolo(tmp_path):
    files = {"data.yaml": "names: [cat]\n"}
    for i in range(40):
        files |= {f"images/{i:02}.jpg": P, f"labels/{i:02}.txt": "# empty\n" if i < 30 else ROW}
    key, plan = planned(tmp_path, files)
    assert key == "yolo"
    assert sum(len(draft.boxes) for draft in drafts(plan).values()) == 10
    assert codes(plan) == {"image_row_unreadable": 30}


def test_a_set_laid_out_as_yolo_with_rows_of_names_only_tells_every_row(tmp_path):
    files = {"images/1.jpg": P, "images/2.jpg": P, "labels/1.txt": "cat\n", "labels/2.txt": "dog on mat\n"}
    key, plan = planned(tmp_path, files)
    assert (key, codes(plan)) == ("yolo", {"image_row_unreadable": 2})


def test_pictures_of_class_folders_with_other_numbers_beside_them_keep_their_classes(tmp_path):
    files = {f"{name}/{i}.jpg": P for name in ("cat", "dog") for i in range(3)}
    files |= {name.replace(".jpg", ".txt"): "10 20 30 40\n" for name in files}
    key, plan = planned(tmp_path, files)
    assert (key, {draft.label for draft in drafts(plan).values()}) == ("folder_per_class", {"cat", "dog"})
    assert codes(plan) == {"annotations_not_understood": 6}


def test_odd_files_in_front_of_a_long_list_do_not_decide(tmp_path):
    files = {f"{i:04}.jpg": P for i in range(600)}
    files |= {f"{i:04}.txt": ROW if i > 199 else "a cat\n" for i in range(600)}
    assert planned(tmp_path, files)[0] == "yolo"


def test_captions_beside_pictures_are_no_yolo(tmp_path):
    files = {"1.jpg": P, "2.jpg": P, "1.txt": "a cat\n", "2.txt": "two dogs\n"}
    assert planned(tmp_path, files)[0] == "images"


@pytest.mark.parametrize("number", ["2.000e+00", "2.000000000000000000e+00", "2.0", "2.", "2"])
def test_class_numbers_as_numpy_writes_them_are_whole(tmp_path, number):
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": f"{number} .5 .5 .25 .5\n", "classes.txt": "a\nb\nc\n"})
    assert rows(drafts(plan)["1.jpg"]) == [("c", 24, 12, 16, 24)]
    assert codes(plan) == {}


@pytest.mark.parametrize("number", ["1.5", "1_0", "inf", "-1", "٣"])
def test_what_is_no_whole_number_is_no_class(tmp_path, number):
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": f"{ROW}{number} .5 .5 .25 .5\n"})
    assert rows(drafts(plan)["1.jpg"]) == MIDDLE
    assert places(plan, "image_row_unreadable") == ["1.txt:2"]


def test_a_blank_line_or_a_background_keeps_its_place_in_a_list_of_classes(tmp_path):
    yolo = {"1.jpg": P, "1.txt": ROW.replace("0 ", "3 ", 1), "classes.txt": "_background_\n\na\nb\n"}
    key, plan = planned(tmp_path, yolo)
    assert (key, rows(drafts(plan)["1.jpg"])) == ("yolo", [("b", 24, 12, 16, 24)])
    assert plan.classes == ("_background_", "a", "b")
    listed = {
        "a.jpg": P,
        "b.jpg": P,
        "train.txt": "a.jpg 3\nb.jpg 1\n",
        "classes.txt": "__ignore__\n\nx\ny\n",
    }
    key, plan = planned(tmp_path, listed)
    assert (key, [draft.label for draft in drafts(plan).values()]) == ("imagenet_list", ["y", None])
    assert codes(plan) == {"category_unknown": 1}


def test_a_class_number_whose_line_is_blank_is_a_problem(tmp_path):
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": ROW.replace("0 ", "1 ", 1), "classes.txt": "a\n\nb\n"})
    assert codes(plan) == {"category_unknown": 1}
    assert not drafts(plan)["1.jpg"].annotated


def test_labelme_lists_no_background(tmp_path):
    document = {"shapes": [], "imagePath": "1.jpg", "flags": {}}
    files = {"1.jpg": P, "1.json": json.dumps(document), "labels.txt": "__ignore__\n_background_\ncat\n"}
    key, plan = planned(tmp_path, files)
    assert (key, plan.classes) == ("labelme", ("cat",))


@pytest.mark.parametrize("key", ["9" * 5_000, "first", "-1"])
def test_a_key_of_names_that_is_no_number_is_a_problem_and_never_a_crash(tmp_path, key):
    files = {"1.jpg": P, "1.txt": ROW, "data.yaml": f"names:\n  ? {key}\n  : cat\n  0: dog\n"}
    _, plan = planned(tmp_path, files)
    assert drafts(plan)["1.jpg"].boxes[0].label == "dog"
    assert codes(plan) == {"category_unreadable": 1}


def test_a_text_that_several_pictures_could_own_is_a_problem(tmp_path):
    _, plan = planned(tmp_path, {"a.jpg": P, "a.png": P, "a.txt": ROW, "b.jpg": P, "b.txt": ROW})
    assert places(plan, "image_missing") == ["a.txt"]
    assert rows(drafts(plan)["b.jpg"]) == MIDDLE


@pytest.mark.parametrize("tail", ["0.93 17", "0.93 1", "1 204"])
def test_rows_of_a_tracker_are_boxes_and_no_triangles(tmp_path, tail):
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": f"0 0.5 0.5 0.25 0.5 {tail}\n"})
    assert rows(drafts(plan)["1.jpg"]) == MIDDLE
    assert codes(plan) == {"details_dropped": 1, "class_names_missing": 1}


def test_a_triangle_stays_an_outline(tmp_path):
    text = "0 0.25 0.25 0.75 0.25 0.5 0.75\n0 0.25 0.25 0.75 0.25 0.5 1\n"
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": text})
    assert rows(drafts(plan)["1.jpg"]) == [("0", 16, 12, 32, 24), ("0", 16, 12, 32, 36)]


def test_every_number_of_an_outline_is_checked(tmp_path):
    text = f"{ROW}0 0.1 0.1 0.5 0.1 0.5 0.5 320 200\n"
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": text})
    assert rows(drafts(plan)["1.jpg"]) == MIDDLE
    assert places(plan, "box_invalid") == ["1.txt:2"]


def test_a_picture_whose_every_mark_was_rejected_is_not_looked_at_and_empty(tmp_path):
    from tests.datasets.formats.test_hostile_annotations import FILES

    for key, (name, make) in FILES.items():
        suffix = name.rpartition(".")[2]
        plan = planned(tmp_path, {"1.jpg": P, f"1.{suffix}": make()}, key)[1]
        assert drafts(plan)["1.jpg"].annotated, key
        if key == "open_images":
            files = {"1.jpg": P, name: make("7")}
        else:
            files = {"1.jpg": P, f"1.{suffix}": make('"x"' if suffix == "json" else "x")}
        plan = planned(tmp_path, files, key)[1]
        assert codes(plan), key
        assert not drafts(plan)["1.jpg"].annotated, key


def test_a_picture_listed_without_a_mark_stays_looked_at(tmp_path):
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": "", "2.jpg": P, "2.txt": ROW, "classes.txt": "a\n"})
    assert drafts(plan)["1.jpg"].annotated


def test_a_damaged_row_of_coco_may_have_been_of_any_picture_without_boxes(tmp_path):
    images = [{"id": at, "file_name": f"{at}.jpg", "width": 64, "height": 48} for at in range(2)]
    whole = {"id": 2, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}
    broken = json.dumps({"id": 1, "image_id": 0, "category_id": 1, "bbox": [float("nan"), 1, 2, 3]})
    for rows_said, is_labeled in (([json.dumps(whole)], True), ([broken, json.dumps(whole)], False)):
        said = f'{{"images": {json.dumps(images)}, "annotations": [{", ".join(rows_said)}], '
        said += '"categories": [{"id": 1, "name": "cat"}]}'
        _, plan = planned(tmp_path, {"0.jpg": P, "1.jpg": P, "instances.json": said}, "coco")
        assert ("annotation_unreadable" in codes(plan)) is not is_labeled
        kept = [drafts(plan)[name].annotated for name in ("0.jpg", "1.jpg")]
        assert kept == [is_labeled, True]


@pytest.mark.parametrize(
    ("boxes", "is_labeled", "problems"),
    [
        ((), True, 0),
        ((Box("a", 500, 500, 9, 9),), False, 1),
        ((Box("a", 500, 500, 9, 9), Box("a", 1, 1, 9, 9)), True, 1),
    ],
)
def test_boxes_that_all_lie_outside_leave_the_picture_unlabeled(boxes, is_labeled, problems):
    draft = Draft(Member(0, "1.jpg", 9), "1.jpg", boxes=boxes, annotated=True)
    decoded = Decoded("image/jpeg", 64, 48, "RGB", 1, 1, 0, b"")
    said = said_of(draft, decoded, task=Task.OBJECT_DETECTION, ids={"a": "1"})
    assert (said.is_labeled, len(said.problems)) == (is_labeled, problems)


ODD = {
    "custom.json": '{"1.jpg": {"what": "cat"}}',
    "custom.xml": "<data><picture name='1.jpg'/></data>",
    "boxes.csv": "filename,xmin,ymin,xmax,ymax,class\n1.jpg,1,1,9,9,cat\n2.jpg,1,1,9,9,dog\n",
    "1.txt": "a cat on a mat\n",
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("folders", [("", ""), ("cat/", "dog/")])
def test_a_file_like_annotations_that_nobody_reads_is_told_and_stops_nothing(tmp_path, name, folders):
    files = {f"{folders[0]}1.jpg": P, f"{folders[1]}2.jpg": P, name: ODD[name], "README.txt": "hello"}
    key, plan = planned(tmp_path, files)
    assert key == ("folder_per_class" if folders[0] else "images")
    told = [item for item in plan.items if isinstance(item, Problem)]
    assert [(p.code, p.where, p.count) for p in told] == [("annotations_not_understood", name, 1)]
    assert name in told[0].detail
    assert "by hand" in told[0].detail
    assert told[0].code in NOTICES


@pytest.mark.parametrize("name", ["metadata.csv", "_classes.csv", "classes.json", "labels.txt", "names.csv"])
def test_a_table_of_classes_that_is_not_understood_is_told(tmp_path, name):
    files = {"1.jpg": P, "2.jpg": P, name: "filename,cat,dog\n1.jpg,1,0\n2.jpg,0,1\n"}
    assert places(planned(tmp_path, files)[1], "annotations_not_understood") == [name]


def test_files_nobody_understands_are_one_finding_with_their_number(tmp_path):
    files = {f"{i}.jpg": P for i in range(9)} | {f"{i}.json": "{}" for i in range(9)}
    assert codes(planned(tmp_path, files)[1]) == {"annotations_not_understood": 9}
    assert sum(isinstance(item, Problem) for item in planned(tmp_path, files)[1].items) == 1


def test_what_says_nothing_of_a_picture_is_no_finding(tmp_path):
    names = ("LICENSE.txt", "README.dataset.txt", "classes.txt", "dataset-metadata.json", "notes.md")
    files = {"cat/1.jpg": P, "dog/2.jpg": P, **dict.fromkeys(names, "x")}
    files["labels.csv"] = "file,label\ncat/1.jpg,cat\ndog/2.jpg,dog\n"
    assert codes(planned(tmp_path, files)[1]) == {}


@pytest.mark.parametrize("name", ["z/instances_train.json", "z/deep/data.json", "zz.json"])
def test_annotations_behind_many_other_files_are_found(tmp_path, name):
    from tests.datasets.formats.test_hostile_annotations import coco_of

    files = {"1.jpg": P} | {f"a/{i:03}.json": '{"camera": 1}' for i in range(100)}
    key, plan = planned(tmp_path, files | {name: coco_of()})
    assert (key, len(drafts(plan)["1.jpg"].boxes)) == ("coco", 1)


def test_an_xml_behind_many_other_files_is_found(tmp_path):
    from tests.datasets.formats.test_hostile_annotations import cvat_of

    files = {"1.jpg": P} | {f"a/{i:03}.xml": "<camera/>" for i in range(100)}
    assert planned(tmp_path, files | {"b/annotations.xml": cvat_of()})[0] == "cvat"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_json_in_wide_encodings_is_recognized(tmp_path, encoding):
    from tests.datasets.formats.test_hostile_annotations import FILES, JSONS

    for wanted in JSONS:
        name, make = FILES[wanted]
        key, plan = planned(tmp_path, {"1.jpg": P, name: make().encode(encoding)})
        assert (key, len(drafts(plan)["1.jpg"].boxes)) == (wanted, 1)


@pytest.mark.parametrize(
    "header", ["image,breed", "id,breed", "name,kind", "id,name", "bild,rasse", "breed,image"]
)
def test_a_header_whose_class_column_has_another_name_is_no_row(tmp_path, header):
    lines = [("1.jpg", "cat"), ("2.jpg", "dog")]
    turn = -1 if header == "breed,image" else 1
    table = "\n".join([header, *(",".join(line[::turn]) for line in lines)])
    key, plan = planned(tmp_path, {"1.jpg": P, "2.jpg": P, "t.csv": table})
    assert (key, plan.classes) == ("csv", ("cat", "dog"))
    assert [draft.label for draft in drafts(plan).values()] == ["cat", "dog"]
    assert codes(plan) == {}


def test_a_table_of_boxes_beside_one_of_classes_is_told(tmp_path):
    boxes = "file,xmin,ymin,xmax,ymax,label\n1.jpg,1,1,9,9,cat\n"
    files = {"1.jpg": P, "classes.csv": "file,label\n1.jpg,cat\n", "boxes.csv": boxes, "readme.csv": "a\n"}
    key, plan = planned(tmp_path, files)
    assert (key, drafts(plan)["1.jpg"].label) == ("csv", "cat")
    assert places(plan, "annotations_not_understood") == ["boxes.csv"]
    assert codes(plan) == {"annotations_not_understood": 1}


@pytest.mark.parametrize(
    "table",
    [
        "image,cat,dog\n1.jpg,1,0\n2.jpg,0,1\n",
        "image,caption\n1.jpg,a cat on a mat\n2.jpg,two dogs\n",
        "image,split\n1.jpg,train\n2.jpg,val\n",
        "filename,size\n1.jpg,123\n2.jpg,456\n",
        "bild,katze,hund\n1.jpg,1,0\n2.jpg,0,1\n",
    ],
)
def test_columns_that_are_no_class_make_up_none(tmp_path, table):
    key, plan = planned(tmp_path, {"1.jpg": P, "2.jpg": P, "t.csv": table})
    assert (key, codes(plan)) == ("images", {"annotations_not_understood": 1})


@pytest.mark.parametrize(
    "table", ["1.jpg,name\n2.jpg,image\n", "image,name\nimage2,dog\n1.jpg,cat\n2.jpg,cat"]
)
def test_a_class_or_a_picture_called_like_a_column_is_read(tmp_path, table):
    files = {"1.jpg": P, "2.jpg": P, "image.jpg": P, "image2.jpg": P, "t.csv": table}
    key, plan = planned(tmp_path, files)
    assert key == "csv"
    assert sum(draft.label is not None for draft in drafts(plan).values()) == (
        2 if "image2" not in table else 3
    )


def test_a_class_column_of_another_name_beside_a_split_is_found(tmp_path):
    table = "id,image,breed,split\n1,a.jpg,cat,val\n2,b.jpg,dog,train\n"
    key, plan = planned(tmp_path, {"a.jpg": P, "b.jpg": P, "t.csv": table})
    assert (key, [(d.label, d.split) for d in drafts(plan).values()]) == (
        "csv",
        [("cat", "val"), ("dog", "train")],
    )


@pytest.mark.parametrize(
    "sides", ["xmin,ymin,xmax,ymax", "x1,y1,x2,y2", "x,y,w,h", "X_Min,Y_Min,X_Max,Y_Max"]
)
def test_a_table_of_boxes_is_no_table_of_classes(tmp_path, sides):
    table = f"filename,{sides},class\n1.jpg,1,1,9,9,cat\n2.jpg,1,1,9,9,dog\n"
    key, plan = planned(tmp_path, {"1.jpg": P, "2.jpg": P, "t.csv": table})
    assert (key, codes(plan)) == ("images", {"annotations_not_understood": 1})
    with pytest.raises(FormatMismatch, match="boxes"):
        planned(tmp_path, {"1.jpg": P, "t.csv": table}, "csv")


def test_many_problems_are_kept_as_few_with_their_number(tmp_path):
    many = 5_000
    text = ROW + "0 320 200 9 9\n" * many + "cat\n" * 7
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": text, "2.jpg": P, "2.txt": "0 9 9 9 9\n" * 3 + ROW})
    told = [item for item in plan.items if isinstance(item, Problem) and item.code != "class_names_missing"]
    assert len(told) == 1_000 + 3
    assert codes(plan) | {"class_names_missing": 0} == {
        "box_invalid": many + 3,
        "image_row_unreadable": 7,
        "class_names_missing": 0,
    }
    assert [(p.where, p.count) for p in told[-3:]] == [
        ("1.txt:1002", many - 1_000),
        (f"1.txt:{many + 2}", 7),
        ("2.txt:1", 3),
    ]


def test_a_missing_picture_is_told_once(tmp_path):
    table = "file,label\n1.jpg,cat\n2.jpg,cat\n" + "gone.jpg,cat\n" * 2 + "1.jpg,cat\n"
    _, plan = planned(tmp_path, {"1.jpg": P, "2.jpg": P, "t.csv": table})
    assert codes(plan) == {"image_missing": 1}


@pytest.mark.parametrize(
    ("key", "name", "content"),
    [
        ("coco", "deep/a.json", '{"images": [], "annotations": [, "categories": {}'),
        ("pascal_voc", "deep/1.xml", "<annotation><object>"),
        ("cvat", "deep/a.xml", "<annotations><image name='1"),
        ("labelme", "deep/1.json", '{"shapes": [}'),
        ("label_studio", "deep/a.json", '[{"data": {"image": '),
        ("open_images", "deep/a.csv", 'ImageID,LabelName,Confidence\n"open'),
        ("yolo", "deep/1.txt", b"\x81"),
    ],
)
def test_a_refusal_names_the_file_and_what_to_do(tmp_path, key, name, content):
    if key == "open_images":
        _, plan = planned(tmp_path, {"1.jpg": P, name: content}, key)
        told = next(item for item in plan.items if isinstance(item, Problem))
        assert (told.code, told.where) == ("annotation_unreadable", name)
        assert "; " in told.detail
        return
    with pytest.raises(FormatMismatch) as refusal:
        planned(tmp_path, {"1.jpg": P, name: content}, key)
    assert name in refusal.value.detail
    assert "again" in refusal.value.detail
