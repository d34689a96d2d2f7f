"""Made-up rows of rare classes: among the training rows only, typed as their columns are, the same for the same seed."""

import pytest

from core.errors import InvalidInput
from datasets.tables import freeze
from datasets.tables.engine import connect, rows
from datasets.tables.kinds import Column
from datasets.tables.oversample import oversampled

KINDS = {
    "row": "id",
    "size": "number",
    "rooms": "number",
    "day": "datetime",
    "seen": "datetime",
    "ok": "boolean",
    "city": "category",
    "note": "text",
    "y": "category",
}
COLUMNS = [Column(at, name, kind) for at, (name, kind) in enumerate(KINDS.items())]
SQL = """SELECT i AS id, CASE WHEN i % 5 = 0 THEN 'test' WHEN i % 5 = 1 THEN 'val' ELSE 'train' END AS __split,
    'r' || i AS c0, CAST(i * 0.37 AS DOUBLE) AS c1, CAST(i % 7 AS DOUBLE) AS c2,
    TIMESTAMP '2024-01-01' + INTERVAL (i % 50) DAY AS c3, TIMESTAMP '2024-01-01' + INTERVAL (i * 37) SECOND AS c4,
    CASE WHEN i % 11 THEN i % 2 = 0 END AS c5, CASE WHEN i % 13 THEN 'town ' || (i % 3) END AS c6,
    'note ' || i AS c7, CASE WHEN i % 10 = 2 THEN 'rare' WHEN i % 10 = 3 THEN 'some' ELSE 'many' END AS c8,
    {raw} FROM range(1, 1001) t(i)"""


@pytest.fixture
def frozen(tmp_path):
    raw = ", ".join(
        f"CASE WHEN i % 11 = 0 THEN 'NA' END AS r{at}" if at == 5 else f"CAST(NULL AS VARCHAR) AS r{at}"
        for at in range(len(COLUMNS))
    )
    folder = tmp_path / "before"
    folder.mkdir()
    said = freeze.orjson.dumps([column.to_json() for column in COLUMNS]).decode()
    connect([folder]).execute(
        f"COPY ({SQL.format(raw=raw)} ORDER BY id) TO '{folder}/frozen.parquet' "
        f"(FORMAT parquet, KV_METADATA {{'studio.table': '{said}'}})"
    )
    return folder / "frozen.parquet"


def made(frozen, folder, **more):
    folder.mkdir()
    spec = {
        "frozen": str(frozen),
        "target": 8,
        "task": "tabular_classification",
        "method": "smote",
        "neighbors": 5,
        "seed": 4,
        "counts": {"many": 400, "some": 100, "rare": 100},
        "make": {"many": 0, "some": 100, "rare": 130},
        **more,
    }
    return oversampled(spec, folder)


def asked(path, sql):
    return rows(connect([path.parent]), sql.format(f"read_parquet('{path}')"))


def test_rows_are_made_for_training_alone_and_all_others_stay(frozen, tmp_path):
    answer = made(frozen, tmp_path / "after")
    path = tmp_path / "after" / "frozen.parquet"
    assert answer["made"] == {"rare": 130, "some": 100}
    cells = ", ".join(f"c{at}, r{at}" for at in range(len(COLUMNS)))
    kept = f"SELECT id, __split, {cells} FROM {{}} WHERE id <= 1000 ORDER BY id"
    assert asked(path, kept) == asked(frozen, kept)
    counted = asked(path, "SELECT __split, c8, count(*) FROM {} WHERE __made GROUP BY ALL ORDER BY 2")
    assert counted == [("train", "rare", 130), ("train", "some", 100)]
    assert asked(path, "SELECT min(id), max(id) FROM {} WHERE __made") == [(1001, 1230)]
    assert [c.kind for c in freeze.frozen_columns(connect([path.parent]), path)] == list(KINDS.values())


def test_a_made_row_holds_what_its_columns_can(frozen, tmp_path):
    made(frozen, tmp_path / "after")
    path = tmp_path / "after" / "frozen.parquet"
    assert asked(path, "SELECT count(c0) FROM {} WHERE __made") == [(0,)]
    odd = asked(
        path,
        "SELECT count(*) FILTER (c2 <> trunc(c2)), count(*) FILTER (c1 <> trunc(c1)), "
        "count(*) FILTER (c3 <> date_trunc('day', c3)), count(*) FILTER (c4 <> date_trunc('day', c4)), "
        "min(c1), max(c1) FROM {} WHERE __made",
    )[0]
    assert odd[0] == odd[2] == 0
    assert odd[1] > 100
    assert odd[3] > 100
    low, high = asked(frozen, "SELECT min(c1), max(c1) FROM {} WHERE __split = 'train' AND c8 <> 'many'")[0]
    assert low <= odd[4] <= odd[5] <= high
    words = {word for (word,) in asked(path, "SELECT DISTINCT c6 FROM {} WHERE __made")}
    assert words <= {"town 0", "town 1", "town 2", None}
    notes = asked(
        path,
        "SELECT count(*) FROM {0} m WHERE __made AND c7 NOT IN (SELECT c7 FROM {0} WHERE NOT __made AND __split = 'train' AND c8 = m.c8)",
    )
    assert notes == [(0,)]


def test_the_same_seed_makes_the_same_bytes_and_copies_are_copies(frozen, tmp_path):
    one, two = made(frozen, tmp_path / "a"), made(frozen, tmp_path / "b")
    other = made(frozen, tmp_path / "c", seed=5)
    assert one == two
    files = [(tmp_path / name / "frozen.parquet").read_bytes() for name in "abc"]
    assert files[0] == files[1] != files[2]
    assert other["content_hash"] != one["content_hash"]
    made(frozen, tmp_path / "copied", method="copies")
    copied = tmp_path / "copied" / "frozen.parquet"
    cells = ", ".join(f"c{at}" for at in range(1, 9))
    strange = f"SELECT count(*) FROM (SELECT {cells} FROM {{0}} WHERE __made EXCEPT SELECT {cells} FROM {{0}} WHERE NOT __made AND __split = 'train')"
    assert asked(copied, strange) == [(0,)]


def test_a_table_of_words_alone_has_rows_voted(frozen, tmp_path):
    spec = COLUMNS[6].to_json(), COLUMNS[8].to_json()
    said = freeze.orjson.dumps(spec).decode()
    small = tmp_path / "before" / "words.parquet"
    connect([small.parent]).execute(
        f"COPY (SELECT id, __split, c6, r6, c8, r8 FROM read_parquet('{frozen}')) TO '{small}' "
        f"(FORMAT parquet, KV_METADATA {{'studio.table': '{said}'}})"
    )
    assert made(small, tmp_path / "after", make={"rare": 5})["made"] == {"rare": 5}


def test_a_target_that_is_another_by_now_is_refused(frozen, tmp_path):
    with pytest.raises(InvalidInput, match="another target"):
        made(frozen, tmp_path / "after", target=6)
    with pytest.raises(InvalidInput, match="no target"):
        made(frozen, tmp_path / "more", target=99)
