"""Tables from a file to pages of rows, through the API."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Job
from datasets.models import ImportBatch, TableColumn, TablePart
from datasets.selectors.counters import counts_of
from datasets.services import datasets as dataset_services
from datasets.services import table_import
from datasets.services.imports import ImportOptions, import_submit_files
from datasets.tables.worker import TableWorkerDied
from tests.datasets.conftest import worked

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = "code,age,price,city,joined,ok,note,target\n"


def line(i):
    city = ("北京", "Paris", "Oslo")[i % 3]
    price = "" if i % 7 == 0 else f"{i * 1.5:.2f}"
    return f'k{i:04d},{20 + i % 50},{price},{city},2024-01-{1 + i % 28:02d},{("yes", "no")[i % 2]},"text {i}, said",{"ab"[i % 2]}\n'


CSV = HEAD + "".join(line(i) for i in range(200))


@pytest.fixture
def table(project):
    return dataset_services.dataset_create(
        actor=project.created_by,
        project=project,
        name="people",
        task="tabular_classification",
        modality="tabular",
    )


@pytest.fixture
def bring(project):
    def run(dataset, content, name="people.csv", **options):
        data = content if isinstance(content, bytes) else content.encode()
        job = import_submit_files(
            actor=project.created_by,
            dataset=dataset,
            files=[SimpleUploadedFile(name, data)],
            options=ImportOptions(**options),
        )
        return worked(job)

    return run


@pytest.fixture
def api(project, client_for):
    return client_for(project.created_by)


def kinds_of(api, dataset):
    body = api.get(f"/api/v1/datasets/{dataset.pk}/table/").json()
    return {row["name"]: row["kind"] for row in body["columns"]}


def rows_of(api, dataset, **query):
    if "filter" in query:
        query["filter"] = json.dumps(query["filter"])
    answer = api.get(f"/api/v1/datasets/{dataset.pk}/table/rows/", query)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_a_csv_becomes_typed_columns_and_rows_that_say_what_the_file_said(api, table, bring):
    job = bring(table, CSV)
    assert job.state == "succeeded", job.error_detail
    assert (job.result["created"], job.result["annotated"], job.result["problems"]) == (200, 200, {})
    assert kinds_of(api, table) == {
        "code": "id",
        "age": "number",
        "price": "number",
        "city": "category",
        "joined": "datetime",
        "ok": "boolean",
        "note": "text",
        "target": "category",
    }
    page = rows_of(api, table, limit=2, offset=1)
    assert page["count"] == 200
    assert page["results"][0] == {
        "id": 2,
        "cells": ["k0001", 21, 1.5, "Paris", "2024-01-02T00:00:00", False, "text 1, said", "b"],
        "misfits": {},
    }
    assert counts_of([table.pk])[table.pk]["labeled"] == 200


def test_rows_are_filtered_and_sorted_like_python_does_it(api, table, bring):
    bring(table, CSV)
    page = rows_of(
        api,
        table,
        filter=[{"column": 3, "op": "eq", "value": "Oslo"}, {"column": 1, "op": "ge", "value": 60}],
        sort="-2",
        limit=500,
    )
    truth = [i for i in range(200) if i % 3 == 2 and 20 + i % 50 >= 60]
    truth.sort(key=lambda i: (1, 0, i) if i % 7 == 0 else (0, -i, i))
    assert [row["id"] - 1 for row in page["results"]] == truth
    assert page["count"] == len(truth)
    assert rows_of(api, table, filter=[{"column": 2, "op": "missing"}])["count"] == sum(
        i % 7 == 0 for i in range(200)
    )
    after = rows_of(api, table, after=150, limit=500)
    assert [row["id"] for row in after["results"]] == list(range(151, 201))


def test_a_second_file_is_matched_by_name_and_row_ids_go_on(api, table, bring):
    bring(table, CSV)
    job = bring(table, "age,city,size\n33,Rome,7\nold,Rome,8\n")
    assert job.result["created"] == 2
    assert job.result["problems"] == {"cell_misfit": 1}
    assert job.result["problem_samples"][0]["where"] == "row 2, age"
    last = rows_of(api, table, offset=200)["results"]
    assert [row["id"] for row in last] == [201, 202]
    assert last[0]["cells"] == [None, 33, None, "Rome", None, None, None, None, 7]
    assert last[1]["misfits"] == {"1": "old"}
    assert rows_of(api, table, filter=[{"column": 1, "op": "misfit"}])["count"] == 1


def test_a_name_known_in_another_case_is_the_known_column_and_told(api, table, bring):
    bring(table, CSV)
    job = bring(table, "AGE,city,__split\n33,Rome,train\n34,Oslo,\n")
    assert job.state == "succeeded", job.error_detail
    assert job.result["problems"] == {"column_renamed": 2}
    assert {row["detail"] for row in job.result["problem_samples"]} == {
        "“__split” is called “split” here",
        "“AGE” is called “age” here",
    }
    assert [row["name"] for row in job.result["columns"]] == ["age", "city", "split"]
    assert rows_of(api, table, offset=200)["results"][0]["cells"][1] == 33
    assert len(kinds_of(api, table)) == 9


def test_values_that_are_no_splits_are_not_dropped_with_their_column(api, table, bring):
    job = bring(table, "x,__split,y\n" + "".join(f"{i},aq{i % 3},b\n" for i in range(40)))
    assert job.result["problems"] == {"column_renamed": 1}
    assert list(kinds_of(api, table)) == ["x", "_split", "y"]
    assert rows_of(api, table)["results"][1]["cells"][1] == "aq1"


def test_a_column_that_another_import_brought_in_another_case_meanwhile_is_not_doubled(
    project, api, table, bring, monkeypatch
):
    read = table_import.worked

    def overtaken(step, *args, **kwargs):
        plan = read(step, *args, **kwargs)
        if step == "stage":
            TableColumn.objects.create(
                table_id=table.pk, index=0, name="Age", kind="number", params={}, reason={}
            )
            table.table.next_column = 1
            table.table.save()
        return plan

    monkeypatch.setattr(table_import, "worked", overtaken)
    assert worked(submitted(project, table, CSV)).error_code == "table_changed"
    assert not ImportBatch.objects.filter(finished_at=None).exists()
    monkeypatch.setattr(table_import, "worked", read)
    assert bring(table, CSV).result["problems"] == {"column_renamed": 1}
    assert len(kinds_of(api, table)) == 8


def test_the_same_file_again_brings_nothing(api, table, bring):
    bring(table, CSV)
    job = bring(table, CSV)
    assert (job.result["created"], job.result["duplicates"]) == (0, 200)
    assert rows_of(api, table)["count"] == 200


@pytest.mark.parametrize("content", ["name,size\n", "name,size\nx,1,2,3\ny,1,2,3\n"])
def test_a_file_of_which_no_row_is_read_leaves_no_columns(api, table, bring, content):
    """They would fix kinds that nobody has seen a value of."""
    for rehearsed in (True, False):
        job = bring(table, content, dry_run=rehearsed)
        assert job.state == "succeeded", job.error_detail
        assert "table_without_rows" in job.result["problems"]
    assert not TableColumn.objects.exists()
    assert bring(table, "name,size\nx,1\n").result["created"] == 1


def test_a_first_import_that_dies_leaves_no_columns_and_a_later_one_keeps_them(
    api, table, bring, monkeypatch
):
    def dying(step, *args, **kwargs):
        if step == "write":
            raise TableWorkerDied("too large")
        return worked_here(step, *args, **kwargs)

    worked_here = table_import.worked
    monkeypatch.setattr(table_import, "worked", dying)
    died = bring(table, CSV)
    assert (died.state, died.error_code) == ("failed", "table_reader_died")
    assert kinds_of(api, table) == {}
    monkeypatch.undo()
    assert bring(table, "a,target\n1,x\n").state == "succeeded"
    assert set(kinds_of(api, table)) == {"a", "target"}
    monkeypatch.setattr(table_import, "worked", dying)
    assert bring(table, CSV).state == "failed"
    assert set(kinds_of(api, table)) >= {"a", "target"}


def test_a_rehearsal_tells_everything_and_keeps_nothing(api, table, bring):
    job = bring(table, CSV + "too,short\n", dry_run=True)
    assert job.result["created"] == 200
    assert job.result["problems"] == {"row_too_short": 1}
    assert job.result["problem_samples"][0]["where"] == "line 202"
    assert [row["kind"] for row in job.result["columns"]][:3] == ["id", "number", "number"]
    assert not TablePart.objects.exists()
    assert rows_of(api, table)["count"] == 0


def test_an_import_that_is_to_stop_at_a_problem_keeps_nothing(table, bring):
    job = bring(table, CSV + "too,short\n", on_problem="abort")
    assert (job.state, job.error_code) == ("failed", "import_aborted")
    assert not TablePart.objects.exists()


def submitted(project, dataset, content, **options):
    return import_submit_files(
        actor=project.created_by,
        dataset=dataset,
        files=[SimpleUploadedFile("people.csv", content.encode())],
        options=ImportOptions(**options),
    )


def test_an_import_that_stops_at_a_problem_keeps_no_secret_of_its_source(project, table):
    job = submitted(project, table, CSV + "too,short\n", on_problem="abort")
    batch = ImportBatch.objects.get(dataset=table)
    batch.source = {**batch.source, "s3": {"secret": "s3cret"}}
    batch.save()
    assert worked(job).error_code == "import_aborted"
    batch.refresh_from_db()
    assert batch.source["s3"]["secret"] == ""
    assert batch.finished_at is not None


def test_an_import_overtaken_by_a_corrected_column_leaves_no_parts_and_works_again(
    project, api, table, bring, monkeypatch
):
    bring(table, CSV)
    more = HEAD + "".join(line(i) for i in range(200, 230))
    described = table_import.description_made

    def corrected(*args, **kwargs):
        TableColumn.objects.filter(table_id=table.pk, name="note").update(kind="category")
        return described(*args, **kwargs)

    monkeypatch.setattr(table_import, "description_made", corrected)
    assert worked(submitted(project, table, more)).error_code == "table_changed"
    assert not TablePart.objects.filter(is_live=False).exists()
    assert not ImportBatch.objects.filter(finished_at=None).exists()
    assert bring(table, more).result["created"] == 30
    assert rows_of(api, table)["count"] == 230


@pytest.mark.parametrize(("name", "status"), [("AGE", 409), ("__split", 422), ("Code", 200), ("_", 200)])
def test_a_name_that_an_export_could_not_hold_is_refused(api, table, bring, name, status):
    bring(table, CSV)
    url = f"/api/v1/datasets/{table.pk}/table/columns/0/"
    for body in ({"name": "other"}, {"kind": "text"}):
        stale = api.patch(url, body, format="json", headers={"If-Match": '"0"'})
        assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    assert api.patch(url, {"name": name}, format="json").status_code == status


def test_a_kind_is_corrected_and_taken_back_without_losing_a_character(api, table, bring):
    bring(table, "zip,size\n" + "".join(f"{i * 1.5:.3f},{i}\n" for i in range(50)))
    url = f"/api/v1/datasets/{table.pk}/table/columns/0/"
    for kind, first in (("text", "1.500"), ("number", 1.5), ("category", "1.500")):
        answer = api.patch(url, {"kind": kind}, format="json")
        assert answer.status_code == 202, answer.json()
        job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
        assert job.state == "succeeded", job.error_detail
        assert kinds_of(api, table)["zip"] == kind
        assert rows_of(api, table)["results"][1]["cells"][0] == first


def test_words_that_are_no_dates_stay_to_be_read_when_a_kind_is_wrong(api, table, bring):
    bring(table, CSV)
    answer = api.patch(f"/api/v1/datasets/{table.pk}/table/columns/3/", {"kind": "datetime"}, format="json")
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.result["misfits"] == 200
    assert rows_of(api, table)["results"][0]["misfits"] == {"3": "北京"}


def test_statistics_count_what_is_there(api, table, bring):
    bring(table, CSV)
    body = api.get(f"/api/v1/datasets/{table.pk}/table/").json()
    by_name = {row["name"]: row["statistics"] for row in body["columns"]}
    assert by_name["price"]["missing"] == 29
    assert by_name["age"]["min"] == 20
    assert sum(by_name["age"]["bins"]) == 200
    assert by_name["city"]["top"][0] == {"value": "Paris", "count": 67}
    assert body["target"] == 7
    assert body["is_described"]


def test_the_target_is_chosen_and_counts_what_is_labeled(api, table, bring):
    bring(table, CSV)
    url = f"/api/v1/datasets/{table.pk}/table/"
    assert api.patch(url, {"target": 2}, format="json").json()["target"] == 2
    assert counts_of([table.pk])[table.pk]["labeled"] == 171
    assert api.patch(url, {"target": 99}, format="json").status_code == 422
    assert api.patch(url, {"target": 1, "revision": 99}, format="json").status_code == 409


def test_of_two_who_saw_the_same_table_one_chooses_and_the_other_is_told(api, table, bring):
    bring(table, CSV)
    url = f"/api/v1/datasets/{table.pk}/table/"
    seen = api.get(url)
    first = api.patch(url, {"target": 2}, format="json", headers={"If-Match": seen["ETag"]})
    assert (first.status_code, first.json()["is_described"]) == (200, True)
    assert api.patch(url, {"target": 3}, format="json", headers={"If-Match": seen["ETag"]}).status_code == 409
    assert api.get(url).json()["target"] == 2
    assert api.patch(f"{url}columns/1/", {"name": "years"}, format="json").status_code == 200
    renamed = api.get(url)
    assert renamed.json()["is_described"]
    assert len({seen["ETag"], first["ETag"], renamed["ETag"]}) == 3


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "{"},
        {"filter": "[]" * 3},
        {"filter": '[{"column": 99, "op": "eq", "value": 1}]'},
        {"filter": '[{"column": 1, "op": "eq", "value": "x"}]'},
        {"filter": '[{"column": 1, "op": "; DROP", "value": 1}]'},
        {"filter": '[{"column": "1) OR (1=1", "op": "eq", "value": 1}]'},
        {"filter": r'[{"column": 6, "op": "eq", "value": "\ud800"}]'},
        {"sort": "99"},
        {"sort": "c1; --"},
        {"limit": "501"},
        {"limit": "0"},
        {"offset": "-1"},
        {"columns": "a"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(api, table, bring, query):
    bring(table, CSV)
    answer = api.get(f"/api/v1/datasets/{table.pk}/table/rows/", query)
    assert answer.status_code == 422, answer.json()


def test_quotes_in_names_and_values_are_only_text(api, table, bring):
    bring(table, "a\"; DROP TABLE x; --,b'c\n" + "x'y,1\n" * 30)
    page = rows_of(api, table, filter=[{"column": 0, "op": "eq", "value": "x'y"}])
    assert page["count"] == 30
    assert list(kinds_of(api, table)) == ['a"; DROP TABLE x; --', "b'c"]


def test_a_data_set_of_pictures_has_no_table(api, project, make_dataset):
    dataset = make_dataset()
    assert api.get(f"/api/v1/datasets/{dataset.pk}/table/").status_code == 404
    assert api.get(f"/api/v1/datasets/{dataset.pk}/table/rows/").status_code == 404
