"""Many annotators at once over HTTP on PostgreSQL, beside the bare statements: tasks a second, waits, doubles.

    python scripts/bench_crowd.py [--people 1 8 32 100] [--tasks 3400]

The whole studio is started; each annotator keeps one connection and, for every task, submits five boxes and gets the
next task in the same answer. All crowds together claim more than 10,000 tasks of one campaign; a task that comes twice
is counted. The floor is a claim with SKIP LOCKED, an answer and its commit, by as many connections and nothing else.
Both have the same server, without fsync. The last line is JSON.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

BOXES: Final = 5
SECRET: Final = "only for measuring, longer than thirty-two letters"  # noqa: S105
TABLE: Final = """
CREATE TABLE floor_item (id uuid PRIMARY KEY, state text NOT NULL DEFAULT 'new', holder uuid);
CREATE INDEX ON floor_item (id) WHERE state = 'new';
CREATE TABLE floor_answer (id uuid PRIMARY KEY, item uuid NOT NULL, shapes jsonb NOT NULL, at timestamptz NOT NULL);
"""
CLAIM: Final = """
UPDATE floor_item SET state = 'leased', holder = %s WHERE id = (
    SELECT id FROM floor_item WHERE state = 'new' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""


def main() -> None:
    """Each crowd over HTTP, then each on the floor."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, nargs="+", default=[1, 8, 32, 100])
    arguments.add_argument(
        "--tasks", type=int, default=3_400, help="by each crowd; a tenth of it by one person"
    )
    arguments.add_argument("--make", type=int, help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.make:
        _make(asked.make, max(asked.people))
        return
    print(json.dumps(_measured(asked.people, asked.tasks)))


def _measured(crowds: Sequence[int], tasks: int) -> dict[str, Any]:
    from tests.support.servers import database_on, postgres_server
    from tests.support.stack import Stack

    loads = {people: tasks // 10 if people == 1 else tasks for people in crowds}
    found: dict[str, Any] = {"load_before": round(os.getloadavg()[0], 1)}
    with (
        tempfile.TemporaryDirectory(prefix="studio-bench-", ignore_cleanup_errors=True) as folder,
        postgres_server() as server,
        database_on(server, "crowd") as url,
    ):
        stack = Stack(Path(folder) / "var", {"DATABASE_URL": url, "STUDIO_SECRET_KEY": SECRET})
        stack.start()
        try:
            world = _made(folder, url, sum(loads.values()) + sum(crowds), max(crowds))
            tally: Counter[str] = Counter()
            postmaster = _postmaster(url)
            for people, wanted in loads.items():
                crowd = Crowd(stack.port, world, people, wanted)
                found[f"{people} over HTTP"] = crowd.run(lambda: _cpu_s(stack.data_dir, postmaster))
                tally.update(crowd.answered)
        finally:
            stack.close()
        for people, wanted in loads.items():
            found[f"{people} on the floor"] = _floor(url, people, wanted)
    found["answered"], found["twice"] = tally.total(), tally.total() - len(tally)
    return found


def _made(folder: str, url: str, items: int, people: int) -> dict[str, Any]:
    env = {
        **os.environ,
        "STUDIO_DATA_DIR": f"{folder}/var",
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "STUDIO_SECRET_KEY": SECRET,
    }
    command = [sys.executable, __file__, "--make", str(items), "--people", str(people)]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _make(items: int, people: int) -> None:
    """A campaign over so many pictures, and a token for each annotator, as JSON."""
    import django

    django.setup()
    from core.services.tokens import token_create
    from tests.labeling.conftest import World

    world = World("object_detection", items)
    campaign = world.campaign()
    tokens = [token_create(world.person(f"ann{number}"), name="bench")[1] for number in range(people)]
    print(json.dumps({"campaign": str(campaign.pk), "label": str(world.classes["cat"].pk), "tokens": tokens}))


class Crowd:
    """So many annotators who answer so many tasks together."""

    def __init__(self, port: int, world: dict[str, Any], people: int, tasks: int) -> None:
        self.port, self.world, self.people = port, world, people
        self.each = max(1, tasks // people)
        self.answered: list[str] = []
        self.waits: list[float] = []

    def run(self, cpu_s: Callable[[], float]) -> dict[str, Any]:
        """All at once; what it took."""
        tokens = self.world["tokens"][: self.people]
        threads = [threading.Thread(target=self._work, args=(token,)) for token in tokens]
        cpu, began = cpu_s(), time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took, done = time.perf_counter() - began, len(self.answered)
        if done != self.each * self.people:
            raise RuntimeError(f"{done} of {self.each * self.people} tasks were answered")
        waits = sorted(self.waits)
        return {
            "tasks": done,
            "tasks_per_s": round(done / took, 1),
            "submit_and_next_p50_ms": round(waits[len(waits) // 2] * 1000, 1),
            "submit_and_next_p95_ms": round(waits[int(len(waits) * 0.95)] * 1000, 1),
            "cpu_ms_a_task": round((cpu_s() - cpu) / done * 1000, 2),
        }

    def _work(self, token: str) -> None:
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        call = _caller(wire, token)
        item = call("POST", f"campaigns/{self.world['campaign']}/claim/", {"count": 1})["items"][0]
        for turn in range(self.each):
            body = {
                "item": item["id"],
                "revision": 0,
                "state": "submitted",
                "seconds_spent": 2.0,
                "next": turn < self.each - 1,
                "shapes": [self._box(number) for number in range(BOXES)],
            }
            began = time.perf_counter()
            answer = call("PUT", f"annotations/{uuid.uuid4()}/", body)
            self.waits.append(time.perf_counter() - began)
            self.answered.append(item["id"])
            item = answer.get("next")
        wire.close()

    def _box(self, number: int) -> dict[str, Any]:
        shape = {"id": str(uuid.uuid4()), "kind": "box", "label": self.world["label"], "source": "human"}
        return {**shape, "box": [10 * number, 10, 8, 8]}


def _caller(wire: http.client.HTTPConnection, token: str) -> Callable[[str, str, Any], dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(method: str, path: str, body: Any) -> dict[str, Any]:
        wire.request(method, f"/api/v1/{path}", json.dumps(body), headers)
        answer = wire.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(content[:500])
        return dict(json.loads(content))

    return call


def _cpu_s(data_dir: Path, postmaster: int) -> float:
    """Processor time so far of the studio's processes and of the database's, those that have ended included."""
    from studio.supervisor import leftovers

    pids = leftovers.processes_of(data_dir)
    pids |= {
        postmaster,
        *(int(one.name) for one in Path("/proc").glob("[0-9]*") if _parent(one) == postmaster),
    }
    return sum(sum(_times(pid)) for pid in pids) / os.sysconf("SC_CLK_TCK")


def _fields(pid: int | str) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parent(entry: Path) -> int:
    fields = _fields(entry.name)
    return int(fields[1]) if fields else 0


def _times(pid: int) -> list[int]:
    return [int(ticks) for ticks in _fields(pid)[11:15]]


def _postmaster(url: str) -> int:
    import psycopg

    with psycopg.connect(url) as connection:
        return _parent(Path(f"/proc/{connection.info.backend_pid}"))


def _floor(url: str, people: int, tasks: int) -> dict[str, Any]:
    """Claim, answer and commit by so many connections."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS floor_item, floor_answer")
        connection.execute(TABLE)
        with connection.cursor().copy("COPY floor_item (id) FROM STDIN") as copy:
            for _ in range(tasks):
                copy.write_row([uuid.uuid4()])
        connection.execute("ANALYZE floor_item")
    each = max(1, tasks // people)
    shapes = json.dumps([{"kind": "box", "box": [1, 2, 3, 4], "id": str(uuid.uuid4())}] * BOXES)
    waits: list[float] = []

    def work() -> None:
        with psycopg.connect(url) as connection:
            for _ in range(each):
                began = time.perf_counter()
                row = connection.execute(CLAIM, [uuid.uuid4()]).fetchone()
                connection.commit()
                item = row[0] if row else None
                connection.execute(
                    "INSERT INTO floor_answer VALUES (%s, %s, %s, now())", [uuid.uuid4(), item, shapes]
                )
                connection.execute("UPDATE floor_item SET state = 'submitted' WHERE id = %s", [item])
                connection.commit()
                waits.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work) for _ in range(people)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    waits.sort()
    return {
        "tasks_per_s": round(len(waits) / took, 1),
        "p95_ms": round(waits[int(len(waits) * 0.95)] * 1000, 1),
    }


if __name__ == "__main__":
    main()
