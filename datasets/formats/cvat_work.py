"""Who worked on the tasks and jobs of a CVAT file: its `meta`, read field by field in the order of the file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from datasets.formats.xmlfiles import Node
from datasets.origins import Origin, State, is_no_moment, moment_of, origin_of, person_of

# Outside of `label` and `segments`, which have an `id` of their own.
WORK_FIELDS: Final = frozenset(("id", "created", "updated", "owner", "assignee", "status", "stage", "state"))
_MAX_TASKS: Final = 50_000
_REVIEWED: Final = frozenset((("acceptance", "completed"), ("", "completed")))


@dataclass(slots=True)
class _Work:
    """A project, task or job. `status` is what older servers say instead of stage and state."""

    owner: str = ""
    assignee: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    stage: str = ""
    state: str = ""

    def origin(self) -> Origin | None:
        """An assignee labeled it; where nobody was one, who made the task."""
        is_reviewed = (self.stage, self.state) in _REVIEWED
        state: State = "reviewed" if is_reviewed else "labeled"
        return origin_of(self.assignee or self.owner, self.updated or self.created, state)


class CvatWork:
    """Every `id` begins the fields of another project, task or job."""

    def __init__(self, notice: Callable[[str, str, int], None], where: str) -> None:
        self._notice, self._where = notice, where
        self._now = _Work()
        self._by_id: dict[str, _Work] = {}
        self._origins: dict[str, Origin | None] = {}

    def take(self, field: Node) -> None:
        """One of WORK_FIELDS."""
        if field.tag == "id":
            self._now = _Work()
            if len(self._by_id) < _MAX_TASKS:
                self._by_id[field.text[:40]] = self._now
        elif field.tag in ("created", "updated"):
            self._notice("date_invalid", self._where, int(is_no_moment(field.text)))
            setattr(self._now, field.tag, moment_of(field.text))
        elif field.tag in ("owner", "assignee"):
            setattr(self._now, field.tag, person_of(_person(field)))
        elif field.tag == "stage":
            self._now.stage = field.text.strip().lower()[:40]
        else:
            self._now.state = field.text.strip().lower()[:40]

    def origin(self, task_id: str | None) -> Origin | None:
        """Of the pictures of a task; of one that names none, in a file of a single task or job."""
        key = (task_id or "")[:40]
        if key not in self._origins:
            only = self._now if len(self._by_id) < 2 else None
            work = self._by_id.get(key, only) if key else only
            self._origins[key] = None if work is None else work.origin()
        return self._origins[key]


def _person(field: Node) -> Any:
    said = {node.tag: node.text for node in field.children}
    return said or field.text
