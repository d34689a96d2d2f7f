"""The training loop: one code path for a step, on any device, stoppable and resumable at every step.

An interrupted fit that is begun again from its checkpoint ends in the same weights, bit for bit on a CPU:
order and augmentation depend on (seed, epoch, index), the rate on the step, and the rest is in the state.
"""

import copy
import math
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Final, Protocol

import torch
from torch import Tensor, nn

from datasets.augment import Picture, Pipeline
from training.engine.checkpoint import State, flattened, prefixed, under, unflatten
from training.engine.failures import NanLoss, Stopped
from training.engine.seed import random_restore, random_state

CLIP_NORM: Final = 10.0
EMA_DECAY: Final = 0.998
POINTS: Final = 200


class Run(Protocol):
    """What a fit may ask of the outside world; nothing else exists for it."""

    seed: int
    device: torch.device
    threads: int
    # Changes the pictures of the training part; without steps the algorithm does as it likes.
    recipe: Pipeline[Picture]

    def restore(self) -> State | None:
        """The newest checkpoint."""

    def save(self, state: State) -> None:
        """Keep a checkpoint, durable when it returns."""

    def save_due(self, step: int) -> bool:
        """Whether the last checkpoint is old enough."""

    def metric(self, step: int, **values: float) -> None:
        """Points of curves; saying the same again is harmless."""

    def progress(self, done: int, total: int, unit: str) -> None:
        """How far it is."""

    def log(self, text: str) -> None:
        """One line for people."""

    def stop_requested(self) -> bool:
        """Whether to save and raise Stopped."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long: `steps` optimizer steps in all, `steps_per_epoch` of them an epoch; warm-up as a fraction."""

    epochs: int
    steps_per_epoch: int
    warmup: float = 0.1

    @property
    def steps(self) -> int:
        """All of them."""
        return self.epochs * self.steps_per_epoch

    def rate(self, step: int) -> float:
        """The factor of the learning rates at `step`: linear warm-up, then half a cosine to 0."""
        warm = max(1, round(self.warmup * self.steps))
        if step < warm:
            return (step + 1) / warm
        return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, self.steps - warm)))


class Average:
    """Exponential moving average of a model's tensors, with a ramp: short fits are not held back by it."""

    def __init__(self, model: nn.Module) -> None:
        self.model = copy.deepcopy(model).requires_grad_(False)

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        """Move towards `model`."""
        decay = min(EMA_DECAY, 1 - 1 / (1 + step / 10))
        mine, new = self.model.state_dict(), model.state_dict()
        for name, value in mine.items():
            if value.is_floating_point():
                value.lerp_(new[name], 1 - decay)


class Trainer:
    """One fit: a model, its optimizer, and where it stands; `kept` is saved beside it and never changed."""

    def __init__(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        plan: Plan,
        run: Run,
        *,
        ema: bool,
        kept: Mapping[str, Tensor] | None = None,
    ) -> None:
        self.kept = dict(kept or {})
        self.model, self.optimizer, self.plan, self.run = model, optimizer, plan, run
        self.average = Average(model) if ema else None
        self.step = 0
        self._base = [float(group["lr"]) for group in optimizer.param_groups]
        self._window: list[float] = [0.0, 0.0]

    @property
    def best(self) -> nn.Module:
        """The model to evaluate and to keep."""
        return self.average.model if self.average else self.model

    def restore(self) -> None:
        """Go on from the newest checkpoint, if there is one."""
        state = self.run.restore()
        if state is None:
            return
        self.model.load_state_dict(under("model.", state.tensors))
        if self.average:
            self.average.model.load_state_dict(under("ema.", state.tensors))
        self.kept = under("kept.", state.tensors)
        unflatten("optimizer.", state.tensors, self.optimizer)
        random_restore(state.tensors, self.run.device)
        self.step, self._window = state.step, list(state.meta["window"])
        self.run.log(f"resumed at step {self.step} of {self.plan.steps}")

    def save(self) -> None:
        """Write down where it stands."""
        tensors = {
            **prefixed("model.", self.model.state_dict()),
            **prefixed("kept.", self.kept),
            **(prefixed("ema.", self.average.model.state_dict()) if self.average else {}),
            **flattened("optimizer.", self.optimizer),
            **random_state(self.run.device),
        }
        meta = {"window": self._window, "epoch": self.step // self.plan.steps_per_epoch}
        self.run.save(State(self.step, tensors, meta))

    def fit(
        self,
        batch_of: Callable[[int, int], tuple[Tensor, Tensor]],
        loss_of: Callable[[Tensor, Tensor], Tensor],
        ready: Callable[[], None],
        epoch_end: Callable[[nn.Module, int], None],
    ) -> None:
        """Train to the end. `batch_of(epoch, number)`; `ready` sets the training mode; raises Stopped, NanLoss."""
        ready()
        while self.step < self.plan.steps:
            epoch, number = divmod(self.step, self.plan.steps_per_epoch)
            loss = self.one_step(*batch_of(epoch, number), loss_of)
            self._tell(loss)
            if self.step % self.plan.steps_per_epoch == 0:
                epoch_end(self.best, self.step)
                ready()
            if self.run.stop_requested():
                self.save()
                raise Stopped
            if self.run.save_due(self.step) or self.step == self.plan.steps:
                self.save()

    def one_step(self, inputs: Tensor, targets: Tensor, loss_of: Callable[[Tensor, Tensor], Tensor]) -> float:
        """Forward, backward, update. Raises NanLoss before anything is changed by it."""
        rate = self.plan.rate(self.step)
        for group, base in zip(self.optimizer.param_groups, self._base, strict=True):
            group["lr"] = base * rate
        with precision_of(self.run.device):
            loss = loss_of(self.model(inputs), targets)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise NanLoss(f"the loss became {value} at step {self.step}; lower the learning rate")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), CLIP_NORM)
        self.optimizer.step()
        self.step += 1
        if self.average:
            self.average.update(self.model, self.step)
        return value

    def _tell(self, loss: float) -> None:
        self._window[0] += loss
        self._window[1] += 1
        every = max(1, self.plan.steps // POINTS)
        if self.step % every == 0 or self.step == self.plan.steps:
            rate = float(self.optimizer.param_groups[-1]["lr"])
            mean = self._window[0] / self._window[1]
            self.run.metric(self.step, **{"train/loss": mean, "train/rate": rate})
            self._window = [0.0, 0.0]
        self.run.progress(self.step, self.plan.steps, "steps")


def precision_of(device: torch.device) -> AbstractContextManager[object]:
    """bfloat16 where a CUDA card has it, float32 elsewhere."""
    if device.type == "cuda" and torch.cuda.is_bf16_supported():
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return nullcontext()
