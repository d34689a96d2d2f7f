"""Rows that a filter takes: left out, or given one value, against doing it by hand."""

import json
import math
from datetime import datetime

import pytest

from core.errors import InvalidInput
from datasets.tables.clean.recipe import table_recipe_from
from tests.datasets.tables.clean.tables import clean, part

COLUMNS = {
    "size": ("number", [1.0, 2.5, None, 4.0, math.pi]),
    "city": ("category", ["Oslo", "it's ? '", None, "北京", "Oslo"]),
    "day": ("datetime", [datetime(2026, 1, day) for day in range(1, 6)]),
    "ok": ("boolean", [True, False, None, True, False]),
}
# What the third cell of numbers said is no number.
RAWS = {("size", 2): "odd"}
TAKEN = [
    ([{"op": "row", "value": [2, 5, 99]}], [2, 5]),
    ([{"column": 0, "op": "gt", "value": 2}], [2, 4, 5]),
    ([{"column": 0, "op": "eq", "value": math.pi}], [5]),
    ([{"column": 0, "op": "outside", "value": [2, 3.5]}], [1, 4]),
    ([{"column": 0, "op": "missing"}], [3]),
    ([{"column": 0, "op": "misfit"}], [3]),
    ([{"column": 1, "op": "eq", "value": "it's ? '"}], [2]),
    ([{"column": 1, "op": "in", "value": ["北京", "it's ? '"]}], [2, 4]),
    ([{"column": 1, "op": "contains", "value": "OS"}], [1, 5]),
    ([{"column": 1, "op": "ne", "value": "Oslo"}], [2, 3, 4]),
    ([{"column": 2, "op": "ge", "value": "2026-01-04"}], [4, 5]),
    ([{"column": 3, "op": "eq", "value": False}], [2, 5]),
    ([{"column": 3, "op": "filled"}, {"op": "row", "value": [1, 3, 4]}], [1, 4]),
]


@pytest.fixture
def table(tmp_path):
    return part(tmp_path, COLUMNS, raws=RAWS)


def done(tmp_path, table, op, rows, **params):
    sent = {"op": op, "params": {"rows": json.dumps(rows), **params}}
    return clean(tmp_path, *table, [sent])


@pytest.mark.parametrize(("rows", "ids"), TAKEN)
def test_the_rows_that_a_filter_takes_are_left_out_and_no_others(tmp_path, table, rows, ids):
    got = done(tmp_path, table, "drop_rows", rows)
    assert got.ids == [pk for pk in range(1, 6) if pk not in ids]
    assert got.done.learned == [{"rows": len(ids)}]


@pytest.mark.parametrize(("rows", "ids"), TAKEN)
def test_the_rows_that_a_filter_takes_get_the_value_and_no_others(tmp_path, table, rows, ids):
    got = done(tmp_path, table, "set_cells", rows, column="size", value="7.5")
    assert got.ids == [1, 2, 3, 4, 5]
    wanted = [7.5 if pk in ids else value for pk, value in enumerate(COLUMNS["size"][1], 1)]
    assert got.column("size") == wanted
    assert got.column("size", raw=True) == [None, None, None if 3 in ids else "odd", None, None]
    for name in ("city", "day", "ok"):
        assert got.column(name) == COLUMNS[name][1]


@pytest.mark.parametrize(
    ("column", "value", "held"),
    [
        ("city", "Lima 'n' ?", "Lima 'n' ?"),
        ("day", "2027-03-04", datetime(2027, 3, 4)),
        ("ok", "yes", True),
        ("size", "1e3", 1000.0),
    ],
)
def test_a_value_is_read_as_the_column_reads_it(tmp_path, table, column, value, held):
    got = done(tmp_path, table, "set_cells", [{"op": "row", "value": [3]}], column=column, value=value)
    assert got.column(column)[2] == held
    assert got.done.touched == {list(COLUMNS).index(column)}


def test_cells_can_be_made_missing_also_those_that_do_not_fit(tmp_path, table):
    got = done(tmp_path, table, "set_cells", [{"op": "row", "value": [3, 4]}], column="size", empty=True)
    assert got.column("size") == [1.0, 2.5, None, None, math.pi]
    assert got.column("size", raw=True) == [None] * 5


def test_a_step_behind_another_takes_the_rows_as_they_are_then(tmp_path, table):
    rows = json.dumps([{"column": 0, "op": "eq", "value": 9}])
    steps = [
        {"op": "impute", "params": {"columns": ["size"], "method": "constant", "value": "9"}},
        {"op": "drop_rows", "params": {"rows": rows}},
    ]
    assert clean(tmp_path, *table, steps).ids == [1, 2, 4, 5]


def test_copies_are_taken_together(tmp_path):
    table = part(tmp_path, {"a": ("number", [1.0, 2.0, 1.0]), "b": ("number", [5.0, 5.0, 5.0])})
    assert done(tmp_path, table, "drop_rows", [{"op": "copied"}]).ids == [2]


def test_rows_that_are_no_more_are_said_to_be_gone(tmp_path, table):
    with pytest.raises(InvalidInput) as caught:
        done(tmp_path, table, "drop_rows", [{"op": "row", "value": [77]}])
    assert caught.value.code == "rows_gone"
    assert "recipe.steps.0.params.rows" in caught.value.params["fields"]


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        ("", {}),
        ("[]", {}),
        ("{", {}),
        ("[" * 50_000, {}),
        ('[{"column": 9, "op": "missing"}]', {}),
        ('[{"op": "row", "value": ["1; DROP TABLE x"]}]', {}),
        ('[{"column": 1, "op": "eq", "value": "\\u0000"}]', {}),
        ('[{"column": 1, "op": "eq", "value": "\\ud800"}]', {}),
        ("x" * 200_001, {}),
        ('[{"op": "row", "value": [1]}]', {"column": "size", "value": "no number"}),
        ('[{"op": "row", "value": [1]}]', {"column": "none", "value": "1"}),
        ('[{"op": "row", "value": [1]}]', {"column": "size", "value": ""}),
    ],
)
def test_what_is_no_choice_of_rows_or_no_value_is_refused(tmp_path, table, rows, more):
    op = "set_cells" if more else "drop_rows"
    with pytest.raises(InvalidInput):
        clean(tmp_path, *table, [{"op": op, "params": {"rows": rows, **more}}])


def test_what_looks_like_sql_is_a_value(tmp_path, table):
    hostile = "x'; DROP TABLE t; --"
    got = done(tmp_path, table, "set_cells", [{"op": "row", "value": [1]}], column="city", value=hostile)
    assert got.column("city")[0] == hostile
    with pytest.raises(InvalidInput):
        done(tmp_path, table, "drop_rows", [{"column": 1, "op": "eq", "value": hostile}])


def test_neither_is_made_again_on_later_rows():
    rows = json.dumps([{"op": "row", "value": [1]}])
    for op, more in (("drop_rows", {}), ("set_cells", {"column": "size", "value": "1"})):
        assert table_recipe_from({"steps": [{"op": op, "params": {"rows": rows, **more}}]}).lonely == op
