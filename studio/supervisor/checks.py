"""What must hold before anything is started; each refusal is one sentence."""

import errno
import os
import shutil
import socket
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from studio.supervisor.config import Config
from studio.supervisor.errors import StartRefused

MIN_FREE_BYTES = 1024**3
MIN_PYTHON = (3, 11)
MIN_SECRET_LETTERS = 32


def check_python() -> None:
    """Raises StartRefused under an interpreter that is too old."""
    if sys.version_info < MIN_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        raise StartRefused(f"Python {found} is too old: install Python 3.11 or newer and run again.")


def check_data_dir(path: Path) -> None:
    """Make the data folder if needed. Raises StartRefused when it cannot be written to."""
    probe = path / f".write-probe-{os.getpid()}"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe.write_bytes(b"1")
        probe.unlink()
    except OSError as exc:
        if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StartRefused(_full(path)) from exc
        raise StartRefused(
            f"The data folder {path} cannot be written to: fix its permissions"
            " or choose another folder with STUDIO_DATA_DIR."
        ) from exc
    _close_to_others(path)


def check_free_disk(path: Path, min_free_bytes: int = MIN_FREE_BYTES) -> None:
    """Raises StartRefused when less than `min_free_bytes` are free."""
    if shutil.disk_usage(path).free < min_free_bytes:
        raise StartRefused(_full(path))


def check_port(host: str, port: int, variable: str) -> None:
    """Raises StartRefused when `port` cannot be listened on; `variable` names the setting to change."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except PermissionError as exc:
            raise StartRefused(
                f"Port {port} needs more rights than you have: choose one above 1023 with {variable}."
            ) from exc
        except OSError as exc:
            if exc.errno != errno.EADDRINUSE:
                raise StartRefused(f"STUDIO_HOST={host} is not an address of this machine.") from exc
            raise StartRefused(
                f"Port {port} on {host} is in use: stop the program that has it,"
                f" or choose another port, for example {variable}={port + 10} make up."
            ) from exc


def check_reachable(url: str, variable: str, default_port: int) -> None:
    """Raises StartRefused when nothing listens where `url` points; Unix socket URLs are taken on trust."""
    parts = urlsplit(url)
    if not parts.hostname:
        return
    try:
        socket.create_connection((parts.hostname, parts.port or default_port), timeout=5).close()
    except OSError as exc:
        raise StartRefused(
            f"Nothing answers at {parts.hostname}:{parts.port or default_port}:"
            f" start that server or unset {variable} to use the built-in one."
        ) from exc


def check_database_url(url: str) -> None:
    """Raises StartRefused for what names no database."""
    if urlsplit(url).scheme not in ("postgres", "postgresql", "sqlite"):
        raise StartRefused(
            "DATABASE_URL is postgresql://user:password@host:port/name or sqlite:///path:"
            " mend it, or unset it to use the built-in database."
        )


def check_all(config: Config) -> None:
    """Every check of a start, cheapest first. Raises StartRefused at the first that fails."""
    check_python()
    check_data_dir(config.data_dir)
    check_free_disk(config.data_dir)
    if config.secret_key is not None and len(config.secret_key) < MIN_SECRET_LETTERS:
        raise StartRefused(
            "STUDIO_SECRET_KEY is too short: use at least 32 random characters, or unset it to have one made."
        )
    if config.port == config.serve_port:
        raise StartRefused(
            "STUDIO_PORT and STUDIO_SERVE_PORT are the same: give the data plane its own port."
        )
    check_port(config.host, config.port, "STUDIO_PORT")
    check_port(config.host, config.serve_port, "STUDIO_SERVE_PORT")
    if config.redis_url:
        check_reachable(config.redis_url, "REDIS_URL", 6379)
    if config.database_url:
        check_database_url(config.database_url)
    if config.database_url and not config.database_url.startswith("sqlite"):
        check_reachable(config.database_url, "DATABASE_URL", 5432)


def _close_to_others(path: Path) -> None:
    """Password hashes and sessions lie in there; what the owner gave to a group stays."""
    mode = path.stat().st_mode
    if mode & 0o007:
        with suppress(PermissionError):  # somebody else owns the folder, such as a container's volume
            path.chmod(mode & ~0o007)


def _full(path: Path) -> str:
    return f"Less than 1 GB is free on the disk of {path}: free some space or move STUDIO_DATA_DIR."
