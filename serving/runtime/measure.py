"""Trial run of a model in a child process, and what it costs. Pure.

`python -m serving.runtime.measure FILE` loads the model under limits of memory and time, warms it, measures
it and prints one JSON line. A file that hangs, eats memory or crashes the runtime dies here, not in the
server. The best batch is measured: more rows together make some models dearer per row, others far cheaper.
"""

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from serving.runtime.card import BadCard
from serving.runtime.session import ModelSession, ModelUnusable, run_errors

LIGHT_US = 200.0
TIME_LIMIT_S = 60
MEMORY_LIMIT_BYTES = 8 << 30
_CANDIDATES = (2, 4, 8, 16, 32, 64)
_BUDGET_S = 0.4
_WORTHWHILE = 0.97


@dataclass(frozen=True, slots=True)
class Profile:
    """`single_us`: one row alone, microseconds; `best_rows`: rows per run with the least cost a row."""

    single_us: float
    best_rows: int
    peak_mb: float = 0.0

    @property
    def light(self) -> bool:
        """Cheap enough to run on the event loop itself."""
        return self.single_us <= LIGHT_US


def profile_session(session: ModelSession) -> Profile:
    """Warm the session and measure it. Raises what a run raises."""
    single = _seconds_per_run(session, 1)
    best_rows, best_cost = 1, single
    if session.batchable:
        for rows in _CANDIDATES:
            if best_cost * rows > _BUDGET_S:
                break
            cost = _seconds_per_run(session, rows) / rows
            if cost > best_cost * 1.1:
                break
            if cost < best_cost * _WORTHWHILE:
                best_rows, best_cost = rows, cost
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Profile(round(single * 1e6, 1), best_rows, round(peak_mb, 1))


def _seconds_per_run(session: ModelSession, rows: int) -> float:
    feeds = session.zeros(rows)
    session.run(feeds)
    best, spent = float("inf"), 0.0
    for _ in range(30):
        start = time.perf_counter()
        session.run(feeds)
        took = time.perf_counter() - start
        best, spent = min(best, took), spent + took
        if spent > _BUDGET_S / 4:
            break
    return best


def trial(path: Path) -> Profile:
    """Run this module on the file in a child. Raises ModelUnusable with a reason for people."""
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "serving.runtime.measure", str(path)],
            capture_output=True, timeout=TIME_LIMIT_S, check=False, cwd=Path(__file__).resolve().parents[2],
        )  # fmt: skip
    except subprocess.TimeoutExpired as problem:
        raise ModelUnusable(f"the model did not load and run within {TIME_LIMIT_S} seconds") from problem
    if done.returncode < 0:
        raise ModelUnusable("the model crashed the runtime or ran out of its limits in the trial run")
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError) as problem:
        raise ModelUnusable("the model failed in the trial run") from problem
    if "problem" in answer:
        raise ModelUnusable(str(answer["problem"]))
    return Profile(**answer)


def _limit_self() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (TIME_LIMIT_S, TIME_LIMIT_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))


def main() -> int:
    """Answer on standard output: the profile, or the problem."""
    _limit_self()
    try:
        answer: dict[str, object] = asdict(profile_session(ModelSession(Path(sys.argv[1]))))
    except (ModelUnusable, BadCard) as problem:
        answer = {"problem": str(problem)}
    except MemoryError:
        answer = {"problem": "the model needs more memory than a trial run may take"}
    except run_errors():
        answer = {"problem": "the model loads but fails when it runs on zeros"}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
