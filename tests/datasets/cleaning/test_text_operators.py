import itertools
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from datasets.cleaning import recipe_from, recipe_json
from datasets.cleaning.edits import edited
from datasets.cleaning.texts.base import TextOperator
from datasets.cleaning.texts.letters import Composition, Lower
from datasets.cleaning.texts.operators import OPERATORS


def cleaned(text, op, **params):
    (step,) = recipe_from({"steps": [{"op": op, "params": params}]}, OPERATORS)
    edits = step.edits(text)
    for before, after in itertools.pairwise(edits):
        assert before.end <= after.start
    return edited(text, edits)


@pytest.mark.parametrize(
    ("op", "params", "text", "wanted"),
    [
        ("width", {}, "ＡＢＣ１２３，你好！", "ABC123，你好！"),
        ("width", {"what": "everything"}, "ＡＢＣ，\u3000！", "ABC, !"),
        ("width", {"to": "full"}, "ab 1.", "ａｂ １."),
        ("width", {"to": "full", "what": "everything"}, "a b.", "ａ\u3000ｂ．"),
        ("chinese", {}, "漢字轉換：頭髮與發展", "汉字转换：头发与发展"),
        ("chinese", {"to": "traditional"}, "干部的头发很干燥，皇后在后面", "幹部的頭髮很乾燥，皇后在後面"),
        ("lower", {}, "ÀB STRASSE ΟΔΟΣ İx", "àb strasse οδος i̇x"),
        ("unicode", {}, "e\u0301 \u1100\u1161\u11a8", "é 각"),
        ("unicode", {"form": "NFKC"}, "ﬁ Ｋ ① ｶﾞ", "fi K 1 ガ"),
        (
            "strip_html",
            {},
            "<p>Hi <b>there</b></p><br/>a &amp; b &lt;c&gt; 1 < 2",
            "Hi there\na & b <c> 1 < 2",
        ),
        ("strip_html", {"breaks": False}, "<!-- x --><script>if (a<b) x()</SCRIPT >y<style>p{}</style>", "y"),
        ("strip_html", {}, "a<!-- never closed <i>b</i>", "a<!-- never closed b"),
        ("emoji", {}, "good 👍🏽 day 👩‍👩‍👧 🇨🇳 1️⃣ ©", "good  day    ©"),
        ("emoji", {"replacement": "*"}, "☕️x", "*x"),
        ("control", {}, "a\u200bb\x00c\ufeff\u202ed\te\n", "abcd\te\n"),
        ("urls", {}, "see https://a.b/c?d=1, or www.x.org。好", "see , or 。好"),
        ("urls", {"replacement": "[URL]"}, "(http://x.y/z).", "([URL])."),
        ("whitespace", {}, "  a \t b \r\n\r\n\r\n c\u3000d  ", "a b\n\n\nc d"),
        ("whitespace", {"lines": "squeeze"}, "a\n\n\n\nb", "a\n\nb"),
        ("whitespace", {"lines": "join"}, "a\n b", "a b"),
        ("regex", {"pattern": r"(\d{3})-(\d{4})", "replacement": r"\2/\1"}, "x 123-4567 é", "x 4567/123 é"),
        ("regex", {"pattern": "foo", "ignore_case": True}, "FOO 漢foo", " 漢"),
        ("mask_personal", {}, "mail a.b@c.org now", "mail [MAIL] now"),
        ("mask_personal", {"style": "stars", "mail": False}, "a@b.org 13812345678", "a@b.org ***********"),
    ],
)
def test_an_operator_does_what_it_says(op, params, text, wanted):
    assert cleaned(text, op, **params) == wanted


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=30), st.sampled_from(["NFC", "NFKC"]))
def test_normal_forms_are_those_of_the_standard_library(text, form):
    assert edited(text, Composition(form).edits(text)) == unicodedata.normalize(form, text)


MARKS = st.text(
    "aeＡ한각ᄀ가\u0301\u0327\u1161\u11a8\u3099ｶﾞ\u09c7\u09be\u0d46\u0d3e\u0f71\u0f72ﬁ①", max_size=12
)


@settings(max_examples=600, deadline=None)
@given(MARKS, st.sampled_from(["NFC", "NFKC"]))
def test_marks_and_jamo_and_vowels_join_as_the_standard_library_joins_them(text, form):
    assert edited(text, Composition(form).edits(text)) == unicodedata.normalize(form, text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_small_letters_are_those_of_the_standard_library(text):
    assert edited(text, Lower().edits(text)) == text.lower()


@settings(max_examples=200, deadline=None)
@given(st.text("ab<>&;!-/ \n\u3000Ａ漢１@.:pwhts\u200b😀", max_size=40), st.sampled_from(sorted(OPERATORS)))
def test_edits_ascend_and_never_overlap(text, op):
    params = {"pattern": "a|b*"} if op == "regex" else {}
    if issubclass(OPERATORS[op], TextOperator):
        cleaned(text, op, **params)


@pytest.mark.parametrize(
    ("op", "params", "text"),
    [
        ("regex", {"pattern": "(a+)+$"}, "a" * 200_000 + "b"),
        ("regex", {"pattern": r"(\w+\s?)*x"}, "word " * 40_000),
        ("strip_html", {}, "<!--" * 100_000),
        ("strip_html", {}, "<" + "a" * 600_000),
        ("strip_html", {}, "<" + "a " * 300_000),
        ("strip_html", {}, "<script>" * 50_000),
        ("strip_html", {}, "<" * 300_000),
        ("strip_html", {}, "<a " * 100_000),
        ("strip_html", {}, "&" * 300_000 + "&#" * 50_000),
        ("whitespace", {}, " " * 400_000),
        ("urls", {}, "http://" * 50_000),
        ("emoji", {}, "\u200d👩" * 50_000),
        ("unicode", {"form": "NFC"}, "e" + "\u0301" * 50_000),
        ("chinese", {}, "漢" * 200_000),
        ("mask_personal", {}, "1" * 100_000 + "a@" * 20_000),
    ],
)
def test_no_text_and_no_pattern_takes_more_than_linear_time(op, params, text):
    began = time.process_time()
    cleaned(text, op, **params)
    assert time.process_time() - began < 8


@pytest.mark.parametrize(
    ("recipe", "field"),
    [
        (None, "recipe"),
        ({"steps": []}, "recipe.steps"),
        ({"steps": "lower"}, "recipe.steps"),
        ({"steps": [{"op": "lower"}] * 33}, "recipe.steps"),
        ({"version": 2, "steps": [{"op": "lower"}]}, "recipe.version"),
        ({"steps": [{"op": "lower"}], "more": 1}, "recipe"),
        ({"steps": [{"op": "explode"}]}, "recipe.steps.0.op"),
        ({"steps": [{"op": "lower", "p": 1}]}, "recipe.steps.0.p"),
        ({"steps": [7]}, "recipe.steps.0"),
        ({"steps": [{"op": "width", "params": {"to": "wide"}}]}, "recipe.steps.0.params.to"),
        ({"steps": [{"op": "lower"}, {"op": "regex"}]}, "recipe.steps.1.params.pattern"),
        ({"steps": [{"op": "regex", "params": {"pattern": "("}}]}, "recipe.steps.0.params.pattern"),
        ({"steps": [{"op": "regex", "params": {"pattern": "(?=a)"}}]}, "recipe.steps.0.params.pattern"),
        (
            {"steps": [{"op": "regex", "params": {"pattern": "a{1000}{1000}"}}]},
            "recipe.steps.0.params.pattern",
        ),
        (
            {"steps": [{"op": "regex", "params": {"pattern": "a", "replacement": r"\1"}}]},
            "recipe.steps.0.params.replacement",
        ),
        (
            {"steps": [{"op": "regex", "params": {"pattern": "a", "replacement": "\\q"}}]},
            "recipe.steps.0.params.replacement",
        ),
        (
            {"steps": [{"op": "emoji", "params": {"replacement": "x" * 1001}}]},
            "recipe.steps.0.params.replacement",
        ),
    ],
)
def test_a_recipe_that_cannot_be_read_names_the_field(recipe, field):
    with pytest.raises(InvalidInput) as refused:
        recipe_from(recipe, OPERATORS)
    assert field in refused.value.params["fields"]


def test_a_recipe_is_stored_with_every_parameter():
    steps = recipe_from({"steps": [{"op": "whitespace"}]}, OPERATORS)
    assert recipe_json(steps) == {"version": 1, "steps": [{"op": "whitespace", "params": {"lines": "keep"}}]}
    assert recipe_from(recipe_json(steps), OPERATORS) == steps
