"""Findings that follow from how labels are spread. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Severity = Literal["error", "warning", "info"]
FEW: Final = 10
_UNBALANCED: Final = 20


# What `labels_findings` says, from counters, at any moment.
LABEL_CODES: Final = frozenset(
    {
        "no_samples",
        "no_labels",
        "unlabeled",
        "class_with_one_sample",
        "class_with_few_samples",
        "class_unused",
        "only_one_class",
        "classes_unbalanced",
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: `remedy` is the key of what would help, `params` its figures. Zero `count` means all is well."""

    code: str
    severity: Severity
    count: int
    remedy: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class and how many samples carry it."""

    id: str
    name: str
    samples: int


def labels_findings(samples: int, labeled: int, classes: Sequence[ClassCount]) -> list[Found]:
    """Every check of this module, also those that found nothing."""
    used = [row for row in classes if row.samples]
    return [
        Found("no_samples", "error", int(samples == 0), "import_files"),
        Found("no_labels", "error", int(samples > 0 and labeled == 0), "label_samples", {"samples": samples}),
        Found(
            "unlabeled", "warning", samples - labeled if labeled else 0, "label_samples", {"samples": samples}
        ),
        _classes_found(
            "class_with_one_sample", "error", [r for r in used if r.samples == 1], "add_samples_or_merge"
        ),
        _classes_found(
            "class_with_few_samples", "warning", [r for r in used if 1 < r.samples < FEW], "add_samples"
        ),
        _classes_found(
            "class_unused", "info", [r for r in classes if not r.samples], "label_or_remove_class"
        ),
        _one_class(used, labeled),
        _balance(used),
    ]


def _classes_found(code: str, severity: Severity, rows: Sequence[ClassCount], remedy: str) -> Found:
    listed = [{"id": row.id, "name": row.name, "samples": row.samples} for row in rows]
    return Found(code, severity, len(rows), remedy, {"classes": listed})


def _one_class(used: Sequence[ClassCount], labeled: int) -> Found:
    is_one = labeled > 0 and len(used) == 1
    return Found("only_one_class", "warning", int(is_one), "add_second_class", _names(used) if is_one else {})


def _balance(used: Sequence[ClassCount]) -> Found:
    most, least = max((r.samples for r in used), default=0), min((r.samples for r in used), default=0)
    is_off = len(used) > 1 and most >= _UNBALANCED * least
    return Found("classes_unbalanced", "warning", int(is_off), "add_samples", {"most": most, "least": least})


def _names(used: Sequence[ClassCount]) -> dict[str, Any]:
    return {"classes": [{"id": row.id, "name": row.name, "samples": row.samples} for row in used]}
