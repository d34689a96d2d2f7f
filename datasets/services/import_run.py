"""The job of an import: read, decode in children, store, write; resumable after any batch."""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from django.db import connection, transaction

from core.clock import utc_now
from core.errors import Conflict, DomainError
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.lease import JobCancelled
from core.services.blobs import BlobBatch
from core.sql import is_postgresql
from datasets.formats.base import Draft, MemberUnreadable, Plan, Problem, Reading, Tree
from datasets.formats.decoding.intake import Intake, Opening, intake_of
from datasets.formats.decoding.wire import Undecodable
from datasets.formats.layout import group_of
from datasets.formats.registry import Choice, format_detected
from datasets.models import Dataset, ImportBatch, Modality, Task
from datasets.models.dataset import SEVERAL_CLASSES_TASKS
from datasets.services.counters import dataset_locked
from datasets.services.import_rehearsal import Rehearsal
from datasets.services.import_rows import Arrival, BatchWriter, known_bytes
from datasets.services.import_source import import_tree, members_lost, secrets_forget, source_release
from datasets.services.import_sql import sql_problem
from datasets.services.import_tally import Tally, joined_problem
from datasets.services.imports import ImportAborted, ImportOptions, import_tags_check
from datasets.services.references import ReferenceKeeper
from datasets.services.relation_types import relations_ensure
from datasets.services.schema import classes_ensure, classes_joined
from datasets.services.table_import import table_import_run

BATCH_ITEMS: Final = 400
BATCH_BYTES: Final = 48 << 20
_PREVIEW: Final = 20
# What says more of the moment than of the file.
PASSING: Final = ("decoder_timeout", "decoder_died", "file_missing")


class DatasetGone(Conflict):
    """The data set was deleted while its import waited."""

    code = "dataset_gone"


@dataclass(slots=True)
class _Load:
    """A stretch of the plan, `end` exclusive: what was read of it and is being decoded."""

    end: int
    drafts: list[Draft] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    sha256s: list[str] = field(default_factory=list)
    known: list[tuple[Draft, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    answers: "Future[list[Opening]] | None" = None


def import_run(ctx: JobContext, batch_id: uuid.UUID) -> dict[str, Any]:
    """Do the import from where the last attempt stopped; the result of the job.

    Raises ArchiveRefused, FormatMismatch, ImportAborted, DatasetGone.
    """
    batch = ImportBatch.objects.select_related("dataset", "created_by").get(pk=batch_id)
    try:
        if batch.dataset.deleted_at is not None:
            raise DatasetGone("the data set was deleted")
        return _imported(ctx, batch, ImportOptions(**batch.options))
    except (DomainError, JobCancelled):
        with transaction.atomic():
            secrets_forget(batch)
            batch.save(update_fields=["source"])
        raise


def _imported(ctx: JobContext, batch: ImportBatch, options: ImportOptions) -> dict[str, Any]:
    modality = batch.dataset.modality
    if modality == Modality.TABULAR:
        return table_import_run(ctx, batch, options)
    task = batch.dataset.task
    reading = Reading(
        options.columns, several=task in SEVERAL_CLASSES_TASKS, regions=task == Task.AUDIO_EVENTS
    )
    with import_tree(ctx, batch) as tree, intake_of(modality) as intake:
        choice = format_detected(tree, options.format, modality, reading)
        plan = _grouped(choice.plan(tree), options)
        run = _Run(ctx, batch, tree, plan, intake, choice)
        batch.format, batch.total = choice.importer.key, len(plan.items)
        batch.reason = choice.reason[:300]
        if options.dry_run:
            return run.finish(run.rehearse(len(plan.items)), dry_run=True)
        if options.on_problem == "abort" and batch.cursor == 0:
            run.refuse_problems()
        return run.finish(run.work(), dry_run=False)


def _grouped(plan: Plan, options: ImportOptions) -> Plan:
    if options.group_by == "none":
        return plan
    items = [
        replace(item, group=item.group or group_of(item.member.name, options.group_by))
        if isinstance(item, Draft)
        else item
        for item in plan.items
    ]
    return replace(plan, items=items)


class _Run:
    """One attempt at one import."""

    def __init__(
        self, ctx: JobContext, batch: ImportBatch, tree: Tree, plan: Plan, intake: Intake, choice: Choice
    ) -> None:
        self._ctx, self._batch, self._tree, self._plan, self._intake = ctx, batch, tree, plan, intake
        self._choice, self._references = choice, ReferenceKeeper(batch, tree)
        self._dataset: Dataset = batch.dataset
        self._undecided: list[str] = []

    def work(self) -> Tally:
        """Import everything behind the cursor."""
        with self._ctx.fenced():
            self._dataset = dataset_locked(self._dataset.pk)
            import_tags_check(self._dataset, ImportOptions(**self._batch.options))
            classes = classes_ensure(
                self._dataset, self._plan.classes, self._plan.skeletons, self._plan.attributes
            )
            types = relations_ensure(self._dataset, self._relations())
            self._batch.save(update_fields=["format", "reason", "total"])
        fault("import.after-begin")
        writer, tally = BatchWriter(self._batch, self._dataset, classes, types), Tally.of(self._batch)
        if self._batch.cursor == 0:
            self._tell_joined(tally)
        for load in self._loads(self._batch.cursor, may_skip=True):
            self._ctx.check()
            arrivals = self._stored(load, tally)
            with self._ctx.fenced():
                dataset_locked(self._dataset.pk)
                writer.write(arrivals, tally)
                self._references.write(arrivals)
                tally.write(self._batch)
                self._batch.cursor = load.end
                members_lost(self._batch, (*self._tree.lost(), *self._undecided))
                self._batch.save(update_fields=["cursor", "counts", "problems", "problem_samples", "source"])
                fault("import.before-commit")
            fault("import.after-commit")
            self._ctx.milestone()
            self._ctx.progress(load.end, len(self._plan.items), "files")
        return tally

    def rehearse(self, total: int) -> Tally:
        """Read and decode everything, store nothing; progress is told out of `total`."""
        tally = Tally()
        self._tell_joined(tally)
        tags = self._batch.options.get("tags", ())
        rehearsal = Rehearsal(self._dataset, self._plan.classes, tags, tally, self._relations())
        for load in self._loads(0, may_skip=False):
            self._ctx.check()
            for problem in load.problems:
                tally.met(problem)
            rehearsal.look(load.sha256s)
            for draft, sha256, answer in _answered(load):
                if isinstance(answer, Undecodable):
                    tally.met(Problem(answer.code, draft.name, answer.detail))
                else:
                    rehearsal.meet(draft, sha256, answer)
            self._ctx.progress(load.end, total, "files")
        return tally

    def _relations(self) -> tuple[str, ...]:
        """The relation types that the files name, where the data set has spans to be related."""
        return self._plan.relations if self._dataset.task == Task.NER else ()

    def _tell_joined(self, tally: Tally) -> None:
        for names in classes_joined(self._dataset.pk, self._plan.classes):
            tally.met(joined_problem(names))
        if more := sql_problem(self._batch):
            tally.met(more)

    def refuse_problems(self) -> None:
        """Rehearse, and raise ImportAborted at the end when more than notices were met."""
        tally = self.rehearse(2 * len(self._plan.items))
        first = tally.first_fault
        if first is None:
            return
        with self._ctx.fenced():
            tally.counts["created"] = tally.counts["annotated"] = tally.counts["duplicates"] = 0
            tally.write(self._batch)
            self._batch.finished_at = utc_now()
            source_release(self._batch)
            self._batch.save()
        remedy = "mend that file, or import again and have what has a problem skipped"
        raise ImportAborted(f"nothing was imported: {first.where}: {first.detail}. To go on, {remedy}")

    def finish(self, tally: Tally, *, dry_run: bool) -> dict[str, Any]:
        """Write the end of the import and of its job as one."""
        result = {
            **tally.result(),
            "format": self._batch.format,
            "reason": self._batch.reason,
            "also": list(self._choice.also),
            "classes": list(self._plan.classes),
            "columns": [asdict(note) for note in self._plan.columns],
            "name_encoding": self._tree.name_encoding,
            "dry_run": dry_run,
            "source": self._batch.source_name,
            "dataset": str(self._dataset.pk),
            "modality": self._dataset.modality,
            "import": str(self._batch.pk),
        }
        if dry_run:
            result["preview"] = self._preview()
        with self._ctx.fenced() as job:
            self._batch.result, self._batch.finished_at = result, utc_now()
            tally.write(self._batch)
            members_lost(self._batch, self._tree.lost())
            # A rehearsal leaves the upload for the import proper.
            source_release(self._batch, is_kept=dry_run)
            self._batch.save()
            fault("import.before-finish")
            self._ctx.finish(job, result)
        if is_postgresql() and tally.counts["created"] > 1_000:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE datasets_sample, datasets_shape")
        return result

    def _loads(self, start: int, *, may_skip: bool) -> Iterator[_Load]:
        """Stretches of the plan; while one is written, the next is being decoded."""
        waiting: _Load | None = None
        while start < len(self._plan.items):
            load = self._read(start, may_skip=may_skip)
            load.answers = self._intake.submit(load.drafts, load.contents)
            start = load.end
            if waiting is not None:
                yield waiting
            waiting = load
        if waiting is not None:
            yield waiting

    def _read(self, start: int, *, may_skip: bool) -> _Load:
        load, size_bytes = _Load(end=start), 0
        while (
            load.end < len(self._plan.items) and load.end - start < BATCH_ITEMS and size_bytes < BATCH_BYTES
        ):
            item = self._plan.items[load.end]
            load.end += 1
            if isinstance(item, Problem):
                load.problems.append(item)
                continue
            try:
                content = self._plan.content_of(item, self._tree, self._intake.max_bytes)
                item, content = self._intake.taken(item, content)
            except MemberUnreadable as exc:
                load.problems.append(exc.problem)
                continue
            size_bytes += len(content)
            load.drafts.append(item)
            load.contents.append(content)
            load.sha256s.append(hashlib.sha256(content).hexdigest())
        if may_skip:
            _set_known_aside(load, self._dataset.pk)
        return load

    def _stored(self, load: _Load, tally: Tally) -> list[Arrival]:
        """Make bytes and thumbnails durable; what could not be decoded becomes a problem."""
        for problem in load.problems:
            tally.met(problem)
        arrivals: list[Arrival] = []
        failed: dict[str, Undecodable] = {}
        with BlobBatch() as blobs:
            for content, (draft, sha256, answer) in zip(load.contents, _answered(load), strict=True):
                if isinstance(answer, Undecodable):
                    failed[sha256] = answer
                    self._failed(draft, answer, tally)
                    continue
                stored = self._references.ref(draft, sha256, content, answer.media_type)
                stored = stored or blobs.add(content, answer.media_type, sha256)
                thumb = blobs.add(answer.thumbnail, "image/jpeg") if answer.thumbnail else None
                arrivals.append(Arrival(draft, sha256, answer, stored, thumb))
            fault("import.before-seal")
            blobs.seal()
        load.contents.clear()
        fault("import.after-seal")
        for draft, sha256 in load.known:
            if sha256 in failed:
                self._failed(draft, failed[sha256], tally)
            else:
                arrivals.append(Arrival(draft, sha256))
        return arrivals

    def _failed(self, draft: Draft, answer: Undecodable, tally: Tally) -> None:
        if answer.code in PASSING:
            self._undecided.append(draft.member.name)
        tally.met(Problem(answer.code, draft.name, answer.detail))

    def _preview(self) -> list[dict[str, Any]]:
        drafts = [item for item in self._plan.items[: 10 * _PREVIEW] if isinstance(item, Draft)][:_PREVIEW]
        return [
            {
                "name": d.name,
                "label": d.label,
                "labels": list(d.labels),
                "boxes": len(d.boxes),
                "spans": len(d.spans),
                "relations": len(d.relations),
                "split": d.split,
                "group": d.group,
            }
            for d in drafts
        ]


def _answered(load: _Load) -> Iterator[tuple[Draft, str, Opening]]:
    if load.answers is None:
        raise RuntimeError("the load was never decoded")
    answers: Sequence[Opening] = load.answers.result()
    return zip(load.drafts, load.sha256s, answers, strict=True)


def _set_known_aside(load: _Load, dataset_id: uuid.UUID) -> None:
    """What the data set holds already, and a second copy within the load, need no decoding.

    A copy stays behind the first one in order, so that the first names the sample.
    """
    seen = set(known_bytes(dataset_id, load.sha256s))
    fresh: list[tuple[Draft, bytes, str]] = []
    for draft, content, sha256 in zip(load.drafts, load.contents, load.sha256s, strict=True):
        if sha256 in seen:
            load.known.append((draft, sha256))
            continue
        seen.add(sha256)
        fresh.append((draft, content, sha256))
    load.drafts = [draft for draft, _, _ in fresh]
    load.contents = [content for _, content, _ in fresh]
    load.sha256s = [sha256 for _, _, sha256 in fresh]
