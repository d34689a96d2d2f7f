"""Search by picture among 10,000 and 100,000 vectors: processor time of one answer, and memory.

python scripts/bench_vectors.py [COUNT ...]
"""

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from datasets.embeddings.parts import Place, part_packed  # noqa: E402
from datasets.embeddings.search import nearest, vector_of  # noqa: E402

PART = 512
DIMENSIONS = 1280
ANSWERS = 5
WANTED = 501


def main() -> None:
    """One line a count."""
    rng = np.random.default_rng(0)
    counts = [int(text) for text in sys.argv[1:]] or [10_000, 100_000]
    with tempfile.TemporaryDirectory() as folder:
        places: list[Place] = []
        for count in counts:
            while len(places) * PART < count:
                places.append(_part(Path(folder), len(places), rng))
            print(f"{count:>9,} pictures: {_answer_ms(places):.0f} ms, {_peak_mb()} MB")


def _part(folder: Path, number: int, rng: np.random.Generator) -> Place:
    vectors = np.abs(rng.standard_normal((PART, DIMENSIONS), dtype=np.float32))
    content = part_packed([_name(number * PART + i) for i in range(PART)], vectors)
    path = folder / f"{number}"
    path.write_bytes(content)
    return Place(path, 0, len(content))


def _name(number: int) -> bytes:
    return b"\1" + number.to_bytes(15, "big")


def _answer_ms(places: list[Place]) -> float:
    """The median of a few answers, in milliseconds of processor time."""
    took = []
    for turn in range(ANSWERS):
        begin = time.process_time()
        query = vector_of(places, _name(turn * PART))
        if query is None or len(nearest(places, query, WANTED)) != WANTED:
            raise RuntimeError("the search does not find what is there")
        took.append(1000 * (time.process_time() - begin))
    return float(np.median(took))


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000


if __name__ == "__main__":
    main()
