"""The job of a run: lay out the data, watch the trainer, keep the model and the success in one transaction."""

import json
import os
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from core.errors import StorageFull
from core.faults import fault
from core.jobs.context import JobContext
from core.services.blobs import BlobRef, blob_put_file, blobs_register
from datasets.services.versions import version_materialize
from training.models import MetricPoint, Run
from training.services.children import Event, supervise, threads_granted
from training.services.directories import directories_prune, directory_of, directory_remove
from training.services.registry import version_register
from training.services.runs import run_row
from training.trainer.spec import TrainerSpec

FLUSH_S: Final = 1.0
ONNX_TYPE: Final = "application/x-onnx"
# Per cent of the whole that a part of the work stands for; by whether the backbone is trained.
_PHASES: Final = {
    False: {"pictures": (0, 15), "features": (15, 70)},
    True: {"pictures": (0, 4), "features": (4, 12), "steps": (12, 92)},
}
_LAST: Final = (92, 99)


def run_execute(ctx: JobContext, run_id: uuid.UUID) -> dict[str, Any]:
    """Train, evaluate and register; the job's result. Raises ChildFailed, LeaseLost, JobCancelled."""
    run = run_row(run_id)
    directories_prune()
    job_dir = directory_of(run.directory)
    listener = _Listener(ctx, run)
    manifest = version_materialize(run.dataset_version_id, job_dir)
    ctx.check()
    _spec(run, manifest).write(job_dir)
    fault("training.run.before-child")
    supervise(ctx, "training.trainer", job_dir, threads_granted(), listener.hear, heard=run.heard)
    listener.flush()
    fault("training.run.before-register")
    result = _register(ctx, run, job_dir / "out")
    directory_remove(run.directory)
    return result


def _register(ctx: JobContext, run: Run, out: Path) -> dict[str, Any]:
    facts = json.loads((out / "result.json").read_text(encoding="utf-8"))
    reports = json.loads((out / "report.json").read_text(encoding="utf-8"))
    card = (out / "card.md").read_text(encoding="utf-8")
    onnx = _stored(out / "model.onnx", facts["sha256"])
    fault("training.run.after-blob")
    with ctx.fenced() as job:
        blobs_register([onnx])
        version = version_register(run=run, facts=facts, reports=reports, card=card, predictions=out)
        Run.objects.filter(pk=run.pk).update(
            stage="done",
            resources={key: facts[key] for key in ("device", "cpu_s", "peak_memory_mb")},
        )
        result = {"run": str(run.pk), "model_version": str(version.pk), "metrics": facts["metrics"]}
        fault("training.run.before-finish")
        ctx.finish(job, result)
    return result


def _stored(path: Path, sha256: str) -> BlobRef:
    onnx = blob_put_file(path, ONNX_TYPE)
    if onnx.sha256 != sha256:
        raise StorageFull("the model file changed while it was stored; resume the run")
    return onnx


def _spec(run: Run, manifest: Path) -> TrainerSpec:
    version = run.dataset_version
    return TrainerSpec(
        algorithm=run.algorithm,
        profile=run.profile,
        params=run.params,
        task=run.task,
        manifest=str(manifest),
        title=run.name,
        dataset_version=f"{version.name} of {version.dataset.name}",
        seed=run.seed,
        device=run.device,
        recipe=run.recipe["steps"] if run.recipe else (),
        threads=threads_granted(),
        parent_pid=os.getpid(),
        extra={"studio.version": str(run.pk)},
    )


class _Listener:
    """Brings the trainer's words into the database, each once whoever dies; a replayed step is not news."""

    def __init__(self, ctx: JobContext, run: Run) -> None:
        self._ctx, self._run = ctx, run
        self._waiting: list[Event] = []
        self._flushed_at = 0.0

    def hear(self, events: list[Event]) -> None:
        """Everything new; points of curves may wait for FLUSH_S, what people read does not. Raises LeaseLost."""
        for event in events:
            if event["type"] == "progress":
                self._progress(event)
            else:
                self._waiting.append(event)
        is_due = time.monotonic() - self._flushed_at >= FLUSH_S
        if is_due or any(event["type"] != "metric" for event in self._waiting):
            self.flush()

    def flush(self) -> None:
        """Write the words heard so far, together with how far that is. Raises LeaseLost."""
        events, self._waiting = self._waiting, []
        self._flushed_at = time.monotonic()
        if not events:
            return
        points = [point for event in events if event["type"] == "metric" for point in self._points(event)]
        with self._ctx.fenced():
            MetricPoint.objects.bulk_create(points, ignore_conflicts=True)
            for point in points:
                self._ctx.metric(point.key, point.step, point.value)
            for event in events:
                self._one(event)
            Run.objects.filter(pk=self._run.pk).update(heard=events[-1]["seq"])

    def _points(self, event: Event) -> list[MetricPoint]:
        at = datetime.fromtimestamp(event["at"], UTC)
        return [
            MetricPoint(run=self._run, key=key[:60], step=event["step"], value=value, at=at)
            for key, value in event["values"].items()
        ]

    def _one(self, event: Event) -> None:
        if event["type"] == "log":
            self._ctx.log(event["text"])
        elif event["type"] == "state":
            self._stage(event)

    def _progress(self, event: Event) -> None:
        begin, end = _PHASES[bool(self._run.params.get("epochs", 1))].get(event["unit"], _LAST)
        share = event["done"] / max(event["total"], 1)
        self._ctx.progress(round(begin + (end - begin) * share), 100, "%", eta_s=event["eta_s"])

    def _stage(self, event: Event) -> None:
        fields: dict[str, Any] = {"stage": event["stage"]}
        if "device" in event:
            fields["resources"] = {"device": event["device"]}
        Run.objects.filter(pk=self._run.pk).update(**fields)
        self._ctx.log(f"stage: {event['stage']}")
