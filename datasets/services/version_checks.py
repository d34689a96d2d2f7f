"""What the checks had said of a data set when a version of it was frozen."""

from typing import Any

from datasets.models import Dataset, Finding, Modality
from datasets.quality.label_stats import LABEL_CODES
from datasets.selectors.check_age import changed_since, imports_since
from datasets.selectors.datasets import checked_at


def checks_noted(dataset: Dataset) -> dict[str, Any]:
    """`{"at", "imports_since", "changed_since", "findings"}` as JSON holds it; a finding is `{"code", "severity", "count", "at"}`.

    Errors come first.
    `at` is when the checks last ran, None where they never did; `imports_since` are the imports that brought
    something later, `changed_since` says whether anything changed later. Errors and warnings are noted. What the
    counters of samples say is left out: they are asked at the moment of freezing. Seven statements at most.
    """
    at = checked_at(dataset.pk)
    imports = 0 if at is None else imports_since(dataset, at)
    rows = Finding.objects.filter(dataset=dataset, count__gt=0).exclude(severity=Finding.Severity.INFO)
    if dataset.modality != Modality.TABULAR:
        rows = rows.exclude(code__in=LABEL_CODES)
    return {
        "at": None if at is None else at.isoformat(),
        "imports_since": imports,
        "changed_since": at is not None and changed_since(dataset, at, imports),
        "findings": [
            {"code": row.code, "severity": row.severity, "count": row.count, "at": row.checked_at.isoformat()}
            for row in rows.order_by("severity", "code")
        ],
    }
