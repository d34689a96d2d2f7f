"""What a word must be to be a tag."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.tags import MAX_A_SAMPLE, MAX_CHARACTERS, TagUnfit, tag_form, tag_of, tags_of


@pytest.mark.parametrize(
    ("word", "tag"),
    [
        ("rainy", "rainy"),
        ("  Line   3 ", "line 3"),
        ("ＲＡＩＮ", "rain"),
        ("下雨", "下雨"),
        ("cafe\u0301", "café"),
        ("👩\u200d🚒", "👩\u200d🚒"),
        ("batch:2026/11", "batch:2026/11"),
        ("-odd", "-odd"),
        ("x" * MAX_CHARACTERS, "x" * MAX_CHARACTERS),
    ],
)
def test_spellings_of_a_word_are_one_tag(word, tag):
    assert tag_of(word) == tag


@pytest.mark.parametrize(
    "word",
    [
        *("", "   ", "a,b", "a，b", 'say "x"', "“x”", "back\\slash", "none", "None", "ＮＯＮＥ"),
        *(
            "a\x00b",
            "a\tb",
            "line\nbreak",
            "zero\u200bwidth",
            "turn\u202earound",
            "\ufeffmark",
            "\ud800",
            "a\u2028b",
        ),
        *("x" * (MAX_CHARACTERS + 1), "\ufdfa" * 10, "x" * 100_000),
    ],
)
def test_what_cannot_be_seen_or_written_in_a_filter_is_no_tag(word):
    with pytest.raises(TagUnfit) as caught:
        tag_of(word)
    assert len(str(caught.value)) < 120


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=80))
def test_a_tag_is_its_own_form_and_short_and_plain(word):
    try:
        tag = tag_of(word)
    except TagUnfit:
        return
    assert tag == tag_form(tag) == tag_of(tag)
    assert 0 < len(tag) <= MAX_CHARACTERS
    assert not any(unicodedata.category(sign) == "Cc" or sign in ',"\\' for sign in tag)


def test_a_tag_is_there_once_and_not_too_many_are():
    assert tags_of(["b", "A", "a ", "Ａ"]) == ["a", "b"]
    assert len(tags_of(map(str, range(MAX_A_SAMPLE)))) == MAX_A_SAMPLE
    with pytest.raises(TagUnfit):
        tags_of(map(str, range(MAX_A_SAMPLE + 1)))
