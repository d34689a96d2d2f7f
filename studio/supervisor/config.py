"""The settings of a start, read once from the environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.supervisor.errors import StartRefused

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Config:
    """Where things are and what was asked for. Ports are TCP ports; paths are absolute."""

    data_dir: Path
    host: str
    port: int
    serve_port: int
    redis_url: str | None
    database_url: str | None
    secret_key: str | None
    demo: bool
    python: str = sys.executable
    root: Path = ROOT

    @property
    def run_dir(self) -> Path:
        """Pid files, the lock and the embedded broker's configuration."""
        return self.data_dir / "run"

    @property
    def logs_dir(self) -> Path:
        """One log file per process."""
        return self.data_dir / "logs"

    @property
    def local_host(self) -> str:
        """Where this machine itself reaches what listens on `host`."""
        wildcards = {"0.0.0.0", "::", ""}  # noqa: S104 - compared, not bound
        return "127.0.0.1" if self.host in wildcards else self.host

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the studio."""
        return f"http://{_bracketed(self.local_host)}:{self.port}"

    @property
    def serve_address(self) -> str:
        """Where a client on this machine finds the data plane."""
        return f"http://{_bracketed(self.local_host)}:{self.serve_port}"


def config_from_env(env: Mapping[str, str] = os.environ) -> Config:
    """Read the documented variables. Raises StartRefused for a port that is not one."""
    return Config(
        data_dir=Path(env.get("STUDIO_DATA_DIR") or "var").resolve(),
        host=env.get("STUDIO_HOST") or "127.0.0.1",
        port=_port(env, "STUDIO_PORT", 8000),
        serve_port=_port(env, "STUDIO_SERVE_PORT", 8001),
        redis_url=env.get("REDIS_URL") or None,
        database_url=env.get("DATABASE_URL") or None,
        secret_key=env.get("STUDIO_SECRET_KEY") or None,
        demo=(env.get("STUDIO_DEMO") or "1").lower() not in {"0", "false", "no", "off"},
    )


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise StartRefused(f"{name}={text} is not a port: give a number from 1 to 65535.")
    return int(text)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
