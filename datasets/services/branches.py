"""A branch: a new data set made from a frozen version. It shares the stored bytes and remembers its origin."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import IntegrityError, transaction

from core.clock import utc_now
from core.errors import InvalidInput
from core.faults import fault
from core.ids import uuid7
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from datasets.manifest import ManifestSample
from datasets.models import Dataset, DatasetVersion, LabelClass, Modality, Sample, Stage
from datasets.services.counters import dataset_locked
from datasets.services.datasets import DatasetNameTaken, dataset_name
from datasets.services.frozen import Frozen, as_frozen, present, said_then, saying_of
from datasets.services.sample_copies import Copy, samples_copy
from datasets.services.table_merge import table_branched
from datasets.services.version_walks import BATCH, chunks
from datasets.services.versions import version_opened

_CLASS_FIELDS: Final = ("index", "name", "name_zh", "color", "key", "description", "skeleton", "attributes")


class BranchUnfit(InvalidInput):
    """A version that no data set can be made from; the sentence says what to do instead."""

    code = "branch_unfit"


def version_movable(version: DatasetVersion) -> None:
    """Raises BranchUnfit for what is not made of samples of a data set."""
    if version.augmentation is not None:
        raise BranchUnfit(
            "this version has augmented copies, which no data set holds; take the one it was made from",
            parent=str(version.parent_id),
        )


def branch_submit(*, actor: User, version: DatasetVersion, name: str) -> Job:
    """Queue it; nobody sees the new data set before it is whole. Raises BranchUnfit, DatasetNameTaken."""
    version_movable(version)
    name = dataset_name(name)
    project = version.dataset.project
    if Dataset.objects.filter(project=project, name=name, deleted_at__isnull=True).exists():
        raise DatasetNameTaken("another data set of this project has that name", fields={"name": ["taken"]})
    params = {
        "version": str(version.pk),
        "dataset": str(uuid7()),
        "name": name,
        "total": version.counts["samples"],
    }
    with transaction.atomic():
        job = job_submit("datasets.branch", project=project, actor=actor, params=params)
        audit.record(
            actor, "datasets.version.branched", version, project=project, number=version.number, name=name
        )
    return job


def branch_run(ctx: JobContext) -> dict[str, Any]:
    """Copy the samples in batches; a later attempt goes on after the last. The new data set's id and the counts."""
    version = DatasetVersion.objects.select_related("dataset__project").get(pk=ctx.params["version"])
    dataset_id = uuid.UUID(ctx.params["dataset"])
    classes = _begun(ctx, version, dataset_id)
    if version.dataset.modality == Modality.TABULAR:
        return _finished(ctx, version, dataset_id, table_branched(ctx, version, dataset_id))
    frozen = Frozen.of(version, {int(row["index"]): uuid.UUID(row["id"]) for row in version.classes})
    counts: Counter[str] = Counter()
    with version_opened(version) as (_, samples):
        for done, chunk in enumerate(chunks(samples), 1):
            ctx.check()
            with ctx.fenced():
                dataset_locked(dataset_id)
                counts["samples"] += _copied(ctx, frozen, classes, dataset_id, chunk, counts)
                fault("branch.before-commit")
            ctx.milestone()
            ctx.progress(min(done * BATCH, ctx.params["total"]), ctx.params["total"], "samples")
    return _finished(ctx, version, dataset_id, counts)


def _begun(
    ctx: JobContext, version: DatasetVersion, dataset_id: uuid.UUID
) -> dict[uuid.UUID, uuid.UUID | None]:
    """The empty data set, hidden, with the classes of the version under their indices; old class -> new class."""
    with ctx.fenced():
        dataset, is_new = Dataset.objects.get_or_create(
            pk=dataset_id,
            defaults={
                "project_id": version.dataset.project_id,
                "name": f"branch {dataset_id}",
                "modality": version.dataset.modality,
                "task": version.dataset.task,
                "created_by_id": ctx.created_by_id or version.created_by_id,
                "deleted_at": utc_now(),
                "stage": Stage.COPYING,
                "origin": version,
            },
        )
        if is_new and version.dataset.modality != Modality.TABULAR:
            known = LabelClass.objects.in_bulk([row["id"] for row in version.classes])
            classes = {row["id"]: _class(dataset, row, known) for row in version.classes}
            LabelClass.objects.bulk_create(classes.values())
            _relations_begun(version, dataset, {old: str(new.pk) for old, new in classes.items()})
        fault("branch.before-begin")
    if version.dataset.modality == Modality.TABULAR:
        return {}
    made = dict(LabelClass.objects.filter(dataset=dataset).values_list("index", "pk"))
    return {uuid.UUID(row["id"]): made[int(row["index"])] for row in version.classes}


def _relations_begun(version: DatasetVersion, dataset: Dataset, classes: Mapping[str, str]) -> None:
    """The relation types of the version keep their ids, so that a merge knows them again."""
    with version_opened(version) as (header, _):
        types = [one.moved_to(classes) for one in header.relations]
    if types:
        dataset.relations = [one.to_json() for one in types if one is not None]
        dataset.save(update_fields=["relations"])


def _class(dataset: Dataset, row: Mapping[str, Any], known: Mapping[uuid.UUID, LabelClass]) -> LabelClass:
    """As it is called in the version, looking as it does now."""
    now = known[uuid.UUID(row["id"])]
    fields = {name: getattr(now, name) for name in _CLASS_FIELDS}
    return LabelClass(
        id=uuid7(), dataset=dataset, **{**fields, "name": row["name"], "name_zh": row["name_zh"]}
    )


def _copied(
    ctx: JobContext,
    frozen: Frozen,
    classes: Mapping[uuid.UUID, uuid.UUID | None],
    dataset_id: uuid.UUID,
    chunk: Sequence[ManifestSample],
    counts: Counter[str],
) -> int:
    """How many of the chunk are in the branch now; those that an earlier attempt copied are left alone."""
    sha256s = [one.sha256 for one in chunk]
    there = set(
        Sample.objects.filter(dataset_id=dataset_id, sha256__in=sha256s).values_list("sha256", flat=True)
    )
    wanted = [one for one in chunk if one.sha256 not in there]
    pairs = as_frozen(present(frozen, wanted, counts, lock=False), counts)
    said = said_then([sample.pk for _, sample in pairs], frozen.at)
    copies = [
        Copy.of(one, saying_of(frozen, one, sample, said.get(sample.pk)), classes) for one, sample in pairs
    ]
    return len(there) + len(samples_copy(dataset_id, copies, counts, actor_id=ctx.created_by_id))


def _finished(
    ctx: JobContext, version: DatasetVersion, dataset_id: uuid.UUID, counts: Mapping[str, int]
) -> dict[str, Any]:
    with ctx.fenced() as job:
        dataset = dataset_locked(dataset_id)
        _named(dataset, ctx.params["name"])
        audit.record(
            job.created_by, "datasets.dataset.created", dataset, project=version.dataset.project_id,
            name=dataset.name,
        )  # fmt: skip
        result = {"dataset": str(dataset_id), "name": dataset.name, **counts}
        fault("branch.before-finish")
        ctx.finish(job, result)
    return result


def _named(dataset: Dataset, wanted: str) -> None:
    """Shown to everybody, under the wanted name, or the next free one if somebody took that meanwhile."""
    for number in range(1, 1_000):
        dataset.name = wanted if number == 1 else f"{wanted[:190]} ({number})"
        dataset.deleted_at, dataset.stage = None, ""
        try:
            with transaction.atomic():
                dataset.save(update_fields=["name", "deleted_at", "stage"])
        except IntegrityError:
            continue
        return
    raise DatasetNameTaken("another data set of this project has that name", fields={"name": ["taken"]})
