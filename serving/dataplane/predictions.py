"""From a model's scores to what a person reads. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

import numpy as np

from core.errors import BadRequest
from serving.runtime.session import Array, ModelSession

DEFAULT_TOP_K: Final = 5
MAX_TOP_K: Final = 1_000


@dataclass(frozen=True, slots=True)
class Wish:
    """`top_k`: how many scores to list; `threshold`: the least score that names a label, in [0, 1]."""

    top_k: int = DEFAULT_TOP_K
    threshold: float | None = None


def wish_from_query(query: str, default_threshold: float | None) -> Wish:
    """`?top_k=` and `?threshold=`. Raises BadRequest."""
    if not query:
        return Wish(threshold=default_threshold)
    top_k, threshold = DEFAULT_TOP_K, default_threshold
    try:
        for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=20):
            if name == "top_k":
                top_k = int(value)
            elif name == "threshold":
                threshold = float(value)
    except ValueError as problem:
        raise BadRequest("top_k must be a whole number, threshold a number") from problem
    if not 1 <= top_k <= MAX_TOP_K:
        raise BadRequest(f"top_k must lie between 1 and {MAX_TOP_K}")
    if threshold is not None and not 0 <= threshold <= 1:
        raise BadRequest("threshold must lie between 0 and 1")
    return Wish(top_k, threshold)


def classification(session: ModelSession, outputs: list[Array], wish: Wish) -> Mapping[str, Any]:
    """One row of scores as `{label, score, scores}`, best first; equal scores keep the classes' order."""
    scores = outputs[0].reshape(-1)
    order = np.argsort(-scores, kind="stable")[: wish.top_k]
    listed = [{"label": _label(session, int(index)), "score": float(scores[index])} for index in order]
    best = listed[0]
    sure = wish.threshold is None or best["score"] >= wish.threshold  # type: ignore[operator]
    if wish.threshold is not None:
        listed = [item for item in listed if item["score"] >= wish.threshold]  # type: ignore[operator]
    return {"label": best["label"] if sure else None, "score": best["score"], "scores": listed}


def _label(session: ModelSession, index: int) -> str:
    classes = session.card.classes
    return classes[index] if index < len(classes) else str(index)
