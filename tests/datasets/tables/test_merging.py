"""Three-way merges of tables, against a reference of dictionaries that goes row by row and cell by cell."""

import random

import pytest

from datasets.tables import freeze, merged, merging
from datasets.tables.engine import connect, rows
from datasets.tables.kinds import Column, text_sql

NAMES = ("id", "size", "word", "target")
KINDS = ("id", "number", "text", "category")


def frozen(path, table, names=NAMES, kinds=KINDS):
    """A frozen file of `{id: {name: text or ""}}`, in a shuffled order of its own."""
    columns = [Column(at, name, kind) for at, (name, kind) in enumerate(zip(names, kinds, strict=True))]
    connection = connect([path.parent])
    storage = {"number": "DOUBLE"}
    connection.execute(
        "CREATE TABLE t (id BIGINT, __split VARCHAR, "
        + ", ".join(f"c{c.index} {storage.get(c.kind, 'VARCHAR')}, r{c.index} VARCHAR" for c in columns)
        + ")"
    )
    for at, cells in enumerate(table, 1):
        values = [value for name in names for value in (cells.get(name) or None, None)]
        connection.execute(
            f"INSERT INTO t VALUES ({', '.join('?' * (len(values) + 2))})", [at, "train", *values]
        )
    said = freeze.orjson.dumps([column.to_json() for column in columns]).decode()
    connection.execute(
        f"COPY (SELECT * FROM t ORDER BY id) TO '{path}' (FORMAT parquet, KV_METADATA {{'studio.table': '{said}'}})"
    )
    return [column.to_json() for column in columns]


@pytest.fixture
def merge(tmp_path):
    def run(here, there, base=None, *, names=(NAMES, NAMES), kinds=(KINDS, KINDS), **more):
        folder = tmp_path / "files"
        folder.mkdir(exist_ok=True)
        columns = frozen(folder / "here.parquet", here, names[0], kinds[0])
        frozen(folder / "there.parquet", there, names[1], kinds[1])
        if base is not None:
            frozen(folder / "base.parquet", base)
        spec = {
            "parts": [str(folder / "here.parquet")],
            "columns": columns,
            "source": str(folder / "there.parquet"),
            "base": str(folder / "base.parquet") if base is not None else None,
            "living": [],
            "living_columns": [],
            "target": len(names[0]) - 1,
            "mapping": {},
            "removals": False,
            "choices": {},
            "policy": "ours",
            "next_index": 20,
        } | more
        plan, work = folder / "plan", folder / "work"
        for one in (plan, work):
            one.mkdir(exist_ok=True)
            for old in one.iterdir():
                old.unlink() if old.is_file() else None
        planned = merging.merge_planned(spec, plan)
        made = merged.merge_made(spec, work)
        told = [Column.from_json(row) for row in made["columns"]]
        cells = ", ".join(f"coalesce({text_sql(column)}, '')" for column in told)
        found = rows(
            connect([work]), f"SELECT {cells} FROM read_parquet('{work}/merged.parquet') ORDER BY id"
        )
        return planned, made, [dict(zip([c.name for c in told], row, strict=True)) for row in found]

    return run


def row(key, size="1", word="w", target="a"):
    return {"id": key, "size": size, "word": word, "target": target}


def cells_of(h, t, b, bh, *, theirs):
    """The cells of a row that both have, and whether one of them is a conflict."""
    cells, is_open = {}, False
    for name in h:
        if h[name] == t[name] or (b is not None and t[name] == bh[name]):
            cells[name] = h[name]
        elif b is not None and h[name] in (b[name], bh[name]):
            cells[name] = t[name]
        elif b is None and "" in (h[name], t[name]):
            cells[name] = h[name] or t[name]
        else:
            is_open = True
            cells[name] = t[name] if theirs else h[name]
    return cells, is_open


def reference(here, there, base, *, removals, theirs, brought=lambda word: word):
    """Rows by key, and how many conflicts there are."""
    mine, other, was = ({one["id"]: one for one in side} for side in (here, there, base or []))
    other = {key: {**one, "target": brought(one["target"])} for key, one in other.items()}
    was_here = {key: {**one, "target": brought(one["target"])} for key, one in was.items()}
    result, conflicts = {}, 0
    for key in {*mine, *other, *was}:
        h, t, b, bh = mine.get(key), other.get(key), was.get(key), was_here.get(key)
        if t is None:
            is_gone = h is not None and b is not None and removals
            if is_gone and h not in (b, bh):
                conflicts += 1
                is_gone = theirs
            if h is not None and not is_gone:
                result[key] = h
        elif h is None:
            if b is not None and t != bh:
                conflicts += 1
            if b is None or (t != bh and theirs):
                result[key] = t
        else:
            result[key], is_open = cells_of(h, t, b, bh, theirs=theirs)
            conflicts += is_open
    return result, conflicts


@pytest.mark.parametrize("seed", range(6))
def test_random_histories_end_as_the_reference_says(merge, seed):
    rng = random.Random(seed)

    def draw(key):
        return row(key, rng.choice(["1", "2", ""]), rng.choice(["x", "y", ""]), rng.choice("ab"))

    def later(table):
        kept = [dict(one) for one in table if rng.random() > 0.15]
        for one in kept:
            if rng.random() < 0.4:
                name = rng.choice(["size", "word", "target"])
                one[name] = draw("")[name]
        shared = [draw(f"new {at}") for at in range(3)]
        return [*kept, *shared, *(draw(f"{rng.random()}") for _ in range(2))]

    base = [draw(f"k{at}") for at in range(25)]
    here, there = later(base), later(base)
    has_base, removals, theirs = seed != 5, seed % 2 == 0, seed % 3 == 0
    mapping = {"b": "a"} if seed == 4 else {}
    planned, made, found = merge(
        here,
        there,
        base if has_base else None,
        removals=removals,
        policy="theirs" if theirs else "ours",
        mapping=mapping,
    )
    wanted, conflicts = reference(
        here,
        there,
        base if has_base else None,
        removals=removals and has_base,
        theirs=theirs,
        brought=lambda word: mapping.get(word, word),
    )
    assert {one["id"]: one for one in found} == wanted
    assert planned["key"] == "id"
    assert planned["counts"]["conflicts"] == conflicts == len(planned["conflicts"])
    assert made["counts"]["ours"] + made["counts"]["theirs"] == conflicts


def test_both_sides_change_cells_of_one_row_and_a_choice_is_for_its_row_alone(merge):
    base = [row("a"), row("b"), row("c")]
    here = [row("a", size="2"), row("b", word="mine"), row("c", size="5")]
    there = [row("a", word="theirs"), row("b", word="theirs"), row("c", size="7")]
    planned, _, found = merge(here, there, base)
    assert planned["counts"] == {"taken": 1, "both_changed": 2, "conflicts": 2}
    by_name = {one["name"]: one for one in planned["conflicts"]}
    assert (by_name["b"]["ours"], by_name["b"]["theirs"]) == ([("word", "mine")], [("word", "theirs")])
    assert found == [row("a", "2", "theirs"), row("b", word="mine"), row("c", size="5")]
    _, made, found = merge(here, there, base, choices={by_name["c"]["content"]: "theirs"})
    assert found == [row("a", "2", "theirs"), row("b", word="mine"), row("c", size="7")]
    assert (made["counts"]["ours"], made["counts"]["theirs"]) == (1, 1)


def test_rows_without_a_key_are_the_same_where_they_say_the_same_as_often(merge):
    kinds = (("text", *KINDS[1:]),) * 2
    one, two = row("x"), row("y")
    planned, _, found = merge([one, one, two], [one, one, one, two], [one, two], kinds=kinds)
    assert planned["key"] is None
    assert planned["counts"] == {"same": 3, "added": 1, "conflicts": 0}
    assert sorted(each["id"] for each in found) == ["x", "x", "x", "y"]


def test_a_key_that_stands_twice_is_none(merge):
    assert merge([row("a"), row("a")], [row("a")], [row("a")])[0]["key"] is None


def test_columns_come_and_go_by_name(merge):
    there = [
        {"id": "a", "size": "1", "target": "a", "more": "9"},
        {"id": "n", "size": "3", "target": "b", "more": "8"},
    ]
    names, kinds = (NAMES, ("id", "size", "more", "target")), (KINDS, ("id", "number", "text", "category"))
    base = [row("a"), row("b")]
    planned, _, found = merge(base, there, base, names=names, kinds=kinds)
    assert planned["counts"]["columns_added"] == 1
    assert found[0] == {**row("a"), "more": "9"}
    assert found[1] == {**row("b"), "more": ""}
    assert found[2] == {"id": "n", "size": "3", "word": "", "target": "b", "more": "8"}
    planned, _, found = merge(base, there, base, names=names, kinds=kinds, removals=True)
    assert planned["counts"]["columns_removed"] == 1
    assert [one["id"] for one in found] == ["a", "n"]
    assert "word" not in found[0]


def test_a_class_is_called_otherwise_or_left_out(merge):
    here = [row("a", target="cat"), row("b", target="dog")]
    there = [
        row("a", target="Katze"),
        row("b", target="dog"),
        row("c", target="Katze"),
        row("d", target="no"),
    ]
    planned, _, found = merge(here, there, mapping={"Katze": "cat", "no": None})
    assert planned["counts"] == {"same": 2, "added": 1, "conflicts": 0}
    assert found == [*here, row("c", target="cat")]


def test_a_word_of_before_is_unchanged_under_either_name(merge):
    base = [row("k", target="b")]
    planned, _, found = merge(
        [row("k", size="2", target="b")], [row("k", target="c", word="new")], base, mapping={"b": "a"}
    )
    assert planned["counts"] == {"taken": 1, "conflicts": 0}
    assert found == [row("k", size="2", target="c", word="new")]


def test_what_a_version_leaves_out_but_lives_there_is_not_removed(merge, tmp_path):
    base = [row("a"), row("b"), row("c")]
    living = tmp_path / "files" / "living.parquet"
    living.parent.mkdir()
    columns = frozen(living, [row("a"), row("b", size="4")])
    more = {"living": [str(living)], "living_columns": columns}
    planned, _, found = merge(base, [row("a")], base, removals=True, **more)
    assert planned["counts"] == {"same": 1, "stays": 1, "removed": 1, "conflicts": 0}
    assert [one["id"] for one in found] == ["a", "b"]


def test_cells_of_another_kind_are_read_as_ours(merge):
    kinds = (KINDS, ("id", "text", "text", "category"))
    _, made, found = merge([row("a")], [row("a"), row("b", size="2"), row("c", size="many")], kinds=kinds)
    assert [one["size"] for one in found] == ["1", "2", "many"]
    assert [column["kind"] for column in made["columns"]] == list(KINDS)
