"""The filter language against a slow reading of the same tree, row by row in Python."""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.filters import AllOf, AnyOf, Not, Term, filter_text
from datasets.models import Sample, SampleFinding, SampleTag, Shape
from datasets.selectors.counters import counted_of
from datasets.services.counters import counters_add
from datasets.services.datasets import dataset_create
from tests import factories

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = {"cat": "猫", "dog": "", "big eel": "大鳗鱼"}
# tag -> every how many samples carry it
TAGS = {"line 3": 2, "rainy": 3, "下雨": 7}
pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(project):
    """48 samples of every state, split and class, some with scores and findings."""
    dataset = dataset_create(
        actor=project.created_by,
        project=project,
        name="seas",
        task="object_detection",
        classes=[{"name": name, "name_zh": name_zh} for name, name_zh in NAMES.items()],
    )
    classes = {row.name: row for row in dataset.classes.all()}
    states, splits = ["unlabeled", "draft", "labeled", "rejected"], ["", "train", "val", "test"]
    rows = []
    for number, (state, split, label) in enumerate(product(states, splits, [None, "cat", "big eel"])):
        sample = Sample.objects.create(
            dataset=dataset,
            name=f"pic {number:02}.jpg",
            sha256=f"{number:064}",
            media_type="image/jpeg",
            size_bytes=number * 1_000,
            state=state,
            split=split,
            group="night" if number % 3 == 0 else "",
            label_class=classes.get(label),
            labels=[str(classes[label].pk)] if label else [],
            findings=[] if number % 5 else ["picture_blurry"],
            annotation_source="model" if number % 4 == 0 else "",
            imported_at=BEGAN + timedelta(hours=number),
        )
        if label:
            score = number / 48 if number % 4 == 0 else None
            box = {"kind": "box", "x": 1, "y": 1, "w": 5, "h": 5, "score": score}
            source = "model" if number % 4 == 0 else "human"
            Shape.objects.create(
                sample=sample, dataset=dataset, label_class=classes[label], source=source, **box
            )
        if number % 5 == 0:
            SampleFinding.objects.create(dataset=dataset, code="picture_blurry", sample=sample)
        sample.tags = [tag for tag, step in TAGS.items() if number % step == 0]
        sample.tag_count = len(sample.tags)
        sample.save(update_fields=["tags", "tag_count"])
        for tag in sample.tags:
            SampleTag.objects.create(dataset=dataset, tag=tag, sample=sample)
        rows.append(sample)
    counters_add(dataset.pk, counted_of(dataset.pk))
    return dataset, rows


@pytest.fixture
def client(project, client_for):
    return client_for(project.created_by)


def asked(client, dataset, text, **more):
    return client.get(f"/api/v1/datasets/{dataset.pk}/samples/", {"filter": text, "limit": 500, **more})


def ids_of(client, dataset, text, **more):
    answer = asked(client, dataset, text, count=1, **more)
    assert answer.status_code == 200, answer.content
    found = [row["id"] for row in answer.json()["results"]]
    assert answer.json()["count"] == len(found)
    return set(found)


def meets(tree, row):
    if isinstance(tree, Term):
        return TESTS[tree.field](row, tree)
    if isinstance(tree, Not):
        return not meets(tree.part, row)
    together = all if isinstance(tree, AllOf) else any
    return together(meets(part, row) for part in tree.parts)


def _scores(row, term):
    kept = row.shapes.exclude(score=None).values_list("score", flat=True)
    return any(score >= term.values[0] for score in kept)


TESTS = {
    "state": lambda row, term: row.state in term.values,
    "split": lambda row, term: (row.split or "none") in term.values,
    "source": lambda row, term: row.annotation_source in term.values,
    "label": lambda row, term: (row.label_class.name if row.label_class else "none") in term.values,
    "name": lambda row, term: any(value.lower() in row.name.lower() for value in term.values),
    "group": lambda row, term: row.group in term.values,
    "size": lambda row, term: row.size_bytes > term.values[0],
    "score": _scores,
    "tag": lambda row, term: bool({*row.tags} & {*term.values}) or ("none" in term.values and not row.tags),
    "finding": lambda row, term: row.findings_seen,
    "imported": lambda row, term: row.imported_at < datetime.fromisoformat(term.values[0]),
}


def _terms(field, operator, values):
    return st.builds(lambda value: Term(field, operator, (value,)), st.sampled_from(values))


leaves = (
    _terms("state", ":", ["unlabeled", "draft", "labeled", "reviewed"])
    | _terms("split", ":", ["train", "test", "none"])
    | _terms("source", ":", ["model", "human"])
    | st.builds(
        lambda values: Term("label", ":", tuple(values)),
        st.lists(st.sampled_from(["cat", "big eel", "none"]), min_size=1, max_size=2),
    )
    | st.builds(
        lambda values: Term("tag", ":", tuple(values)),
        st.lists(st.sampled_from([*TAGS, "none", "nobody's"]), min_size=1, max_size=3),
    )
    | _terms("name", "~", ["1", "PIC", "%", "07"])
    | _terms("group", "=", ["night", "day"])
    | _terms("size", ">", [10_000.0, 47_000.0])
    | _terms("score", ">=", [0.0, 0.5])
    | _terms("finding", ":", ["picture_blurry"])
    | _terms("imported", "<", [(BEGAN + timedelta(hours=9)).isoformat()])
)


def _joined(inner):
    many = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, inner) | st.builds(AllOf, many) | st.builds(AnyOf, many)


@pytest.mark.django_db(transaction=True)
def test_a_filter_finds_exactly_what_a_slow_reading_of_it_finds(filled, client):
    dataset, rows = filled
    for row in rows:
        row.findings_seen = int(row.sha256) % 5 == 0

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.recursive(leaves, _joined, max_leaves=6))
    def check(tree):
        expected = {str(row.pk) for row in rows if meets(tree, row)}
        assert ids_of(client, dataset, filter_text(tree)) == expected

    check()


def test_classes_are_named_in_either_language_in_any_case_or_by_id(filled, client):
    dataset, rows = filled
    cat = dataset.classes.get(name="cat").pk
    expected = {str(row.pk) for row in rows if row.label_class_id == cat}
    for text in ("label:cat", "label:CAT", "标签：猫", f"label:{cat}", 'class="cat"'):
        assert ids_of(client, dataset, text) == expected
    assert ids_of(client, dataset, 'label:"big eel",cat') == {str(row.pk) for row in rows if row.labels}
    assert ids_of(client, dataset, "finding:blurry") == ids_of(client, dataset, "finding:picture_blurry")


def test_the_filter_and_the_plain_parameters_narrow_together(filled, client):
    dataset, rows = filled
    expected = {str(row.pk) for row in rows if row.state == "draft" and row.split == "test"}
    assert ids_of(client, dataset, "split:test", state="draft") == expected


@pytest.mark.parametrize(
    ("text", "fault", "column", "known"),
    [
        ("label:caat", "filter_label", 1, "cat"),
        ("split:test finding:blury", "filter_finding", 12, "picture_blurry"),
        ("colour:red", "filter_field", 1, "label"),
        ("state:nice", "filter_choice", 7, "draft"),
    ],
)
def test_a_mistake_is_answered_with_its_column_and_what_would_be_right(
    filled, client, text, fault, column, known
):
    answer = asked(client, filled[0], text)
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["code"], problem["params"]["fault"]) == ("filter_invalid", fault)
    assert problem["params"]["column"] == column
    assert known in problem["params"]["known"]


def test_predictions_and_their_confidence_are_filters_of_the_contract(filled, client):
    dataset, rows = filled
    predicted = {str(row.pk) for row in rows if row.labels and int(row.sha256) % 4 == 0}
    sure = {pk for pk in predicted if int(Sample.objects.get(pk=pk).sha256) / 48 >= 0.5}
    assert ids_of(client, dataset, "", has_prediction="true") == predicted
    assert ids_of(client, dataset, "", has_prediction="false") == {str(row.pk) for row in rows} - predicted
    assert ids_of(client, dataset, "", min_confidence="0.5") == sure
    assert ids_of(client, dataset, "", min_confidence="0.5", max_confidence="0.1") == set()
    for wrong in ({"has_prediction": "maybe"}, {"min_confidence": "much"}, {"max_confidence": "nan"}):
        assert asked(client, dataset, "", **wrong).status_code == 422


def test_a_filter_finds_nothing_of_another_data_set(filled, client, project):
    other = dataset_create(
        actor=project.created_by,
        project=project,
        name="land",
        task="object_detection",
        classes=[{"name": "cat"}],
    )
    assert ids_of(client, other, "label:cat or state:draft or -split:train") == set()
    assert asked(client, other, "label:dog").status_code == 422


def test_a_stranger_learns_nothing_from_a_filter(filled, client_for):
    stranger = client_for(factories.user_make())
    assert asked(stranger, filled[0], "label:caat").status_code == 404
    assert asked(stranger, filled[0], f"label:{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize(
    "conditions",
    [
        {},
        {"filter": "-split:test"},
        {"filter": "label:cat or finding:blurry", "state": "draft"},
        {"filter": "-tag:rainy", "tag": "line 3,下雨"},
        {"filter": "size>10kb", "split": "train", "finding": "picture_blurry"},
        {"filter": "name~nothing-like-it"},
    ],
)
def test_facets_count_what_a_choice_would_list(filled, client, conditions):
    dataset, _ = filled
    facets = client.get(f"/api/v1/datasets/{dataset.pk}/facets/", conditions).json()
    assert facets["partial"] == []
    labels = [str(row.pk) for row in dataset.classes.all()]
    values = {
        "state": ["unlabeled", "draft", "labeled", "reviewed", "rejected"],
        "split": ["train", "val", "test", "none"],
        "label": labels,
        "finding": ["picture_blurry", "picture_dark"],
        "tag": [*TAGS, "nobody's"],
    }
    for kind, keys in values.items():
        for key in keys:
            chosen = {"filter": "", **conditions, kind: key}
            expected = len(ids_of(client, dataset, chosen.pop("filter"), **chosen))
            assert facets[kind].get(key, 0) == expected, (kind, key)


def test_facets_of_very_many_say_so(filled, client, monkeypatch):
    monkeypatch.setattr("datasets.selectors.facets.FACET_LIMIT", 10)
    facets = client.get(f"/api/v1/datasets/{filled[0].pk}/facets/", {"filter": "size>=0"}).json()
    assert sorted(facets["partial"]) == ["finding", "label", "split", "state", "tag"]


def test_a_date_alone_is_the_whole_day(client, filled):
    dataset, rows = filled
    on_second = {str(row.pk) for row in rows if row.imported_at.date() == datetime(2026, 1, 2).date()}
    assert len(on_second) == 24
    assert ids_of(client, dataset, "imported:2026-01-02") == on_second
    assert ids_of(client, dataset, "imported:2026-01-02T00:00") == {str(rows[24].pk)}
    assert ids_of(client, dataset, "imported:9999-12-31") == set()
