"""Versions of tables whose rare classes are made up for: seen beforehand, made by a job, used like any version."""

import pytest

from core.models import Job
from core.services.blobs import blob_location
from datasets.models import DatasetVersion
from datasets.tables.engine import connect, rows
from tests.datasets.conftest import worked
from tests.datasets.tables.test_table_versions import api, freeze, make_table  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
CSV = "size,city,target\n" + "".join(
    f"{i % 97 * 0.5},{'abc'[i % 3]},{'rare' if i % 20 == 0 else 'many'}\n" for i in range(400)
)


def balanced(api, version, **sent):  # noqa: F811
    answer = api.post(f"/api/v1/versions/{version.pk}/balances/", sent, format="json")
    assert answer.status_code == 202, answer.json()
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail
    return DatasetVersion.objects.get(pk=job.result["id"])


def test_what_is_shown_beforehand_is_what_the_version_has(api, make_table, project, client_for):  # noqa: F811
    version = freeze(api, make_table("unequal", CSV), "stratified")
    url = f"/api/v1/versions/{version.pk}/balances/"
    shown = api.get(f"{url}?share=0.5").json()
    by_name = {row["name"]: row for row in shown["classes"]}
    train = {row["name"]: row["train"] for row in version.classes}
    assert {name: row["before"] for name, row in by_name.items()} == train
    assert by_name["rare"]["after"] == round(0.5 * train["many"])
    assert by_name["rare"]["weight"] == pytest.approx(2 * by_name["many"]["weight"], rel=0.01)
    made = balanced(api, version, share=0.5, seed=3)
    assert made.parent_id == version.pk
    assert made.counts["samples"] == version.counts["samples"] + shown["made"]
    assert {row["name"]: row["train"] for row in made.classes} == {
        name: row["after"] for name, row in by_name.items()
    }
    assert [(row["val"], row["test"]) for row in made.classes] == [
        (row["val"], row["test"]) for row in version.classes
    ]
    assert made.augmentation["weights"]["rare"] == by_name["rare"]["weight"]
    path, _, _ = blob_location(made.manifest_sha256)
    counted = f"SELECT count(*), count(*) FILTER (__made) FROM read_parquet('{path}') WHERE __split = 'train'"
    assert rows(connect([path.parent]), counted) == [(made.counts["train"], shown["made"])]
    assert balanced(api, version, share=0.5, seed=3).content_hash == made.content_hash
    again = api.post(f"/api/v1/versions/{made.pk}/balances/", {}, format="json")
    assert (again.status_code, again.json()["code"]) == (422, "balance_unfit")
    weighed = balanced(api, version, method="weights")
    assert (weighed.content_hash, weighed.counts) == (version.content_hash, version.counts)
    assert weighed.augmentation["weights"]["rare"] > 9


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"method": "magic"}, "invalid_input"),
        ({"share": 0}, "invalid_input"),
        ({"share": 0.01}, "invalid_input"),
        ({"neighbors": 51}, "invalid_input"),
    ],
)
def test_what_cannot_be_made_is_refused_at_once(api, make_table, sent, code):  # noqa: F811
    version = freeze(api, make_table("unequal", CSV))
    answer = api.post(f"/api/v1/versions/{version.pk}/balances/", sent, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.json()


def test_a_table_without_classes_is_not_balanced(api, make_table):  # noqa: F811
    dataset = make_table("plain", CSV)
    api.patch(f"/api/v1/datasets/{dataset.pk}/table/", {"target": 0}, format="json")
    version = freeze(api, dataset)
    answer = api.get(f"/api/v1/versions/{version.pk}/balances/")
    assert (answer.status_code, answer.json()["code"]) == (422, "balance_unfit")
