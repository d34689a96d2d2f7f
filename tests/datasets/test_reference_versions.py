"""Versions of samples whose bytes lie in a bucket: copied in, or kept there and the same or refused."""

import io
import json
import zipfile

import pytest

from core.models import OUTSIDE, Blob, Job
from core.services.blobs import blob_read
from datasets.models import DatasetVersion
from datasets.services.versions import version_materialize
from tests.datasets.buckets import photos, server  # noqa: F401
from tests.datasets.conftest import worked
from tests.datasets.test_references import FILES, FIRST, client, quick, referenced, sample_of  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def freeze(client):  # noqa: F811
    """Freeze a data set; the job as it ended."""

    def make(dataset, **body):
        sent = {"name": "v", "split": {"strategy": "random", "train": 1, "val": 0, "test": 0}, **body}
        answer = client.post(f"/api/v1/datasets/{dataset.pk}/versions/", sent, format="json")
        assert answer.status_code == 202, answer.content
        return worked(Job.objects.get(pk=answer.json()["job"]["id"]))

    return make


def card_of(client, version):  # noqa: F811
    markdown = client.get(f"/api/v1/versions/{version.pk}/card/markdown/").content.decode()
    return client.get(f"/api/v1/versions/{version.pk}/card/").json()["outside"], markdown


def test_a_version_copies_what_lies_outside_and_says_so(client, photos, referenced, freeze):  # noqa: F811
    dataset, _ = referenced()
    assert freeze(dataset).state == "succeeded"
    version = DatasetVersion.objects.get()
    told, markdown = card_of(client, version)
    assert told == {"kept": 0, "size_bytes": 0, "copied": 6}
    assert "were copied in when it was frozen (6 samples)" in markdown
    photos.delete(*FILES)
    assert not Blob.objects.filter(container=OUTSIDE).exists()
    assert blob_read(sample_of(FIRST).sha256) == FILES[FIRST]
    assert client.get(f"/api/v1/datasets/{dataset.pk}/references/").json()["count"] == 0
    assert freeze(dataset, name="again").state == "succeeded"
    assert DatasetVersion.objects.get(name="again").outside == {}


def test_a_version_is_not_made_of_what_cannot_be_copied_as_it_was(photos, referenced, freeze):  # noqa: F811
    dataset, _ = referenced()
    photos.put({FIRST: b"another"})
    job = freeze(dataset)
    assert (job.state, job.error_code) == ("failed", "reference_changed")
    assert FIRST in job.error_detail
    assert not DatasetVersion.objects.exists()


def test_a_version_that_keeps_references_says_so_and_is_the_same_or_refuses(
    client, photos, referenced, freeze, tmp_path  # noqa: F811
):  # fmt: skip
    dataset, _ = referenced()
    assert freeze(dataset, outside="keep").state == "succeeded"
    version = DatasetVersion.objects.get()
    told, markdown = card_of(client, version)
    size = sum(map(len, FILES.values()))
    assert told == {"kept": 6, "size_bytes": size, "copied": 0}
    assert f"lie in a bucket (6 samples, {size} bytes)" in markdown
    assert Blob.objects.filter(container=OUTSIDE).count() == 6
    folder = tmp_path / "job"
    folder.mkdir()
    lines = version_materialize(version.pk, folder).read_bytes().splitlines()[1:]
    places = [json.loads(line) for line in lines]
    read = set()
    for place in places:
        with open(place["path"], "rb") as file:  # noqa: PTH123
            file.seek(place["offset"])
            read.add(file.read(place["length"]))
    assert read == set(FILES.values())
    check = client.post(f"/api/v1/versions/{version.pk}/references/check/")
    assert worked(Job.objects.get(pk=check.json()["job"]["id"])).result["reachable"] == 6
    photos.delete(FIRST)
    check = client.post(f"/api/v1/versions/{version.pk}/references/check/")
    result = worked(Job.objects.get(pk=check.json()["job"]["id"])).result
    assert (result["reachable"], result["examples"]) == (5, [{"key": FIRST, "state": "gone"}])


def exported(client, version):  # noqa: F811
    body = {"format": "coco", "include_media": True}
    answer = client.post(f"/api/v1/versions/{version.pk}/exports/", body, format="json")
    return worked(Job.objects.get(pk=answer.json()["job"]["id"]))


def test_an_export_reads_from_the_bucket_with_room_for_no_copy_and_refuses_what_changed(
    client, photos, referenced, freeze, settings  # noqa: F811
):  # fmt: skip
    settings.STUDIO_OUTSIDE_CACHE_MB = 0
    dataset, _ = referenced()
    freeze(dataset, outside="keep")
    version = DatasetVersion.objects.get()
    job = exported(client, version)
    assert job.state == "succeeded", job.error_detail
    got = client.get(job.result["download_url"])
    body = b"".join(got.streaming_content) if got.streaming else got.content
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        media = {archive.read(name) for name in archive.namelist() if name.endswith(".jpg")}
    assert media == set(FILES.values())
    photos.put({FIRST: FILES[FIRST] + b"x"})
    job = exported(client, version)
    assert (job.state, job.error_code) == ("failed", "reference_changed")
