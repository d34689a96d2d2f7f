"""How long the checks of a data set take, and what measuring a picture costs its import.

    python scripts/bench_quality.py [--samples 20000]

The samples are rows with made-up measurements: random fields with the spectrum of photographs, one in fifty
a copy of another. No picture is opened. Runs in a folder of its own; the database is the one of
DATABASE_URL, SQLite in that folder without it. Prints seconds, and what was found of the copies.
"""

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

COPIES = 50


def made_pictures(count: int, seed: int) -> NDArray[np.uint8]:
    """(N, 48, 48, 3) RGB: noise whose amplitude falls with the frequency, the last of every fifty a copy."""
    rng = np.random.default_rng(seed)
    distance = np.hypot(np.fft.fftfreq(48)[:, None], np.fft.rfftfreq(48)[None, :])
    amplitude = 1 / np.maximum(distance, 1 / 48) ** 1.2
    noise = np.fft.rfft2(rng.normal(size=(count, 48, 48)).astype(np.float32)) * amplitude
    fields = np.fft.irfft2(noise, s=(48, 48))
    fields -= fields.min(axis=(1, 2), keepdims=True)
    fields *= 255 / fields.max(axis=(1, 2), keepdims=True)
    pictures = (fields[..., None] * rng.uniform(0.5, 1, (count, 1, 1, 3))).astype(np.uint8)
    copied = np.arange(COPIES - 1, count, COPIES)
    pictures[copied] = pictures[copied - 1] // 2 + 20
    return pictures


def rows_made(dataset: Any, count: int) -> None:
    """Samples with measurements and nothing behind them."""
    from core.clock import utc_now
    from core.ids import uuid7
    from datasets.models import Sample
    from datasets.quality.features import features_of
    from datasets.services.bulk import rows_insert

    columns = "id dataset_id name sha256 thumb_sha256 media_type size_bytes payload features state split group labels"
    columns += " findings annotation_revision annotation_source dhash64 imported_at"
    now, number = utc_now(), 0
    while number < count:
        rows = []
        for picture in made_pictures(min(2_000, count - number), number):
            features, dhash = features_of(picture)
            number += 1
            row = [uuid7(), dataset.pk, f"{number}.jpg", f"{number:064x}", "", "image/jpeg", 20_000]
            payload = {"width": 640, "height": 480, "mode": "RGB", "frames": 1}
            row += [payload, features.to_json(), "labeled", "", "", [], [], 1, "import", dhash, now]
            rows.append(row)
        rows_insert(Sample, columns.split(), rows)


def measure(samples: int) -> None:
    """Fill, check, print."""
    import django

    django.setup()
    from django.core.management import call_command

    from core.jobs import dispatch, runner
    from core.models import Job, Project, User
    from datasets.quality.features import features_of
    from datasets.services.datasets import dataset_create
    from datasets.services.quality import quality_submit

    call_command("migrate", verbosity=0)
    vars(dispatch)["ring"] = lambda job_id, queue: None
    user = User.objects.create(username="bench", is_superuser=True)
    project = Project.objects.create(name="bench", created_by=user)
    dataset = dataset_create(actor=user, project=project, name="bench", task="image_classification")
    thumbs = np.repeat(np.repeat(made_pictures(300, 1), 3, axis=1), 3, axis=2)[:, :120]
    began = time.process_time()
    for thumb in thumbs:
        features_of(thumb)
    feature_ms = (time.process_time() - began) / len(thumbs) * 1e3
    rows_made(dataset, samples)
    job = quality_submit(actor=user, dataset=dataset)
    wall, cpu = time.perf_counter(), time.process_time()
    runner.run(job.pk)
    figures = {
        "samples": samples,
        "checks_s": round(time.perf_counter() - wall, 1),
        "checks_cpu_s": round(time.process_time() - cpu, 1),
        "measuring_a_picture_ms": round(feature_ms, 3),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "copies": samples // COPIES,
        "result": Job.objects.get(pk=job.pk).result,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def main() -> None:
    """Measure in a folder that is gone afterwards."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--samples", type=int, default=20_000)
    folder = Path(tempfile.mkdtemp(prefix="studio-bench-"))
    os.environ.setdefault("STUDIO_SECRET_KEY", "a key for a bench only, longer than thirty-two letters")
    os.environ["STUDIO_DATA_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    try:
        measure(arguments.parse_args().samples)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
