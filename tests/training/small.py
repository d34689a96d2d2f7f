"""A small learnable set of pictures on disk, and a run in memory that can be killed at any point."""

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from datasets.augment import Pipeline
from training.engine.checkpoint import CheckpointStore, State

CLASSES = ("blue", "red")
COLORS = {"blue": (40, 60, 200), "red": (210, 50, 40)}


class Killed(BaseException):
    """Stands for kill -9: nothing may catch it."""


def colored(name: str, seed: int, size: tuple[int, int] = (40, 32)) -> bytes:
    """A JPEG of one color with noise."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(-35, 36, (size[1], size[0], 3))
    pixels = np.clip(np.array(COLORS[name]) + noise, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=90)
    return out.getvalue()


def manifest_make(
    folder: Path, counts: dict[str, int] | None = None, classes: tuple[str, ...] = CLASSES
) -> Path:
    """A materialized version: a split a key of `counts`, that many pictures a class."""
    rows = []
    for split, count in (counts or {"train": 8, "val": 4, "test": 4}).items():
        for index, name in enumerate(classes):
            for number in range(count):
                path = folder / f"{split}-{name}-{number}.jpg"
                path.write_bytes(colored(name, 1000 * len(split) + 10 * number + index))
                rows.append(row_of(path, split, index))
    return manifest_write(folder, rows, classes)


def row_of(path: Path, split: str, label: int | None) -> dict[str, Any]:
    """A manifest line of a whole file."""
    return {
        "id": path.stem,
        "sha256": "0" * 64,
        "name": path.name,
        "split": split,
        "label": label,
        "path": str(path),
        "offset": 0,
        "length": path.stat().st_size,
    }


def manifest_write(folder: Path, rows: list[dict[str, Any]], classes: tuple[str, ...] = CLASSES) -> Path:
    """The manifest of these rows."""
    header = {"classes": [{"index": index, "name": name} for index, name in enumerate(classes)]}
    path = folder / "manifest.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in [header, *rows]))
    return path


@dataclass
class MemoryRun:
    """What an algorithm sees; `die_at` counts metrics, progress and saves, and kills at that one."""

    folder: Path
    seed: int = 3
    die_at: int | None = None
    stop_at: int | None = None
    save_every: int = 3
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    threads: int = 1
    recipe: Pipeline[Any] = field(default_factory=Pipeline)
    words: int = 0
    metrics: dict[tuple[str, int], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._store = CheckpointStore(self.folder)

    def restore(self) -> State | None:
        """From disk, as after a restart."""
        return self._store.restore()

    def save(self, state: State) -> None:
        """To disk."""
        self._word()
        self._store.save(state)

    def save_due(self, step: int) -> bool:
        """Every few steps."""
        return step % self.save_every == 0

    def metric(self, step: int, **values: float) -> None:
        """Kept by (key, step)."""
        self._word()
        self.metrics.update({(key, step): value for key, value in values.items()})

    def progress(self, done: int, total: int, unit: str) -> None:
        """Counted only."""
        self._word()

    def log(self, text: str) -> None:
        """Unheard."""

    def stop_requested(self) -> bool:
        """After so many words."""
        return self.stop_at is not None and self.words >= self.stop_at

    def _word(self) -> None:
        self.words += 1
        if self.words == self.die_at:
            raise Killed
