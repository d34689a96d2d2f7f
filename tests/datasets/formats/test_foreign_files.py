"""Layouts as other tools write them, each typed here by hand from the tool's documentation."""

import json

import pytest

from tests.datasets.formats.trees import P, codes, drafts, planned, rows

VOC = """<?xml version="1.0" encoding="{encoding}"?>
<annotation verified="yes">
  <folder>other</folder><filename>{name}</filename><path>C:\\\\data\\{name}</path>
  <size><width>64</width><height>48</height><depth>3</depth></size>
  <object><name>{label}</name><pose>Left</pose><truncated>0</truncated><difficult>0</difficult>
    <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>11.5</xmax><ymax>22</ymax></bndbox></object>
</annotation>"""


def voc(name="1.jpg", label="cat", encoding="utf-8"):
    return VOC.format(name=name, label=label, encoding=encoding).encode(encoding)


def test_voc_devkit_with_image_sets(tmp_path):
    root = "VOCdevkit/VOC2007"
    key, plan = planned(
        tmp_path,
        {
            f"{root}/JPEGImages/000001.jpg": P,
            f"{root}/JPEGImages/000002.jpg": P,
            f"{root}/Annotations/000001.xml": voc("000001.jpg"),
            f"{root}/Annotations/000002.xml": voc("000002.jpg", "dog"),
            f"{root}/ImageSets/Main/train.txt": "000001\n",
            f"{root}/ImageSets/Main/val.txt": "000002\n",
            f"{root}/ImageSets/Main/cat_train.txt": "000001  1\n000002 -1\n",
        },
    )
    found = drafts(plan)
    assert key == "pascal_voc"
    assert rows(found[f"{root}/JPEGImages/000001.jpg"]) == [("cat", 1, 2, 10.5, 20)]
    assert [d.split for d in found.values()] == ["train", "val"]
    assert found[f"{root}/JPEGImages/000001.jpg"].stated_size == (64, 48)
    assert codes(plan) == {}


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16", "gb2312"])
def test_voc_in_chinese_encodings_and_with_a_stale_file_name(tmp_path, encoding):
    _, plan = planned(tmp_path, {"图/猫.jpg": P, "图/猫.xml": voc("旧名.jpg", "猫", encoding)})
    assert rows(drafts(plan)["图/猫.jpg"]) == [("猫", 1, 2, 10.5, 20)]
    assert plan.classes == ("猫",)


def test_voc_outlines_parts_and_difficult_objects_are_told(tmp_path):
    body = """<annotation><filename>1.jpg</filename>
      <object><name>a</name><polygon><x1>1</x1><y1>1</y1><x2>9</x2><y2>1</y2><x3>5</x3><y3>6</y3></polygon></object>
      <object><name>a</name><difficult>1</difficult><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>2</xmax><ymax>2</ymax>
      </bndbox></object><object><name>a</name></object></annotation>"""
    _, plan = planned(tmp_path, {"1.jpg": P, "1.xml": body})
    assert rows(drafts(plan)["1.jpg"]) == [("a", 1, 1, 8, 5), ("a", 0, 0, 2, 2)]
    assert [box.kind for box in drafts(plan)["1.jpg"].boxes] == ["polygon", "box"]
    assert codes(plan) == {"details_dropped": 1, "shape_unsupported": 1}


YAML = "path: ../datasets/pets\ntrain: images/train\nval: images/val\nnames:\n  0: cat\n  1: 'no'\n  2: 狗\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_yolo_of_ultralytics(tmp_path, encoding):
    key, plan = planned(
        tmp_path,
        {
            "pets/data.yaml": YAML.encode(encoding),
            "pets/images/train/1.jpg": P,
            "pets/images/val/1.jpg": P,
            "pets/images/val/2.jpg": P,
            "pets/labels/train/1.txt": "0 0.5 0.5 0.25 0.5\r\n2 0.25 0.25 0.5 0.5\r\n",
            "pets/labels/val/1.txt": "",
        },
    )
    found = drafts(plan)
    assert (key, plan.classes) == ("yolo", ("cat", "no", "狗"))
    assert rows(found["pets/images/train/1.jpg"]) == [("cat", 24, 12, 16, 24), ("狗", 0, 0, 32, 24)]
    assert [(d.split, d.annotated) for d in found.values()] == [
        ("train", True),
        ("val", True),
        ("val", False),
    ]
    assert codes(plan) == {}


def test_yolo_of_roboflow_with_folders_per_split_and_a_list_of_names(tmp_path):
    files = {"data.yaml": "train: ../train/images\nval: ../valid/images\nnc: 2\nnames: ['a', 'b']\n"}
    for folder in ("train", "valid", "test"):
        files |= {f"{folder}/images/x.jpg": P, f"{folder}/labels/x.txt": "1 0.5 0.5 1 1\n"}
    _, plan = planned(tmp_path, files)
    assert [d.split for d in drafts(plan).values()] == ["train", "val", "test"]
    assert all(rows(d) == [("b", 0, 0, 64, 48)] for d in drafts(plan).values())


def test_yolo_of_darknet_and_cvat_with_lists(tmp_path):
    key, plan = planned(
        tmp_path,
        {
            "obj.data": "classes = 2\ntrain = data/train.txt\nvalid = data/valid.txt\nnames = data/obj.names\n",
            "obj.names": "人\n车\n",
            "train.txt": "data/obj_train_data/a.jpg\n",
            "valid.txt": "data/obj_train_data/b.jpg\n",
            "obj_train_data/a.jpg": P,
            "obj_train_data/a.txt": "1 0.5 0.5 0.5 0.5\n",
            "obj_train_data/b.jpg": P,
            "obj_train_data/b.txt": "0 0.5 0.5 0.5 0.5\n",
        },
    )
    found = drafts(plan)
    assert (key, plan.classes) == ("yolo", ("人", "车"))
    assert [(d.split, d.boxes[0].label) for d in found.values()] == [("train", "车"), ("val", "人")]


def test_yolo_with_folders_that_only_the_yaml_explains(tmp_path):
    files = {
        "data.yaml": "train: sets/one/images\nval: [sets/two/images]\nnames: {0: a}\n",
        "sets/one/images/1.jpg": P,
        "sets/one/labels/1.txt": "0 .5 .5 .5 .5",
        "sets/two/images/1.jpg": P,
        "sets/two/labels/1.txt": "0 .5 .5 .25 .25",
    }
    _, plan = planned(tmp_path, files)
    assert [(d.split, rows(d)[0][3]) for d in drafts(plan).values()] == [("train", 32), ("val", 16)]


def test_yolo_outlines_scores_and_nameless_classes_are_told(tmp_path):
    text = "0 0.25 0.25 0.75 0.25 0.5 0.75\n3 0.5 0.5 0.5 0.5 0.93\n"
    _, plan = planned(tmp_path, {"1.jpg": P, "1.txt": text, "classes.yaml": "nothing: here\n"})
    assert rows(drafts(plan)["1.jpg"]) == [("0", 16, 12, 32, 24), ("3", 16, 12, 32, 24)]
    assert [box.kind for box in drafts(plan)["1.jpg"].boxes] == ["polygon", "box"]
    assert codes(plan) == {"details_dropped": 1, "class_names_missing": 2}


def test_yolo_key_points_are_no_outline(tmp_path):
    files = {"1.jpg": P, "1.txt": "0 0.5 0.5 0.5 0.5 0.1 0.9 2 0.2 0.8 2\n"}
    files["pose.yaml"] = "kpt_shape: [2, 3]\nnames: [person]\n"
    _, plan = planned(tmp_path, files)
    assert rows(drafts(plan)["1.jpg"]) == [("person", 16, 12, 32, 24)]
    (box,) = drafts(plan)["1.jpg"].boxes_px(64, 48)
    assert (box.kind, box.form.value[0][2], codes(plan)) == ("keypoints", 2, {})
    assert box.form.value[0][:2] == pytest.approx((6.4, 43.2))


CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version>
<meta><task><id>4</id><name>t</name><labels>
  <label><name>dog</name><color>#fa3253</color><attributes><attribute><name>age</name></attribute></attributes></label>
  <label><name>cat</name></label></labels></task></meta>
<image id="0" name="1.jpg" subset="Validation" width="64" height="48">
  <box label="cat" source="manual" occluded="1" xtl="1.5" ytl="2" xbr="11.5" ybr="22" z_order="0">
    <attribute name="age">3</attribute></box>
  <box label="dog" xtl="10" ytl="10" xbr="30" ybr="20" rotation="90"></box>
  <polygon label="dog" points="1.00,2.00;11.00,2.00;6.00,22.00"></polygon>
  <mask label="dog" rle="2, 3" left="4" top="5" width="6" height="7"></mask>
  <ellipse label="dog" cx="20" cy="20" rx="5" ry="4"></ellipse>
  <points label="dog" points="1,1"></points>
</image>
<image id="1" name="sub/2.jpg" width="64" height="48"><tag label="cat"></tag></image>
<track id="0" label="cat"></track>
</annotations>"""


def test_cvat_for_images(tmp_path):
    key, plan = planned(tmp_path, {"annotations.xml": CVAT, "images/1.jpg": P, "images/sub/2.jpg": P})
    found = drafts(plan)
    assert (key, plan.classes) == ("cvat", ("dog", "cat"))
    assert rows(found["images/1.jpg"]) == [
        ("cat", 1.5, 2, 10, 20),
        ("dog", 15, 5, 10, 20),
        ("dog", 1, 2, 10, 20),
        ("dog", 4, 5, 6, 7),
        ("dog", 15, 16, 10, 8),
        ("dog", 1, 1, 0, 0),
    ]
    kinds = [box.kind for box in found["images/1.jpg"].boxes]
    # The runs of the mask do not fill its box, so that only the box is left.
    assert kinds == ["box", "rotated_box", "polygon", "box", "polygon", "keypoints"]
    assert found["images/1.jpg"].boxes[0].attributes == (("age", "3"), ("occluded", "1"))
    assert (found["images/1.jpg"].split, found["images/sub/2.jpg"].label) == ("val", "cat")
    assert codes(plan) == {"geometry_reduced": 1, "curve_approximated": 1, "shape_unsupported": 1}


def labelme(shapes, **changes):
    document = {"version": "5.4.1", "flags": {}, "shapes": shapes, "imagePath": "..\\imgs\\1.jpg"}
    return json.dumps(document | {"imageData": None, "imageHeight": 48, "imageWidth": 64} | changes)


def test_labelme_shapes(tmp_path):
    kinds = {
        "rectangle": [[11, 22], [1, 2]],
        "polygon": [[1, 1], [9, 1], [5, 6]],
        "circle": [[10, 10], [13, 14]],
        "line": [[1, 1], [2, 2]],
    }
    shapes = [{"label": "猫", "points": points, "shape_type": kind} for kind, points in kinds.items()]
    shapes[0]["group_id"] = 3
    key, plan = planned(tmp_path, {"imgs/1.jpg": P, "json/a.json": labelme(shapes).encode("gbk")})
    assert key == "labelme"
    assert rows(drafts(plan)["imgs/1.jpg"]) == [
        ("猫", 1, 2, 10, 20),
        ("猫", 1, 1, 8, 5),
        ("猫", 5, 5, 10, 10),
        ("猫", 1, 1, 1, 1),
    ]
    boxes = drafts(plan)["imgs/1.jpg"].boxes
    assert [box.kind for box in boxes] == ["box", "polygon", "polygon", "polyline"]
    assert boxes[0].attributes == (("group_id", "3"),)
    assert codes(plan) == {"curve_approximated": 1}


def test_labelme_flags_are_classes_and_embedded_pictures_are_asked_for(tmp_path):
    files = {
        "1.jpg": P,
        "1.json": labelme([], imagePath="gone.jpg", flags={"good": False, "bad": True}),
        "2.json": labelme([], imagePath="2.jpg", imageData="/9j/4AAQ"),
    }
    _, plan = planned(tmp_path, files)
    assert (drafts(plan)["1.jpg"].label, plan.classes) == ("bad", ("good", "bad"))
    assert codes(plan) == {"image_missing": 1}


def rectangle(label="cat", **value):
    corners = {"x": 25, "y": 50, "width": 25, "height": 25, "rotation": 0}
    return {
        "original_width": 64,
        "original_height": 48,
        "image_rotation": 0,
        "type": "rectanglelabels",
        "value": corners | {"rectanglelabels": [label]} | value,
    }


def task(image="/data/upload/3/1a2b3c4d-1.jpg", results=(), **changes):
    said = {"id": 9, "completed_by": 1, "created_at": "2026-01-01T00:00:00Z", "result": list(results)}
    return {"id": 7, "annotations": [said], "data": {"image": image}, "predictions": []} | changes


@pytest.mark.parametrize(
    "image",
    [
        "/data/upload/3/1a2b3c4d-my%20pic.jpg",
        "/data/local-files/?d=dir/my%20pic.jpg",
        "s3://bucket/a/my pic.jpg",
        "https://host/x/my%20pic.jpg?token=1",
    ],
)
def test_label_studio_finds_pictures_by_any_address(tmp_path, image):
    document = [task(image, [rectangle()])]
    key, plan = planned(tmp_path, {"dir/my pic.jpg": P, "project-1.json": json.dumps(document)})
    assert key == "label_studio"
    assert rows(drafts(plan)["dir/my pic.jpg"]) == [("cat", 16, 24, 16, 12)]
    assert codes(plan) == {}


def test_label_studio_annotations_choices_and_what_is_not_kept(tmp_path):
    whole = {"type": "choices", "value": {"choices": ["good"]}}
    brush = {"type": "brushlabels", "value": {"format": "rle", "rle": [1], "brushlabels": ["cat"]}}
    triangle = {"points": [[0, 0], [50, 0], [0, 50]], "polygonlabels": ["dog"]}
    outline = rectangle() | {"type": "polygonlabels", "value": triangle}
    cancelled = {"was_cancelled": True, "result": [rectangle("wrong")]}
    second = {"result": [rectangle("second")]}
    best = {"ground_truth": True, "result": [rectangle(rotation=90), outline, brush]}
    document = [
        task("1.jpg", annotations=[cancelled, second, best], predictions=[{"result": []}]),
        task("2.jpg", [whole]),
        task("3.jpg", annotations=[]),
    ]
    _, plan = planned(tmp_path, {"1.jpg": P, "2.jpg": P, "3.jpg": P, "a.json": json.dumps(document)})
    found = drafts(plan)
    # Turned by 90 degrees around its own corner (16, 24): 12 px to the left, 16 px down.
    assert rows(found["1.jpg"]) == [("cat", 4, 24, 12, 16), ("dog", 0, 0, 32, 24)]
    assert (found["2.jpg"].label, found["3.jpg"].annotated) == ("good", False)
    assert [box.kind for box in found["1.jpg"].boxes] == ["rotated_box", "polygon"]
    assert codes(plan) == {"details_dropped": 1, "further_annotations": 1, "shape_invalid": 1}


def test_label_studio_json_min(tmp_path):
    corners = rectangle()["value"]
    sized = corners | {"original_width": 64, "original_height": 48}
    document = [
        {"id": 1, "image": "/data/upload/1.jpg", "label": [sized], "annotator": 1},
        {"id": 2, "image": "2.jpg", "choice": "good"},
        {"id": 3, "image": "3.jpg", "label": [corners]},
    ]
    files = {f"{i}.jpg": P for i in (1, 2, 3)} | {"min.json": json.dumps(document)}
    _, plan = planned(tmp_path, files)
    found = drafts(plan)
    assert rows(found["1.jpg"]) == rows(found["3.jpg"]) == [("cat", 16, 24, 16, 12)]
    assert (found["2.jpg"].label, found["3.jpg"].is_relative) == ("good", True)


OI = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\n"


def test_open_images_boxes_and_descriptions(tmp_path):
    table = OI + "0001eeaf4aed83f9,xclick,/m/0cmf2,1,0.25,0.5,0.5,0.75,0,0,1,0,0\n"
    key, plan = planned(
        tmp_path,
        {
            "train/0001eeaf4aed83f9.jpg": P,
            "validation/00.jpg": P,
            "oidv6-train-annotations-bbox.csv": table,
            "validation-annotations-bbox.csv": OI + "00,xclick,/m/0cmf2,1,0,1,0,1,0,0,0,0,0\n",
            "class-descriptions-boxable.csv": '/m/011k07,Tortoise\n/m/0cmf2,"Airplane, big"\n',
        },
    )
    found = drafts(plan)
    assert (key, plan.classes) == ("open_images", ("Tortoise", "Airplane, big"))
    assert rows(found["train/0001eeaf4aed83f9.jpg"]) == [("Airplane, big", 16, 24, 16, 12)]
    assert [d.split for d in found.values()] == ["train", "val"]
    assert codes(plan) == {"details_dropped": 1}


@pytest.mark.parametrize(
    ("lists", "classes"),
    [
        ({"train.txt": "pics/a.jpg 1\npics/b c.jpg 0\n", "classes.txt": "cat\ndog\n"}, ["dog", "cat"]),
        ({"train_list.txt": "pics/a.jpg\tbig dog\npics/b c.jpg\tcat\n"}, ["big dog", "cat"]),
        ({"train.txt": 'pics/a.jpg 1\n"pics/b c.jpg" 0\n', "synsets.txt": "cat\ndog\n"}, ["dog", "cat"]),
        ({"val.txt": "./pics/a.jpg n01\r\n.\\pics\\b c.jpg n02\r\n"}, ["n01", "n02"]),
    ],
)
def test_lists_of_paths_and_classes(tmp_path, lists, classes):
    key, plan = planned(tmp_path, {"pics/a.jpg": P, "pics/b c.jpg": P} | lists)
    assert key == "imagenet_list"
    assert [d.label for d in drafts(plan).values()] == classes
    assert {d.split for d in drafts(plan).values()} == {"val" if "val.txt" in lists else "train"}
    assert codes(plan) == {}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_with_any_header_separator_and_encoding(tmp_path, encoding, separator):
    lines = [
        ("类别", "文件名", "划分"),
        ("狗", "1.jpg", "验证"),
        ("cat", "2", ""),
        ("cat", "gone.jpg", ""),
        ("x",),
    ]
    text = "\r\n".join(separator.join(line) for line in lines)
    key, plan = planned(tmp_path, {"pics/1.jpg": P, "pics/2.jpg": P, "list.csv": text.encode(encoding)})
    assert key == "csv"
    assert [(d.label, d.split) for d in drafts(plan).values()] == [("狗", "val"), ("cat", "")]
    assert codes(plan) == {"image_missing": 1, "image_row_unreadable": 1}


def test_csv_without_a_header_and_with_two_answers_for_one_picture(tmp_path):
    text = "1.jpg,cat\n2.jpg,dog\n2.jpg,cat\n"
    key, plan = planned(tmp_path, {"1.jpg": P, "2.jpg": P, "train.csv": text})
    assert key == "csv"
    assert [(d.label, d.split) for d in drafts(plan).values()] == [("cat", "train"), (None, "train")]
    # Whether that is one too many is for the task to say.
    assert [d.labels for d in drafts(plan).values()] == [("cat",), ("dog", "cat")]


def test_a_csv_that_repeats_the_folders_leaves_them_the_word(tmp_path):
    files = {"cat/1.jpg": P, "dog/2.jpg": P, "labels.csv": "file,label\ncat/1.jpg,cat\ndog/2.jpg,dog\n"}
    key, plan = planned(tmp_path, files)
    assert (key, plan.classes) == ("folder_per_class", ("cat", "dog"))


def test_every_annotation_file_is_read_however_many_there_are(tmp_path):
    from tests.datasets.formats.test_hostile_annotations import FILES, JSONS

    for key in (*JSONS, "cvat", "open_images"):
        name, make = FILES[key]
        suffix = name.rpartition(".")[2]
        files = {}
        for i in range(20):
            stated = f'"{i}.jpg"' if key in JSONS else f"{i}.jpg" if key == "cvat" else str(i)
            files |= {f"{i}.jpg": P, f"part-{i}.{suffix}": make(name=stated)}
        found, plan = planned(tmp_path, files)
        assert found == key
        assert all(draft.annotated for draft in drafts(plan).values())
