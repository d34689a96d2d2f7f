"""The data targets in one run, beside the bare loops of the same run: import, pages, export, copies, memory.

    python scripts/bench_data.py [--images 5000 20000] [--samples 10000 100000 1000000] [--repeats 30]

`make bench-data` runs it whole: PostgreSQL, some twenty minutes, 6 GB of disk. What is to be reached is given as
processor time (ours and the database's) on a machine whose bare loops are known; so each target is scaled by how
long the same loop takes here. A line a target: what, ours, the loop beside it, ours to the loop, the target as
scaled, whether it is met. Then the raw figures as JSON lines, and the load.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from studio.supervisor.processes import SINGLE_THREADED

# As the studio runs its processes; NumPy reads it when it is loaded, which is later.
os.environ.update(SINGLE_THREADED)

# The bare loops where the targets were set: a 19 kB JPEG of 320 x 240 read from its ZIP, hashed, decoded and made a
# thumbnail; a page of 100 rows by SQL and orjson.
_RAW_A_S: Final = 3_300
PAGE_MS: Final = 0.22

PAGE_MUST_MS: Final = 7.0
PAGES: Final = (
    *("first page", "page at 90 %", "by name", "by size, largest", "label", "rare label, by size"),
    *("state, split, label", "finding, by size", "tag", "filter language", "text, rare"),
)
SECRET: Final = "only for measuring, longer than thirty-two letters"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Line:
    """A target. `loop` is the bare loop of this run in the unit of `ours`, `must` what is asked, scaled by it."""

    what: str
    ours: float
    unit: str
    loop: float | None = None
    must: float | None = None
    is_most: bool = True  # whether ours must not be over it; else not under it

    def __str__(self) -> str:
        loop = "" if self.loop is None else f"{self.loop:,.4g}"
        ratio = f"{self.ours / self.loop:.2f}" if self.loop else ""
        if self.must is None:
            return f"{self.what:52} {self.ours:12,.4g} {self.unit:9} {loop:>9} {ratio:>7}"
        is_met = self.ours <= self.must if self.is_most else self.ours >= self.must
        bound = f"{'<=' if self.is_most else '>='} {self.must:,.4g}"
        said = "met" if is_met else "NOT MET"
        return f"{self.what:52} {self.ours:12,.4g} {self.unit:9} {loop:>9} {ratio:>7} {bound:>12} {said}"


def main() -> None:
    """Every part on one server, then the lines."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--images", type=int, nargs="+", default=[5_000, 20_000])
    arguments.add_argument("--samples", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    arguments.add_argument("--repeats", type=int, default=30)
    asked = arguments.parse_args()
    from tests.support.servers import postgres_server

    _say(f"load {os.getloadavg()[0]:.1f}, {len(os.sched_getaffinity(0))} cores")
    lines: list[Line] = []
    with postgres_server() as server:
        steps = {images: _steps(server, images) for images in asked.images}
        lines += _import_lines(steps[max(asked.images)])
        lines += _memory_lines(steps)
        lines.append(Line("near copies among 20,000 by kept measures", _near_copies_s(), "s CPU", None, 1.0))
        pages = [_pages(server, samples, asked.repeats) for samples in asked.samples]
    lines += [line for found in pages for line in _page_lines(found)]
    lines += _growth_lines(pages)
    _say(f"\n{'target':52} {'ours':>12} {'unit':9} {'bare loop':>9} {'ratio':>7} {'must':>12}")
    for line in lines:
        _say(str(line))
    _say(f"load {os.getloadavg()[0]:.1f}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _env(folder: str, url: str) -> dict[str, str]:
    return {
        "STUDIO_DATA_DIR": folder,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "STUDIO_SECRET_KEY": SECRET,
        **SINGLE_THREADED,
    }


def _told(command: list[str], env: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The JSON lines of a child, passed on as they come."""
    with subprocess.Popen(
        [sys.executable, *command], env={**os.environ, **env}, stdout=subprocess.PIPE, text=True
    ) as child:
        for line in child.stdout or ():
            _say(line.rstrip())
            if line.startswith("{"):
                yield json.loads(line)
    if child.returncode:
        raise RuntimeError(f"{command[0]} ended with {child.returncode}")


def _steps(server: str, images: int) -> dict[str, dict[str, Any]]:
    """Import, version and export of so many pictures with five boxes each, a process a step."""
    from bench_versions import STEPS, made_zip

    from tests.support.servers import database_on

    found: dict[str, dict[str, Any]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="studio-bench-", ignore_cleanup_errors=True) as folder,
        database_on(server, f"bench{images}") as url,
    ):
        made_zip(Path(folder) / "bench.zip", images)
        script = str(Path(__file__).with_name("bench_versions.py"))
        for step in STEPS:
            for told in _told([script, "--step", step, "--images", str(images)], _env(folder, url)):
                found[step] = told
    return found


def _pages(server: str, samples: int, repeats: int) -> dict[str, Any]:
    """Pages of a data set of so many samples, in a process and a database of their own."""
    from tests.support.servers import database_on

    with (
        tempfile.TemporaryDirectory(prefix="studio-bench-", ignore_cleanup_errors=True) as folder,
        database_on(server, f"pages{samples}") as url,
    ):
        script = str(Path(__file__).with_name("bench_browse.py"))
        command = [script, "--samples", str(samples), "--repeats", str(repeats), "--only", *PAGES]
        (found,) = _told(command, _env(folder, url))
        return found


def _near_copies_s() -> float:
    """Seconds of CPU to find the copies among 20,000 pictures by what was measured of them at import."""
    import numpy as np
    from bench_quality import made_pictures

    from datasets.quality.features import features_of
    from datasets.quality.twins import near_pairs

    measured = [features_of(picture) for picture in made_pictures(20_000, 1)]
    signatures = np.array([np.frombuffer(one.signature, np.uint8) for one, _ in measured])
    hashes = np.array([dhash for _, dhash in measured])
    began = time.process_time()
    near_pairs(signatures, hashes)
    return time.process_time() - began


def _cpu_s(step: dict[str, Any]) -> float:
    return float(step["cpu_s"] + step["database_cpu_s"])


def _import_lines(steps: dict[str, dict[str, Any]]) -> Iterable[Line]:
    images = steps["import"]["images"]
    boxes = 5 * images
    raw = images / _cpu_s(steps["limit: unzip, hash, decode, thumbnail"])
    rate = images / _cpu_s(steps["import"])
    yield Line(
        f"import of {images:,} JPEGs, {boxes:,} boxes",
        rate,
        "img/CPU s",
        raw,
        1_150 * raw / _RAW_A_S,
        False,
    )
    # The target counts thumbnail and hash alone; the import also says of each picture what the checks need.
    measuring = images / _cpu_s(steps["limit: the same, measured for the checks"])
    yield Line(
        "the same, beside a loop that measures as it does",
        rate,
        "img/CPU s",
        measuring,
        1_150 * measuring / _RAW_A_S,
        False,
    )
    known = images / _cpu_s(steps["import, pictures known"])
    yield Line(
        "the same, no picture opened (all are known)",
        known,
        "img/CPU s",
        raw,
        3_500 * raw / _RAW_A_S,
        False,
    )
    copied = boxes / _cpu_s(steps["limit: COPY in"])
    rows = boxes / _cpu_s(steps["annotations alone"])
    yield Line("annotations alone, into the real table", rows, "row/CPU s", copied, 0.4 * copied, False)
    # Its work is Python's, not the database's: scaled by the loop over the pictures.
    must = 0.85 * boxes / 100_000 * _RAW_A_S / raw
    yield Line(
        f"COCO file of {boxes:,} boxes",
        _cpu_s(steps["export COCO"]),
        "s CPU",
        _cpu_s(steps["limit: COPY out as JSON"]),
        must,
    )
    yield Line("version", _cpu_s(steps["version"]), "s CPU")
    yield Line("difference of two versions", _cpu_s(steps["diff"]), "s CPU")


def _memory_lines(steps: dict[int, dict[str, dict[str, Any]]]) -> Iterable[Line]:
    sizes = sorted(steps)
    for small, large in pairwise(sizes):
        for step in ("import", "export COCO"):
            ours, before = steps[large][step]["peak_mb"], steps[small][step]["peak_mb"]
            yield Line(f"peak memory at {large:,} / {small:,}: {step}", ours, "MB", before, 1.3 * before)


def _page_lines(found: dict[str, Any]) -> Iterable[Line]:
    loop = found["limit: page by SQL"]["cpu_ms"]
    scale = max(1.0, loop / PAGE_MS)
    for name in PAGES:
        cpu = found[name]["cpu_ms"]
        yield Line(f"{found['samples']:,}: {name}", cpu, "ms CPU", loop, PAGE_MUST_MS * scale)
        yield Line(f"{found['samples']:,}: {name}, p95", found[name]["p95_ms"], "ms", None, 25)
    yield Line(f"{found['samples']:,}: statistics", found["statistics"]["cpu_ms"], "ms CPU", loop, 3 * scale)


def _growth_lines(pages: list[dict[str, Any]]) -> Iterable[Line]:
    """The largest beside the smallest that has as many rows to show."""
    large = pages[-1]
    for name in PAGES if len(pages) > 1 else ():
        small = next(found for found in pages if found[name]["rows"] == large[name]["rows"])
        grown = large[name]["cpu_ms"] / small[name]["cpu_ms"]
        yield Line(f"{large['samples']:,} / {small['samples']:,}: {name}", grown, "times", None, 2.0)


if __name__ == "__main__":
    main()
