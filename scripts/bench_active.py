"""How many labels an active order needs to come to 95 % of the accuracy of all labels, beside a random order.

    python scripts/bench_active.py [--stamps FOLDER] [--fashion FOLDER] [--seeds 5] [--plot FILE.svg]

Two sets: stamps as in `bench_labels.py`, a fourth of the individuals of each class kept for the test; and Fashion-MNIST
(Debian's `dataset-fashion-mnist`, MIT), 4,000 pictures to label and 1,000 for the test. The vectors are those of the
studio, the accuracy is that of the head that orders. Both orders get the same number of labels a round. Ends with 1
when an active order needs more labels than a random one by more than its interval, or nowhere a fourth less.
"""

import argparse
import gzip
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from bench_labels import STAMPS, Package, fetched, scenes, vectors_of
from PIL import Image

FASHION: Final = Package("dataset-fashion-mnist", "usr/share/datasets/fashion-mnist")
TARGET, BAR = 0.95, 0.25
TO_LABEL, TO_TEST = 4_000, 1_000
# The 97.5 % points of Student's distribution for 2 to 9 degrees of freedom.
STUDENT: Final = (4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be labeled: vectors (N, d) and labels (N,) of all, rows to label and to test, labels a round."""

    vectors: Any
    labels: Any
    train: Any
    test: Any
    step: int
    most: int

    @property
    def classes(self) -> int:
        """How many there are."""
        return int(self.labels.max()) + 1


def main() -> int:
    """0 when the active order is a fourth better on one set at least and on none worse beyond its interval."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--stamps", type=Path)
    arguments.add_argument("--fashion", type=Path)
    arguments.add_argument("--seeds", type=int, choices=range(3, 11), default=5)
    arguments.add_argument("--plot", type=Path)
    asked = arguments.parse_args()
    drawn, savings = {}, []
    for name, work in _sets(asked.stamps, asked.fashion):
        whole = _accuracy(work, work.labels[work.train])
        curves = {
            order: [_curve(work, seed, is_active=order == "active") for seed in range(asked.seeds)]
            for order in ("random", "active")
        }
        savings.append(_told(name, work, TARGET * whole, curves))
        drawn[name] = (work, whole, curves)
    if asked.plot is not None:
        asked.plot.write_text(_plot(drawn), "utf-8")
    return int(
        bool(savings) and (min(high for _, high in savings) < 0 or max(mean for mean, _ in savings) < BAR)
    )


def _told(name: str, work: Work, target: float, curves: dict[str, Any]) -> tuple[float, float]:
    """Print what each order needs; the mean share of labels saved, and the upper end of its 95 % interval."""
    needed = {order: np.array([_needed(curve, target) for curve in each]) for order, each in curves.items()}
    saved = 1 - needed["active"] / needed["random"].mean()
    # Welch's interval of a ratio would need logarithms; that of the difference of the means is plain.
    spread = sum(float(each.var(ddof=1)) / len(each) for each in needed.values()) ** 0.5
    half = STUDENT[len(saved) - 3] * spread / needed["random"].mean()
    words = ", ".join(
        f"{order} {each.mean():.0f} ({' '.join(f'{count:.0f}' for count in each)})"
        for order, each in needed.items()
    )
    print(f"{name}, {len(work.train)} to label: labels to an accuracy of {target:.3f}: {words}")
    print(
        f"  {saved.mean():.0%} fewer, 95 % interval {saved.mean() - half:.0%} to {saved.mean() + half:.0%}",
        flush=True,
    )
    return float(saved.mean()), float(saved.mean() + half)


def _sets(stamps: Path | None, fashion: Path | None) -> Iterator[tuple[str, Work]]:
    with fetched(STAMPS, stamps) as folder:
        if folder is not None:
            pictures, labels, individuals = scenes(folder, 160)
            test = _unseen(labels, individuals)
            train = np.setdiff1d(np.arange(len(labels)), test)
            yield "stamps", Work(_narrow(vectors_of(pictures), train), labels, train, test, 16, 480)
    with fetched(FASHION, fashion) as folder:
        if folder is not None:
            pictures, labels = _fashion(folder)
            rows = np.arange(len(labels))
            train = rows[:TO_LABEL]
            yield (
                "Fashion",
                Work(_narrow(vectors_of(pictures), train), labels, train, rows[TO_LABEL:], 20, 600),
            )


def _unseen(labels: Any, stamps: Any) -> Any:
    """Rows of a fourth of the stamps of each class."""
    rng, rows = np.random.default_rng(1), []
    for label in range(labels.max() + 1):
        names = rng.permutation(np.unique(stamps[labels == label]))
        rows += np.flatnonzero(np.isin(stamps, names[: max(2, len(names) // 4)])).tolist()
    return np.array(rows)


def _fashion(folder: Path) -> tuple[list[Any], Any]:
    rng = np.random.default_rng(0)
    pictures: list[Any] = []
    labels: list[int] = []
    for part, count in (("train", TO_LABEL), ("t10k", TO_TEST)):
        shown, said = (
            np.frombuffer(gzip.decompress((folder / f"{part}-{name}-ubyte.gz").read_bytes()), np.uint8)[skip:]
            for name, skip in (("images-idx3", 16), ("labels-idx1", 8))
        )
        for row in rng.permutation(len(said))[:count]:
            picture = Image.fromarray(shown[784 * row : 784 * (row + 1)].reshape(28, 28))
            pictures.append(np.array(picture.resize((160, 160), Image.Resampling.BILINEAR).convert("RGB")))
            labels.append(int(said[row]))
    return pictures, np.array(labels)


def _narrow(vectors: Any, train: Any) -> Any:
    from labeling.active.order import narrower

    return narrower(vectors[train].astype(np.float32))(vectors.astype(np.float32))


def _curve(work: Work, seed: int, *, is_active: bool) -> list[tuple[int, float]]:
    """(labels, accuracy) after each round."""
    from labeling.active.order import UNKNOWN, asked_next

    vectors, truth = work.vectors[work.train], work.labels[work.train]
    said, rng = np.full(len(truth), UNKNOWN), np.random.default_rng(1_000 + seed)
    curve = []
    for number in range(1, work.most // work.step + 1):
        is_open = said == UNKNOWN
        if is_active:
            seen = 100 * seed + number
            rows = asked_next(vectors, said, is_open, work.classes, work.step, seen).rows
        else:
            rows = rng.permutation(np.flatnonzero(is_open))[: work.step]
        said[rows] = truth[rows]
        curve.append((number * work.step, _accuracy(work, said)))
    return curve


def _accuracy(work: Work, said: Any) -> float:
    """Of the head made from the labels that are said, on the test part; 0 while they are too few."""
    from labeling.active.order import head_of

    head = head_of(work.vectors[work.train], said, work.classes)
    if head is None:
        return 0.0
    told = head.probabilities(work.vectors[work.test]).argmax(axis=1)
    return float((told == work.labels[work.test]).mean())


def _needed(curve: list[tuple[int, float]], target: float) -> float:
    """Labels at which the curve first comes to the target, between two rounds by a line; the last one if never."""
    before = (0, 0.0)
    for count, accuracy in curve:
        if accuracy >= target:
            return before[0] + (count - before[0]) * (target - before[1]) / (accuracy - before[1])
        before = (count, accuracy)
    return float(before[0])


def _plot(drawn: dict[str, tuple[Work, float, dict[str, Any]]]) -> str:
    """Mean accuracy over labels with the range of the seeds, a panel a set, as SVG."""
    width, height, left, top = 420, 260, 50, 30
    colors = {"random": "#8a8f98", "active": "#2f6fde"}
    panels = []
    for place, (name, (work, whole, curves)) in enumerate(drawn.items()):
        low, at = 0.5, place * (width + 20)

        def x(count: float, at: int = at, most: int = work.most) -> float:
            return at + left + count / most * (width - left - 10)

        def y(accuracy: float, low: float = low) -> float:
            return top + (1 - (max(accuracy, low) - low) / (1 - low)) * (height - top - 40)

        parts = [f'<text x="{at + left}" y="18" font-weight="600">{name}</text>']
        for tick in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
            parts.append(
                f'<line x1="{x(0):.0f}" x2="{x(work.most):.0f}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="#8a8f9844"/>'
                f'<text x="{x(0) - 8:.0f}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:.1f}</text>'
            )
        for tick in range(0, work.most + 1, 120):
            parts.append(f'<text x="{x(tick):.0f}" y="{height - 22}" text-anchor="middle">{tick}</text>')
        parts.append(
            f'<line x1="{x(0):.0f}" x2="{x(work.most):.0f}" y1="{y(TARGET * whole):.1f}" y2="{y(TARGET * whole):.1f}" '
            'stroke="#c2410c" stroke-dasharray="4 4"/>'
        )
        for order, of_order in curves.items():
            counts = [count for count, _ in of_order[0]]
            values = np.array([[accuracy for _, accuracy in curve] for curve in of_order])
            edge = [*zip(counts, values.max(axis=0), strict=True)]
            edge += [*zip(counts, values.min(axis=0), strict=True)][::-1]
            parts.append(
                f'<polygon points="{_points(edge, x, y)}" fill="{colors[order]}" opacity="0.15"/>'
                f'<polyline points="{_points(zip(counts, values.mean(axis=0), strict=True), x, y)}" fill="none" '
                f'stroke="{colors[order]}" stroke-width="2"/>'
            )
        for row, order in enumerate(curves):
            parts.append(
                f'<text x="{x(work.most) - 4:.0f}" y="{height - 70 + 16 * row}" text-anchor="end" '
                f'fill="{colors[order]}">{order}</text>'
            )
        panels.append("".join(parts))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(drawn) * (width + 20)} {height}" '
        f'font-family="sans-serif" font-size="11" fill="#8a8f98">{"".join(panels)}</svg>\n'
    )


def _points(pairs: Any, x: Any, y: Any) -> str:
    return " ".join(f"{x(count):.1f},{y(accuracy):.1f}" for count, accuracy in pairs)


if __name__ == "__main__":
    sys.exit(main())
