"""A line that cannot be read spoils itself, never the file around it."""

import csv
import json
import time

import pytest

from datasets.formats.base import Draft, FormatMismatch, Problem, Reading
from datasets.formats.registry import format_detected
from tests.datasets.formats.trees import tree_of

GOOD = [{"text": "a fine day", "label": "good"}, {"text": "a sad day", "label": "bad"}]
BAD = [{"text": None, "label": "x"}, {"id": 7, "label": "x"}, {"text": 5, "label": "a"}]
CHOSEN = {"text": "text"}


def read_in(folder, name, content, columns=None):
    """Key of the format, names and classes of the texts, codes and places of the problems."""
    tree = tree_of(folder, {name: content})
    choice = format_detected(tree, "auto", "text", Reading(columns or {}))
    items = choice.plan(tree).items
    texts = {item.name: item.label for item in items if isinstance(item, Draft)}
    return (
        choice.importer.key,
        texts,
        [(item.code, item.where) for item in items if isinstance(item, Problem)],
    )


@pytest.mark.parametrize("columns", [None, CHOSEN])
@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("bad", [*map(json.dumps, BAD), '{"text": "cut', '"a word"'])
def test_a_bad_line_of_jsonl_is_a_problem_with_its_place(tmp_path, bad, at, columns):
    lines = [json.dumps(row) for row in GOOD]
    lines.insert(at, bad)
    key, texts, problems = read_in(tmp_path, "t.jsonl", "\n".join(lines), columns)
    assert (key, list(texts.values())) == ("jsonl", ["good", "bad"])
    assert problems == [("row_unreadable", f"t.jsonl:{at + 1}")]


@pytest.mark.parametrize("as_list", [False, True])
def test_texts_longer_than_what_is_looked_at_of_tables_come_in(tmp_path, as_list):
    rows = [{"text": "a fine day " * 60_000, "label": "good"}, *GOOD]
    content = json.dumps(rows, indent=1) if as_list else "\n".join(map(json.dumps, rows))
    name = "t.json" if as_list else "t.jsonl"
    key, texts, problems = read_in(tmp_path, name, content)
    assert (key, list(texts.values()), problems) == ("jsonl", ["good", "good", "bad"], [])
    only = read_in(tmp_path, "t.jsonl", json.dumps(rows[0]))
    assert (only[0], list(only[1].values()), only[2]) == ("jsonl", ["good"], [])


def test_a_bad_line_among_those_of_doccano_stays_doccano(tmp_path):
    lines = [{"text": "Ann left", "label": [[0, 3, "PER"]], "Comments": []}, {"id": 2, "Comments": []}]
    key, texts, problems = read_in(tmp_path, "t.jsonl", "\n".join(map(json.dumps, lines)))
    assert (key, len(texts), problems) == ("doccano", 1, [("row_unreadable", "t.jsonl:2")])


def test_lines_that_mostly_hold_no_text_are_no_texts(tmp_path):
    with pytest.raises(FormatMismatch):
        read_in(tmp_path, "t.jsonl", "\n".join(map(json.dumps, [GOOD[0], *BAD])))


@pytest.mark.parametrize("columns", [None, CHOSEN])
def test_a_damaged_byte_spoils_its_row_of_a_table(tmp_path, columns):
    table = b"text,label\nfine,a\nbro\xffken,b\nalso fine \xc3\xa9,a\nwell,c\xff\n"
    table += b"good,a\n" * 16
    key, texts, problems = read_in(tmp_path, "t.csv", table, columns)
    assert (key, set(texts.values()), len(texts)) == ("csv", {"a"}, 18)
    assert problems == [("text_undecodable", "t.csv:3"), ("text_undecodable", "t.csv:5")]


def test_a_zero_byte_spoils_its_row_of_a_table(tmp_path):
    table = b"text,label\nfine,a\nbro\x00ken,b\n" + b"good,a\n" * 16
    key, texts, problems = read_in(tmp_path, "t.csv", table)
    assert (key, len(texts), problems) == ("csv", 17, [("text_undecodable", "t.csv:3")])


def test_a_damaged_byte_spoils_its_line_of_jsonl(tmp_path):
    lines = [json.dumps(row).encode() for row in GOOD]
    lines.insert(1, b'{"text": "bro\xffken", "label": "x"}')
    key, texts, problems = read_in(tmp_path, "t.jsonl", b"\n".join(lines))
    assert (key, len(texts), problems) == ("jsonl", 2, [("row_unreadable", "t.jsonl:2")])
    listed = b"[" + b",\n".join([lines[0], lines[1], lines[2]]) + b"]"
    key, texts, problems = read_in(tmp_path, "t.json", listed)
    assert (key, len(texts), problems) == ("jsonl", 2, [("row_unreadable", "t.json#2")])


def test_a_table_in_another_encoding_is_refused_and_says_so(tmp_path):
    table = "text,label\n" + "café au lait,a\n" * 3 + "fine,a\n" * 3
    with pytest.raises(FormatMismatch):
        read_in(tmp_path, "t.csv", table.encode("latin-1"))


@pytest.mark.parametrize("columns", [None, CHOSEN])
def test_an_open_quote_in_the_last_row_leaves_the_rows_in_front(tmp_path, columns):
    table = 'text,label\na fine day,good\na sad day,bad\n"an open one,bad\n'
    key, texts, problems = read_in(tmp_path, "t.csv", table, columns)
    assert (key, list(texts.values())) == ("csv", ["good", "bad"])
    assert problems == [("row_bad_quote", "t.csv:4")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "bad", ['"an open one,bad', 'a "wrong" word,"bad" end', '"a" word,bad', '"open, and\tmore']
)
def test_a_stray_quote_in_the_middle_spoils_its_row_alone(tmp_path, bad, end):
    rows = ["text,label", "a fine day,good", bad, '"a ""sad"" day, and', 'long",bad', "the last,good"]
    is_row = csv_reads(bad)
    key, texts, problems = read_in(tmp_path, "t.csv", end.join(rows) + end)
    assert key == "csv"
    assert [("row_bad_quote", "t.csv:3")] * (not is_row) == [one for one in problems if one[1] == "t.csv:3"]
    assert list(texts.values())[-2:] == ["bad", "good"]


def csv_reads(line):
    try:
        return len(next(csv.reader([line], strict=True))) == 2
    except csv.Error:
        return False


def test_a_table_whose_first_row_has_a_stray_quote_is_refused_with_the_reason(tmp_path):
    table = '"text,label\n' + "a fine day,good\n" * 3
    with pytest.raises(FormatMismatch):
        read_in(tmp_path, "t.csv", table)


def test_many_open_quotes_do_not_cost_the_whole_text_again_and_again(tmp_path):
    table = "text,label\n" + "a fine day,good\n" * 9 + '"open,bad\n' * 200_000
    began = time.monotonic()
    _, texts, problems = read_in(tmp_path, "t.csv", table)
    assert len(texts) == 9
    assert problems[-1] == ("annotation_unreadable", "t.csv")
    assert time.monotonic() - began < 60


@pytest.mark.parametrize(
    ("encoding", "bad"), [("gb18030", b"\xff"), ("utf-16-le", b"\x00\xdc"), ("utf-8", b"\xff")]
)
def test_a_bad_byte_in_any_encoding_spoils_its_line_alone(tmp_path, encoding, bad):
    rows = ["text,label", *[f"今天天气很好，我们去公园{i},甲" for i in range(30)]]
    content = [row.encode(encoding) for row in rows]
    content[4] = content[4][:4] + bad + content[4][4:]
    key, texts, problems = read_in(tmp_path, "t.csv", "\n".encode(encoding).join(content))
    assert (key, len(texts), set(texts.values())) == ("csv", 29, {"甲"})
    assert problems == [("text_undecodable", "t.csv:5")]


def test_a_bad_byte_in_conll_spoils_its_sentence_alone(tmp_path):
    sentence = "张\tB-人\n三\tI-人\n来\tO\n"
    content = [sentence.encode("gb18030")] * 20
    content[3] = "张\tB-".encode("gb18030") + b"\xff" + "\n三\tO\n".encode("gb18030")
    key, texts, problems = read_in(tmp_path, "t.conll", b"\n".join(content))
    assert (key, len(texts)) == ("conll", 19)
    assert problems == [("text_undecodable", "t.conll:13")]
