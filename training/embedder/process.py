"""What every child of the analysis does around its work."""

import os
from collections.abc import Callable
from pathlib import Path

from training.embedder.spec import EmbedderSpec
from training.trainer.events import EventWriter
from training.trainer.process import die_with_parent, job_dir_from_argv, limit, run_to_exit

Work = Callable[[Path, EmbedderSpec, EventWriter], None]


def run_as_process(work: Work, *, file_mb: int = 256) -> int:
    """Do the work of the folder that the command line names, within its limits; the code to exit with."""
    job_dir = job_dir_from_argv()
    spec = EmbedderSpec.read(job_dir)
    die_with_parent(spec.parent_pid)
    os.nice(5)
    limit(memory_mb=spec.memory_mb, file_mb=file_mb)
    events = EventWriter(job_dir / "events.jsonl")
    return run_to_exit(job_dir, lambda: work(job_dir, spec, events))
