"""Tables in every format and every encoding, and files that mean harm."""

import gzip
import io
import json
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from core.errors import DomainError
from datasets.formats.tables import TableRefused
from datasets.tables.engine import connect
from datasets.tables.kinds import text_sql, typed_sql
from datasets.tables.staging import OWN
from datasets.tables.worker import worked
from tests.datasets.tables.reading import read

ROWS = [
    ("北京", 1.5, "2024-01-31"),
    ("Paris, old", -2.0, "2023-12-01"),
    ('say "hi"', 3.25, "2022-02-28"),
] * 10
TRUTH = [(city, number, datetime.fromisoformat(day)) for city, number, day in ROWS]
TEXT = "city,size,day\n" + "".join(
    '"{}",{},{}\n'.format(city.replace('"', '""'), number, day) for city, number, day in ROWS
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_the_encoding_is_found(tmp_path, encoding):
    table = read(tmp_path, TEXT.encode(encoding))
    assert table.cells == TRUTH
    assert table.kinds == {"city": "category", "size": "number", "day": "datetime"}
    assert table.problems == []


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path, separator):
    text = f"a{separator}b\n" + "".join(f'"x,{i};y"{separator}{2 * i}\n' for i in range(30))
    assert read(tmp_path, text.encode()).cells == [(f"x,{i};y", 2.0 * i) for i in range(30)]


def test_line_ends_of_windows_and_line_breaks_in_quotes_are_read(tmp_path):
    text = 'a,b\r\n"one\r\ntwo",1\r\n' + "x,2\r\n" * 5
    assert read(tmp_path, text.encode()).cells[0] == ("one\r\ntwo", 1.0)


@pytest.mark.parametrize("late", [1, 60_000])
def test_line_ends_of_two_kinds_in_one_file_are_read(tmp_path, late):
    text = "a,b\r\n" + "x,1\r\n" * late + "y,2\n" + "z,3\r\n" * 2 + "short\r\n"
    table = read(tmp_path, text.encode())
    assert (len(table.cells), table.cells[-3:]) == (late + 3, [("y", 2.0), ("z", 3.0), ("z", 3.0)])
    assert [(p.code, p.where) for p in table.problems] == [("row_too_short", f"line {late + 5}")]


@pytest.mark.parametrize("above", ["\n", ",,\n", "\r\n , ,\r\n", '"","",""\n'])
def test_lines_without_anything_above_the_names_are_passed_over(tmp_path, above):
    end = "\r\n" if "\r" in above else "\n"
    lines = ["a,b,c", *["1,2,x"] * 5, "1,2"]
    table = read(tmp_path, (above + end.join(lines) + end).encode())
    assert table.kinds == {"a": "number", "b": "number", "c": "category"}
    assert table.cells == [(1.0, 2.0, "x")] * 5
    line = above.count("\n") + 7
    assert [(p.code, p.where) for p in table.problems] == [("row_too_short", f"line {line}")]


def test_a_table_of_which_no_row_can_be_read_says_so(tmp_path):
    table = read(tmp_path, b'"a \\"q\\" x","b"\n1,2\n3,4\n')
    assert table.cells == []
    assert [(p.code, p.where) for p in table.problems] == [("row_bad_quote", "line 1")]
    assert read(tmp_path / "names", b"a,b\n").problems == []


def test_a_long_cell_in_the_first_lines_is_read(tmp_path):
    (tmp_path / "sent").write_bytes(b"a,b\n1," + b"x" * 200_000 + b"\n2,y\n")
    spec = {"path": str(tmp_path / "sent"), "name": "t.csv", "format": "auto", "known": []}
    answer = worked("stage", tmp_path, spec, check=lambda: None)
    assert (answer["rows"], answer["problems"]) == (2, [])


def test_decimal_commas_are_numbers(tmp_path):
    text = "name;price\n" + "".join(f"n{i % 3};1.{i:03d},5\n" for i in range(30))
    table = read(tmp_path, text.encode())
    assert table.columns[1].params == {"decimal": ","}
    assert [row[1] for row in table.cells] == [1000 + i + 0.5 for i in range(30)]
    assert table.ask("r1")[0] == ("1.000,5",)


def test_a_decimal_dot_among_decimal_commas_is_no_larger_number(tmp_path):
    text = "price;n\n" + "1,1;a\n" * 39 + "2.5;a\n"
    table = read(tmp_path, text.encode())
    assert table.columns[0].params == {"decimal": ","}
    assert table.ask("c0, r0")[-1] == (None, "2.5")
    assert [(p.code, p.where) for p in table.problems] == [("cell_misfit", "row 40, price")]


@pytest.mark.parametrize(
    ("cells", "kind", "first"),
    [
        (("1,101", "2,102", "17"), "category", "1,101"),
        (("1,101", "2,102", "0,5"), "number", 1.101),
        (("0,101", "2,102", "0,555"), "number", 0.101),
    ],
)
def test_a_comma_that_may_group_thousands_is_no_decimal_comma(tmp_path, cells, kind, first):
    table = read(tmp_path, ("price;n\n" + "".join(f"{cell};a\n" for cell in cells * 10)).encode())
    assert table.kinds["price"] == kind
    assert table.cells[0][0] == first


def test_a_number_read_again_with_a_decimal_comma_is_not_a_hundred_times_larger(tmp_path):
    table = read(tmp_path, b"n\n" + b"3.14\n" * 5 + b"7\n")
    again = typed_sql(text_sql(table.columns[0]), "number", {"decimal": ","})
    assert [row[0] for row in table.ask(again)] == [None] * 5 + [7.0]


@pytest.mark.parametrize(
    ("pattern", "made"),
    [
        ("%d.%m.%Y", "{2:02d}.{1:02d}.{0}"),
        ("%Y/%m/%d", "{0}/{1:02d}/{2:02d}"),
        ("%m/%d/%Y", "{1:02d}/{2:02d}/{0}"),
        ("%d/%m/%Y", "{2:02d}/{1:02d}/{0}"),
        ("%Y年%m月%d日", "{0}年{1:02d}月{2:02d}日"),
    ],
)
def test_dates_are_read_as_most_cells_have_them(tmp_path, pattern, made):
    days = [(2024, 1 + i % 12, 1 + i % 28) for i in range(60)]
    text = "day\n" + "".join(made.format(*day) + "\n" for day in days)
    table = read(tmp_path, text.encode())
    assert table.columns[0].params == {"format": pattern}
    assert [row[0] for row in table.cells] == [datetime(*day) for day in days]


def test_missing_words_are_missing_and_told_by_no_problem(tmp_path):
    text = "n,c\n" + "1,a\nNA,NA\n,\n?,?\nNaN,null\n2,b\n" * 5
    table = read(tmp_path, text.encode())
    assert table.kinds == {"n": "number", "c": "category"}
    assert table.cells[:6] == [(1.0, "a"), (None, None), (None, None), (None, None), (None, None), (2.0, "b")]
    assert table.problems == []


def test_signs_for_nothing_are_missing_among_numbers_and_words_among_words(tmp_path):
    text = "n,garage\n" + "1,yes it has\n-,None\nNone,-\n4,no idea\n" + "5,yes it has\n" * 60
    table = read(tmp_path, text.encode())
    assert table.kinds == {"n": "number", "garage": "category"}
    assert table.cells[:4] == [(1.0, "yes it has"), (None, "None"), (None, "-"), (4.0, "no idea")]
    assert table.problems == []


def test_codes_keep_their_zeros(tmp_path):
    text = "zip\n" + "".join(f"{i:05d}\n" for i in (7, 12, 7, 99, 123) * 8)
    table = read(tmp_path, text.encode())
    assert table.kinds["zip"] == "category"
    assert table.cells[0] == ("00007",)


def test_a_word_among_numbers_stays_and_is_told_with_its_place(tmp_path):
    text = "n\n" + "".join(f"{i}\n" for i in range(99)) + "lots\n"
    table = read(tmp_path, text.encode())
    assert table.kinds["n"] == "number"
    assert table.ask("c0, r0")[-1] == (None, "lots")
    assert [(p.code, p.where) for p in table.problems] == [("cell_misfit", "row 100, n")]


def test_rows_that_are_too_short_or_long_are_listed_and_never_shifted(tmp_path):
    text = "a,b,c\n" + "1,2,3\n" * 20 + "4,5\n" + "6,7,8,9\n" + "1,2,3\n"
    table = read(tmp_path, text.encode())
    assert len(table.cells) == 21
    assert [(p.code, p.where) for p in table.problems] == [
        ("row_too_short", "line 22"),
        ("row_too_long", "line 23"),
    ]


def test_names_are_made_whole_and_different(tmp_path):
    table = read(tmp_path, b"a,,a,  A \n1,2,3,4\n5,6,7,8\n")
    assert [column.name for column in table.columns] == ["a", "column 2", "a 2", "A 3"]
    assert {p.code for p in table.problems} == {"column_renamed"}


def test_a_table_without_names_gets_some(tmp_path):
    table = read(tmp_path, b"1,2\n3,4\n5,6\n")
    assert [column.name for column in table.columns] == ["column 1", "column 2"]
    assert len(table.cells) == 3


def test_json_lines_with_uneven_and_deep_objects(tmp_path):
    lines = [{"a": i, "b": {"x": [i]}} for i in range(25)] + [{"b": None, "c": True, "a": 0.5}]
    text = "\n".join(json.dumps(line) for line in lines) + "\n{broken\n[1]\n\n"
    table = read(tmp_path, text.encode(), "rows.jsonl")
    assert table.format == "jsonl_table"
    assert table.cells[-1] == (0.5, None, True)
    assert table.cells[3][1] == '{"x":[3]}'
    assert [(p.code, p.where) for p in table.problems] == [
        ("row_unreadable", "line 27"),
        ("row_unreadable", "line 28"),
    ]


def test_a_workbook_with_dates_formulas_and_a_second_sheet(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(["city", "size", "day", "ok"])
    for city, number, day in ROWS:
        sheet.append([city, number, datetime.fromisoformat(day), number > 0])
    book.create_sheet("notes").append(["left out"])
    out = io.BytesIO()
    book.save(out)
    table = read(tmp_path, out.getvalue(), "book.xlsx")
    assert table.format == "xlsx_table"
    assert [row[:3] for row in table.cells] == TRUTH
    assert table.kinds["ok"] == "boolean"
    assert [p.code for p in table.problems] == ["sheets_left_out"]


def test_arff_dense_and_sparse_with_its_own_kinds(tmp_path):
    text = (
        "% made by hand\n@RELATION 'a b'\n@attribute size NUMERIC\n@attribute 'kind of' {small,'very big'}\n"
        "@attribute name string\n@data\n1.5,small,'it\\'s'\n?, 'very big' ,x\n% no row\n{0 2, 1 small, 2 y}\n1,2\n"
    )
    table = read(tmp_path, text.encode(), "a.arff")
    assert table.kinds == {"size": "number", "kind of": "category", "name": "text"}
    assert table.cells == [(1.5, "small", "it's"), (None, "very big", "x"), (2.0, "small", "y")]
    assert [(p.code, p.where) for p in table.problems] == [("row_unreadable", "line 11")]


@pytest.mark.parametrize("place", ["-1", "2", "99999999999", "x", "²"])
def test_a_place_that_no_attribute_has_is_no_row(tmp_path, place):
    text = f"@relation r\n@attribute a numeric\n@attribute b numeric\n@data\n{{{place} 5}}\n{{1 7}}\n"
    table = read(tmp_path, text.encode(), "a.arff")
    assert table.cells == [(0.0, 7.0)]
    assert [(p.code, p.where) for p in table.problems] == [("row_unreadable", "line 5")]


def test_parquet_with_its_types(tmp_path):
    path = tmp_path / "made.parquet"
    connection = connect([tmp_path])
    connection.execute(
        f"COPY (SELECT i AS n, i / 3.0 AS f, CAST('2024-01-01' AS DATE) + CAST(i AS INTEGER) AS d, i % 2 = 0 AS b, "
        f"'nan'::DOUBLE AS e, [i] AS l FROM range(40) t(i)) TO '{path}' (FORMAT parquet)"
    )
    table = read(tmp_path / "in", path.read_bytes(), "made.parquet")
    assert table.kinds == {
        "n": "id",
        "f": "number",
        "d": "datetime",
        "b": "boolean",
        "e": "number",
        "l": "id",
    }
    assert table.cells[1] == ("1", 1 / 3.0, datetime(2024, 1, 2), False, None, "[1]")


def test_the_splits_of_an_export_come_in_as_a_column_of_that_name(tmp_path):
    path = tmp_path / "made.parquet"
    connect([tmp_path]).execute(
        f"COPY (SELECT i % 3 AS __id, 'train' AS __split FROM range(40) t(i)) TO '{path}' (FORMAT parquet)"
    )
    assert read(tmp_path / "in", path.read_bytes()).kinds == {"__id": "number", "split": "category"}


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ("1,Training,train\n2,测试,test\n3,dev,val\n4,,train\n5,,\n", ["x", "split"]),
        ("1,train,train\n2,train,test\n", ["x", "split", "split 2"]),
        ("1,oak,train\n2,elm,test\n", ["x", "split", "split 2"]),
    ],
)
def test_splits_that_another_column_says_already_are_not_doubled(tmp_path, lines, names):
    table = read(tmp_path, ("x,split,__split\n" + lines).encode())
    assert [name for name in table.kinds if name not in OWN] == names


@pytest.mark.parametrize("name", ["made.csv", "made.parquet"])
def test_a_column_that_is_named_like_the_splits_and_holds_none_is_kept_under_another_name(tmp_path, name):
    path = tmp_path / name
    connect([tmp_path]).execute(
        "COPY (SELECT i / 2 AS x, 'aq' || CAST(i % 3 AS VARCHAR) AS __split, 'u' AS _split FROM range(40) t(i)) "
        f"TO '{path}' (FORMAT {path.suffix[1:]})"
    )
    table = read(tmp_path / "in", path.read_bytes(), name)
    assert list(table.kinds) == ["x", "_split 2", "_split"]
    assert table.cells[1][1] == "aq1"
    assert [(p.code, p.where) for p in table.problems] == [("column_renamed", "column 2")]


def test_a_name_that_an_export_would_write_twice_is_changed_though_it_holds_splits(tmp_path):
    table = read(tmp_path, b"x,__SPLIT\n" + b"1.5,train\n2.5,test\n" * 20)
    assert list(table.kinds) == ["x", "_SPLIT"]


@pytest.mark.parametrize("pack", ["gz", "zip"])
def test_a_packed_table_is_unpacked(tmp_path, pack):
    if pack == "gz":
        content = gzip.compress(TEXT.encode())
    else:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("__MACOSX/._t.csv", "junk")
            archive.writestr("folder/t.csv", TEXT)
        content = out.getvalue()
    assert read(tmp_path, content).cells == TRUTH


@pytest.mark.parametrize("pack", ["gz", "zip"])
def test_a_packed_table_with_a_damaged_middle_is_refused_as_that(tmp_path, pack):
    if pack == "gz":
        content = bytearray(gzip.compress(TEXT.encode()))
        content[10] = 0xFF
    else:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("t.csv", TEXT)
        content = bytearray(out.getvalue())
        content[30 + len("t.csv")] = 0xFF
    with pytest.raises(TableRefused, match="damaged"):
        read(tmp_path, bytes(content))


def test_what_a_stored_cell_says_is_what_the_file_said(tmp_path):
    from datasets.tables.kinds import text_sql

    said = ["1.50", "-0.0", "1e3", " 7", "007", "12345678901234567890", "+4", "0.1", "NA", "5.", ".5"] + [
        "3"
    ] * 60
    table = read(tmp_path, ("n,k\n" + "".join(f"{cell},x\n" for cell in said)).encode(), wanted="csv_table")
    assert table.kinds["n"] == "number"
    assert [row[0] for row in table.ask(text_sql(table.columns[0]))] == said


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"   \n\n", "empty"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "xls"),
        (b"a,b\n" + b"1,2\n" * 5 + b"\x00\x00,\x00\x00\n" * 5, "zero bytes"),
        (b"PAR1" + b"\x00" * 50 + b"PAR1", "Parquet"),
        (b"PK\x03\x04 no archive", "damaged"),
        (b"\x1f\x8b\x08\x00cut", "breaks off"),
        (b"@relation x\n@attribute a\n@data\n", "attribute"),
        (b"@relation x\n@data\n1\n", "attribute"),
        (b'{"a": \n{"b"\n', "JSON"),
        (b"\n".join([b",".join(b"c%d" % i for i in range(6_000))] * 2), "columns"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_what_to_do(tmp_path, content, word):
    with pytest.raises(TableRefused, match=word):
        read(tmp_path, content)


def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path):
    bomb = gzip.compress(b"a,b\n" + b"0" * (64 << 20))
    with pytest.raises(TableRefused, match="far larger"):
        read(tmp_path, bomb)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", b"0" * (64 << 20))
    with pytest.raises(DomainError):
        read(tmp_path, out.getvalue())


def test_an_open_quote_takes_no_more_than_its_row(tmp_path):
    text = "a,b\n" + "1,2\n" * 1_000 + '"open,3\n' + "4,5\n" * 1_000
    table = read(tmp_path, text.encode())
    assert len(table.cells) >= 1_000
    assert table.problems
