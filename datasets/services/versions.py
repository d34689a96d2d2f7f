"""Versions: frozen, split and numbered by a job; laid out on disk for trainers."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import orjson
from django.db import transaction

from core.errors import InvalidInput
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import OUTSIDE, Job, User
from core.services import audit
from core.services.blobs import blob_open, blobs_locations
from datasets.attributes import attributes_of_class
from datasets.geometry.skeleton import skeleton_from
from datasets.manifest import ManifestClass, ManifestHeader, ManifestSample, manifest_read
from datasets.models import Dataset, DatasetVersion, LabelClass, Modality
from datasets.selectors.samples import FILTERS, samples_filtered
from datasets.selectors.schema import relation_types
from datasets.selectors.version_rows import version_rows
from datasets.selectors.versions import DEFAULT_STATES
from datasets.services.quality import findings_now
from datasets.services.reference_copies import COPY, outside_settled
from datasets.services.table_versions import table_version_check, table_version_run
from datasets.services.version_checks import checks_noted
from datasets.services.version_keep import NewVersion, sample_counts, version_keep
from datasets.services.version_splits import held_version, splits_dealt
from datasets.services.version_spool import spool_opened
from datasets.splits import ClassTooSmall, SplitSpec

_LOCATE: Final = 1_000


class NothingToFreeze(InvalidInput):
    """No sample qualifies; `params.finding` says what is missing and what helps."""

    code = "version_empty"


def version_submit(
    *,
    actor: User,
    dataset: Dataset,
    name: str,
    spec: SplitSpec,
    conditions: Mapping[str, str],
    outside: str = COPY,
) -> Job:
    """Queue a version. What can be seen to fail already is refused now.

    `conditions` are filters of the sample list; without a `state`, labeled and reviewed samples are taken
    (`all` takes every one). Bytes that lie outside are copied in, or stay there with `outside="keep"`. Raises InvalidInput, NothingToFreeze, ClassTooSmall, NoTestToKeep.
    """
    held_version(dataset, spec)
    if dataset.modality == Modality.TABULAR:
        table_version_check(dataset, spec, conditions)
    else:
        _check_conditions(dataset, conditions)
        if not any(value for name, value in conditions.items()):
            _check_counters(dataset, spec)
    params = {
        "dataset": str(dataset.pk),
        "name": name.strip()[:200],
        "split": asdict(spec),
        "filter": dict(conditions),
        "version": str(uuid.uuid4()),
        "outside": outside,
    }
    with transaction.atomic():
        job = job_submit("datasets.version", project=dataset.project, actor=actor, params=params)
        audit.record(
            actor, "datasets.version.submitted", dataset, project=dataset.project_id, name=params["name"],
            outside=outside,
        )  # fmt: skip
    return job


def version_run(ctx: JobContext) -> dict[str, Any]:
    """Freeze and split; the new version as the API shows it.

    Raises NothingToFreeze, ClassTooSmall, TooFewGroups, BytesOutside, StorageFull.
    """
    dataset = Dataset.objects.select_related("project").get(pk=ctx.params["dataset"])
    if dataset.modality == Modality.TABULAR:
        return table_version_run(ctx, dataset)
    spec = SplitSpec(**ctx.params["split"])
    conditions = _asked(ctx.params["filter"])
    with spool_opened() as spool:
        spool.fill(version_rows(dataset, conditions), ctx.check)
        draws = spool.draws
        if not draws:
            raise NothingToFreeze(
                "no labeled sample qualifies; label some first", finding=_finding("no_labels")
            )
        splits, outcome = splits_dealt(ctx, dataset, draws, spec)
        contents = (sample.sha256 for sample in spool.samples(splits))
        outside = outside_settled(ctx, contents, ctx.params.get("outside", COPY))
        new = NewVersion(
            id=uuid.UUID(ctx.params["version"]),
            dataset=dataset,
            name=ctx.params["name"],
            header=ManifestHeader(
                dataset.modality,
                dataset.task,
                _classes(dataset),
                sample_counts(spool.samples(splits)),
                relation_types(dataset),
            ),
            samples=spool.samples(splits),
            split={name: value for name, value in asdict(spec).items() if name != "seed"},
            seed=spec.seed,
            filter=ctx.params["filter"],
            warnings=[*outcome, *_warnings(dataset, sum(bool(splits[place]) for place in draws.unlabeled))],
            checks=checks_noted(dataset),
            outside=outside,
        )
        return version_keep(ctx, new)


@contextmanager
def version_opened(version: DatasetVersion) -> Iterator[tuple[ManifestHeader, Iterator[ManifestSample]]]:
    """The header and the stream of samples, ordered by id."""
    with blob_open(version.manifest_sha256) as source:
        yield manifest_read(source)


def version_materialize(version_id: uuid.UUID, target_dir: Path) -> Path:
    """Write `manifest.jsonl` into `target_dir`; each sample also says `path`, `offset`, `length`.

    A child without a database reads the bytes with pread. Those that lie outside are brought into the folder, each
    compared with its SHA-256. Raises BlobMissing, BytesOutside.
    """
    target = target_dir / "manifest.jsonl"
    version = DatasetVersion.objects.get(pk=version_id)
    with version_opened(version) as (header, samples), target.open("wb") as out:
        out.write(orjson.dumps(header.to_line()) + b"\n")
        for chunk in _chunked(samples):
            places = blobs_locations([sample.sha256 for sample in chunk], hold=target_dir / OUTSIDE)
            for sample in chunk:
                path, offset, length = places[sample.sha256]
                line = {**sample.to_line(), "path": str(path), "offset": offset, "length": length}
                out.write(orjson.dumps(line) + b"\n")
    return target


def _chunked(samples: Iterator[ManifestSample]) -> Iterator[list[ManifestSample]]:
    chunk: list[ManifestSample] = []
    for sample in samples:
        chunk.append(sample)
        if len(chunk) == _LOCATE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _check_conditions(dataset: Dataset, conditions: Mapping[str, str]) -> None:
    unknown = set(conditions) - set(FILTERS)
    if unknown or not all(isinstance(value, str) for value in conditions.values()):
        raise InvalidInput(
            "a filter is an object of the sample list's filters", field="filter", known=list(FILTERS)
        )
    samples_filtered(dataset.pk, _asked(conditions), task=dataset.task)


def _asked(conditions: Mapping[str, str]) -> dict[str, str]:
    """As the sample list takes them, with the states that are meant where none is named."""
    asked = {"state": DEFAULT_STATES, **conditions}
    return {name: value for name, value in asked.items() if value != "all"}


def _check_counters(dataset: Dataset, spec: SplitSpec) -> None:
    found = {row.code: row for row in findings_now(dataset) if row.count}
    for code in ("no_samples", "no_labels"):
        if code in found:
            raise NothingToFreeze(
                "there is nothing labeled yet; import or label samples first", finding=asdict(found[code])
            )
    if spec.strategy in ("stratified", "group") and spec.wanted > 1 and "class_with_one_sample" in found:
        names = ", ".join(row["name"] for row in found["class_with_one_sample"].params["classes"][:5])
        raise ClassTooSmall(
            f"one sample cannot be in two splits ({names}); add samples, merge the class, or split at random",
            finding=asdict(found["class_with_one_sample"]),
        )


def _finding(code: str) -> dict[str, Any]:
    return {"code": code, "severity": "error", "count": 1, "remedy": "label_samples", "params": {}}


def _classes(dataset: Dataset) -> tuple[ManifestClass, ...]:
    rows = dataset.classes.filter(deleted_at__isnull=True).order_by("index")
    return tuple(_class(row) for row in rows)


def _class(row: LabelClass) -> ManifestClass:
    skeleton = None if row.skeleton is None else skeleton_from(row.skeleton)
    return ManifestClass(
        str(row.pk), row.index, row.name, row.name_zh, skeleton, attributes_of_class(row.attributes)
    )


def _warnings(dataset: Dataset, unlabeled: int) -> list[dict[str, Any]]:
    """What the labels of the data set say; of samples without one, how many are in the version."""
    found = [row for row in findings_now(dataset) if row.count and row.severity != "info"]
    here = (replace(row, count=unlabeled) if row.code == "unlabeled" else row for row in found)
    return [asdict(row) for row in here if row.count]
