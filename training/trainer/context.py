"""The `Run` an algorithm sees in the trainer process: files, signals, clocks."""

import math
import threading
import time
from pathlib import Path
from typing import Final

import torch

from datasets.augment import pipeline_from
from training.engine.checkpoint import CheckpointStore, State
from training.engine.failures import TrainingFailed
from training.trainer.events import EventWriter
from training.trainer.spec import TrainerSpec

MEMORY_EVERY_S: Final = 5.0


class TimeIsUp(TrainingFailed):
    """The run took longer than it may."""

    code = "time_limit"


class FileRun:
    """Checkpoints in JOB_DIR/checkpoints, words in JOB_DIR/events.jsonl."""

    def __init__(
        self,
        job_dir: Path,
        spec: TrainerSpec,
        device: torch.device,
        events: EventWriter,
        stop: threading.Event,
    ) -> None:
        self.seed, self.device, self.threads = spec.seed, device, max(1, spec.threads)
        self.recipe = pipeline_from(spec.recipe)
        self._spec, self._events, self._stop = spec, events, stop
        self._store = CheckpointStore(job_dir / "checkpoints")
        self._began_at = self._saved_at = time.monotonic()
        self._memory_at = -math.inf
        self._unit, self._unit_at, self._unit_from = "", self._began_at, 0
        self._step = 0

    def restore(self) -> State | None:
        """The newest whole checkpoint."""
        return self._store.restore()

    def save(self, state: State) -> None:
        """Durable when it returns."""
        self._store.save(state)
        self._saved_at = time.monotonic()

    def save_due(self, step: int) -> bool:
        """Every so many seconds."""
        return time.monotonic() - self._saved_at >= self._spec.checkpoint_every_s

    def metric(self, step: int, **values: float) -> None:
        """Points of curves; what is no number is left out."""
        finite = {key: value for key, value in values.items() if math.isfinite(value)}
        self._step = step
        self._events.say("metric", step=step, values=finite)

    def progress(self, done: int, total: int, unit: str) -> None:
        """With the time still needed for this unit of work."""
        now = time.monotonic()
        if unit != self._unit:
            self._unit, self._unit_at, self._unit_from = unit, now, done - 1
        rate = (done - self._unit_from) / max(now - self._unit_at, 1e-3)
        self._events.progress(done, total, unit, round((total - done) / rate, 1) if rate > 0 else None)
        if unit == "steps" and now - self._memory_at >= MEMORY_EVERY_S:
            self._memory_at = now
            self._device_memory(done)

    def log(self, text: str) -> None:
        """One line for people."""
        self._events.say("log", text=text)

    def stop_requested(self) -> bool:
        """SIGTERM was received. Raises TimeIsUp, whatever was saved stays."""
        limit_s = self._spec.time_limit_s
        if limit_s and time.monotonic() - self._began_at > limit_s:
            raise TimeIsUp(f"the run took longer than {limit_s:.0f} s; allow it more time or fewer epochs")
        return self._stop.is_set()

    def _device_memory(self, step: int) -> None:
        if self.device.type == "cuda":
            used = torch.cuda.max_memory_allocated(self.device) / 1e6
            self.metric(step, **{"system/device_memory_mb": used})
