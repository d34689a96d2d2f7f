"""A merge that was looked at, done by a job that can be taken back.

Two walks with the cursor in the transaction of the change: over the samples of the source (`t:<sample id>`), and over
those of the base that the source has no more (`g:<sample id>`). Each sample is compared anew under its lock; a
conflict that nobody has seen as it is now leaves what is here.
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction

from core.clock import utc_now
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from datasets.manifest import ManifestSample
from datasets.models import BulkAction, BulkEdit, BulkEditRow, Merge, MergeConflict, Modality, Sample
from datasets.selectors.lineage import base_of
from datasets.services.annotations_bulk import Saying, annotations_replace, shapes_kept
from datasets.services.bins import samples_set_aside
from datasets.services.bulk_edits import counts_added, edit_locked
from datasets.services.frozen import ShapeRow, as_frozen, present, said_then, saying_of
from datasets.services.merge_classes import DROP, classes_made, classes_there
from datasets.services.merge_plan import MergeChunk, Merging, Met, plan_gone, plan_theirs
from datasets.services.merges import MergeNotReady, gone_opened, merge_of_job, merging_opened
from datasets.services.relation_types import relations_bring
from datasets.services.sample_copies import Copy, samples_copy
from datasets.services.table_merge import MergeStale, table_merge_run, table_plan_fresh
from datasets.services.version_walks import chunks, edit_cursor
from datasets.services.versions import version_opened
from datasets.three_way import CONFLICTS, Outcome

_THEIRS, _GONE = "t", "g"
_ADDS: Final = (Outcome.ADDED, Outcome.REMOVED_HERE)
_TAKES: Final = (Outcome.TAKEN, Outcome.BOTH_CHANGED, Outcome.BOTH_SAID)
_REMOVES: Final = (Outcome.REMOVED, Outcome.REMOVED_THERE)
_ENDED: Final = (Job.State.FAILED, Job.State.CANCELLED)

ClassMap = Mapping[uuid.UUID, uuid.UUID | None]


def merge_apply(*, actor: User, merge: Merge, policy: str) -> tuple[Merge, Job]:
    """Queue it; `policy` is the side that wins where nothing was chosen. Raises MergeNotReady, MergeStale.

    One that failed or was cancelled half-way goes on from there.
    """
    with transaction.atomic():
        merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
        merge = merge_of_job(str(merge.pk))
        edit = None if merge.edit_id is None else _edit_locked(merge.edit_id)
        if merge.planned_at is None:
            raise MergeNotReady("look at what would change first")
        if edit is None:
            if base_of(merge.dataset, merge.source) != merge.base:
                raise MergeStale("another merge was done or taken back meanwhile; look at this one anew")
            if merge.dataset.modality == Modality.TABULAR:
                table_plan_fresh(merge)
            edit = _edit(actor, merge, policy)
        elif not (edit.state == BulkEdit.State.DOING and (edit.job is None or edit.job.state in _ENDED)):
            raise MergeNotReady("this merge was done already; look at it anew to do it again")
        params = {
            "merge": str(merge.pk),
            "edit": str(edit.pk),
            "dataset": str(merge.dataset_id),
            "total": merge.source.counts["samples"],
        }
        job = job_submit("datasets.merge", project=merge.dataset.project, actor=actor, params=params)
        edit.job = job
        if edit._state.adding:
            edit.save(force_insert=True)
            merge.edit = edit
            merge.save(update_fields=["edit"])
        else:
            edit.save(update_fields=["job"])
        audit.record(
            actor, "datasets.merge.submitted", merge, project=merge.dataset.project_id, edit=str(edit.pk),
            source=str(merge.source_id), policy=policy,
        )  # fmt: skip
    return merge, job


def _edit_locked(edit_id: uuid.UUID) -> BulkEdit:
    """With its last job: who takes it back meanwhile waits, or has the word first."""
    return BulkEdit.objects.select_for_update(of=("self",)).select_related("job").get(pk=edit_id)


def _edit(actor: User, merge: Merge, policy: str) -> BulkEdit:
    about = {"number": merge.source.number, "dataset_name": merge.source.dataset.name}
    return BulkEdit(
        dataset=merge.dataset,
        action=BulkAction.MERGE,
        value=str(merge.source_id),
        selection={"about": about, "policy": policy},
        created_by=actor,
        created_at=utc_now(),
    )


def merge_run(ctx: JobContext) -> dict[str, Any]:
    """Do it; the result says what was added, taken, removed and left."""
    merge = merge_of_job(ctx.params["merge"])
    if merge.dataset.modality == Modality.TABULAR:
        return table_merge_run(ctx, merge)
    mapping = _begun(ctx, merge)
    with merging_opened(ctx, merge, mapping) as merging:
        _theirs(ctx, merging, mapping)
        if merge.removals:
            _gone(ctx, merging, mapping)
    with ctx.fenced() as job:
        edit = edit_locked(uuid.UUID(ctx.params["edit"]))
        edit.state = BulkEdit.State.DONE
        edit.save(update_fields=["state"])
        result = {"edit": str(edit.pk), "action": edit.action, **edit.counts}
        fault("merge.before-finish")
        ctx.finish(job, result)
    return result


def _begun(ctx: JobContext, merge: Merge) -> dict[str, str]:
    """Class there -> class here or `drop`; the new ones are there before any label is."""
    with ctx.fenced():
        edit = edit_locked(uuid.UUID(ctx.params["edit"]))
        if "mapping" not in edit.selection:
            mapping = classes_made(edit, merge.source, merge.mapping)
            with version_opened(merge.source) as (header, _):
                relations_bring(edit, header.relations, {a: b for a, b in mapping.items() if b != DROP})
            edit.selection = {**edit.selection, "mapping": mapping}
            edit.save(update_fields=["selection"])
        fault("merge.before-begin")
    return dict(edit.selection["mapping"])


def _theirs(ctx: JobContext, merging: Merging, mapping: Mapping[str, str]) -> None:
    walk, last = edit_cursor(ctx)
    if walk == _GONE:
        return
    with version_opened(merging.merge.source) as (_, samples):
        for chunk in chunks(one for one in samples if one.id > last):
            ctx.check()
            with ctx.fenced():
                edit = edit_locked(uuid.UUID(ctx.params["edit"]))
                _change(edit, merging, mapping, plan_theirs(merging, chunk, lock=True))
                _saved(edit, f"{_THEIRS}:{chunk[-1].id}")
            ctx.milestone()
            done = sum(edit.counts.get(name, 0) for name in Outcome)
            ctx.progress(min(done, ctx.params["total"]), ctx.params["total"], "samples")


def _gone(ctx: JobContext, merging: Merging, mapping: Mapping[str, str]) -> None:
    walk, last = edit_cursor(ctx)
    with gone_opened(merging.merge, last if walk == _GONE else "") as gone:
        for chunk in gone:
            ctx.check()
            with ctx.fenced():
                edit = edit_locked(uuid.UUID(ctx.params["edit"]))
                _change(edit, merging, mapping, plan_gone(merging, chunk, lock=True))
                _saved(edit, f"{_GONE}:{chunk[-1].id}")
            ctx.milestone()


def _change(edit: BulkEdit, merging: Merging, mapping: Mapping[str, str], chunk: MergeChunk) -> None:
    """Everything that the chunk means; a row for each sample that is not as it was."""
    classes = classes_there(edit.dataset_id, mapping)
    counts = chunk.counts()
    done = [met for met in chunk.met if met.outcome not in CONFLICTS]
    done += _decided(edit, merging.merge, chunk, counts)
    _add(edit, merging, classes, [met for met in done if met.outcome in _ADDS], counts)
    taken = [met for met in done if met.outcome in _TAKES]
    _take(edit, merging, classes, taken, chunk.before)
    counts["changed"] += len(taken)
    counts += samples_set_aside(
        edit, [met.here.pk for met in done if met.outcome in _REMOVES and met.here is not None]
    )
    edit.counts = counts_added(edit.counts, counts)


def _decided(edit: BulkEdit, merge: Merge, chunk: MergeChunk, counts: Counter[str]) -> list[Met]:
    """Those of the conflicts in which the other side wins. A choice counts for what was seen when it was made."""
    met = [one for one in chunk.met if one.outcome in CONFLICTS]
    rows = MergeConflict.objects.filter(merge=merge, content__in=[one.sha256 for one in met])
    seen = {row.content: row for row in rows}
    theirs: list[Met] = []
    for one in met:
        row = seen.get(one.sha256)
        revision = None if one.here is None else one.here.annotation_revision
        if row is None or (row.kind, row.revision) != (one.outcome, revision):
            counts["unseen"] += 1
        elif (row.choice or edit.selection["policy"]) == MergeConflict.Choice.THEIRS:
            counts["theirs"] += 1
            theirs.append(one)
        else:
            counts["ours"] += 1
    return theirs


def _copies(
    merging: Merging, classes: ClassMap, wanted: Sequence[ManifestSample], counts: Counter[str]
) -> list[Copy]:
    pairs = as_frozen(present(merging.frozen, wanted, counts, lock=False), counts)
    said = said_then([sample.pk for _, sample in pairs], merging.frozen.at)
    return [
        Copy.of(one, saying_of(merging.frozen, one, sample, said.get(sample.pk)), classes)
        for one, sample in pairs
    ]


def _add(
    edit: BulkEdit, merging: Merging, classes: ClassMap, met: Sequence[Met], counts: Counter[str]
) -> None:
    wanted = [one.there for one in met if one.there is not None]
    copies = _copies(merging, classes, wanted, counts)
    made = samples_copy(edit.dataset_id, copies, counts, actor_id=edit.created_by_id)
    ids = [sample.pk for sample in made]
    said = dict(Sample.objects.filter(pk__in=ids).values_list("pk", "annotation_revision"))
    BulkEditRow.objects.bulk_create(
        [BulkEditRow(edit=edit, sample_id=pk, before={"added": True, "revision": said[pk]}) for pk in ids]
    )
    counts["changed"] += len(ids)


def _take(
    edit: BulkEdit,
    merging: Merging,
    classes: ClassMap,
    met: Sequence[Met],
    before: Mapping[uuid.UUID, Sequence[ShapeRow]],
) -> None:
    """What is said there is said here, by whoever said it there; where that sample is gone, as it was frozen."""
    wanted = [one.there for one in met if one.there is not None]
    copies = {copy.one.sha256: copy for copy in _copies(merging, classes, wanted, Counter())}
    rows: list[BulkEditRow] = []
    sayings: list[Saying] = []
    for one in met:
        here, there = one.here, one.there
        if here is None or there is None:
            continue
        copy = copies.get(one.sha256) or Copy.of(there, saying_of(merging.frozen, there, here, None), classes)
        sayings.append(Saying(here, copy.shapes, copy.state, copy.source, copy.origin))
        kept = {
            "revision": here.annotation_revision,
            "state": here.state,
            "source": here.annotation_source,
            "shapes": shapes_kept(before[here.pk]),
        }
        rows.append(BulkEditRow(edit=edit, sample_id=here.pk, before=kept))
    annotations_replace(edit.dataset_id, sayings, actor_id=edit.created_by_id)
    BulkEditRow.objects.bulk_create(rows)


def _saved(edit: BulkEdit, cursor: str) -> None:
    edit.cursor = cursor
    edit.save(update_fields=["cursor", "counts"])
    fault("merge.before-commit")
