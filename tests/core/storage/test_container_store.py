"""One contract over every container store."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import InvalidInput, NotReady, StorageFull
from core.storage import ContainerMissing, LocalStore, SegmentWriter
from core.storage import writer as writer_module
from core.storage.s3 import S3Location, S3Store, s3_location_from_url

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def s3_endpoint():
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_location(s3_endpoint, monkeypatch, request):
    import boto3

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    bucket = "b" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:20]
    boto3.client("s3", endpoint_url=s3_endpoint, region_name="us-east-1").create_bucket(Bucket=bucket)
    return S3Location(bucket, "studio/", s3_endpoint, "us-east-1")


@pytest.fixture(params=["local", "s3"])
def store(request, tmp_path):
    if request.param == "local":
        return LocalStore(tmp_path / "files")
    return S3Store(request.getfixturevalue("s3_location"), tmp_path / "cache")


def put(store, content: bytes) -> str:
    with store.writer() as writer:
        writer.write(content)
        return writer.commit()


def in_a_while() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


def test_what_was_put_is_read_back_whole_and_in_part(store):
    sha256 = put(store, b"0123456789")
    assert sha256 == hashlib.sha256(b"0123456789").hexdigest()
    assert store.read(sha256) == b"0123456789"
    assert store.read(sha256, 2, 3) == b"234"
    assert store.read(sha256, 8) == b"89"
    assert store.read(sha256, 4, 0) == b""
    assert store.read(sha256, 8, 100) == b"89"
    assert store.local_path(sha256).read_bytes() == b"0123456789"


def test_putting_the_same_bytes_twice_keeps_one_container(store):
    assert put(store, b"same") == put(store, b"same")
    assert [c.size_bytes for c in store.containers()] == [4]
    assert list(store.tmp_files()) == []


def test_a_store_nobody_wrote_to_has_no_temporary_files(store):
    assert list(store.tmp_files()) == []


def test_an_empty_container_is_a_container(store):
    assert store.read(put(store, b"")) == b""


def test_an_unknown_name_is_missing_and_a_path_is_never_built_from_it(store):
    for name in ("0" * 64, "../../etc/passwd", "", "A" * 64, "0" * 63 + "\n"):
        with pytest.raises(ContainerMissing):
            store.read(name)
        with pytest.raises(ContainerMissing):
            store.local_path(name)
        with pytest.raises(ContainerMissing):
            store.stat(name)
    with pytest.raises(ContainerMissing):
        store.read("0" * 64, 3, 0)


def test_leaving_the_block_without_commit_leaves_nothing(store):
    with store.writer() as writer:
        writer.write(b"half")
    assert list(store.containers()) == []
    assert list(store.tmp_files()) == []


def test_only_an_old_container_is_deleted(store):
    sha256 = put(store, b"old")
    assert not store.delete_if_older(sha256, datetime.now(UTC) - timedelta(hours=1))
    assert store.delete_if_older(sha256, in_a_while())
    assert not store.delete_if_older(sha256, in_a_while())
    with pytest.raises(ContainerMissing):
        store.stat(sha256)


def test_putting_again_renews_the_age(store, tmp_path):
    sha256 = put(store, b"again")
    before = store.stat(sha256).modified_at
    if isinstance(store, LocalStore):
        os.utime(store.local_path(sha256), (1, 1))
        before = datetime.fromtimestamp(1, UTC) + timedelta(seconds=1)
    put(store, b"again")
    assert store.stat(sha256).modified_at >= before


def test_the_store_answers_a_health_check(store):
    store.check()


def test_a_segment_holds_each_content_once(store):
    segment = SegmentWriter(store)
    first, second, again = segment.add(b"aa"), segment.add(b"bbb"), segment.add(b"aa")
    assert first == again
    assert (len(segment), segment.size_bytes) == (2, 5)
    container = segment.seal()
    assert store.read(container, second.offset, second.size_bytes) == b"bbb"
    with pytest.raises(RuntimeError):
        segment.add(b"c")


def test_an_empty_or_aborted_segment_stores_nothing(store):
    assert SegmentWriter(store).seal() is None
    segment = SegmentWriter(store)
    segment.add(b"x")
    segment.abort()
    assert list(store.containers()) == []
    assert list(store.tmp_files()) == []


class FullFile:
    """A file on a disk without room: fails at the step it is told to."""

    def __init__(self, file, step):
        self._file, self._step = file, step

    def __getattr__(self, name):
        if name == self._step:
            raise OSError(28, "No space left on device")
        return getattr(self._file, name)


def written_whole(writer) -> None:
    writer.write(b"x")
    writer.commit()


@pytest.mark.parametrize("step", ["write", "flush"])
def test_a_full_disk_is_storage_full_and_leaves_nothing(store, step):
    writer = store.writer()
    writer._file = FullFile(writer._file, step)
    with pytest.raises(StorageFull), writer:
        written_whole(writer)
    assert list(store.containers()) == []
    assert list(store.tmp_files()) == []


def test_closing_on_a_full_disk_still_removes_the_file(store):
    writer = store.writer()
    file = writer._file
    writer._file = FullFile(file, "close")
    writer.abort()
    writer.abort()
    file.close()
    assert list(store.tmp_files()) == []


def test_other_errors_of_the_disk_stay_what_they_are(store):
    class Broken(FullFile):
        def __getattr__(self, name):
            if name == self._step:
                raise OSError(5, "Input/output error")
            return getattr(self._file, name)

    writer = store.writer()
    file = writer._file
    writer._file = Broken(file, "write")
    with pytest.raises(OSError, match="Input/output"):
        writer.write(b"x")
    writer._file = Broken(file, "close")
    with pytest.raises(OSError, match="Input/output"):
        writer.abort()
    file.close()
    assert list(store.tmp_files()) == []


FAULTS = ["storage.before-fsync", "storage.after-fsync", "storage.after-link", "storage.after-dir-fsync"]


def test_every_fault_point_of_the_local_store_is_named_here():
    found = set()
    for name in ("writer.py", "local.py"):
        text = (ROOT / "core/storage" / name).read_text()
        found |= {line.split('"')[1] for line in text.splitlines() if "fault(" in line}
    assert found == set(FAULTS)


@pytest.mark.parametrize("point", FAULTS)
def test_killed_at_any_step_a_container_is_whole_or_absent(tmp_path, point):
    code = (
        "from pathlib import Path; from core.storage import LocalStore\n"
        f"w = LocalStore(Path({str(tmp_path)!r})).writer(); w.write(b'whole'); w.commit()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "STUDIO_FAULT": point})
    assert done.returncode == 137
    store = LocalStore(tmp_path)
    for container in store.containers():
        assert store.read(container.sha256) == b"whole"
    assert store.read(put(store, b"whole")) == b"whole"
    assert len(list(store.tmp_files())) == 1


def test_a_folder_that_cannot_be_written_is_not_ready(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotReady):
        LocalStore(tmp_path / "file").check()


def test_little_free_space_is_reported_before_it_is_gone(tmp_path, monkeypatch):
    class Space:
        f_bavail, f_frsize = 10, 4096

    monkeypatch.setattr(os, "statvfs", lambda path: Space)
    with pytest.raises(StorageFull):
        LocalStore(tmp_path).check()


def test_a_container_that_vanishes_while_listing_is_passed_over(tmp_path, monkeypatch):
    from core.storage import local

    store = LocalStore(tmp_path)
    put(store, b"gone")

    def gone(path):
        raise FileNotFoundError

    monkeypatch.setattr(local, "_stat", gone)
    assert list(store.containers()) == []


def test_a_failing_fsync_of_the_directory_fails_the_put(tmp_path, monkeypatch):
    from core.storage import local

    def fail(path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(local, "fsync_dir", fail)
    with pytest.raises(OSError, match="Input/output"):
        put(LocalStore(tmp_path), b"x")


def test_the_temporary_folder_may_be_full_from_the_start(tmp_path, monkeypatch):
    def full(**kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer_module.tempfile, "mkstemp", full)
    with pytest.raises(StorageFull):
        LocalStore(tmp_path).writer()


class TestS3:
    """What only the object store can do wrong."""

    def test_reads_come_from_the_bucket_once_the_cache_is_gone(self, s3_location, tmp_path):
        sha256 = put(S3Store(s3_location, tmp_path / "one"), b"0123456789")
        other = S3Store(s3_location, tmp_path / "two")
        assert other.read(sha256, 2, 3) == b"234"
        assert other.read(sha256, 100, 5) == b""
        assert other.local_path(sha256).read_bytes() == b"0123456789"
        assert other.local_path(sha256).is_file()
        assert list(other.tmp_files()) == []

    def test_a_damaged_object_is_never_handed_out(self, s3_location, tmp_path):
        store = S3Store(s3_location, tmp_path)
        name = "ab" * 32
        store._client.put_object(Bucket=s3_location.bucket, Key=store._key(name), Body=b"wrong")
        with pytest.raises(NotReady, match="damaged"):
            store.local_path(name)
        assert list(store.tmp_files()) == []

    def test_the_cache_is_trimmed_from_its_oldest_end(self, s3_location, tmp_path):
        store = S3Store(s3_location, tmp_path, cache_bytes=12)
        old, new = put(store, b"0123456789"), put(store, b"9876543210")
        os.utime(store.local_path(old), (1, 1))
        assert store.trim_cache() == 1
        assert not (tmp_path / old[:2] / old[2:4] / old).exists()
        assert store.read(old, 0, 2) == b"01"
        assert store.read(new) == b"9876543210"
        assert store.trim_cache() == 0
        assert S3Store(s3_location, tmp_path, cache_bytes=-1).trim_cache() == 1

    def test_a_bucket_that_is_not_there_is_not_ready(self, s3_location, tmp_path):
        gone = S3Location("no-such-bucket", "", s3_location.endpoint, "us-east-1")
        with pytest.raises(NotReady):
            put(S3Store(gone, tmp_path), b"x")

    def test_an_endpoint_that_does_not_answer_is_not_ready(self, s3_location, tmp_path, monkeypatch):
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        dead = S3Location("bucket", "", "http://127.0.0.1:9", "us-east-1")
        store = S3Store(dead, tmp_path)
        with pytest.raises(NotReady, match="does not answer"):
            store.stat("0" * 64)

    def test_another_refusal_of_a_range_is_not_ready(self, s3_location, tmp_path):
        store = S3Store(S3Location("no-such-bucket", "", s3_location.endpoint, "us-east-1"), tmp_path)
        with pytest.raises(NotReady):
            store.read("0" * 64, 0, 5)

    def test_the_address_of_a_bucket_is_read_from_one_url(self):
        assert s3_location_from_url("s3://b/p/q/?endpoint=http://m:9000&region=eu") == S3Location(
            "b", "p/q/", "http://m:9000", "eu"
        )
        assert s3_location_from_url("s3://b") == S3Location("b", "", None, "us-east-1")
        for url in ("http://b", "s3://", "s3://user@b", "s3://b:9000"):
            with pytest.raises(InvalidInput):
                s3_location_from_url(url)
