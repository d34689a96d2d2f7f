"""Messages lost, doubled and out of order; workers that die, sleep and wake again: each job has one effect."""

import os
import random
import signal
import time
from collections import Counter

import pytest
from django.conf import settings
from django.db import connection, transaction
from redis import Redis

from core.jobs import dispatch, lease
from core.models import Job
from tests.faults.hurried import TTL_S
from tests.faults.kinds import TABLE
from tests.faults.worker import Worker, swept_until_ended, wait_for, workers

JOBS = int(os.environ.get("STUDIO_ONCE_JOBS", "60"))
FLUSHES = ZOMBIES = 20 if JOBS >= 300 else 3
SEED = int(os.environ.get("STUDIO_ONCE_SEED") or random.SystemRandom().randrange(10_000))
pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(900)]


def submitted(kind: str, count: int = 1, **params: object) -> list[Job]:
    with transaction.atomic():
        return [
            dispatch.job_submit(kind, project=None, actor=None, params=params, queue="short")
            for _ in range(count)
        ]


def effects() -> Counter[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT job FROM {TABLE}")
        return Counter(row[0] for row in cursor.fetchall())


def rung_thrice(jobs: list[Job], chance: random.Random) -> None:
    bells = [job for job in jobs for _ in range(3)]
    chance.shuffle(bells)
    for job in bells:
        dispatch.ring(job.pk, job.queue)


def test_three_messages_a_job_lost_queues_and_sleeping_workers_make_one_effect(shared_database, tmp_path):
    chance = random.Random(SEED)
    jobs = submitted("faults.effect", JOBS, seconds=0.1)
    rung_thrice(jobs, chance)
    with workers(shared_database, tmp_path, "one", "two") as (one, two):
        one.start()
        two.start()
        for number in range(max(FLUSHES, ZOMBIES)):
            _disturb(chance.choice((one, two)), chance, number)
        swept_until_ended(jobs, 300)
        time.sleep(TTL_S)
    states = Counter(Job.objects.values_list("state", flat=True))
    assert states == {"succeeded": JOBS}, f"seed {SEED}"
    assert effects() == dict.fromkeys((str(job.pk) for job in jobs), 1), f"seed {SEED}"


def _disturb(worker: Worker, chance: random.Random, number: int) -> None:
    """Empty the broker, then let one worker sleep past its leases while the other goes on."""
    with Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushall()
    worker.signal(signal.SIGSTOP)
    until = time.monotonic() + TTL_S + chance.uniform(0.5, 2)
    while time.monotonic() < until:
        dispatch.sweep_and_ring()
        time.sleep(0.3)
    worker.signal(signal.SIGCONT)


def test_a_worker_that_slept_past_its_lease_writes_nothing(shared_database, tmp_path):
    (job,) = submitted("faults.asleep", seconds=2.0)
    with workers(shared_database, tmp_path, "zombie", "heir") as (zombie, heir):
        zombie.start()
        wait_for(lambda: Job.objects.get(pk=job.pk).state == "running", 60, "not begun")
        zombie.signal(signal.SIGSTOP)
        heir.start()
        swept_until_ended([job], 120)
        assert Job.objects.get(pk=job.pk).attempt == 2
        zombie.signal(signal.SIGCONT)
        wait_for(lambda: "lease lost" in zombie.log.read_text(), 60, "the zombie never noticed")
    assert effects() == {str(job.pk): 1}
    ended = Job.objects.get(pk=job.pk)
    assert (ended.state, ended.result) == ("succeeded", {"attempt": 2})


def test_a_broker_that_is_emptied_between_commit_and_delivery_costs_no_job(shared_database, tmp_path):
    jobs = submitted("faults.effect", 5, seconds=0.0)
    with Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushall()
    with workers(shared_database, tmp_path, "one") as (one,):
        one.start()
        swept_until_ended(jobs, 120)
    assert effects() == dict.fromkeys((str(job.pk) for job in jobs), 1)


@pytest.mark.parametrize("way", ["segfault", "exit", "out of memory"])
def test_a_job_that_kills_its_worker_fails_with_a_reason_and_the_worker_lives(shared_database, tmp_path, way):
    poison, healthy = submitted("faults.poison", way=way), submitted("faults.effect", 3, seconds=0.1)
    began = time.monotonic()
    with workers(shared_database, tmp_path, "one") as (one,):
        one.start()
        swept_until_ended([*poison, *healthy], 120)
        assert one.process is not None
        assert one.process.poll() is None
    assert time.monotonic() - began < 120
    (ended,) = Job.objects.filter(pk=poison[0].pk)
    assert (ended.state, ended.error_code, ended.attempt) == ("failed", "worker_lost", lease.MAX_DEATHS)
    assert "3 times" in ended.error_detail
    assert set(Job.objects.filter(pk__in=[job.pk for job in healthy]).values_list("state", flat=True)) == {
        "succeeded"
    }
