"""What rules find is what a slow reading finds, to the code point, in a time that is given."""

import contextlib
import random
import time

import pytest

from labeling.weak.folding import FoldedText, folded
from labeling.weak.matching import Allowance, OutOfTime, matcher_of, matches
from labeling.weak.rules import Rule


def words(*said, **more):
    return Rule("x", "words", tuple(said), **more)


def pattern(said, **more):
    return Rule("x", "pattern", pattern=said, **more)


def spans(rule, text):
    return list(matcher_of(rule).spans(FoldedText(text), Allowance(60)))


def found(rule, text):
    return [text[start:end] for start, end in spans(rule, text)]


@pytest.mark.parametrize(
    ("rule", "text", "wanted"),
    [
        (words("paris", "new york"), "Paris, PARIS and New York", ["Paris", "PARIS", "New York"]),
        (words("Paris", match_case=True), "Paris and paris", ["Paris"]),
        (words("art"), "Artists make art", ["Art", "art"]),
        (words("art", whole_word=True), "Artists make art, start_art", ["art"]),
        (words("new", "new york"), "new york", ["new york"]),
        (words("new", "new yor", whole_word=True), "new york", ["new"]),
        (words("北京"), "我在北京。😀北京", ["北京", "北京"]),
        (words("iphone", whole_word=True), "用iPhone拍的, iPhones", ["iPhone"]),
        (words("ABC123"), "ａｂｃ１２３ and abc123", ["ａｂｃ１２３", "abc123"]),
        (words("ｶﾅ"), "カナ", ["カナ"]),
        (words("A B"), "a\u3000b", ["a\u3000b"]),
        (words("straße"), "Straße STRASSE", ["Straße"]),
        (words("İ"), "İstanbul", ["İ"]),
        (words("ΣΑΣ"), "σας Σας", ["σας", "Σας"]),
        (words("a]b", "^x", "-", "\\"), "A]b ^X - \\", ["A]b", "^X", "-", "\\"]),
        (words("aa"), "aaaaa", ["aa", "aa"]),
        (words("é"), "e\u0301 é", ["é"]),
        (pattern(r"\d{3}-\d{4}"), "tel 555-1234 或555-9999", ["555-1234", "555-9999"]),
        (pattern("ada"), "Ada ada", ["Ada", "ada"]),
        (pattern("ada", match_case=True), "Ada ada", ["ada"]),
        (pattern(r"\b|x+"), "x y", []),
        (pattern("[😀-😎]+"), "a😀😁b", ["😀😁"]),
    ],
)
def test_a_rule_finds_what_it_names(rule, text, wanted):
    assert found(rule, text) == wanted


def test_places_are_code_points_whatever_stands_before_them():
    text = "👩‍👩‍👧 İx 我ｘ Ada"
    assert spans(words("ada"), text) == spans(pattern("Ada"), text) == [(text.index("Ada"), len(text))]


@pytest.mark.parametrize("match_case", [False, True])
def test_no_fold_changes_the_length_of_a_text(match_case):
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x30000)]))
    assert len(folded(every, match_case=match_case)) == len(every)
    assert folded("ASCII", match_case=match_case) == ("ASCII" if match_case else "ascii")


def slowly(rule: Rule, text: str) -> list[tuple[int, int]]:
    """Every place in turn, every word in turn, the longest first."""
    seen = folded(text, match_case=rule.match_case)
    known = sorted({folded(word, match_case=rule.match_case) for word in rule.words}, key=len, reverse=True)
    at, result = 0, []
    while at < len(seen):
        end = next((at + len(w) for w in known if seen.startswith(w, at) and _fits(rule, seen, at, w)), None)
        if end is None:
            at += 1
            continue
        result.append((at, end))
        at = end
    return result


def _fits(rule, seen, at, word):
    around = (seen[:at][-1:], seen[at + len(word) :][:1])
    inner = (word[0], word[-1])
    letters = "abAB1"
    parts = [
        bool(out) and out in letters and edge in letters for out, edge in zip(around, inner, strict=True)
    ]
    return not rule.whole_word or not any(parts)


@pytest.mark.parametrize("seed", range(40))
def test_a_dictionary_finds_what_a_slow_reading_finds(seed):
    dice = random.Random(seed)
    signs = "abAB1 .北Ａ😀"

    def some(most):
        return "".join(dice.choice(signs) for _ in range(dice.randint(1, most)))

    said = tuple(filter(None, (some(6).strip() for _ in range(dice.randint(1, 12))))) or ("a",)
    rule = words(*said, whole_word=bool(seed % 2), match_case=seed % 3 == 0)
    # Full-width letters fold to letters; the oracle asks for those alone.
    text = some(300)
    assert spans(rule, text) == slowly(rule, text)


HOSTILE = ["(a+)+$", "(a|aa)+b", "(.*a){20}b", "(?:a?){400}a{400}b", "(x+x+)+y", r"(\w+\s?)+\!"]


@pytest.mark.parametrize("said", HOSTILE)
def test_no_pattern_holds_anybody_up(said):
    text = "a" * 4_000
    began = time.monotonic()
    with contextlib.suppress(OutOfTime):
        matches([matcher_of(pattern(said))] * 50, text, Allowance(0.2), most=200)
    assert time.monotonic() - began < 2.0


def test_who_is_out_of_time_is_told_and_who_finds_enough_stops():
    with pytest.raises(OutOfTime):
        matches([matcher_of(words("a"))], "b", Allowance(-1.0), most=1)
    many = matches([matcher_of(words("a")), matcher_of(pattern("a"))], "a" * 100, Allowance(60), most=3)
    assert many == [((0, 1), (1, 2), (2, 3))] * 2


def test_two_thousand_words_are_looked_up_quickly():
    many = words(*(f"word{number:04}" for number in range(2_000)))
    text = "word1999 and words " * 5_000
    began = time.monotonic()
    assert len(spans(many, text)) == 5_000
    assert time.monotonic() - began < 2.0


def test_the_time_is_looked_at_where_nothing_is_found_too():
    looks = []

    class Counted(Allowance):
        def check(self):
            looks.append(1)

    assert matches([matcher_of(words("aaab"))], "a" * 5_000, Counted(1), most=1) == [()]
    assert len(looks) > 1_000
