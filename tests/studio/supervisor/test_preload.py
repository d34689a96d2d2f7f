"""What is loaded before forking can be forked."""

import subprocess
import sys

from studio.supervisor.config import ROOT

CODE = """
import os
from studio.supervisor.preload import load
load()
from django.db import connections
print(len(os.listdir("/proc/self/task")), sum(one.connection is not None for one in connections.all(initialized_only=True)))
"""


def test_nothing_loaded_has_a_thread_or_a_connection(tmp_path):
    env = {
        "STUDIO_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "1 0", done.stderr
