"""Which columns are missing together, against counting by hand."""

from collections import Counter

import numpy as np
import pytest

from datasets.tables import missing
from datasets.tables.missing import missing_together
from tests.datasets.tables.reading import read

N = 500
NAMES = ["a", "b", "c", "d"]


def cells(seed):
    """Rows of four columns: b lacks what a lacks and more, c by itself, d never; c also has what does not fit."""
    rng = np.random.default_rng(seed)
    a = rng.random(N) < 0.2
    b = a | (rng.random(N) < 0.1)
    c = rng.random(N) < 0.3
    return np.stack([a, b, c, np.zeros(N, bool)], axis=1)


def told(folder, lacking, odd=()):
    lines = [
        ",".join("" if is_gone else "odd" if (i, j) in odd else str(i + j) for j, is_gone in enumerate(row))
        for i, row in enumerate(lacking)
    ]
    table = read(folder, "\n".join([",".join(NAMES), *lines, ""]).encode())
    counts = {j: int(sum(lacking[:, j])) for j in range(lacking.shape[1])}
    return missing_together(table.connection, table.source, table.columns, counts)


@pytest.mark.parametrize("seed", range(3))
def test_pairs_and_patterns_are_those_counted_by_hand(tmp_path, seed):
    lacking = cells(seed)
    found = told(tmp_path, lacking)
    assert found["columns"] == [0, 1, 2]
    for i in range(3):
        for j in range(3):
            both = (lacking[:, i] & lacking[:, j]).sum()
            either = (lacking[:, i] | lacking[:, j]).sum()
            assert found["together"][i][j] == pytest.approx(both / either, abs=1e-4)
    patterns = Counter(tuple(np.flatnonzero(row)) for row in lacking)
    assert found["whole"] == patterns.pop(())
    assert {tuple(one["columns"]): one["rows"] for one in found["patterns"]} == patterns
    assert [one["rows"] for one in found["patterns"]] == sorted(patterns.values(), reverse=True)
    assert found["more"] == 0


def test_what_is_not_listed_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(missing, "MAX_PATTERNS", 2)
    lacking = cells(7)
    found = told(tmp_path, lacking)
    assert len(found["patterns"]) == 2
    assert found["whole"] + found["more"] + sum(one["rows"] for one in found["patterns"]) == N


def test_of_many_columns_those_that_lack_most(tmp_path, monkeypatch):
    monkeypatch.setattr(missing, "MAX_COLUMNS", 2)
    lacking = cells(7)
    counts = lacking.sum(axis=0)
    found = told(tmp_path, lacking)
    assert found["columns"] == sorted(np.argsort(-counts)[:2].tolist())


def test_a_cell_that_does_not_fit_is_not_missing(tmp_path):
    lacking = cells(1)
    odd = {(i, 2) for i in range(0, 10) if not lacking[i, 2]}
    found = told(tmp_path, lacking, odd)
    truth = (lacking[:, 0] & lacking[:, 2]).sum() / (lacking[:, 0] | lacking[:, 2]).sum()
    assert found["together"][0][2] == pytest.approx(truth, abs=1e-4)


def test_a_whole_table_has_no_map(tmp_path):
    found = told(tmp_path, np.zeros((N, 4), bool))
    assert found == {"columns": [], "together": [], "patterns": [], "whole": 0, "more": 0}
