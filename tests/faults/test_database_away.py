"""PostgreSQL frozen, killed, out of connections: an honest 503 in time, no request that hangs, no repair by hand."""

import os
import signal
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests.faults import storm
from tests.faults.actors import Place, place_make
from tests.support.servers import database_on, postgres_server
from tests.support.stack import Stack

FROZEN_S = 12.0
ANSWER_S = 10.0
BACK_S = 15.0
pytestmark = [pytest.mark.stack, pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(1200)]


class Server:
    """A PostgreSQL of the test's own, whose processes may be stopped and killed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.folder = Path(parse_qs(urlsplit(url).query)["host"][0])

    @property
    def postmaster(self) -> int:
        """The parent of all."""
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    def processes(self) -> list[int]:
        """The postmaster, then its children."""
        parent = self.postmaster
        pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
        return [parent, *(pid for pid in pids if storm.parent_of(pid) == parent)]

    def signal(self, number: int) -> None:
        """All of them."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, number)


@pytest.fixture(scope="module")
def server():
    with postgres_server() as url:
        yield Server(url)


@pytest.fixture(scope="module")
def own_stack(server, broker_url, tmp_path_factory):
    with ExitStack() as undo:
        database = undo.enter_context(database_on(server.url, "studio_away"))
        outside = {"DATABASE_URL": database, "REDIS_URL": broker_url.removesuffix("/0") + "/4"}
        running = Stack(tmp_path_factory.mktemp("away") / "var", outside)
        undo.callback(running.close)
        running.start(timeout_s=300)
        yield running


@pytest.fixture(scope="module")
def place(own_stack):
    return place_make(own_stack)


class Askers:
    """Several people who ask without pause; status and seconds of every answer."""

    def __init__(self, stack: Stack, token: str, count: int = 4) -> None:
        self.answers: list[tuple[int, float]] = []
        self._stack, self._token, self._stop = stack, token, threading.Event()
        self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(count)]

    def __enter__(self) -> "Askers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def _ask(self) -> None:
        import requests

        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {self._token}"
            while not self._stop.wait(0.1):
                began = time.monotonic()
                answer = session.get(f"{self._stack.api_url}/projects/", timeout=60)
                self.answers.append((answer.status_code, time.monotonic() - began))


def assert_back(stack: Stack, token: str, place: Place) -> None:
    """Requests and jobs work again, soon and by themselves."""
    deadline = time.monotonic() + BACK_S
    while stack.api("GET", "/projects/", token).status_code != 200:
        assert time.monotonic() < deadline, stack.log_tails()
        time.sleep(0.2)
    body = {"name": "after", "split": {"strategy": "stratified", "train": 0.7, "val": 0.15, "test": 0.15}}
    answer = stack.api("POST", f"/datasets/{place.flow.made['dataset']['id']}/versions/", token, json=body)
    assert answer.status_code == 202, answer.text
    stack.wait_job(answer.json()["job"]["id"], token, timeout_s=120)
    assert storm.broken(stack) == []


def test_a_frozen_database_is_a_503_and_no_request_hangs(server, own_stack, place):
    with Askers(own_stack, place.token) as asked:
        time.sleep(1)
        server.signal(signal.SIGSTOP)
        try:
            time.sleep(FROZEN_S)
            began = time.monotonic()
            assert own_stack.session.get(f"{own_stack.base_url}/healthz", timeout=5).status_code == 200
            ready = own_stack.session.get(f"{own_stack.base_url}/readyz", timeout=15)
            assert ready.status_code == 503
            assert time.monotonic() - began < ANSWER_S
            assert place.flow.predict(place.made["picture"]).status_code == 200
            during = list(asked.answers)
        finally:
            server.signal(signal.SIGCONT)
        time.sleep(1)
    assert {status for status, _ in asked.answers} == {200, 503}
    assert max(seconds for _, seconds in asked.answers) < ANSWER_S
    assert sum(status == 503 for status, _ in during) >= 4
    assert_back(own_stack, place.token, place)


def test_a_killed_backend_restarts_the_database_and_nobody_has_to_help(server, own_stack, place):
    with Askers(own_stack, place.token) as asked:
        time.sleep(1)
        victims = [pid for pid in server.processes()[1:] if _is_backend(pid)]
        os.kill(victims[0], signal.SIGKILL)
        time.sleep(5)
    assert {status for status, _ in asked.answers} <= {200, 503}
    assert max(seconds for _, seconds in asked.answers) < ANSWER_S
    assert_back(own_stack, place.token, place)


def test_a_database_without_free_connections_is_a_503_at_worst(server, own_stack, place):
    taken = []
    try:
        with suppress(psycopg.OperationalError):
            while True:
                taken.append(psycopg.connect(server.url))
        assert len(taken) > 10
        with Askers(own_stack, place.token, count=8) as asked:
            time.sleep(5)
    finally:
        for connection in taken:
            connection.close()
    assert {status for status, _ in asked.answers} <= {200, 503}
    assert max(seconds for _, seconds in asked.answers) < ANSWER_S
    assert_back(own_stack, place.token, place)


def _is_backend(pid: int) -> bool:
    with suppress(OSError):
        return b"studio_away" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False
