"""Which processes make a studio, and with which commands. The compose file names the same ones."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.supervisor.config import Config

SINGLE_THREADED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
WORKER_ENV = {**SINGLE_THREADED, "REMAP_SIGTERM": "SIGQUIT"}


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """One child. `once` ends with success and is not started again; `grace_s` is the time from TERM to KILL.

    What is `preloaded` is a Python command that needs Django, our models or the workers' library.
    """

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    once: bool = False
    preloaded: bool = False
    grace_s: float = 10.0


def web(config: Config) -> ProcessSpec:
    """The control plane: API, event streams and the built browser app."""
    command = (
        *(config.python, "-m", "uvicorn", "studio.asgi:application"),
        *("--host", config.host, "--port", str(config.port)),
        # An address in a header counts only where the operator has named the proxy that writes it.
        *(() if "FORWARDED_ALLOW_IPS" in os.environ else ("--no-proxy-headers",)),
        *("--no-server-header", "--timeout-graceful-shutdown", "4", "--log-level", "info", "--no-access-log"),
    )
    return ProcessSpec("web", command, SINGLE_THREADED, preloaded=True)


def dataplane(config: Config) -> ProcessSpec:
    """The model server: no database, so it needs nobody else to be up."""
    return ProcessSpec("dataplane", (config.python, "-m", "serving.dataplane"))


def worker(config: Config, name: str, queues: str, concurrency: int) -> ProcessSpec:
    """A Celery worker of the given queues; prefork, because its children only supervise."""
    command = (
        *(config.python, "-m", "celery", "-A", "studio.celery:app", "worker", "-n", f"{name}@%h"),
        *("-Q", queues, "-c", str(concurrency), "-P", "prefork", "-l", "INFO"),
        *("--without-gossip", "--without-mingle"),
    )
    return ProcessSpec(name, command, WORKER_ENV, preloaded=True)


def beat(config: Config) -> ProcessSpec:
    """The clock of the sweeps. Its schedule is in the code, so it keeps no file."""
    command = (
        *(config.python, "-m", "celery", "-A", "studio.celery:app", "beat"),
        *("-S", "celery.beat:Scheduler", "--pidfile=", "-l", "INFO"),
    )
    return ProcessSpec("beat", command, SINGLE_THREADED, preloaded=True)


def demo(config: Config) -> ProcessSpec:
    """Loads the demo project through the public services, once; does nothing when it is or was there."""
    command = (config.python, "manage.py", "load_demo")
    return ProcessSpec("demo", command, SINGLE_THREADED, once=True, preloaded=True)


def prepare(config: Config, answer: Path) -> ProcessSpec:
    """Migrations and the first administrator; what a person has to learn of it goes to `answer`."""
    command = (config.python, "manage.py", "prepare", "--answer", str(answer))
    return ProcessSpec("prepare", command, once=True, preloaded=True)


def after_migration(config: Config) -> list[ProcessSpec]:
    """The children that need the database, in the order of their start."""
    specs = [
        web(config),
        worker(config, "worker-short", "short,hooks", 2),
        worker(config, "worker-import", "import", 2),
        worker(config, "worker-train", "train", 1),
        beat(config),
    ]
    return [*specs, demo(config)] if config.demo else specs
