"""What was frozen before a cleaning: branched as it was, and brought back by a restore."""

from datetime import timedelta

import pytest

from core.clock import utc_now
from core.imaging import probe
from core.models import Blob, Job
from core.services.blobs import blob_read
from core.services.collection import unreferenced_blobs
from datasets.models import CleaningRow, Dataset, DatasetVersion, Sample, Shape
from datasets.services.bin import bins_due
from labeling.services.campaigns import CampaignPlan, campaign_create
from tests.datasets.cleaning.conftest import assert_counted, cleaned, grown, state_of, texts_of
from tests.datasets.cleaning.test_pictures_flow import boxed
from tests.datasets.conftest import worked
from tests.datasets.merging import GIVEN, branched, job_of
from tests.datasets.test_bulk_edits_api import edited
from tests.datasets.test_bulk_edits_api import undone as bulk_undone
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


WANTED = ("contents", "relabeled", "gone_cleaned", "gone_bytes", "gone_purged", "others", "set_aside")


def counted(result, *names):
    return tuple(result.get(name, 0) for name in names or WANTED)


def test_a_restore_brings_back_what_cleanings_changed_and_is_taken_back(client, dataset):
    version, then = frozen(client, dataset, split=GIVEN), state_of(dataset)
    cleaned(client, dataset, ("lower", {}))
    cleaned(client, dataset, ("width", {}), ("whitespace", {}))
    before = state_of(dataset)
    assert counted(restored(client, version, preview=True)) == (2, 0, 0, 0, 0, 0, 0)
    assert state_of(dataset) == before
    result = restored(client, version, set_aside=True)
    assert counted(result) == (2, 0, 0, 0, 0, 0, 0)
    assert state_of(dataset) == then
    assert_counted(dataset)
    assert frozen(client, dataset, split=GIVEN)["content_hash"] == version["content_hash"]
    assert counted(bulk_undone(client, result), "restored", "kept") == (2, 0)
    assert state_of(dataset) == before
    assert_counted(dataset)


@pytest.mark.parametrize("keeps", [True, False])
def test_pictures_come_back_with_their_sizes_features_and_boxes(client, make_dataset, run_import, keeps):
    """Also when only the version still names the bytes: they are opened again."""
    dataset = make_dataset("object_detection")
    boxed(run_import, dataset, [(1, [10, 20, 100, 60]), (2, [0, 0, 320, 240])])
    version, then = frozen(client, dataset, split=GIVEN), state_of(dataset)
    cleaned(client, dataset, ("crop_margins", {"left": 0.25}))
    before = state_of(dataset)
    if not keeps:
        CleaningRow.objects.all().delete()
    result = restored(client, version, set_aside=True)
    assert counted(result) == (2, 2, 0, 0, 0, 0, 0)
    now = state_of(dataset)
    assert [row[:10] for row in now[0]] == [row[:10] for row in then[0]]
    assert [(row["x"], row["y"], row["w"], row["h"]) for row in sorted_by_sample(now[1])] == [
        (row["x"], row["y"], row["w"], row["h"]) for row in sorted_by_sample(then[1])
    ]
    for sample in Sample.objects.filter(dataset=dataset):
        assert sample.size_bytes == len(blob_read(sample.sha256))
        assert probe(blob_read(sample.thumb_sha256)).width == 160
    assert_counted(dataset)
    assert counted(bulk_undone(client, result), "restored", "kept") == (2, 0)
    assert state_of(dataset) == before
    assert_counted(dataset)


def sorted_by_sample(shapes):
    return sorted(shapes, key=lambda row: row["sample_id"])


@pytest.mark.parametrize("keeps", [True, False])
def test_spans_come_back_to_where_they_were(client, make_texts, keeps):
    text = "  Li   Na lives in  Berlin"
    dataset = make_texts([(text, [[2, 9, "PER"], [20, 26, "LOC"]])], task="ner")
    version = frozen(client, dataset, split=GIVEN)
    spans = list(Shape.objects.order_by("position").values_list("geometry", flat=True))
    cleaned(client, dataset, ("whitespace", {}))
    assert list(Shape.objects.order_by("position").values_list("geometry", flat=True)) != spans
    if not keeps:
        CleaningRow.objects.all().delete()
    revision = Sample.objects.get(dataset=dataset).annotation_revision
    assert counted(restored(client, version)) == (1, 1, 0, 0, 0, 0, 0)
    assert texts_of(dataset) == [text]
    assert list(Shape.objects.order_by("position").values_list("geometry", flat=True)) == spans
    assert Sample.objects.get(dataset=dataset).annotation_revision == revision + 1
    assert frozen(client, dataset, split=GIVEN)["content_hash"] == version["content_hash"]


def test_what_was_cleaned_and_then_deleted_comes_out_of_the_bin_as_it_was(client, dataset):
    version, then = frozen(client, dataset, split=GIVEN), texts_of(dataset)
    cleaned(client, dataset, ("lower", {}))
    edited(client, dataset, action="delete", conditions={})
    # What it became is there anew, so that it cannot come back as that.
    grown(dataset, [("two", "b")], dataset.created_by)
    result = restored(client, version, set_aside=True)
    assert counted(result, "returned", "contents", "set_aside") == (3, 2, 1)
    assert texts_of(dataset) == then
    for one in Dataset.objects.all():
        assert_counted(one)
    assert bulk_undone(client, result)["restored"] == 4
    assert texts_of(dataset) == ["two"]
    for one in Dataset.objects.all():
        assert_counted(one)


def test_content_that_another_sample_of_the_version_has_by_now_stays(client, make_texts):
    dataset = make_texts([("ONE", "a"), ("one.", "a")])
    version = frozen(client, dataset, split=GIVEN)
    upper, lower = (Sample.objects.get(dataset=dataset, payload__excerpt=text) for text in ("ONE", "one."))
    edited(client, dataset, action="delete", ids=[str(upper.pk)])
    cleaned(client, dataset, ("regex", {"pattern": "one.", "replacement": "ONE"}))
    lower.refresh_from_db()
    assert lower.sha256 == upper.sha256
    result = restored(client, version)
    assert counted(result, "contents", "gone_cleaned", "returned") == (0, 1, 0)
    assert texts_of(dataset) == ["ONE"]
    assert_counted(dataset)


def test_what_waits_in_a_campaign_keeps_the_content_that_somebody_looks_at(
    client, make_dataset, run_import, project
):
    dataset = make_dataset("object_detection")
    boxed(run_import, dataset, [(1, [10, 20, 100, 60]), (2, [0, 0, 320, 240])])
    version = frozen(client, dataset, split=GIVEN)
    cleaned(client, dataset, ("resize", {"pixels": 160}))
    first, second = Sample.objects.filter(dataset=dataset).order_by("pk")

    def open_task(sample):
        plan = CampaignPlan(name=sample.name, selection={"filter": "ids", "ids": [str(sample.pk)]})
        campaign_create(actor=project.created_by, dataset=dataset, plan=plan)

    open_task(first)
    result = restored(client, version, set_aside=True)
    assert counted(result, "contents", "in_work", "set_aside") == (1, 1, 0)
    sizes = Sample.objects.filter(dataset=dataset).order_by("pk").values_list("payload__width", flat=True)
    assert list(sizes) == [160, 320]
    assert_counted(dataset)
    open_task(second)
    assert counted(bulk_undone(client, result), "restored", "kept") == (0, 1)
    assert list(sizes.all()) == [160, 320]


def test_the_way_back_of_such_a_restore_ends_and_lets_go_of_the_bytes(client, dataset, settings):
    version = frozen(client, dataset, split=GIVEN)
    cleaned(client, dataset, ("lower", {}))
    small = Sample.objects.get(dataset=dataset, payload__excerpt="two").sha256
    result = restored(client, version)
    assert not Sample.objects.filter(sha256=small).exists()
    CleaningRow.objects.filter(edit=None).delete()  # the restore itself keeps what was there before it
    assert small not in unnamed()
    Job.objects.update(finished_at=utc_now() - timedelta(days=settings.STUDIO_BIN_DAYS + 1))
    assert bins_due() == 1
    assert worked(Job.objects.get(kind="datasets.purge")).result["undos"] == 2
    assert not CleaningRow.objects.exists()
    answer = client.post(f"/api/v1/bulk-edits/{result['edit']}/undo/")
    assert (answer.status_code, answer.json()["code"]) == (409, "edit_not_undoable")
    told = client.get(f"/api/v1/bulk-edits/{result['edit']}/").json()
    assert (told["state"], told["undoable"], told["stuck"]) == ("done", False, "too_old")
    assert small in unnamed()


def unnamed():
    return set(unreferenced_blobs(utc_now() + timedelta(days=1)).values_list("pk", flat=True))


def test_what_was_cleaned_again_since_is_kept_when_the_restore_is_taken_back(client, dataset):
    version = frozen(client, dataset, split=GIVEN)
    cleaned(client, dataset, ("lower", {}))
    result = restored(client, version)
    cleaned(client, dataset, ("regex", {"pattern": "TWO", "replacement": "zwei"}))
    assert counted(bulk_undone(client, result), "restored", "kept") == (1, 1)
    assert "zwei" in texts_of(dataset)
    assert_counted(dataset)


def test_what_has_no_way_back_is_counted_by_a_branch_and_comes_back_from_its_bytes(client, dataset):
    version, then = frozen(client, dataset, split=GIVEN), state_of(dataset)
    cleaned(client, dataset, ("lower", {}))
    CleaningRow.objects.all().delete()
    job = job_of(client.post(f"/api/v1/versions/{version['id']}/branches/", {"name": "work"}, format="json"))
    assert (job.result["samples"], job.result["gone_bytes"], job.result.get("gone_purged", 0)) == (1, 2, 0)
    assert restored(client, version, set_aside=True)["contents"] == 2
    assert state_of(dataset) == then


def test_bytes_that_are_gone_stay_as_they_were_cleaned(client, dataset):
    version = frozen(client, dataset, split=GIVEN)
    cleaned(client, dataset, ("lower", {}))
    CleaningRow.objects.all().delete()
    Blob.objects.exclude(pk__in=Sample.objects.values("sha256")).exclude(
        pk=DatasetVersion.objects.get().manifest_sha256
    ).delete()
    before = state_of(dataset)
    assert counted(restored(client, version, set_aside=True), "contents", "gone_bytes") == (0, 2)
    assert state_of(dataset) == before
