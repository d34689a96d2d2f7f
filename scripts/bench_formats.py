"""Seconds and memory to find out and plan each annotation format; one process a format.

`python scripts/bench_formats.py [PICTURES] [BOXES_PER_PICTURE]`, 2000 and 10 unless given. Pictures are stubs:
what is measured is the annotations, not decoding.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from datasets.formats.archive import open_tree
from datasets.formats.base import Draft
from datasets.formats.registry import WRITERS, format_detected
from datasets.formats.writers.base import BOXES, ZipSink
from datasets.manifest import ManifestClass, ManifestHeader, ManifestObject, ManifestSample

CLASSES = tuple(ManifestClass(str(i), i, f"class {i}") for i in range(20))


def main() -> None:
    """Print one line a format."""
    pictures, boxes = (*map(int, sys.argv[1:3]), 2_000, 10)[:2]
    for key in [key for key, writer in WRITERS.items() if BOXES in writer.tasks]:
        with tempfile.TemporaryDirectory(prefix="bench-formats-") as folder:
            path = Path(folder) / f"{key}.zip"
            with path.open("wb") as out:
                sink = ZipSink(out)
                header = ManifestHeader("image", BOXES, CLASSES, {})
                WRITERS[key].write(header, _samples(pictures, boxes), sink, _stub)
                sink.close()
            subprocess.run([sys.executable, __file__, "--read", str(path)], check=True)


def read(path: Path) -> None:
    """Find out and plan one archive in this process, and print what it took."""
    before = _peak_mb()
    tree = open_tree(path, path.name, path.parent)
    began = time.perf_counter()
    choice = format_detected(tree, "auto")
    found = time.perf_counter()
    plan = choice.importer.plan(tree)
    planned = time.perf_counter()
    boxes = sum(len(item.boxes) for item in plan.items if isinstance(item, Draft))
    grown = _peak_mb() - before
    largest = max(member.size_bytes for member in tree.members) / 1e6
    print(
        f"{choice.importer.key:14} {boxes:7} boxes, largest file {largest:5.1f} MB: found out in {found - began:.2f} s,"
        f" planned in {planned - found:.2f} s, {grown:.0f} MB on top of {before:.0f} MB"
    )


def _peak_mb() -> float:
    """The kernel's high-water mark of this program; rusage would count the parent's before the start."""
    line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _samples(pictures: int, boxes: int) -> Iterator[ManifestSample]:
    rng = np.random.default_rng(1)
    for i in range(pictures):
        corners = rng.uniform((0, 0, 1, 1), (300, 300, 300, 150), (boxes, 4)).tolist()
        objects = tuple(ManifestObject(n % 20, (x, y, w, h)) for n, (x, y, w, h) in enumerate(corners))
        name = f"pictures/{i:06}.jpg"
        yield ManifestSample(f"s{i}", f"{i:064x}", name, "image/jpeg", 640, 480, "train", "", None, objects)


def _stub(sha256: str) -> bytes:
    return b"\xff\xd8" + sha256.encode()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        read(Path(sys.argv[2]))
    else:
        main()
