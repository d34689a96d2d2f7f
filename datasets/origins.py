"""Who said something about a sample in another tool, and when, as a file tells it. Pure.

It is the word of a file: shown beside what the studio knows itself, and never a reason to trust anybody.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, Self

State = Literal["", "labeled", "reviewed", "skipped"]
STATES: Final[tuple[State, ...]] = ("labeled", "reviewed", "skipped")
# Nobody labeled for machines on a computer before, and a date behind the other end is a slip.
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_DATE: Final = 40
# Seconds since 1970 are below, milliseconds above.
_MILLISECONDS: Final = 1e11
_MAX_PERSON: Final = 150
_PERSON_KEYS: Final = ("email", "username", "name", "id")


@dataclass(frozen=True, slots=True)
class Origin:
    """The names are as the tool has them: a mail address, a name or a number. `at` is aware UTC."""

    annotator: str = ""
    reviewer: str = ""
    at: datetime | None = None
    state: State = ""
    tool: str = ""

    @property
    def is_reviewed(self) -> bool:
        """Whether it was approved there."""
        return self.state == "reviewed"

    def to_json(self) -> dict[str, str]:
        """What is known of it."""
        at = "" if self.at is None else self.at.isoformat().replace("+00:00", "Z")
        said = {"annotator": self.annotator, "reviewer": self.reviewer, "at": at}
        return {
            key: value for key, value in (*said.items(), ("state", self.state), ("tool", self.tool)) if value
        }

    @classmethod
    def from_json(cls, row: dict[str, str] | None) -> Self | None:
        """The inverse of `to_json`; of what was written by us."""
        if not row:
            return None
        state: State = next((state for state in STATES if state == row.get("state")), "")
        names = (row.get("annotator", ""), row.get("reviewer", ""))
        return cls(*names, moment_of(row.get("at")), state, row.get("tool", ""))


def origin_of(
    annotator: Any = None, at: datetime | None = None, state: State = "", reviewer: Any = None
) -> Origin | None:
    """None where nothing is known of it: that something is labeled goes without saying."""
    origin = Origin(person_of(annotator), person_of(reviewer), at, state)
    return None if origin in (Origin(), Origin(state="labeled")) else origin


def person_of(raw: Any) -> str:
    """The name of a person: text, a number, or an object with a mail address, a name or a number."""
    if isinstance(raw, dict):
        raw = next((raw[key] for key in _PERSON_KEYS if raw.get(key) not in (None, "", {}, [])), None)
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return ""
    if isinstance(raw, int) and abs(raw) >= 10**18:
        return ""
    plain = "".join(ch if ch.isprintable() else " " for ch in str(raw)[: 4 * _MAX_PERSON])
    return " ".join(plain.split())[:_MAX_PERSON]


def moment_of(raw: Any) -> datetime | None:
    """A date of ISO 8601 or seconds (also thousandths) since 1970, in UTC; None for what is none.

    Without an offset it is taken for UTC.
    """
    if isinstance(raw, str) and 0 < len(raw) <= _MAX_DATE:
        try:
            found = datetime.fromisoformat(raw.strip())
        except ValueError:
            return None
        if not 1 < found.year < 9_999:
            return None
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    elif isinstance(raw, int | float) and not isinstance(raw, bool) and 0 < raw < 1e14:
        found = _EPOCH + timedelta(seconds=raw / 1_000 if raw >= _MILLISECONDS else raw)
    else:
        return None
    return found if _EARLIEST <= found < _LATEST else None


def is_no_moment(raw: Any) -> bool:
    """Whether this was meant to be a date and is none."""
    return raw not in (None, "") and moment_of(raw) is None
