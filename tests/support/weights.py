"""The weights of the assistants in tests: those of STUDIO_TEST_WEIGHTS, else fetched once by npm into the environment."""

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from labeling.assist.weights import EVERY, are_there

ROOT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=1)
def weights_of_tests() -> Path:
    """The folder. What cannot be had fails the test that asks."""
    given = os.environ.get("STUDIO_TEST_WEIGHTS")
    folder = Path(given) if given else Path(sys.prefix) / "studio-weights"
    if not are_there(folder, EVERY):
        subprocess.run([sys.executable, ROOT / "scripts/weights.py", "--to", folder], check=True)
    return folder
