"""Small files that would hold the import for minutes are refused; what only packs well comes in."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from datasets.formats.limits import ArchiveRefused
from datasets.formats.tables import TableRefused
from datasets.tables import rowsources, staging
from datasets.tables.engine import connect
from tests.datasets.tables.reading import read


def parquet(folder, select):
    path = folder / "made.parquet"
    connect([folder]).execute(f"COPY ({select}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return path.read_bytes()


def staged(folder, content):
    folder.mkdir()
    path = folder / "sent"
    path.write_bytes(content)
    connection = connect([folder], database=folder / "stage.db")
    try:
        return staging.staged(connection, path, "sent", "auto", folder)
    finally:
        connection.close()


def workbook(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "select",
    [
        pytest.param("SELECT repeat('x', 5000) AS t FROM range(250_000)", id="one text for all"),
        pytest.param("SELECT i, repeat('x', 5000)::BLOB AS t FROM range(250_000) t(i)", id="bytes"),
        pytest.param("SELECT [repeat('x', 5000), 'b'] AS t FROM range(250_000)", id="in lists"),
        pytest.param("SELECT {'a': repeat('x', 5000)} AS t FROM range(250_000)", id="in objects"),
        pytest.param("SELECT repeat('x', 5000) || i AS t FROM range(4_000) t(i)", id="packed well"),
        pytest.param("SELECT 1 AS n FROM range(34_000_000)", id="rows"),
    ],
)
def test_a_small_parquet_that_unpacks_to_a_huge_table_is_refused(tmp_path, select):
    content = parquet(tmp_path, select)
    assert len(content) < 4 << 20
    with pytest.raises(TableRefused, match="far larger"):
        staged(tmp_path / "in", content)


def test_a_parquet_of_few_different_values_comes_in(tmp_path):
    select = "SELECT 'one of three long names of a category ' || i % 3 AS t, 0 AS n, [1] AS l FROM range(300_000) t(i)"
    content = parquet(tmp_path, select)
    assert len(content) * 200 < 300_000 * 40
    assert staged(tmp_path / "in", content).rows == 300_000


def with_rows(row, count, shared=""):
    """A workbook with a row `count` times, and one shared text."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["t"]]))) as made,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in made.namelist():
            content = made.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace("</sheetData>", row * count + "</sheetData>")
            if name == "[Content_Types].xml":
                kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
                part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/>'
                content = content.replace("</Types>", f"{part}</Types>")
            archive.writestr(name, content)
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{space}"><si><t>{shared}</t></si></sst>')
    return out.getvalue()


SHARED = '<row><c t="s"><v>0</v></c></row>'


def test_a_small_workbook_of_rows_that_repeat_is_refused(tmp_path):
    content = with_rows("<row><c><v>1</v></c></row>", 400_000)
    assert len(content) < 100_000
    with pytest.raises(ArchiveRefused, match="200 times"):
        read(tmp_path, content, "book.xlsx")


def test_a_workbook_whose_cells_share_one_long_text_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(rowsources, "FREE_TEXT_BYTES", 8 << 20, raising=False)
    with pytest.raises(TableRefused, match="far larger"):
        read(tmp_path, with_rows(SHARED, 300, "x" * 32_000), "book.xlsx")


def test_a_workbook_whose_cells_share_short_texts_comes_in(tmp_path):
    table = read(tmp_path, with_rows(SHARED, 300, "Oslo"), "book.xlsx")
    assert table.cells == [("Oslo",)] * 300


def test_a_workbook_whose_sheet_is_not_what_was_packed_is_refused_as_damaged(tmp_path):
    content = bytearray(workbook([["a", "b"], *([i, f"text {i}"] for i in range(500))]))
    listed = content.index(b"PK\x01\x02", content.rindex(b"xl/theme/theme1.xml"))
    assert content[listed + 46 :].startswith(b"xl/worksheets/sheet1.xml")
    content[listed + 16] ^= 0xFF  # of the checksum
    with pytest.raises(TableRefused, match="damaged"):
        read(tmp_path, bytes(content), "book.xlsx")
