"""Tags from an import or a bulk edit to lists, counts and copies; every test ends with totals that are true."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.models import AuditEvent, Job
from datasets.models import BulkEdit, Counter, ImportBatch, Sample, SampleTag
from datasets.selectors.counters import drift_of
from datasets.services.datasets import dataset_create
from datasets.services.tags import TagInvalid, tags_put, tags_take
from datasets.tags import MAX_A_SAMPLE
from tests.datasets.conftest import worked
from tests.datasets.merging import GIVEN, branched
from tests.datasets.pictures import picture
from tests.datasets.test_bulk_edits_api import client, edited, posted, undone
from tests.datasets.test_versions_api import frozen

__all__ = ["client"]

pytestmark = pytest.mark.django_db(transaction=True)
FILES = {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i) for i in range(6)}


@pytest.fixture
def filled(make_dataset, run_import):
    dataset = make_dataset()
    assert run_import(dataset, FILES).state == "succeeded"
    yield dataset
    assert drift_of(dataset.pk) == {}
    rows = SampleTag.objects.order_by("tag").values_list("sample_id", "dataset_id", "tag")
    kept = {}
    for sample_id, dataset_id, tag in rows:
        kept.setdefault((sample_id, dataset_id), []).append(tag)
    tagged = Sample.objects.exclude(tag_count=0)
    assert {(row.pk, row.dataset_id): row.tags for row in tagged} == {
        pair: sorted(tags) for pair, tags in kept.items()
    }
    assert all(row.tag_count == len(row.tags) for row in Sample.objects.all())


def tags_by_name(dataset):
    return dict(Sample.objects.filter(dataset=dataset).values_list("name", "tags"))


def listed(client, dataset, **query):
    answer = client.get(f"/api/v1/datasets/{dataset.pk}/samples/", {"limit": 100, "count": 1, **query})
    assert answer.status_code == 200, answer.content
    assert answer.json()["count"] == len(answer.json()["results"])
    return {row["name"]: row["tags"] for row in answer.json()["results"]}


def test_tags_are_put_on_and_taken_off_and_back(client, filled):
    first = edited(
        client, filled, action="tag", tags=["Rainy", " line  3"], conditions={"filter": "label:cat"}
    )
    assert first["changed"] == 3
    assert set(listed(client, filled, tag="rainy")) == set(listed(client, filled, filter="label:cat"))
    assert all(tags == ["line 3", "rainy"] for tags in listed(client, filled, tag="rainy").values())
    second = edited(client, filled, action="tag", tags=["RAINY"], conditions={})
    assert (second["changed"], second["unchanged"]) == (3, 3)
    third = edited(
        client, filled, action="untag", tags=["rainy", "unknown"], conditions={"filter": "label:dog"}
    )
    assert third["changed"] == 3
    assert len(listed(client, filled, filter="tag:none")) == 3
    assert undone(client, third)["restored"] == 3
    assert len(listed(client, filled, filter="标记:ＲＡＩＮＹ")) == 6
    assert undone(client, first)["restored"] == 3
    assert {name: tags for name, tags in tags_by_name(filled).items() if tags} == listed(
        client, filled, filter="label:dog"
    )


def test_an_undo_leaves_what_others_tagged_since(client, filled):
    ours = edited(client, filled, action="tag", tags=["a", "b"], conditions={})
    edited(client, filled, action="untag", tags=["a", "b"], conditions={"filter": "label:dog"})
    edited(client, filled, action="tag", tags=["c"], conditions={})
    back = undone(client, ours)
    assert (back["restored"], back["kept"]) == (3, 3)
    assert set(map(tuple, tags_by_name(filled).values())) == {("c",)}


def test_an_undo_of_different_additions_takes_each_its_own(client, filled):
    edited(client, filled, action="tag", tags=["a"], conditions={"filter": "label:cat"})
    result = edited(client, filled, action="tag", tags=["a", "b"], conditions={})
    assert undone(client, result)["restored"] == 6
    assert len(listed(client, filled, tag="a")) == 3
    assert not listed(client, filled, tag="b")


def test_a_full_sample_stays_as_it_is_and_is_counted(client, filled):
    many = [f"t{i}" for i in range(MAX_A_SAMPLE)]
    edited(client, filled, action="tag", tags=many, conditions={"filter": "label:cat"})
    result = edited(client, filled, action="tag", tags=["one more", "t1"], conditions={})
    assert (result["changed"], result["unchanged"], result["tags_full"]) == (3, 3, 3)
    assert len(listed(client, filled, tag="one more")) == 3


def test_named_samples_are_tagged_by_the_same(client, filled):
    one = Sample.objects.filter(dataset=filled).first()
    result = edited(client, filled, action="tag", tags=["look"], ids=[str(one.pk)])
    assert client.get(f"/api/v1/samples/{one.pk}/").json()["tags"] == ["look"]
    shown = client.get(f"/api/v1/bulk-edits/{result['edit']}/").json()
    assert (shown["action"], shown["tags"], shown["value"]) == ("tag", ["look"], "")
    event = AuditEvent.objects.filter(operation="datasets.bulk.submitted").latest("pk")
    assert event.params["tags"] == ["look"]


def test_hostile_tags_are_refused_and_nothing_is_queued(client, make_dataset):
    dataset = make_dataset()
    words = (
        [],
        [""],
        ["a,b"],
        ["none"],
        ["x" * 65],
        ["x" * 10_000],
        ["a\x00"],
        ["\u202e"],
        ["zero\u200bwidth"],
    )
    many = ([f"t{i}" for i in range(10_000)], [f"t{i}" for i in range(33)])
    for tags in (*words, *many, "text", [["a"]], [{"a": 1}], None):
        for action in ("tag", "untag"):
            answer = posted(client, dataset, action=action, tags=tags, conditions={})
            assert answer.status_code == 422, (tags, answer.content)
            params = answer.json()["params"]
            assert "tags" in params.get("fields", {}) or params.get("field") == "tags", params
        body = {"url": "https://example.com/a.zip", "tags": tags}
        answer = client.post(f"/api/v1/datasets/{dataset.pk}/imports/", body, format="json")
        assert answer.status_code == 422 or tags == [], (tags, answer.content)
    assert not BulkEdit.objects.exists()
    assert not ImportBatch.objects.exclude(options__tags=[]).exists()


def test_a_data_set_has_only_as_many_tags_as_somebody_can_choose_from(
    client, filled, monkeypatch, run_import
):
    monkeypatch.setattr("datasets.services.tags.MAX_A_DATASET", 3)
    edited(client, filled, action="tag", tags=["a", "b", "c"], conditions={})
    assert posted(client, filled, action="tag", tags=["d"], conditions={}).json()["code"] == "tag_invalid"
    assert posted(client, filled, action="tag", tags=["a"], conditions={}).status_code == 202
    edited(client, filled, action="untag", tags=["a"], conditions={})
    edited(client, filled, action="tag", tags=["d"], conditions={})


def test_an_import_tags_what_comes_and_what_is_there(client, filled, run_import):
    files = {**FILES, "cat/new.jpg": picture(50)}
    rehearsed = run_import(filled, files, tags=["Night", "line 3"], dry_run=True).result
    job = run_import(filled, files, tags=["Night", "line 3"])
    for result in (rehearsed, job.result):
        assert {name: result[name] for name in ("created", "duplicates", "tagged")} == {
            "created": 1, "duplicates": 6, "tagged": 6,
        }  # fmt: skip
    assert set(map(tuple, tags_by_name(filled).values())) == {("line 3", "night")}
    assert run_import(filled, files, tags=["night"]).result["tagged"] == 0
    shown = client.get(f"/api/v1/datasets/{filled.pk}/imports/").json()["results"][0]
    assert shown["options"]["tags"] == ["night"]


def test_two_copies_in_one_import_are_tagged_once(make_dataset, run_import):
    dataset = make_dataset()
    same = picture(7)
    job = run_import(dataset, {"cat/a.jpg": same, "cat/b.jpg": same}, tags=["x"])
    assert (job.result["created"], job.result["duplicates"], job.result["tagged"]) == (1, 1, 0)
    assert tags_by_name(dataset) == {"cat/a.jpg": ["x"]} or list(tags_by_name(dataset).values()) == [["x"]]
    assert drift_of(dataset.pk) == {}


def test_a_copy_whose_tags_have_no_room_is_told(client, filled, run_import):
    edited(client, filled, action="tag", tags=[f"t{i}" for i in range(MAX_A_SAMPLE)], conditions={})
    result = run_import(filled, FILES, tags=["more"], on_problem="abort").result
    assert (result["tagged"], result["problems"]) == (0, {"tags_full": 6})


def test_a_form_with_files_sends_tags_by_repeating_the_field(client, filled):
    body = {"file": SimpleUploadedFile("one.jpg", picture(77)), "tags": ["a", "B"]}
    answer = client.post(f"/api/v1/datasets/{filled.pk}/imports/", body, format="multipart")
    assert answer.status_code == 202, answer.content
    assert worked(Job.objects.get(pk=answer.json()["job"]["id"])).state == "succeeded"
    assert tags_by_name(filled)["one.jpg"] == ["a", "b"]


def test_tables_have_no_tags(client, project, submit):
    table = dataset_create(
        actor=project.created_by,
        project=project,
        name="rows",
        task="tabular_classification",
        modality="tabular",
    )
    assert posted(client, table, action="tag", tags=["a"], conditions={}).json()["code"] == "edit_unfit"
    with pytest.raises(TagInvalid):
        submit(table, b"a,b\n1,2\n", tags=["a"])
    assert not ImportBatch.objects.exists()


def test_tags_go_to_the_bin_with_their_samples_and_come_back(client, filled):
    edited(client, filled, action="tag", tags=["a"], conditions={})
    gone = edited(client, filled, action="delete", conditions={"filter": "label:cat"})
    facets = client.get(f"/api/v1/datasets/{filled.pk}/facets/").json()
    assert facets["tag"] == {"a": 3}
    assert len(listed(client, filled, tag="a")) == 3
    assert drift_of(filled.pk) == drift_of(BulkEdit.objects.get(pk=gone["edit"]).bin_id) == {}
    assert undone(client, gone)["restored"] == 3
    assert len(listed(client, filled, tag="a")) == 6


def test_a_tag_of_32_letters_is_counted_as_it_is(client, filled):
    """As long as an id without its dashes."""
    edited(client, filled, action="tag", tags=["rain" * 8], conditions={})
    facets = client.get(f"/api/v1/datasets/{filled.pk}/facets/", {"filter": "size>0"}).json()
    assert facets["tag"] == {"rain" * 8: 6}


def test_what_tagging_costs_does_not_grow_with_the_samples(client, filled, django_assert_max_num_queries):
    samples = [*Sample.objects.filter(dataset=filled)]
    costs = [_cost_of_tagging(filled, samples[:1]), _cost_of_tagging(filled, samples[1:])]
    assert costs[0] == costs[1]
    assert costs[0] <= 12
    for query in ("tag=a", "filter=tag:a+-tag:b", "filter=tag:none", "tag=none,a"):
        with django_assert_max_num_queries(5):
            client.get(f"/api/v1/datasets/{filled.pk}/samples/?{query}&count=1")
    assert Counter.objects.get(dataset=filled, kind="tag", key="b").value == 0


def _cost_of_tagging(dataset, samples):
    ids = [sample.pk for sample in samples]
    both, one = {pk: ["a", "b"] for pk in ids}, {pk: ["b"] for pk in ids}
    with CaptureQueriesContext(connection) as spent, transaction.atomic():
        tags_put(dataset.pk, {pk: [] for pk in ids}, both)
        tags_take(dataset.pk, both, one)
    return len(spent)


def test_a_version_is_frozen_of_a_tag_and_a_branch_has_the_tags_of_its_origin(client, filled):
    edited(client, filled, action="tag", tags=["a", "b"], conditions={"filter": "label:cat"})
    edited(client, filled, action="tag", tags=["c"], conditions={})
    version = frozen(client, filled, split=GIVEN, filter={"filter": "tag:a", "state": "all"})
    assert version["counts"]["samples"] == 3
    branch = branched(client, version)
    assert set(map(tuple, tags_by_name(branch).values())) == {("a", "b", "c")}
    assert len(listed(client, branch, tag="b")) == 3
    assert drift_of(branch.pk) == {}
    edited(client, branch, action="tag", tags=["only here"], conditions={})
    assert not listed(client, filled, tag="only here")
