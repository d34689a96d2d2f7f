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
from collections.abc import Callable, Iterator, Mapping
from functools import partial
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
    cpu, database, began = _cpu_s(), server_cpu_s(), time.perf_counter()
    action()
    took, cpu, database = time.perf_counter() - began, _cpu_s() - cpu, server_cpu_s() - database
    print(
        json.dumps(
            {
                "step": step,
                "images": images,
                "wall_s": round(took, 2),
                "cpu_s": round(cpu, 2),
                "database_cpu_s": round(database, 2),
                "images_per_cpu_s": round(images / max(cpu + database, 0.01)),
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


def _raw(folder: Path, *, is_measured: bool = False) -> Callable[[], None]:
    """The limit of the pictures: in as many processes as the import decodes in, since busy cores slow each other.

    `is_measured`: with what the import says of a picture for the checks, by the same code.
    """
    from multiprocessing import get_context

    from datasets.formats.decoding.pool import default_size

    size = default_size()

    def work() -> None:
        parts = [
            get_context("fork").Process(target=_raw_part, args=(folder, part, size, is_measured))
            for part in range(size)
        ]
        for part in parts:
            part.start()
        for part in parts:
            part.join()
            if part.exitcode:
                raise RuntimeError(f"a part of the limit ended with {part.exitcode}")

    return work


def _raw_part(folder: Path, part: int, size: int, is_measured: bool) -> None:
    from core.imaging import thumbnail
    from datasets.formats.decoding.child import answer_for
    from datasets.formats.decoding.intake import THUMB_SIDE_PX

    made = answer_for if is_measured else thumbnail

    with zipfile.ZipFile(folder / "bench.zip") as archive:
        for name in archive.namelist()[part::size]:
            if name.endswith(".jpg"):
                content = archive.read(name)
                hashlib.sha256(content).hexdigest()
                made(content, THUMB_SIDE_PX)


def _import(folder: Path) -> Callable[[], None]:
    from core.models import Project, User
    from datasets.services.datasets import dataset_create

    user = User.objects.create(username="bench", is_superuser=True)
    project = Project.objects.create(name="bench", created_by=user)
    dataset = dataset_create(actor=user, project=project, name="bench", task="object_detection")
    return _imported(folder, user, dataset)


def _imported(folder: Path, user: Any, dataset: Any) -> Callable[[], None]:
    from core.services.uploads import upload_from
    from datasets.services.imports import ImportOptions, import_submit_upload

    with (folder / "bench.zip").open("rb") as file:
        upload = upload_from(user, filename="bench.zip", chunks=iter(lambda: file.read(1 << 20), b""))
    job = import_submit_upload(
        actor=user, dataset=dataset, upload_id=upload.pk, filename="bench.zip", options=ImportOptions()
    )
    return lambda: _run(job.pk)


SHAPE: Final = (
    *("id", "sample_id", "dataset_id", "label_class_id", "kind", "position"),
    *("x", "y", "w", "h", "geometry", "source", "score"),
)


def _bare() -> list[Any]:
    """An empty table as that of the boxes, and the boxes of all."""
    from django.db import connection

    from datasets.models import Shape

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bare (LIKE datasets_shape INCLUDING INDEXES)")
    return list(Shape.objects.values_list(*SHAPE))


def _copy_in(folder: Path) -> Callable[[], None]:
    """The limit of the database: the boxes into a table like ours."""
    from django.db import connection

    rows = _bare()

    def work() -> None:
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY bare ({', '.join(SHAPE)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)

    return work


def _copy_out(folder: Path) -> Callable[[], None]:
    """The limit of the database: the boxes as JSON made in SQL, thrown away."""
    from django.db import connection

    said = "SELECT json_build_object('image_id', sample_id, 'bbox', ARRAY[x, y, w, h]) FROM datasets_shape"

    def work() -> None:
        with connection.cursor() as cursor, cursor.copy(f"COPY ({said}) TO STDOUT") as copy:
            for _ in copy:
                pass

    return work


def _annotations(folder: Path) -> Callable[[], None]:
    """The boxes once more as the import writes them, into the table of all with its checks."""
    import uuid

    from django.db import transaction

    from datasets.models import Shape
    from datasets.services.bulk import rows_insert

    rows = [[uuid.uuid4(), *row[1:]] for row in Shape.objects.values_list(*SHAPE)]

    def work() -> None:
        with transaction.atomic():
            rows_insert(Shape, SHAPE, rows)
            transaction.set_rollback(True)

    return work


def _import_known(folder: Path) -> Callable[[], None]:
    """The archive a second time: read, hashed, its labels compared; no picture is opened."""
    from core.models import User
    from datasets.models import Dataset

    return _imported(folder, User.objects.get(username="bench"), Dataset.objects.get())


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


STEPS: Final[Mapping[str, Callable[[Path], Callable[[], None]]]] = {
    "prepare": _prepare,
    "limit: unzip, hash, decode, thumbnail": _raw,
    "limit: the same, measured for the checks": partial(_raw, is_measured=True),
    "import": _import,
    "import, pictures known": _import_known,
    "limit: COPY in": _copy_in,
    "annotations alone": _annotations,
    "limit: COPY out as JSON": _copy_out,
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


def server_cpu_s() -> float:
    """Processor seconds of the database server so far: its processes, and those that have ended."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone() or (0,)
    parent = _stat(pid)[1]
    children = [
        stat for entry in Path("/proc").glob("[0-9]*") if (stat := _stat(entry.name)) and stat[1] == parent
    ]
    own = _stat(parent)
    ticks = sum(own[11:15]) + sum(sum(stat[11:13]) for stat in children)
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: object) -> list[int]:
    """Numbers of `/proc/<pid>/stat` behind the name of the program (the state as 0); none of one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
    return [0, *map(int, fields[1:])]


def _peak_mb() -> int:
    lines: Iterator[str] = iter(Path("/proc/self/status").read_text().splitlines())
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


if __name__ == "__main__":
    main()
