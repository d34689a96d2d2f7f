"""Copies of what lies elsewhere: whole or absent, fetched once, few enough, also when processes die."""

import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from core.errors import StorageFull
from core.storage.copies import CopyCache, CopyDamaged, Incoming

CONTENTS = [bytes([n]) * 1000 for n in range(8)]


def name_of(content):
    return hashlib.sha256(content).hexdigest()


def bringing(content, calls=None):
    def fetch(incoming):
        if calls is not None:
            calls.append(content)
        for start in range(0, len(content), 100):
            incoming.write(content[start : start + 100])

    return fetch


def read(cache, content, fetch=None):
    with cache.opened(name_of(content), len(content), fetch or bringing(content)) as file:
        return file.read()


@pytest.fixture
def cache(tmp_path):
    return CopyCache(tmp_path / "copies", 1 << 20)


def left(tmp_path):
    return sorted(path for path in (tmp_path / "copies").rglob("*") if path.is_file())


def test_a_copy_is_fetched_once_and_read_from_then_on(cache):
    calls = []
    for _ in range(3):
        assert read(cache, CONTENTS[1], bringing(CONTENTS[1], calls)) == CONTENTS[1]
    assert len(calls) == 1


@pytest.mark.parametrize("sent", [b"", CONTENTS[1][:-1], CONTENTS[1] + b"x", b"y" * 1000, b"y" * 100_000])
def test_other_bytes_than_those_asked_for_leave_nothing(cache, tmp_path, sent):
    with pytest.raises(CopyDamaged):
        read(cache, CONTENTS[1], bringing(sent))
    assert left(tmp_path) == []
    assert read(cache, CONTENTS[1]) == CONTENTS[1]


def test_what_is_over_the_promised_size_is_never_written(tmp_path):
    with (tmp_path / "x").open("w+b") as file:
        incoming = Incoming(file, 1000)
        bringing(b"z" * 50_000)(incoming)
        assert (file.tell(), incoming.size_bytes) == (1000, 50_000)
        incoming.restart()
        bringing(CONTENTS[1])(incoming)
        assert incoming.has(name_of(CONTENTS[1]))


def test_a_fetch_that_fails_leaves_nothing(cache, tmp_path):
    def broken(incoming):
        incoming.write(b"half")
        raise OSError("the line broke")

    with pytest.raises(OSError, match="broke"):
        read(cache, CONTENTS[1], broken)
    assert left(tmp_path) == []


def test_the_copies_used_last_stay_when_there_are_too_many(tmp_path):
    cache = CopyCache(tmp_path / "copies", 3_000)
    for content in CONTENTS[:3]:
        read(cache, content)
        time.sleep(0.01)
    read(cache, CONTENTS[0])
    read(cache, CONTENTS[3])
    calls = []
    for content in (CONTENTS[0], CONTENTS[2], CONTENTS[3]):
        read(cache, content, bringing(content, calls))
    assert calls == []
    assert sum(path.stat().st_size for path in left(tmp_path)) <= 3_000


def test_bytes_that_are_more_than_all_copies_may_be_are_read_all_the_same(tmp_path):
    cache = CopyCache(tmp_path / "copies", 10)
    assert read(cache, CONTENTS[1]) == CONTENTS[1]
    cache.trim()
    assert left(tmp_path) == []


def test_an_open_copy_and_one_with_a_name_of_its_own_outlive_the_trim(tmp_path):
    cache = CopyCache(tmp_path / "copies", 0)
    content = CONTENTS[2]
    file = cache.opened(name_of(content), len(content), bringing(content))
    held = cache.linked(name_of(content), len(content), bringing(content), tmp_path / "held")
    cache.trim()
    with file:
        assert file.read() == content
    assert held.read_bytes() == content


def test_a_damaged_copy_of_another_size_is_fetched_again(cache, tmp_path):
    read(cache, CONTENTS[1])
    (path,) = left(tmp_path)
    path.write_bytes(b"short")
    assert read(cache, CONTENTS[1]) == CONTENTS[1]


def test_two_readers_at_once_fetch_once(cache):
    calls, begun, go = [], threading.Event(), threading.Event()

    def slow(incoming):
        calls.append(1)
        begun.set()
        go.wait(10)
        bringing(CONTENTS[1])(incoming)

    found = []
    threads = [
        threading.Thread(target=lambda: found.append(read(cache, CONTENTS[1], slow))) for _ in range(4)
    ]
    threads[0].start()
    assert begun.wait(10)
    for thread in threads[1:]:
        thread.start()
    go.set()
    for thread in threads:
        thread.join(10)
    assert (found, len(calls)) == ([CONTENTS[1]] * 4, 1)


def test_who_waited_for_a_fetch_that_failed_fetches_itself(cache):
    begun, go = threading.Event(), threading.Event()

    def broken(incoming):
        begun.set()
        go.wait(10)
        raise OSError("the line broke")

    def failing():
        with pytest.raises(OSError, match="broke"):
            read(cache, CONTENTS[1], broken)

    found = []
    first = threading.Thread(target=failing)
    second = threading.Thread(target=lambda: found.append(read(cache, CONTENTS[1])))
    first.start()
    assert begun.wait(10)
    second.start()
    go.set()
    first.join(10)
    second.join(10)
    assert found == [CONTENTS[1]]


KILLED = """
import sys, time
from pathlib import Path
from core.storage.copies import CopyCache
def fetch(incoming):
    incoming.write(b"x" * 500)
    print("half", flush=True)
    time.sleep(60)
CopyCache(Path(sys.argv[1]), 1 << 20).opened(sys.argv[2], 1000, fetch)
"""


def test_a_process_that_is_killed_while_it_fetches_leaves_no_half_copy_and_nobody_waits(cache, tmp_path):
    content = CONTENTS[3]
    command = [sys.executable, "-c", KILLED, str(tmp_path / "copies"), name_of(content)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"half\n"
        assert cache.kept(name_of(content), 1000) is None
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    assert read(cache, content) == content
    assert len(left(tmp_path)) == 1


def test_a_full_disk_says_so_and_leaves_nothing(cache, tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageFull):
            read(cache, CONTENTS[1])
    assert left(tmp_path) == []
    assert read(cache, CONTENTS[1]) == CONTENTS[1]
