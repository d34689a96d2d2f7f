"""Texts and tables recognize the same encodings and separators."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.formats.tables import TableRefused, separator_of
from datasets.formats.textfiles import REPLACEMENT, TextRefused, lines_read, text_mended, text_read
from datasets.tables.engine import connect
from datasets.tables.files import lines_in_utf8, to_utf8
from datasets.tables.staging import dialect_of, staged

CHINESE = "今天天气很好，我们去公园。" * 40
THAI = "สวัสดีชาวโลกวันนี้อากาศดี" * 40


def as_text(content):
    try:
        return text_mended(content)[:2]
    except TextRefused:
        return None


def as_table(folder, content):
    path = folder / "t.csv"
    path.write_bytes(content)
    try:
        found, encoding, _ = to_utf8(path, folder)
    except TableRefused:
        return None
    return found.read_bytes().decode(), encoding


WIDE = ("utf-16-le", "utf-16-be")
# Without a mark and without a zero, nothing tells Thai in UTF-16 from other bytes.
CASES = [
    (text, encoding)
    for text in (CHINESE, THAI, THAI + "\n", CHINESE + "1", "a,b\n1,2\n", "Привет, мир\n" * 9)
    for encoding in ("utf-8", "utf-16", "utf-32", "utf-8-sig", *(() if text == THAI else WIDE))
]
STRAYED = [(text, "utf-8") for text in ("The quick brown fox. " * 30, CHINESE, THAI)]
STRAYED += [(text, "gb18030") for text in (CHINESE, "Привет, мир\n" * 30)]


@pytest.mark.parametrize(("text", "encoding"), CASES)
def test_what_both_recognize(tmp_path, text, encoding):
    content = text.encode(encoding)
    assert as_table(tmp_path, content) == as_text(content)
    assert as_text(content)[0] == text


@pytest.mark.parametrize(("text", "encoding"), STRAYED)
def test_a_zero_that_strayed_into_a_text_is_replaced_and_makes_no_utf_16_of_it(tmp_path, text, encoding):
    for content in (text + "\0" + text, "a" + text + "\0", text + "\0\0" + text + "\0"):
        wanted = (content.replace("\0", REPLACEMENT), encoding)
        assert as_text(content.encode(encoding)) == wanted
        assert as_table(tmp_path, content.encode(encoding)) == wanted


TABLE = "id,text\n" + "".join(f"{n},row number {n}\n" for n in range(200))


def test_a_short_table_with_a_zero_is_no_utf_16(tmp_path):
    content = b"a,b\n1,2\0\n3,4\n"
    assert as_table(tmp_path, content) == (content.decode().replace("\0", REPLACEMENT), "utf-8")
    text, encoding = lines_read(TABLE.replace("row number 7\n", "row\0number 7\n").encode())
    assert (encoding, text.split("\n")[8]) == ("utf-8", "7,row\0number 7")
    with pytest.raises(TextRefused, match="first line holds zero"):
        lines_read(("i\0" + TABLE).encode())


@pytest.mark.parametrize("place", [0, 1, 300, 301, 1_000])
@pytest.mark.parametrize("stray", [b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00", b"\x00"])
def test_the_mark_of_utf_16_inside_of_ascii_makes_no_utf_16_of_it(tmp_path, stray, place):
    content = TABLE.encode()[:place] + stray + TABLE.encode()[place:]
    if place > 20:
        assert lines_read(content)[1] == "utf-8"
    text, encoding = as_text(content)
    assert encoding == "utf-8"
    assert text.replace(REPLACEMENT, "") == TABLE
    found, encoding = as_table(tmp_path, content)
    assert encoding in ("utf-8", "cp1252")
    assert TABLE[place:] in found


def test_a_program_or_a_picture_is_no_text():
    noise = random.Random(4)
    for content in (b"\x7fELF\x02\x01\x01" + bytes(400), b"\0", *(noise.randbytes(n) for n in (400, 9_001))):
        assert as_text(content) is None


def test_only_a_table_is_taken_for_the_windows_code_page(tmp_path):
    content = "name;café\nMüller;naïve\n".encode("cp1252")
    assert as_text(content) is None
    assert as_table(tmp_path, content) == ("name;café\nMüller;naïve\n", "cp1252")


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    content=st.binary(min_size=1, max_size=60)
    | st.builds(
        str.encode, st.text("ab,1\n今天é\0ж", min_size=1), st.sampled_from(("utf-8", "gb18030", "utf-16-le"))
    )
)
def test_no_bytes_are_read_in_two_ways(tmp_path, content):
    table = as_table(tmp_path, content)
    if table is None or table[1] != "cp1252":
        assert table == as_text(content)
    else:
        assert as_text(content) is None


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("text;kind, sort, or class\n" + "so, well;a\n" * 3, ";"),
        ("a\tb\n1,5\t2,5\n3,5\t4,5\n", "\t"),
        ('a,"b;c;d"\n1,2\n', ","),
        ("a|b\n" + f"{'x,' * 70_000}|c\n", "|"),
        ("1.jpg\n2.jpg\n", ","),
        ("", ","),
    ],
)
def test_what_cuts_the_lines_alike_is_the_separator_of_both(text, separator):
    assert separator_of(text) == separator
    assert dialect_of(text).separator == separator


def spoiled(text, encoding, bad, place):
    """The text with bytes that are none in the middle of its line `place`."""
    lines = text.split("\n")
    half = len(lines[place]) // 2
    head, tail = (
        "\n".join([*lines[:place], lines[place][:half]]),
        "\n".join([lines[place][half:], *lines[place + 1 :]]),
    )
    return head.encode(encoding) + bad + tail.encode(encoding), head + REPLACEMENT + tail


# UTF-8, GB18030 and both UTF-16: bytes that none of their characters has.
BAD = [("utf-8", b"\xff"), ("gb18030", b"\xff"), ("utf-16-le", b"\x00\xdc"), ("utf-16-be", b"\xdc\x00")]


@pytest.mark.parametrize(("encoding", "bad"), BAD)
@pytest.mark.parametrize("place", [0, 7, 19])
def test_one_bad_byte_spoils_one_place_and_is_told_with_its_line(tmp_path, encoding, bad, place):
    content, wanted = spoiled("\n".join([CHINESE[:60]] * 20), encoding, bad, place)
    assert text_mended(content) == (wanted, encoding, (place + 1,))
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    found, told, lines = to_utf8(path, tmp_path)
    assert (found.read_text("utf-8"), told, lines) == (wanted, encoding, [place + 1])
    with pytest.raises(TextRefused, match=f"line {place + 1} "):
        text_read(content)
    if place:
        text, told = lines_read(content)
        assert [number for number, line in enumerate(text.split("\n")) if "\udcff" in line] == [place]
        assert told == encoding


def test_a_text_in_utf_8_with_a_bad_byte_is_never_taken_for_gb18030():
    content = ("号" * 20).encode() + b"\xe5" + ("号" * 21).encode()
    assert content.decode("gb18030")
    assert text_mended(content) == ("号" * 20 + REPLACEMENT + "号" * 21, "utf-8", (1,))


def test_a_text_that_breaks_off_inside_of_a_wide_character_is_refused_with_what_to_do():
    for mark in (b"", b"\xff\xfe"):
        with pytest.raises(TextRefused, match="send the whole file again"):
            text_mended(mark + "a,b\n今天\n".encode("utf-16-le")[:-1])


@pytest.mark.parametrize("text", ["Gruß und Kuß, groß ", "café, été où déjà ", "señal año ¿qué? "])
def test_what_is_written_in_western_europe_is_not_chinese_with_bad_bytes(tmp_path, text):
    content = (text * 40).encode("cp1252")
    assert as_text(content) is None
    assert as_table(tmp_path, content) == (text * 40, "cp1252")


def test_a_large_table_is_read_in_pieces_that_cut_characters(tmp_path, monkeypatch):
    monkeypatch.setattr("datasets.tables.files._CHUNK", 7)
    for encoding, bad in BAD:
        content, wanted = spoiled("\n".join(["甲,乙,今天天气很好"] * 12), encoding, bad, 5)
        (tmp_path / "t.csv").write_bytes(content)
        found, told, lines = to_utf8(tmp_path / "t.csv", tmp_path)
        assert (found.read_text("utf-8"), told, lines) == (wanted, encoding, [6])


def test_lines_in_utf8_within_a_table_in_gbk_are_told(tmp_path):
    path = tmp_path / "t.csv"
    rows = [
        b"text,label",
        "这是第一行,a".encode(),
        "这是第二行,b".encode("gb18030"),
        "联通,b".encode("gb18030"),
    ]
    path.write_bytes(b"\n".join(rows) + b"\n")
    assert to_utf8(path, tmp_path)[1] == "cp1252"
    rows[1] = "这是UTF8,a".encode()
    path.write_bytes(b"\n".join(rows) + b"\n")
    assert to_utf8(path, tmp_path)[1] == "gb18030"
    assert lines_in_utf8(path) == [2]
    connection = connect([tmp_path], database=tmp_path / "stage.db")
    table = staged(connection, path, "t.csv", "auto", tmp_path)
    assert [(problem.code, problem.where) for problem in table.problems] == [("text_mixed", "line 2")]
    path.write_bytes("text,label\n这是第一行,a\n".encode("gb18030") * 50)
    assert lines_in_utf8(path) == []
