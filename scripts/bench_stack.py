"""Start-up time and memory at rest of the whole studio."""

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from studio.supervisor import leftovers  # noqa: E402
from tests.support.stack import Stack  # noqa: E402

REST_S = 30


def main() -> None:
    """Start on an empty folder, rest, measure, start again."""
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
        stack = Stack(Path(folder) / "var")
        try:
            print(f"first start until a page answers        {stack.start():8.1f} s")
            time.sleep(REST_S)
            resident, shared_fairly = memory_mb(stack)
            print(f"memory at rest, sum of resident sizes   {resident:8.0f} MB")
            print(f"memory at rest, shared pages once       {shared_fairly:8.0f} MB")
            stack.stop()
            print(f"second start until a page answers       {stack.start():8.1f} s")
        finally:
            stack.close()


def memory_mb(stack: Stack) -> tuple[float, float]:
    """Sum of RSS and of PSS over all processes of the studio. Linux only."""
    totals = {"Rss:": 0, "Pss:": 0}
    for pid in leftovers.processes_of(stack.data_dir) | {stack.supervisor_pid}:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            name, *rest = line.split()
            if name in totals:
                totals[name] += int(rest[0])
    return totals["Rss:"] / 1024, totals["Pss:"] / 1024


if __name__ == "__main__":
    main()
