"""Runs a command that dies with its parent. Standard library only; started by path, so it imports no package.

Usage: python launch.py PARENT_PID COMMAND [ARGUMENT ...]
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> None:
    """Ask the kernel for SIGTERM at the parent's death, then become the command."""
    parent, command = int(argv[1]), argv[2:]
    die_with(parent)
    os.execvp(command[0], command)  # noqa: S606 - the supervisor's own fixed commands, no shell


def die_with(parent: int) -> None:
    """SIGTERM for this process when `parent` dies; raises SystemExit when it already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv)
