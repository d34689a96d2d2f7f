"""Files of processes that were killed go away; the newest copies stay."""

import os
import time
from pathlib import Path

import pytest

from core.services.housekeeping import housekeep
from core.services.scratch import KEEP, scratch_dir
from core.storage.trim import oldest_removed


def aged(path: Path, seconds: float) -> Path:
    os.utime(path, (time.time() - seconds,) * 2)
    return path


def test_what_a_killed_process_left_behind_is_removed_after_two_days(settings, tmp_path, db):
    settings.DATA_DIR = tmp_path
    left, kept = scratch_dir() / "import-dead", scratch_dir() / "import-alive"
    for folder in (left, kept):
        folder.mkdir()
        (folder / "export.zip").write_bytes(b"x")
    file = scratch_dir() / "fetch-dead"
    file.write_bytes(b"x")
    for path in (left, file):
        aged(path, KEEP.total_seconds() + 60)
    assert housekeep()["scratch"] == 2
    assert list(scratch_dir().iterdir()) == [kept]


def test_the_files_touched_last_stay_up_to_the_limit(tmp_path):
    paths = [tmp_path / str(number) for number in range(5)]
    for number, path in enumerate(paths):
        path.write_bytes(b"x" * 10)
        aged(path, 100 - number)
    assert oldest_removed([*paths, tmp_path / "gone"], 25) == 3
    assert [path.exists() for path in paths] == [False, False, False, True, True]
    assert oldest_removed(paths, 25) == 0


@pytest.mark.django_db(transaction=True)
def test_previews_are_kept_up_to_a_limit_and_made_again(monkeypatch, settings, tmp_path):
    from datasets.services import previews

    settings.DATA_DIR = tmp_path
    folder = tmp_path / "previews" / "ab"
    folder.mkdir(parents=True)
    for number in range(3):
        (folder / str(number)).write_bytes(b"x" * 10)
    monkeypatch.setattr(previews, "MAX_BYTES", 20)
    assert housekeep()["previews"] == 1
    assert len(list(folder.iterdir())) == 2
