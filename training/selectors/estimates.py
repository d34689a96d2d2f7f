"""How long a training will take here, told from the trainings this machine has done."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from django.db.models import F

from core.models import Job
from training.algorithms.base import PROFILES, Algorithm
from training.models import Run

RUNS_READ: Final = 60
SPREAD: Final = 1.5
_AT_ONCE: Final = timedelta(minutes=1)


def minutes_expected(algorithm: Algorithm[Any], samples: int) -> dict[str, float]:
    """Profile -> minutes for a version of that many samples; one that never ran here is left out.

    Only runs count that went through in one attempt with the profile's own parameters.
    """
    recipes = {profile: asdict(algorithm.params_for(profile, {})) for profile in PROFILES}
    measured: dict[str, list[tuple[int, float]]] = defaultdict(list)
    whole = Run.objects.filter(
        algorithm=algorithm.key,
        job__state=Job.State.SUCCEEDED,
        job__attempt=1,
        job__created_at__lt=F("created_at") + _AT_ONCE,
    )
    facts = ("profile", "params", "dataset_version__counts", "job__started_at", "job__finished_at")
    newest = whole.order_by("-created_at").values_list(*facts)[:RUNS_READ]
    for profile, params, counts, began, ended in newest:
        if params == recipes.get(profile):
            measured[profile].append((counts["samples"], max((ended - began).total_seconds(), 1.0)))
    return {profile: round(seconds_for(samples, runs) / 60, 2) for profile, runs in measured.items()}


def seconds_for(samples: int, measured: Sequence[tuple[int, float]]) -> float:
    """Seconds for so many samples by runs of (samples, seconds): a constant and a share for each sample.

    Where all runs were of about one size nobody can tell the two apart: then rather too long than too short.
    """
    sizes = [size for size, _ in measured]
    if max(sizes) < SPREAD * min(sizes):
        seconds = sum(took for _, took in measured) / len(measured)
        return seconds * max(1.0, samples * len(sizes) / sum(sizes))
    constant, share = _line(measured)
    return constant + share * samples


def _line(measured: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Least squares of the relative error; neither number below 0."""
    rows = [(1 / took, size / took) for size, took in measured]
    ones, squares = sum(a * a for a, _ in rows), sum(b * b for _, b in rows)
    cross, of_ones, of_sizes = sum(a * b for a, b in rows), sum(a for a, _ in rows), sum(b for _, b in rows)
    determinant = ones * squares - cross * cross
    constant = (of_ones * squares - of_sizes * cross) / determinant
    share = (of_sizes * ones - of_ones * cross) / determinant
    if share < 0:
        return of_ones / ones, 0.0
    if constant < 0:
        return 0.0, of_sizes / squares
    return constant, share
