"""Migrations and the first administrator, in a process of their own: the parent stays free of Django."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.supervisor import logs
from studio.supervisor.child import LAUNCHER
from studio.supervisor.config import Config
from studio.supervisor.errors import StartRefused


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the person at the terminal must learn once; `password` only if it was made up by us."""

    username: str
    created: bool
    password: str | None


async def database_prepare(config: Config, env: Mapping[str, str]) -> Prepared:
    """Run `manage.py prepare`. Raises StartRefused with the end of its log when it fails."""
    log = config.logs_dir / "prepare.log"
    logs.rotate(log)
    answer = config.run_dir / "prepared.json"
    answer.unlink(missing_ok=True)
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-S", "-E", str(LAUNCHER), str(os.getpid())),
            *(config.python, "manage.py", "prepare", "--answer", str(answer)),
            cwd=config.root,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    code = await process.wait()
    told = _read_once(answer)
    if "refusal" in told:
        raise StartRefused(str(told["refusal"]))
    if code != 0 or "username" not in told:
        raise StartRefused(f"The database could not be prepared; {log} ends with:\n{logs.tail(log)}")
    return Prepared(told["username"], told["created"], told.get("password"))


def _read_once(path: Path) -> dict[str, Any]:
    """The answer may hold a password, so the file goes away as soon as it is read."""
    if not path.exists():
        return {}
    answer = dict(json.loads(path.read_text("utf-8")))
    path.unlink()
    return answer
