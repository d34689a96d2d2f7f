"""Which of the annotations of a Label Studio task counts, and who made it when. Pure; for pictures and texts."""

from collections.abc import Callable
from typing import Any, Final

from datasets.origins import Origin, State, is_no_moment, moment_of, origin_of

_DATES: Final = ("updated_at", "created_at")
_LISTS: Final = ("annotations", "completions")
Notice = Callable[[str, str, int], None]


def annotation_chosen(
    task: dict[str, Any], where: str, notice: Notice
) -> tuple[dict[str, Any] | None, Origin | None]:
    """A ground truth, else the newest that was not cancelled, and its origin; the others are told by `notice`.

    Where all were cancelled there is none, and the origin says who skipped it last.
    """
    listed: list[Any] = next((task[key] for key in _LISTS if isinstance(task.get(key), list)), [])
    rows = sorted((row for row in listed if isinstance(row, dict)), key=_order)
    kept = [row for row in rows if not row.get("was_cancelled")]
    predictions = task.get("predictions")
    notice("details_dropped", where, len(predictions) if isinstance(predictions, list) else 0)
    notice("further_annotations", where, len(kept[1:]))
    if kept:
        return kept[0], annotation_origin(kept[0], where, notice)
    if not rows:
        return None, None
    notice("tasks_skipped", where, 1)
    return None, annotation_origin(rows[0], where, notice, "skipped")


def annotation_origin(
    row: dict[str, Any], where: str, notice: Notice, state: State = "labeled"
) -> Origin | None:
    """Who made an annotation, or a row of JSON-MIN, and when; a date that is none is told by `notice`."""
    notice("details_dropped", where, int(bool(row.get("lead_time"))))
    notice("date_invalid", where, sum(is_no_moment(row.get(key)) for key in _DATES))
    reviewer, accepted = _review(row)
    if state == "labeled" and (accepted or row.get("ground_truth") is True):
        state = "reviewed"
    return origin_of(_person(row), _moment(row), state, reviewer)


def _order(row: dict[str, Any]) -> tuple[bool, float]:
    at = _moment(row)
    return row.get("ground_truth") is not True, 0.0 if at is None else -at.timestamp()


def _moment(row: dict[str, Any]) -> Any:
    return next((at for key in _DATES if (at := moment_of(row.get(key))) is not None), None)


def _person(row: dict[str, Any]) -> Any:
    """`created_username` is the mail address and the number of who `completed_by` numbers only."""
    person, named = row.get("completed_by", row.get("annotator")), row.get("created_username")
    if isinstance(person, dict) or not isinstance(named, str) or "@" not in named:
        return person
    return named.rpartition(",")[0].strip() or named


def _review(row: dict[str, Any]) -> tuple[Any, bool]:
    """Who reviewed it last, and whether it was accepted."""
    reviews = row.get("reviews")
    rows = [one for one in reviews if isinstance(one, dict)] if isinstance(reviews, list) else []
    return (rows[-1].get("created_by"), rows[-1].get("accepted") is True) if rows else (None, False)
