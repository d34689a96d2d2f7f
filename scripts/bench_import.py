"""How fast an import is beside the raw loop on the same files and cores.

    python scripts/bench_import.py [--images 5000] [--cores 2] [--profile]

The raw loop unzips, hashes, decodes and makes a thumbnail in this process and stores nothing. The import
is the whole job: children, store with fsync, rows, counters, cursor. Runs in a folder of its own; the database
is the one of DATABASE_URL, SQLite in that folder without it. Prints images per second and their ratio.
"""

import argparse
import cProfile
import hashlib
import io
import json
import os
import pstats
import resource
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def jpegs(images: int) -> Iterator[bytes]:
    """Photo-like JPEGs of about 20 kB, the same ones each time."""
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(7)
    for _ in range(images):
        coarse = Image.fromarray(rng.integers(0, 255, (12, 16, 3), dtype=np.uint8))
        smooth = np.asarray(coarse.resize((320, 240), Image.Resampling.BICUBIC), dtype=np.int16)
        grain = rng.integers(-14, 14, (240, 320, 1), dtype=np.int16)
        out = io.BytesIO()
        Image.fromarray((smooth + grain).clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=85)
        yield out.getvalue()


def made_zip(path: Path, images: int) -> None:
    """A ZIP of class folders with such JPEGs."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for i, content in enumerate(jpegs(images)):
            archive.writestr(f"class{i % 10}/{i:06}.jpg", content)


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on the clock, and of processor in this process and in its ended children."""

    wall_s: float
    own_s: float
    children_s: float

    def since(self, began: "Spent") -> "Spent":
        """The difference."""
        return Spent(self.wall_s - began.wall_s, self.own_s - began.own_s, self.children_s - began.children_s)

    @property
    def cpu_s(self) -> float:
        """All processor time."""
        return self.own_s + self.children_s


def spent() -> Spent:
    """The counters now."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(time.perf_counter(), own.ru_utime + own.ru_stime, children.ru_utime + children.ru_stime)


def raw_loop(path: Path, side_px: int) -> Spent:
    """What is spent on unzip + sha256 + decode + thumbnail."""
    from core.imaging import thumbnail

    with zipfile.ZipFile(path) as archive:
        thumbnail(archive.read(archive.namelist()[0]), side_px)
        began = spent()
        for name in archive.namelist():
            content = archive.read(name)
            hashlib.sha256(content).hexdigest()
            thumbnail(content, side_px)
        return spent().since(began)


def import_once(path: Path) -> tuple[Spent, dict[str, object]]:
    """What the import job took, run in this process, and its result."""
    from core.jobs import dispatch, runner
    from core.models import Job, Project, User
    from core.services.uploads import upload_from
    from datasets.services.datasets import dataset_create
    from datasets.services.imports import ImportOptions, import_submit_upload

    dispatch.ring = lambda job_id, queue: None
    number = Project.objects.count()
    user = User.objects.create(username=f"bench{number}", is_superuser=True)
    project = Project.objects.create(name=f"bench {number}", created_by=user)
    dataset = dataset_create(actor=user, project=project, name="bench", task="image_classification")
    with path.open("rb") as file:
        upload = upload_from(user, filename="bench.zip", chunks=iter(lambda: file.read(1 << 20), b""))
    job = import_submit_upload(
        actor=user, dataset=dataset, upload_id=upload.pk, filename="bench.zip", options=ImportOptions()
    )
    began = spent()
    runner.run(job.pk)
    took = spent().since(began)
    return took, dict(Job.objects.get(pk=job.pk).result or {})


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--images", type=int, default=5_000)
    arguments.add_argument("--cores", type=int, default=0, help="0: all there are")
    arguments.add_argument("--profile", action="store_true")
    asked = arguments.parse_args()
    if asked.cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: asked.cores])
    folder = Path(tempfile.mkdtemp(prefix="studio-bench-"))
    os.environ.setdefault("STUDIO_SECRET_KEY", "a key for a bench only, longer than thirty-two letters")
    os.environ["STUDIO_DATA_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    try:
        measure(asked, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(asked: argparse.Namespace, folder: Path) -> None:
    """One raw loop before and one after, the import between them."""
    import django

    django.setup()
    from django.core.management import call_command

    from datasets.formats.decoding.intake import THUMB_SIDE_PX

    call_command("migrate", verbosity=0)
    path = folder / "bench.zip"
    made_zip(path, asked.images)
    before = raw_loop(path, THUMB_SIDE_PX)
    profile = cProfile.Profile()
    if asked.profile:
        profile.enable()
    took, result = import_once(path)
    profile.disable()
    after = raw_loop(path, THUMB_SIDE_PX)
    raw_s, raw_cpu_s = (before.wall_s + after.wall_s) / 2, (before.cpu_s + after.cpu_s) / 2
    figures = {
        "images": asked.images,
        "mean_bytes": path.stat().st_size // asked.images,
        "cores": len(os.sched_getaffinity(0)),
        "raw_images_per_s": round(asked.images / raw_s),
        "import_images_per_s": round(asked.images / took.wall_s),
        "ratio": round(raw_s / took.wall_s, 2),
        "raw_images_per_cpu_s": round(asked.images / raw_cpu_s),
        "import_images_per_cpu_s": round(asked.images / took.cpu_s),
        "cpu_ratio": round(raw_cpu_s / took.cpu_s, 2),
        "own_cpu_s": round(took.own_s, 2),
        "children_cpu_s": round(took.children_s, 2),
        "created": result["created"],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(figures))
    if asked.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
