"""Cleaning of data sets whose samples are files: walks over them in batches, each in one transaction.

Steps that change single samples are done together in one walk; a step that chooses among all of them is a walk of
its own over what it chose. `cleaning.cursor` is `<step>:<what is behind>`.
"""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from typing import Any, Final

from core.faults import fault
from core.jobs.context import JobContext
from core.services.blobs import BlobBatch, BlobRef
from datasets.cleaning import Choice, Operator, described, recipe_from, recipe_json
from datasets.models import Cleaning, Dataset, Sample
from datasets.services.annotations_bulk import shapes_of
from datasets.services.clean_base import cleaning_locked, counted, filtered, selected
from datasets.services.clean_choices import Chosen, chosen_move, chosen_plan
from datasets.services.clean_undo import rows_undo
from datasets.services.clean_write import Answer, Item, Made, Stale, answers_write
from datasets.services.import_run import BATCH_BYTES

_TRIES: Final = 5


class Content(ABC):
    """What makes new content of single samples, for the length of a walk."""

    @abstractmethod
    def made(self, items: Sequence[Item]) -> list[Answer]:
        """Of each item its new content, a problem, or None where nothing changes."""


class SampleCleaner(ABC):
    """A `Cleaner` for samples with files."""

    operators_known: Mapping[str, type[Operator]]
    batch: int  # of samples that are changed in one transaction, at most

    def operators(self) -> list[dict[str, Any]]:
        """As `Cleaner`."""
        return described(self.operators_known)

    def checked(self, dataset: Dataset, recipe: Any, condition: str) -> dict[str, Any]:
        """As `Cleaner`."""
        filtered(dataset, condition)
        return recipe_json(recipe_from(recipe, self.operators_known))

    def total(self, cleaning: Cleaning) -> int:
        """As `Cleaner`."""
        return selected(cleaning).order_by().count()

    @abstractmethod
    def preview(self, dataset: Dataset, recipe: dict[str, Any], condition: str, limit: int) -> dict[str, Any]:
        """As `Cleaner`."""

    @abstractmethod
    def content(self, dataset: Dataset, steps: Sequence[Operator]) -> AbstractContextManager[Content]:
        """What carries out steps on single samples."""

    @abstractmethod
    def choose(self, ctx: JobContext, cleaning: Cleaning, step: Choice) -> Chosen:
        """What a step that looks at all samples takes out."""

    def apply(self, ctx: JobContext, cleaning: Cleaning) -> None:
        """As `Cleaner`."""
        walks = list(_walks(recipe_from(cleaning.recipe, self.operators_known)))
        for number, (place, steps) in enumerate(walks):
            begun, _, _ = _cursor(cleaning.pk)
            if place < begun:
                continue
            told = _Told(ctx, number, len(walks))
            if isinstance(steps[0], Choice):
                self._chosen(ctx, cleaning, place, steps[0], told)
            else:
                self._contents(ctx, cleaning, place, steps, told)

    def undo(self, ctx: JobContext, cleaning: Cleaning) -> None:
        """As `Cleaner`."""
        done = 0
        while True:
            ctx.check()
            with ctx.fenced():
                held = cleaning_locked(cleaning.pk)
                size = rows_undo(held)
                if size == 0:
                    return
                held.save(update_fields=["cursor", "counts"])
                fault("clean.before-undo-commit")
            ctx.milestone()
            done += size
            ctx.progress(min(done, ctx.params["total"]), ctx.params["total"], "samples")

    def _contents(
        self, ctx: JobContext, cleaning: Cleaning, place: int, steps: Sequence[Operator], told: "_Told"
    ) -> None:
        with self.content(cleaning.dataset, steps) as content:
            while (size := self._batch(ctx, cleaning, place, content)) > 0:
                ctx.milestone()
                told.more(size)
        _moved_on(ctx, cleaning.pk, place + len(steps))

    def _batch(self, ctx: JobContext, cleaning: Cleaning, place: int, content: Content) -> int:
        for attempt in range(_TRIES):
            ctx.check()
            items = _items(cleaning, place, self.batch)
            if not items:
                return 0
            answers = content.made(items)
            with BlobBatch() as batch:
                refs = [_refs(batch, answer) for answer in answers]
                batch.seal()
            fault("clean.after-content")
            try:
                with ctx.fenced():
                    held = cleaning_locked(cleaning.pk)
                    is_last = attempt == _TRIES - 1
                    answers_write(held, place, list(zip(items, answers, refs, strict=True)), give_up=is_last)
                    held.cursor = f"{place}:{items[-1].sample.pk}"
                    held.save(update_fields=["cursor", "counts", "problems", "bin"])
                    fault("clean.before-commit")
            except Stale:
                continue
            return len(items)
        raise RuntimeError("the last try gives up what changes under its hands")

    def _chosen(self, ctx: JobContext, cleaning: Cleaning, place: int, step: Choice, told: "_Told") -> None:
        begun, _, behind = _cursor(cleaning.pk)
        if begun < place or not behind:
            chosen = self.choose(ctx, cleaning, step)
            with ctx.fenced():
                held = cleaning_locked(cleaning.pk)
                chosen_plan(held, place, chosen)
                held.cursor = f"{place}:0"
                held.save(update_fields=["cursor"])
                fault("clean.after-plan")
        while True:
            ctx.check()
            with ctx.fenced():
                held = cleaning_locked(cleaning.pk)
                last, counts = chosen_move(held, place, int(held.cursor.partition(":")[2]))
                if last is None:
                    break
                counted(held, counts)
                held.cursor = f"{place}:{last}"
                held.save(update_fields=["cursor", "counts", "problems", "bin"])
                fault("clean.before-commit")
            ctx.milestone()
            told.more(sum(counts.values()))
        _moved_on(ctx, cleaning.pk, place + 1)


class _Told:
    """Progress over several walks, each as long as the samples are many."""

    def __init__(self, ctx: JobContext, number: int, walks: int) -> None:
        self._ctx, self._total = ctx, ctx.params["total"]
        self._before, self._walks, self._done = number * self._total, walks, 0

    def more(self, size: int) -> None:
        """So many samples further."""
        self._done = min(self._done + size, self._total)
        done = (self._before + self._done) // self._walks
        self._ctx.progress(done, self._total, "samples")


def _walks(steps: Sequence[Operator]) -> Iterator[tuple[int, list[Operator]]]:
    """Steps that are done together, with the place of the first of them."""
    keyed = enumerate(steps)
    for _, group in groupby(keyed, key=lambda pair: pair[0] if isinstance(pair[1], Choice) else -1):
        pairs = list(group)
        yield pairs[0][0], [step for _, step in pairs]


def _cursor(cleaning_id: uuid.UUID) -> tuple[int, str, str]:
    cursor = Cleaning.objects.values_list("cursor", flat=True).get(pk=cleaning_id)
    step, colon, behind = cursor.partition(":")
    return int(step or 0), colon, behind


def _moved_on(ctx: JobContext, cleaning_id: uuid.UUID, place: int) -> None:
    with ctx.fenced():
        held = cleaning_locked(cleaning_id)
        held.cursor = f"{place}:"
        held.save(update_fields=["cursor"])


def _items(cleaning: Cleaning, place: int, most: int) -> list[Item]:
    """The next samples by id, few large ones or many small ones. Two statements."""
    begun, _, behind = _cursor(cleaning.pk)
    rows = selected(cleaning).order_by("pk")
    if begun == place and behind:
        rows = rows.filter(pk__gt=behind)
    samples: list[Sample] = []
    size_bytes = 0
    for sample in rows[:most]:
        # A file written anew may be as large as its pixels are many.
        pixels = sample.payload.get("width", 0) * sample.payload.get("height", 0)
        size_bytes += max(sample.size_bytes, pixels)
        if samples and size_bytes > BATCH_BYTES:
            break
        samples.append(sample)
    shapes = shapes_of(samples)
    return [Item(sample, shapes[sample.pk]) for sample in samples]


def _refs(batch: BlobBatch, answer: Answer) -> tuple[BlobRef, BlobRef | None] | None:
    if not isinstance(answer, Made):
        return None
    thumb = answer.opened.thumbnail
    return (
        batch.add(answer.content, answer.opened.media_type),
        batch.add(thumb, "image/jpeg") if thumb else None,
    )
