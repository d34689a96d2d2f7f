"""`python -m studio.supervisor.one web`: become one process of the studio, for containers and service managers.

web | dataplane | beat | worker QUEUES [CONCURRENCY]     run it
healthy web | healthy dataplane                          exit 0 when it answers
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from studio.supervisor import health, processes
from studio.supervisor.config import Config, config_from_env
from studio.supervisor.errors import StartRefused
from studio.supervisor.processes import ProcessSpec


def main(arguments: Sequence[str]) -> int:
    """Does not return when a process is started; 2 for words it does not know."""
    try:
        config = config_from_env()
    except StartRefused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    match arguments:
        case ["healthy", "web"]:
            return _healthy(config, config.port, "/readyz")
        case ["healthy", "dataplane"]:
            return _healthy(config, config.serve_port, "/v2/health/live")
        case _:
            spec = _spec(config, arguments)
    if spec is not None:
        _become(spec)
    sys.stderr.write(f"{__doc__}\n")
    return 2


def _become(spec: ProcessSpec) -> NoReturn:
    os.umask(0o077)
    os.environ.update(spec.env)
    os.execvp(spec.command[0], spec.command)  # noqa: S606 - our own fixed commands, no shell


def _spec(config: Config, arguments: Sequence[str]) -> ProcessSpec | None:
    match arguments:
        case ["web"]:
            return processes.web(config)
        case ["dataplane"]:
            return processes.dataplane(config)
        case ["beat"]:
            return processes.beat(config)
        case ["worker", queues]:
            return processes.worker(config, f"worker-{queues.replace(',', '-')}", queues, 2)
        case ["worker", queues, count] if count.isdigit():
            return processes.worker(config, f"worker-{queues.replace(',', '-')}", queues, int(count))
        case _:
            return None


def _healthy(config: Config, port: int, path: str) -> int:
    return int(asyncio.run(health.http_status(config.local_host, port, path)) != 200)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
