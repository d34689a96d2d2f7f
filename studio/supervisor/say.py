"""The supervisor's voice: plain lines on standard output."""

import sys


def say(line: str = "") -> None:
    """Write one line and flush it, so that a pipe or a log sees it at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
