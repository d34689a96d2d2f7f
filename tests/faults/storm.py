"""kill -9 at random moments, and the wait until each part is back."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.stack import ROOT, Stack

BACK_S = 60.0
Victim = Callable[[Stack], int | None]


@dataclass(frozen=True, slots=True)
class Kill:
    """`back_s`: until the supervisor had another one running; None where nobody has to."""

    name: str
    at_s: float
    back_s: float | None


def processes(data_dir: Path | str, word: str) -> list[int]:
    """Processes of the studio on `data_dir` whose command line holds `word`."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            command = path.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            ours = str(data_dir).encode() in path.joinpath("environ").read_bytes() + command.encode()
            if ours and word in command:
                found.append(int(path.name))
    return sorted(found)


def parent_of(pid: int) -> int:
    """Parent, or 0 when the process is gone."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def trainer(stack: Stack) -> int | None:
    """A trainer child that runs now."""
    return next(iter(processes(stack.data_dir, "training.trainer")), None)


def pool_child(stack: Stack) -> int | None:
    """A child of the long worker's pool, the one that holds jobs."""
    parent = stack.pids().get("worker-train")
    return next((pid for pid in processes(stack.data_dir, "") if parent and parent_of(pid) == parent), None)


def kill(stack: Stack, name: str, chance: random.Random, began: float) -> Kill | None:
    """Kill one and wait for its successor; None when there was nothing to kill."""
    at_s = time.monotonic() - began
    if name in ("trainer", "pool-child"):
        pid = trainer(stack) if name == "trainer" else pool_child(stack)
        if pid is None:
            return None
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return Kill(name, at_s, None)
    if name not in stack.pids():
        return None
    since = time.monotonic()
    old = stack.kill(name)
    stack.wait_restarted(name, old, BACK_S)
    return Kill(name, at_s, time.monotonic() - since)


def storm(stack: Stack, dose: dict[str, int], chance: random.Random, longest_pause_s: float) -> list[Kill]:
    """`dose` names how many of each; in random order, at random moments."""
    deck = [name for name, count in dose.items() for _ in range(count)]
    chance.shuffle(deck)
    kills, began, misses = [], time.monotonic(), 0
    while deck and misses < 200:
        time.sleep(chance.uniform(0.5, longest_pause_s))
        done = kill(stack, deck[-1], chance, began)
        if done is None:
            misses += 1
            deck.insert(0, deck.pop())
            continue
        kills.append(done)
        deck.pop()
    return kills


def say(*parts: object) -> None:
    """For the report of a failed test, and for whoever runs it with -s."""
    sys.stdout.write(" ".join(map(str, parts)) + "\n")


def by_name(kills: list[Kill]) -> dict[str, str]:
    """How many of each, and the longest wait for a successor."""
    counts = Counter(kill.name for kill in kills)
    worst = {name: max((k.back_s or 0.0) for k in kills if k.name == name) for name in counts}
    return {name: f"{counts[name]} killed, back in <= {worst[name]:.1f} s" for name in sorted(counts)}


def manage(stack: Stack, *command: str) -> subprocess.CompletedProcess[str]:
    """A command of the studio's own, as an operator runs it beside the running stack."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "STUDIO_DATA_DIR": str(stack.data_dir),
        **stack.outside,
    }
    if "REDIS_URL" not in stack.outside:
        env.pop("REDIS_URL", None)
    if "DATABASE_URL" not in stack.outside:
        env.pop("DATABASE_URL", None)
    env.pop("STUDIO_SECRET_KEY", None)
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def broken(stack: Stack) -> list[str]:
    """What `tests.faults.state` finds."""
    done = manage(stack, "-m", "tests.faults.state")
    if done.returncode:
        return [f"the state could not be read: {done.stderr[-3000:]}"]
    return list(json.loads(done.stdout))
