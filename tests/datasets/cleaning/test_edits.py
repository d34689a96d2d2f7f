"""Where spans go, against a slow oracle that paints every character with the spans it belongs to."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.cleaning import edits as edits_module
from datasets.cleaning.edits import Edit, Moves, TooManyChanges, Trace, bounded, edited


@st.composite
def texts_and_edits(draw):
    text = draw(st.text("ab cde", min_size=0, max_size=14))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    edits = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if not edits or start > edits[-1].end or (start == edits[-1].end and end > start):
            edits.append(Edit(start, end, draw(st.text("xyz", max_size=3))))
    return text, edits


def painted(text, edits, start, end):
    """The new text, a character each with whether it belongs to the span."""
    signs = []
    at = 0
    for edit in edits:
        signs += [(text[i], start <= i < end) for i in range(at, edit.start)]
        if len(edit.new) == edit.end - edit.start:
            places = range(edit.start, edit.end)
            signs += [(sign, start <= i < end) for sign, i in zip(edit.new, places, strict=True)]
            at = edit.end
            continue
        belongs = any(start <= i < end for i in range(edit.start, edit.end))
        if edit.start == edit.end:
            belongs = start < edit.start < end
        signs += [(sign, belongs) for sign in edit.new]
        at = edit.end
    return signs + [(text[i], start <= i < end) for i in range(at, len(text))]


@settings(max_examples=600, deadline=None)
@given(texts_and_edits(), st.data())
def test_a_span_goes_where_its_characters_go(given_one, data):
    text, edits = given_one
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    signs = painted(text, edits, start, end)
    assert "".join(sign for sign, _ in signs) == edited(text, edits)
    places = [place for place, (_, belongs) in enumerate(signs) if belongs]
    wanted = (places[0], places[-1] + 1) if places else None
    assert Moves.of(edits).span(start, end) == wanted


@settings(max_examples=300, deadline=None)
@given(texts_and_edits(), st.data())
def test_the_pieces_of_a_trace_are_both_texts(given_one, data):
    text, edits = given_one
    trace = Trace(text)
    trace.edit(edits)
    first = trace.text
    cuts = sorted(data.draw(st.lists(st.integers(0, len(first)), min_size=2, max_size=2)))
    more = [Edit(cuts[0], cuts[1], data.draw(st.text("ab", max_size=2)))]
    trace.edit(more)
    assert trace.text == edited(first, more)
    pieces = trace.pieces()
    assert "".join(piece.old for piece in pieces) == text
    assert "".join(piece.new for piece in pieces) == trace.text


def test_edits_that_fill_the_memory_are_refused_while_they_are_made(monkeypatch):
    monkeypatch.setattr(edits_module, "MAX_EDITS", 1_000)

    def endless():
        while True:
            yield Edit(0, 0, "x" * 1_000)

    with pytest.raises(TooManyChanges):
        bounded(endless())
    with pytest.raises(TooManyChanges):
        bounded(Edit(place, place + 1, "") for place in itertools.count())


def test_what_was_not_touched_is_shown_as_it_was():
    trace = Trace("one two three")
    trace.edit([Edit(4, 7, "2")])
    trace.edit([Edit(0, 3, "1")])
    assert [tuple(piece) for piece in trace.pieces()] == [
        ("one", "1"),
        (" ", " "),
        ("two", "2"),
        (" three", " three"),
    ]
