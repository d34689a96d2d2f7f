"""Pages of the sample list on PostgreSQL beside bare SQL: milliseconds, processor time, statements.

    python scripts/bench_browse.py [--samples 10000 100000] [--repeats 30]

`make bench` takes 10,000 and 100,000 samples; `make bench-million` a million, which needs some minutes and
3 GB; `make bench-data` some of the pages at all three sizes. Two boxes a sample of 10 classes, the last class on one sample in a thousand. Requests go through
Django's whole stack (session, permissions, validation), but not through a socket. The limit is the same page
by psycopg and orjson alone. CPU is this process and the database's. One JSON line for each size.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

LIMIT: Final = 100
CLASSES: Final = 10
_IDS: Final = (
    "(lpad(to_hex(1760000000000 + i), 12, '0') || '70008000' || lpad(to_hex({salt} + i), 12, '0'))::uuid"
)


def main() -> None:
    """Start a server, fill it for each size, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--samples", type=int, nargs="+", default=[10_000, 100_000])
    arguments.add_argument("--repeats", type=int, default=30)
    arguments.add_argument(
        "--only", nargs="*", default=(), help="pages by name, on the database of DATABASE_URL"
    )
    asked = arguments.parse_args()
    if asked.only:
        _prepared()
        for samples in asked.samples:
            print(json.dumps(Bench(samples, asked.repeats).figures(asked.only)), flush=True)
        return
    from tests.support.servers import database_on, postgres_server

    with (
        tempfile.TemporaryDirectory(prefix="studio-bench-", ignore_cleanup_errors=True) as folder,
        postgres_server() as server,
        database_on(server, "bench") as url,
    ):
        os.environ.update(
            STUDIO_DATA_DIR=folder, DJANGO_SETTINGS_MODULE="studio.settings", DATABASE_URL=url,
            STUDIO_SECRET_KEY="only for measuring, longer than thirty-two letters",  # noqa: S106
        )  # fmt: skip
        _prepared()
        for samples in asked.samples:
            print(json.dumps(Bench(samples, asked.repeats).figures()), flush=True)
        from django.db import connections

        connections.close_all()


def _prepared() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)


class Bench:
    """One data set of a size, and the requests that a browser makes of it."""

    def __init__(self, samples: int, repeats: int) -> None:
        from rest_framework.test import APIClient

        from datasets.services.datasets import dataset_create
        from tests import factories

        self.samples, self.repeats = samples, repeats
        boss = factories.user_make()
        project = factories.project_make(created_by=boss)
        classes = [{"name": f"class{number}"} for number in range(CLASSES)]
        self.dataset = dataset_create(
            actor=boss, project=project, name="bench", task="object_detection", classes=classes
        )
        self.labels = [str(row.pk) for row in self.dataset.classes.order_by("index")]
        self.client = APIClient()
        self.client.force_login(boss)
        began = time.perf_counter()
        fill(self.dataset.pk, self.labels, samples)
        self.fill_s = time.perf_counter() - began

    def figures(self, names: Collection[str] = ()) -> dict[str, Any]:
        """What each request took, or each of those that are named, alone."""
        base = f"/api/v1/datasets/{self.dataset.pk}/"
        asked = self._asked()
        if names:
            asked = {name: asked[name] for name in names}
        result: dict[str, Any] = {
            "samples": self.samples,
            "fill_s": round(self.fill_s, 1),
            "limit: page by SQL": self._timed(self._bare, times=10),
        }
        for name, query in asked.items():
            url = f"{base}samples/?limit={LIMIT}&{query}"
            result[name] = self._timed(partial(self._get, url))
            result[name]["rows"] = len(self._get(url).json()["results"])
            if names:
                continue
            result[f"{name}, with count"] = self._timed(partial(self._get, f"{url}&count=1"))
            if query and not query.startswith(("cursor", "ordering")):
                result[f"{name}, facets"] = self._timed(partial(self._get, f"{base}facets/?{query}"))
        result["statistics"] = self._timed(lambda: self._get(f"{base}statistics/"))
        result["statements of a page"] = self._statements(
            f"{base}samples/?limit={LIMIT}&label={self.labels[0]}&count=1"
        )
        return result

    def _asked(self) -> dict[str, str]:
        """Pages by name, as the query of the list."""
        common, rare = self.labels[0], self.labels[-1]
        return {
            "first page": "",
            "page at 90 %": f"cursor={self._deep()}",
            "newest first": "ordering=-id",
            "by import": "ordering=imported_at",
            "by name": "ordering=name",
            "by size, largest": "ordering=-size",
            "label": f"label={common}",
            "rare label": f"label={rare}",
            "label, by size": f"label={common}&ordering=-size",
            "rare label, by size": f"label={rare}&ordering=-size",
            "state": "state=unlabeled",
            "state and split": "state=labeled&split=test",
            "state, split, label (none)": f"state=labeled&split=test&label={common}",
            "state, split, label": f"state=labeled&split=train&label={common}",
            "filter language": "filter=label:class1,class2 -split:test (size>20kb or finding:blurry)",
            "by size, then name": "ordering=-size,name",
            "finding": "finding=picture_blurry",
            "finding and state (none)": "finding=picture_blurry&state=labeled",
            "finding, by size": "finding=picture_blurry&ordering=-size",
            "tag": "tag=line+3",
            "rare tag": "tag=rainy",
            "rare tag, by size": "tag=rainy&ordering=-size",
            "without a tag": "tag=none",
            "tag in the filter language": 'filter=tag:rainy,sunny -tag:"line 3" state:labeled',
            "tag and state": "tag=line+3&state=unlabeled",
            "text, common": "text=picture",
            "text, rare": f"text={self.samples // 2:08}",
            "text, none": "text=nothing-like-it",
        }

    def _get(self, url: str) -> Any:
        answer = self.client.get(url)
        if answer.status_code != 200:
            raise RuntimeError(answer.content)
        return answer

    def _deep(self) -> str:
        from core.api.pages import Cursor
        from datasets.models import Sample

        row = Sample.objects.filter(dataset=self.dataset).order_by("pk")[self.samples * 9 // 10]
        first = self._get(f"/api/v1/datasets/{self.dataset.pk}/samples/?limit=1").json()["next"]
        is_by_id = len(json.loads(_decoded(first))[0]) == 1
        values = [str(row.pk)] if is_by_id else [str(row.imported_at), str(row.pk)]
        return Cursor(values).encode()

    def _bare(self) -> None:
        import orjson
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id::text, name, sha256, state, split, labels::text, size_bytes FROM datasets_sample "
                "WHERE dataset_id = %s ORDER BY datasets_sample.id LIMIT %s",
                [self.dataset.pk, LIMIT],
            )
            orjson.dumps(cursor.fetchall())

    def _timed(self, action: Callable[[], Any], times: int = 1) -> dict[str, float]:
        for _ in range(3):
            action()
        spent: list[float] = []
        cpu = time.process_time() + _database_cpu_s()
        for _ in range(times * self.repeats):
            begun = time.perf_counter()
            action()
            spent.append((time.perf_counter() - begun) * 1_000)
        cpu = time.process_time() + _database_cpu_s() - cpu
        spent.sort()
        return {
            "p50_ms": round(statistics.median(spent), 1),
            "p95_ms": round(spent[int(len(spent) * 0.95)], 1),
            "cpu_ms": round(cpu / len(spent) * 1_000, 2),
        }

    def _statements(self, url: str) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as caught:
            self._get(url)
        return len(caught)


def _decoded(link: str) -> bytes:
    import base64
    from urllib.parse import parse_qs, urlsplit

    text = parse_qs(urlsplit(link).query)["cursor"][0]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _database_cpu_s() -> float:
    """Processor seconds of this connection's server process."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone() or (0,)
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def fill(dataset_id: Any, labels: list[str], samples: int) -> None:
    """Rows by INSERT ... SELECT, counters from a count of them."""
    from django.db import connection

    from datasets.selectors.counters import counted_of
    from datasets.services.counters import counters_add

    sample_id = _IDS.format(salt=samples)

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO datasets_sample (id, dataset_id, name, sha256, thumb_sha256, media_type, size_bytes, "  # noqa: S608
            'payload, features, state, split, "group", label_class_id, labels, findings, annotation_revision, '
            "annotation_source, imported_at) "
            f"SELECT {sample_id}, %(d)s, 'picture' || lpad(i::text, 8, '0') || '.jpg', "
            "md5(i::text || %(d)s) || md5(i::text), md5('t' || i) || md5(i::text), 'image/jpeg', "
            '15000 + hashint4(i) %% 10000, \'{"mode": "RGB", "width": 320, "frames": 1, "height": 240}\', \'{}\', '
            "CASE WHEN i %% 5 = 0 THEN 'unlabeled' ELSE 'labeled' END, "
            "(ARRAY['train','train','train','val','test',''])[1 + i %% 6], '', "
            "(%(l)s::uuid[])[1 + i %% 9], jsonb_build_array((%(l)s::text[])[1 + i %% 9]), "
            "CASE WHEN i %% 50 = 0 THEN '[\"picture_blurry\"]'::jsonb ELSE '[]' END, 1, 'import', "
            "'2026-01-01'::timestamptz + i * interval '1 ms' FROM generate_series(1, %(n)s) i",
            {"d": str(dataset_id), "l": labels, "n": samples},
        )
        cursor.execute(
            "INSERT INTO datasets_shape (id, sample_id, dataset_id, label_class_id, kind, position, x, y, w, h, source) "
            "SELECT gen_random_uuid(), id, dataset_id, CASE WHEN box = 2 AND n %% 1000 = 0 THEN %(rare)s ELSE label_class_id END, "
            "'box', box, 10, 10, 50, 50, 'import' FROM (SELECT id, dataset_id, label_class_id, "
            "row_number() OVER () AS n FROM datasets_sample WHERE dataset_id = %(d)s) s, generate_series(1, 2) box",
            {"d": str(dataset_id), "rare": labels[-1]},
        )
        cursor.execute(
            "INSERT INTO datasets_samplefinding (dataset_id, code, sample_id) SELECT dataset_id, 'picture_blurry', id "
            "FROM datasets_sample WHERE dataset_id = %s AND findings <> '[]'",
            [str(dataset_id)],
        )
        _tag(cursor, str(dataset_id))
        counters_add(dataset_id, counted_of(dataset_id))
        cursor.execute(
            "VACUUM ANALYZE datasets_sample, datasets_shape, datasets_samplefinding, datasets_sampletag"
        )


def _tag(cursor: Any, dataset_id: str) -> None:
    """One tag on nine samples of ten, one on a sample in a thousand."""
    cursor.execute(
        "UPDATE datasets_sample SET tags = t.tags, tag_count = jsonb_array_length(t.tags) FROM ("
        "SELECT id, CASE WHEN n %% 10 = 0 THEN '[]'::jsonb ELSE '[\"line 3\"]' END "
        "|| CASE WHEN n %% 1000 = 0 THEN '[\"rainy\"]'::jsonb ELSE '[]' END AS tags "
        "FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM datasets_sample WHERE dataset_id = %s) s) t "
        "WHERE t.id = datasets_sample.id AND t.tags <> '[]'",
        [dataset_id],
    )
    cursor.execute(
        "INSERT INTO datasets_sampletag (dataset_id, tag, sample_id) SELECT dataset_id, t, id "
        "FROM datasets_sample, jsonb_array_elements_text(tags) t WHERE dataset_id = %s",
        [dataset_id],
    )


if __name__ == "__main__":
    main()
