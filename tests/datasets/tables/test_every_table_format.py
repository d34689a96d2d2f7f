"""Every format that tables are written in: what was written reads again equal, kinds and splits where it has room."""

import io
import zipfile

import openpyxl
import pytest

from core.errors import InvalidInput
from datasets.tables import freeze, workbooks, writers
from datasets.tables.engine import connect, rows
from datasets.tables.kinds import Column
from datasets.tables.parts import part_write
from tests.datasets.tables.reading import read

# What a format that says nothing of kinds would be read as otherwise.
CARRIES = ("parquet_table", "xlsx_table", "arff_table")
FORMATS = sorted(writers.EXPORTS)
SAID = {
    "amount": (
        "number",
        {},
        ["1", "-0.1", "1e+300", "123456789012345", "", "0.30000000000000004", "a lot", "7"],
    ),
    "price, net": ("number", {"decimal": ","}, ["1,5", "2,25", "3", "-4,125", "", "6,5", "free", "1.234,5"]),
    'said "so"': (
        "text",
        {},
        [
            "=1+1",
            "a,b\t{c}",
            "two\nlines",
            " spaces ",
            'it\'s \\n "x"',
            "_x0041_ \x07",
            "+8\u200b 汉字😀",
            "@x%",
        ],
    ),
    "when": ("datetime", {}, ["2024-02-29", "1999-12-31 23:59:59", "", *["2001-01-01"] * 5]),
    "day": ("datetime", {}, ["2024-02-29", "", *["2001-01-01"] * 6]),
    "old": ("datetime", {}, ["1650-01-02", "2024-01-01 00:00:00.25", "1900-02-28", *["2001-01-01"] * 5]),
    "ok": ("boolean", {}, ["true", "false", "", "true", "true", "false", "false", "true"]),
    "level": ("category", {}, ["1", "2", "10", "", "it's", "a b", "?!", "x,y"]),
    "row id": ("id", {}, ["007", "008", "009", "010", "a1", "b 2", "c,3", "-4"]),
}
N = 8


@pytest.fixture
def frozen(tmp_path):
    """A frozen file of SAID: its folder, columns, and rows of values with what did not fit."""
    folder = tmp_path / "frozen"
    folder.mkdir()
    connection = connect([folder])
    columns = [Column(i, name, kind, {}, params) for i, (name, (kind, params, _)) in enumerate(SAID.items())]
    connection.execute(f"CREATE TABLE raw ({', '.join(f'c{i} VARCHAR' for i in range(len(SAID)))})")
    cells = zip(*(said for _, _, said in SAID.values()), strict=True)
    connection.executemany(
        f"INSERT INTO raw VALUES ({', '.join('?' * len(SAID))})", [list(row) for row in cells]
    )
    part = folder / "part.parquet"
    part_write(connection, [(c, c.index) for c in columns], part, start=0, stop=N, first_id=1)
    split = {"strategy": "random", "train": 0.5, "val": 0.25, "test": 0.25, "seed": 3}
    spec = {
        "parts": [str(part)],
        "columns": [column.to_json() for column in columns],
        "split": split,
        "filter": [],
        "target": None,
        "keep_unlabeled": True,
        "task": "tabular_regression",
    }
    freeze.frozen(spec, folder)
    return folder


def told(connection, source, columns, more):
    """Values, and texts that are no value, row by row."""
    cells = ", ".join(f"{c.value}, CASE WHEN {c.value} IS NULL THEN {c.raw} END" for c in columns)
    return rows(connection, f"SELECT {cells}, {more} FROM {source} ORDER BY id")


def exported(frozen, format):
    freeze.exported({"frozen": str(frozen / "frozen.parquet"), "format": format}, frozen)
    return (frozen / "export.zip").read_bytes()


@pytest.mark.parametrize("format", FORMATS)
def test_what_was_written_reads_again_equal_with_its_splits(frozen, tmp_path, format):
    again = read(tmp_path / "again", exported(frozen, format), "again.zip")
    names = [column.name for column in again.columns]
    assert names == [*SAID, "split"]
    connection = connect([frozen])
    path = frozen / "frozen.parquet"
    columns = freeze.frozen_columns(connection, path)
    before = told(connection, f"read_parquet('{path}')", columns, "__split")
    kinds = {name: kind for name, (kind, _, _) in SAID.items()}
    if format in CARRIES:
        assert {name: again.kinds[name] for name in SAID} == kinds
        assert told(again.connection, again.source, again.columns[:-1], again.columns[-1].value) == before
        return
    # Kinds are guessed anew, so that the cells are compared as what the file says.
    alike = [c for c in again.columns[:-1] if c.kind == kinds[c.name]]
    assert {c.name for c in alike} >= {"when", "day", "old", "ok"}
    mine = [c for c in columns if c.name in {each.name for each in alike}]
    after = told(again.connection, again.source, alike, again.columns[-1].value)
    assert after == told(connection, f"read_parquet('{path}')", mine, "__split")
    texts = "coalesce({0.raw}, CAST({0.value} AS VARCHAR))"
    text = next(c for c in again.columns if c.name == 'said "so"')
    said = rows(again.connection, f"SELECT {texts.format(text)} FROM {again.source} ORDER BY id")
    assert [row[0] for row in said] == SAID['said "so"'][2]


def test_a_column_with_one_name_as_the_splits_is_told_apart(tmp_path, frozen):
    text = exported(frozen, "csv_table")
    with zipfile.ZipFile(io.BytesIO(text)) as archive:
        content = archive.read("table.csv").decode().replace("level", "split")
    table = read(tmp_path / "again", content.encode())
    assert [column.name for column in table.columns][-1] == "split 2"


def test_no_cell_of_a_workbook_is_a_formula_and_dates_are_dates(frozen):
    with zipfile.ZipFile(io.BytesIO(exported(frozen, "xlsx_table"))) as archive:
        book = openpyxl.load_workbook(io.BytesIO(archive.read("table.xlsx")))
    sheet = book.active
    by_name = {cell.value: cell.column for cell in sheet[1]}
    column = [sheet.cell(row, by_name['said "so"']) for row in range(2, N + 2)]
    assert {cell.data_type for cell in column} <= {"s", "inlineStr"}
    assert column[0].value == "=1+1"
    assert column[0].quotePrefix
    assert not column[1].quotePrefix
    assert sheet.cell(2, by_name["day"]).is_date
    assert sheet.cell(2, by_name["amount"]).data_type == "n"


def test_a_table_longer_than_a_sheet_is_refused_before_anything_is_written():
    writers.check_fits("xlsx_table", workbooks.MAX_SHEET_ROWS - 1, 3)
    writers.check_fits("csv_table", workbooks.MAX_SHEET_ROWS, 3)
    with pytest.raises(writers.TableTooLong, match="1,048,576"):
        writers.check_fits("xlsx_table", workbooks.MAX_SHEET_ROWS, 3)


def test_a_text_longer_than_a_cell_of_a_workbook_is_refused_with_its_place(tmp_path):
    with pytest.raises(workbooks.CellTooLong, match="B2"):
        workbooks.book_written(tmp_path / "b.xlsx", ["a", "b"], (), [(None, None, "x" * 32_768)], "[]")


@pytest.mark.parametrize(
    "said", ["[[]]", '{"a": 1}', '[{"name": "a", "kind": "bomb"}]', '[{"kind": 3}]', "\\"]
)
@pytest.mark.parametrize("format", ["arff_table", "parquet_table", "xlsx_table"])
def test_kinds_that_somebody_else_wrote_into_a_file_are_passed_over(tmp_path, format, said):
    path = tmp_path / "file"
    if format == "arff_table":
        path.write_text(
            f"% studio.columns {said}\n@relation t\n@attribute a numeric\n@attribute b string\n@data\n1,x\n"
        )
    elif format == "xlsx_table":
        workbooks.book_written(path, ["a", "b"], (), [(1.0, None, "x")], said)
    else:
        quoted = said.replace("'", "''")
        connection = connect([tmp_path])
        connection.execute(
            f"COPY (SELECT 1.0::DOUBLE AS a, 'x' AS b) TO '{path}' (FORMAT parquet, KV_METADATA {{'studio.columns': '{quoted}'}})"
        )
    table = read(tmp_path / "again", path.read_bytes(), "t")
    assert table.kinds["a"] == "number"
    assert table.cells == [(1.0, "x")]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('\'it\\\'s\', "a \\"b\\"" ,?', ("it's", 'a "b"', None)),
        ("' a ', 'two\\nlines','?'", (" a ", "two\nlines", "?")),
        ("{0 'x y', 2 z}", ("x y", "0", "z")),
        ("C:\\new, b ,", ("C:\\new", "b", None)),
        ("'two\\r\\nlines','\\n','\\r'", ("two\r\nlines", "\n", "\r")),
    ],
)
def test_quotes_and_escapes_of_arff(tmp_path, line, cells):
    head = "@relation r\n" + "".join(f"@attribute {name} string\n" for name in "abc") + "@data\n"
    table = read(tmp_path / "again", (head + line + "\n").encode(), "t.arff")
    assert table.cells == [cells]


@pytest.mark.parametrize("line", ["a,b", "a,b,c,d", "{9 x}", "{0}", "'open,b,c,d"])
def test_a_row_of_arff_that_is_none_is_told_with_its_line(tmp_path, line):
    head = "@relation r\n" + "".join(f"@attribute {name} string\n" for name in "abc") + "@data\n"
    table = read(tmp_path / "again", (head + "1,2,3\n" + line + "\n").encode(), "t.arff")
    assert [(p.code, p.where) for p in table.problems] == [("row_unreadable", "line 7")]
    assert len(table.cells) == 1


def test_a_format_that_nobody_knows_is_no_format():
    assert issubclass(writers.TableTooLong, InvalidInput)
    assert set(writers.EXPORTS) == {
        *("csv_table", "tsv_table", "xlsx_table", "jsonl_table", "arff_table", "parquet_table")
    }
