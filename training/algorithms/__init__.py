"""Every algorithm this studio trains. Add a line to add one; the first of a task is its `auto`. Pure."""

from collections.abc import Mapping
from typing import Any

from core.errors import InvalidInput
from core.registry import by_key
from training.algorithms.base import Algorithm
from training.algorithms.families.image_classification import ImageClassificationLite0

ALGORITHMS: Mapping[str, Algorithm[Any]] = by_key(ImageClassificationLite0())


def algorithm_for(key: str, task: str) -> Algorithm[Any]:
    """The algorithm of that key, or the preset of the task for `auto`. Raises InvalidInput."""
    fitting = [algorithm for algorithm in ALGORITHMS.values() if algorithm.task == task]
    if key == "auto":
        if not fitting:
            raise InvalidInput(f"nothing here trains the task {task} yet", field="algorithm")
        return fitting[0]
    algorithm = ALGORITHMS.get(key)
    if algorithm is None:
        raise InvalidInput("there is no such algorithm", field="algorithm", known=sorted(ALGORITHMS))
    if algorithm.task != task:
        raise InvalidInput(
            f"this algorithm trains {algorithm.task}, the version is {task}", field="algorithm"
        )
    return algorithm
