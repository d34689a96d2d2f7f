"""Relations between spans: declared in the schema, kept with their spans, through files, versions and back."""

import json
import uuid

import pytest

from datasets.models import Dataset, Sample, Shape
from datasets.relations import relation_types_of
from datasets.services import datasets as dataset_services
from tests.datasets.merging import branched, merged
from tests.datasets.test_bulk_edits_api import edited, label_of, undone
from tests.datasets.test_texts import send  # noqa: F401  fixture
from tests.datasets.test_version_restore import GIVEN, restored
from tests.datasets.test_versions_api import exported, frozen

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "Ann works for Acme in Rome."
SPANS = [
    {"start": 0, "end": 3, "label": "person"},
    {"start": 14, "end": 18, "label": "firm"},
    {"start": 22, "end": 26, "label": "place"},
]
RELATIONS = [{"type": "works_for", "from": 0, "to": 1}, {"type": "located_in", "from": 1, "to": 2}]
TOLD = [("works_for", "Ann", "Acme"), ("located_in", "Acme", "Rome")]


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def make(project):
    def made(name="texts", **more):
        return dataset_services.dataset_create(
            actor=project.created_by, project=project, name=name, modality="text", task="ner", **more
        )

    return made


@pytest.fixture
def filled(make, send):  # noqa: F811
    dataset = make()
    rows = [{"text": TEXT, "spans": SPANS, "relations": RELATIONS}, {"text": "Nothing here.", "spans": []}]
    job = send(dataset, {"all.jsonl": "".join(json.dumps(row) + "\n" for row in rows)}, format="jsonl")
    assert (job.state, job.result["problems"]) == ("succeeded", {}), job.error_detail
    dataset.refresh_from_db()
    return dataset


def told(dataset):
    """Name, from and to of every relation, by the words of the spans."""
    names = {one["id"]: one["name"] for one in Dataset.objects.get(pk=dataset.pk).relations}
    rows = {str(row.pk): row for row in Shape.objects.filter(dataset=dataset).order_by("position")}
    words = {pk: TEXT[row.geometry["start"] : row.geometry["end"]] for pk, row in rows.items()}
    return [
        (names[link["type"]], words[pk], words[link["to"]])
        for pk, row in rows.items()
        for link in row.geometry.get("relations", ())
    ]


def saved(client, dataset, change):
    """Save the sample with relations as it is, but for what `change` does to its shapes."""
    sample = Sample.objects.get(dataset=dataset, search_text__startswith="ann")
    path = f"/api/v1/samples/{sample.pk}/annotation/"
    body = client.get(path).json()
    shapes = change(body["shapes"])
    return client.put(path, {"revision": body["revision"], "shapes": shapes}, format="json")


def related(shapes, links):
    """With these relations at the first span and none elsewhere."""
    return [{**shape, "relations": links if at == 0 else []} for at, shape in enumerate(shapes)]


def relations_of(client, dataset):
    return client.get(f"/api/v1/datasets/{dataset.pk}/").json()["label_schema"]["relations"]


def changed(client, dataset, relations):
    schema = client.get(f"/api/v1/datasets/{dataset.pk}/").json()["label_schema"]
    classes = [{"id": row["id"], "name": row["name"]} for row in schema["classes"]]
    body = {"label_schema": {"classes": classes, "relations": relations}}
    return client.patch(f"/api/v1/datasets/{dataset.pk}/", body, format="json")


def test_relations_are_declared_with_the_classes_and_name_new_ones(client, project):
    body = {
        "project": str(project.pk), "name": "news", "modality": "text", "task": "ner",
        "label_schema": {
            "classes": [{"name": "person"}, {"name": "firm"}],
            "relations": [{"name": "works_for", "name_zh": "任职于", "from_classes": ["person"], "to_classes": ["firm"]}],
        },
    }  # fmt: skip
    answer = client.post("/api/v1/datasets/", body, format="json")
    assert answer.status_code == 201, answer.content
    schema = answer.json()["label_schema"]
    ids = {row["name"]: row["id"] for row in schema["classes"]}
    [one] = schema["relations"]
    assert (one["name"], one["name_zh"]) == ("works_for", "任职于")
    assert (one["from_classes"], one["to_classes"]) == ([ids["person"]], [ids["firm"]])


@pytest.mark.parametrize(
    "relations",
    [
        [{"name": ""}],
        [{"name": "a"}, {"name": "A"}],
        [{"name": "a", "from_classes": ["no such class"]}],
        [{"name": "a", "id": str(uuid.uuid4())}],
        [{"name": "a", "color": "red"}],
        [{"name": f"r{n}"} for n in range(101)],
    ],
)
def test_relation_types_that_are_none_change_nothing(client, filled, relations):
    before = relations_of(client, filled)
    assert changed(client, filled, relations).status_code == 422
    assert relations_of(client, filled) == before


def test_types_that_the_schema_has_no_room_for_are_problems_and_the_rest_comes_in(filled, send):  # noqa: F811
    names = ["works_for", *(f"r{n}" for n in range(98)), "one more", "and another"]
    relations = [{"type": name, "from": 0, "to": 1} for name in names]
    row = {"text": TEXT + " Again.", "spans": SPANS, "relations": [*relations, relations[-1] | {"to": 2}]}
    files = {"more.jsonl": json.dumps(row)}
    for more in ({"dry_run": True}, {}):
        job = send(filled, files, format="jsonl", **more)
        assert job.state == "succeeded", job.error_detail
        assert (job.result["created"], job.result["annotated"]) == (1, 1)
        assert job.result["problems"] == {"relation_invalid": 3}
    filled.refresh_from_db()
    assert [one["name"] for one in filled.relations] == ["works_for", "located_in", *names[1:-2]]
    first = Shape.objects.get(dataset=filled, sample__search_text__endswith="again.", position=0)
    assert len(first.geometry["relations"]) == 99


def test_only_spans_have_relations(client, make_dataset):
    assert changed(client, make_dataset(), [{"name": "a"}]).status_code == 422


def test_a_type_is_renamed_and_goes_only_unused(client, filled):
    one, two = relations_of(client, filled)
    assert changed(client, filled, [{**one, "name": "employed_by"}, two]).status_code == 200
    assert told(filled)[0][0] == "employed_by"
    refused = changed(client, filled, [two])
    assert (refused.status_code, refused.json()["code"]) == (409, "relation_in_use")
    assert refused.json()["params"]["name"] == "employed_by"
    assert saved(client, filled, lambda shapes: related(shapes, [])).status_code == 200
    assert changed(client, filled, []).status_code == 200
    # Who says nothing of relations leaves them.
    assert changed(client, filled, [{"name": "again"}]).status_code == 200
    classes = {
        "label_schema": {"classes": [{"id": label_of(filled, n)} for n in ("person", "firm", "place")]}
    }
    assert client.patch(f"/api/v1/datasets/{filled.pk}/", classes, format="json").status_code == 200
    assert [row["name"] for row in relations_of(client, filled)] == ["again"]


def test_relations_of_a_sample_are_checked_when_saved(client, filled):
    works = relations_of(client, filled)[0]
    place = label_of(filled, "place")
    assert (
        changed(
            client, filled, [{**works, "to_classes": [place]}, relations_of(client, filled)[1]]
        ).status_code
        == 200
    )

    def refused(link_of):
        answer = saved(client, filled, lambda shapes: related(shapes, link_of(shapes)))
        assert answer.status_code == 422, answer.content
        return answer.json()["params"]["fault"]

    def link(to):
        return {"type": works["id"], "to": to}

    assert refused(lambda shapes: [link(shapes[0]["id"])]) == "to_itself"
    assert refused(lambda shapes: [link(str(uuid.uuid4()))]) == "unknown_span"
    assert refused(lambda shapes: [link(shapes[2]["id"])] * 2) == "twice"
    assert refused(lambda shapes: [link(shapes[1]["id"])]) == "classes"
    assert refused(lambda shapes: [{**link(shapes[2]["id"]), "type": str(uuid.uuid4())}]) == "unknown_type"
    assert told(filled) == TOLD
    answer = saved(client, filled, lambda shapes: related(shapes, [link(shapes[2]["id"])]))
    assert answer.status_code == 200, answer.content
    assert told(filled) == [("works_for", "Ann", "Rome")]


@pytest.mark.parametrize("key", ["jsonl", "doccano", "label_studio"])
def test_relations_come_back_from_every_format_that_keeps_them(client, filled, make, send, key):  # noqa: F811
    version = frozen(client, filled, split=GIVEN)
    result = exported(client, version, format=key)
    assert "relations_dropped" not in result.get("problems", {})
    again = make("again")
    job = send(again, {"export.zip": client.get(result["download_url"]).getvalue()})
    assert (job.state, job.result["format"], job.result["problems"]) == ("succeeded", key, {})
    assert told(again) == TOLD
    assert frozen(client, again, split=GIVEN)["content_hash"] == version["content_hash"]


@pytest.mark.parametrize("key", ["conll", "parquet"])
def test_what_a_format_leaves_out_is_counted(client, filled, key):
    result = exported(client, frozen(client, filled, split=GIVEN), format=key)
    assert result["problems"]["relations_dropped"] == 2


def test_a_version_differs_by_its_relations_alone_and_is_restored(client, filled):
    version = frozen(client, filled, split=GIVEN)
    assert saved(client, filled, lambda shapes: related(shapes, [])).status_code == 200
    assert changed(client, filled, []).status_code == 200
    assert told(filled) == []
    other = frozen(client, filled, split=GIVEN)
    assert other["content_hash"] != version["content_hash"]
    path = f"/api/v1/versions/{other['id']}/diff/?against={version['id']}"
    assert client.get(path).json()["counts"]["relabeled"] == 1
    result = restored(client, version)
    assert result["relabeled"] == 1
    assert told(filled) == TOLD
    assert frozen(client, filled, split=GIVEN)["content_hash"] == version["content_hash"]
    assert undone(client, result)["restored"] == 1
    assert (told(filled), relations_of(client, filled)) == ([], [])


def test_classes_that_become_one_keep_relations_and_deleted_ones_take_them_along(client, filled):
    works, located = relations_of(client, filled)
    firm, place = label_of(filled, "firm"), label_of(filled, "place")
    assert changed(client, filled, [{**works, "to_classes": [firm]}, located]).status_code == 200
    body = {"action": "class_move", "conditions": {}, "classes": [firm], "value": place, "retire": True}
    merging = edited(client, filled, **body)
    assert told(filled) == TOLD
    assert relations_of(client, filled)[0]["to_classes"] == [place]
    assert undone(client, merging)["restored"] == 1
    assert relations_of(client, filled)[0]["to_classes"] == [firm]
    deleting = edited(client, filled, **{**body, "value": ""})
    assert told(filled) == []
    assert undone(client, deleting)["restored"] == 1
    assert told(filled) == TOLD


def test_spans_that_become_one_have_the_relations_of_both_and_none_to_themselves(client, filled):
    works = relations_of(client, filled)[0]["id"]
    twin = {"id": str(uuid.uuid4()), "kind": "span", "start": 0, "end": 3, "label": label_of(filled, "firm")}

    def with_twin(shapes):
        ann, acme, rome = shapes
        ann["relations"] = [{"type": works, "to": twin["id"]}, {"type": works, "to": acme["id"]}]
        rome["relations"] = [{"type": works, "to": twin["id"]}]
        more = [{"type": works, "to": acme["id"]}, {"type": works, "to": rome["id"]}]
        return [ann, acme, rome, {**twin, "relations": more}]

    assert saved(client, filled, with_twin).status_code == 200
    body = {"action": "class_move", "conditions": {}, "classes": [twin["label"]], "retire": True}
    edited(client, filled, **body, value=label_of(filled, "person"))
    assert sorted(told(filled)) == [
        ("located_in", "Acme", "Rome"),
        ("works_for", "Ann", "Acme"),
        ("works_for", "Ann", "Rome"),
        ("works_for", "Rome", "Ann"),
    ]


def test_a_branch_has_them_and_a_merge_brings_back_what_changed(client, filled):
    version = frozen(client, filled, split=GIVEN)
    branch = branched(client, version)
    assert told(branch) == TOLD
    assert frozen(client, branch, split=GIVEN)["content_hash"] == version["content_hash"]
    added = [*relations_of(client, branch), {"name": "knows"}]
    assert changed(client, branch, added).status_code == 200
    knows = relations_of(client, branch)[2]["id"]
    answer = saved(client, branch, lambda s: related(s, [{"type": knows, "to": s[2]["id"]}]))
    assert answer.status_code == 200, answer.content
    result = merged(client, filled, frozen(client, branch, split=GIVEN))
    assert result["taken"] == 1, result
    assert told(filled) == [("knows", "Ann", "Rome")]
    assert undone(client, result)["restored"] == 1
    assert told(filled) == TOLD
    assert [row["name"] for row in relations_of(client, filled)] == ["works_for", "located_in"]


def test_a_sample_unlike_in_nothing_is_the_same_in_a_merge(client, filled):
    branch = branched(client, frozen(client, filled, split=GIVEN))
    result = merged(client, filled, frozen(client, branch, split=GIVEN))
    assert (result.get("same"), result.get("taken", 0)) == (2, 0)


def test_a_type_whose_only_class_went_is_for_none_and_not_for_any(client, filled):
    works, located = relations_of(client, filled)
    firm = label_of(filled, "firm")
    assert changed(client, filled, [{**works, "from_classes": [firm]}, located]).status_code == 200
    body = {"action": "class_move", "conditions": {}, "classes": [firm], "value": "", "retire": True}
    edited(client, filled, **body)
    answer = saved(client, filled, lambda s: related(s, [{"type": works["id"], "to": s[1]["id"]}]))
    assert (answer.status_code, answer.json()["params"]["fault"]) == (422, "classes")


def test_a_type_names_no_class_that_stays_behind_and_is_not_opened_to_all_by_it():
    a, b, x = (str(uuid.uuid4()) for _ in range(3))
    row = {"id": str(uuid.uuid4()), "name": "owns", "from_classes": [a, b], "to_classes": []}
    (one,) = relation_types_of([row])
    there = one.moved_to({a: x})
    assert (there.from_classes, there.to_classes) == ((x,), ())
    assert one.moved_to({}) is None
