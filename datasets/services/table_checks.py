"""The checks of a table, run in a child."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.jobs.context import JobContext
from core.services.blobs import blob_location
from core.services.scratch import scratch_dir
from datasets.models import Dataset, DatasetVersion
from datasets.quality.label_stats import Found
from datasets.selectors.tables import as_columns, columns_of, part_paths, parts_of, table_of
from datasets.tables.worker import worked


def table_findings(ctx: JobContext, dataset: Dataset) -> list[Found]:
    """Every finding; drift is told against the newest version. Raises TableWorkerDied."""
    table = table_of(dataset)
    last = DatasetVersion.objects.filter(dataset=dataset).order_by("-number").first()
    spec: dict[str, Any] = {
        "parts": [str(path) for path in part_paths(parts_of(table))],
        "before": [] if last is None else [str(blob_location(last.manifest_sha256)[0])],
        "columns": [column.to_json() for column in as_columns(columns_of(table))],
        "target": table.target,
    }
    with TemporaryDirectory(dir=scratch_dir(), prefix="check-") as folder:
        answer = worked("check", Path(folder), spec, check=ctx.check)
    return [Found(*row) for row in answer["found"]]
