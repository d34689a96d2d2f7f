"""`make test`: vitest, pytest and Playwright on real servers. The last line is the count of all three."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
SECOND_TRIES = 8
REASON_CHARS = 400
# Each has servers of its own. One more than cores: a third of the time they wait for processes to end or come back.
TEST_PROCESSES = "3"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Count:
    """How many tests of one runner passed, failed and were skipped; a crash of the runner is a failure."""

    passed: int
    failed: int
    skipped: int = 0
    reasons: tuple[str, ...] = ()


def main() -> int:
    """0 when nothing failed."""
    chromium = find_chromium()
    with tempfile.TemporaryDirectory(prefix="studio-test-") as folder:
        counts = [
            run_vitest(Path(folder) / "vitest.json"),
            run_pytest(Path(folder) / "pytest.xml", sys.argv[1:]),
            run_playwright(Path(folder), chromium),
        ]
    failed = sum(count.failed for count in counts)
    skipped = sum(count.skipped for count in counts)
    for reason in (reason for count in counts for reason in count.reasons):
        print(f"FAILED {reason}")
    if skipped:
        print(f"{skipped} skipped; the reasons stand above.")
    print(f"{sum(count.passed for count in counts)} passed, {failed} failed", flush=True)
    return int(failed > 0)


def find_chromium() -> str:
    """Path of a Chromium or Chrome; installs Debian's where that is possible. Ends with a sentence otherwise."""
    given = os.environ.get("CHROMIUM_PATH")
    found = given or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found and shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing Chromium for the browser tests ...", flush=True)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-cjk"],
        ):
            subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=False)
        found = shutil.which("chromium")
    if not found:
        print(
            "0 passed, 1 failed: no Chromium here; install one (Debian: apt install chromium) or set CHROMIUM_PATH."
        )
        sys.exit(1)
    return found


def run_vitest(report: Path) -> Count:
    """The browser app's unit tests."""
    code = _run(
        [
            _npm(),
            "exec",
            "--",
            "vitest",
            "run",
            "--reporter=default",
            "--reporter=json",
            f"--outputFile.json={report}",
        ],
        FRONTEND,
    )
    if not report.exists():
        return Count(0, 1)
    result = json.loads(report.read_text("utf-8"))
    return _honest(code, Count(result["numPassedTests"], result["numFailedTests"], result["numPendingTests"]))


def run_pytest(report: Path, arguments: list[str]) -> Count:
    """Everything below tests/, in several processes. A few failures are tried once more and named, as Playwright does.

    Tests that kill processes and wait for their return depend on how busy the machine is; a real fault
    fails twice.
    """
    count, failed = _pytest(report, ["--numprocesses", TEST_PROCESSES, "--dist", "loadfile", *arguments])
    if not 0 < len(failed) <= SECOND_TRIES or count.failed != len(failed):
        return count
    print(f"Failed once, tried again: {', '.join(failed)}", flush=True)
    again, _ = _pytest(report.with_name("again.xml"), failed)
    return Count(count.passed + again.passed, again.failed, count.skipped + again.skipped, again.reasons)


def _pytest(report: Path, arguments: list[str]) -> tuple[Count, list[str]]:
    """The count, and the tests that failed, as pytest takes them on its command line."""
    code = _run([sys.executable, "-m", "pytest", "-rs", f"--junit-xml={report}", *arguments], ROOT)
    suite = ET.parse(report).getroot().find("testsuite") if report.exists() else None  # noqa: S314
    if suite is None:
        return Count(0, 1), []
    cases = list(suite.iter("testcase"))
    bad = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = sum(case.find("skipped") is not None for case in cases)
    failed = list(dict.fromkeys(_node_id(case.get("classname", ""), case.get("name", "")) for case in bad))
    reasons = tuple(f"{case.get('name')}: {_message(case)}" for case in bad)
    count = Count(max(0, len(cases) - len(bad) - skipped), len(failed), skipped, reasons)
    return _honest(code, count), failed


def _message(case: ET.Element) -> str:
    told = case.find("failure") if case.find("failure") is not None else case.find("error")
    return _first_lines("" if told is None else told.get("message", ""))


def _node_id(dotted: str, name: str) -> str:
    """`tests.core.test_x.TestY` and `test_z` -> `tests/core/test_x.py::TestY::test_z`."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        path = Path(*parts[:length]).with_suffix(".py")
        if (ROOT / path).is_file():
            return "::".join((str(path), *parts[length:], name))
    return dotted


def run_playwright(folder: Path, chromium: str) -> Count:
    """The journeys, in a real browser against a studio that their own set-up starts and ends."""
    env = {
        "STUDIO_PYTHON": sys.executable,
        "CHROMIUM_PATH": chromium,
        "PLAYWRIGHT_JSON_OUTPUT_FILE": str(folder / "playwright.json"),
    }
    code = _run([_npm(), "exec", "--", "playwright", "test", "--reporter=list,json"], FRONTEND, env)
    report = folder / "playwright.json"
    if not report.exists():
        return Count(0, 1)
    told = json.loads(report.read_text("utf-8"))
    stats = told["stats"]
    reasons = tuple(reason for suite in told["suites"] for reason in _unexpected(suite))
    return _honest(
        code, Count(stats["expected"] + stats["flaky"], stats["unexpected"], stats["skipped"], reasons)
    )


def _unexpected(suite: dict[str, Any]) -> Iterator[str]:
    """A line for every try of every journey below this part of Playwright's report that failed for good."""
    for inner in suite.get("suites", []):
        yield from _unexpected(inner)
    for spec in suite["specs"]:
        for test in spec["tests"]:
            if test["status"] != "unexpected":
                continue
            for result in test["results"]:
                yield f"{spec['title']}: {_first_lines(result.get('error', {}).get('message', ''))}"


def _first_lines(message: str) -> str:
    """What fits a line of a message, without a terminal's colors."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", message).split())[:REASON_CHARS]


def _honest(code: int, count: Count) -> Count:
    """A runner that failed without a failed test, or ran nothing, has failed."""
    if count.failed == 0 and (code != 0 or count.passed == 0):
        return Count(count.passed, 1, count.skipped)
    return count


def _npm() -> str:
    own = Path(sys.executable).parent / "npm"
    return str(own) if own.exists() else "npm"


def _run(command: list[str], folder: Path, env: dict[str, str] | None = None) -> int:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    full = {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1", **(env or {})}
    try:
        return subprocess.run(command, cwd=folder, env=full, check=False).returncode
    except OSError as exc:
        print(f"{command[0]}: {exc.strerror}", flush=True)
        return 127


if __name__ == "__main__":
    sys.exit(main())
