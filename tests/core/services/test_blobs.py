"""Blobs: durable before named, collected only when nobody refers to them."""

import hashlib
import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from core.clock import utc_now
from core.models import Blob
from core.services import blobs, collection
from core.services.storage import container_store
from core.storage import LocalStore
from datasets.models import Dataset, Sample


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def refer_to(sha256: str, project) -> Sample:
    """A sample whose bytes are `sha256`."""
    dataset, _ = Dataset.objects.get_or_create(
        project=project, name="d", task="image_classification", defaults={"created_by": project.created_by}
    )
    return Sample.objects.create(
        dataset=dataset, name=sha256[:8], sha256=sha256, media_type="a/b", size_bytes=1, imported_at=utc_now()
    )


def register(*refs):
    with transaction.atomic():
        blobs.blobs_register(refs)


def age(*, hours: int = 48) -> None:
    """Make everything look as if nobody had touched it for days."""
    Blob.objects.update(created_at=utc_now() - timedelta(hours=hours))
    store = container_store()
    then = (utc_now() - timedelta(hours=hours)).timestamp()
    for container in store.containers():
        os.utime(store.local_path(container.sha256), (then, then))


def test_a_blob_is_read_back_by_its_hash(db, tmp_path):
    ref = blobs.blob_put(b"some bytes", "text/plain")
    register(ref)
    assert ref.sha256 == hashlib.sha256(b"some bytes").hexdigest()
    assert blobs.blob_read(ref.sha256) == b"some bytes"
    with blobs.blob_open(ref.sha256) as file:
        assert file.read() == b"some bytes"
    assert blobs.blob_row(ref.sha256).media_type == "text/plain"


def test_a_file_is_copied_into_the_store(db, tmp_path):
    path = tmp_path / "big"
    path.write_bytes(os.urandom(3 << 20))
    ref = blobs.blob_put_file(path, "application/zip")
    register(ref)
    assert blobs.blob_read(ref.sha256) == path.read_bytes()
    assert ref.size_bytes == 3 << 20


def test_a_batch_is_one_container_and_holds_each_content_once(db):
    with blobs.BlobBatch() as batch:
        first, second = batch.add(b"one", "a/b"), batch.add(b"two", "a/b")
        assert batch.add(b"one", "a/b") is first
        with pytest.raises(RuntimeError):
            assert first.container
        assert batch.size_bytes == 6
        batch.seal()
    register(*batch.refs)
    assert first.container == second.container
    assert len(list(container_store().containers())) == 1
    path, offset, length = blobs.blob_location(second.sha256)
    assert path.read_bytes()[offset : offset + length] == b"two"
    with blobs.blob_open(second.sha256) as file:
        assert file.read() == b"two"


def test_a_batch_left_without_seal_stores_nothing(db):
    with blobs.BlobBatch() as batch:
        batch.add(b"lost", "a/b")
    assert list(container_store().containers()) == []


def test_an_empty_batch_seals_to_nothing(db):
    with blobs.BlobBatch() as batch:
        batch.seal()
    assert batch.refs == []


def test_the_same_content_registered_twice_keeps_its_first_place(db):
    register(blobs.blob_put(b"same", "a/b"))
    place = Blob.objects.get().container
    with blobs.BlobBatch() as batch:
        batch.add(b"same", "a/b")
        batch.add(b"other", "a/b")
        batch.seal()
    register(*batch.refs)
    assert Blob.objects.count() == 2
    assert blobs.blob_row(hashlib.sha256(b"same").hexdigest()).container == place


def test_registering_needs_a_transaction(transactional_db):
    ref = blobs.blob_put(b"x", "a/b")
    with pytest.raises(RuntimeError):
        blobs.blobs_register([ref])


def test_a_thousand_blobs_cost_two_statements(db, django_assert_num_queries):
    with blobs.BlobBatch() as batch:
        for number in range(1000):
            batch.add(str(number).encode(), "a/b")
        batch.seal()
    with transaction.atomic(), django_assert_num_queries(2):
        blobs.blobs_register(batch.refs)
    with django_assert_num_queries(1):
        found = blobs.blobs_locations([ref.sha256 for ref in batch.refs])
    assert len(found) == 1000


def test_an_unknown_blob_is_missing(db):
    for ask in (blobs.blob_read, blobs.blob_row, blobs.blob_location):
        with pytest.raises(blobs.BlobMissing):
            ask("0" * 64)


def test_what_nobody_refers_to_is_collected_after_a_day(db):
    register(blobs.blob_put(b"unused", "a/b"))
    assert collection.garbage_collect() == collection.Collected(0, 0, 0, 0)
    age()
    done = collection.garbage_collect()
    assert (done.rows, done.containers, done.bytes_freed) == (1, 1, 6)
    assert list(container_store().containers()) == []


def test_a_column_named_sha256_keeps_its_blob(db, project):
    ref = blobs.blob_put(b"used", "a/b")
    register(ref)
    refer_to(ref.sha256, project)
    age()
    assert collection.garbage_collect().rows == 0
    assert blobs.blob_read(ref.sha256) == b"used"


def test_one_live_blob_keeps_the_whole_segment(db, project):
    with blobs.BlobBatch() as batch:
        used, unused = batch.add(b"used", "a/b"), batch.add(b"unused", "a/b")
        batch.seal()
    register(*batch.refs)
    refer_to(used.sha256, project)
    age()
    done = collection.garbage_collect()
    assert (done.rows, done.containers) == (1, 0)
    assert blobs.blob_read(used.sha256) == b"used"
    with pytest.raises(blobs.BlobMissing):
        blobs.blob_read(unused.sha256)


def test_registering_again_saves_a_blob_from_the_collector(db):
    register(blobs.blob_put(b"again", "a/b"))
    age()
    register(blobs.blob_put(b"again", "a/b"))
    done = collection.garbage_collect()
    assert (done.rows, done.containers) == (0, 0)


def test_renewing_saves_known_blobs_from_the_collector_and_says_which_they_are(db):
    kept, other = (blobs.blob_put(content, "text/plain") for content in (b"kept", b"other"))
    register(kept, other)
    age()
    with transaction.atomic():
        assert blobs.blobs_known_renew([kept.sha256, kept.sha256, "0" * 64]) == {kept.sha256}
    assert collection.garbage_collect().rows == 1
    assert list(Blob.objects.values_list("pk", flat=True)) == [kept.sha256]
    assert blobs.blob_read(kept.sha256) == b"kept"


def test_renewing_needs_a_transaction(transactional_db):
    with pytest.raises(RuntimeError):
        blobs.blobs_known_renew([])


def test_a_container_that_was_never_named_is_collected(db):
    blobs.blob_put(b"orphan", "a/b")
    age()
    assert collection.garbage_collect().containers == 1


def test_abandoned_temporary_files_are_collected(db, monkeypatch):
    store = container_store()
    with store.writer() as writer:
        writer.write(b"half")
        (path,) = store.tmp_files()
        os.utime(path, (1, 1))
        assert collection.garbage_collect().tmp_files == 1
    monkeypatch.setattr(LocalStore, "tmp_files", lambda self: iter([path]))
    assert collection.garbage_collect().tmp_files == 0


def test_the_command_collects(db):
    register(blobs.blob_put(b"unused", "a/b"))
    age(hours=3)
    out = StringIO()
    call_command("collect_garbage", "--grace-hours", "2", stdout=out)
    assert "removed 1 rows, 1 containers" in out.getvalue()


def test_reconcile_names_what_is_missing_and_what_is_orphaned(db, project):
    lost, kept = blobs.blob_put(b"lost", "a/b"), blobs.blob_put(b"kept", "a/b")
    orphan = blobs.blob_put(b"orphan", "a/b")
    register(lost, kept)
    refer_to(kept.sha256, project)
    out = StringIO()
    container_store().local_path(lost.container).unlink()
    refer_to("f" * 64, project)
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", stdout=out)
    assert ended.value.code == 1
    assert f"missing: blob {lost.sha256}" in out.getvalue()
    assert f"{'f' * 64} has no blob" in out.getvalue()
    assert f"orphan: container {orphan.sha256}" in out.getvalue()
    assert kept.sha256 not in out.getvalue()


def test_reconcile_is_content_with_a_whole_store(db):
    register(blobs.blob_put(b"whole", "a/b"))
    out = StringIO()
    call_command("reconcile", stdout=out)
    assert "0 missing, 0 orphan" in out.getvalue()


def test_an_object_store_in_the_settings_is_used_after_its_endpoint_is_checked(
    settings, tmp_path, monkeypatch
):
    from core.outgoing import OutgoingRefused
    from core.storage.s3 import S3Store

    settings.STUDIO_STORAGE_URL = "s3://bucket?endpoint=http://127.0.0.1:9000"
    with pytest.raises(OutgoingRefused):
        container_store()
    settings.STUDIO_OUTGOING_ALLOW = ("127.0.0.1:9000",)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert isinstance(container_store(), S3Store)
    settings.STUDIO_STORAGE_URL = "s3://bucket"
    assert isinstance(container_store(), S3Store)
    settings.STUDIO_STORAGE_URL = f"file://{tmp_path}/elsewhere"
    assert isinstance(container_store(), LocalStore)
