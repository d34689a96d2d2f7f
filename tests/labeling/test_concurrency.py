"""Many people at once, in real threads, on whichever database the session runs."""

import os
import subprocess
import sys
import threading
import uuid
from collections import Counter as Tally
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections

from datasets.models import Counter
from labeling.models import Annotation, AnnotationEvent, Item
from labeling.services.campaigns import campaign_recount

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 8


def _together(jobs):
    start = threading.Barrier(len(jobs))

    def run(job):
        try:
            start.wait(20)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(60) for future in [pool.submit(run, job) for job in jobs]]


@pytest.fixture
def crowd(lasting_world):
    world = lasting_world(samples=40)
    world.campaign()
    return world


def test_eight_annotators_answer_everything_once_and_nothing_twice(crowd):
    def work(client):
        done = []
        while items := client.claim(2).json()["items"]:
            for item in items:
                answer = client.save(item["id"], [crowd.mark("dog")])
                assert answer.status_code == 200, answer.content
                done.append(item["id"])
        return done

    clients = [crowd.as_(f"ann{number}") for number in range(PEOPLE)]
    finished = _together([lambda client=client: work(client) for client in clients])
    tally = Tally(item for done in finished for item in done)
    assert len(tally) == 40
    assert set(tally.values()) == {1}
    assert Annotation.objects.count() == AnnotationEvent.objects.count() == 40
    assert campaign_recount(crowd.round) == 0
    labeled = sum(Counter.objects.filter(kind="state", key="labeled").values_list("value", flat=True))
    assert labeled == 40


def test_claims_at_one_moment_share_the_queue_without_a_double(crowd):
    clients = [crowd.as_(f"ann{number}") for number in range(PEOPLE)]
    handed = _together([lambda client=client: client.claim(5).json()["items"] for client in clients])
    ids = [item["id"] for items in handed for item in items]
    assert len(ids) == len(set(ids)) == 40
    assert Item.objects.exclude(lease_holder=None).count() == 40


def test_twenty_edits_of_one_revision_lose_no_update(crowd):
    ann = crowd.as_("ann")
    item, key = ann.item(), str(uuid.uuid4())
    ann.save(item["id"], [crowd.mark()], id=key, state="draft")
    marks = [crowd.mark(("cat", "dog", "eel")[number % 3]) for number in range(20)]
    clients = [crowd.as_("ann") for _ in marks]
    answers = _together(
        [
            lambda client=client, mark=mark: client.save(
                item["id"], [mark], id=key, revision=1, state="draft"
            )
            for client, mark in zip(clients, marks, strict=True)
        ]
    )
    tally = Tally(answer.status_code for answer in answers)
    assert tally == {200: 1, 409: 19}
    won = next(mark for mark, answer in zip(marks, answers, strict=True) if answer.status_code == 200)
    kept = Annotation.objects.get(pk=key)
    assert (kept.revision, kept.shapes) == (2, [won])
    assert all(answer.json()["code"] == "stale_revision" for answer in answers if answer.status_code == 409)
    assert all(
        answer.json()["params"]["current"]["revision"] == 2 for answer in answers if answer.status_code == 409
    )


def test_the_same_save_sent_twelve_times_at_once_is_one_answer(crowd):
    ann = crowd.as_("ann")
    item, key, shapes = ann.item(), str(uuid.uuid4()), [crowd.mark()]
    clients = [crowd.as_("ann") for _ in range(12)]
    answers = _together([lambda client=client: client.save(item["id"], shapes, id=key) for client in clients])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert AnnotationEvent.objects.filter(annotation_id=key).count() == 1
    assert campaign_recount(crowd.round) == 0


def test_a_verdict_and_a_change_at_once_end_in_one_of_the_two(crowd):
    crowd.campaign(review_rate=1.0, name="Reviewed")
    ann, rev = crowd.as_("ann"), crowd.as_("rev", "reviewer")
    saved = ann.submit_next()
    change, verdict = _together(
        [
            lambda: ann.save(saved["item"]["id"], [crowd.mark("dog")], id=saved["id"], revision=1),
            lambda: rev.post(f"annotations/{saved['id']}/review/", {"verdict": "accept", "revision": 1}),
        ]
    )
    assert sorted((change.status_code, verdict.status_code)) == [200, 409]
    assert campaign_recount(crowd.round) == 0


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(os.environ.get("STUDIO_TEST_DB") == "sqlite", reason="this is that run")
def test_the_same_holds_on_sqlite():
    """These modules once more in a session of its own, on a database file."""
    here = Path(__file__).parent
    modules = [
        str(here / f"{name}.py")
        for name in ("test_concurrency", "test_crowded_edits", "test_killed_save", "test_annotate_flow")
    ]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", *modules]
    environment = {**os.environ, "STUDIO_TEST_DB": "sqlite"}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        command,
        env=environment,
        cwd=here.parents[1],
        capture_output=True,
        text=True,
        timeout=560,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout.replace("1 skipped", "")
