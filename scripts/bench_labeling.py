"""Claim and submit over HTTP, in process: p50 and p95 in milliseconds, CPU a task, statements.

    python scripts/bench_labeling.py [items] [annotators] [database URL]

Without a URL it makes an SQLite file in a temporary folder. Requests go through Django's whole stack
(sessions, permissions, validation), but not through a socket. The last line is JSON.
"""

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ITEMS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
PEOPLE = int(sys.argv[2]) if len(sys.argv) > 2 else 8
TASKS = 50


def _settings() -> None:
    folder = tempfile.mkdtemp(prefix="studio-bench-")
    os.environ.update(STUDIO_DATA_DIR=folder, DJANGO_SETTINGS_MODULE="studio.settings")
    os.environ["STUDIO_SECRET_KEY"] = "only for measuring, longer than thirty-two letters"  # noqa: S105
    if len(sys.argv) > 3:
        os.environ["DATABASE_URL"] = sys.argv[3]
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS.append("testserver")
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


class Bench:
    """People who claim and submit at once, and how long each request took."""

    def __init__(self) -> None:
        from tests.labeling.conftest import World

        self.world = World("object_detection", ITEMS)
        started = time.perf_counter()
        self.world.campaign()
        self.campaign_s = time.perf_counter() - started
        self.times: dict[str, list[float]] = {"claim": [], "submit": [], "submit_next": []}
        self.answered: list[str] = []
        self.clients = [self.world.as_(f"ann{number}") for number in range(PEOPLE)]

    def run(self) -> tuple[float, float]:
        """All people at once; seconds by the wall clock and of the processor."""
        threads = [threading.Thread(target=self._work, args=(client,)) for client in self.clients]
        cpu, started = time.process_time(), time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - started, time.process_time() - cpu

    def statements(self) -> dict[str, int]:
        """What one claim and one submit execute."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from tests.labeling.conftest import statements

        client = self.clients[0]
        with CaptureQueriesContext(connection) as claim:
            item = client.claim().json()["items"][0]
        with CaptureQueriesContext(connection) as submit:
            client.save(item["id"], [self.world.box()])
        return {"claim": len(statements(claim)), "submit": len(statements(submit))}

    def _work(self, client: Any) -> None:
        from django.db import connections

        item = self._timed("claim", client.claim)["items"][0]
        for turn in range(TASKS):
            shapes = [self.world.box(n, n, 10, 10) for n in range(5)]
            self.answered.append(item["id"])
            if turn % 2:
                self._timed("submit", partial(client.save, item["id"], shapes))
                item = self._timed("claim", client.claim)["items"][0]
            else:
                item = self._timed("submit_next", partial(client.save, item["id"], shapes, next=1))["next"]
        connections.close_all()

    def _timed(self, kind: str, action: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        answer = action()
        self.times[kind].append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(answer.content)
        return answer.json()


def main() -> None:
    """Make the world, let the people work at once, print what it cost."""
    _settings()
    from django.db import connection

    bench = Bench()
    wall_s, cpu_s = bench.run()
    tasks = PEOPLE * TASKS
    result = {
        "database": connection.vendor,
        "items": ITEMS,
        "annotators": PEOPLE,
        "campaign_s": round(bench.campaign_s, 2),
        "tasks_per_s": round(tasks / wall_s, 1),
        "cpu_ms_a_task": round(cpu_s / tasks * 1000, 2),
        "same_item_twice": tasks - len(set(bench.answered)),
        "statements": bench.statements(),
        **{
            f"{kind}_ms": {
                "p50": round(statistics.median(spent), 1),
                "p95": round(_percentile(spent, 0.95), 1),
            }
            for kind, spent in bench.times.items()
        },
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
