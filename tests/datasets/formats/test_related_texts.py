"""Relations in files of strangers: what leads nowhere is told, and the rest comes in."""

import json

import pytest

from datasets.formats.archive import open_tree
from datasets.formats.base import Draft, Problem
from datasets.formats.registry import format_detected, importers_of
from datasets.relations import MAX_TYPES
from tests.datasets.pictures import saved

IMPORTERS = importers_of("text")
BAD_ENDS = [
    (0, 0),
    (0, 2),
    (-1, 0),
    (0, 10**30),
    (10**30, 0),
    (0, None),
    (0.0, 1),
    ("0", 1),
    (True, 0),
    ([0], 1),
]
TWO = [{"start": 0, "end": 1, "label": "a", "id": 7}, {"start": 1, "end": 2, "label": "b", "id": 8}]


def links_of_file(folder, rows, key):
    content = json.dumps(rows) if key == "label_studio" else "\n".join(json.dumps(row) for row in rows)
    name = "a.json" if key == "label_studio" else "a.jsonl"
    tree = open_tree(saved(folder, content.encode()), name, folder, "text")
    plan = IMPORTERS[key].plan(tree)
    drafts = [item for item in plan.items if isinstance(item, Draft)]
    codes = sorted(item.code for item in plan.items if isinstance(item, Problem))
    return drafts, codes, plan


@pytest.mark.parametrize(("start", "end"), BAD_ENDS)
def test_a_relation_that_leads_nowhere_is_a_problem_and_the_rest_comes_in(tmp_path, start, end):
    relations = [{"type": "r", "from": start, "to": end}, {"type": "r", "from": 0, "to": 1}]
    [draft], codes, _ = links_of_file(
        tmp_path, [{"text": "ab", "spans": TWO, "relations": relations}], "jsonl"
    )
    assert [(one.type, one.start, one.end) for one in draft.relations] == [("r", 0, 1)]
    assert (len(draft.spans), codes) == (2, ["relation_invalid"])
    by_id = [{"type": "r", "from_id": start, "to_id": end}, {"type": "r", "from_id": 8, "to_id": 7}]
    row = {"text": "ab", "entities": TWO, "relations": by_id}
    [draft], codes, _ = links_of_file(tmp_path, [row], "doccano")
    assert [(one.start, one.end) for one in draft.relations] == [(1, 0)]
    assert codes == ["relation_invalid"]


# What is no list says nothing of relations; in a list, what is none is told.
NO_LISTS = [5, "x", {"a": 1}, None, []]
NO_RELATIONS = [[5], [None], [[]], [{}], [{"type": {}, "from": 0, "to": 1}]]


@pytest.mark.parametrize(
    ("relations", "wanted"),
    [*((one, []) for one in NO_LISTS), *((one, ["relation_invalid"]) for one in NO_RELATIONS)],
)
def test_what_is_no_list_of_relations_harms_nothing(tmp_path, relations, wanted):
    for key in ("jsonl", "doccano"):
        spans = {"spans" if key == "jsonl" else "entities": TWO}
        [draft], codes, _ = links_of_file(tmp_path, [{"text": "ab", **spans, "relations": relations}], key)
        assert (draft.relations, len(draft.spans)) == ((), 2)
        assert codes == wanted


def test_a_relation_with_a_span_that_was_rejected_goes_with_it(tmp_path):
    spans = [{"start": 5, "end": 9, "label": "a"}, *TWO]
    relations = [{"type": "r", "from": 0, "to": 1}, {"type": "r", "from": 2, "to": 1}]
    [draft], codes, _ = links_of_file(
        tmp_path, [{"text": "ab", "spans": spans, "relations": relations}], "jsonl"
    )
    assert [(one.start, one.end) for one in draft.relations] == [(1, 0)]
    assert codes == ["relation_invalid", "span_invalid"]


def test_a_file_names_no_more_types_than_a_schema_has(tmp_path):
    relations = [{"type": f"r{n}", "from": 0, "to": 1} for n in range(MAX_TYPES + 1)]
    [draft], codes, plan = links_of_file(
        tmp_path, [{"text": "ab", "spans": TWO, "relations": relations}], "jsonl"
    )
    assert (len(draft.relations), len(plan.relations)) == (MAX_TYPES, MAX_TYPES)
    assert codes == ["relation_invalid"]


def test_directions_and_labels_of_label_studio_are_relations_of_their_own(tmp_path):
    def labels(key, start, *names):
        return {
            "id": key,
            "type": "labels",
            "value": {"start": start, "end": start + 1, "labels": list(names)},
        }

    def relation(**more):
        return {"type": "relation", "from_id": "x", "to_id": "y", **more}

    result = [
        relation(labels=["before its spans"], direction="left"),
        {"id": "c", "type": "choices", "value": {"choices": ["whole"]}},
        labels("x", 0, "a", "b"),
        labels("y", 1, "b"),
        relation(labels=["one", "two"]),
        relation(labels=["both"], direction="bi"),
        relation(),
        relation(to_id="c", labels=["to what is no span"]),
        relation(from_id=10**30, labels=["z"]),
    ]
    task = {"data": {"text": "ab"}, "annotations": [{"result": result}]}
    [draft], codes, _ = links_of_file(tmp_path, [task], "label_studio")
    assert [(one.type, one.start, one.end) for one in draft.relations] == [
        ("before its spans", 2, 0),
        ("one", 0, 2),
        ("two", 0, 2),
        ("both", 0, 2),
        ("both", 2, 0),
        ("relation", 0, 2),
    ]
    assert codes == ["relation_invalid", "relation_invalid"]


FROM_IDS = [{"type": "r", "from_id": 7, "to_id": 8}]


@pytest.mark.parametrize(
    "more",
    [
        {"relations": []},
        {"relations": None},
        {"relations": FROM_IDS},
        {"relations": [], "Comments": []},
        {"relations": [], "label": [[0, 1, "a"]]},
    ],
)
def test_lines_with_spans_are_ours_whatever_else_they_have(tmp_path, more):
    rows = [{"text": "ab", "spans": TWO, **more}, {"text": "cd", "spans": [], "relations": []}]
    content = "\n".join(map(json.dumps, rows)).encode()
    tree = open_tree(saved(tmp_path, content), "a.jsonl", tmp_path, "text")
    choice = format_detected(tree, "auto", "text")
    drafts = [item for item in choice.plan(tree).items if isinstance(item, Draft)]
    assert (choice.importer.key, choice.also, len(drafts[0].spans)) == ("jsonl", (), 2)
    assert len(drafts[0].relations) == (more["relations"] == FROM_IDS)


@pytest.mark.parametrize("relations", [[], None, FROM_IDS])
def test_entities_with_relations_as_doccano_writes_them_stay_its_own(tmp_path, relations):
    content = json.dumps({"text": "ab", "entities": TWO, "relations": relations}).encode()
    tree = open_tree(saved(tmp_path, content), "a.jsonl", tmp_path, "text")
    assert format_detected(tree, "auto", "text").importer.key == "doccano"
