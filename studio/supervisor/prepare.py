"""Migrations and the first administrator, in a process of their own: the parent stays free of Django."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.supervisor import logs, processes
from studio.supervisor.config import Config
from studio.supervisor.errors import StartRefused
from studio.supervisor.running import Runner


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the person at the terminal must learn once; `password` only if it was made up by us."""

    username: str
    created: bool
    password: str | None


async def database_prepare(config: Config, run: Runner) -> Prepared:
    """Run `manage.py prepare`. Raises StartRefused with the end of its log when it fails."""
    log = config.logs_dir / "prepare.log"
    logs.rotate(log)
    answer = config.run_dir / "prepared.json"
    answer.unlink(missing_ok=True)
    process = await run(processes.prepare(config, answer), log)
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
