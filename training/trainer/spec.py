"""What the supervisor asks of the trainer: JOB_DIR/spec.json."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class TrainerSpec:
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

    def write(self, job_dir: Path) -> None:
        """Put it where the trainer looks."""
        (job_dir / "spec.json").write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, job_dir: Path) -> "TrainerSpec":
        """Raises ValueError and TypeError for a file that is not a spec."""
        return cls(**json.loads((job_dir / "spec.json").read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class EvaluationSpec:
    """One evaluation of a file on a part of a version."""

    model: str
    manifest: str
    split: str
    seed: int = 0
    threads: int = 1
    memory_mb: int = 0
    parent_pid: int = 0

    def write(self, job_dir: Path) -> None:
        """Put it where the child looks."""
        (job_dir / "spec.json").write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, job_dir: Path) -> "EvaluationSpec":
        """Raises ValueError and TypeError for a file that is not a spec."""
        return cls(**json.loads((job_dir / "spec.json").read_text(encoding="utf-8")))
