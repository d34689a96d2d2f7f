"""The processes that docker-compose.yml names, started with its commands against a real PostgreSQL and broker."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from tests.deployment import compose
from tests.support.servers import database_on, free_port
from tests.support.stack import ADMIN_PASSWORD

pytestmark = [pytest.mark.stack, pytest.mark.postgres, pytest.mark.slow]
SECRETS = {"POSTGRES_PASSWORD": "x", "REDIS_PASSWORD": "x", "STUDIO_SECRET_KEY": secrets.token_urlsafe(48)}
LASTING = (
    "web",
    "beat",
    "worker-short",
    "worker-hooks",
    "worker-import",
    "worker-train",
    "dataplane-1",
    "dataplane-2",
)


def _translated(
    service: Mapping[str, object], outside: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """A service's command and environment, with this machine's interpreter, servers, ports and folder."""
    environment = {str(key): str(value) for key, value in dict(service["environment"]).items()}  # type: ignore[call-overload]
    command = [sys.executable if word == "python" else word for word in service["command"]]  # type: ignore[attr-defined]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return command, {**environment, **outside, "PATH": path, "STUDIO_HOST": "127.0.0.1"}


@contextmanager
def _running(
    name: str, service: Mapping[str, object], outside: Mapping[str, str], logs: Path
) -> Iterator[None]:
    command, env = _translated(service, outside)
    with (logs / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=compose.ROOT, env=env, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield
        assert process.poll() is None, (logs / f"{name}.log").read_text("utf-8")[-3000:]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _healthy(
    service: Mapping[str, object], outside: Mapping[str, str], log: Path, timeout_s: float = 120
) -> None:
    test = dict(service["healthcheck"])["test"]  # type: ignore[call-overload]
    _, env = _translated(service, outside)
    command = [sys.executable if word == "python" else word for word in test[1:]]
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        check = subprocess.run(command, cwd=compose.ROOT, env=env, capture_output=True, check=False)
        if check.returncode == 0:
            return
        time.sleep(0.5)
    raise AssertionError(f"{command} never succeeded: {log.read_text('utf-8')[-3000:]}")


def test_the_processes_of_the_compose_file_work_together(postgres_url, broker_url, tmp_path):
    services = compose.load(SECRETS)["services"]
    with ExitStack() as undo:
        outside = {
            "DATABASE_URL": undo.enter_context(database_on(postgres_url, "studio_compose")),
            "REDIS_URL": broker_url.removesuffix("/0") + "/3",
            "STUDIO_DATA_DIR": str(tmp_path / "data"),
            "STUDIO_PORT": str(free_port()),
        }
        ports = {"dataplane-1": str(free_port()), "dataplane-2": str(free_port())}
        command, env = _translated(services["migrate"], {**outside, "STUDIO_ADMIN_PASSWORD": ADMIN_PASSWORD})
        subprocess.run(command, cwd=compose.ROOT, env=env, check=True, capture_output=True)
        for name in LASTING:
            own = {**outside, "STUDIO_SERVE_PORT": ports.get(name, "1")}
            undo.enter_context(_running(name, services[name], own, tmp_path))
        for name in ("web", "dataplane-1", "dataplane-2"):
            own = {**outside, "STUDIO_SERVE_PORT": ports.get(name, "1")}
            _healthy(services[name], own, tmp_path / f"{name}.log")
        _all_workers_answer(f"http://127.0.0.1:{outside['STUDIO_PORT']}/api/v1")


def _all_workers_answer(api: str) -> None:
    with requests.Session() as session:
        body = {"username": "admin", "password": ADMIN_PASSWORD}
        token = session.post(f"{api}/auth/token", json=body, timeout=30).json()["token"]
        wanted = {name for name in LASTING if name.startswith("worker-")}
        seen: set[str] = set()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not wanted <= seen:
            answer = session.get(
                f"{api}/system/workers/", headers={"Authorization": f"Bearer {token}"}, timeout=30
            )
            assert answer.status_code == 200, answer.text
            seen = {worker["name"].split("@")[0] for worker in answer.json()["workers"]}
            time.sleep(0.5)
        assert wanted <= seen
