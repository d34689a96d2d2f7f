"""What an import has done so far, and what it met."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from datasets.formats.base import NOTICES, Problem
from datasets.formats.names import shown
from datasets.models import ImportBatch

MAX_LISTED: Final = 100
_NAMED: Final = 5
# These concern what is said about a file; the file itself comes in.
_NOT_SKIPPED: Final = frozenset(
    (
        "annotation_unreadable",
        "box_invalid",
        "box_outside",
        "category_unknown",
        "category_unreadable",
        "conflicting_label",
        "image_missing",
        "image_row_unreadable",
        "region_invalid",
        "several_classes",
        "shape_unsupported",
        "relation_invalid",
        "span_invalid",
        *NOTICES,
    )
)


def joined_problem(names: Sequence[str]) -> Problem:
    """The notice that names became one class; it counts those that are not classes of their own."""
    listed = ", ".join(f"“{shown(name, 60)}”" for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    detail = (
        f"names that differ in case only became one class: {listed}{more}; rename them to keep them apart"
    )
    return Problem("classes_joined", shown(names[0]), detail, len(names) - 1)


@dataclass(slots=True)
class Tally:
    """Counts, problems by code, the first hundred of them, and the first that is more than a notice."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    listed: list[dict[str, str]] = field(default_factory=list)
    first_fault: Problem | None = None

    @classmethod
    def of(cls, batch: ImportBatch) -> Self:
        """As the batch last wrote it down."""
        return cls(Counter(batch.counts), Counter(batch.problems), list(batch.problem_samples))

    def met(self, problem: Problem) -> None:
        """Count a problem, and list it while there is room."""
        self.problems[problem.code] += problem.count
        if self.first_fault is None and problem.code not in NOTICES:
            self.first_fault = problem
        self.counts["skipped"] += problem.code not in _NOT_SKIPPED
        if len(self.listed) < MAX_LISTED:
            self.listed.append({"code": problem.code, "where": problem.where, "detail": problem.detail})

    def write(self, batch: ImportBatch) -> None:
        """Onto the batch, not yet saved."""
        batch.counts, batch.problems, batch.problem_samples = (
            dict(self.counts),
            dict(self.problems),
            self.listed,
        )

    def result(self) -> dict[str, Any]:
        """The result of the job."""
        return {
            **{
                name: self.counts[name]
                for name in ("created", "duplicates", "annotated", "skipped", "tagged")
            },
            "problems": dict(sorted(self.problems.items())),
            "problem_samples": self.listed,
        }
