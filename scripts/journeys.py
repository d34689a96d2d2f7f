"""`make journeys`: D1 with 5,000 pictures and D2 with 100,000 of which 2,000 are chosen, in a browser, on PostgreSQL.

    python scripts/journeys.py [--pictures 5000] [--samples 100000] [--chosen 2000] [import | browse]

Both in both languages, each part with its seconds. The 100,000 are rows as an import leaves them, written by
`INSERT ... SELECT` (scripts/bench_browse.py); they share one thumbnail, and their pictures themselves are not there.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PATIENCE_S: Final = 900
LABEL, BELOW = "class3", 0.45


def main() -> int:
    """Playwright's exit status."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pictures", type=int, default=5_000)
    arguments.add_argument("--samples", type=int, default=100_000)
    arguments.add_argument("--chosen", type=int, default=2_000)
    arguments.add_argument("only", nargs="*", help="import or browse; both where nothing is said")
    asked = arguments.parse_args()
    from tests.support.servers import database_on, postgres_server
    from tests.support.stack import Stack

    with (
        tempfile.TemporaryDirectory(prefix="studio-journeys-", ignore_cleanup_errors=True) as folder,
        postgres_server() as server,
        database_on(server, "journeys") as url,
    ):
        stack = Stack(Path(folder) / "var", {"DATABASE_URL": url})
        try:
            stack.start(PATIENCE_S)
            filled = _filled(stack, url, asked.samples, asked.chosen)
            return _played(stack, filled, asked.pictures, asked.only)
        finally:
            stack.close()


def _filled(stack: Any, url: str, samples: int, chosen: int) -> dict[str, Any]:
    """What the journey has to know about the large data set."""
    token = stack.token()
    project = stack.api("POST", "/projects/", token, json={"name": "D2"}).json()["id"]
    classes = [{"name": f"class{number}"} for number in range(10)]
    body = {"project": project, "name": "D2", "modality": "image", "task": "object_detection"}
    body |= {"label_schema": {"classes": classes}}
    made = stack.api("POST", "/datasets/", token, json=body).json()
    thumb = _thumb(stack, token, {**body, "name": "one picture"})
    os.environ.update(
        STUDIO_DATA_DIR=str(stack.data_dir), DATABASE_URL=url, DJANGO_SETTINGS_MODULE="studio.settings"
    )
    import bench_browse
    import django

    django.setup()
    labels = [row["id"] for row in made["label_schema"]["classes"]]
    bench_browse.fill(made["id"], labels, samples)
    _finish(made["id"], thumb, chosen)
    known = {"project": project, "dataset": made["id"], "samples": samples, "chosen": chosen}
    return {**known, "label": LABEL, "below": BELOW}


def _thumb(stack: Any, token: str, body: dict[str, Any]) -> str:
    """The thumbnail of a picture that was imported."""
    from PIL import Image

    out, packed = io.BytesIO(), io.BytesIO()
    Image.radial_gradient("L").resize((320, 240)).convert("RGB").save(out, "JPEG")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("picture.jpg", out.getvalue())
    dataset = stack.api("POST", "/datasets/", token, json=body).json()["id"]
    files = {"file": ("one.zip", packed.getvalue())}
    job = stack.api("POST", f"/datasets/{dataset}/imports/", token, files=files).json()["job"]
    stack.wait_job(job["id"], token)
    (row,) = stack.api("GET", f"/datasets/{dataset}/samples/", token).json()["results"]
    return str(row["thumb_url"]).rpartition("/")[2].partition("?")[0]


def _finish(dataset: str, thumb: str, chosen: int) -> None:
    """A thumbnail for all, and scores for those of one class: so many are below the limit, the others far above."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE datasets_sample SET thumb_sha256 = %s WHERE dataset_id = %s", [thumb, dataset])
        cursor.execute(
            "UPDATE datasets_shape SET score = CASE WHEN s.place <= %s THEN %s ELSE 0.9 END FROM ("
            "SELECT sample.id, row_number() OVER (ORDER BY md5(sample.id::text)) AS place FROM datasets_sample sample "
            "JOIN datasets_labelclass class ON class.id = sample.label_class_id "
            "WHERE sample.dataset_id = %s AND class.name = %s) s WHERE s.id = datasets_shape.sample_id",
            [chosen, BELOW / 2, dataset, LABEL],
        )
        cursor.execute("VACUUM ANALYZE datasets_sample, datasets_shape")
    connection.close()


def _played(stack: Any, filled: dict[str, Any], pictures: int, only: list[str]) -> int:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "STUDIO_DATA_DIR")
    }
    env |= {
        "PATH": path,
        "STUDIO_E2E_LARGE": "1",
        "STUDIO_E2E_SEED": "{}",
        "STUDIO_E2E_URL": stack.base_url,
        "STUDIO_E2E_DATA_DIR": str(stack.data_dir),
        "STUDIO_E2E_USERNAME": stack.admin_username,
        "STUDIO_E2E_PASSWORD": stack.admin_password,
        "STUDIO_E2E_PICTURES": str(pictures),
        "STUDIO_E2E_FILLED": json.dumps(filled),
    }
    command = ["npm", "exec", "--", "playwright", "test", "--project=large", *only]
    return subprocess.run(command, cwd=ROOT / "frontend", env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
