"""How fast a training step of the studio is beside a bare PyTorch loop with the same network, in one run.

    python scripts/bench_training.py [--steps 12] [--side 160] [--batch 16] [--device auto]

The bare loop holds ready tensors: forward, backward, optimizer, nothing else. The studio's step also loads the
pictures, augments and normalizes them, follows the rate, checks and clips the gradient, and tells how it goes.
Both train everything with batch-norm statistics frozen; they take turns, the medians are compared.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as fn

from datasets.augment import Picture, Pipeline
from training.engine.augment import STRENGTHS, augment
from training.engine.checkpoint import CheckpointStore, State
from training.engine.loop import Plan, Trainer, precision_of
from training.engine.network import parameter_groups, pretrained_classifier
from training.engine.preprocess import normalized
from training.engine.seed import device_of

CLASSES = 10
Pictures = NDArray[np.uint8]
Step = Callable[[int], None]


class QuietRun:
    """A run that nobody watches; it never saves during the measurement."""

    def __init__(self, folder: Path, device: torch.device) -> None:
        """Checkpoints would go into `folder`."""
        self.seed, self.device, self.threads = 0, device, torch.get_num_threads()
        self.recipe: Pipeline[Picture] = Pipeline()
        self._store = CheckpointStore(folder)

    def restore(self) -> State | None:
        """Nothing."""
        return None

    def save(self, state: State) -> None:
        """To disk."""
        self._store.save(state)

    def save_due(self, step: int) -> bool:
        """Never."""
        return False

    def metric(self, step: int, **values: float) -> None:
        """Unheard."""

    def progress(self, done: int, total: int, unit: str) -> None:
        """Unheard."""

    def log(self, text: str) -> None:
        """Unheard."""

    def stop_requested(self) -> bool:
        """Never."""
        return False


def main() -> int:
    """Print both rates and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--side", type=int, default=160)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    torch.set_num_threads(1)
    device = device_of(options.device)
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (4 * options.batch, options.side, options.side, 3)).astype(np.uint8)
    labels = torch.from_numpy(rng.integers(0, CLASSES, len(pictures)))
    with tempfile.TemporaryDirectory() as folder:
        studio = studio_step(pictures, labels, options.batch, QuietRun(Path(folder), device))
        bare = bare_step(pictures, labels, options.batch, device)
        times: dict[str, list[float]] = {"bare": [], "studio": []}
        for number in range(options.steps + 2):
            for name, step in (("bare", bare), ("studio", studio)):
                began_at = clock(device)
                step(number)
                if number >= 2:
                    times[name].append(clock(device) - began_at)
    rates = {name: options.batch / statistics.median(values) for name, values in times.items()}
    kind = "CPU seconds of one thread" if device.type == "cpu" else "seconds"
    print(f"training step, {options.side} px, batch {options.batch}, {device}, pictures per {kind}:")
    print(f"  bare loop {rates['bare']:.1f}   studio {rates['studio']:.1f}")
    print(f"  ratio studio / bare loop: {rates['studio'] / rates['bare']:.3f}   (goal: at least 0.9)")
    return 0


def bare_step(pictures: Pictures, labels: torch.Tensor, batch: int, device: torch.device) -> Step:
    """One step of a loop as a tutorial has it."""
    model = pretrained_classifier(CLASSES).to(device)
    optimizer = torch.optim.AdamW(parameter_groups(model, lr=1e-4, lr_head=1e-3, weight_decay=0.02))
    inputs, targets = normalized(pictures[:batch], device), labels[:batch].to(device)

    def step(_number: int) -> None:
        model.train_with_frozen_norms()
        optimizer.zero_grad()
        with precision_of(device):
            loss = fn.cross_entropy(model(inputs), targets)
        loss.backward()
        optimizer.step()

    return step


def studio_step(pictures: Pictures, labels: torch.Tensor, batch: int, run: QuietRun) -> Step:
    """One step of the studio's trainer, from pictures in memory."""
    model = pretrained_classifier(CLASSES).to(run.device)
    optimizer = torch.optim.AdamW(parameter_groups(model, lr=1e-4, lr_head=1e-3, weight_decay=0.02))
    trainer = Trainer(model, optimizer, Plan(1000, len(pictures) // batch), run, ema=False)
    model.train_with_frozen_norms()

    def step(number: int) -> None:
        indexes = range(number % 4 * batch, (number % 4 + 1) * batch)
        changed = np.stack([augment(pictures[i], STRENGTHS["light"], 0, number, i) for i in indexes])
        inputs = normalized(changed, run.device)
        loss = trainer.one_step(inputs, labels[list(indexes)].to(run.device), fn.cross_entropy)
        trainer._tell(loss)

    return step


def clock(device: torch.device) -> float:
    """CPU time on a CPU, which other load does not spoil; wall time behind a card."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
        return time.perf_counter()
    return time.process_time()


if __name__ == "__main__":
    sys.exit(main())
