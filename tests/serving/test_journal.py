"""From the data plane's files to rows: every call once, whatever dies."""

import fcntl
import json
import subprocess
import sys
import time
import uuid

import pytest

from serving.dataplane.journal import MAX_WAITING, Journal
from serving.models import Endpoint, JournalEntry, JournalInput, JournalSegment
from serving.services.journal_ingest import journal_ingest, journal_trim
from tests.serving.test_predict import saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint(project, data_dir):
    return Endpoint.objects.create(project=project, name="pets", created_by=project.created_by)


def call(endpoint, number, **changes):
    return {
        "request_id": f"r{number}", "endpoint": str(endpoint.pk), "model_version": str(uuid.UUID(int=1)), "key": "k",
        "at": time.time(), "kind": "predict", "latency_ms": 1.5,
        "answer": {"predictions": [{"label": "cat", "score": 0.9}]}, **changes,
    }  # fmt: skip


def written(data_dir, endpoint, count, pictures=()):
    journal = Journal(data_dir / "serving" / "journal", f"boot{count}")
    for number in range(count):
        journal.add(call(endpoint, number), list(pictures))
    journal.close()


def test_calls_become_rows_with_their_pictures_once(endpoint, data_dir):
    picture = saved()
    written(data_dir, endpoint, 5, [picture, b"no picture"])
    assert journal_ingest() == 5
    assert journal_ingest() == 0
    assert JournalEntry.objects.count() == 5
    assert set(JournalInput.objects.values_list("media_type", flat=True)) == {
        "image/jpeg",
        "application/octet-stream",
    }
    assert JournalInput.objects.values("sha256").distinct().count() == 2


def test_a_finished_segment_is_removed_and_a_growing_one_stays(endpoint, data_dir):
    written(data_dir, endpoint, 2)
    folder = data_dir / "serving" / "journal"
    growing = Journal(folder, "alive")
    growing.add(call(endpoint, 7), [])
    deadline = time.monotonic() + 5
    while growing.written == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert journal_ingest() == 3
    assert [path.name for path in folder.glob("*.jsonl")] == ["alive-000001.jsonl"]
    growing.add(call(endpoint, 8), [])
    growing.close()
    assert journal_ingest() == 1
    assert list(folder.iterdir()) == []
    assert not JournalSegment.objects.exists()


def test_a_torn_last_line_waits_and_a_damaged_line_is_skipped(endpoint, data_dir):
    folder = data_dir / "serving" / "journal"
    folder.mkdir(parents=True)
    whole = json.dumps({**call(endpoint, 1), "inputs": []}).encode() + b"\n"
    path = folder / "x-000001.jsonl"
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(b"garbage\n" + b'{"endpoint": 1}\n' + whole + whole[:40])
        file.flush()
        assert journal_ingest() == 1
        file.write(whole[40:])
        file.flush()
        assert journal_ingest() == 1
    assert JournalEntry.objects.count() == 2


def test_calls_of_an_endpoint_that_is_gone_are_passed_over(endpoint, data_dir):
    written(data_dir, endpoint, 2)
    Endpoint.objects.all().delete()
    assert journal_ingest() == 0
    assert list((data_dir / "serving" / "journal").iterdir()) == []


def test_a_full_queue_drops_and_counts_instead_of_waiting(endpoint, data_dir):
    journal = Journal(data_dir / "serving" / "journal", "full")
    for number in range(MAX_WAITING * 4):
        journal.add(call(endpoint, number), [])
    journal.close()
    assert journal.dropped > 0
    assert journal.written + journal.dropped == MAX_WAITING * 4
    assert journal_ingest() == journal.written


def test_old_calls_are_trimmed_by_their_endpoints_rule(endpoint, data_dir, monkeypatch):
    monkeypatch.setattr("serving.services.journal_ingest._TRIM_ROWS", 2)
    endpoint.journal = {"keep_days": 2}
    endpoint.save()
    folder = data_dir / "serving" / "journal"
    journal = Journal(folder, "old")
    for number in range(5):
        journal.add(call(endpoint, number, at=time.time() - 3 * 86_400), [])
    journal.add(call(endpoint, 7), [])
    journal.close()
    journal_ingest()
    assert journal_trim() == 5
    assert list(JournalEntry.objects.values_list("request_id", flat=True)) == ["r7"]


class Killed(BaseException):
    """Nothing catches it, as nothing catches kill -9."""


@pytest.mark.parametrize("point", ["before_rows", "in_transaction", "after_commit"])
def test_killed_at_any_step_every_call_is_still_there_exactly_once(endpoint, data_dir, point, monkeypatch):
    def die(name):
        if name == f"serving.journal.{point}":
            raise Killed

    written(data_dir, endpoint, 20, [saved()])
    with monkeypatch.context() as patch:
        patch.setattr("serving.services.journal_ingest.fault", die)
        with pytest.raises(Killed):
            journal_ingest()
    journal_ingest()
    assert JournalEntry.objects.count() == 20
    assert JournalInput.objects.count() == 20


def test_the_data_plane_starts_without_django_torch_and_the_training_stack():
    code = (
        "import sys, serving.dataplane.server\n"
        "bad = {'django', 'torch', 'cv2', 'sklearn', 'onnx', 'training', 'datasets'} & set(sys.modules)\n"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
