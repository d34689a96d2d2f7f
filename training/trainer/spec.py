"""What supervisors ask of their children: JOB_DIR/spec.json."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class JobSpec:
    """What a child process is asked to do, beside what it works on."""

    def write(self, job_dir: Path) -> None:
        """Put it where the child looks."""
        (job_dir / "spec.json").write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, job_dir: Path) -> Self:
        """Raises ValueError and TypeError for a file that is not a spec."""
        return cls(**json.loads((job_dir / "spec.json").read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class TrainerSpec(JobSpec):
    """One run. `manifest` is a path; `memory_mb` and `file_mb` limit the process, 0 for none.

    `recipe` are the steps of `datasets.augment` that change the pictures of the training part.
    """

    algorithm: str
    profile: str
    params: Mapping[str, Any]
    task: str
    manifest: str
    title: str = "model"
    dataset_version: str = ""
    seed: int = 0
    device: str = "auto"
    threads: int = 1
    time_limit_s: float = 0.0
    memory_mb: int = 0
    file_mb: int = 8192
    checkpoint_every_s: float = 20.0
    parent_pid: int = 0
    recipe: Sequence[Mapping[str, Any]] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvaluationSpec(JobSpec):
    """One evaluation of a file on a part of a version."""

    model: str
    manifest: str
    split: str
    seed: int = 0
    threads: int = 1
    memory_mb: int = 0
    parent_pid: int = 0
