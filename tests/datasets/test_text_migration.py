"""The migration that brought texts goes back and comes again with what it brought still there."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from core.clock import utc_now
from core.models import Project, User
from datasets.models import Dataset, LabelClass, Sample, Shape
user = User.objects.create(username="u")
project = Project.objects.create(name="p", created_by=user)
dataset = Dataset.objects.create(project=project, name="d", modality="text", task="ner", created_by=user)
label = LabelClass.objects.create(dataset=dataset, name="PER", index=0, color="#000000")
sample = Sample.objects.create(dataset=dataset, name="s", sha256="0" * 64, size_bytes=1, imported_at=utc_now())
place = {"start": 0, "end": 3}
common = {"sample": sample, "dataset": dataset, "label_class": label}
Shape.objects.create(kind="span", geometry=place, **common)
Shape.objects.create(kind="box", x=1, y=2, w=3, h=4, **common)
call_command("migrate", "datasets", "0007", verbosity=0)
call_command("migrate", verbosity=0)
for row in Shape.objects.order_by("kind").values_list("kind", "geometry", "x", "y", "w", "h"):
    print(*row, sep="|")
"""


def test_spans_survive_the_way_back_and_forth(tmp_path):
    env = {
        **os.environ,
        "STUDIO_DATA_DIR": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "studio.settings",
    }
    env.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "box|None|1.0|2.0|3.0|4.0",
        "span|{'start': 0, 'end': 3}|None|None|None|None",
    ]
