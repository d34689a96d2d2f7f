"""Figures of a classifier, each with a 95 % bootstrap interval. Pure numpy; scikit-learn is the tests' oracle."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

RESAMPLES: Final = 1000
CURVE_POINTS: Final = 101
Indexes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float

    def render(self) -> dict[str, float]:
        """JSON."""
        return {"value": round(self.value, 6), "low": round(self.low, 6), "high": round(self.high, 6)}


def confusion_of(truth: Indexes, predicted: Indexes, classes: int) -> Indexes:
    """(classes, classes) counts, truth down, prediction across."""
    counts = np.bincount(truth * classes + predicted, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


def macro_f1_of(confusion: Indexes) -> float:
    """Mean F1 over the classes that occur as truth or prediction."""
    return _mean_f1(
        np.diagonal(confusion).astype(np.float64), (confusion.sum(0) + confusion.sum(1)).astype(float)
    )


def per_class_of(confusion: Indexes, labels: tuple[str, ...]) -> list[dict[str, Any]]:
    """Precision, recall, F1 and support of each class; 0 where undefined."""
    rows = []
    for index, label in enumerate(labels):
        hits, support, claimed = confusion[index, index], confusion[index].sum(), confusion[:, index].sum()
        precision = hits / claimed if claimed else 0.0
        recall = hits / support if support else 0.0
        f1 = 2 * hits / (support + claimed) if support + claimed else 0.0
        figures = {"precision": float(precision), "recall": float(recall), "f1": float(f1)}
        rows.append({"label": label, **{k: round(v, 6) for k, v in figures.items()}, "support": int(support)})
    return rows


def intervals_of(truth: Indexes, predicted: Indexes, classes: int, seed: int) -> dict[str, Estimate]:
    """`accuracy` and `macro_f1`, by percentile bootstrap over the samples. Cost: RESAMPLES * n."""
    confusion = confusion_of(truth, predicted, classes)
    total = max(int(confusion.sum()), 1)
    accuracies, macro_f1s = _resampled(confusion, seed)
    return {
        "accuracy": _estimate(float(np.trace(confusion)) / total, accuracies),
        "macro_f1": _estimate(macro_f1_of(confusion), macro_f1s),
    }


def precision_recall_curve(truth: Indexes, scores: NDArray[np.float32]) -> dict[str, list[float]]:
    """Micro-averaged one-against-all curve at CURVE_POINTS thresholds from 0 to 1."""
    hit = np.zeros(scores.shape, bool)
    hit[np.arange(len(truth)), truth] = True
    thresholds = np.linspace(0, 1, CURVE_POINTS)
    order = np.sort(scores.ravel())
    hits = np.sort(scores[hit])
    claimed = len(order) - np.searchsorted(order, thresholds)
    found = len(hits) - np.searchsorted(hits, thresholds)
    precision = np.divide(found, claimed, out=np.ones(CURVE_POINTS), where=claimed > 0)
    recall = found / max(len(truth), 1)
    curve = {"threshold": thresholds, "precision": precision, "recall": recall}
    return {name: [round(float(value), 5) for value in values] for name, values in curve.items()}


def calibration_error(truth: Indexes, scores: NDArray[np.float32], bins: int = 15) -> float:
    """Expected calibration error of the top score (Guo et al. 2017, eq. 5), equal-width bins."""
    top, right = scores.max(1), scores.argmax(1) == truth
    place = np.minimum((top * bins).astype(np.int64), bins - 1)
    count = np.bincount(place, minlength=bins)
    gap = np.abs(np.bincount(place, right, bins) - np.bincount(place, top, bins))
    return float(gap.sum() / max(int(count.sum()), 1))


def report_of(
    truth: Indexes, scores: NDArray[np.float32], labels: tuple[str, ...], *, seed: int
) -> dict[str, Any]:
    """Everything a report page shows about one part of the data; JSON."""
    predicted = scores.argmax(1).astype(np.int64) if len(scores) else np.zeros(0, np.int64)
    confusion = confusion_of(truth, predicted, len(labels))
    metrics = intervals_of(truth, predicted, len(labels), seed)
    log_loss = -np.log(np.maximum(scores[np.arange(len(truth)), truth], 1e-12)).mean() if len(truth) else 0.0
    return {
        "count": len(truth),
        "metrics": {key: value.render() for key, value in metrics.items()},
        "log_loss": round(abs(float(log_loss)), 6),
        "calibration_error": round(calibration_error(truth, scores), 6) if len(truth) else None,
        "confusion": {"labels": list(labels), "matrix": confusion.tolist()},
        "per_class": per_class_of(confusion, labels),
        "curves": {"precision_recall": precision_recall_curve(truth, scores)},
    }


def _resampled(confusion: Indexes, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Accuracy and macro F1 of RESAMPLES resamples.

    Resampling n samples with replacement is a multinomial draw over the cells of the matrix.
    """
    total, classes = int(confusion.sum()), len(confusion)
    if not total:
        return np.zeros(RESAMPLES), np.zeros(RESAMPLES)
    rows, columns = np.nonzero(confusion)
    drawn = np.random.default_rng(seed).multinomial(total, confusion[rows, columns] / total, size=RESAMPLES)
    accuracies, macro_f1s = np.empty(RESAMPLES), np.empty(RESAMPLES)
    for number, cells in enumerate(drawn):
        right = np.where(rows == columns, cells, 0)
        hits = np.bincount(rows, right, classes)
        sums = np.bincount(rows, cells, classes) + np.bincount(columns, cells, classes)
        accuracies[number] = hits.sum() / total
        macro_f1s[number] = _mean_f1(hits, sums)
    return accuracies, macro_f1s


def _mean_f1(hits: NDArray[Any], sums: NDArray[Any]) -> float:
    f1 = np.divide(2 * hits, sums, out=np.zeros(len(hits)), where=sums > 0)
    return float(f1.sum() / max(int((sums > 0).sum()), 1))


def _estimate(value: float, draws: NDArray[np.float64]) -> Estimate:
    low, high = np.quantile(draws, (0.025, 0.975))
    return Estimate(value, float(low), float(high))
