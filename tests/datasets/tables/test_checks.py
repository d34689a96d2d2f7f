"""Planted faults are found, clean real tables raise nothing, and figures are those of scipy."""

import numpy as np
import pytest
from scipy import stats
from sklearn import datasets as sets

from datasets.tables.checks import findings
from datasets.tables.child import check
from datasets.tables.drift import psi
from datasets.tables.engine import connect
from datasets.tables.freeze import frozen
from datasets.tables.kinds import Column
from datasets.tables.parts import source_sql
from datasets.tables.query import Page, conditions_from, rows_count, rows_page
from tests.datasets.tables.reading import read

RNG = np.random.default_rng(8)
N = 600
# What is no fault but worth a word: real tables have rows and values of that kind.
HINTS = {"column_outliers", "rows_duplicate", "columns_alike"}


def csv_of(columns):
    lines = zip(
        *(
            ["" if isinstance(v, float) and np.isnan(v) else str(v) for v in values]
            for values in columns.values()
        ),
        strict=True,
    )
    return (",".join(columns) + "\n" + "\n".join(",".join(line) for line in lines) + "\n").encode()


def clean(n=N, shift=0.0):
    x = RNG.normal(size=n) + shift
    return {
        "age": RNG.integers(18, 90, n).tolist(),
        "size": np.round(RNG.normal(170, 10, n), 3).tolist(),
        "city": RNG.choice(["Oslo", "Lima", "Bonn"], n).tolist(),
        "score": np.round(x, 6).tolist(),
        "target": np.where(x + RNG.normal(size=n) > shift, "good", "bad").tolist(),
    }


def found_in(folder, columns, before=None):
    table = read(folder / "now", csv_of(columns))
    target = next(column.index for column in table.columns if column.name == "target")
    earlier, held = None, ()
    if before is not None:
        old = read(folder / "before", csv_of(before))
        earlier, held = old.source, old.columns
        table.connection.close()
        table.connection = connect([folder / "now", folder / "before"])
    rows = findings(
        table.connection, table.source, table.columns, target=target, before=earlier, before_columns=held
    )
    return {row.code: row for row in rows if row.count}


def taken(folder, filter_):
    """Ids of the rows that a finding's filter shows, by the code that answers pages of rows."""
    again = read(folder / "again", (folder / "now" / "sent").read_bytes())
    columns = {column.index: column for column in again.columns}
    again.connection.close()
    connection = connect([folder / "now"])
    source = source_sql(connection, [folder / "now" / "part.parquet"], again.columns)
    conditions = conditions_from(filter_, columns)
    page = rows_page(connection, source, again.columns[:1], conditions, Page(limit=500))
    assert rows_count(connection, source, conditions) == len(page)
    return [row["id"] for row in page]


def names_of(found, code):
    return [row["name"] for row in found[code].params["columns"]]


def test_a_clean_table_raises_nothing(tmp_path):
    assert found_in(tmp_path, clean(), before=clean()) == {}


def plant(columns, code):
    n = len(columns["age"])
    target = np.array(columns["target"])
    faults = {
        "column_missing": {"gaps": [float("nan") if i % 2 else i % 13 for i in range(n)]},
        "column_gaps": {"gaps": [float("nan") if i % 10 == 0 else i % 13 for i in range(n)]},
        "column_constant": {"same": ["x"] * n},
        "column_identifier": {"code": [f"k{i}" for i in range(n)]},
        "column_mixed": {"mixed": [i % 17 if i % 50 else "none at all" for i in range(n)]},
        "column_outliers": {"far": [*np.round(RNG.normal(size=n - 2), 4).tolist(), 900.0, -800.0]},
        "columns_alike": {"again": [round(value * 2.54, 5) for value in columns["size"]]},
        "target_leak": {"after": np.where(target == "good", 10, 3) + RNG.integers(0, 3, n)},
    }
    return columns | {name: list(values) for name, values in faults[code].items()}


@pytest.mark.parametrize(
    "code",
    [
        "column_missing",
        "column_gaps",
        "column_constant",
        "column_identifier",
        "column_mixed",
        "column_outliers",
        "columns_alike",
        "target_leak",
    ],
)
def test_a_planted_fault_is_found_and_nothing_else(tmp_path, code):
    columns = clean()
    planted = plant(columns, code)
    found = found_in(tmp_path, planted)
    assert set(found) == {code}
    assert names_of(found, code) == [list(planted)[-1]] or code == "columns_alike"


@pytest.mark.parametrize(
    ("code", "ids"),
    [
        ("column_missing", range(2, N + 1, 2)),
        ("column_gaps", range(1, N + 1, 10)),
        ("column_mixed", range(1, N + 1, 50)),
        ("column_outliers", [N - 1, N]),
    ],
)
def test_a_finding_about_cells_shows_exactly_their_rows(tmp_path, code, ids):
    found = found_in(tmp_path, plant(clean(), code))
    (told,) = found[code].params["columns"]
    assert taken(tmp_path, told["rows"]) == list(ids)


def test_a_column_that_is_called_an_id_names_rows_though_a_few_are_there_twice(tmp_path):
    told = {"customer_id": [f"customer {max(i, 4)} of many" for i in range(N)]}
    assert names_of(found_in(tmp_path, clean() | told), "column_identifier") == ["customer_id"]


def test_a_table_of_many_columns_is_looked_at_a_few_at_a_time_and_found_to_be_the_same(tmp_path, monkeypatch):
    columns = clean()
    for code in ("column_missing", "column_outliers", "target_leak"):
        columns |= plant(columns, code)
    before = clean(shift=2)
    folders = [tmp_path / name for name in ("whole", "parted")]
    for folder in folders:
        folder.mkdir()
    whole = found_in(folders[0], columns, before=before)
    monkeypatch.setattr("datasets.tables.parts.NARROW", 2)
    assert found_in(folders[1], columns, before=before) == whole
    assert {"column_missing", "column_outliers", "target_leak", "column_drift"} <= set(whole)


def test_copied_rows_are_shown_beside_each_other(tmp_path):
    columns = {name: values + values[:25] for name, values in clean().items()}
    ids = taken(tmp_path, found_in(tmp_path, columns)["rows_duplicate"].params["rows"])
    assert sorted(ids) == [*range(1, 26), *range(N + 1, N + 26)]
    assert all(two - one == N for one, two in zip(ids[::2], ids[1::2], strict=True))


def test_copied_rows_are_counted(tmp_path):
    columns = {name: values + values[:25] for name, values in clean().items()}
    found = found_in(tmp_path, columns)
    assert (found["rows_duplicate"].count, found["rows_duplicate"].params["groups"]) == (25, 25)


def test_a_rare_class_is_told(tmp_path):
    columns = clean()
    columns["target"] = ["rare"] * 5 + ["common"] * (N - 5)
    params = found_in(tmp_path, columns)["classes_unbalanced"].params
    assert (params["most"], params["least"]) == (N - 5, 5)
    assert taken(tmp_path, params["rows"]) == list(range(1, 6))


def test_a_column_that_moved_and_one_whose_mix_changed_are_told(tmp_path):
    now, before = clean(), clean()
    now["score"] = [value + 1 for value in now["score"]]
    now["city"] = ["Oslo" if i % 10 else "Lima" for i in range(N)]
    found = found_in(tmp_path, now, before)
    listed = {row["name"]: row for row in found["column_drift"].params["columns"]}
    assert set(listed) == {"score", "city"}
    truth = stats.ks_2samp(now["score"], before["score"]).statistic
    assert listed["score"]["value"] == pytest.approx(truth, abs=1e-4)


def test_a_column_that_is_read_as_another_kind_has_not_drifted(tmp_path):
    columns = [Column(0, "size", "number", {}, {"decimal": "."}), Column(1, "step", "number")]
    table = read(
        tmp_path / "old", csv_of({"size": [i % 9 for i in range(N)], "step": [i % 7 for i in range(N)]})
    )
    split = {"strategy": "random", "train": 1.0, "val": 0.0, "test": 0.0, "seed": 1}
    spec = {"parts": [str(tmp_path / "old" / "part.parquet")], "filter": [], "split": split, "task": "t"}
    table.connection.close()
    said = [column.to_json() for column in columns]
    frozen({**spec, "columns": said, "target": None, "keep_unlabeled": True}, tmp_path)

    def drifted(kind, cells):
        read(tmp_path / kind, csv_of({"size": cells, "step": [i % 7 + 3 for i in range(N)]}))
        now = [Column(0, "size", kind).to_json(), columns[1].to_json()]
        part, before = tmp_path / kind / "part.parquet", tmp_path / "frozen.parquet"
        answer = check(
            {"parts": [str(part)], "before": [str(before)], "columns": now, "target": None}, tmp_path
        )
        params = next(row[4] for row in answer["found"] if row[0] == "column_drift")
        return [column["name"] for column in params["columns"]]

    assert drifted("number", [i % 9 + 5 for i in range(N)]) == ["size", "step"]
    assert drifted("category", ["abc"[i % 3] for i in range(N)]) == ["step"]


def test_psi_is_twice_symmetric_entropy():
    p, q = np.array([50.0, 30, 20]), np.array([20.0, 30, 50])
    truth = stats.entropy(p / 100, q / 100) + stats.entropy(q / 100, p / 100)
    assert psi(p, q) == pytest.approx(truth, rel=1e-12)
    assert psi(p, p) == 0


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
def test_clean_real_tables_raise_no_more_than_hints(tmp_path, name):
    data = getattr(sets, f"load_{name}")()
    columns = {str(n): data.data[:, i].tolist() for i, n in enumerate(data.feature_names)}
    is_class = name != "diabetes"
    columns["target"] = [f"class {v}" for v in data.target] if is_class else data.target.tolist()
    assert set(found_in(tmp_path, columns)) <= HINTS
