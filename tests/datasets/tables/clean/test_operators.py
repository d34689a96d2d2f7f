"""Operators on tables, as SQL, beside `datasets.preparation` in NumPy, scikit-learn and plain loops."""

import math
from collections import defaultdict
from datetime import datetime, timedelta

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from core.errors import InvalidInput
from datasets.preparation.recipe import recipe_from
from datasets.tables.clean.recipe import OPERATORS, table_operators, table_recipe_from
from tests.datasets.tables.clean.tables import clean, part

N = 600


def values_of(seed=0, n=N):
    """Columns with about every seventh cell missing, as parts hold them."""
    rng = np.random.default_rng(seed)
    gap = lambda made: [None if rng.random() < 0.15 else one for one in made]  # noqa: E731
    start = datetime(1969, 1, 1)
    return {
        "age": ("number", gap(rng.integers(18, 90, n).astype(float).tolist())),
        "income": ("number", gap(rng.lognormal(10, 2, n).tolist())),
        "flat": ("number", gap([0.1] * n)),
        "when": ("datetime", gap([start + timedelta(hours=int(h)) for h in rng.integers(0, 600_000, n)])),
        "ok": ("boolean", gap(rng.integers(0, 2, n).astype(bool).tolist())),
        "city": ("category", gap(rng.choice(["Oslo", "北京", "Lima", "it's", "x=y"], n, p=[0.4, 0.3, 0.1, 0.1, 0.1]).tolist())),
    }  # fmt: skip


def frame_of(columns):
    """The same as `datasets.preparation` has it."""
    made = {}
    for name, (kind, values) in columns.items():
        if kind == "category":
            made[name] = np.array(["" if v is None else v for v in values], object)
        elif kind == "datetime":
            made[name] = np.array(
                [math.nan if v is None else (v - datetime(1970, 1, 1)).total_seconds() for v in values]
            )
        else:
            made[name] = np.array([math.nan if v is None else float(v) for v in values])
    return made


def numbers(values):
    return np.array([math.nan if v is None else float(v) for v in values])


@pytest.mark.parametrize(
    ("op", "columns", "params"),
    [
        ("impute", ["age", "income"], {"method": "median"}),
        ("impute", ["age", "income"], {"method": "mean"}),
        ("impute", ["age"], {"method": "mode"}),
        ("clip", ["income", "age"], {"low": 0.02, "high": 0.9}),
        ("scale", ["income", "flat"], {"method": "standard"}),
        ("scale", ["income", "flat"], {"method": "minmax"}),
        ("bucket", ["income", "age"], {"count": 7}),
    ],
)
def test_numbers_are_what_the_preparation_of_features_makes_of_them(tmp_path, op, columns, params):
    made = values_of()
    path, listed = part(tmp_path, made)
    got = clean(tmp_path, path, listed, [{"op": op, "params": {"columns": columns, **params}}])
    frame = frame_of(made)
    wanted = recipe_from([{"op": op, "columns": columns, "params": params}]).fit(frame).frame(frame)
    for name in columns:
        np.testing.assert_allclose(
            numbers(got.column(name)), wanted[name], rtol=1e-9, atol=1e-12, equal_nan=True
        )
    assert got.ids == list(range(1, N + 1))


def test_words_dates_and_yes_or_no_are_filled_by_what_is_most_frequent(tmp_path):
    made = values_of(1)
    path, listed = part(tmp_path, made)
    got = clean(
        tmp_path,
        path,
        listed,
        [{"op": "impute", "params": {"columns": ["city", "ok", "when"], "method": "mode", "mark": True}}],
    )
    assert [a for a, b in zip(got.column("city"), made["city"][1], strict=True) if b is None] == [
        "Oslo"
    ] * made["city"][1].count(None)
    assert None not in got.column("ok")
    assert None not in got.column("when")
    assert got.column("city missing") == [float(v is None) for v in made["city"][1]]


def test_dates_have_a_median(tmp_path):
    made = values_of(2)
    path, listed = part(tmp_path, made)
    got = clean(tmp_path, path, listed, [{"op": "impute", "params": {"columns": ["when"]}}])
    there = sorted(v for v in made["when"][1] if v is not None)
    middle = there[(len(there) - 1) // 2], there[len(there) // 2]
    filled = next(a for a, b in zip(got.column("when"), made["when"][1], strict=True) if b is None)
    assert middle[0] <= filled <= middle[1]


def test_one_hot_and_parts_of_dates_are_what_the_preparation_makes(tmp_path):
    made = values_of(3)
    path, listed = part(tmp_path, made)
    steps = [
        {"op": "one_hot", "params": {"columns": ["city"], "most": 3}},
        {"op": "date_parts", "params": {"columns": ["when"], "parts": ["year", "month", "day", "weekday", "hour"], "keep": False}},
    ]  # fmt: skip
    got = clean(tmp_path, path, listed, steps)
    frame = frame_of(made)
    oracle = recipe_from(
        [
            {"op": "one_hot", "columns": ["city"], "params": {"most": 3}},
            {"op": "date_parts", "columns": ["when"], "params": {"parts": "year,month,day,weekday,hour"}},
        ]
    ).fit(frame)
    wanted = oracle.frame(frame)
    assert got.names == list(wanted)
    for name in (
        "city=Oslo",
        "city=北京",
        "when year",
        "when month",
        "when day",
        "when weekday",
        "when hour",
    ):
        np.testing.assert_array_equal(numbers(got.column(name)), wanted[name])


def test_a_model_fills_numbers_as_ridge_of_scikit_learn_does(tmp_path):
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=N), rng.normal(size=N) * 50
    y = 3 * a - 0.2 * b + 7 + rng.normal(size=N) * 0.1
    hole = rng.random(N) < 0.2
    made = {
        "a": ("number", [None if i % 11 == 0 else v for i, v in enumerate(a.tolist())]),
        "b": ("number", b.tolist()),
        "y": ("number", [None if h else v for v, h in zip(y.tolist(), hole, strict=True)]),
    }
    path, listed = part(tmp_path, made)
    got = numbers(
        clean(
            tmp_path, path, listed, [{"op": "impute_model", "params": {"columns": ["y"], "ridge": 0.01}}]
        ).column("y")
    )
    x = np.stack([numbers(made["a"][1]), b], axis=1)
    x = (x - np.nanmean(x, axis=0)) / np.nanstd(x, axis=0)
    x = np.where(np.isnan(x), 0, x)
    seen = y[~hole]
    model = Ridge(alpha=0.01 * len(seen), fit_intercept=False).fit(x[~hole], seen - seen.mean())
    wanted = np.clip(model.predict(x[hole]) + seen.mean(), seen.min(), seen.max())
    np.testing.assert_allclose(got[hole], wanted, rtol=1e-8)
    np.testing.assert_array_equal(got[~hole], seen)
    assert np.sqrt(np.mean((got[hole] - y[hole]) ** 2)) < 0.4 * y.std()


def test_groups_are_what_a_loop_makes(tmp_path):
    made = values_of(6)
    path, listed = part(tmp_path, made)
    step = {"op": "aggregate", "params": {"by": ["city", "ok"], "columns": ["age"], "functions": ["sum", "mean", "min", "max", "count", "first"]}}  # fmt: skip
    got = clean(tmp_path, path, listed, [step])
    groups = defaultdict(list)
    for city, ok, age in zip(made["city"][1], made["ok"][1], made["age"][1], strict=True):
        groups[city, ok].append(age)
    assert list(zip(got.column("city"), got.column("ok"), strict=True)) == list(groups)
    there = [[v for v in ages if v is not None] for ages in groups.values()]
    for name, function in (
        ("sum", sum),
        ("mean", np.mean),
        ("min", min),
        ("max", max),
        ("count", len),
        ("first", lambda v: v[0]),
    ):
        np.testing.assert_allclose(numbers(got.column(f"age {name}")), [function(v) for v in there])
    assert got.column("rows") == [len(v) for v in groups.values()]
    assert set(got.ids) == {None}


@pytest.mark.parametrize("how", ["left", "inner"])
def test_a_join_is_what_a_loop_makes(tmp_path, how):
    rng = np.random.default_rng(7)
    key = [None if k == 9 else float(k) for k in rng.integers(0, 10, 60)]
    there = [float(k) for k in (1, 2, 2, 3, 7)]
    mine, listed = part(tmp_path, {"key": ("number", key), "name": ("text", [f"n{i}" for i in range(60)])})
    other, columns = part(
        tmp_path, {"key": ("number", [*there, None]), "Name": ("text", list("abcdef"))}, "other"
    )
    step = {"op": "join", "params": {"table": "t", "left": ["key"], "how": how}}
    got = clean(tmp_path, mine, listed, [step], others={"t": (other, columns)})
    wanted = []
    for i, k in enumerate(key):
        matches = [v for v, other_key in zip("abcde", there, strict=True) if k is not None and other_key == k]
        wanted += [(i + 1, m) for m in matches] or ([(i + 1, None)] if how == "left" else [])
    assert got.names == ["key", "name", "Name 2"]
    assert list(zip(got.ids, got.column("Name 2"), strict=True)) == wanted


def test_keys_of_different_kinds_meet_by_what_the_files_said(tmp_path):
    mine, listed = part(tmp_path, {"key": ("number", [1.0, 2.5, None])})
    other, columns = part(
        tmp_path, {"id": ("id", ["1", "2.5", "x"]), "v": ("text", ["one", "two", "three"])}, "other"
    )
    step = {"op": "join", "params": {"table": "t", "left": ["key"], "right": ["id"]}}
    assert clean(tmp_path, mine, listed, [step], others={"t": (other, columns)}).column("v") == [
        "one",
        "two",
        None,
    ]


def test_a_join_that_would_make_far_more_rows_is_refused_before_it_is_done(tmp_path):
    mine, listed = part(tmp_path, {"key": ("number", [1.0] * 4000)})
    step = {"op": "join", "params": {"table": "t", "left": ["key"], "right": ["key"]}}
    with pytest.raises(InvalidInput, match="16000000 rows"):
        clean(tmp_path, mine, listed, [step], others={"t": (mine, listed)})


def test_the_first_or_the_last_of_equal_rows_stays(tmp_path):
    path, listed = part(tmp_path, {"who": ("id", list("abcd")), "x": ("number", [1.0, None, 1.0, None]), "y": ("text", ["", "p", "", "p"])})  # fmt: skip
    assert clean(tmp_path, path, listed, [{"op": "dedupe"}]).ids == [1, 2]
    assert clean(tmp_path, path, listed, [{"op": "dedupe", "params": {"keep": "last"}}]).ids == [3, 4]
    assert clean(tmp_path, path, listed, [{"op": "dedupe", "params": {"columns": ["who"]}}]).ids == [
        1,
        2,
        3,
        4,
    ]


def test_rows_pass_a_test_or_are_left_out_by_it(tmp_path):
    path, listed = part(tmp_path, {"x": ("number", [1.0, 2.0, None, 4.0, None]), "c": ("category", ["a'b", "A'B?", None, "z", "?"])}, raws={("x", 4): "many"})  # fmt: skip
    ids = lambda **params: clean(tmp_path, path, listed, [{"op": "filter", "params": params}]).ids  # noqa: E731
    assert ids(column="x", test="ge", value="2") == [2, 4]
    assert ids(column="x", test="ge", value="2", drop=True) == [1, 3, 5]
    assert ids(column="x", test="misfit") == [5]
    assert ids(column="x", test="ne", value="2") == [1, 3, 4, 5]
    assert ids(column="c", test="contains", value="a'b") == [1, 2]
    assert ids(column="c", test="eq", value="a'b") == [1]
    with pytest.raises(InvalidInput, match="no value of x"):
        ids(column="x", test="eq", value="two")


def test_a_sample_is_the_same_for_a_seed_in_any_order_and_keeps_every_value(tmp_path):
    made = values_of(8)
    made["n"] = ("number", [float(i) for i in range(N)])
    path, listed = part(tmp_path, made)
    back, _ = part(tmp_path, {name: (kind, values[::-1]) for name, (kind, values) in made.items()}, "back")
    step = lambda **params: [{"op": "sample", "params": {"share": 0.2, **params}}]  # noqa: E731
    one = clean(tmp_path, path, listed, step(seed=3))
    assert 80 < len(one.ids) < 160
    assert sorted(clean(tmp_path, back, listed, step(seed=3)).column("n")) == sorted(one.column("n"))
    assert clean(tmp_path, path, listed, step(seed=4)).ids != one.ids
    kept = clean(tmp_path, path, listed, step(by="city")).column("city")
    counts = {city: made["city"][1].count(city) for city in set(made["city"][1])}
    assert {city: kept.count(city) for city in counts} == {
        city: math.ceil(0.2 * n) for city, n in counts.items()
    }


def test_sorted_rows_keep_their_order_among_equals_and_missing_comes_last(tmp_path):
    path, listed = part(tmp_path, {"x": ("number", [2.0, None, 1.0, 2.0])})
    assert clean(tmp_path, path, listed, [{"op": "sort", "params": {"columns": ["x"]}}]).ids == [3, 1, 4, 2]
    down = [{"op": "sort", "params": {"columns": ["x"], "descending": True}}]
    assert clean(tmp_path, path, listed, down).ids == [1, 4, 3, 2]


def test_a_cast_reads_what_the_file_said_and_what_does_not_fit_stays_as_text(tmp_path):
    path, listed = part(tmp_path, {"x": ("text", ["1,5", "2", "many", None])})
    got = clean(tmp_path, path, listed, [{"op": "cast", "params": {"columns": ["x"], "decimal": ","}}])
    assert got.column("x") == [1.5, 2.0, None, None]
    assert got.column("x", raw=True) == ["1,5", None, "many", None]
    there = [{"op": "cast", "params": {"columns": ["x"], "decimal": ","}}, {"op": "cast", "params": {"columns": ["x"], "kind": "text"}}]  # fmt: skip
    assert clean(tmp_path, path, listed, there).column("x") == ["1,5", "2", "many", None]


def test_a_value_takes_the_place_of_another_and_what_the_file_said_of_others_stays(tmp_path):
    path, listed = part(tmp_path, {"x": ("number", [999.0, 1.0, None])}, raws={("x", 1): "1.00", ("x", 2): "unknown"})  # fmt: skip
    got = clean(tmp_path, path, listed, [{"op": "replace", "params": {"columns": ["x"], "find": "999"}}])
    assert (got.column("x"), got.column("x", raw=True)) == ([None, 1.0, None], [None, "1.00", "unknown"])
    got = clean(tmp_path, path, listed, [{"op": "replace", "params": {"columns": ["x"], "find": "unknown", "put": "0"}}])  # fmt: skip
    assert (got.column("x"), got.column("x", raw=True)) == ([999.0, 1.0, 0.0], [None, "1.00", None])


def test_names_change_and_columns_go(tmp_path):
    path, listed = part(tmp_path, values_of(9))
    steps = [
        {"op": "rename", "params": {"column": "age", "name": "  years  old "}},
        {"op": "drop", "params": {"columns": ["years old", "city"], "instead": True}},
    ]
    assert clean(tmp_path, path, listed, steps).names == ["years old", "city"]


def test_later_rows_are_done_with_what_was_learned_into_the_columns_that_are_there(tmp_path):
    first, listed = part(tmp_path, {"x": ("number", [0.0, 10.0]), "c": ("category", ["a", "b"])})
    steps = [{"op": "scale", "params": {"columns": ["x"], "method": "minmax"}}, {"op": "one_hot", "params": {"columns": ["c"]}}]  # fmt: skip
    one = clean(tmp_path, first, listed, steps)
    later, _ = part(tmp_path, {"x": ("number", [20.0]), "c": ("category", ["z"])}, "later")
    known = {column.name: column for column in one.done.relation.columns}
    two = clean(
        tmp_path, later, listed, steps, learned=one.done.learned, known=known, next_index=one.room.next_index
    )
    assert two.column("x") == [2.0]
    assert [c.index for c in two.done.relation.columns] == [c.index for c in one.done.relation.columns]
    assert (two.column("c=a"), two.column("c=b")) == ([0.0], [0.0])


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([{"op": "impute", "params": {"columns": ["nowhere"]}}], "recipe.steps.0.params.columns"),
        ([{"op": "impute", "params": {"columns": ["age"], "method": "constant", "value": "x"}}], "recipe.steps.0.params.value"),
        ([{"op": "scale", "params": {"columns": ["city"]}}], "recipe.steps.0.params.columns"),
        ([{"op": "drop", "params": {"columns": []}}], "recipe.steps.0.params.columns"),
        ([{"op": "dedupe"}, {"op": "rename", "params": {"column": "age", "name": "City"}}], "recipe.steps.1.params.name"),
        ([{"op": "rename", "params": {"column": "age", "name": "__split"}}], "recipe.steps.0.params.name"),
        ([{"op": "join", "params": {"table": "nowhere", "left": ["age"]}}], "recipe.steps.0.params.table"),
        ([{"op": "aggregate", "params": {"by": ["ok"], "columns": ["city"]}}], "recipe.steps.0.params.functions"),
        ([{"op": "drop", "params": {"columns": ["age", "income", "flat", "when", "ok", "city"]}}], "recipe.steps.0.params.columns"),
        ([{"op": "impute_model", "params": {"columns": ["age"], "by": ["city"]}}], "recipe.steps.0.params.by"),
    ],
)  # fmt: skip
def test_a_step_that_cannot_be_done_says_which_and_why(tmp_path, steps, field):
    path, listed = part(tmp_path, values_of(4, 20))
    with pytest.raises(InvalidInput) as refused:
        clean(tmp_path, path, listed, steps)
    assert list(refused.value.params["fields"]) == [field]
    assert refused.value.detail.startswith(f"step {len(steps)}: ")


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {"version": 2, "steps": []},
        {"steps": []},
        {"steps": [{"op": "dedupe"}] * 41},
        {"steps": ["dedupe"]},
        {"steps": [{"op": "none"}]},
        {"steps": [{"op": ["dedupe"]}]},
        {"steps": [{"op": "dedupe", "params": []}]},
        {"steps": [{"op": "dedupe", "params": {"columns": [1]}}]},
        {"steps": [{"op": "dedupe", "params": {"columns": ["a", "a"]}}]},
        {"steps": [{"op": "dedupe", "params": {"columns": ["a"] * 300}}]},
        {"steps": [{"op": "replace", "params": {"find": "a\0b"}}]},
        {"steps": [{"op": "replace", "params": {"columns": ["\ud800"]}}]},
        {"steps": [{"op": "sample", "params": {"share": float("nan")}}]},
        {"steps": [{"op": "aggregate", "params": {"functions": ["drop table"]}}]},
    ],
)
def test_what_is_no_recipe_is_refused(sent):
    with pytest.raises(InvalidInput):
        table_recipe_from(sent)


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE t; --", '"', "\\", "?", "$1", "%", "\n", "x'); SELECT 1; --"]
)
def test_what_people_write_is_never_sql(tmp_path, text):
    path, listed = part(
        tmp_path, {f"a{text}": ("category", [text, "b", None]), "n": ("number", [1.0, 2.0, 3.0])}
    )
    name = listed[0].name
    steps = [
        {"op": "filter", "params": {"column": name, "test": "ne", "value": "b"}},
        {"op": "impute", "params": {"columns": [name], "method": "constant", "value": f"filled {text}"}},
        {"op": "one_hot", "params": {"columns": [name], "keep": True}},
        {"op": "replace", "params": {"columns": [name], "find": f"filled {text}", "put": f"other {text}"}},
        {"op": "aggregate", "params": {"by": [name], "columns": ["n"]}},
    ]
    got = clean(tmp_path, path, listed, steps)
    assert got.column(name) == [text, f"other {text}"]


def test_every_operator_is_described_and_written_out_whole():
    described = {one["key"]: one for one in table_operators()}
    assert set(described) == set(OPERATORS)
    for key, one in described.items():
        steps = [
            {
                "op": key,
                "params": {
                    name: rule["default"] for name, rule in one["params_schema"]["properties"].items()
                },
            }
        ]
        assert table_recipe_from({"version": 1, "steps": steps}).to_json()["steps"] == steps
