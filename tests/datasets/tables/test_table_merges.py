"""Branches and merges of tables through the API: looked at, chosen, done, taken back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Job
from datasets.models import Dataset, Table
from datasets.services.imports import ImportOptions, import_submit_files
from tests.datasets.conftest import worked
from tests.datasets.tables.test_table_versions import api, freeze, make_table  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
CSV = "row_id,size,word,target\n" + "".join(f"k{i},{i},w{i},{'ab'[i % 2]}\n" for i in range(60))


def done(answer):
    assert answer.status_code == 202, answer.json()
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", (job.error_code, job.error_detail)
    return job.result


def branched(api, version, name="branch"):  # noqa: F811
    return Dataset.objects.get(
        pk=done(api.post(f"/api/v1/versions/{version.pk}/branches/", {"name": name}, format="json"))[
            "dataset"
        ]
    )


def cleaned(api, dataset, *steps):  # noqa: F811
    done(api.post(f"/api/v1/datasets/{dataset.pk}/cleanings/", {"recipe": {"steps": steps}}, format="json"))


def setting(column, value, key):
    condition = f'[{{"column": 0, "op": "eq", "value": "{key}"}}]'
    return {"op": "set_cells", "params": {"column": column, "value": value, "rows": condition}}


def dropping(key):
    return {"op": "drop_rows", "params": {"rows": f'[{{"column": 0, "op": "eq", "value": "{key}"}}]'}}


def rows_of(api, dataset):  # noqa: F811
    names = [column["name"] for column in api.get(f"/api/v1/datasets/{dataset.pk}/table/").json()["columns"]]
    found = api.get(f"/api/v1/datasets/{dataset.pk}/table/rows/?limit=500").json()["results"]
    return {row["cells"][0]: dict(zip(names, row["cells"], strict=True)) for row in found}


def more(project, dataset, text):
    file = SimpleUploadedFile("more.csv", text.encode())
    job = import_submit_files(
        actor=project.created_by, dataset=dataset, files=[file], options=ImportOptions()
    )
    assert worked(job).state == "succeeded"


def test_a_branch_goes_its_own_way_and_comes_back(api, make_table, project):  # noqa: F811
    dataset = make_table("trunk", CSV)
    version = freeze(api, dataset)
    branch = branched(api, version)
    assert rows_of(api, branch) == rows_of(api, dataset)
    assert Table.objects.get(dataset=branch).target == Table.objects.get(dataset=dataset).target == 3
    cleaned(api, branch, setting("word", "there", "k1"), setting("word", "there", "k2"), dropping("k3"))
    more(project, branch, "row_id,size,word,target,extra\nnew,7,w,a,e\n")
    cleaned(api, dataset, setting("word", "here", "k2"), setting("size", "99", "k1"))
    before = rows_of(api, dataset)
    source = freeze(api, branch)
    shown = api.get(f"/api/v1/datasets/{dataset.pk}/merges/proposal/?version={source.pk}").json()
    assert shown["base"]["version"] == str(version.pk)
    assert [(row["name"], row["to"], row["why"]) for row in shown["classes"]] == [
        ("a", "a", "name"),
        ("b", "b", "name"),
    ]
    url = f"/api/v1/datasets/{dataset.pk}/merges/"
    merge = done(api.post(url, {"version": str(source.pk), "removals": True}, format="json"))
    counts = {name: count for name, count in merge["counts"].items() if name != "revision"}
    assert counts == {
        **{"same": 57, "added": 1, "taken": 1, "both_changed": 1, "removed": 1},
        **{"conflicts": 1, "columns_added": 1},
    }
    conflict = api.get(f"/api/v1/merges/{merge['id']}/conflicts/").json()["results"][0]
    assert (conflict["name"], conflict["kind"]) == ("k2", "both_changed")
    assert [row["name"] for row in conflict["ours"]] == ["word: here"]
    assert [row["name"] for row in conflict["theirs"]] == ["word: there"]
    chosen = {"choice": "theirs", "conflicts": [conflict["id"]]}
    assert api.post(f"/api/v1/merges/{merge['id']}/choices/", chosen, format="json").status_code == 200
    result = done(api.post(f"/api/v1/merges/{merge['id']}/apply/", {"policy": "ours"}, format="json"))
    assert (result["added"], result["taken"], result["theirs"], result["set_aside"]) == (1, 1, 1, 1)
    after = rows_of(api, dataset)
    assert after["k1"] == {**before["k1"], "word": "there", "extra": None}
    assert after["k1"]["size"] == before["k1"]["size"] == "99"
    assert after["k2"]["word"] == "there"
    assert after["new"]["extra"] == "e"
    assert "k3" not in after
    assert Table.objects.get(dataset=dataset).next_column == 5
    again = done(api.post(url, {"version": str(source.pk)}, format="json"))
    assert again["base"]["version"] == str(source.pk)
    assert again["counts"]["conflicts"] == 0
    done(api.post(f"/api/v1/bulk-edits/{result['edit']}/undo/"))
    assert rows_of(api, dataset) == before
    assert api.get(f"/api/v1/merges/{merge['id']}/").json()["state"] == "undone"


def test_a_merge_of_a_table_that_changed_since_is_looked_at_anew(api, make_table):  # noqa: F811
    dataset, other = make_table("mine", CSV), make_table("theirs", CSV.replace("w7,", "other,"))
    source = freeze(api, other)
    merge = done(
        api.post(f"/api/v1/datasets/{dataset.pk}/merges/", {"version": str(source.pk)}, format="json")
    )
    assert (merge["base"], merge["counts"]["both_said"]) == (None, 1)
    cleaned(api, dataset, setting("word", "x", "k1"))
    answer = api.post(f"/api/v1/merges/{merge['id']}/apply/", {"policy": "theirs"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "merge_stale")


def test_words_are_mapped_and_an_unknown_one_is_refused(api, make_table):  # noqa: F811
    dataset, other = make_table("mine", CSV), make_table("theirs", CSV.replace(",a\n", ",A\n") + "z,1,w,A\n")
    source = freeze(api, other)
    url = f"/api/v1/datasets/{dataset.pk}/merges/"
    shown = api.get(f"{url}proposal/?version={source.pk}").json()
    assert [row["name"] for row in shown["here"]] == ["a", "b"]
    assert {row["name"]: row["to"] for row in shown["classes"]} == {"A": "new", "b": "b"}
    for classes in ({"A": "nothing"}, {"C": "a"}):
        answer = api.post(url, {"version": str(source.pk), "classes": classes}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (422, "merge_mapping_invalid")
    merge = done(api.post(url, {"version": str(source.pk), "classes": {"A": "a"}}, format="json"))
    assert merge["counts"]["added"] == 1
    assert merge["counts"]["conflicts"] == 0
    done(api.post(f"/api/v1/merges/{merge['id']}/apply/", {}, format="json"))
    assert rows_of(api, dataset)["z"]["target"] == "a"
