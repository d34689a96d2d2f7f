"""Versions and exports of tables: one immutable Parquet file with its splits."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import orjson
from django.db.models import Max

from core.errors import InvalidInput
from core.faults import fault
from core.jobs.context import JobContext
from core.services import audit
from core.services.blobs import blob_location, blob_put_file, blobs_register
from core.services.scratch import scratch_dir
from datasets.models import Dataset, DatasetVersion, Table
from datasets.selectors.tables import as_columns, columns_of, part_paths, parts_of, table_of
from datasets.selectors.versions import version_render
from datasets.services.counters import dataset_locked
from datasets.services.table_import import PART_TYPE
from datasets.services.version_checks import checks_noted
from datasets.services.version_splits import held_version, warned
from datasets.splits import SplitSpec
from datasets.tables.deal import STRATEGIES, SplitImpossible
from datasets.tables.freeze import TableEmpty
from datasets.tables.query import conditions_from
from datasets.tables.worker import worked

_CONDITIONS: Final = ("rows", "state", "split_column", "test_column")


def table_version_check(dataset: Dataset, spec: SplitSpec, conditions: Mapping[str, str]) -> None:
    """Refuse what can be seen to fail. Raises InvalidInput, TableEmpty, SplitImpossible."""
    table = table_of(dataset)
    columns = {column.index: column for column in as_columns(columns_of(table))}
    if set(conditions) - set(_CONDITIONS):
        raise InvalidInput("unknown filter", field="filter", known=list(_CONDITIONS))
    conditions_from(_rows_filter(conditions), columns)
    if spec.strategy not in STRATEGIES:
        raise InvalidInput("unknown strategy", field="split", known=list(STRATEGIES))
    if not parts_of(table):
        raise TableEmpty("there are no rows yet; import some first")
    if spec.strategy == "stratified" and table.target is None:
        raise SplitImpossible("a stratified split needs a target column; choose one, or split at random")
    if spec.strategy in ("group", "time", "given") and _column(conditions, "split_column") not in columns:
        raise SplitImpossible(f"a split by {spec.strategy} needs a column; choose one")
    if spec.lock_test and spec.strategy != "given" and _column(conditions, "test_column") not in columns:
        raise SplitImpossible(
            "a locked test split needs the column that says which rows are test; choose one"
        )


def table_version_run(ctx: JobContext, dataset: Dataset) -> dict[str, Any]:
    """Freeze and split; the new version as the API shows it. Raises TableEmpty, SplitImpossible."""
    table, spec, conditions = table_of(dataset), SplitSpec(**ctx.params["split"]), ctx.params["filter"]
    held, checks = held_version(dataset, spec), checks_noted(dataset)
    with TemporaryDirectory(dir=scratch_dir(), prefix="freeze-") as name:
        folder = Path(name)
        made = worked(
            "freeze",
            folder,
            {
                "parts": [str(path) for path in part_paths(parts_of(table))],
                "columns": [column.to_json() for column in as_columns(columns_of(table))],
                "split": {
                    **asdict(spec),
                    "column": _column(conditions, "split_column"),
                    "test_column": _column(conditions, "test_column") if spec.lock_test else None,
                },
                "held": None if held is None else str(blob_location(held.manifest_sha256)[0]),
                "filter": _rows_filter(conditions),
                "target": table.target,
                "keep_unlabeled": conditions.get("state") == "all",
                "task": dataset.task,
            },
            check=ctx.check,
        )
        ref = blob_put_file(folder / "frozen.parquet", PART_TYPE)
    fault("version.after-blob")
    with ctx.fenced() as job:
        dataset_locked(dataset.pk)
        last = DatasetVersion.objects.filter(dataset=dataset).aggregate(last=Max("number"))["last"]
        number = (last or 0) + 1
        blobs_register([ref])
        version = DatasetVersion(
            id=uuid.UUID(ctx.params["version"]),
            dataset=dataset,
            number=number,
            name=ctx.params["name"] or f"v{number}",
            manifest_sha256=ref.sha256,
            content_hash=made["content_hash"],
            split={key: value for key, value in asdict(spec).items() if key != "seed"},
            seed=spec.seed,
            filter=conditions,
            counts=made["counts"],
            classes=made["classes"],
            warnings=_warnings(table, made["counts"]["samples"], made["outcome"]),
            checks=checks,
            job=job,
            created_by_id=ctx.created_by_id or dataset.created_by_id,
        )
        version.save(force_insert=True)
        audit.record(
            job.created_by, "datasets.version.created", version, project=dataset.project_id, number=number
        )
        result = orjson.loads(orjson.dumps(version_render(version)))
        fault("version.before-finish")
        ctx.finish(job, result)
    return dict(result)


def table_export_write(ctx: JobContext, version: DatasetVersion, path: Path) -> None:
    """Write the archive of a table's version to `path`."""
    frozen, _, _ = blob_location(version.manifest_sha256)
    with TemporaryDirectory(dir=scratch_dir(), prefix="export-") as name:
        folder = Path(name)
        spec = {"frozen": str(frozen), "format": ctx.params["format"]}
        worked("export", folder, spec, check=ctx.check)
        (folder / "export.zip").replace(path)


def _rows_filter(conditions: Mapping[str, str]) -> Any:
    try:
        return json.loads(conditions.get("rows") or "[]")
    except ValueError as exc:
        raise InvalidInput("the filter of rows is no JSON", field="filter") from exc


def _column(conditions: Mapping[str, str], name: str) -> int | None:
    said = conditions.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else None


def _warnings(table: Table, kept: int, outcome: Mapping[str, int]) -> list[dict[str, Any]]:
    told = [
        *warned("same_looking_across_splits", outcome["torn"]),
        *warned("left_out_near_test", outcome["left_out"]),
        *warned("test_missing", outcome["missing"]),
    ]
    left_out = sum(part.rows for part in parts_of(table)) - kept - outcome["left_out"]
    if table.target is None or not left_out:
        return told
    return [
        *told,
        {
            "code": "rows_left_out",
            "severity": "info",
            "count": left_out,
            "remedy": "fill_target",
            "params": {},
        },
    ]
