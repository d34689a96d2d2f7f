"""What was frozen before a cleaning: branched as it was, and not thrown away by a restore."""

import pytest

from datasets.models import CleaningRow, Sample
from tests.datasets.cleaning.conftest import cleaned, state_of, texts_of, undone
from tests.datasets.merging import GIVEN, branched, job_of
from tests.datasets.test_versions_api import frozen

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = [("Ｏ NE", "a"), ("TWO", "b"), ("three", "a")]


@pytest.fixture
def dataset(make_texts):
    return make_texts(TEXTS)


def restored(client, version, **body):
    return job_of(client.post(f"/api/v1/versions/{version['id']}/restore/", body, format="json")).result


def excerpts(dataset):
    return {row.payload["excerpt"] for row in Sample.objects.filter(dataset=dataset)}


def test_a_branch_of_a_version_has_its_texts_as_they_were_before_they_were_cleaned(client, dataset):
    version, then = frozen(client, dataset, split=GIVEN), excerpts(dataset)
    cleaned(client, dataset, ("lower", {}))
    cleaned(client, dataset, ("width", {}), ("whitespace", {}))
    branch = branched(client, version)
    assert texts_of(branch) == ["TWO", "three", "Ｏ NE"]
    assert excerpts(branch) == then != excerpts(dataset)
    assert frozen(client, branch, split=GIVEN)["content_hash"] == version["content_hash"]


def test_a_restore_neither_loses_nor_miscounts_what_was_cleaned_since(client, dataset):
    version = frozen(client, dataset, split=GIVEN)
    result = cleaned(client, dataset, ("lower", {}))
    before = state_of(dataset)
    for body in ({"preview": True}, {"set_aside": True}):
        counts = restored(client, version, **body)
        assert {
            key: counts.get(key, 0) for key in ("gone_cleaned", "gone_purged", "others", "set_aside")
        } == {
            "gone_cleaned": 2,
            "gone_purged": 0,
            "others": 0,
            "set_aside": 0,
        }
    assert state_of(dataset) == before
    undone(client, result)
    assert "gone_cleaned" not in {
        key for key, value in restored(client, version, preview=True).items() if value
    }


def test_what_has_no_way_back_is_counted_by_a_branch_and_stays_in_a_restore(client, dataset):
    version = frozen(client, dataset, split=GIVEN)
    cleaned(client, dataset, ("lower", {}))
    CleaningRow.objects.all().delete()
    job = job_of(client.post(f"/api/v1/versions/{version['id']}/branches/", {"name": "work"}, format="json"))
    assert (job.result["samples"], job.result["gone_bytes"], job.result.get("gone_purged", 0)) == (1, 2, 0)
    assert restored(client, version, set_aside=True)["gone_cleaned"] == 2
    assert Sample.objects.filter(dataset=dataset).count() == 3
