"""An annotation as Label Studio writes it, with who made it and when. Pure; for pictures and texts."""

from typing import Any

from datasets.origins import Origin


def annotation_of(results: list[dict[str, Any]], origin: Origin | None) -> dict[str, Any]:
    """The annotation of a task that has these results."""
    is_skipped = origin is not None and origin.state == "skipped"
    row: dict[str, Any] = {"result": [] if is_skipped else results, "was_cancelled": is_skipped}
    return row if origin is None else row | _said(origin)


def _said(origin: Origin) -> dict[str, Any]:
    row: dict[str, Any] = {"ground_truth": origin.is_reviewed}
    if origin.annotator:
        row["completed_by"] = _person(origin.annotator)
    if origin.at is not None:
        row["created_at"] = row["updated_at"] = origin.to_json()["at"]
    if origin.reviewer:
        row["reviews"] = [{"created_by": _person(origin.reviewer), "accepted": origin.is_reviewed}]
    return row


def _person(name: str) -> Any:
    """People are numbers there, or named by a mail address, which other names stand in for."""
    is_number = name.isascii() and name.isdigit() and not name.startswith("0") and len(name) < 16
    return int(name) if is_number else {"email": name}
