"""Runs install.py, or says in one sentence which Python that needs: any Python can read this file, 2.7 too."""

import runpy
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - no version is known to fit yet
    sys.exit(
        "Python %d.%d cannot run the studio: install Python 3.11 or newer"  # noqa: UP031
        " (or name one: make up PYTHON=/path/to/python3.11)." % sys.version_info[:2]
    )

from pathlib import Path

runpy.run_path(str(Path(__file__).with_name("install.py")), run_name="__main__")
