"""What the supervisor asks of them: JOB_DIR/spec.json."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from datasets.embeddings.parts import Place


@dataclass(frozen=True, slots=True)
class EmbedderSpec:
    """`pictures` are to be made vectors of, `part` at a time; `parts` (path, offset, length) and `known` are to be read.

    `classes` is how many there are, 0 for no look at the labels.
    """

    pictures: int = 0
    part: int = 512
    parts: list[tuple[str, int, int]] = field(default_factory=list)
    classes: int = 0
    threads: int = 1
    memory_mb: int = 0
    parent_pid: int = 0

    @property
    def places(self) -> list[Place]:
        """The parts as places."""
        return [Place(Path(path), offset, length) for path, offset, length in self.parts]

    def write(self, job_dir: Path) -> None:
        """Put it where the child looks."""
        (job_dir / "spec.json").write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, job_dir: Path) -> "EmbedderSpec":
        """Raises ValueError and TypeError for a file that is not a spec."""
        return cls(**json.loads((job_dir / "spec.json").read_text(encoding="utf-8")))
