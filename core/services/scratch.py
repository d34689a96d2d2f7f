"""Short-lived files on the disk of the data: where they lie, and what dead processes left of them."""

import shutil
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings

# Longer than any job may take with its files; whoever made one removes it by itself unless it is killed.
KEEP = timedelta(hours=48)


def scratch_dir() -> Path:
    """The folder, made when absent; large uploads and archives are put together here."""
    folder = Path(settings.DATA_DIR) / "scratch"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def scratch_trim() -> int:
    """Remove what was left behind by processes that were killed; how many entries."""
    removed = 0
    for path in scratch_dir().iterdir():
        try:
            if path.stat().st_mtime > time.time() - KEEP.total_seconds():
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
            removed += 1
        except FileNotFoundError:
            continue
    return removed
