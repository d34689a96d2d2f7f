"""What it takes to say that a training that was killed ended in the weights of one that was not."""

import json
import os
import random
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import onnx
from django.conf import settings
from onnx import numpy_helper

from core.models import Job, JobEvent
from core.services.blobs import blob_read
from datasets.models import DatasetVersion
from tests.faults.worker import Worker, swept_until_ended, wait_for
from training.models import ModelVersion, Run
from training.services.runs import RunRequest, run_submit

SEED = int(os.environ.get("STUDIO_RESUME_SEED") or random.SystemRandom().randrange(10_000))
REQUEST = RunRequest(
    profile="balanced",
    params={"epochs": 8, "image_side": 64, "batch_size": 4, "ema": True, "dropout": 0.2},
    seed=7,
    device="cpu",
    name="resume",
)
TRAIN_S = 240


def started(version: DatasetVersion) -> Run:
    project = version.dataset.project
    return run_submit(actor=project.created_by, project=project, version=version, request=REQUEST)


def folder_of(run: Run) -> Path:
    return Path(settings.DATA_DIR) / "training" / str(run.directory)


def weights(run: Run) -> dict[str, np.ndarray]:
    """The initializers of the run's one model version, and the curves of the fit.

    The model may be the start of the fit, where that does as well; the curves tell of its end.
    """
    (made,) = ModelVersion.objects.filter(run=run)
    model = onnx.load_model_from_string(blob_read(made.sha256))
    curves: dict[str, list[float]] = {}
    for key, value in run.points.order_by("key", "step").values_list("key", "value"):
        curves.setdefault(key, []).append(value)
    assert len(curves["train/loss"]) > 5
    assert len(curves["val/loss"]) > 1
    told = {key: np.array(values) for key, values in curves.items()}
    return told | {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def assert_same_weights(run: Run, reference: dict[str, np.ndarray]) -> None:
    found = weights(run)
    assert found.keys() == reference.keys()
    assert len(found) > 50
    for name, value in reference.items():
        np.testing.assert_allclose(
            found[name].astype(np.float64), value.astype(np.float64), rtol=0, atol=1e-6, err_msg=name
        )


def resumptions(run: Run) -> int:
    """How often the log tells of a resumption, each time once."""
    told = JobEvent.objects.filter(job=run.job, type="log").values_list("payload", flat=True)
    return len({payload["text"] for payload in told if payload["text"].startswith("resumed at step")})


def finished(run: Run) -> Job:
    swept_until_ended([run.job], TRAIN_S)
    ended = Job.objects.get(pk=run.job_id)
    assert ended.state == "succeeded", (ended.error_code, ended.error_detail)
    return ended


def reference_of(version: DatasetVersion, worker: Worker) -> dict[str, np.ndarray]:
    run = started(version)
    finished(run)
    assert resumptions(run) == 0
    return weights(run)


def at_a_random_moment(run: Run, chance: random.Random) -> None:
    """After some more checkpoints and a part of the next."""
    seen, more = saves(run), chance.randrange(1, 3)
    wait_for(lambda: saves(run) >= seen + more or ended(run), TRAIN_S, "no checkpoint")
    time.sleep(chance.uniform(0, 0.5))


def saves(run: Run) -> int:
    """The newest checkpoint of the fit itself; those of the features that it begins with do not count."""
    newest = 0
    for path in folder_of(run).glob("checkpoints/save-*.json"):
        with suppress(OSError):
            if json.loads(path.read_bytes())["meta"].get("stage") != "features":
                newest = max(newest, int(path.stem.removeprefix("save-")))
    return newest


def ended(run: Run) -> bool:
    return Job.objects.filter(pk=run.job_id, finished_at__isnull=False).exists()
