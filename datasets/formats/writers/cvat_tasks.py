"""Who labeled which pictures, as the tasks of a CVAT project. Pure.

A task belongs to one subset. Datumaro, and with it CVAT, reads of a project the subsets that its tasks name and no
other: pictures of a subset nobody names are passed over in silence.
"""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from datasets.origins import Origin


@dataclass(slots=True)
class _Task:
    """Its origin has the latest time of its pictures; of how many that is not the time, and where first."""

    number: int
    subset: str
    origin: Origin | None
    others: int = 0
    where: str = ""


class CvatTasks:
    """One task a subset, assignee and state: a task has one time, the last one."""

    def __init__(self) -> None:
        self._tasks: dict[tuple[str, str | None, bool], _Task] = {}

    def add(self, name: str, subset: str, origin: Origin | None) -> int:
        """The number of the task of a sample; of nobody's samples a subset has a task without an assignee."""
        key = (subset, None, False) if origin is None else (subset, origin.annotator, origin.is_reviewed)
        task = self._tasks.setdefault(key, _Task(len(self._tasks) + 1, subset, origin))
        if origin is not None and task.origin is not None and origin.at != task.origin.at:
            task.others, task.where = task.others + 1, task.where or name
            if task.origin.at is None or (origin.at is not None and origin.at > task.origin.at):
                task.origin = origin
        return task.number

    def joined(self) -> tuple[str, int]:
        """Where a time gave way to that of its task first, and how often at least."""
        where = next((task.where for task in self._tasks.values() if task.where), "")
        return where, sum(task.others for task in self._tasks.values())

    def around(self, labels: str) -> str:
        """A project of tasks with its labels; where there is no picture, a plain task."""
        if not self._tasks:
            return f"<task><mode>annotation</mode>{labels}</task>"
        tasks = "".join(map(_task, self._tasks.values()))
        return f"<project><id>0</id><tasks>{tasks}</tasks>{labels}</project>"


def _task(task: _Task) -> str:
    head = f"<task><id>{task.number}</id><mode>annotation</mode><subset>{task.subset}</subset>"
    return f"{head}{'' if task.origin is None else _work(task.origin)}</task>"


def _work(origin: Origin) -> str:
    at = origin.to_json().get("at", "")
    field = "email" if "@" in origin.annotator else "username"
    assignee = f"<assignee><{field}>{escape(origin.annotator)}</{field}></assignee>"
    return (
        (f"<updated>{at}</updated>" if at else "")
        + f"<status>{'completed' if origin.is_reviewed else 'annotation'}</status>"
        + (assignee if origin.annotator else "")
    )
