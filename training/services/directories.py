"""Where children work: DATA_DIR/training/<name>. Nothing there is named by a row; it may be removed when idle."""

import shutil
import time
import uuid
from pathlib import Path
from typing import Final

from django.conf import settings

from core.models import Job
from training.models import Run

KEEP_S: Final = 7 * 86_400


def directory_of(name: uuid.UUID) -> Path:
    """The folder, made when absent."""
    path = _root() / str(name)
    path.mkdir(parents=True, exist_ok=True)
    return path


def directory_remove(name: uuid.UUID) -> None:
    """Drop the folder with everything in it."""
    shutil.rmtree(_root() / str(name), ignore_errors=True)


def directories_prune() -> int:
    """Remove folders that no open run uses and that are older than KEEP_S; how many."""
    open_runs = Run.objects.exclude(job__state__in=Job.ENDED).values_list("directory", flat=True)
    kept = {str(name) for name in open_runs}
    removed = 0
    for path in _root().glob("*/"):
        if path.name not in kept and path.stat().st_mtime < time.time() - KEEP_S:
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
    return removed


def _root() -> Path:
    return Path(settings.DATA_DIR) / "training"
