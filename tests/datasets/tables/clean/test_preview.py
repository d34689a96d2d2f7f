"""A preview reads only what it has to, and says what doing the recipe says."""

import json
import random

import pytest

from datasets.tables.clean.base import Around, Room
from datasets.tables.clean.preview import previewed
from datasets.tables.clean.recipe import OPERATORS, table_recipe_from
from datasets.tables.clean.work import relation_of
from datasets.tables.engine import connect, rows
from tests.datasets.tables.clean.tables import clean, part

MOST, MANY = 60, 90
IMPUTE = {"op": "impute", "params": {"columns": ["area", "word"], "method": "mode"}}
FILLED = {"op": "filter", "params": {"column": "area", "test": "filled"}}
RENAMED = {"op": "rename", "params": {"column": "area", "name": "space"}}
SORTED = {"op": "sort", "params": {"columns": ["price"], "descending": True}}
# Rows somebody chose: columns by their numbers, as the table begins with them.
MISSING_AREA = json.dumps([{"column": 0, "op": "missing"}])
DEAR = json.dumps([{"column": 1, "op": "gt", "value": 0.5}])
RECIPES = {
    "impute": [IMPUTE],
    "impute_model": [{"op": "impute_model", "params": {"columns": ["area"], "by": ["price"]}}],
    "clip": [{"op": "clip", "params": {"columns": ["price"], "low": 0.1, "high": 0.9}}],
    "scale": [{"op": "scale", "params": {"columns": ["area", "price"]}}],
    "bucket": [{"op": "bucket", "params": {"columns": ["price"], "count": 4}}],
    "replace": [{"op": "replace", "params": {"columns": ["word"], "find": "b", "put": "z"}}],
    "cast": [{"op": "cast", "params": {"columns": ["said"], "kind": "number"}}],
    "rename": [RENAMED, SORTED],
    "drop": [{"op": "drop", "params": {"columns": ["said"]}}, IMPUTE],
    "one_hot": [{"op": "one_hot", "params": {"columns": ["word"]}}, FILLED],
    "date_parts": [{"op": "date_parts", "params": {"columns": ["day"], "parts": ["month"]}}],
    "filter": [FILLED, IMPUTE],
    "drop_rows": [{"op": "drop_rows", "params": {"rows": MISSING_AREA}}, IMPUTE],
    "set_cells": [{"op": "set_cells", "params": {"rows": DEAR, "column": "word", "value": "z"}}, SORTED],
    "dedupe": [{"op": "dedupe", "params": {"columns": ["word", "area"], "keep": "last"}}, SORTED],
    "sample": [{"op": "sample", "params": {"share": 0.4, "by": "word"}}, SORTED, FILLED],
    "sort": [SORTED, {"op": "dedupe", "params": {"columns": ["word"]}}],
    "aggregate": [
        {"op": "aggregate", "params": {"by": ["word"], "columns": ["area"], "functions": ["mean"]}}
    ],
    "join": [{"op": "join", "params": {"table": "t", "left": ["word"], "columns": ["size"]}}, IMPUTE, SORTED],
}


@pytest.fixture
def table(tmp_path):
    rng = random.Random(5)
    values = {
        "area": ("number", [rng.choice([None, 1.0, 2.5, 4.0]) for _ in range(MANY)]),
        "price": ("number", [rng.random() for _ in range(MANY)]),
        "word": ("category", [rng.choice(["a", "b", None]) for _ in range(MANY)]),
        "day": ("datetime", [f"2026-0{rng.randrange(1, 9)}-11" for _ in range(MANY)]),
        "said": ("text", [rng.choice(["1", "x", "", "3.5"]) for _ in range(MANY)]),
    }
    return part(tmp_path, values)


@pytest.fixture
def other(tmp_path):
    sizes = {"word": ("category", ["a", "a", "c"]), "size": ("number", [1.0, 2.0, 3.0])}
    return part(tmp_path, sizes, "other")


@pytest.mark.parametrize("key", sorted(OPERATORS))
def test_it_says_what_the_rows_say_once_the_recipe_is_done(tmp_path, table, other, key):
    path, columns = table
    short = tmp_path / "short.parquet"
    connection = connect([tmp_path])
    connection.execute(f"COPY (SELECT * FROM '{path}' WHERE id <= {MOST}) TO '{short}' (FORMAT parquet)")
    whole = clean(tmp_path, short, columns, RECIPES[key], others={"t": other})
    base = relation_of(connection, [path], columns, MOST)
    there = {"t": relation_of(connection, [other[0]], other[1])}
    around = Around(lambda sql: rows(connection, sql), Room(len(columns)), there)
    recipe = table_recipe_from({"version": 1, "steps": RECIPES[key]})
    told = previewed(connection, recipe, base, around, limit=20)

    after = whole.done.relation
    assert [row["name"] for row in told["columns"]] == whole.names
    assert told["rows_by_step"] == whole.done.rows
    assert (told["rows_before"], told["rows_after"]) == (MOST, len(whole.ids))
    assert told["rows_removed"] == MOST - len(set(whole.ids) - {None})
    new = {column.index: column for column in after.columns}
    shared = [(column, new[column.index]) for column in columns if column.index in new]
    then, now = read(connection, base.sql, columns), read(whole.connection, after.sql, after.columns)
    differs = [
        {one for one, b in enumerate(shared) if is_other(then[row["id"]], row, b)} for row in now if row["id"]
    ]
    assert told["rows_changed"] == sum(map(bool, differs))
    counts = {str(b.index): sum(place in one for one in differs) for place, (_, b) in enumerate(shared)}
    assert told["changed"] == {index: count for index, count in counts.items() if count}
    changing = {row["id"] for row, one in zip([r for r in now if r["id"]], differs, strict=True) if one}
    for row in told["rows"]:
        if row["state"] == "removed":
            assert row["id"] not in whole.ids
        elif row["state"] == "new":
            assert row["id"] is None
        else:
            assert (row["state"] == "changed") == (row["id"] in changing)
            found = next(one for one in now if one["id"] == row["id"])
            shown = [row["after"]["cells"][place] for place, column in enumerate(after.columns)]
            assert shown == [said(found[column.index]) for column in after.columns]
    assert len(told["rows"]) >= min(20, max(len(whole.ids), 1))


def is_other(old, row, pair):
    before, after = pair
    if (before.kind, before.params) != (after.kind, after.params):
        return (old[before.index] is None) != (row[after.index] is None)
    return old[before.index] != row[after.index]


def read(connection, source, columns):
    cells = ", ".join(column.value for column in columns)
    found = [
        {"id": row[0], **dict(zip([column.index for column in columns], row[1:], strict=True))}
        for row in rows(connection, f"SELECT id, {cells} FROM {source} ORDER BY o")
    ]
    return {row["id"]: row for row in found} if source.startswith("(") else found


def said(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


def test_columns_that_no_step_touches_are_not_compared(tmp_path, table):
    path, columns = table
    connection = connect([tmp_path])
    base = relation_of(connection, [path], columns)
    around = Around(lambda sql: rows(connection, sql), Room(len(columns)))
    previewed(connection, table_recipe_from({"version": 1, "steps": RECIPES["clip"]}), base, around, limit=5)
    assert [row[0] for row in rows(connection, "DESCRIBE told")] == ["id", "o", "d0"]
