"""A data set brought back to what a frozen version holds, by a job that can be taken back.

Two walks, each in batches with the cursor in the transaction of the change: over the samples of the version
(`v:<sample id>`), and, where the rest is to be set aside, over those of the data set (`o:<sample id>`).
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from core.clock import utc_now
from core.errors import InvalidInput
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from datasets.manifest import ManifestSample
from datasets.models import BulkAction, BulkEdit, BulkEditRow, Dataset, DatasetVersion, Modality, Sample
from datasets.services.annotations_bulk import annotations_replace, shapes_kept
from datasets.services.bins import samples_move, samples_set_aside
from datasets.services.bulk_edits import counts_added, edit_locked
from datasets.services.digests import Digests
from datasets.services.frozen import Frozen
from datasets.services.relation_types import relations_bring, relations_met
from datasets.services.restore_classes import classes_plan, classes_revive
from datasets.services.restore_contents import Contents, Pair, contents_open, contents_restore
from datasets.services.restore_plan import Plan, plan_chunk
from datasets.services.table_restore import table_restore_preview, table_restore_run
from datasets.services.version_walks import BATCH, chunks, edit_cursor
from datasets.services.versions import version_opened

_VERSION, _OTHERS = "v", "o"


class RestoreUnfit(InvalidInput):
    """A version that cannot be restored; the sentence says what to do instead."""

    code = "restore_unfit"


def restore_submit(
    *, actor: User, version: DatasetVersion, set_aside: bool, preview: bool
) -> tuple[BulkEdit | None, Job]:
    """Queue it; a preview only counts and leaves no edit. Raises RestoreUnfit.

    `set_aside` moves the samples that the version does not have into a bin; otherwise they stay.
    """
    _check(version, set_aside=set_aside or preview)
    dataset = version.dataset
    edit = BulkEdit(
        dataset=dataset,
        action=BulkAction.RESTORE,
        value=str(version.pk),
        selection={
            "set_aside": set_aside,
            "about": {"number": version.number, "dataset_name": dataset.name},
        },
        created_by=actor,
        created_at=utc_now(),
    )
    params = {
        "version": str(version.pk),
        "dataset": str(dataset.pk),
        "edit": None if preview else str(edit.pk),
        "total": version.counts["samples"],
    }
    with transaction.atomic():
        job = job_submit("datasets.restore", project=dataset.project, actor=actor, params=params)
        if preview:
            return None, job
        edit.job = job
        edit.save(force_insert=True)
        audit.record(
            actor, "datasets.version.restored", version, project=dataset.project_id,
            edit=str(edit.pk), number=version.number, set_aside=set_aside,
        )  # fmt: skip
    return edit, job


def restore_run(ctx: JobContext) -> dict[str, Any]:
    """Restore, or only count; the result says what came back, what cannot and what the version does not have."""
    version = DatasetVersion.objects.select_related("dataset").get(pk=ctx.params["version"])
    is_table = version.dataset.modality == Modality.TABULAR
    if ctx.params["edit"] is None:
        return table_restore_preview(ctx, version) if is_table else _previewed(ctx, version)
    if is_table:
        return table_restore_run(ctx, version)
    frozen = _begun(ctx, version)
    _versioned(ctx, version, frozen)
    edit = BulkEdit.objects.get(pk=ctx.params["edit"])
    if edit.selection["set_aside"]:
        _set_aside(ctx, version)
    with ctx.fenced() as job:
        edit = edit_locked(edit.pk)
        edit.counts = {**edit.counts, **_others(version, edit.counts, is_done=True)}
        edit.state = BulkEdit.State.DONE
        edit.save(update_fields=["state", "counts"])
        result = {"edit": str(edit.pk), "action": edit.action, **edit.counts}
        fault("restore.before-finish")
        ctx.finish(job, result)
    return result


def _check(version: DatasetVersion, *, set_aside: bool) -> None:
    if version.dataset.modality == Modality.TABULAR and not set_aside:
        raise RestoreUnfit(
            "a table is brought back whole, and rows that the version does not have are set aside; send set_aside"
        )
    if version.augmentation is not None:
        raise RestoreUnfit(
            "this version has augmented copies, which no data set holds; restore the one it was made from",
            parent=str(version.parent_id),
        )


def _previewed(ctx: JobContext, version: DatasetVersion) -> dict[str, Any]:
    with version_opened(version) as (header, samples):
        plan = classes_plan(version.dataset_id, header.classes)
        types = relations_met(version.dataset, header.relations)
        frozen, contents = Frozen.of(version, plan.labels, types), _contents(version)
        counts: Counter[str] = Counter()
        for done, chunk in enumerate(chunks(samples), 1):
            ctx.check()
            counts += plan_chunk(frozen, chunk, contents, lock=False).counts
            ctx.progress(min(done * BATCH, ctx.params["total"]), ctx.params["total"], "samples")
    return {
        "preview": True,
        **counts,
        **_others(version, counts, is_done=False),
        "classes": [row.name for row in plan.revived],
    }


def _begun(ctx: JobContext, version: DatasetVersion) -> Frozen:
    """Deleted classes are there again before any label is; a later attempt finds them and does nothing."""
    with version_opened(version) as (header, _):
        classes, relations = header.classes, header.relations
    with ctx.fenced():
        edit = edit_locked(uuid.UUID(ctx.params["edit"]))
        plan = classes_plan(version.dataset_id, classes)
        classes_revive(edit, plan)
        relations_bring(edit, relations, {})
        types = relations_met(Dataset.objects.get(pk=version.dataset_id), relations)
        fault("restore.before-begin")
    return Frozen.of(version, plan.labels, types)


def _versioned(ctx: JobContext, version: DatasetVersion, frozen: Frozen) -> None:
    walk, last = edit_cursor(ctx)
    if walk == _OTHERS:
        return
    contents = _contents(version)
    with version_opened(version) as (_, samples):
        for chunk in chunks(sample for sample in samples if sample.id > last):
            # What has to be opened again is opened between two looks.
            while unopened := _chunk(ctx, frozen, contents, chunk):
                contents_open(contents, version.dataset, unopened)
                fault("restore.after-contents")
            contents = Contents(contents.claimed)


def _chunk(
    ctx: JobContext, frozen: Frozen, contents: Contents, chunk: Sequence[ManifestSample]
) -> Sequence[Pair]:
    """Do it in one transaction; nothing is done while something has to be opened, which is answered."""
    ctx.check()
    with ctx.fenced():
        edit = edit_locked(uuid.UUID(ctx.params["edit"]))
        plan = plan_chunk(frozen, chunk, contents, lock=True)
        if plan.unopened:
            return plan.unopened
        _change(edit, plan, contents)
        _saved(edit, f"{_VERSION}:{chunk[-1].id}", plan.counts)
    _told(ctx, edit)
    return ()


def _contents(version: DatasetVersion) -> Contents:
    """What the version has claims it, eight bytes a sample."""
    with version_opened(version) as (_, samples):
        return Contents(Digests(one.sha256 for one in samples))


def _change(edit: BulkEdit, plan: Plan, contents: Contents) -> None:
    """Contents first, then out of the bins, then what they say; a row for each sample that is not as it was."""
    rows: list[BulkEditRow] = []
    for sample in plan.samples:
        before: dict[str, Any] = {"revision": sample.annotation_revision}
        if sample.dataset_id != edit.dataset_id:
            before["bin"] = str(sample.dataset_id)
        if sample.pk in plan.sayings:
            before |= {"state": sample.state, "source": sample.annotation_source}
            before["shapes"] = shapes_kept(plan.before[sample.pk])
        if sample.pk in plan.contents:
            before["content"] = True
        if len(before) > 1:
            rows.append(BulkEditRow(edit=edit, sample_id=sample.pk, before=before))
    contents_restore(edit, contents, plan.samples, plan.contents)
    coming = plan.from_bin(edit.dataset_id)
    for source in sorted({sample.dataset_id for sample in coming}):
        samples_move([sample for sample in coming if sample.dataset_id == source], source, edit.dataset_id)
    annotations_replace(edit.dataset_id, list(plan.sayings.values()), actor_id=edit.created_by_id)
    BulkEditRow.objects.bulk_create(rows)
    plan.counts["changed"] += len(rows)


def _set_aside(ctx: JobContext, version: DatasetVersion) -> None:
    """What the version does not have, of what was there when it was ordered, goes to the edit's bin."""
    with version_opened(version) as (_, samples):
        known = Digests(one.sha256 for one in samples)
    with version_opened(version) as (_, samples):
        ids = Digests(_random_half(one.id) for one in samples)
    while True:
        ctx.check()
        with ctx.fenced():
            edit = edit_locked(uuid.UUID(ctx.params["edit"]))
            walk, _, last = edit.cursor.partition(":")
            rows = Sample.objects.filter(dataset_id=edit.dataset_id, imported_at__lte=edit.created_at)
            rows = rows.filter(pk__gt=last) if walk == _OTHERS else rows
            batch = list(rows.order_by("pk").values_list("pk", "sha256")[:BATCH])
            if not batch:
                return
            strange = [pk for pk, sha256 in batch if sha256 not in known and _random_half(str(pk)) not in ids]
            more = samples_set_aside(edit, strange)
            edit.counts = counts_added(edit.counts, more)
            _saved(edit, f"{_OTHERS}:{batch[-1][0]}", {})
        _told(ctx, edit)


def _random_half(sample_id: str) -> str:
    """Of an id, as a name of content: one that was cleaned since has another content under its old id."""
    return uuid.UUID(sample_id).hex[16:]


def _others(version: DatasetVersion, counts: Mapping[str, int], *, is_done: bool) -> dict[str, int]:
    """Samples of the data set that the version does not have, and how many of them came later. Two statements."""
    living = Sample.objects.filter(dataset_id=version.dataset_id)
    waiting = 0 if is_done else counts.get("returned", 0)
    others = living.count() - counts.get("present", 0) + waiting
    known_since = counts.get("present_since", 0) + (counts.get("returned_since", 0) if is_done else 0)
    since = living.filter(imported_at__gt=version.created_at).count() - known_since
    return {"others": max(0, others), "others_since": max(0, since)}


def _saved(edit: BulkEdit, cursor: str, counts: Mapping[str, int]) -> None:
    edit.cursor = cursor
    edit.counts = counts_added(edit.counts, counts)
    edit.save(update_fields=["cursor", "counts"])
    fault("restore.before-commit")


def _told(ctx: JobContext, edit: BulkEdit) -> None:
    ctx.milestone()
    total = ctx.params["total"]
    gone = sum(value for name, value in edit.counts.items() if name in ("gone_purged", "gone_bytes"))
    ctx.progress(min(total, edit.counts.get("present", 0) + gone), total, "samples")
