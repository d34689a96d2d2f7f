"""Recipes for tables: each operator beside an oracle, and the ONNX graph beside the training path."""

import json
import math
from datetime import UTC, datetime

import numpy as np
import onnxruntime
import pytest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

from core.errors import InvalidInput
from datasets.preparation.graph import graph_of
from datasets.preparation.recipe import Fitted, recipe_from
from tests.datasets.tables.clean.tables import clean, part

N = 5_000


def frame_of(n=N, seed=0):
    """Rows with about every seventh cell missing."""
    rng = np.random.default_rng(seed)
    gaps = lambda values: np.where(rng.random(n) < 0.15, np.nan, values)  # noqa: E731
    words = rng.choice(
        ["Oslo", "北京", "Lima", "São Paulo", "", "x=y"], n, p=[0.4, 0.2, 0.2, 0.05, 0.1, 0.05]
    )
    return {
        "age": gaps(rng.integers(18, 90, n).astype(float)),
        "income": gaps(rng.lognormal(10, 2, n)),
        "score": gaps(rng.normal(size=n) * 1e-3),
        "when": gaps(rng.integers(-4_000_000_000, 4_000_000_000, n).astype(float)),
        "ok": gaps(rng.integers(0, 2, n).astype(float)),
        "city": words.astype(object),
        "job": rng.choice([f"job {i}" for i in range(60)], n).astype(object),
    }


WHOLE = [
    {"op": "dedupe"},
    {"op": "impute", "columns": ["age", "score"], "params": {"method": "median", "mark": True}},
    {"op": "impute", "columns": ["ok"], "params": {"method": "mode"}},
    {"op": "clip", "columns": ["income"], "params": {"low": 0.02, "high": 0.98}},
    {"op": "scale", "columns": ["income", "score"]},
    {"op": "impute", "columns": ["city"], "params": {"method": "mode", "mark": True}},
    {"op": "one_hot", "columns": ["city", "job"], "params": {"most": 12}},
    {"op": "bucket", "columns": ["age"], "params": {"count": 7}},
    {"op": "date_parts", "columns": ["when"], "params": {"parts": "year,month,day,weekday,hour"}},
    {"op": "scale", "columns": ["when year"], "params": {"method": "minmax"}},
]


def served(fitted, frame):
    session = onnxruntime.InferenceSession(
        graph_of(fitted).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    inputs = {f"in:{name}": frame[name] for name, _ in fitted.inputs}
    return session.run(["features"], inputs)[0]


def close(one, other):
    assert one.dtype == other.dtype == np.float32
    assert one.shape == other.shape
    np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6, equal_nan=True)


def test_the_graph_gives_the_features_of_the_training_path_on_5000_rows_with_gaps():
    fitted = recipe_from(WHOLE).fit(frame_of(seed=1))
    later = frame_of(seed=2)
    assert sum(np.isnan(later[name]).sum() for name in ("age", "income", "when")) > 1_500
    features = fitted.features(later)
    assert features.shape == (N, len(fitted.names))
    assert np.isnan(features).any()
    close(served(fitted, later), features)


@pytest.mark.parametrize("place", range(1, len(WHOLE)))
def test_every_beginning_of_the_recipe_is_the_same_in_both(place):
    rest = [] if place >= 6 else [{"op": "drop", "columns": ["city", "job"]}]
    rest = [{"op": "drop", "columns": ["city", "job"]}] if place == 6 else rest
    fitted = recipe_from(WHOLE[:place] + rest).fit(frame_of(500, 3))
    later = frame_of(300, 4)
    close(served(fitted, later), fitted.features(later))


def test_one_row_is_prepared_as_it_is_among_many():
    fitted = recipe_from(WHOLE).fit(frame_of(800, 1))
    later = frame_of(50, 2)
    many = served(fitted, later)
    for row in range(0, 50, 7):
        one = {name: values[row : row + 1] for name, values in later.items()}
        np.testing.assert_array_equal(served(fitted, one)[0], many[row])


def test_what_was_fitted_survives_being_written_down():
    fitted = recipe_from(WHOLE).fit(frame_of(800, 1))
    again = Fitted.from_json(json.loads(json.dumps(fitted.to_json())))
    np.testing.assert_array_equal(again.features(frame_of(80, 2)), fitted.features(frame_of(80, 2)))
    assert graph_of(again) == graph_of(fitted)


def column(values, op, **params):
    step = [{"op": op, "columns": ["x"], "params": params}]
    frame = {"x": values}
    return recipe_from(step).fit(frame).frame(frame)


X = frame_of(900, 7)["income"]


@pytest.mark.parametrize("method", ["mean", "median", "mode"])
def test_imputing_is_what_sklearn_does(method):
    values = np.round(X, -4)
    named = {"mean": "mean", "median": "median", "mode": "most_frequent"}[method]
    truth = SimpleImputer(strategy=named).fit_transform(values[:, None])[:, 0]
    np.testing.assert_allclose(column(values, "impute", method=method)["x"], truth, rtol=1e-12)


@pytest.mark.parametrize(("method", "scaler"), [("standard", StandardScaler()), ("minmax", MinMaxScaler())])
def test_scaling_is_what_sklearn_does(method, scaler):
    np.testing.assert_allclose(
        column(X, "scale", method=method)["x"], scaler.fit_transform(X[:, None])[:, 0], rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("method", ["standard", "minmax"])
def test_a_constant_column_is_only_shifted(method):
    fitted = recipe_from([{"op": "scale", "columns": ["x"], "params": {"method": method}}]).fit(
        {"x": np.full(1_000, 0.1)}
    )
    later = {"x": np.array([0.1, 0.2, np.nan])}
    assert fitted.features(later)[:, 0] == pytest.approx([0, 0.1, np.nan], abs=1e-6, nan_ok=True)
    assert served(fitted, later)[:, 0] == pytest.approx([0, 0.1, np.nan], abs=1e-6, nan_ok=True)


def test_one_hot_is_what_sklearn_does():
    words = frame_of(900, 7)["city"]
    there = words[words != ""]
    truth = OneHotEncoder(sparse_output=False).fit(there[:, None])
    made = column(words, "one_hot")
    assert list(made) == [f"x={word}" for word in truth.categories_[0]]
    np.testing.assert_array_equal(
        np.stack(list(made.values()), 1)[words != ""], truth.transform(there[:, None])
    )
    assert not np.stack(list(made.values()), 1)[words == ""].any()


def test_date_parts_are_those_of_the_calendar():
    edges = [
        datetime(*day, tzinfo=UTC).timestamp()
        for day in ((1600, 2, 29), (1900, 3, 1), (2000, 2, 29), (1969, 12, 31), (2100, 3, 1))
    ]
    rng = np.random.default_rng(5)
    moments = np.array(
        [*edges, *(e - 1 for e in edges), *rng.integers(-12_000_000_000, 12_000_000_000, 3_000)], float
    )
    made = column(moments, "date_parts", parts="year,month,day,weekday,hour")
    for at, second in enumerate(moments.tolist()):
        truth = np.datetime64(int(second), "s").astype(datetime)
        said = [made[f"x {part}"][at] for part in ("year", "month", "day", "weekday", "hour")]
        assert said == [truth.year, truth.month, truth.day, truth.weekday(), truth.hour]
    assert math.isnan(column(np.array([np.nan]), "date_parts")["x year"][0])


def test_buckets_hold_as_many_rows_each_and_missing_stays_missing():
    made = column(X, "bucket", count=4)["x"]
    counts = np.unique(made[~np.isnan(made)], return_counts=True)[1]
    assert len(counts) == 4
    assert counts.max() - counts.min() <= 2
    np.testing.assert_array_equal(np.isnan(made), np.isnan(X))


def test_only_the_training_rows_teach():
    train = {"x": np.array([0.0, 10.0])}
    fitted = recipe_from([{"op": "scale", "columns": ["x"], "params": {"method": "minmax"}}]).fit(train)
    assert fitted.features({"x": np.array([100.0])})[0, 0] == 10.0


def test_rows_are_chosen_by_what_the_steps_before_left():
    frame = {"x": np.array([1.0, 2, 3, 900, 800]), "when": np.arange(5) * 86_400.0 * 200}
    clipped = [
        {"op": "clip", "columns": ["x"], "params": {"low": 0, "high": 0.5}},
        {"op": "drop", "columns": ["when"]},
        {"op": "dedupe"},
    ]
    assert recipe_from(clipped).rows(frame).tolist() == [0, 1, 2]
    parts = [
        {"op": "date_parts", "columns": ["when"], "params": {"parts": "year"}},
        {"op": "filter", "params": {"column": "when year", "most": 1970}},
    ]
    assert recipe_from(parts).rows(frame).tolist() == [0, 1]


def test_rows_are_chosen_for_learning_and_the_same_for_the_same_seed():
    frame = frame_of(1_000, 9)
    recipe = recipe_from(
        [
            {"op": "filter", "params": {"column": "age", "least": 30, "most": 60}},
            {"op": "sample", "params": {"share": 0.3, "seed": 4}},
        ]
    )
    rows = recipe.rows(frame)
    assert np.all((frame["age"][rows] >= 30) & (frame["age"][rows] <= 60))
    inside = np.sum((frame["age"] >= 30) & (frame["age"] <= 60))
    assert len(rows) == pytest.approx(0.3 * inside, abs=4 * math.sqrt(0.21 * inside))
    order = np.random.default_rng(1).permutation(1_000)
    again = recipe.rows({name: values[order] for name, values in frame.items()})
    assert sorted(order[again]) == sorted(rows)


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ("x", "steps"),
        ([{"op": "melt"}], "steps.0.op"),
        ([{"op": "scale"}], "steps.0.columns"),
        ([{"op": "dedupe", "columns": ["x"]}], "steps.0.columns"),
        ([{"op": "scale", "columns": ["x"], "params": {"method": "log"}}], "steps.0.params.method"),
        ([{"op": "bucket", "columns": ["x"], "params": {"count": 1}}], "steps.0.params.count"),
        ([{"op": "scale", "columns": ["x"], "extra": 1}], "steps.0"),
    ],
)
def test_a_recipe_that_makes_no_sense_names_its_fault(steps, field):
    with pytest.raises(InvalidInput) as caught:
        recipe_from(steps)
    assert field in caught.value.params["fields"]


def test_words_that_are_left_are_refused_by_both():
    frame = {"city": np.array(["a", "b"], object), "x": np.array([1.0, 2.0])}
    fitted = recipe_from([{"op": "impute", "columns": ["city"]}]).fit(frame)
    with pytest.raises(InvalidInput, match="city"):
        fitted.features(frame)
    with pytest.raises(InvalidInput, match="city"):
        graph_of(fitted)
    with pytest.raises(InvalidInput, match="city"):
        recipe_from([{"op": "scale", "columns": ["city"]}]).fit(frame)


def test_a_model_that_fills_is_the_same_in_the_graph_and_as_that_of_the_rows_of_tables(tmp_path):
    steps = [{"op": "drop", "columns": ["city", "job"]}, {"op": "impute_model", "columns": ["age", "income"]}]
    fitted = recipe_from(steps).fit(frame_of(seed=1))
    later = frame_of(seed=2)
    features = fitted.features(later)
    assert not np.isnan(features[:, :2]).any()
    close(served(fitted, later), features)
    assert Fitted.from_json(json.loads(json.dumps(fitted.to_json()))) == fitted

    small = {name: values for name, values in frame_of(400, 5).items() if name in ("age", "income", "score")}
    cells = {
        name: ("number", [None if math.isnan(v) else v for v in values]) for name, values in small.items()
    }
    path, listed = part(tmp_path, cells)
    got = clean(tmp_path, path, listed, [{"op": "impute_model", "params": {"columns": ["age"]}}]).column(
        "age"
    )
    wanted = recipe_from([{"op": "impute_model", "columns": ["age"]}]).fit(small).frame(small)["age"]
    np.testing.assert_allclose(got, wanted, rtol=1e-9)


def test_a_model_needs_numbers_to_be_told_by():
    with pytest.raises(InvalidInput, match="of numbers"):
        recipe_from([{"op": "impute_model", "columns": ["age"], "params": {"by": ["city"]}}]).fit(
            frame_of(50)
        )
