"""What the vectors tell, as its own process: `python -m training.embedder.analyze JOB_DIR`.

Reads JOB_DIR/known.npy and the parts of the spec; writes out/suspects.jsonl (where labels could be compared),
out/outliers.jsonl, out/map.bin (where there are pictures to draw) and out/result.json.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from datasets.embeddings.confident import suspects_of
from datasets.embeddings.heads import Rows, folds_of, told_apart, unseen_probabilities
from datasets.embeddings.layout import LANDMARKS, map_of
from datasets.embeddings.mapfile import Map, places_packed
from datasets.embeddings.parts import Place, chunks_read
from datasets.embeddings.timbres import standard_of
from training.embedder.process import run_as_process
from training.embedder.spec import EmbedderSpec, Strange
from training.engine.failures import Stopped
from training.trainer.events import EventWriter
from training.trainer.process import stop_on_signals

LEAST_A_CLASS: Final = 5
LEAST_SAMPLES: Final = 40
DECIMALS: Final = 5
FAR: Final = 3.5
FIFTH: Final = 5
LEAST: Final = np.float32(1e-3)
Known = NDArray[Any]
Numbers = NDArray[np.int64]


def analyze(job_dir: Path, spec: EmbedderSpec, events: EventWriter) -> None:
    """Write JOB_DIR/out. Raises Stopped."""
    stop = stop_on_signals()
    known: Known = np.load(job_dir / "known.npy")
    out = job_dir / "out"
    out.mkdir(exist_ok=True)

    def step() -> None:
        if stop.is_set():
            raise Stopped

    compared = suspects_write(out / "suspects.jsonl", spec.places, known, spec.classes)
    step()
    events.progress(1, 2, "steps", None)
    drawn = map_of(lambda: rows_read(spec.places, known), len(known), step=step)
    here = np.flatnonzero(~np.isnan(drawn.places[:, 0]))
    if len(here):
        labels = known["label"][here].astype(np.int16)
        made = Map(known["id"][here], places_packed(drawn.places[here]), labels)
        (out / "map.bin").write_bytes(made.packed())
    if spec.strange:
        strange = strangeness_of(lambda: rows_read(spec.places, known), len(known), spec.strange, step)
    else:
        strange = drawn.distances
    far = outliers_of(strange)
    (out / "outliers.jsonl").write_text(
        "".join(f'"{hex_of(known["id"][row])}"\n' for row in far), encoding="utf-8"
    )
    result = {"compared": compared, "drawn": len(here)}
    (out / "result.json").write_text(json.dumps(result), encoding="utf-8")


def strangeness_of(
    read: Callable[[], Iterator[Rows]], count: int, kind: Strange, step: Callable[[], None]
) -> NDArray[np.float32]:
    """(N,) how unlike each row is to the FIFTH most like it among the landmarks; NaN for no row.

    What is unlike all else has no axis of its own on a map, so that all figures are compared: of texts -log of the
    cosine, which ends at zero; of recordings the logarithm of the distance. O(N L D) for L landmarks.
    """
    here = np.concatenate([np.empty(0, np.int64), *(rows for rows, _ in read())])
    marks = np.sort(np.random.default_rng(0).permutation(here)[:LANDMARKS])
    strange = np.full(count, np.nan, np.float32)
    if len(marks) <= FIFTH:
        return strange
    chosen = [(rows[kept], vectors[kept]) for rows, vectors in read() for kept in [np.isin(rows, marks)]]
    order = np.concatenate([rows for rows, _ in chosen])
    among = np.concatenate([vectors for _, vectors in chosen])
    for rows, vectors in read():
        step()
        unlike = _by_cosine(vectors, among) if kind == "cosine" else _by_distance(vectors, among)
        unlike[rows[:, None] == order] = np.inf
        strange[rows] = np.partition(unlike, FIFTH - 1, axis=1)[:, FIFTH - 1]
    return strange


def _by_cosine(vectors: NDArray[np.float32], among: NDArray[np.float32]) -> NDArray[np.float32]:
    unlike: NDArray[np.float32] = -np.log(np.maximum(vectors @ among.T, LEAST))
    return unlike


def _by_distance(vectors: NDArray[np.float32], among: NDArray[np.float32]) -> NDArray[np.float32]:
    rows, others = standard_of(vectors), standard_of(among)
    squares = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * rows @ others.T
    unlike: NDArray[np.float32] = np.log(np.maximum(squares, LEAST)) / 2
    return unlike


def outliers_of(distances: NDArray[np.float32]) -> Numbers:
    """Rows whose neighbors are much farther (or less like them) than is usual here, the farthest first; NaN is no row.

    Usual is the median; much is FAR of the spread that the median absolute deviation stands for (Iglewicz and
    Hoaglin, How to Detect and Handle Outliers, 1993).
    """
    here = np.flatnonzero(~np.isnan(distances))
    if len(here) < LEAST_SAMPLES:
        return here[:0]
    usual = float(np.median(distances[here]))
    spread = 1.4826 * float(np.median(np.abs(distances[here] - usual)))
    far = here[distances[here] > usual + FAR * max(spread, 1e-3)]
    order: Numbers = far[np.argsort(-distances[far], kind="stable")]
    return order


def suspects_write(target: Path, places: list[Place], known: Known, classes: int) -> int:
    """One line a label that does not fit, the least fitting first; how many labels were compared.

    Each line: id, class given, class suggested, margin, revision of the annotation. Classes of fewer than
    LEAST_A_CLASS pictures, or that lie in one group, are left out, and too small a set is not compared at all:
    0, and no file.
    """
    if not classes:
        return 0
    mine = np.flatnonzero(labeled_rows(places, known, classes))
    folds = folds_of(known["group"][mine].astype(np.int64))
    apart = told_apart(known["label"][mine], folds)
    mine, folds = mine[apart], folds[apart]
    used, labels = np.unique(known["label"][mine], return_inverse=True)
    if len(mine) < LEAST_SAMPLES or len(used) < 2:
        return 0
    place_of = np.full(len(known), -1)
    place_of[mine] = np.arange(len(mine))

    def read() -> Iterator[Rows]:
        for rows, vectors in rows_read(places, known):
            at = place_of[rows]
            yield at[at >= 0], vectors[at >= 0]

    found = suspects_of(unseen_probabilities(read, labels, folds, len(used)), labels)
    with target.open("w", encoding="utf-8") as lines:
        for row, suggested, margin in zip(found.rows, found.suggested, found.margins, strict=True):
            one = known[mine[row]]
            fields = [hex_of(one["id"]), int(one["label"]), int(used[suggested])]
            lines.write(json.dumps([*fields, round(float(margin), DECIMALS), int(one["revision"])]) + "\n")
    return len(mine)


def labeled_rows(places: list[Place], known: Known, classes: int) -> NDArray[np.bool_]:
    """(N,) whether a sample has a vector and a class with at least LEAST_A_CLASS such samples."""
    has_vector = np.zeros(len(known), np.bool_)
    for rows, _ in rows_read(places, known):
        has_vector[rows] = True
    labels = known["label"]
    usable = has_vector & (labels >= 0)
    sizes = np.bincount(labels[usable], minlength=classes)
    large: NDArray[np.bool_] = usable & (sizes[np.maximum(labels, 0)] >= LEAST_A_CLASS)
    return large


def rows_read(places: list[Place], known: Known) -> Iterator[tuple[Numbers, NDArray[np.float32]]]:
    """The vectors with their rows in `known`, which is sorted by id; samples that are gone are left out."""
    for ids, vectors in chunks_read(places):
        at = np.searchsorted(known["id"], ids)
        at[at == len(known)] = 0
        lives = known["id"][at] == ids if len(known) else np.zeros(len(ids), np.bool_)
        yield at[lives], vectors[lives]


def hex_of(one: bytes) -> str:
    """An id of `ID`, which leaves zeros at the end out, as 32 digits."""
    return one.ljust(16, b"\0").hex()


if __name__ == "__main__":
    raise SystemExit(run_as_process(analyze, file_mb=1024))
