"""Figures of columns and pairs beside numpy and scipy."""

import numpy as np
import pytest
from scipy import stats

from datasets.tables.statistics import BINS, associations, column_statistics, cramers_v
from tests.datasets.tables.reading import read

RNG = np.random.default_rng(3)
N = 3_000
X = RNG.lognormal(2, 1.5, N)
Y = X * 0.2 + RNG.normal(size=N)
GAP = RNG.random(N) < 0.1
CITY = RNG.choice(["a", "b", "c"], N, p=[0.6, 0.3, 0.1])
KIND = np.where(RNG.random(N) < 0.7, CITY, RNG.choice(["u", "v"], N))


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    lines = [
        f"{x!r},{'' if gap else repr(y)},{c},{k}"
        for x, y, gap, c, k in zip(X.tolist(), Y.tolist(), GAP, CITY, KIND, strict=True)
    ]
    return read(tmp_path_factory.mktemp("t"), ("x,y,city,kind\n" + "\n".join(lines) + "\n").encode())


def test_figures_of_numbers_are_those_of_numpy(table):
    said = column_statistics(table.connection, table.source, table.columns[1])
    there = Y[~GAP]
    assert (said["count"], said["missing"], said["distinct"]) == (N, GAP.sum(), len(set(there)))
    assert [said["min"], said["max"], said["mean"], said["std"]] == pytest.approx(
        [there.min(), there.max(), there.mean(), there.std(ddof=1)], rel=1e-9
    )
    wanted = np.quantile(there, [0.05, 0.25, 0.5, 0.75, 0.95])
    assert list(said["quantiles"].values()) == pytest.approx(wanted, rel=1e-9)
    assert said["bins"] == np.histogram(there, BINS)[0].tolist()


def test_the_most_frequent_values_come_first(table):
    said = column_statistics(table.connection, table.source, table.columns[2])
    names, counts = np.unique(CITY, return_counts=True)
    order = np.argsort(-counts)
    assert said["top"] == [{"value": str(names[i]), "count": int(counts[i])} for i in order]


def test_pairs_are_those_of_scipy(table):
    found = associations(table.connection, table.source, table.columns, N)
    r = stats.pearsonr(X[~GAP], Y[~GAP]).statistic
    assert found["pearson"] == [[1.0, pytest.approx(r, rel=1e-9)], [pytest.approx(r, rel=1e-9), 1.0]]
    counts = stats.contingency.crosstab(CITY, KIND).count
    v = stats.contingency.association(counts, method="cramer")
    assert found["cramers_v"][0][1] == pytest.approx(v, rel=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_cramers_v_of_any_table_is_that_of_scipy(seed):
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 60, rng.integers(2, 6, 2)).astype(float)
    assert cramers_v(counts) == pytest.approx(
        stats.contingency.association(counts.astype(int), method="cramer"), rel=1e-12
    )
    assert cramers_v(counts[:1]) is None


@pytest.mark.parametrize(
    "cells", [["5"] * 30, ["1e308", "-1e308"] * 15, ["0"] * 29 + ["1e-300"], [""] * 29 + ["7"]]
)
def test_extreme_columns_have_figures_too(tmp_path, cells):
    table = read(tmp_path, ("n,o\n" + "".join(f"{cell},x\n" for cell in cells)).encode())
    said = column_statistics(table.connection, table.source, table.columns[0])
    assert sum(said["bins"]) == sum(cell != "" for cell in cells)
    associations(table.connection, table.source, table.columns, 30)
