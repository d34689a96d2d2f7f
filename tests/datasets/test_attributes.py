"""What a class asks of its objects: the schema takes what makes sense, versions and exports keep it."""

from dataclasses import replace

import pytest

from datasets.attributes import AttributesRefused, Fault, attributes_of_class, first_fault, said_together
from datasets.formats.writers.base import BOXES
from datasets.geometry.forms import attributes_from
from datasets.manifest import ManifestClass, ManifestObject
from datasets.services.datasets import dataset_create
from datasets.services.schema import classes_ensure
from tests.datasets.formats.test_every_format import sample
from tests.datasets.formats.test_geometry_round_trip import BARE, exported, read_back
from tests.datasets.test_datasets_api import created

COLOR = {"name": "color", "kind": "select", "options": ["red", "blue"], "required": True}
SIDES = {"name": "sides", "kind": "multi", "options": ["left", "right"]}
OPEN = {"name": "open", "kind": "bool", "default": "false"}
SPEED = {"name": "speed", "kind": "number"}
NOTE = {"name": "note", "kind": "text", "name_zh": "备注"}
ALL = [COLOR, SIDES, OPEN, SPEED, NOTE]

REFUSED = {
    "no list": {"name": "x"},
    "no object": ["color"],
    "no name": [{"kind": "text"}],
    "an unknown kind": [{"name": "x", "kind": "color"}],
    "nothing to choose from": [{"name": "x", "kind": "select", "options": []}],
    "an option twice": [{**COLOR, "options": ["red", "red"]}],
    "an option that would be two": [{**SIDES, "options": ["left;right"]}],
    "a default that is no option": [{**COLOR, "default": "green"}],
    "a default that is no number": [{**SPEED, "default": "fast"}],
    "a name twice": [COLOR, {"name": "color", "kind": "text"}],
    "too many": [{"name": f"a{n}", "kind": "text"} for n in range(51)],
    "an option of another type": [{**COLOR, "options": [1, 2]}],
}


@pytest.mark.parametrize("why", REFUSED)
def test_attributes_that_make_no_sense_are_refused(why):
    with pytest.raises(AttributesRefused):
        attributes_of_class(REFUSED[why])


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"color": "red"}, None),
        ({"color": "red", "sides": "left;right", "open": "true", "speed": "-1.5e3", "note": "嗯"}, None),
        ({"color": "red", "someone else's": "yes"}, None),
        ({}, Fault("color", None)),
        ({"color": ""}, Fault("color", None)),
        ({"color": "green"}, Fault("color", "green")),
        ({"color": "red", "sides": "left;left"}, Fault("sides", "left;left")),
        ({"color": "red", "sides": "up"}, Fault("sides", "up")),
        ({"color": "red", "open": "1"}, Fault("open", "1")),
        ({"color": "red", "speed": "nan"}, Fault("speed", "nan")),
        ({"color": "red", "speed": "1e999"}, Fault("speed", "1e999")),
        ({"color": "red", "speed": "１"}, Fault("speed", "１")),
        ({"color": "red", "note": "  "}, Fault("note", "  ")),
    ],
)
def test_the_first_value_that_is_none_is_found(values, fault):
    assert first_fault(attributes_of_class(ALL), values) == fault


def test_a_manifest_keeps_what_a_class_asks():
    row = ManifestClass("id", 0, "car", attributes=attributes_of_class(ALL))
    assert ManifestClass.from_json(row.to_json()) == row
    assert "attributes" not in ManifestClass("id", 0, "car").to_json()


def test_cvat_keeps_what_classes_ask_and_what_objects_say(tmp_path):
    schema = tuple(replace(row, attributes=attributes_of_class(ALL)) for row in BARE)
    said = (("color", "blue"), ("open", "true"), ("sides", "left;right"), ("speed", "2.5"))
    samples = [sample(0, "train", objects=(ManifestObject(0, (1.5, 2.25, 10, 20), None, said),))]
    content, _ = exported("cvat", BOXES, samples, schema)
    plan, drafts = read_back(tmp_path, content, "cvat")
    (found,) = drafts.values()
    assert found.boxes[0].attributes == said
    # A choice of several is a text there; whether a value is required has no place.
    kinds = {row.name: row.kind for row in plan.attributes["cat"]}
    assert kinds == {"color": "select", "sides": "text", "open": "bool", "speed": "number", "note": "text"}
    color, _, is_open, *_ = plan.attributes["cat"]
    assert (color.options, is_open.default) == (("red", "blue"), "false")


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


def test_an_import_asks_a_class_that_asks_nothing_yet_and_leaves_another_alone(members, project):
    classes = [{"name": "cat"}, {"name": "dog"}]
    dataset = dataset_create(
        actor=members["modeler"],
        project=project,
        name="P",
        modality="image",
        task="object_detection",
        classes=classes,
    )
    asked = attributes_of_class(ALL)
    classes_ensure(dataset, ["cat"], None, {"cat": asked})
    classes_ensure(dataset, ["Cat", "dog"], None, {"Cat": asked[:1], "dog": asked[:1]})
    rows = {row.name: attributes_of_class(row.attributes) for row in dataset.classes.all()}
    assert rows == {"cat": asked, "dog": asked[:1]}


def test_the_schema_keeps_attributes_and_a_class_that_does_not_name_them_keeps_its_own(client, project):
    body = created(client, project, label_schema={"classes": [{"name": "car", "attributes": ALL}]}).json()
    url, (car,) = f"/api/v1/datasets/{body['id']}/", body["label_schema"]["classes"]
    assert [one["name"] for one in car["attributes"]] == ["color", "sides", "open", "speed", "note"]
    renamed = client.patch(
        url, {"label_schema": {"classes": [{"id": car["id"], "name": "bus"}]}}, format="json"
    )
    assert renamed.json()["label_schema"]["classes"][0]["attributes"] == car["attributes"]
    bad = {"id": car["id"], "attributes": [{**COLOR, "default": "green"}]}
    refused = client.patch(url, {"label_schema": {"classes": [bad]}}, format="json")
    assert refused.status_code == 422
    assert "color" in refused.json()["detail"]


def test_what_no_database_keeps_is_left_out_of_values():
    assert attributes_from({"a\x00b": "c\x00d\ud800e", "\x00": "x", "n": 1.5, "yes": True}) == (
        ("ab", "cde"),
        ("n", "1.5"),
        ("yes", "true"),
    )


def test_what_is_said_beside_two_classes_is_the_same_in_either_order():
    one, other = {"a": "x", "b": "q"}, {"b": "p", "c": "z"}
    assert said_together(one, other) == said_together(other, one) == {"a": "x", "b": "p", "c": "z"}
