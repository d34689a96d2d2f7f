"""Which classes of marks, or of several of one picture, do not fit: `python -m training.embedder.compare JOB_DIR`.

Reads the parts of the spec and JOB_DIR/known.npy; with JOB_DIR/carried.npz a picture may carry several classes.
Writes out/suspects.jsonl and out/result.json: how many were compared.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from datasets.embeddings.heads import FOLDS, Rows, folds_of
from datasets.embeddings.onevsrest import Flags, Numbers, class_suspects
from datasets.embeddings.parts import Place
from training.embedder.analyze import (
    DECIMALS,
    LEAST_A_CLASS,
    LEAST_SAMPLES,
    Known,
    hex_of,
    rows_read,
    suspects_write,
)
from training.embedder.process import run_as_process
from training.embedder.spec import EmbedderSpec
from training.trainer.events import EventWriter


def compare(job_dir: Path, spec: EmbedderSpec, _events: EventWriter) -> None:
    """Write JOB_DIR/out."""
    known: Known = np.load(job_dir / "known.npy")
    out = job_dir / "out"
    out.mkdir(exist_ok=True)
    target, carried = out / "suspects.jsonl", job_dir / "carried.npz"
    if carried.exists():
        said = np.load(carried)
        flags = np.zeros((len(known), spec.classes), np.bool_)
        flags[said["rows"], said["indices"]] = True
        compared = several_write(target, spec.places, known, flags, said["done"])
    else:
        compared = suspects_write(target, spec.places, known, spec.classes)
    (out / "result.json").write_text(json.dumps({"compared": compared}), encoding="utf-8")


def several_write(target: Path, places: list[Place], known: Known, carried: Flags, done: Numbers) -> int:
    """One line a class that is missing or too many, the least fitting first; how many pictures were compared.

    Each line: id, class given, class suggested, margin, revision; one of the two classes is null. `carried` is
    (N, K) of the rows of `known`, `done` the rows whose classes were said. A class is compared where LEAST_A_CLASS
    pictures carry it and as many do not, both in two folds at least; too few pictures are not compared: 0, no file.
    """
    has_vector = np.zeros(len(known), np.bool_)
    for rows, _ in rows_read(places, known):
        has_vector[rows] = True
    mine = done[has_vector[done]]
    if len(mine) < LEAST_SAMPLES:
        return 0
    folds = folds_of(known["group"][mine].astype(np.int64))
    used = np.flatnonzero(told_apart(carried[mine], folds))
    if not len(used):
        return 0
    flags = carried[mine][:, used]
    place_of = np.full(len(known), -1)
    place_of[mine] = np.arange(len(mine))

    def read() -> Iterator[Rows]:
        for rows, vectors in rows_read(places, known):
            at = place_of[rows]
            yield at[at >= 0], vectors[at >= 0]

    found = class_suspects(read, flags, folds)
    with target.open("w", encoding="utf-8") as lines:
        for row, number, given, margin in zip(
            found.rows, found.classes, found.given, found.margins, strict=True
        ):
            one, label = known[mine[row]], int(used[number])
            said = (label, None) if given else (None, label)
            fields = [hex_of(one["id"]), *said, round(float(margin), DECIMALS), int(one["revision"])]
            lines.write(json.dumps(fields) + "\n")
    return len(mine)


def told_apart(carried: Flags, folds: Numbers) -> Flags:
    """(K,) which classes are carried, and not carried, by enough rows in two folds at least."""
    apart = np.ones(carried.shape[1], np.bool_)
    for flags in (carried, ~carried):
        counts = np.stack([flags[folds == fold].sum(axis=0) for fold in range(FOLDS)])
        apart &= (counts.sum(axis=0) >= LEAST_A_CLASS) & ((counts > 0).sum(axis=0) > 1)
    return apart


if __name__ == "__main__":
    raise SystemExit(run_as_process(compare, file_mb=1024))
