"""Import, version, diff and export of boxes on PostgreSQL: seconds, processor time, peak memory of each step.

    python scripts/bench_versions.py [--images 5000 20000]

JPEGs of 320x240 and about 20 kB with five COCO boxes each. Every step is a process of its own, so that its
peak is its own; two sizes tell whether it grows with the input. The limits of the same run: unzip, SHA-256,
decode and thumbnail without storing; COPY of the boxes into a bare table and out again. One JSON line a step.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

BOXES: Final = 5
CLASSES: Final = 20
DISTINCT: Final = 500


def main() -> None:
    """Each size on a database of its own, each step in a process of its own."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--images", type=int, nargs="+", default=[5_000, 20_000])
    arguments.add_argument("--step", choices=STEPS)
    asked = arguments.parse_args()
    if asked.step:
        measured(asked.step, asked.images[0])
        return
    from tests.support.servers import database_on, postgres_server

    with postgres_server() as server:
        for images in asked.images:
            with (
                tempfile.TemporaryDirectory(prefix="studio-bench-", ignore_cleanup_errors=True) as folder,
                database_on(server, f"bench{images}") as url,
            ):
                made_zip(Path(folder) / "bench.zip", images)
                env = {
                    **os.environ,
                    "STUDIO_DATA_DIR": folder,
                    "DATABASE_URL": url,
                    "DJANGO_SETTINGS_MODULE": "studio.settings",
                    "STUDIO_SECRET_KEY": "only for measuring, longer than thirty-two letters",
                }
                for step in STEPS:
                    command = [sys.executable, __file__, "--step", step, "--images", str(images)]
                    subprocess.run(command, env=env, check=True)


def measured(step: str, images: int) -> None:
    """Do one step in this process and print what it took."""
    import django

    django.setup()
    from core.jobs import dispatch

    dispatch.ring = lambda job_id, queue: None
    action = STEPS[step](Path(os.environ["STUDIO_DATA_DIR"]))
    cpu, began = _cpu_s(), time.perf_counter()
    action()
    took = time.perf_counter() - began
    print(
        json.dumps(
            {
                "step": step,
                "images": images,
                "wall_s": round(took, 2),
                "cpu_s": round(_cpu_s() - cpu, 2),
                "images_per_cpu_s": round(images / max(_cpu_s() - cpu, 0.01)),
                "peak_mb": _peak_mb(),
            }
        ),
        flush=True,
    )


def made_zip(path: Path, images: int) -> None:
    """A COCO archive. A few hundred pictures, each copy told apart by a comment in its header."""
    from bench_import import jpegs

    bases = list(jpegs(min(DISTINCT, images)))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for i in range(images):
            note = f"{i:012}".encode()
            base = bases[i % len(bases)]
            content = base[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + base[2:]
            archive.writestr(f"images/{i:06}.jpg", content)
        archive.writestr("annotations/instances.json", json.dumps(_coco(images)))


def _coco(images: int) -> dict[str, Any]:
    return {
        "images": [{"id": i, "file_name": f"{i:06}.jpg", "width": 320, "height": 240} for i in range(images)],
        "categories": [{"id": i + 1, "name": f"class{i}"} for i in range(CLASSES)],
        "annotations": [
            {
                "id": n,
                "image_id": n // BOXES,
                "category_id": n % CLASSES + 1,
                "bbox": [n % 200, n % 150, 40.5, 30.25],
            }
            for n in range(images * BOXES)
        ],
    }


def _prepare(folder: Path) -> Callable[[], None]:
    from django.core.management import call_command

    def work() -> None:
        call_command("migrate", verbosity=0)

    return work


def _raw(folder: Path) -> Callable[[], None]:
    from core.imaging import thumbnail
    from datasets.formats.decoding.intake import THUMB_SIDE_PX

    def work() -> None:
        with zipfile.ZipFile(folder / "bench.zip") as archive:
            for name in archive.namelist():
                if name.endswith(".jpg"):
                    content = archive.read(name)
                    hashlib.sha256(content).hexdigest()
                    thumbnail(content, THUMB_SIDE_PX)

    return work


def _import(folder: Path) -> Callable[[], None]:
    from core.models import Project, User
    from core.services.uploads import upload_from
    from datasets.services.datasets import dataset_create
    from datasets.services.imports import ImportOptions, import_submit_upload

    user = User.objects.create(username="bench", is_superuser=True)
    project = Project.objects.create(name="bench", created_by=user)
    dataset = dataset_create(actor=user, project=project, name="bench", task="object_detection")
    with (folder / "bench.zip").open("rb") as file:
        upload = upload_from(user, filename="bench.zip", chunks=iter(lambda: file.read(1 << 20), b""))
    job = import_submit_upload(
        actor=user, dataset=dataset, upload_id=upload.pk, filename="bench.zip", options=ImportOptions()
    )
    return lambda: _run(job.pk)


def _copy(folder: Path) -> Callable[[], None]:
    """The limit of the database: the boxes into a table like ours and out again."""
    from django.db import connection

    from datasets.models import Shape

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bare (LIKE datasets_shape INCLUDING INDEXES)")
    columns = (
        "id",
        "sample_id",
        "dataset_id",
        "label_class_id",
        "kind",
        "position",
        "x",
        "y",
        "w",
        "h",
        "source",
    )
    rows = list(Shape.objects.values_list(*columns))

    def work() -> None:
        with connection.cursor() as cursor:
            with cursor.copy(f"COPY bare ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            with cursor.copy("COPY bare TO STDOUT") as copy:
                for _ in copy:
                    pass

    return work


def _version(folder: Path) -> Callable[[], None]:
    from core.models import User
    from datasets.models import Dataset
    from datasets.services.versions import version_submit
    from datasets.splits import SplitSpec

    user = User.objects.get(username="bench")
    job = version_submit(actor=user, dataset=Dataset.objects.get(), name="", spec=SplitSpec(), conditions={})
    return lambda: _run(job.pk)


def _diff(folder: Path) -> Callable[[], None]:
    from datasets.models import DatasetVersion
    from datasets.services.version_diff import version_diff

    older, newer = DatasetVersion.objects.order_by("number")
    return lambda: _none(version_diff(newer, older))


def _export(folder: Path) -> Callable[[], None]:
    from core.models import User
    from datasets.models import DatasetVersion
    from datasets.services.exports import export_submit

    user, version = User.objects.get(username="bench"), DatasetVersion.objects.get(number=1)
    job = export_submit(actor=user, version=version, format="coco", include_media=False)
    return lambda: _run(job.pk)


STEPS: Final = {
    "prepare": _prepare,
    "limit: unzip, hash, decode, thumbnail": _raw,
    "import": _import,
    "limit: COPY in and out": _copy,
    "version": _version,
    "version again": _version,
    "diff": _diff,
    "export COCO": _export,
}


def _run(job_id: Any) -> None:
    from core.jobs import runner
    from core.models import Job

    runner.run(job_id)
    job = Job.objects.get(pk=job_id)
    if job.state != Job.State.SUCCEEDED:
        raise RuntimeError(job.error_detail)


def _none(value: object) -> None:
    del value


def _cpu_s() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _peak_mb() -> int:
    lines: Iterator[str] = iter(Path("/proc/self/status").read_text().splitlines())
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


if __name__ == "__main__":
    main()
