"""Annotation files made to hurt: each is refused or reported, quickly, and the pictures come in."""

import json
import time

import pytest

from datasets.formats.base import Draft, FormatMismatch
from datasets.formats.jsonfiles import (
    JsonRefused,
    json_elements,
    json_parsed,
    json_spans,
    json_utf8,
    json_value,
)
from datasets.formats.matching import PictureIndex
from datasets.formats.registry import IMPORTERS
from datasets.formats.tables import TableRefused, cell_escaped, cell_plain, table_rows
from datasets.formats.textfiles import TextRefused, text_decoded
from datasets.formats.xmlfiles import XmlRefused, xml_records, xml_source
from datasets.formats.yamlfiles import YamlRefused, yaml_parsed
from tests.datasets.formats.trees import P, codes, drafts, planned, tree_of

IN_TIME_S = 5.0
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
DEEP = 100_000
TRAVERSALS = [
    "../../etc/passwd",
    "/etc/passwd",
    "..\\..\\1.jpg\\..",
    "C:\\1\\x.png",
    "a/" * 50_000,
    "x" * 200_000,
]
CORNERS = ["NaN", "Infinity", "-1e400", "1e400", "9" * 5_000, "-5", "0", "", "x", "1_0_0e9"]


def voc_of(value="1", name="cat", filename="1.jpg", head=""):
    sides = f"<xmin>5</xmin><ymin>5</ymin><xmax>{value}</xmax><ymax>9</ymax>"
    shape = f"<object><name>{name}</name><bndbox>{sides}</bndbox></object>"
    return f"{head}<annotation><filename>{filename}</filename>{shape}</annotation>"


def cvat_of(value="9", name="1.jpg", head=""):
    box = f'<box label="cat" xtl="5" ytl="5" xbr="{value}" ybr="9"/>'
    return f'{head}<annotations><image name="{name}" width="64" height="48">{box}</image></annotations>'


def labelme_of(value="9", name='"1.jpg"'):
    shape = f'{{"label": "cat", "shape_type": "rectangle", "points": [[5, 5], [{value}, 9]]}}'
    return f'{{"shapes": [{shape}], "imagePath": {name}, "imageWidth": 64, "imageHeight": 48}}'


def label_studio_of(value="9", name='"1.jpg"'):
    sides = f'"x": 1, "y": 1, "width": {value}, "height": 5'
    result = f'{{"type": "rectanglelabels", "value": {{{sides}, "rectanglelabels": ["cat"]}}}}'
    return f'[{{"data": {{"image": {name}}}, "annotations": [{{"result": [{result}]}}]}}]'


def datumaro_of(value="9", name='"1.jpg"'):
    row = f'{{"type": "bbox", "label_id": 0, "bbox": [1, 1, {value}, 5]}}'
    item = f'{{"id": "x", "image": {{"path": {name}}}, "annotations": [{row}]}}'
    return f'{{"categories": {{"label": {{"labels": [{{"name": "cat"}}]}}}}, "items": [{item}]}}'


def coco_of(value="9", name='"1.jpg"'):
    images = f'[{{"id": 1, "file_name": {name}}}]'
    rows = f'[{{"image_id": 1, "category_id": 1, "bbox": [1, 1, {value}, 5]}}]'
    return f'{{"images": {images}, "categories": [{{"id": 1, "name": "cat"}}], "annotations": {rows}}}'


def open_images_of(value="0.9", name="1"):
    return f"ImageID,LabelName,Confidence,XMin,XMax,YMin,YMax\n{name},cat,1,0.5,{value},0.1,0.2\n"


FILES = {
    "pascal_voc": ("1.xml", voc_of),
    "cvat": ("a.xml", cvat_of),
    "labelme": ("1.json", labelme_of),
    "label_studio": ("a.json", label_studio_of),
    "datumaro": ("a.json", datumaro_of),
    "coco": ("a.json", coco_of),
    "open_images": ("train-annotations-bbox.csv", open_images_of),
    "yolo": ("1.txt", lambda value="0.9": f"0 0.5 0.5 {value} 0.2\n"),
}
JSONS = ["coco", "datumaro", "label_studio", "labelme"]


def survived(folder, key, files):
    """The plan of a named format, or its one refusal; in time, with every picture of the tree."""
    tree = tree_of(folder, files)
    began = time.monotonic()
    for importer in IMPORTERS.values():
        importer.sniff(tree)
    try:
        plan = IMPORTERS[key].plan(tree)
    except FormatMismatch:
        plan = None
    assert time.monotonic() - began < IN_TIME_S
    if plan is not None:
        assert sum(isinstance(item, Draft) for item in plan.items) == sum(m.is_image for m in tree.members)
        assert all(item.where and item.detail for item in plan.items if not isinstance(item, Draft))
    return plan


@pytest.mark.parametrize("head", [LAUGHS, FILE, "<!DOCTYPE annotation>"], ids=["laughs", "file", "doctype"])
@pytest.mark.parametrize("key", ["pascal_voc", "cvat"])
def test_document_types_and_entities_are_refused(tmp_path, key, head):
    name, make = FILES[key]
    plan = survived(tmp_path, key, {"1.jpg": P, name: make(head=head)})
    assert plan is None
    beside = {"2.xml": voc_of(filename="2.jpg", value="9"), "2.jpg": P} if key == "pascal_voc" else {}
    if beside:
        plan = survived(tmp_path, key, {"1.jpg": P, name: make(head=head)} | beside)
        assert codes(plan) == {"annotation_unreadable": 1}


@pytest.mark.parametrize("value", CORNERS)
@pytest.mark.parametrize("key", FILES)
def test_numbers_that_are_none_are_reported_and_never_kept(tmp_path, key, value):
    name, make = FILES[key]
    plan = survived(tmp_path, key, {"1.jpg": P, name: make(value)})
    if plan is None:
        assert key in JSONS
        return
    for draft in drafts(plan).values():
        for box in draft.boxes:
            assert all(abs(v) < 1e9 for v in (box.x, box.y, box.w, box.h))
            assert box.w > 0
            assert box.h > 0
    kept = sum(len(draft.boxes) for draft in drafts(plan).values())
    assert kept == 0 or (value in ("-5", "0") and key in ("pascal_voc", "cvat", "labelme", "open_images"))
    assert kept or codes(plan)


@pytest.mark.parametrize("value", ["null", "true", '"abc"', "[]", "{}", "[[[]]]", "12345678901234567890123"])
@pytest.mark.parametrize("key", JSONS)
def test_values_of_a_wrong_type_are_reported(tmp_path, key, value):
    name, make = FILES[key]
    for content in (make(value), make(name=value)):
        plan = survived(tmp_path, key, {"1.jpg": P, name: content})
        assert plan is not None
        assert codes(plan) or key == "labelme"


@pytest.mark.parametrize("name", TRAVERSALS, ids=range(len(TRAVERSALS)))
@pytest.mark.parametrize("key", [*JSONS, "cvat", "open_images"])
def test_a_stated_name_only_matches_and_costs_no_more_than_its_length(tmp_path, key, name):
    file, make = FILES[key]
    stated = json.dumps(name) if key in JSONS else name
    plan = survived(tmp_path, key, {"pics/other.jpg": P, file: make(name=stated)})
    assert plan is not None
    assert not any(draft.boxes for draft in drafts(plan).values())
    # A cell of that length is no CSV for any reader.
    assert codes(plan) in ({"image_missing": 1}, {"annotation_unreadable": 1})
    assert all(len(item.where) <= 255 for item in plan.items if not isinstance(item, Draft))


@pytest.mark.parametrize("key", JSONS)
@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_deep_json_is_reported(tmp_path, key, brackets):
    name, make = FILES[key]
    deep = brackets[0] * DEEP + brackets[1] * DEEP if brackets == "[]" else '{"a":' * DEEP + "1" + "}" * DEEP
    survived(tmp_path, key, {"1.jpg": P, name: make(deep)})


@pytest.mark.parametrize("key", JSONS)
def test_a_file_cut_anywhere_is_reported(tmp_path, key):
    name, make = FILES[key]
    content = make()
    for end in range(0, len(content), 7):
        survived(tmp_path, key, {"1.jpg": P, name: content[:end]})


@pytest.mark.parametrize("key", ["label_studio", "datumaro"])
def test_what_stands_before_the_damage_is_kept(tmp_path, key):
    name, make = FILES[key]
    content = make()
    whole = content[: content.rindex("]")]
    plan = survived(tmp_path, key, {"1.jpg": P, name: whole + ', {"dat'})
    assert len(drafts(plan)["1.jpg"].boxes) == 1
    assert codes(plan)["annotation_unreadable"] == 1
    cvat = cvat_of().removesuffix("</annotations>") + '<image name="'
    plan = survived(tmp_path, "cvat", {"1.jpg": P, "a.xml": cvat})
    assert (len(drafts(plan)["1.jpg"].boxes), codes(plan)["annotation_unreadable"]) == (1, 1)


@pytest.mark.parametrize("key", [*FILES, "csv", "imagenet_list"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 5_000,
        b"\xff" * 5_000,
        b"<",
        b"{",
        b"[",
        b'"' * 100_001,
        b"[" * DEEP,
        b"\xff\xfe",
        b"\r\n" * 9,
    ],
    ids=range(10),
)
def test_bytes_that_are_nothing_are_reported(tmp_path, key, content):
    for suffix in ("xml", "json", "txt", "csv", "yaml", "names"):
        survived(tmp_path, key, {"1.jpg": P, f"1.{suffix}": content, "train.txt": content, "2.jpg": P})


@pytest.mark.parametrize(
    "row", ["-1 .5 .5 .1 .1", "x .5 .5 .1 .1", "99999999999 .5 .5 .1 .1", "0 .5 .5 .1", "0 320 200 50 50"]
)
def test_a_bad_yolo_row_is_reported_with_its_line(tmp_path, row):
    plan = survived(
        tmp_path, "yolo", {"1.jpg": P, "1.txt": f"0 .5 .5 .1 .1\n{row}\n", "classes.txt": "cat\n"}
    )
    assert len(drafts(plan)["1.jpg"].boxes) == 1
    assert [item.where for item in plan.items if not isinstance(item, Draft)] == ["1.txt:2"]


def test_yaml_aliases_tags_and_depth_are_refused():
    bomb = "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b]\n"
    for text in (bomb, "a: [" * 5_000, "a: 'open", "? [a]\n: 1\n"):
        with pytest.raises(YamlRefused):
            yaml_parsed(text.encode())
    assert yaml_parsed(b"names: !!python/object/apply:os.system ['true']\nd: 2001-99-99\ne: no\n") == {
        "names": ["true"],
        "d": "2001-99-99",
        "e": "no",
    }
    with pytest.raises(YamlRefused):
        yaml_parsed(b"a" * (1024**2 + 1))


def test_xml_depth_and_encodings_that_lie_are_refused():
    for text in ("<a>" * 100_000, "<a><b></a>", "", "<a b='1' b='2'/>", "<a>&nope;</a>"):
        with pytest.raises(XmlRefused):
            list(xml_records(text, frozenset(("a",))))
    with pytest.raises(XmlRefused):
        xml_source(b'<?xml version="1.0" encoding="big5"?><a>\xff\xff</a>')
    with pytest.raises(XmlRefused):
        xml_source(b"<a>\x00\xff</a>")
    assert xml_source("<?xml version='1.0' encoding='GBK'?><a>猫</a>".encode("gbk")) == "<a>猫</a>"


def test_a_record_with_too_many_elements_is_refused(monkeypatch):
    monkeypatch.setattr("datasets.formats.xmlfiles._MAX_NODES", 50)
    assert len(list(xml_records("<r>" + "<a><b/></a>" * 500 + "</r>", frozenset(("a",))))) == 500
    with pytest.raises(XmlRefused):
        list(xml_records("<a>" + "<b/>" * 60 + "</a>", frozenset(("a",))))


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, {"b": "]}\\""}, [2]], "c": {"d": []}, "e": 5, "f": [{}]}',
        '  {"ключ": [[["x"]]], "a\\"b": {}}  ',
    ],
)
def test_json_read_in_parts_is_what_the_parser_says(text):
    content = json_utf8(text.encode())
    whole = json_parsed(content)
    spans = json_spans(content)
    wanted = {key: value for key, value in whole.items() if isinstance(value, list | dict)}
    assert {key.replace('\\"', '"'): json_value(content, at) for key, at in spans.items()} == wanted
    for key, value in wanted.items():
        if isinstance(value, list):
            elements = list(json_elements(content, spans[key]))
            assert elements == [item if isinstance(item, list | dict) else None for item in value]


def test_json_with_an_unclosed_text_costs_no_square():
    began = time.monotonic()
    for content in (
        b'[{"a": "' + b"x" * 5_000_000,
        b'[{"a": ' + b'"x" ' * 1_000_001 + b'"',
        b'[{"a":' + b"{" * 1_000_000,
    ):
        with pytest.raises(JsonRefused):
            list(json_elements(content))
    assert time.monotonic() - began < IN_TIME_S


def test_tables_end_at_what_is_no_csv():
    rows = table_rows('a,b\n\n1,2\n"open,3\n')
    assert next(rows) == (1, ["a", "b"])
    assert next(rows) == (3, ["1", "2"])
    with pytest.raises(TableRefused, match="line"):
        next(rows)
    for text in ("a," * 6_000, "x" * 200_000):
        with pytest.raises(TableRefused):
            list(table_rows(text))


@pytest.mark.parametrize("value", ["=1", "'=1", "''=1", "'", "''", "plain", "-5", "@x", "", "it's"])
def test_an_apostrophe_before_a_formula_is_undone(value):
    assert cell_plain(cell_escaped(value)) == value
    assert cell_escaped(value)[:1] not in tuple("=+-@")


@pytest.mark.parametrize("content", [b"a\x00\x00b", b"\xff\xfe\x00", b"\x81", b"\xef\xbb\xbf\xff"])
def test_bytes_that_are_no_text_say_what_to_do(content):
    with pytest.raises(TextRefused, match="UTF-8"):
        text_decoded(content)


def test_a_full_name_wins_over_an_equal_end_of_another(tmp_path):
    for names in (["1.jpg", "a/1.jpg"], ["a/1.jpg", "1.jpg"]):
        index = PictureIndex(tree_of(tmp_path, dict.fromkeys(names, P)))
        assert index.named("1.jpg").name == "1.jpg"
        assert index.named("x/a/1.jpg").name == "a/1.jpg"
        assert index.named("b/1.jpg").name == "1.jpg"


def test_the_tree_says_which_other_format_would_do(tmp_path):
    from datasets.formats.registry import format_detected

    files = {"1.jpg": P, "1.xml": voc_of("9"), "1.txt": "0 .5 .5 .1 .1\n"}
    choice = format_detected(tree_of(tmp_path, files), "auto")
    assert (choice.importer.key, choice.also) == ("pascal_voc", ("yolo",))
    assert "YOLO" in choice.reason
    assert planned(tmp_path, files, "yolo")[0] == "yolo"
    # One stray XML beside many labeled pictures does not decide.
    for i in range(2, 12):
        files |= {f"{i}.jpg": P, f"{i}.txt": "0 .5 .5 .1 .1\n"}
    choice = format_detected(tree_of(tmp_path, files | {"classes.txt": "cat\n"}), "auto")
    assert (choice.importer.key, choice.also) == ("yolo", ("pascal_voc",))


def test_an_outline_of_too_many_points_is_no_shape(tmp_path):
    points = "1,1;" * 150_000 + "9,9"
    cvat = cvat_of().replace("<box ", f'<polygon label="cat" points="{points}"/><box ')
    plan = survived(tmp_path, "cvat", {"1.jpg": P, "a.xml": cvat})
    assert (len(drafts(plan)["1.jpg"].boxes), codes(plan)["shape_invalid"]) == (1, 1)


def test_a_list_of_more_classes_than_a_data_set_takes_gives_those_in_use(tmp_path):
    names = "".join(f"class {i}\n" for i in range(1_500))
    plan = survived(tmp_path, "yolo", {"1.jpg": P, "1.txt": "1400 .5 .5 .1 .1\n", "classes.txt": names})
    assert plan.classes == ("class 1400",)
