"""A line that cannot be read spoils itself, never the file around it."""

import json

import pytest

from datasets.formats import format_detected
from datasets.formats.base import Draft, FormatMismatch, Problem, Reading
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
    assert problems == [("annotation_unreadable", "t.csv")]
