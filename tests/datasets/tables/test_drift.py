"""Drift of every kind of column: figures of scipy and numpy, planted changes found, chance not taken for one."""

import math
from collections import Counter

import numpy as np
import pytest
from scipy import spatial, stats

from datasets.tables import drift
from datasets.tables.drift import column_drift, drifted, psi, psi_chance
from datasets.tables.engine import connect
from datasets.tables.kinds import Column
from datasets.tables.parts import part_write, source_sql
from datasets.tables.staging import staged

N = 600
COLUMNS = (
    Column(0, "size", "number"),
    Column(1, "day", "datetime"),
    Column(2, "note", "text"),
    Column(3, "city", "category"),
    Column(4, "code", "id"),
    Column(5, "ok", "boolean"),
)


def draw(seed, n=N):
    rng = np.random.default_rng(seed)
    return {
        "size": rng.normal(170, 10, n).round(3).tolist(),
        "day": [f"2026-{1 + k // 28:02}-{1 + k % 28:02}" for k in rng.integers(0, 336, n)],
        "note": ["x" * int(k) for k in rng.integers(1, 60, n)],
        "city": [f"city {k}" for k in rng.integers(0, 200, n)],
        "code": [f"k{i}" for i in range(n)],
        "ok": rng.choice(["yes", "no"], n).tolist(),
    }


def stored(folder, columns):
    folder.mkdir()
    lines = [",".join(columns)] + [",".join(map(str, row)) for row in zip(*columns.values(), strict=True)]
    (folder / "sent").write_text("\n".join(lines) + "\n")
    connection = connect([folder], database=folder / "stage.db")
    table = staged(connection, folder / "sent", "t.csv", "auto", folder)
    placed = [(column, column.index) for column in COLUMNS]
    part_write(connection, placed, folder / "part.parquet", start=0, stop=table.rows, first_id=1)
    connection.close()
    return folder / "part.parquet"


def both(tmp_path, now, before):
    paths = [stored(tmp_path / "now", now), stored(tmp_path / "before", before)]
    connection = connect([path.parent for path in paths])
    return connection, *(source_sql(connection, [path], COLUMNS) for path in paths)


def seconds(days):
    return [np.datetime64(day).astype("datetime64[s]").astype(float) for day in days]


def test_two_draws_of_the_same_have_not_drifted(tmp_path):
    for seed in range(5):
        (tmp_path / str(seed)).mkdir()
        asked = both(tmp_path / str(seed), draw(seed), draw(seed + 100, n=200 + 100 * seed))
        assert drifted(*asked, COLUMNS) == []


def test_distances_are_those_of_scipy(tmp_path):
    now, before = draw(1), draw(2, n=400)
    now["size"] = [value + 6 for value in now["size"]]
    asked = both(tmp_path, now, before)
    told = {column.name: column_drift(*asked, column) for column in COLUMNS}
    truth = {
        "size": stats.ks_2samp(now["size"], before["size"]).statistic,
        "day": stats.ks_2samp(seconds(now["day"]), seconds(before["day"])).statistic,
        "note": stats.ks_2samp([*map(len, now["note"])], [*map(len, before["note"])]).statistic,
    }
    for name, value in truth.items():
        assert told[name]["value"] == pytest.approx(value, abs=1e-4), name
    assert [told[name]["measure"] for name in truth] == ["ks", "ks", "ks_length"]


@pytest.mark.parametrize(
    ("name", "change", "measure"),
    [
        ("size", lambda values: [value + 6 for value in values], "ks"),
        ("day", lambda values: [f"2027{day[4:]}" for day in values], "ks"),
        ("note", lambda values: [note + "x" * 20 for note in values], "ks_length"),
        ("city", lambda values: [f"city {i % 20}" for i, _ in enumerate(values)], "psi"),
        ("ok", lambda values: ["yes" if i % 10 else "no" for i, _ in enumerate(values)], "psi"),
        ("code", lambda values: [value if i % 4 else "" for i, value in enumerate(values)], "missing"),
        ("size", lambda values: [value if i % 4 else "" for i, value in enumerate(values)], "missing"),
    ],
    ids=["number", "date", "text", "category", "boolean", "id-missing", "number-missing"],
)
def test_a_planted_change_is_found_and_nothing_else(tmp_path, name, change, measure):
    now = draw(1)
    now[name] = change(now[name])
    (told,) = drifted(*both(tmp_path, now, draw(2)), COLUMNS)
    assert (told["name"], told["measure"]) == (name, measure)
    assert told["value"] >= told["limit"]


def test_many_levels_are_the_most_frequent_ones_and_one_for_the_rest(tmp_path):
    now, before = draw(1), draw(2)
    now["city"] = [f"city {i % 5}" if i % 2 else word for i, word in enumerate(now["city"])]
    told = column_drift(*both(tmp_path, now, before), COLUMNS[3])
    a, b = Counter(now["city"]), Counter(before["city"])
    order = sorted(a | b, key=lambda word: (-(a[word] + b[word]), word))
    kept = order[: drift.MAX_LEVELS - 1]
    p = np.array([*(a[word] for word in kept), sum(a[word] for word in order[drift.MAX_LEVELS - 1 :])], float)
    q = np.array([*(b[word] for word in kept), sum(b[word] for word in order[drift.MAX_LEVELS - 1 :])], float)
    assert told["value"] == pytest.approx(psi(p, q), abs=1e-4)
    shown = {one["value"]: (one["now"], one["before"]) for one in told["levels"]}
    assert shown == {word: (a[word], b[word]) for word in order[: len(shown)]}
    assert told["others"]["levels"] == len(order) - len(shown)
    assert told["others"]["now"] + sum(n for n, _ in shown.values()) == N
    assert told["unseen"] == pytest.approx(sum(n for word, n in a.items() if word not in b) / N, abs=1e-4)


def test_the_index_is_jeffreys_divergence_and_stands_beside_jensen_and_shannons():
    rng = np.random.default_rng(3)
    for _ in range(50):
        p, q = (rng.integers(1, 500, 20).astype(float) for _ in range(2))
        truth = stats.entropy(p, q) + stats.entropy(q, p)
        assert psi(p, q) == pytest.approx(truth, rel=1e-9)
        # Jensen and Shannon's divergence is at most a quarter of Jeffreys' (Lin, 1991).
        assert spatial.distance.jensenshannon(p, q) ** 2 <= truth / 4 + 1e-12


@pytest.mark.parametrize("free", [1, 2, 9, 49])
def test_what_chance_gives_is_the_quantile_of_chi2(free):
    truth = (1 / 400 + 1 / 700) * stats.chi2.ppf(0.999, free)
    assert psi_chance(free + 1, 400, 700) == pytest.approx(truth, rel=0.04)
    assert psi_chance(1, 400, 700) == 0


def test_the_limit_of_few_rows_is_smirnovs(tmp_path):
    now, before = draw(1, n=60), draw(2, n=40)
    told = column_drift(*both(tmp_path, now, before), COLUMNS[0])
    law = stats.kstwobign.ppf(0.999) * math.sqrt(100 / (60 * 40))
    assert told["limit"] == pytest.approx(law, abs=1e-3)


def test_too_few_rows_are_no_ground_to_tell(tmp_path):
    assert drifted(*both(tmp_path, draw(1, n=29), draw(2)), COLUMNS) == []


def test_bins_are_the_same_on_both_sides_and_count_every_value(tmp_path):
    now, before = draw(1), draw(2, n=400)
    now["size"][0] = 1e12
    told = column_drift(*both(tmp_path, now, before), COLUMNS[0])
    bins = told["bins"]
    assert (sum(bins["now"]), sum(bins["before"])) == (N, 400)
    edges = np.linspace(bins["low"], bins["high"], 21)
    for side, values in (("now", now["size"]), ("before", before["size"])):
        inside = np.clip(values, bins["low"], bins["high"])
        assert np.abs(np.histogram(inside, edges)[0] - bins[side]).sum() <= 2
    assert bins["high"] < 1e6


def test_dates_are_told_as_dates(tmp_path):
    told = column_drift(*both(tmp_path, draw(1), draw(2)), COLUMNS[1])
    assert told["bins"]["low"].startswith("2026-01-0")
    assert told["bins"]["high"].startswith("2026-12-2")


def test_columns_of_one_value_have_one_bin(tmp_path):
    now, before = draw(1), draw(2)
    now["size"], before["size"] = [1.0] * N, [1.0] * N
    told = column_drift(*both(tmp_path, now, before), COLUMNS[0])
    assert (told["value"], told["bins"]["now"], told["bins"]["before"]) == (0, [N], [N])


def test_a_column_without_any_value_is_told_by_its_missing_cells(tmp_path):
    now = draw(1)
    now["note"] = [""] * N
    (told,) = drifted(*both(tmp_path, now, draw(2)), COLUMNS)
    assert (told["measure"], told["missing"]) == ("missing", {"now": 1.0, "before": 0.0})
    assert "bins" not in told
