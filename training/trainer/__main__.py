"""The trainer: `python -m training.trainer JOB_DIR`. Exit 0 done, 3 stopped with a checkpoint, 1 failed."""

import threading
from pathlib import Path

from training.trainer.events import EventWriter
from training.trainer.process import die_with_parent, job_dir_from_argv, limit, run_to_exit, stop_on_signals
from training.trainer.spec import TrainerSpec


def train(job_dir: Path, spec: TrainerSpec, events: EventWriter, stop: threading.Event) -> None:
    """From the manifest to JOB_DIR/out. Raises Stopped and the causes of `training.engine.failures`."""
    from training.algorithms import algorithm_for
    from training.engine.samples import learnable_check, manifest_read
    from training.engine.seed import device_of
    from training.trainer.context import FileRun
    from training.trainer.finish import Finisher

    algorithm = algorithm_for(spec.algorithm, spec.task)
    params = algorithm.params_for(spec.profile, spec.params)
    device = device_of(spec.device)
    events.say("state", stage="preparing", device=str(device))
    data = manifest_read(Path(spec.manifest))
    learnable_check(data)
    run = FileRun(job_dir, spec, device, events, stop)
    events.say("state", stage="training", device=str(device))
    fitted = algorithm.fit(data, params, run)
    Finisher(job_dir / "out", spec, run, events).finish(algorithm, params, fitted, data)
    events.say("state", stage="done")


def main() -> int:
    """The process."""
    job_dir = job_dir_from_argv()
    spec = TrainerSpec.read(job_dir)
    die_with_parent(spec.parent_pid)
    limit(memory_mb=spec.memory_mb, file_mb=spec.file_mb)
    stop = stop_on_signals()
    events = EventWriter(job_dir / "events.jsonl")
    return run_to_exit(job_dir, lambda: train(job_dir, spec, events, stop))


if __name__ == "__main__":
    raise SystemExit(main())
