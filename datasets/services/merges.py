"""Bringing a frozen version of one data set into another: looked at by a job, decided by people."""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from core.clock import utc_now
from core.errors import Conflict, InvalidInput
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from datasets.manifest import ManifestSample
from datasets.models import CleaningRow, Dataset, DatasetVersion, Merge, MergeConflict, Modality, Sample
from datasets.selectors.lineage import base_of
from datasets.selectors.merges import merge_render
from datasets.services.branches import version_movable
from datasets.services.digests import Digests
from datasets.services.frozen import present
from datasets.services.merge_classes import mapping_checked
from datasets.services.merge_plan import (
    MergeChunk,
    Merging,
    Met,
    classes_of_merge,
    frozen_of,
    plan_gone,
    plan_theirs,
    told,
)
from datasets.services.merge_shelf import Shelf, shelf_opened
from datasets.services.table_merge import table_plan_run, words_checked
from datasets.services.version_walks import BATCH, chunks
from datasets.services.versions import version_opened
from datasets.three_way import CONFLICTS


class MergeUnfit(InvalidInput):
    """The two cannot be brought together; the sentence says why."""

    code = "merge_unfit"


class MergeNotReady(Conflict):
    """It is not looked at yet, or it is done already."""

    code = "merge_not_ready"


def merge_submit(
    *, actor: User, dataset: Dataset, source: DatasetVersion, classes: Mapping[str, str], removals: bool
) -> tuple[Merge, Job]:
    """Queue the look at it. Raises BranchUnfit, MergeUnfit, MappingInvalid.

    `classes` overrides what is proposed for a class of the source: a class id here, `new` or `drop`. With `removals`
    what was removed there since both were one is removed here as well.
    """
    merge_checked(dataset, source)
    merge = Merge(
        dataset=dataset, source=source, base=base_of(dataset, source), removals=removals,
        mapping=_mapping(dataset, source, classes), created_by=actor, created_at=utc_now(),
    )  # fmt: skip
    params = {"merge": str(merge.pk), "dataset": str(dataset.pk), "total": source.counts["samples"]}
    with transaction.atomic():
        merge.job = job_submit("datasets.merge_plan", project=dataset.project, actor=actor, params=params)
        merge.save(force_insert=True)
    return merge, merge.job


def _mapping(dataset: Dataset, source: DatasetVersion, classes: Mapping[str, str]) -> dict[str, str]:
    check = words_checked if dataset.modality == Modality.TABULAR else mapping_checked
    return check(dataset, source, classes)


def merge_checked(dataset: Dataset, source: DatasetVersion) -> None:
    """Raises BranchUnfit and MergeUnfit for what cannot be brought together."""
    version_movable(source)
    if source.dataset_id == dataset.pk:
        raise MergeUnfit(
            "this is a version of the data set itself; bring the data set back to it instead", field="version"
        )
    if source.dataset.project_id != dataset.project_id:
        raise MergeUnfit(
            "the version belongs to another project; export it and import it here", field="version"
        )
    if (source.dataset.modality, source.dataset.task) != (dataset.modality, dataset.task):
        raise MergeUnfit(
            "the two data sets are labeled for different tasks; only equal tasks are merged", field="version"
        )


@contextmanager
def merging_opened(ctx: JobContext, merge: Merge, mapping: Mapping[str, str]) -> Iterator[Merging]:
    """The merge with its base at hand."""
    with shelf_opened() as shelf:
        _shelved(ctx, shelf, merge.base)
        yield Merging(
            merge=merge,
            frozen=frozen_of(merge.source, merge.dataset),
            base_frozen=None if merge.base is None else frozen_of(merge.base, merge.dataset),
            classes=classes_of_merge(merge, mapping),
            shelf=shelf,
        )


def _shelved(ctx: JobContext, shelf: Shelf, base: DatasetVersion | None) -> None:
    if base is not None:
        with version_opened(base) as (_, samples):
            shelf.fill(samples, ctx.check)


@contextmanager
def gone_opened(merge: Merge, after: str = "") -> Iterator[Iterator[list[ManifestSample]]]:
    """What of the base was taken out of the source since, in chunks, by id, after the id given.

    A version leaves out what is not labeled, or what its filter leaves out: it takes more than its silence to be gone.
    """
    if merge.base is None:
        yield iter(())
        return
    with version_opened(merge.source) as (_, samples):
        known = Digests(one.sha256 for one in samples)
    with version_opened(merge.base) as (_, samples):
        missing = (one for one in samples if one.id > after and one.sha256 not in known)
        yield (gone for chunk in chunks(missing) if (gone := _taken_out(merge.source.dataset_id, chunk)))


def _taken_out(dataset_id: uuid.UUID, chunk: Sequence[ManifestSample]) -> list[ManifestSample]:
    """Those of which the data set has nothing now, neither as they are nor cleaned."""
    sha256s = [one.sha256 for one in chunk]
    living = Sample.objects.filter(dataset_id=dataset_id, sha256__in=sha256s)
    cleaned = CleaningRow.objects.filter(sample__dataset_id=dataset_id, before_sha256__in=sha256s)
    there = {*living.values_list("sha256", flat=True), *cleaned.values_list("before_sha256", flat=True)}
    return [one for one in chunk if one.sha256 not in there]


def merge_of_job(merge_id: str) -> Merge:
    """With everything that the walks ask of it."""
    rows = Merge.objects.select_related(
        "dataset__project", "source__dataset", "base__dataset", "edit__job", "created_by", "job"
    )
    return rows.get(pk=merge_id)


def merge_plan_run(ctx: JobContext) -> dict[str, Any]:
    """Count what would become of each sample and write every conflict down; a later attempt begins anew."""
    merge = merge_of_job(ctx.params["merge"])
    if merge.dataset.modality == Modality.TABULAR:
        return table_plan_run(ctx, merge)
    with ctx.fenced():
        MergeConflict.objects.filter(merge=merge).delete()
    counts: Counter[str] = Counter()
    with merging_opened(ctx, merge, merge.mapping) as merging:
        with version_opened(merge.source) as (_, samples):
            for done, chunk in enumerate(chunks(samples), 1):
                counts += _looked(ctx, merging, plan_theirs(merging, chunk, lock=False))
                ctx.progress(min(done * BATCH, ctx.params["total"]), ctx.params["total"], "samples")
        with gone_opened(merge) as gone:
            for chunk in gone:
                planned = plan_gone(merging, chunk, lock=False)
                counts["missing_there"] += sum(one.here is not None for one in planned.met)
                if merge.removals:
                    counts += _looked(ctx, merging, planned)
    with ctx.fenced() as job:
        merge.counts, merge.planned_at = dict(counts), utc_now()
        merge.save(update_fields=["counts", "planned_at"])
        result = merge_render(merge)
        fault("merge.before-planned")
        ctx.finish(job, result)
    return result


def _looked(ctx: JobContext, merging: Merging, chunk: MergeChunk) -> Counter[str]:
    """The counts of a chunk; its conflicts are kept."""
    ctx.check()
    met = [one for one in chunk.met if one.outcome in CONFLICTS]
    others = present(merging.frozen, [one.there for one in met if one.there], Counter(), lock=False)
    other_of = {one.sha256: sample.pk for one, sample in others}
    rows = [_conflict(merging, one, other_of.get(one.sha256)) for one in met]
    if rows:
        with ctx.fenced():
            MergeConflict.objects.bulk_create(rows)
    return chunk.counts()


def _conflict(merging: Merging, met: Met, other: uuid.UUID | None) -> MergeConflict:
    names = merging.classes.names
    frozen = met.there or met.base
    return MergeConflict(
        merge=merging.merge,
        content=met.sha256,
        kind=met.outcome.value,
        name=met.here.name if met.here else frozen.name if frozen else "",
        sample=met.here,
        other_id=other,
        revision=met.here.annotation_revision if met.here else None,
        base=told(met.sides.base, names),
        ours=told(met.sides.here, names),
        theirs=told(met.sides.there, names),
    )


def merge_choose(*, actor: User, merge: Merge, choice: str, conflicts: Sequence[int] | None) -> Merge:
    """Say which side is right of the conflicts named, of all of them without names. Raises MergeNotReady, InvalidInput."""
    with transaction.atomic():
        merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
        if merge.planned_at is None or merge.edit_id is not None:
            raise MergeNotReady("what is not looked at yet, or done already, has no choices")
        rows = MergeConflict.objects.filter(merge=merge)
        rows = rows if conflicts is None else rows.filter(pk__in=conflicts)
        count = rows.update(choice=choice)
        if conflicts is not None and count < len(set(conflicts)):
            raise InvalidInput("this merge has no such conflict", field="conflicts")
        audit.record(
            actor,
            "datasets.merge.chosen",
            merge,
            project=merge.dataset.project_id,
            choice=choice,
            count=count,
        )
    return merge_of_job(str(merge.pk))
