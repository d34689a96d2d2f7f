"""`make check`: format, lint, types, architecture, schema, translations, documentation; cheap steps first.

Every step runs even after another has failed, and a tool that is missing is a failure, never a skip.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
BIN = Path(sys.executable).parent
# Benchmarks borrow from the tests, which are not typed.
TESTS_AS_THEY_ARE = ("--follow-imports=silent", "--allow-untyped-calls")
APPS = ("studio", "core", "datasets", "labeling", "training", "serving", "applications")


@dataclass(frozen=True, slots=True)
class Step:
    """One tool and where it runs."""

    name: str
    command: tuple[str, ...]
    folder: Path = ROOT


def steps(scratch: Path) -> list[Step]:
    """All steps in their order."""
    python, npm = sys.executable, _npm()
    architecture = (python, "-m", "pytest", "-q", "-p", "no:randomly")
    return [
        Step("format", (str(BIN / "ruff"), "format", "--check", ".")),
        Step("lint", (str(BIN / "ruff"), "check", ".")),
        Step("browser format and lint", (npm, "run", "--silent", "lint"), FRONTEND),
        Step("types", (str(BIN / "mypy"), "--strict", *(f"-p{app}" for app in APPS))),
        Step("types of the scripts", (str(BIN / "mypy"), "--strict", *TESTS_AS_THEY_ARE, "scripts", "cli")),
        Step("browser types", (npm, "run", "--silent", "types"), FRONTEND),
        Step("import contracts", (str(BIN / "lint-imports"),)),
        Step("sizes, bans, locks, translations", (*architecture, "tests/architecture")),
        Step("OpenAPI and typed client", (python, "scripts/openapi.py", "--check")),
        Step("migrations", (python, "manage.py", "makemigrations", "--check", "--dry-run")),
        Step("settings", (python, "manage.py", "check", "--fail-level", "WARNING")),
        Step(
            "documentation",
            (str(BIN / "mkdocs"), "build", "--strict", "--quiet", "--site-dir", str(scratch / "site")),
        ),
    ]


def main() -> int:
    """0 when every step passed."""
    with tempfile.TemporaryDirectory(prefix="studio-check-") as folder:
        env = {
            **os.environ,
            "STUDIO_DATA_DIR": f"{folder}/var",
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "NO_MKDOCS_2_WARNING": "1",
        }
        every = steps(Path(folder))
        # Each keeps about one core busy.
        with ThreadPoolExecutor(max(1, min(2, os.cpu_count() or 1))) as pool:
            passed = list(pool.map(lambda step: _passes(step, env), every))
        failed = [step.name for step, is_passed in zip(every, passed, strict=True) if not is_passed]
    print(f"make check: {'FAILED: ' + ', '.join(failed) if failed else 'everything passed'}", flush=True)
    return int(bool(failed))


def _passes(step: Step, env: dict[str, str]) -> bool:
    began = time.monotonic()
    try:
        done = subprocess.run(
            step.command,
            cwd=step.folder,
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        code, output = done.returncode, done.stdout
    except OSError as exc:
        code, output = 127, f"{step.command[0]}: {exc.strerror}"
    print(f"{'ok    ' if code == 0 else 'FAILED'} {step.name} ({time.monotonic() - began:.1f} s)", flush=True)
    if code:
        print(output, flush=True)
    return code == 0


def _npm() -> str:
    own = BIN / "npm"
    return str(own) if own.exists() else "npm"


if __name__ == "__main__":
    sys.exit(main())
