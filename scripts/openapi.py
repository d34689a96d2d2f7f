"""The OpenAPI document and the browser's types, from the code: `--write` refreshes both, `--check` compares."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "openapi.yaml"
TYPES = ROOT / "frontend" / "src" / "api" / "schema.d.ts"
GENERATOR = ROOT / "frontend" / "node_modules" / ".bin" / "openapi-typescript"


def main() -> int:
    """0 when what is committed is what the code says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    write = parser.parse_args().write
    with tempfile.TemporaryDirectory(prefix="studio-openapi-") as folder:
        document, types = Path(folder) / "openapi.yaml", Path(folder) / "schema.d.ts"
        if not _generate(document, types, Path(folder)):
            return 1
        pairs = ((document, DOCUMENT), (types, TYPES))
        if write:
            for fresh, kept in pairs:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_bytes(fresh.read_bytes())
            return 0
        stale = [
            kept for fresh, kept in pairs if not kept.exists() or kept.read_bytes() != fresh.read_bytes()
        ]
    for kept in stale:
        print(f"{kept.relative_to(ROOT)} is not what the code says: run make openapi and commit the result.")
    return int(bool(stale))


def _generate(document: Path, types: Path, folder: Path) -> bool:
    if not GENERATOR.exists():
        print("The browser app's packages are missing: run make check, which installs them.")
        return False
    env = {**os.environ, "STUDIO_DATA_DIR": str(folder / "var"), "DATABASE_URL": "", "REDIS_URL": ""}
    spectacular = [sys.executable, "manage.py", "spectacular", "--validate", "--fail-on-warn"]
    commands = (
        [*spectacular, "--file", str(document)],
        [str(GENERATOR), str(document), "-o", str(types)],
    )
    for command in commands:
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout + done.stderr)
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
