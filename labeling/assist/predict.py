"""One model over many pictures, as its own process: `python -m labeling.assist.predict JOB_DIR`. Pure.

JOB_DIR/listed.jsonl holds `[id, path, offset, length]` a line, spec.json what to run. Each part of what is found becomes a file in
parts/, told as an event, so that whoever supervises keeps it at once.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from core.errors import DomainError
from core.imaging import ImageRefused, decode
from labeling.assist.detector import SIDE, Detector
from labeling.assist.spec import LISTED, PredictSpec
from serving.runtime.session import ModelSession
from training.engine.failures import Stopped
from training.trainer.events import EventWriter
from training.trainer.process import die_with_parent, job_dir_from_argv, limit, run_to_exit, stop_on_signals

PART: Final = 64
PART_S: Final = 3.0

Found = list[dict[str, Any]]


class ModelUnreadable(DomainError):
    """The file of the model, or the weights of the detector, are not what they should be."""

    code, status = "model_unreadable", 422


def predict(job_dir: Path, spec: PredictSpec, events: EventWriter) -> None:
    """All of them; a picture that cannot be read has None for what was found. Raises Stopped, ModelUnreadable."""
    stop = stop_on_signals()
    find = _finder(spec)
    (job_dir / "parts").mkdir(exist_ok=True)
    part: list[tuple[str, Found | None]] = []
    began = time.monotonic()
    for done, (sample, encoded) in enumerate(_pictures(job_dir / LISTED), 1):
        if stop.is_set():
            raise Stopped
        part.append((sample, _found(find, encoded)))
        if len(part) == PART or time.monotonic() - began > PART_S or done == spec.count:
            name = f"{done:09}.json"
            (job_dir / "parts" / name).write_text(json.dumps(part), encoding="utf-8")
            events.say("part", name=name)
            part, began = [], time.monotonic()


def _finder(spec: PredictSpec) -> Callable[[bytes], Found]:
    try:
        if not spec.model:
            detector = Detector(Path(spec.weights), spec.threads)
            return lambda encoded: [
                {"name": each.name, "score": each.score, "box": each.box}
                for each in detector.found(decode(encoded, SIDE), spec.threshold)
            ]
        return _classifier(ModelSession(Path(spec.model), threads=spec.threads), spec.threshold)
    except (OSError, ValueError) as problem:
        raise ModelUnreadable(f"this model cannot be run: {problem}") from problem


def _classifier(session: ModelSession, threshold: float) -> Callable[[bytes], Found]:
    """The best class of each picture, by the very runtime that serves it. Raises ValueError."""
    rule, classes = session.card.decode, session.card.classes
    if rule is None or not classes:
        raise ValueError("it does not say how it sees pictures and which classes it knows")
    names = session.output_names
    place = names.index("scores") if "scores" in names else 0

    def best(encoded: bytes) -> Found:
        scores = session.run({session.inputs[0].name: rule.decode(encoded)[None]})[place][0]
        top = int(scores.argmax())
        return [{"name": classes[top], "score": round(float(scores[top]), 4)}]

    return lambda encoded: [each for each in best(encoded) if each["score"] >= threshold]


def _found(find: Callable[[bytes], Found], encoded: bytes) -> Found | None:
    try:
        return find(encoded)
    except ImageRefused:
        return None


def _pictures(listed: Path) -> Iterator[tuple[str, bytes]]:
    with listed.open(encoding="utf-8") as lines:
        for line in lines:
            sample, path, offset, length = json.loads(line)
            with Path(path).open("rb") as file:
                file.seek(offset)
                yield sample, file.read(length)


def main() -> int:
    """The process."""
    job_dir = job_dir_from_argv()
    spec = PredictSpec.read(job_dir)
    die_with_parent(spec.parent_pid)
    limit(memory_mb=0, file_mb=1024)
    return run_to_exit(job_dir, lambda: predict(job_dir, spec, EventWriter(job_dir / "events.jsonl")))


if __name__ == "__main__":
    raise SystemExit(main())
