"""`python -m studio.supervisor`: run the studio in the foreground. `--status`: say what runs."""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from studio.supervisor import checks, leftovers, lock
from studio.supervisor.config import Config, config_from_env
from studio.supervisor.errors import StartRefused
from studio.supervisor.say import say
from studio.supervisor.stack import Stack


def main() -> int:
    """The exit status: 0 after an orderly end, 1 when the start was refused."""
    parser = argparse.ArgumentParser(prog="studio.supervisor", description=__doc__)
    parser.add_argument("--status", action="store_true", help="say what runs on this data folder, then end")
    arguments = parser.parse_args()
    try:
        config = config_from_env()
        return _status(config) if arguments.status else _run(config)
    except StartRefused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1


def _run(config: Config) -> int:
    checks.check_python()
    os.umask(0o077)
    checks.check_data_dir(config.data_dir)
    with lock.held(config.run_dir):
        left = leftovers.end(config.data_dir)
        if left:
            say(f"  Ended what an earlier start had left running ({left}).")
        checks.check_all(config)
        config.logs_dir.mkdir(parents=True, exist_ok=True)
        say(f"  Starting the studio on {config.data_dir} ...")
        asyncio.run(Stack(config).run())
    return 0


def _status(config: Config) -> int:
    pid = lock.holder(config.run_dir)
    if pid is None:
        say(f"Nothing runs on {config.data_dir}.")
        return 1
    say(f"The studio runs on {config.data_dir}: supervisor {pid}, {config.address}")
    for name, child in sorted(_children(config.run_dir / "children.json").items()):
        say(f"  {name:<14} {child}")
    return 0


def _children(path: Path) -> dict[str, int]:
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


if __name__ == "__main__":
    raise SystemExit(main())
