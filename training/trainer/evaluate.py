"""Evaluation of a file on a part of a version, as its own process: `python -m training.trainer.evaluate JOB_DIR`."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.engine.failures import BadData, Stopped
from training.engine.metrics import report_of
from training.engine.samples import LabeledData, PictureSource, Sample, manifest_read
from training.export.scoring import OnnxClassifier, scored
from training.trainer.events import EventWriter
from training.trainer.process import die_with_parent, job_dir_from_argv, limit, run_to_exit, stop_on_signals
from training.trainer.spec import EvaluationSpec

KEPT_SCORES: Final = 20
DECIMALS: Final = 6


def predictions_write(path: Path, data: LabeledData, tables: Mapping[str, NDArray[np.float32]]) -> None:
    """One JSON line a sample: sample, split, truth, predicted, score, and the scores (the best 20)."""
    with path.open("w", encoding="utf-8") as lines:
        for split, scores in tables.items():
            for sample, row in zip(data.part(split), scores, strict=True):
                lines.write(json.dumps(_prediction(sample, split, row)) + "\n")


def aligned(data: LabeledData, classes: tuple[str, ...]) -> tuple[LabeledData, dict[str, int]]:
    """The data with the model's class numbers; samples of classes it does not know are left out and counted."""
    place = {name: number for number, name in enumerate(classes)}
    left_out: Counter[str] = Counter()
    parts: dict[str, tuple[Sample, ...]] = {}
    for split in ("train", "val", "test"):
        kept = []
        for sample in data.part(split):
            name = data.classes[sample.label]
            if name in place:
                kept.append(replace(sample, label=place[name]))
            else:
                left_out[name] += 1
        parts[split] = tuple(kept)
    return LabeledData(classes, tuple(range(len(classes))), **parts), dict(left_out)


def evaluate(job_dir: Path, spec: EvaluationSpec, events: EventWriter) -> None:
    """Write out/report.json and out/predictions.jsonl. Raises BadData, Stopped."""
    stop = stop_on_signals()
    model = OnnxClassifier(Path(spec.model), spec.threads)
    data, left_out = aligned(manifest_read(Path(spec.manifest)), model.classes)
    part = data.part(spec.split)
    if not part:
        raise BadData(f"the {spec.split} part of this version has no sample with a class of the model")

    def tick(done: int) -> None:
        events.progress(done, len(part), "pictures", None)
        if stop.is_set():
            raise Stopped

    scores = scored(model, PictureSource(part, model.decode), tick)
    labels = np.fromiter((sample.label for sample in part), np.int64, len(part))
    report = report_of(labels, scores, model.classes, seed=spec.seed)
    out = job_dir / "out"
    out.mkdir(exist_ok=True)
    predictions_write(out / "predictions.jsonl", data, {spec.split: scores})
    body = {"split": spec.split, **report, "left_out": left_out}
    (out / "report.json").write_text(json.dumps(body, allow_nan=False), encoding="utf-8")


def _prediction(sample: Sample, split: str, row: NDArray[np.float32]) -> dict[str, object]:
    predicted = int(row.argmax())
    best = np.argsort(-row, kind="stable")[:KEPT_SCORES]
    return {
        "sample": sample.id,
        "split": split,
        "truth": sample.label,
        "predicted": predicted,
        "score": round(float(row[predicted]), DECIMALS),
        "scores": [[int(label), round(float(row[label]), DECIMALS)] for label in best],
    }


def main() -> int:
    """The process."""
    job_dir = job_dir_from_argv()
    spec = EvaluationSpec.read(job_dir)
    die_with_parent(spec.parent_pid)
    limit(memory_mb=spec.memory_mb, file_mb=1024)
    events = EventWriter(job_dir / "events.jsonl")
    return run_to_exit(job_dir, lambda: evaluate(job_dir, spec, events))


if __name__ == "__main__":
    raise SystemExit(main())
