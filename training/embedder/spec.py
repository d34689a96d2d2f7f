"""What the supervisor asks of them: JOB_DIR/spec.json."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from datasets.embeddings.parts import Place
from training.trainer.spec import JobSpec

Strange = Literal["", "cosine", "distance"]


@dataclass(frozen=True, slots=True)
class EmbedderSpec(JobSpec):
    """Of `pictures` samples vectors are to be made, `part` at a time; `parts` (path, offset, length) and `known` are to be read.

    `classes` is how many there are, 0 for no look at the labels; `strange` is how outliers are told, by their
    place where it is empty. Texts are laid out by the `projection` that lies at
    (path, offset, length), or by one that is to be made and is `made` so (`datasets.embeddings.projections`).
    """

    pictures: int = 0
    part: int = 512
    parts: list[tuple[str, int, int]] = field(default_factory=list)
    classes: int = 0
    strange: Strange = ""
    projection: tuple[str, int, int] | None = None
    made: dict[str, Any] | None = None
    threads: int = 1
    memory_mb: int = 0
    parent_pid: int = 0

    @property
    def places(self) -> list[Place]:
        """The parts as places."""
        return [Place(Path(path), offset, length) for path, offset, length in self.parts]
