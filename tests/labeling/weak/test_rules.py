"""A rule that cannot be used is refused with its place, its field and what to do."""

import contextlib
import time
import uuid

import pytest

from labeling.weak.rules import MAX_RULES, MAX_WORD, MAX_WORDS, MAX_WORDS_ALL, RuleRefused, rules_from

LABEL = str(uuid.uuid4())


def words(*said, **more):
    return {"label": LABEL, "kind": "words", "words": list(said), **more}


def pattern(said, **more):
    return {"label": LABEL, "kind": "pattern", "pattern": said, **more}


def test_rules_are_read_as_they_are_stored():
    read = rules_from([words(" good ", "good", "", "  "), pattern("a+b", match_case=True, words=["no"])])
    assert [rule.words for rule in read] == [("good",), ()]
    assert (read[1].pattern, read[1].match_case, read[1].whole_word) == ("a+b", True, False)
    assert rules_from([rule.as_json() for rule in read]) == read


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ("good", "label"),
        ({"kind": "words", "words": ["a"]}, "label"),
        ({"kind": "words", "words": ["a"], "label": 7}, "label"),
        ({"label": LABEL, "kind": "model"}, "kind"),
        ({"label": LABEL, "kind": []}, "kind"),
        (words(), "words"),
        (words(" "), "words"),
        (words("a", 7), "words"),
        (words("a", words="a"), "words"),
        (words(*map(str, range(MAX_WORDS + 1))), "words"),
        (words("a" * (MAX_WORD + 1)), "words"),
        (words("a\x00"), "words"),
        (words("\ud83d"), "words"),
        (words("a", match_case="no"), "match_case"),
        (words("a", whole_word=1), "whole_word"),
        (pattern(""), "pattern"),
        (pattern(None), "pattern"),
        (pattern("("), "pattern"),
        (pattern(r"(a)\1"), "pattern"),
        (pattern("a(?=b)"), "pattern"),
        (pattern("a" * 1001), "pattern"),
        (pattern("a*"), "pattern"),
        (pattern("^"), "pattern"),
        (pattern("\udc00"), "pattern"),
        (pattern("a\x00"), "pattern"),
        (pattern(r"(?:\p{L}|\p{N}){1,200}x"), "pattern"),
    ],
)
def test_what_is_no_rule_is_refused_by_its_field(rule, field):
    with pytest.raises(RuleRefused) as refused:
        rules_from([words("fine"), rule])
    assert refused.value.params["rule"] == 1
    ((name, (said,)),) = refused.value.params["fields"].items()
    assert (name, said) == (f"rules.1.{field}", refused.value.detail)
    assert said.startswith("rule 2: ")


MANY = words(*map(str, range(MAX_WORDS)))


@pytest.mark.parametrize(
    "raw", [None, {}, "a", [words("a")] * (MAX_RULES + 1), [MANY] * (MAX_WORDS_ALL // MAX_WORDS + 1)]
)
def test_what_is_no_list_of_so_many_rules_is_refused(raw):
    with pytest.raises(RuleRefused) as refused:
        rules_from(raw)
    assert list(refused.value.params["fields"]) == ["rules"]


def test_the_largest_pattern_is_judged_at_once():
    began = time.monotonic()
    for hostile in ("(?:a?){900}" * 80, "((a{1,30}){1,30}){1,30}", "(" * 499 + "a" + ")" * 499):
        with contextlib.suppress(RuleRefused):
            rules_from([pattern(hostile + "b")])
    assert time.monotonic() - began < 5
