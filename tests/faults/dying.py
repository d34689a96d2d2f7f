"""`python -m tests.faults.dying JOB_DIR`: dies by the signal that the next file of JOB_DIR/deaths names, then not at all."""

import os
import sys
from pathlib import Path


def main() -> None:
    """One life."""
    for path in sorted(Path(sys.argv[1], "deaths").iterdir()):
        number = int(path.read_text())
        path.unlink()
        os.kill(os.getpid(), number)


if __name__ == "__main__":
    main()
