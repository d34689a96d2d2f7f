"""Rows chosen in the table browser: deleted, or given one value, by a job that is taken back."""

import json

import pytest

from core.jobs import runner
from core.models import Job
from datasets.models import Cleaning, Table
from datasets.selectors.counters import counts_of
from datasets.selectors.tables import RowsAsked, rows_asked
from tests.datasets.tables.test_table_changes import brought, shown
from tests.datasets.tables.test_table_cleanings import (  # noqa: F401
    ROWS,
    SWAP,
    again,
    api,
    cleaned,
    dataset,
    recipe,
    undone,
    url,
)
from tests.faults.forks import assert_dies
from tests.faults.world import expired

pytestmark = pytest.mark.django_db(transaction=True)


def drop(*conditions):
    return {"op": "drop_rows", "params": {"rows": json.dumps(conditions)}}


def fill(column, value, *conditions, empty=False):
    params = {"rows": json.dumps(conditions), "column": column, "value": value, "empty": empty}
    return {"op": "set_cells", "params": params}


def rows(*ids):
    return {"op": "row", "value": list(ids)}


def ids_of(dataset):  # noqa: F811
    table = Table.objects.get(dataset=dataset)
    table.dataset = dataset
    return [row["id"] for row in rows_asked(table, RowsAsked(limit=500))["results"]]


def test_chosen_rows_are_deleted_and_come_back(api, dataset):  # noqa: F811
    before, ids = shown(dataset), ids_of(dataset)
    cleaning = cleaned(api, dataset, drop(rows(ids[0], ids[7], ids[39])))
    assert shown(dataset) == [row for at, row in enumerate(before) if at not in (0, 7, 39)]
    assert cleaning.counts["rows_removed"] == 3
    assert counts_of([dataset.pk])[dataset.pk]["samples"] == 37
    undone(api, cleaning)
    assert shown(dataset) == before
    assert counts_of([dataset.pk])[dataset.pk]["samples"] == 40


def test_all_that_a_filter_takes_get_one_value_and_their_old_ones_back(api, dataset):  # noqa: F811
    before = shown(dataset)
    cleaning = cleaned(api, dataset, fill("size", "5", {"column": 1, "op": "missing"}))
    assert [row["size"] for row in shown(dataset)] == [
        5.0 if row["size"] is None else row["size"] for row in before
    ]
    undone(api, cleaning)
    assert shown(dataset) == before


def test_cells_are_made_missing(api, dataset):  # noqa: F811
    ids = ids_of(dataset)
    cleaned(api, dataset, fill("kind", "", rows(*ids[:3]), empty=True))
    assert [row["kind"] for row in shown(dataset)][:4] == [None, None, None, "a"]


def test_rows_that_another_change_replaced_are_not_taken_for_others(api, dataset):  # noqa: F811
    ids = ids_of(dataset)
    cleaned(api, dataset, fill("size", "5", rows(ids[0])))
    assert not set(ids) & set(ids_of(dataset))
    before = shown(dataset)
    told = api.post(f"{url(dataset)}preview/", recipe(drop(rows(ids[1]))), format="json")
    assert (told.status_code, told.json()["code"]) == (422, "rows_gone")
    job = Job.objects.get(
        pk=api.post(url(dataset), recipe(drop(rows(ids[1]))), format="json").json()["job"]["id"]
    )
    runner.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "rows_gone")
    assert shown(dataset) == before


def test_a_preview_of_the_first_rows_does_not_say_that_later_ones_are_gone(api, dataset, monkeypatch):  # noqa: F811
    monkeypatch.setattr("datasets.services.clean_tables.PREVIEW_ROWS", 10)
    step = drop(rows(ids_of(dataset)[30]))
    told = api.post(f"{url(dataset)}preview/", recipe(step), format="json")
    assert told.status_code == 200, told.json()
    assert (told.json()["table"]["is_sample"], told.json()["table"]["rows_removed"]) == (True, 0)


def test_the_last_row_is_not_deleted(api, dataset):  # noqa: F811
    answer = api.post(url(dataset), recipe(drop(rows(*ids_of(dataset)))), format="json")
    job = Job.objects.get(pk=answer.json()["job"]["id"])
    runner.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("failed", "nothing_left")
    assert len(shown(dataset)) == 40


def test_a_choice_is_not_made_again_for_later_rows(api, dataset):  # noqa: F811
    cleaning = cleaned(api, dataset, drop(rows(ids_of(dataset)[0])))
    brought(dataset, ROWS[:3], name="later.csv")
    answer = again(api, cleaning)
    assert answer.status_code == 422
    assert "drop_rows" in answer.json()["detail"]


@pytest.mark.parametrize("hook", SWAP)
def test_a_deletion_that_dies_anywhere_is_done_once(api, dataset, hook):  # noqa: F811
    before, ids = shown(dataset), ids_of(dataset)
    answer = api.post(url(dataset), recipe(drop(rows(ids[3], ids[4]))), format="json")
    job = Job.objects.get(pk=answer.json()["job"]["id"])
    assert_dies(hook, lambda: runner.run(job.pk))
    expired(job)
    runner.run(job.pk)
    job.refresh_from_db()
    assert job.state == "succeeded", job.error_detail
    assert shown(dataset) == [row for at, row in enumerate(before) if at not in (3, 4)]
    undone(api, Cleaning.objects.get())
    assert shown(dataset) == before
