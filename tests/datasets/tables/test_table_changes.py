"""Versions of tables compared, and a table brought back to one, over the API; each beside a loop over the cells."""

from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.clock import utc_now
from core.models import Job
from core.services.collection import unreferenced_blobs
from datasets.models import DatasetVersion, Table, TableChange, TablePart
from datasets.selectors.counters import counts_of
from datasets.selectors.tables import RowsAsked, rows_asked
from datasets.services import datasets as dataset_services
from datasets.services.imports import ImportOptions, import_submit_files
from tests.datasets.conftest import worked

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = "who,size,kind,target\n"
FIRST = [f"p{i},{i * 0.5 if i % 7 else ''},{'ab'[i % 2]},{'xyz'[i % 3]}" for i in range(60)]


@pytest.fixture
def api(project, client_for):
    return client_for(project.created_by)


@pytest.fixture
def dataset(project):
    return dataset_services.dataset_create(
        actor=project.created_by,
        project=project,
        name="rows",
        task="tabular_classification",
        modality="tabular",
    )


def brought(dataset, rows, head=HEAD, name="rows.csv"):
    data = (head + "".join(f"{row}\n" for row in rows)).encode()
    job = import_submit_files(
        actor=dataset.project.created_by,
        dataset=dataset,
        files=[SimpleUploadedFile(name, data)],
        options=ImportOptions(),
    )
    job = worked(job)
    assert job.state == "succeeded", job.error_detail
    return job


def frozen(api, dataset, seed=5):
    split = {"strategy": "random", "train": 0.7, "val": 0.15, "test": 0.15, "seed": seed}
    answer = api.post(
        f"/api/v1/datasets/{dataset.pk}/versions/",
        {"name": "", "split": split, "filter": {"state": "all"}},
        format="json",
    )
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail
    return DatasetVersion.objects.get(pk=job.result["id"])


def done(answer):
    assert answer.status_code == 202, answer.json()
    return worked(Job.objects.get(pk=answer.json()["job"]["id"]))


def shown(dataset):
    """Cells by name, row by row."""
    table = Table.objects.get(dataset=dataset)
    table.dataset = dataset
    page = rows_asked(table, RowsAsked(limit=500))
    names = {column.index: column.name for column in table.columns.all()}
    return [
        dict(zip([names[i] for i in page["columns"]], row["cells"], strict=True)) for row in page["results"]
    ]


def replaced(api, dataset, rows, head=HEAD):
    """The table with other rows, by way of a table made anew."""
    TablePart.objects.filter(table_id=dataset.pk).delete()
    Table.objects.filter(pk=dataset.pk).update(revision=50)
    return brought(dataset, rows, head, "other.csv")


def diff(api, new, old, **query):
    return api.get(f"/api/v1/versions/{new.pk}/diff/", {"against": old.pk, **query})


CHANGED = [
    *(row for i, row in enumerate(FIRST) if i not in (3, 4)),
    "p3,99,a,x",
    "q1,1,a,x",
    "q1,1,a,x",
]


def test_rows_that_came_and_went_are_counted_by_what_they_say(api, dataset):
    brought(dataset, FIRST)
    old = frozen(api, dataset)
    replaced(api, dataset, CHANGED)
    new = frozen(api, dataset)
    told = diff(api, new, old).json()
    one, two = Counter(CHANGED), Counter(FIRST)
    assert told["counts"]["added"] == (one - two).total() == 3
    assert told["counts"]["removed"] == (two - one).total() == 2
    assert told["counts"]["same"] == (one & two).total()
    assert told["counts"]["changed"] == 0
    assert told["same_content"] is False
    added = [row["after"]["cells"][0] for row in told["table"]["rows"]["added"]]
    assert sorted(added) == ["p3", "q1", "q1"]
    assert [row["before"]["cells"][0] for row in told["table"]["rows"]["removed"]] == ["p3", "p4"]


def test_with_a_column_that_names_rows_changed_cells_are_told(api, dataset):
    brought(dataset, FIRST)
    old = frozen(api, dataset)
    replaced(api, dataset, CHANGED)
    new = frozen(api, dataset)
    told = diff(api, new, old, key=0).json()
    assert {name: told["counts"][name] for name in ("added", "removed", "changed")} == {
        "added": 0,
        "removed": 1,
        "changed": 1,
    }
    assert told["table"]["ambiguous"] == 2
    assert told["table"]["cells"] == {"1": 1, "2": 1}
    (row,) = told["table"]["rows"]["changed"]
    assert (row["before"]["cells"], row["after"]["cells"]) == (["p3", 1.5, "b", "x"], ["p3", 99.0, "a", "x"])


def test_every_row_is_counted_though_a_key_stands_once_here_and_twice_there(api, dataset):
    brought(dataset, FIRST)
    old = frozen(api, dataset)
    replaced(api, dataset, [*FIRST, "p5,1,a,x"])
    new = frozen(api, dataset)
    for newer, older in ((new, old), (old, new)):
        told = diff(api, newer, older, key=0).json()
        assert (told["counts"]["same"], told["table"]["ambiguous"]) == (59, 3)


def test_rows_in_another_split_and_other_columns_are_told(api, dataset):
    brought(dataset, FIRST)
    old, new = frozen(api, dataset, seed=1), frozen(api, dataset, seed=2)
    told = diff(api, new, old).json()
    assert (told["counts"]["added"], told["counts"]["removed"]) == (0, 0)
    assert told["counts"]["moved"] == diff(api, new, old, key=0).json()["counts"]["moved"] > 0
    row = told["table"]["rows"]["moved"][0]
    assert row["before"]["split"] != row["after"]["split"]
    brought(dataset, ["p1,7"], "who,more\n", "more.csv")
    third = frozen(api, dataset, seed=2)
    told = diff(api, third, new).json()
    assert [column["name"] for column in told["table"]["columns"]["added"]] == ["more"]
    assert told["counts"]["added"] == 1


@pytest.mark.parametrize(("key", "status"), [("9", 422), ("x", 422), ("-1", 422), ("2", 422)])
def test_a_key_that_names_no_row_is_refused(api, dataset, key, status):
    brought(dataset, FIRST)
    version = frozen(api, dataset)
    answer = diff(api, version, version, key=key)
    assert answer.status_code == status
    assert "key" in answer.json()["params"]["fields"]


def test_a_table_is_brought_back_to_a_version_and_the_restore_is_taken_back(api, dataset):
    brought(dataset, FIRST)
    version = frozen(api, dataset)
    before = shown(dataset)
    changed = api.patch(f"/api/v1/datasets/{dataset.pk}/table/columns/1/", {"name": "length"}, format="json")
    assert changed.status_code == 200
    brought(dataset, ["n1,1,c,x", "n2,2,c,y"], "who,length,kind,target\n", "later.csv")
    after = shown(dataset)
    url = f"/api/v1/versions/{version.pk}/restore/"
    seen = done(api.post(url, {"preview": True}, format="json")).result
    assert {name: seen[name] for name in ("returned", "unchanged", "others")} == {
        "returned": 0,
        "unchanged": 60,
        "others": 2,
    }
    assert shown(dataset) == after
    assert api.post(url, {}, format="json").json()["code"] == "restore_unfit"
    job = done(api.post(url, {"set_aside": True}, format="json"))
    assert job.state == "succeeded", job.error_detail
    assert shown(dataset) == before
    assert counts_of([dataset.pk])[dataset.pk]["samples"] == 60
    undone = done(api.post(f"/api/v1/bulk-edits/{job.result['edit']}/undo/", {}, format="json"))
    assert undone.state == "succeeded", undone.error_detail
    assert shown(dataset) == after
    assert undone.result["restored"] == 62
    assert TableChange.objects.get().state == "undone"


def test_rows_that_came_after_a_restore_stay_when_it_is_taken_back(api, dataset):
    brought(dataset, FIRST)
    version = frozen(api, dataset)
    brought(dataset, ["n1,1,c,x"], name="b.csv")
    job = done(api.post(f"/api/v1/versions/{version.pk}/restore/", {"set_aside": True}, format="json"))
    brought(dataset, ["n2,2,c,y"], name="c.csv")
    assert [row["who"] for row in shown(dataset)][-1] == "n2"
    done(api.post(f"/api/v1/bulk-edits/{job.result['edit']}/undo/", {}, format="json"))
    assert sorted(row["who"] for row in shown(dataset))[:2] == ["n1", "n2"]
    assert len(shown(dataset)) == 62


def test_a_restore_says_that_a_later_change_took_up_its_rows_until_that_is_taken_back(api, dataset):
    brought(dataset, FIRST)
    version = frozen(api, dataset)
    job = done(api.post(f"/api/v1/versions/{version.pk}/restore/", {"set_aside": True}, format="json"))
    url = f"/api/v1/bulk-edits/{job.result['edit']}/"

    def told():
        (listed,) = api.get(f"/api/v1/datasets/{dataset.pk}/bulk-edits/").json()["results"]
        alone = api.get(url).json()
        assert (alone["undoable"], alone["stuck"]) == (listed["undoable"], listed["stuck"])
        return alone["undoable"], alone["stuck"]

    assert told() == (True, "")
    step = {"op": "drop", "params": {"columns": ["kind"]}}
    body = {"recipe": {"version": 1, "steps": [step]}}
    later = done(api.post(f"/api/v1/datasets/{dataset.pk}/cleanings/", body, format="json"))
    assert told() == (False, "taken_further")
    refused = api.post(f"{url}undo/")
    assert (refused.status_code, refused.json()["code"]) == (409, "table_taken_further")
    done(api.post(f"/api/v1/cleanings/{later.result['cleaning']}/undo/"))
    assert told() == (True, "")


def test_a_file_whose_rows_a_restore_took_away_may_come_again(api, dataset):
    brought(dataset, FIRST)
    version = frozen(api, dataset)
    brought(dataset, ["n1,1,c,x"], name="b.csv")
    done(api.post(f"/api/v1/versions/{version.pk}/restore/", {"set_aside": True}, format="json"))
    assert brought(dataset, FIRST).result["duplicates"] == 60
    assert brought(dataset, ["n1,1,c,x"], name="b.csv").result["created"] == 1
    assert len(shown(dataset)) == 61


def test_what_is_taken_back_may_be_collected_and_what_can_be_is_kept(api, dataset):
    brought(dataset, FIRST)
    version = frozen(api, dataset)
    brought(dataset, ["n1,1,c,x"], name="b.csv")
    job = done(api.post(f"/api/v1/versions/{version.pk}/restore/", {"set_aside": True}, format="json"))
    loose = set(unreferenced_blobs(utc_now()).values_list("sha256", flat=True))
    kept = set(TablePart.objects.values_list("sha256", flat=True))
    assert len(kept) == 3
    assert not loose & kept
    made = set(TablePart.objects.filter(made_by__isnull=False).values_list("sha256", flat=True))
    done(api.post(f"/api/v1/bulk-edits/{job.result['edit']}/undo/", {}, format="json"))
    assert made <= set(unreferenced_blobs(utc_now()).values_list("sha256", flat=True))
