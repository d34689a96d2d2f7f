"""The process that makes augmented copies, as seen from outside."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO, Final

from core.errors import DomainError
from datasets.services.augmented_copies import Line

_ROOT: Final = Path(__file__).resolve().parents[2]
_KEPT_ENV: Final = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "HOME")


class AugmentationFailed(DomainError):
    """The process that makes the copies ended too early; `params.sample` is where it was."""

    code, status = "augmentation_failed", 422


@contextmanager
def child_of(folder: Path, within_s: float | None = None) -> Iterator[IO[bytes]]:
    """What the process that makes copies of what lies in `folder` writes.

    It is ended with the block or after `within_s`, and ends by itself when nobody reads.
    """
    kept = {name: os.environ[name] for name in _KEPT_ENV if name in os.environ}
    with subprocess.Popen(  # noqa: S603  our own module and folder
        [sys.executable, "-m", "datasets.augment.child", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        env={**kept, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    ) as process:
        timer = Timer(within_s or 0.0, process.kill)
        try:
            if process.stdout is None:
                raise RuntimeError("the child has no pipe")
            if within_s is not None:
                timer.start()
            yield process.stdout
        finally:
            timer.cancel()
            process.kill()


def answers_of(source: IO[bytes]) -> Iterator[tuple[Line, bytes]]:
    """Until the process says that it is done. Raises AugmentationFailed when it ends before."""
    last = ""
    while raw := source.readline():
        line = json.loads(raw)
        if "done" in line:
            return
        content = source.read(line["bytes"])
        if len(content) < line["bytes"]:
            break
        last = line["id"]
        yield line, content
    raise AugmentationFailed("making the copies broke off; leave out the sample after this one", sample=last)
