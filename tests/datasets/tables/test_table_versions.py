"""Versions of tables: immutable, split, the same bytes for the same seed; exports that import again equal."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Job
from core.services.blobs import blob_location, blob_read
from datasets.models import DatasetVersion, Finding
from datasets.quality.label_stats import Found
from datasets.services import datasets as dataset_services
from datasets.services.imports import ImportOptions, import_submit_files
from datasets.services.quality import findings_write
from datasets.tables.engine import connect, rows
from datasets.tables.writers import EXPORTS
from tests.datasets.conftest import worked

pytestmark = pytest.mark.django_db(transaction=True)

N = 400
CSV = "who,size,when,target\n" + "".join(
    f"p{i % 40},{i * 0.25 if i % 9 else ''},2024-{1 + i % 12:02d}-{1 + i % 28:02d},{'abcc'[i % 4]}\n"
    for i in range(N)
)


@pytest.fixture
def make_table(project):
    def make(name="rows", content=CSV, filename="rows.csv"):
        dataset = dataset_services.dataset_create(
            actor=project.created_by,
            project=project,
            name=name,
            task="tabular_classification",
            modality="tabular",
        )
        data = content if isinstance(content, bytes) else content.encode()
        job = worked(
            import_submit_files(
                actor=project.created_by,
                dataset=dataset,
                files=[SimpleUploadedFile(filename, data)],
                options=ImportOptions(),
            )
        )
        assert job.state == "succeeded", job.error_detail
        return dataset

    return make


@pytest.fixture
def api(project, client_for):
    return client_for(project.created_by)


def freeze(api, dataset, strategy="random", seed=5, **filters):
    own = {name: filters.pop(name) for name in ("keep_alike", "lock_test", "test_of") if name in filters}
    split = {"strategy": strategy, "train": 0.7, "val": 0.15, "test": 0.15, "seed": seed, **own}
    answer = api.post(
        f"/api/v1/datasets/{dataset.pk}/versions/",
        {"name": "", "split": split, "filter": filters},
        format="json",
    )
    assert answer.status_code == 202, answer.json()
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail
    return DatasetVersion.objects.get(pk=job.result["id"])


def splits_of(version, what):
    path, _, _ = blob_location(version.manifest_sha256)
    connection = connect([path.parent])
    return rows(connection, f"SELECT {what}, __split FROM read_parquet('{path}') ORDER BY id")


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(api, make_table):
    dataset = make_table()
    one, two, other = freeze(api, dataset), freeze(api, dataset), freeze(api, dataset, seed=6)
    assert one.manifest_sha256 == two.manifest_sha256
    assert one.content_hash == two.content_hash != other.content_hash
    assert one.counts["train"] == pytest.approx(0.7 * N, abs=3)
    assert sum(one.counts[name] for name in ("train", "val", "test")) == N


def test_neither_ids_nor_the_order_of_rows_change_a_split(api, make_table):
    head, *lines = CSV.splitlines(keepends=True)
    one, two = make_table("one"), make_table("two", head + "".join(reversed(lines)))
    assert freeze(api, one).content_hash == freeze(api, two).content_hash


def test_a_stratified_split_has_every_class_in_its_share(api, make_table):
    version = freeze(api, make_table(), "stratified")
    for row in version.classes:
        total = row["train"] + row["val"] + row["test"]
        assert row["train"] == pytest.approx(0.7 * total, abs=1)
        assert row["val"] == pytest.approx(0.15 * total, abs=1)


def test_a_group_is_never_torn_apart(api, make_table):
    places = {}
    for who, split in splits_of(freeze(api, make_table(), "group", split_column="0"), "c0"):
        places.setdefault(who, set()).add(split)
    assert all(len(found) == 1 for found in places.values())
    assert {name for found in places.values() for name in found} == {"train", "val", "test"}


def test_a_split_by_time_tests_on_what_came_last(api, make_table):
    found = splits_of(freeze(api, make_table(), "time", split_column="2"), "c2")
    last = {name: max(when for when, split in found if split == name) for name in ("train", "val", "test")}
    first = {name: min(when for when, split in found if split == name) for name in ("train", "val", "test")}
    assert last["train"] < first["val"] <= last["val"] < first["test"]


@pytest.mark.parametrize(("strategy", "target"), [("random", 3), ("stratified", 3), ("stratified", 1)])
def test_equal_rows_are_never_in_two_splits(api, make_table, strategy, target):
    head, *lines = CSV.splitlines(keepends=True)
    dataset = make_table("many", head + "".join(lines[:60] * 7))
    url = f"/api/v1/datasets/{dataset.pk}/table/"
    assert api.patch(url, {"target": target}, format="json").status_code == 200
    version = freeze(api, dataset, strategy)
    places = {}
    for content, split in splits_of(version, "concat_ws('|', c0, c1, c2, c3)"):
        places.setdefault(content, set()).add(split)
    assert all(len(found) == 1 for found in places.values())


def test_rows_without_a_target_are_left_out_and_told(api, make_table):
    dataset = make_table("gaps", CSV + "p1,1,2024-01-01,\n" * 3)
    version = freeze(api, dataset)
    assert version.counts["samples"] == N
    assert version.warnings[0]["count"] == 3
    assert freeze(api, dataset, state="all").counts["samples"] == N + 3


def test_a_filter_of_rows_is_frozen_with_the_version(api, make_table):
    version = freeze(api, make_table(), rows='[{"column": 3, "op": "eq", "value": "a"}]')
    assert version.counts["samples"] == N // 4


@pytest.mark.parametrize(
    ("strategy", "filters", "code"),
    [
        ("group", {}, "split_impossible"),
        ("time", {"split_column": "99"}, "split_impossible"),
        ("random", {"rows": "{"}, "invalid_input"),
        ("random", {"label": "x"}, "invalid_input"),
    ],
)
def test_what_cannot_be_frozen_is_refused_at_once(api, make_table, strategy, filters, code):
    dataset = make_table()
    body = {"name": "", "split": {"strategy": strategy, "train": 1, "seed": 0}, "filter": filters}
    answer = api.post(f"/api/v1/datasets/{dataset.pk}/versions/", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def said_by(api, dataset):
    """Columns with their kinds, and every cell."""
    columns = api.get(f"/api/v1/datasets/{dataset.pk}/table/").json()["columns"]
    rows = api.get(f"/api/v1/datasets/{dataset.pk}/table/rows/?limit=500").json()["results"]
    return [(one["name"], one["kind"]) for one in columns], [(row["cells"], row["misfits"]) for row in rows]


@pytest.mark.parametrize("format", sorted(EXPORTS))
def test_an_export_imports_again_equal(api, make_table, format):
    dataset = make_table("odd", CSV.replace("p3,0.75", "p3,1.50").replace("p5,1.25", 'p5,"a lot"'))
    version = freeze(api, dataset)
    answer = api.post(f"/api/v1/versions/{version.pk}/exports/", {"format": format}, format="json")
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail
    content = blob_read(job.result["sha256"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(archive.namelist()) == 1
    again = make_table("again", content, "again.zip")
    (names, cells), (known, before) = said_by(api, again), said_by(api, dataset)
    assert names == [*known, ("split", "category")]
    assert [(row[:-1], misfits) for row, misfits in cells] == before
    split_column = str(len(known))
    given = freeze(api, again, "given", split_column=split_column)
    assert given.counts == version.counts
    assert [split for _, split in splits_of(given, "c0")] == [split for _, split in splits_of(version, "c0")]
    answer = api.post(f"/api/v1/versions/{given.pk}/exports/", {"format": format}, format="json")
    once_more = make_table(
        "more", blob_read(worked(Job.objects.get(pk=answer.json()["job"]["id"])).result["sha256"]), "m.zip"
    )
    assert said_by(api, once_more) == said_by(api, again)
    assert freeze(api, once_more, "given", split_column=split_column).content_hash == given.content_hash


def test_a_format_of_pictures_does_not_fit_a_table(api, make_table):
    version = freeze(api, make_table())
    answer = api.post(f"/api/v1/versions/{version.pk}/exports/", {"format": "coco"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "format_unfit")


def test_the_checks_screen_gets_the_findings_of_a_table(api, make_table):
    dataset = make_table(
        "checked", "x,same,target\n" + "".join(f"{i % 7},k,{'ab'[i % 2]}\n" for i in range(90))
    )
    answer = api.post(f"/api/v1/datasets/{dataset.pk}/quality-checks/")
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail
    assert Finding.objects.get(dataset=dataset, code="column_constant").params["columns"][0]["name"] == "same"
    listed = api.get(f"/api/v1/datasets/{dataset.pk}/findings/").json()["results"]
    assert "column_constant" in {row["code"] for row in listed}


def test_checks_that_find_nothing_say_that_they_ran(api, make_table):
    dataset = make_table("fine", "x,target\n" + "".join(f"{i % 7},{'ab'[i % 2]}\n" for i in range(90)))
    Finding.objects.filter(dataset=dataset).delete()
    listed = api.get(f"/api/v1/datasets/{dataset.pk}/findings/").json()
    assert (listed["results"], listed["checked_at"]) == ([], None)
    findings_write(dataset.pk, [Found("no_target", "warning", 0, "choose_target")], ())
    listed = api.get(f"/api/v1/datasets/{dataset.pk}/findings/").json()
    assert listed["results"] == []
    assert listed["checked_at"] is not None


def test_a_version_notes_what_the_checks_had_found_in_the_table(api, make_table):
    dataset = make_table()
    freeze(api, dataset)
    findings_write(dataset.pk, [Found("classes_unbalanced", "warning", 1, "add_samples")], ())
    freeze(api, dataset)
    first, second = DatasetVersion.objects.order_by("number")
    assert (first.checks["at"], first.checks["findings"]) == (None, [])
    assert [row["code"] for row in second.checks["findings"]] == ["classes_unbalanced"]
    assert second.checks["at"] == second.checks["findings"][0]["at"]
