"""The way back of a change of a table's rows: the parts that it retired are shown again, in one transaction.

Rows that came since stay; where a column has another kind again, they are read anew from what their files said.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.errors import Conflict
from core.faults import fault
from core.jobs.context import JobContext
from core.services.blobs import BlobRef, blob_put_file, blobs_register
from core.services.scratch import scratch_dir
from datasets.models import Table, TableChange, TablePart
from datasets.selectors.tables import as_columns, columns_of, part_paths, parts_of
from datasets.services.counters import dataset_locked
from datasets.services.table_describe import description_of, description_write
from datasets.services.table_import import PART_TYPE
from datasets.services.table_swap import Told, columns_set
from datasets.tables.kinds import Column
from datasets.tables.worker import worked

State = TableChange.State


class TableTakenFurther(Conflict):
    """A later change took up the rows; it has to be taken back first."""

    code = "table_taken_further"


def table_undo(ctx: JobContext, change: TableChange, told: Told) -> None:
    """Take it back unless an earlier attempt did. `told` gets the figures in the same transaction.

    Raises TableTakenFurther.
    """
    while change.state == State.APPLIED:
        with TemporaryDirectory(dir=scratch_dir(), prefix="undo-") as name:
            if _undone(ctx, change, Path(name), told):
                return
    if change.state == State.OPEN:
        with ctx.fenced():
            TablePart.objects.filter(made_by=change, is_live=False).delete()
            change.state = State.UNDONE
            change.save(update_fields=["state"])


def undo_check(change: TableChange) -> None:
    """Raises TableTakenFurther while a later change holds its rows."""
    if TablePart.objects.filter(made_by=change, is_live=False).exclude(retired_by=None).exists():
        raise TableTakenFurther("a later change took up these rows; take that one back first")


def _undone(ctx: JobContext, change: TableChange, folder: Path, told: Told) -> bool:
    """None of it, when the table changes meanwhile."""
    table = Table.objects.get(pk=change.table_id)
    undo_check(change)
    now = as_columns(columns_of(table))
    since = [part for part in parts_of(table) if part.made_by_id != change.pk]
    held = _held(ctx, now, since, folder)
    wanted, joined = _wanted(change, now, held)
    refs, paths = _reread(ctx, now, wanted, joined, since, folder)
    retired = list(TablePart.objects.filter(retired_by=change).order_by("first_row"))
    files = [*part_paths(retired), *paths]
    total = sum(part.rows for part in (*retired, *since))
    made = description_of(ctx, wanted, files, total, folder)
    with ctx.fenced():
        dataset_locked(table.pk)
        locked = Table.objects.select_for_update().get(pk=table.pk)
        if locked.revision != table.revision:
            return False
        undo_check(change)
        blobs_register(refs.values())
        for number, ref in refs.items():
            TablePart.objects.filter(pk=since[number].pk).update(sha256=ref.sha256, size_bytes=ref.size_bytes)
        TablePart.objects.filter(made_by=change).delete()
        TablePart.objects.filter(retired_by=change).update(is_live=True, retired_by=None)
        numbers = {column.index for column in wanted}
        columns_set(locked, wanted, gone={column.index for column in now} - numbers)
        if locked.target in joined:
            locked.target = joined[locked.target]
        if locked.target == change.after["target"] and change.before["target"] in numbers:
            locked.target = change.before["target"]
        locked.revision += 1
        description_write(locked, made)
        change.state = State.UNDONE
        change.save(update_fields=["state"])
        told({"rows": sum(part.rows for part in retired)})
        fault("swap.before-undo")
    fault("swap.after-undo")
    return True


def columns_held(ctx: JobContext, columns: list[Column], parts: list[TablePart], folder: Path) -> set[int]:
    """The columns, by number, that any of the parts holds."""
    return set[int]().union(*_held(ctx, columns, parts, folder))


def _held(ctx: JobContext, columns: list[Column], parts: list[TablePart], folder: Path) -> list[set[int]]:
    """The columns, by number, that each of the parts holds."""
    if not parts:
        return []
    spec = {"parts": [str(p) for p in part_paths(parts)], "columns": [c.to_json() for c in columns]}
    return [set(part) for part in worked("held", folder, spec, check=ctx.check)["held"]]


def _wanted(
    change: TableChange, now: list[Column], parts: list[set[int]]
) -> tuple[list[Column], dict[int, int]]:
    """The columns of before, under the names that people gave them since, and those that later rows hold; and which
    of these, by number, are joined to one that comes back, because files went on to name it.

    Raises Conflict where a later column has the name of one that is to come back and one file has both.
    """
    held = set[int]().union(*parts)
    before = {row["index"]: Column.from_json(row) for row in change.before["columns"]}
    after = {row["index"]: Column.from_json(row) for row in change.after["columns"]}
    current = {column.index: column for column in now}
    wanted = []
    for index, column in before.items():
        said, is_made = current.get(index), index in after
        if said is None or not is_made or said.name == after[index].name:
            wanted.append(column)
        else:
            wanted.append(Column(index, said.name, column.kind, column.reason, column.params))
    for index, column in current.items():
        if index not in before and (index in held or index not in after):
            wanted.append(column)
    names: dict[str, Column] = {}
    joined: dict[int, int] = {}
    for column in wanted:
        other = names.setdefault(column.name.lower(), column)
        if other is column:
            continue
        both = {other.index, column.index}
        if other.index not in before or column.index in before or any(both <= part for part in parts):
            raise Conflict(
                f"two columns would be called “{column.name[:60]}”; rename the one there is now first",
                column=other.name,
            )
        joined[column.index] = other.index
    kept = [column for column in wanted if column.index not in joined]
    return sorted(kept, key=lambda column: column.index), joined


def _reread(
    ctx: JobContext,
    now: list[Column],
    wanted: list[Column],
    joined: dict[int, int],
    since: list[TablePart],
    folder: Path,
) -> tuple[dict[int, BlobRef], list[Path]]:
    """Files of the rows that came since, with the kinds that are to hold."""
    paths = part_paths(since)
    refs: dict[int, BlobRef] = {}
    if not since:
        return refs, paths

    def kept(line: dict[str, Any]) -> None:
        if line["path"] is not None:
            refs[line["number"]] = blob_put_file(Path(line["path"]), PART_TYPE)
            paths[line["number"]] = Path(line["path"])

    spec = {
        "parts": [str(path) for path in paths],
        "columns": [column.to_json() for column in now],
        "wanted": [column.to_json() for column in wanted],
        "joined": {str(late): early for late, early in joined.items()},
    }
    worked("reread", folder, spec, check=ctx.check, told=kept)
    return refs, paths
