"""A training that is killed while it writes a checkpoint ends in the weights of one that was not."""

import os
import random

import pytest

from tests.faults.equal import (
    SEED,
    assert_same_weights,
    at_a_random_moment,
    finished,
    reference_of,
    resumptions,
    started,
)
from tests.faults.worker import workers

# Each costs a training, so that two are drawn each time; all of them with 4.
DRAWN = int(os.environ.get("STUDIO_RESUME_POINTS", "2"))
POINTS = ("half", "tensors", "header", "dropping")
pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(1500)]


def test_a_trainer_killed_inside_a_checkpoint_goes_on_to_the_same_weights(
    frozen_pictures, shared_database, tmp_path
):
    chance = random.Random(SEED)
    token = tmp_path / "token"
    points = chance.sample(POINTS, DRAWN)
    with workers(shared_database, tmp_path, *points, "whole") as (*each, whole):
        whole.start()
        reference = reference_of(frozen_pictures, whole)
        whole.kill()
        for point, worker in zip(points, each, strict=True):
            worker.start(STUDIO_FAULT=f"training.checkpoint.{point}", STUDIO_FAULT_TOKEN=str(token))
            run = started(frozen_pictures)
            at_a_random_moment(run, chance)
            token.touch()
            assert finished(run).attempt == 1
            assert not token.exists(), f"{point} was never reached, seed {SEED}"
            assert resumptions(run) >= 1, f"{point}, seed {SEED}"
            assert_same_weights(run, reference)
            worker.kill()
