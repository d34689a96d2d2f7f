"""What an import would do, told without doing it: the same counts and problems, nothing written."""

from collections.abc import Iterable, Sequence

from datasets.formats.base import Draft
from datasets.formats.decoding.intake import Opened
from datasets.models import Dataset, LabelClass, SampleState
from datasets.models.dataset import ONE_CLASS_TASKS
from datasets.services.import_rows import conflict, crowded, present_samples
from datasets.services.import_shapes import Said, said_of
from datasets.services.import_tally import Tally
from datasets.services.relation_types import relations_foreseen
from datasets.services.schema import class_key
from datasets.services.tags import tags_lacking


class Rehearsal:
    """Remembers what each content is labeled with; memory is one key a content."""

    def __init__(
        self,
        dataset: Dataset,
        classes: Iterable[str],
        tags: Sequence[str],
        tally: Tally,
        relations: Iterable[str] = (),
    ) -> None:
        self._dataset, self._tags, self._tally = dataset, tags, tally
        self._tagged: dict[str, list[str]] = {}
        # Stand for the classes that a rehearsal does not create; names that become one class have one.
        self._ids = {name: class_key(name) for name in classes}
        self._types = relations_foreseen(dataset, relations)
        rows = LabelClass.objects.filter(dataset=dataset, deleted_at__isnull=True)
        self._keys = {str(pk): class_key(name) for pk, name in rows.values_list("pk", "name")}
        self._said: dict[str, str | None] = {}

    def look(self, sha256s: Iterable[str]) -> None:
        """Learn which of these contents the data set has. One statement."""
        for sha256, known in present_samples(self._dataset.pk, sha256s).items():
            is_labeled = known.state != SampleState.UNLABELED
            self._said.setdefault(sha256, self._keys.get(known.label or "", "") if is_labeled else None)
            if self._tags:
                self._tagged.setdefault(sha256, known.tags)

    def meet(self, draft: Draft, sha256: str, opened: Opened) -> None:
        """Count a sample as the import would."""
        said = said_of(draft, opened, task=self._dataset.task, ids=self._ids, types=self._types)
        is_new = sha256 not in self._said
        for problem in (*(draft.problems if is_new else ()), *said.problems):
            self._tally.met(problem)
        self._tally.counts["created" if is_new else "duplicates"] += 1
        self._tag(draft, sha256)
        if self._said.setdefault(sha256, None) is None:
            self._tally.counts["annotated"] += said.is_labeled
            self._said[sha256] = _first(said) if said.is_labeled else None
        elif said.is_labeled and self._dataset.task in ONE_CLASS_TASKS and _first(said) != self._said[sha256]:
            self._tally.met(conflict(draft))

    def _tag(self, draft: Draft, sha256: str) -> None:
        """A content that is there gets its tags once."""
        has = self._tagged.get(sha256)
        more = None if has is None else tags_lacking(has, self._tags)
        if has is not None and more is None:
            self._tally.met(crowded(draft))
        elif has is not None and more:
            self._tagged[sha256] = [*has, *more]
            self._tally.counts["tagged"] += 1


def _first(said: Said) -> str:
    return said.labels[0] if said.labels else ""
