"""Cleanings of tables over the API: seen beforehand, applied by a job, taken back, made again on later rows."""

import os
import subprocess
import sys
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from core.clock import utc_now
from core.models import Job
from datasets.models import Cleaning, Table, TableChange, TablePart
from datasets.selectors.counters import counts_of
from datasets.services import datasets as dataset_services
from datasets.services.imports import ImportOptions, import_submit_files
from tests import factories
from tests.datasets.conftest import worked
from tests.datasets.tables.test_table_changes import HEAD, brought, done, shown
from tests.datasets.tables.test_table_kill import CODE

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [f"p{i},{i if i % 5 else ''},{'abc'[i % 3]},{'xy'[i % 2]}" for i in range(40)]
FILL = {"op": "impute", "params": {"columns": ["size"], "method": "mean"}}
SWAP = [f"swap.{step}" for step in ("after-begin", "before-commit", "before-publish", "after-publish")]
SWAP_UNDO = [f"swap.{step}" for step in ("before-undo", "after-undo")]
HOOKS = SWAP + SWAP_UNDO
WORDS = {"op": "one_hot", "params": {"columns": ["kind"]}}


@pytest.fixture
def api(project, client_for):
    return client_for(project.created_by)


@pytest.fixture
def dataset(project):
    made = dataset_services.dataset_create(
        actor=project.created_by,
        project=project,
        name="rows",
        task="tabular_classification",
        modality="tabular",
    )
    brought(made, ROWS)
    return made


def url(dataset):
    return f"/api/v1/datasets/{dataset.pk}/cleanings/"


def recipe(*steps):
    return {"recipe": {"version": 1, "steps": list(steps)}}


def cleaned(api, dataset, *steps):
    job = done(api.post(url(dataset), recipe(*steps), format="json"))
    assert job.state == "succeeded", job.error_detail
    return Cleaning.objects.get(pk=job.result["cleaning"])


def undone(api, cleaning):
    job = done(api.post(f"/api/v1/cleanings/{cleaning.pk}/undo/", {}, format="json"))
    assert job.state == "succeeded", job.error_detail
    return job


def again(api, cleaning):
    return api.post(f"/api/v1/cleanings/{cleaning.pk}/again/", {}, format="json")


def filled(rows):
    sizes = [float(row.split(",")[1]) for row in rows if row.split(",")[1]]
    return sum(sizes) / len(sizes)


def test_the_operators_of_tables_are_listed_with_what_columns_they_take(api, dataset):
    listed = {one["key"]: one for one in api.get(f"/api/v1/datasets/{dataset.pk}/cleaning-operators/").json()}
    assert {"join", "aggregate", "cast", "impute_model"} <= set(listed)
    assert listed["scale"]["params_schema"]["properties"]["columns"]["kinds"] == ["number"]


def test_a_preview_counts_and_shows_rows_and_changes_nothing(api, dataset):
    before, revision = shown(dataset), Table.objects.get(dataset=dataset).revision
    drop = {"op": "filter", "params": {"column": "kind", "test": "eq", "value": "c", "drop": True}}
    told = api.post(f"{url(dataset)}preview/", recipe(drop, FILL, WORDS), format="json").json()
    table = told["table"]
    assert (table["rows_before"], table["rows_after"], table["rows_removed"]) == (40, 27, 13)
    there = [row for row in ROWS if row.split(",")[2] != "c"]
    gaps = sum(not row.split(",")[1] for row in there)
    assert table["changed"] == {"1": gaps}
    assert (told["looked_at"], told["changed"]) == (40, 13 + gaps)
    assert [c["name"] for c in table["columns"]] == ["who", "size", "kind=a", "kind=b", "target"]
    states = {row["state"] for row in table["rows"]}
    assert {"removed", "changed"} <= states
    changed = next(row for row in table["rows"] if row["state"] == "changed")
    assert changed["before"]["cells"][1] is None
    assert changed["after"]["cells"][1] == pytest.approx(filled(there))
    assert shown(dataset) == before
    assert Table.objects.get(dataset=dataset).revision == revision


def test_a_preview_of_groups_shows_the_rows_that_are_made(api, dataset):
    step = {"op": "aggregate", "params": {"by": ["kind"], "columns": ["size"], "functions": ["count"]}}
    table = api.post(f"{url(dataset)}preview/", recipe(step), format="json").json()["table"]
    assert [row["after"]["cells"] for row in table["rows"] if row["state"] == "new"] == [
        ["a", 11.0, 14.0],
        ["b", 11.0, 13.0],
        ["c", 10.0, 13.0],
    ]


def test_a_recipe_is_applied_to_every_row_and_taken_back(api, dataset):
    before = shown(dataset)
    cleaning = cleaned(api, dataset, FILL, WORDS)
    after = shown(dataset)
    assert len(after) == 40
    assert list(after[0]) == ["who", "size", "target", "kind=a", "kind=b", "kind=c"]
    assert [row["size"] for row in after] == [row["size"] or pytest.approx(filled(ROWS)) for row in before]
    assert [row["kind=b"] for row in after] == [float(row["kind"] == "b") for row in before]
    assert cleaning.counts["rows_after"] == 40
    table = api.get(f"/api/v1/datasets/{dataset.pk}/table/").json()
    assert table["is_described"] is True
    assert next(c for c in table["columns"] if c["name"] == "size")["statistics"]["missing"] == 0
    assert undone(api, cleaning).result["restored"] == 40
    assert shown(dataset) == before
    assert not TablePart.objects.filter(is_live=False).exists()
    assert TableChange.objects.get().state == "undone"


def test_a_target_that_goes_comes_back_with_the_rows(api, dataset):
    assert Table.objects.get(dataset=dataset).target == 3
    cleaning = cleaned(api, dataset, {"op": "drop", "params": {"columns": ["target"]}})
    assert Table.objects.get(dataset=dataset).target is None
    assert counts_of([dataset.pk])[dataset.pk]["labeled"] == 0
    undone(api, cleaning)
    assert Table.objects.get(dataset=dataset).target == 3
    assert counts_of([dataset.pk])[dataset.pk]["labeled"] == 40


def test_later_rows_are_cleaned_with_what_the_first_time_learned(api, dataset):
    first = cleaned(api, dataset, FILL, WORDS)
    names = list(shown(dataset)[0])
    brought(dataset, ["n1,,b,x", "n2,7,zz,y"], name="later.csv")
    assert "kind" in shown(dataset)[0]
    job = done(again(api, first))
    assert job.state == "succeeded", job.error_detail
    rows = shown(dataset)
    assert list(rows[0]) == names
    assert len(rows) == 42
    assert [(row["size"], row["kind=b"]) for row in rows[-2:]] == [
        (pytest.approx(filled(ROWS)), 1.0),
        (7.0, 0.0),
    ]
    assert again(api, first).status_code == 202
    undone(api, Cleaning.objects.get(pk=job.result["cleaning"]))
    assert (shown(dataset)[-1]["kind"], len(shown(dataset))) == ("zz", 42)


def test_later_rows_of_a_renamed_column_go_into_it_under_either_name(api, dataset):
    first = cleaned(api, dataset, {"op": "rename", "params": {"column": "size", "name": "length"}})
    names = list(shown(dataset)[0])
    brought(dataset, ["n1,7,a,x", "n2,many,a,y"], name="later.csv")
    job = done(again(api, first))
    assert job.state == "succeeded", job.error_detail
    brought(dataset, ["n3,8,a,x"], head=HEAD.replace("size", "length"), name="last.csv")
    job = done(again(api, first))
    assert job.state == "succeeded", job.error_detail
    rows = shown(dataset)
    assert list(rows[0]) == names
    assert [(row["who"], row["length"]) for row in rows[40:]] == [("n1", 7.0), ("n2", None), ("n3", 8.0)]


def test_without_later_rows_there_is_nothing_to_clean_again(api, dataset):
    first = cleaned(api, dataset, FILL)
    job = done(again(api, first))
    assert (job.state, job.error_code) == ("failed", "invalid_input")
    assert "import some first" in job.error_detail


def test_groups_are_not_made_again_for_later_rows_alone(api, dataset):
    first = cleaned(api, dataset, {"op": "aggregate", "params": {"by": ["kind"]}})
    answer = again(api, first)
    assert answer.status_code == 422
    assert "all rows at once" in answer.json()["detail"]


def test_a_cleaning_whose_rows_were_taken_further_is_taken_back_after_the_later_one(api, dataset):
    before = shown(dataset)
    first, second = cleaned(api, dataset, FILL), cleaned(api, dataset, WORDS)
    refused = api.post(f"/api/v1/cleanings/{first.pk}/undo/", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "table_taken_further")
    undone(api, second)
    undone(api, first)
    assert shown(dataset) == before


def test_rows_that_came_since_stay_and_are_read_as_the_columns_are_again(api, dataset):
    cast = {"op": "cast", "params": {"columns": ["size"], "kind": "text"}}
    cleaning = cleaned(api, dataset, cast)
    brought(dataset, ["n1,1.50,a,x", "n2,many,a,y"], name="later.csv")
    assert shown(dataset)[-1]["size"] == "many"
    undone(api, cleaning)
    rows = shown(dataset)
    assert [row["size"] for row in rows if row["who"] in ("n1", "n2")] == [1.5, None]
    assert len(rows) == 42
    page = api.get(f"/api/v1/datasets/{dataset.pk}/table/rows/", {"limit": 100}).json()
    assert [row["misfits"] for row in page["results"] if row["cells"][0] == "n2"] == [{"1": "many"}]


def test_a_file_that_was_cleaned_is_still_known(api, dataset):
    cleaned(api, dataset, FILL)
    assert brought(dataset, ROWS).result["duplicates"] == 40
    assert len(shown(dataset)) == 40


def test_a_column_that_files_went_on_to_name_comes_back_as_one(api, dataset):
    before = shown(dataset)
    cleaning = cleaned(api, dataset, {"op": "drop", "params": {"columns": ["kind"]}})
    brought(dataset, ["n1,1,q,x"], name="later.csv")
    undone(api, cleaning)
    assert [row for row in shown(dataset) if row["who"] != "n1"] == before
    assert {row["who"]: row["kind"] for row in shown(dataset)}["n1"] == "q"
    names = [column.name for column in Table.objects.get(dataset=dataset).columns.order_by("index")]
    assert names == ["who", "size", "kind", "target"]


def test_a_renamed_column_and_a_later_one_of_its_old_name_are_one_again(api, dataset):
    cleaning = cleaned(api, dataset, {"op": "rename", "params": {"column": "size", "name": "width"}})
    brought(dataset, ["n1,many,q,x"], name="later.csv")
    undone(api, cleaning)
    page = api.get(f"/api/v1/datasets/{dataset.pk}/table/rows/", {"limit": 100}).json()
    assert "width" not in shown(dataset)[0]
    # Read as the column is that came back: a number.
    assert [row["misfits"] for row in page["results"] if row["cells"][0] == "n1"] == [{"1": "many"}]


def test_a_file_with_both_columns_keeps_one_from_coming_back(api, dataset):
    cleaning = cleaned(api, dataset, {"op": "rename", "params": {"column": "kind", "name": "sort"}})
    brought(dataset, ["n1,q,r"], head="who,kind,sort\n", name="both.csv")
    job = done(api.post(f"/api/v1/cleanings/{cleaning.pk}/undo/", {}, format="json"))
    assert (job.state, job.error_code) == ("failed", "conflict")
    assert "rename" in job.error_detail
    assert api.get(f"/api/v1/cleanings/{cleaning.pk}/").json()["state"] == "applied"
    index = next(c.index for c in Table.objects.get(dataset=dataset).columns.all() if c.name == "kind")
    api.patch(f"/api/v1/datasets/{dataset.pk}/table/columns/{index}/", {"name": "kind 2"}, format="json")
    undone(api, cleaning)
    assert {row["who"]: (row["kind"], row["kind 2"]) for row in shown(dataset)}["n1"] == ("r", "q")


def test_a_column_that_a_cleaning_made_stays_while_later_rows_hold_it(api, dataset):
    cleaning = cleaned(api, dataset, WORDS)
    brought(dataset, ["n1,1,7,x"], "who,size,kind=a,target\n", "later.csv")
    undone(api, cleaning)
    rows = {row["who"]: row for row in shown(dataset)}
    assert (rows["n1"]["kind=a"], rows["p1"]["kind"]) == (7.0, "b")
    assert "kind=b" not in rows["n1"]


def test_a_table_of_another_project_cannot_be_joined(api, dataset):
    other = factories.project_make(created_by=factories.user_make("somebody"))
    there = dataset_services.dataset_create(
        actor=other.created_by,
        project=other,
        name="theirs",
        task="tabular_classification",
        modality="tabular",
    )
    brought(there, ROWS)
    step = {"op": "join", "params": {"table": str(there.pk), "left": ["who"]}}
    for address in (url(dataset), f"{url(dataset)}preview/"):
        answer = api.post(address, recipe(step), format="json")
        assert answer.status_code == 422, answer.json()
        assert "of this project" in answer.json()["detail"]


def test_a_table_of_the_project_is_joined(api, dataset, project):
    there = dataset_services.dataset_create(
        actor=project.created_by,
        project=project,
        name="more",
        task="tabular_classification",
        modality="tabular",
    )
    brought(there, ["a,1", "b,2"], "kind,weight\n", "more.csv")
    cleaned(
        api, dataset, {"op": "join", "params": {"table": str(there.pk), "left": ["kind"], "how": "inner"}}
    )
    assert {(row["kind"], row["weight"]) for row in shown(dataset)} == {("a", 1.0), ("b", 2.0)}
    assert len(shown(dataset)) == 27


def test_a_recipe_that_leaves_no_row_changes_nothing(api, dataset):
    before = shown(dataset)
    job = done(api.post(url(dataset), recipe({"op": "filter", "params": {"column": "who", "test": "eq", "value": "?!"}}), format="json"))  # fmt: skip
    assert (job.state, job.error_code) == ("failed", "nothing_left")
    assert shown(dataset) == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"recipe": []},
        {"recipe": {"steps": [{"op": "impute"}]}, "filter": "label:a"},
        {"recipe": {"version": 1, "steps": [{"op": "lower"}]}},
        {"recipe": {"version": 1, "steps": []}},
        {"recipe": {"version": 1, "steps": [{"op": "join", "params": {"table": "x"}}]}},
    ],
)
def test_what_cannot_be_applied_is_refused_at_once(api, dataset, body):
    assert api.post(url(dataset), body, format="json").status_code == 422
    assert api.post(f"{url(dataset)}preview/", body, format="json").status_code == 422


def test_an_import_that_reads_while_a_cleaning_takes_its_column_away_is_told_to_come_again(
    api, dataset, monkeypatch
):
    """The cleaning ends between the reading of the file and the showing of its rows."""
    from datasets.services import table_import

    real = table_import.description_made

    def meanwhile(*args, **more):
        monkeypatch.setattr(table_import, "description_made", real)
        cleaned(api, dataset, {"op": "drop", "params": {"columns": ["kind"]}})
        return real(*args, **more)

    monkeypatch.setattr(table_import, "description_made", meanwhile)
    data = (HEAD + "n1,1,a,x\n").encode()
    job = worked(
        import_submit_files(
            actor=dataset.project.created_by,
            dataset=dataset,
            files=[SimpleUploadedFile("n.csv", data)],
            options=ImportOptions(),
        )
    )
    assert (job.state, job.error_code) == ("failed", "table_changed")
    assert len(shown(dataset)) == 40


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("point", "is_undo"),
    [*((point, False) for point in (*SWAP, "clean.before-finish")), *((point, True) for point in SWAP_UNDO)],
)
def test_a_process_killed_in_the_middle_loses_and_doubles_nothing(api, dataset, postgres_url, point, is_undo):
    if connection.vendor != "postgresql":
        pytest.skip("a second process needs a database that it can reach")
    before = shown(dataset)
    if is_undo:
        cleaning = cleaned(api, dataset, FILL, WORDS)
        answer = api.post(f"/api/v1/cleanings/{cleaning.pk}/undo/", {}, format="json")
    else:
        answer = api.post(url(dataset), recipe(FILL, WORDS), format="json")
    job = Job.objects.get(pk=answer.json()["job"]["id"])
    database = urlunsplit(urlsplit(postgres_url)._replace(path="/" + connection.settings_dict["NAME"]))
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "DATABASE_URL": database,
        "STUDIO_DATA_DIR": str(settings.DATA_DIR),
        "STUDIO_FAULT": point,
    }
    died = subprocess.run(
        [sys.executable, "-c", CODE, str(job.pk)], env=env, cwd=settings.BASE_DIR, check=False, timeout=240
    )
    assert died.returncode == 137
    half = shown(dataset)
    assert half == before or list(half[0])[-1] == "kind=c"
    Job.objects.filter(pk=job.pk).update(lease_until=utc_now() - timedelta(seconds=1))
    ended = worked(job)
    assert ended.state == "succeeded", ended.error_detail
    rows = shown(dataset)
    assert len(rows) == 40
    assert rows == before if is_undo else all(row["size"] is not None for row in rows)
    assert TablePart.objects.filter(is_live=True).count() == 1
    assert TablePart.objects.filter(is_live=False).count() == int(not is_undo)
