"""Versions of tables whose rare classes are made up for: with rows made up or copied in training, or with weights."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import orjson
from django.db import transaction
from django.db.models import Max

from core.errors import InvalidInput
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.services.blobs import BlobRef, blob_location, blob_put_file, blobs_register
from core.services.scratch import scratch_dir
from datasets.models import DatasetVersion, Modality, Table
from datasets.preparation.mixed import class_targets, weights_of
from datasets.selectors.versions import version_render
from datasets.services.counters import dataset_locked
from datasets.services.table_import import PART_TYPE
from datasets.tables.worker import worked

METHODS: Final = ("smote", "copies", "weights")
MAX_MADE: Final = 1_000_000
_NAME_CHARACTERS: Final = 200


class BalanceUnfit(InvalidInput):
    """The version has no classes that could be balanced, or was balanced already."""

    code = "balance_unfit"


@dataclass(frozen=True, slots=True)
class BalanceSpec:
    """How rare classes are made up for: up to which share of the most frequent one."""

    method: str = "smote"
    share: float = 1.0
    neighbors: int = 5
    seed: int = 0

    @property
    def label(self) -> str:
        """A short name of a version that is made so."""
        return {"smote": "SMOTE", "copies": "copies", "weights": "weights"}[self.method]


def balance_preview(version: DatasetVersion, spec: BalanceSpec) -> dict[str, Any]:
    """`{classes, made, rows}`: of each class its training rows before and after, and what one of them then weighs.

    Raises BalanceUnfit.
    """
    _check(version)
    before = _training(version)
    more = _wanted(before, spec)
    after = {name: count + more[name] for name, count in before.items()}
    weights = weights_of(after)
    return {
        "classes": [
            {"name": name, "before": count, "after": after[name], "weight": weights.get(name)}
            for name, count in before.items()
        ],
        "made": sum(more.values()),
        "rows": {"before": sum(before.values()), "after": sum(after.values())},
    }


def balance_submit(*, actor: User, version: DatasetVersion, spec: BalanceSpec, name: str) -> Job:
    """Queue it. Raises BalanceUnfit, InvalidInput."""
    shown = balance_preview(version, spec)
    if shown["made"] > MAX_MADE:
        raise InvalidInput(f"at most {MAX_MADE:,} rows are made at once; lower the share", field="share")
    if not shown["made"] and spec.method != "weights":
        raise InvalidInput("every class has this share already; raise it", field="share")
    params = {
        "version": str(version.pk),
        "new": str(uuid.uuid4()),
        "name": name.strip()[:_NAME_CHARACTERS],
        "balance": asdict(spec),
    }
    with transaction.atomic():
        job = job_submit("datasets.balance", project=version.dataset.project, actor=actor, params=params)
        audit.record(
            actor,
            "datasets.balance.submitted",
            version,
            project=version.dataset.project_id,
            method=spec.method,
            rows=shown["made"],
        )
    return job


def balance_run(ctx: JobContext) -> dict[str, Any]:
    """Make the rows and freeze; the new version as the API shows it. Raises BalanceUnfit."""
    parent = DatasetVersion.objects.select_related("dataset__project").get(pk=ctx.params["version"])
    spec = BalanceSpec(**ctx.params["balance"])
    shown = balance_preview(parent, spec)
    if not shown["made"]:
        return _kept(ctx, parent, spec, shown, None, parent.content_hash)
    with TemporaryDirectory(dir=scratch_dir(), prefix="balance-") as name:
        folder = Path(name)
        made = worked("balance", folder, _asked(parent, spec, shown), check=ctx.check)
        ref = blob_put_file(folder / "frozen.parquet", PART_TYPE)
    fault("version.after-blob")
    return _kept(ctx, parent, spec, shown, ref, made["content_hash"])


def _asked(parent: DatasetVersion, spec: BalanceSpec, shown: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "frozen": str(blob_location(parent.manifest_sha256)[0]),
        "target": Table.objects.get(dataset=parent.dataset_id).target,
        "task": parent.dataset.task,
        "method": spec.method,
        "neighbors": spec.neighbors,
        "seed": spec.seed,
        "counts": {row["name"]: row["before"] for row in shown["classes"] if row["before"]},
        "make": {row["name"]: row["after"] - row["before"] for row in shown["classes"]},
    }


def _kept(
    ctx: JobContext,
    parent: DatasetVersion,
    spec: BalanceSpec,
    shown: Mapping[str, Any],
    ref: BlobRef | None,
    content_hash: str,
) -> dict[str, Any]:
    """The row of the version; without a new file it is the same rows with weights."""
    after = {row["name"]: row["after"] for row in shown["classes"]}
    with ctx.fenced() as job:
        dataset_locked(parent.dataset_id)
        last = DatasetVersion.objects.filter(dataset=parent.dataset_id).aggregate(last=Max("number"))["last"]
        if ref is not None:
            blobs_register([ref])
        version = DatasetVersion(
            id=uuid.UUID(ctx.params["new"]),
            dataset=parent.dataset,
            number=last + 1,
            name=ctx.params["name"] or _grown_name(parent.name, spec.label),
            manifest_sha256=parent.manifest_sha256 if ref is None else ref.sha256,
            content_hash=content_hash,
            split=parent.split,
            seed=parent.seed,
            filter=parent.filter,
            counts={
                **parent.counts,
                "samples": parent.counts["samples"] + shown["made"],
                "train": parent.counts["train"] + shown["made"],
            },
            classes=[{**row, "train": after[row["name"]]} for row in parent.classes],
            warnings=parent.warnings,
            checks=parent.checks,
            parent=parent,
            augmentation={
                **asdict(spec),
                "made": shown["made"],
                "weights": {row["name"]: row["weight"] for row in shown["classes"] if row["weight"]},
            },
            job=job,
            created_by_id=ctx.created_by_id or parent.created_by_id,
        )
        version.save(force_insert=True)
        audit.record(
            job.created_by,
            "datasets.version.created",
            version,
            project=parent.dataset.project_id,
            number=version.number,
        )
        result = orjson.loads(orjson.dumps(version_render(version)))
        fault("version.before-finish")
        ctx.finish(job, result)
    return dict(result)


def _check(version: DatasetVersion) -> None:
    if version.dataset.modality != Modality.TABULAR:
        raise BalanceUnfit(
            "only rows of a table are made up; use augmentation for other data", field="version"
        )
    if version.augmentation is not None:
        raise BalanceUnfit(
            "this version was balanced already; take the one it was made from", field="version"
        )
    if len(_training(version)) < 2 or not version.counts["train"]:
        raise BalanceUnfit(
            "there are no two classes among the training rows; choose a target of categories and freeze again",
            field="version",
        )


def _training(version: DatasetVersion) -> dict[str, int]:
    return {row["name"]: row["train"] for row in version.classes}


def _wanted(before: dict[str, int], spec: BalanceSpec) -> dict[str, int]:
    return dict.fromkeys(before, 0) if spec.method == "weights" else class_targets(before, spec.share)


def _grown_name(name: str, label: str) -> str:
    suffix = f" + {label}"
    return name[: _NAME_CHARACTERS - len(suffix)] + suffix
