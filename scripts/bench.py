"""`make bench`: every `scripts/bench_*.py`, one after another, each printing its figures and ratios.

But for `bench_data.py`, which is parts of the others in one run against the targets: `make bench-data`.
"""

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main() -> int:
    """0 when every benchmark ran to its end."""
    failed = []
    for script in sorted(set(FOLDER.glob("bench_*.py")) - {FOLDER / "bench_data.py"}):
        print(f"== {script.stem.removeprefix('bench_')}", flush=True)
        env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(FOLDER.parent)}
        if subprocess.run([sys.executable, str(script)], cwd=FOLDER.parent, env=env, check=False).returncode:
            failed.append(script.name)
    if failed:
        print(f"did not run to the end: {', '.join(failed)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
