"""After the fit: export, parity, evaluation, and what the registry needs to know."""

import hashlib
import json
import resource
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.algorithms.base import Algorithm, Fitted
from training.engine.failures import Stopped
from training.engine.metrics import report_of
from training.engine.samples import LabeledData, PictureSource, Sample
from training.export.card import CardFacts, card_of
from training.export.onnx import export_onnx, metadata_of
from training.export.parity import Parity, parity_of, reference_scores
from training.export.scoring import OnnxClassifier, scored
from training.trainer.context import FileRun
from training.trainer.evaluate import predictions_write
from training.trainer.events import EventWriter
from training.trainer.spec import TrainerSpec


class Finisher:
    """Turns a fitted model into the files of JOB_DIR/out."""

    def __init__(self, out: Path, spec: TrainerSpec, run: FileRun, events: EventWriter) -> None:
        self._out, self._spec, self._run, self._events = out, spec, run, events
        self._began_at = time.monotonic()
        out.mkdir(exist_ok=True)

    def finish(self, algorithm: Algorithm[Any], params: Any, fitted: Fitted, data: LabeledData) -> None:
        """Write model.onnx, parity.json, report.json, predictions.jsonl, card.md, result.json; that one last."""
        path = self._out / "model.onnx"
        self._stage("exporting")
        export_onnx(fitted, path, metadata_of(fitted, self._spec.task, self._spec.extra))
        self._stage("evaluating")
        model = OnnxClassifier(path, self._run.threads)
        tables = {split: self._scored(model, data, split) for split in ("val", "test") if data.part(split)}
        parity = self._parity(fitted, model, data, tables)
        self._run.log(
            f"parity on {parity.count} pictures: agreement {parity.top1_agreement:.4f}, "
            f"largest difference {parity.max_score_diff:.1e}"
        )
        reports = self._reports(data, tables)
        predictions_write(self._out / "predictions.jsonl", data, tables)
        self._write("parity.json", parity.render())
        self._write("report.json", reports)
        counts = {split: len(data.part(split)) for split in ("train", "val", "test")}
        facts = CardFacts(
            title=self._spec.title,
            task=self._spec.task,
            algorithm=algorithm.title,
            licence=algorithm.licence,
            classes=data.classes,
            counts=counts,
            reports=reports,
            parity=parity.render(),
            dataset_version=self._spec.dataset_version,
            params=asdict(params),
            seed=self._spec.seed,
            recipe=self._spec.recipe,
        )
        (self._out / "card.md").write_text(card_of(facts), encoding="utf-8")
        self._write("result.json", self._result(path, model, parity, reports, data, params))

    def _parity(
        self, fitted: Fitted, model: OnnxClassifier, data: LabeledData, tables: dict[str, NDArray[np.float32]]
    ) -> Parity:
        split = "val" if data.val else "train"
        source = PictureSource(data.part(split), fitted.decode)
        exported = tables.get(split)
        if exported is None:
            exported = scored(model, source, self._ticker("exported", len(source.samples)))
        reference = reference_scores(fitted, source, self._ticker("parity", len(source.samples)))
        return parity_of(reference, exported, split)

    def _scored(self, model: OnnxClassifier, data: LabeledData, split: str) -> NDArray[np.float32]:
        part: tuple[Sample, ...] = data.part(split)
        return scored(model, PictureSource(part, model.decode), self._ticker(f"{split} pictures", len(part)))

    def _reports(
        self, data: LabeledData, tables: dict[str, NDArray[np.float32]]
    ) -> dict[str, dict[str, Any]]:
        return {
            split: {
                "split": split,
                **report_of(_labels(data.part(split)), scores, data.classes, seed=self._spec.seed),
            }
            for split, scores in tables.items()
        }

    def _result(
        self,
        path: Path,
        model: OnnxClassifier,
        parity: Parity,
        reports: dict[str, dict[str, Any]],
        data: LabeledData,
        params: Any,
    ) -> dict[str, Any]:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size_bytes": path.stat().st_size,
            "signature": model.signature(),
            "labels": list(model.classes),
            "label_indexes": list(data.indexes),
            "decode": json.loads(model.decode.to_json()),
            "parity": parity.render(),
            "metrics": {split: report["metrics"] for split, report in reports.items()},
            "params": asdict(params),
            "device": str(self._run.device),
            "cpu_s": round(usage.ru_utime + usage.ru_stime, 1),
            "peak_memory_mb": usage.ru_maxrss * 1024 // 1_000_000,
        }

    def _ticker(self, unit: str, total: int) -> Callable[[int], None]:
        def tick(done: int) -> None:
            self._run.progress(done, total, unit)
            if self._run.stop_requested():
                raise Stopped

        return tick

    def _stage(self, stage: str) -> None:
        if self._run.stop_requested():
            raise Stopped
        self._events.say("state", stage=stage)

    def _write(self, name: str, content: Any) -> None:
        (self._out / name).write_text(json.dumps(content, allow_nan=False), encoding="utf-8")


def _labels(part: tuple[Sample, ...]) -> NDArray[np.int64]:
    return np.fromiter((sample.label for sample in part), np.int64, len(part))
