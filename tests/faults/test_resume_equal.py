"""A training that is killed, wherever, ends in the weights of one that was not."""

import os
import random
import signal
from contextlib import suppress
from functools import partial

import numpy as np
import pytest

from core.jobs import dispatch, lease
from tests.faults.equal import (
    SEED,
    assert_same_weights,
    at_a_random_moment,
    ended,
    finished,
    folder_of,
    reference_of,
    resumptions,
    started,
)
from tests.faults.storm import processes
from tests.faults.worker import wait_for, workers
from training.models import Run

KILLS = int(os.environ.get("STUDIO_RESUME_KILLS", "2"))
# More than a job that gets nowhere is allowed.
DEATHS = max(KILLS, lease.MAX_DEATHS)
pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(1500)]


def test_a_killed_trainer_and_a_killed_worker_end_in_the_same_weights(
    frozen_pictures, shared_database, tmp_path
):
    chance = random.Random(SEED)
    with workers(shared_database, tmp_path, "one", "two") as (one, two):
        one.start()
        reference = reference_of(frozen_pictures, one)
        _trainer_killed(started(frozen_pictures), reference, chance)
        run, worker, other = started(frozen_pictures), one, two
        for _ in range(DEATHS):
            at_a_random_moment(run, chance)
            worker.kill()
            wait_for(partial(_is_gone, run), 10, "the trainer outlived its worker")
            worker, other = other, worker
            worker.start()
            wait_for(lambda: _is_taken_up(run), 60, "the run was not taken up")
        assert finished(run).attempt == DEATHS + 1, f"seed {SEED}"
        assert resumptions(run) >= 1, f"seed {SEED}"
        assert_same_weights(run, reference)
        wait_for(lambda: not folder_of(run).exists(), 30, "the trainer's folder was left")


def _is_gone(run: Run) -> bool:
    return not processes(folder_of(run), "training.trainer")


def _is_taken_up(run: Run) -> bool:
    dispatch.sweep_and_ring()
    return bool(processes(folder_of(run), "training.trainer")) or ended(run)


def _trainer_killed(run: Run, reference: dict[str, np.ndarray], chance: random.Random) -> None:
    kills = 0
    for _ in range(KILLS):
        at_a_random_moment(run, chance)
        for pid in processes(folder_of(run), "training.trainer"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                kills += 1
    assert finished(run).attempt == 1
    assert kills == KILLS, f"seed {SEED}"
    assert resumptions(run) >= 1, f"seed {SEED}"
    assert_same_weights(run, reference)
