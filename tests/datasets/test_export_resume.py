"""An export whose worker is killed goes on behind what is durable, and ends as if nothing had happened."""

import os
from shutil import rmtree

import pytest

from core.jobs import lease
from core.jobs.context import JobContext
from core.models import Job
from core.services.blobs import blob_read
from core.services.scratch import scratch_dir
from datasets.formats.writers import parts
from datasets.models import DatasetVersion, VersionExport
from datasets.services import export_write
from datasets.services.exports import export_submit
from datasets.services.versions import version_submit
from datasets.splits import SplitSpec
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture
from tests.faults.forks import code_of
from tests.faults.world import expired

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
PICTURES = 100


@pytest.fixture
def version(project, make_dataset, run_import, monkeypatch):
    monkeypatch.setattr(parts, "PART_ENTRIES", 7)
    dataset = make_dataset()
    run_import(dataset, {f"{'cat' if i % 2 else 'dog'}/{i}.jpg": picture(i) for i in range(PICTURES)})
    spec = SplitSpec(strategy="random", train=0.6, val=0.2, test=0.2, seed=1)
    job = worked(
        version_submit(actor=project.created_by, dataset=dataset, name="v", spec=spec, conditions={})
    )
    return DatasetVersion.objects.get(pk=job.result["id"])


@pytest.fixture
def reads(monkeypatch):
    """How many media were read, in a list of one; `reads.limit` is where the process dies."""

    class Reads:
        count, limit, raises = 0, 1 << 30, None

    plain = export_write._Media.read

    def read(self, sha256):
        if Reads.count == Reads.limit:
            if Reads.raises is not None:
                raise Reads.raises
            os._exit(137)
        Reads.count += 1
        return plain(self, sha256)

    monkeypatch.setattr(export_write._Media, "read", read)
    return Reads


def submitted(version, format="coco"):
    return export_submit(actor=version.created_by, version=version, format=format, include_media=True)


def left_over():
    return list(scratch_dir().glob("export-*"))


@pytest.mark.parametrize("format", ["coco", "folder_per_class", "csv"])
def test_a_kill_at_four_fifths_redoes_less_than_three_tenths_and_changes_no_byte(version, reads, format):
    whole = worked(submitted(version, format))
    assert (whole.state, reads.count) == ("succeeded", PICTURES)
    job = submitted(version, format)
    reads.count, reads.limit = 0, 80
    assert code_of(lambda: worked(job)) == 137
    assert not VersionExport.objects.filter(job=job).exists()
    reads.count, reads.limit = 0, 1 << 30
    expired(job)
    ended = worked(job)
    assert ended.state == "succeeded", ended.error_detail
    assert PICTURES - 80 <= reads.count < 0.3 * PICTURES
    assert blob_read(ended.result["sha256"]) == blob_read(whole.result["sha256"])
    assert ended.result["problems"] == whole.result["problems"]
    assert left_over() == []


def test_killed_again_and_again_it_still_ends_and_is_not_given_up(version, reads):
    whole = worked(submitted(version))
    job = submitted(version)
    for _ in range(lease.MAX_DEATHS + 2):
        reads.count, reads.limit = 0, 10
        assert code_of(lambda: worked(job)) == 137
        # The lease only: the deaths are forgiven because each attempt got further.
        Job.objects.filter(pk=job.pk).update(lease_until=Job.objects.get(pk=job.pk).created_at)
    reads.limit = 1 << 30
    ended = worked(job)
    assert ended.state == "succeeded", ended.error_detail
    assert ended.result["sha256"] == whole.result["sha256"]


def test_pieces_written_otherwise_by_another_release_are_begun_anew(version, reads, monkeypatch):
    whole = worked(submitted(version))
    job = submitted(version)
    with monkeypatch.context() as other:
        other.setattr("datasets.formats.writers.coco.file_name", lambda sample: f"{sample.id}.old")
        reads.count, reads.limit = 0, 80
        assert code_of(lambda: worked(job)) == 137
    assert len(left_over()) == 1
    reads.count, reads.limit = 0, 1 << 30
    expired(job)
    assert worked(job).result["sha256"] == whole.result["sha256"]
    assert reads.count == PICTURES
    assert left_over() == []


@pytest.mark.parametrize("error", [lease.JobCancelled(), OSError("disk")])
def test_an_export_that_has_ended_for_good_leaves_nothing(version, reads, error):
    reads.limit, reads.raises = 50, error
    ended = worked(submitted(version))
    assert ended.state == ("cancelled" if isinstance(error, lease.JobCancelled) else "failed")
    assert left_over() == []


def test_who_lost_the_lease_leaves_the_pieces_to_the_next(version, reads, monkeypatch):
    job = submitted(version)
    plain = JobContext.check

    def stolen(self):
        if reads.count >= 50:
            Job.objects.filter(pk=job.pk).update(attempt=99)
            raise OSError("the piece is gone")
        plain(self)

    monkeypatch.setattr(export_write, "_AHEAD", 10)
    monkeypatch.setattr(JobContext, "check", stolen)
    assert worked(job).state == "running"
    (pieces,) = left_over()
    rmtree(pieces)  # The other tests of this process ask that nothing lies there.
