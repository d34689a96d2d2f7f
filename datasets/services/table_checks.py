"""The checks of a table, run in a child."""

import uuid
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.errors import InvalidInput, NotFound
from core.jobs.context import JobContext
from core.services.blobs import blob_location
from core.services.scratch import scratch_dir
from datasets.models import Dataset, DatasetVersion, Modality
from datasets.quality.label_stats import Found
from datasets.selectors.tables import as_columns, columns_of, part_paths, parts_of, table_of
from datasets.tables.worker import worked


def against_check(dataset: Dataset, against: uuid.UUID | None) -> None:
    """Refuse to compare with what is no version of this table. Raises InvalidInput."""
    if against is None:
        return
    if dataset.modality != Modality.TABULAR:
        raise InvalidInput("only a table is compared with a version of before", field="against")
    if not DatasetVersion.objects.filter(dataset=dataset, pk=against).exists():
        raise InvalidInput("this data set has no such version", field="against")


def table_findings(ctx: JobContext, dataset: Dataset) -> list[Found]:
    """Every finding; drift is told against the version asked for, or the newest. Raises NotFound, TableWorkerDied."""
    table = table_of(dataset)
    before = _before(dataset, ctx.params.get("against"))
    spec: dict[str, Any] = {
        "parts": [str(path) for path in part_paths(parts_of(table))],
        "before": [] if before is None else [str(blob_location(before.manifest_sha256)[0])],
        "columns": [column.to_json() for column in as_columns(columns_of(table))],
        "target": table.target,
    }
    with TemporaryDirectory(dir=scratch_dir(), prefix="check-") as folder:
        answer = worked("check", Path(folder), spec, check=ctx.check)
    found = [Found(*row) for row in answer["found"]]
    return [_versioned(row, before) for row in found]


def _before(dataset: Dataset, against: str | None) -> DatasetVersion | None:
    versions = DatasetVersion.objects.filter(dataset=dataset)
    if against is None:
        return versions.order_by("-number").first()
    found = versions.filter(pk=against).first()
    if found is None:
        raise NotFound("the version to compare with is gone; choose another")
    return found


def _versioned(row: Found, before: DatasetVersion | None) -> Found:
    """What is told of drift says what it was compared with."""
    if row.code != "column_drift" or before is None or not row.count:
        return row
    version = {"id": str(before.pk), "number": before.number, "name": before.name}
    return replace(row, params={**row.params, "version": version})
