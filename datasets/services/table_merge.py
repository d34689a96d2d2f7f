"""Branches and merges of tables: rows as a whole in a child, shown all at once, with the way back of any such change."""

import uuid
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from core.clock import utc_now
from core.errors import Conflict
from core.faults import fault
from core.ids import uuid7
from core.jobs.context import JobContext
from core.services.blobs import blob_location
from core.services.scratch import scratch_dir
from datasets.models import (
    BulkEdit,
    Dataset,
    DatasetVersion,
    Merge,
    MergeConflict,
    Table,
    TableChange,
)
from datasets.selectors.merges import merge_render
from datasets.selectors.tables import as_columns, columns_of, part_paths, parts_of, query_connection, table_of
from datasets.services.bulk_edits import edit_locked
from datasets.services.merge_classes import DROP, NEW, MappingInvalid
from datasets.services.table_swap import Content, Plan, change_of, table_swap
from datasets.tables.engine import deadline
from datasets.tables.freeze import MAX_CLASSES, frozen_columns
from datasets.tables.kinds import Column
from datasets.tables.parts import source_sql
from datasets.tables.query import column_words
from datasets.tables.worker import worked

_REVISION: Final = "revision"
_KEPT: Final = 2_000
_NAME: Final = 255


class MergeStale(Conflict):
    """What the two have in common, or the table, changed since it was looked at."""

    code = "merge_stale"


def table_branched(ctx: JobContext, version: DatasetVersion, dataset_id: uuid.UUID) -> dict[str, int]:
    """The rows of the version as those of a new table that is there and empty; how many there are.

    Columns keep their numbers, and no later one gets a number that the table it comes from has given.
    """
    frozen, _, _ = blob_location(version.manifest_sha256)
    columns = _frozen_columns(frozen)
    origin = table_of(version.dataset)
    wanted = {column.index for column in columns}
    with ctx.fenced():
        Table.objects.get_or_create(
            dataset_id=dataset_id,
            defaults={
                "next_column": origin.next_column,
                "target": origin.target if origin.target in wanted else None,
            },
        )
        change, _ = TableChange.objects.get_or_create(table_id=dataset_id, defaults={"pk": uuid7()})
    table_swap(ctx, change, lambda table, folder: Plan([], Content([frozen], columns)), lambda made: None)
    return {"samples": sum(part.rows for part in parts_of(Table.objects.get(pk=dataset_id)))}


def _frozen_columns(path: Path) -> list[Column]:
    connection = query_connection([path])
    try:
        return frozen_columns(connection, path)
    finally:
        connection.close()


def words_proposed(target: Dataset, source: DatasetVersion) -> list[dict[str, Any]]:
    """What each word of the target column there is called here: the same unless somebody says otherwise."""
    here = words_here(target)
    return [
        {
            "id": row["name"],
            "name": row["name"],
            "name_zh": "",
            "to": row["name"] if row["name"] in here else NEW,
            "why": "name" if row["name"] in here else NEW,
        }
        for row in source.classes
    ]


def words_here(dataset: Dataset) -> list[str]:
    """The words of the target column, the first thousand; none for a target of numbers. Raises QueryTooLong."""
    table = table_of(dataset)
    column = next((c for c in as_columns(columns_of(table)) if c.index == table.target), None)
    if column is None or column.kind not in ("category", "boolean", "text"):
        return []
    paths = part_paths(parts_of(table))
    with deadline(connection := query_connection(paths)):
        source = source_sql(connection, paths, [column])
        return column_words(connection, source, column, MAX_CLASSES)


def words_checked(target: Dataset, source: DatasetVersion, wanted: Mapping[str, str]) -> dict[str, str]:
    """The whole mapping. Raises MappingInvalid."""
    proposed = {row["id"]: row["to"] for row in words_proposed(target, source)}
    if unknown := set(wanted) - set(proposed):
        raise MappingInvalid("the version has no such class", field="classes", unknown=sorted(unknown)[:20])
    here = set(words_here(target))
    for word, to in wanted.items():
        if to not in (NEW, DROP) and to not in here:
            raise MappingInvalid("the table has no such class", field="classes", unknown=[to, word][:1])
    return {**proposed, **wanted}


def table_plan_run(ctx: JobContext, merge: Merge) -> dict[str, Any]:
    """Count what would become of each row and write the first conflicts down; a later attempt begins anew."""
    table = table_of(merge.dataset)
    with TemporaryDirectory(dir=scratch_dir(), prefix="merge-") as name:
        made = worked("merge_plan", Path(name), _spec(merge, table), check=ctx.check)
    found = [_conflict(merge, row) for row in made["conflicts"]]
    with ctx.fenced() as job:
        MergeConflict.objects.filter(merge=merge).delete()
        MergeConflict.objects.bulk_create(found, batch_size=_KEPT)
        merge.counts = {**made["counts"], _REVISION: table.revision}
        merge.planned_at = utc_now()
        merge.save(update_fields=["counts", "planned_at"])
        result = merge_render(merge)
        fault("merge.before-planned")
        ctx.finish(job, result)
    return result


def _conflict(merge: Merge, row: Mapping[str, Any]) -> MergeConflict:
    said = {side: [_cell(name, text) for name, text in row[side]] for side in ("base", "ours", "theirs")}
    return MergeConflict(
        merge=merge, content=row["content"], kind=row["kind"], name=row["name"][:_NAME], **said
    )


def _cell(name: str, text: str) -> dict[str, Any]:
    """A cell where samples have classes."""
    return {"name": f"{name}: {text or '–'}", "name_zh": "", "count": 1}


def table_plan_fresh(merge: Merge) -> None:
    """Raises MergeStale where the table is not what was looked at."""
    if table_of(merge.dataset).revision != merge.counts.get(_REVISION):
        raise MergeStale("the table changed since this was looked at; look at it anew")


def table_merge_run(ctx: JobContext, merge: Merge) -> dict[str, Any]:
    """Put the merged rows in the place of the table's; the result of the job. Raises MergeStale."""
    edit_id = uuid.UUID(ctx.params["edit"])
    edit = BulkEdit.objects.get(pk=edit_id)
    counts: dict[str, int] = {}

    def planned(table: Table, folder: Path) -> Plan:
        table_plan_fresh(merge)
        work = folder / "merge"
        work.mkdir()
        made = worked("merge", work, _spec(merge, table) | _decided(merge, edit), check=ctx.check)
        counts.update(made["counts"])
        columns = [Column.from_json(row) for row in made["columns"]]
        return Plan(parts_of(table), Content([work / "merged.parquet"], columns, may_be_empty=True))

    def told(made: dict[str, Any]) -> None:
        done = edit_locked(edit_id)
        done.state = BulkEdit.State.DONE
        done.counts = {**counts, "changed": counts["added"] + counts["taken"] + counts["theirs"]}
        done.save(update_fields=["state", "counts"])

    table_swap(ctx, change_of(merge.dataset, edit_id), planned, told)
    edit.refresh_from_db()
    return {"edit": str(edit.pk), "action": edit.action, **edit.counts}


def _decided(merge: Merge, edit: BulkEdit) -> dict[str, Any]:
    chosen = MergeConflict.objects.filter(merge=merge).exclude(choice="")
    return {
        "choices": dict(chosen.values_list("content", "choice")),
        "policy": edit.selection["policy"],
    }


def _spec(merge: Merge, table: Table) -> dict[str, Any]:
    living = table_of(merge.source.dataset)
    return {
        "parts": [str(path) for path in part_paths(parts_of(table))],
        "columns": [column.to_json() for column in as_columns(columns_of(table))],
        "next_index": table.next_column,
        "target": table.target,
        "source": str(blob_location(merge.source.manifest_sha256)[0]),
        "base": None if merge.base is None else str(blob_location(merge.base.manifest_sha256)[0]),
        "living": [str(path) for path in part_paths(parts_of(living))],
        "living_columns": [column.to_json() for column in as_columns(columns_of(living))],
        "mapping": {
            word: None if to == DROP else word if to == NEW else to for word, to in merge.mapping.items()
        },
        "removals": merge.removals,
    }
