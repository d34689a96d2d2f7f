"""The whole studio, started as `make up` starts it, for tests that talk HTTP to it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from studio.supervisor import leftovers
from tests.support.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
ADMIN_PASSWORD = "correct-horse-battery"
ENDED = {"succeeded", "failed", "cancelled"}


class StackFailed(Exception):
    """The studio did not start, or a job did not end as it should."""


class Stack:
    """A running supervisor on its own folder and ports."""

    def __init__(self, data_dir: Path, env: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self.port, self.serve_port = free_port(), free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.api_url = f"{self.base_url}/api/v1"
        self.serve_url = f"http://127.0.0.1:{self.serve_port}"
        self.admin_username, self.admin_password = "admin", ADMIN_PASSWORD
        self.output: list[str] = []
        self.session = requests.Session()
        self.session.trust_env = False
        self.outside = dict(env or {})
        self._env = self._environment(self.outside)
        self._process: subprocess.Popen[str] | None = None
        self._ready = threading.Event()

    def start(self, timeout_s: float = 120.0) -> float:
        """Start and wait until it says it is ready. Returns the seconds that took."""
        began = time.monotonic()
        self._ready.clear()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "studio.supervisor"],
            cwd=ROOT,
            env=self._env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()
        if not self._ready.wait(timeout_s) or self._process.poll() is not None:
            self.stop()
            raise StackFailed("the studio did not start:\n" + "".join(self.output) + self.log_tails())
        return time.monotonic() - began

    def stop(self, timeout_s: float = 40.0) -> int | None:
        """End it as Ctrl-C does. Returns its exit status."""
        if self._process is None:
            return None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            code = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            leftovers.end(self.data_dir)
            raise
        self._reader.join(5)
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None
        return code

    def close(self) -> None:
        """End it and give the client's sockets back."""
        self.session.close()
        self.stop()

    @property
    def supervisor_pid(self) -> int:
        """The pid of the supervisor itself."""
        if self._process is None:
            raise StackFailed("the studio is not running")
        return self._process.pid

    def pids(self) -> dict[str, int]:
        """Process name -> pid of every child that runs now."""
        path = self.data_dir / "run" / "children.json"
        return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Kill one child, by its name in `children.json`. Returns the pid it had."""
        pid = self.pids()[name]
        os.kill(pid, number)
        return pid

    def wait_restarted(self, name: str, old_pid: int, timeout_s: float = 60.0) -> int:
        """Wait until a killed child runs again under another pid."""
        return int(
            self._until(lambda: self._other_pid(name, old_pid), timeout_s, f"{name} was not restarted")
        )

    def wait_web(self, timeout_s: float = 60.0) -> None:
        """Wait until the web process answers."""
        self._until(self._web_answers, timeout_s, "the web process does not answer")

    def token(self, username: str | None = None, password: str | None = None) -> str:
        """A fresh bearer token, by default the administrator's."""
        body = {"username": username or self.admin_username, "password": password or self.admin_password}
        answer = self.session.post(f"{self.api_url}/auth/token", json=body, timeout=30)
        answer.raise_for_status()
        return str(answer.json()["token"])

    def api(self, method: str, path: str, token: str, **kwargs: Any) -> requests.Response:
        """One call of the control plane under `/api/v1`; no exception for an error status."""
        headers = {"Authorization": f"Bearer {token}", **kwargs.pop("headers", {})}
        return self.session.request(method, f"{self.api_url}{path}", headers=headers, timeout=60, **kwargs)

    def wait_job(self, job_id: str, token: str, timeout_s: float = 180.0) -> dict[str, Any]:
        """Wait until a job has succeeded and return it; raises StackFailed for any other end."""
        job = self._until(
            lambda: self._ended_job(job_id, token), timeout_s, f"job {job_id} has not ended", every_s=0.25
        )
        if job["state"] != "succeeded":
            raise StackFailed(f"job {job['kind']} ended {job['state']}: {job['error']}\n{self.log_tails()}")
        return dict(job)

    def log_tails(self, lines: int = 15) -> str:
        """The end of every log, for a failure message."""
        parts = []
        for path in sorted((self.data_dir / "logs").glob("*.log")):
            end = path.read_text("utf-8", errors="replace").splitlines()[-lines:]
            parts.append(f"--- {path.name}\n" + "\n".join(end))
        return "\n".join(parts)

    def _environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        dropped = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "XDG_RUNTIME_DIR"}
        kept = {k: v for k, v in os.environ.items() if k not in dropped and not k.startswith("STUDIO_")}
        return {
            **kept,
            "STUDIO_DATA_DIR": str(self.data_dir),
            "STUDIO_HOST": "127.0.0.1",
            "STUDIO_PORT": str(self.port),
            "STUDIO_SERVE_PORT": str(self.serve_port),
            "STUDIO_ADMIN_PASSWORD": self.admin_password,
            "STUDIO_DEMO": "0",
            **extra,
        }

    def _read(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            self.output.append(line)
            if "Stop: Ctrl-C" in line:
                self._ready.set()
        self._ready.set()

    def _other_pid(self, name: str, old_pid: int) -> int | None:
        pid = self.pids().get(name)
        return pid if pid != old_pid else None

    def _web_answers(self) -> bool:
        try:
            return self.session.get(f"{self.base_url}/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def _ended_job(self, job_id: str, token: str) -> dict[str, Any] | None:
        try:
            answer = self.api("GET", f"/jobs/{job_id}/", token)
        except requests.ConnectionError:
            return None
        job = answer.json() if answer.status_code == 200 else {}
        return job if job.get("state") in ENDED else None

    def _until(self, probe: Any, timeout_s: float, complaint: str, every_s: float = 0.1) -> Any:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            value = probe()
            if value:
                return value
            time.sleep(every_s)
        raise StackFailed(f"{complaint} after {timeout_s:g} s\n{self.log_tails()}")
