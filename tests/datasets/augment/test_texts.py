"""Texts: entities stay whole, offsets are exact, the same seed gives the same, nothing becomes empty."""

import hashlib
import random
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import InvalidInput
from datasets.augment.pipeline import operators_described, pipeline_of
from datasets.augment.texts import OPERATORS, Passage, Span
from datasets.augment.texts.operators import _NEAR
from datasets.augment.texts.passage import Guarded
from datasets.augment.texts.words import Lexicon, groups_in, lexicon, words_of, written_as

ROOT = Path(__file__).resolve().parents[3]
ENGLISH = "The quick delivery from Big Rock Ltd was great, but the price isn't good; it's a large problem."
CHINESE = "这家酒店非常好，服务人员马上帮助我们，但是价格比较昂贵，张三丰不会再来。"
TEXTS = [
    ENGLISH,
    CHINESE,
    "iPhone手机的屏幕很好 very good 😀👨‍👩‍👧 done\r\n新的一行",
    "cafe\u0301 au lait was good\tgood\u3000good",
    "ひらがな ไทย ខ្មែរ not ours",
    "one",
    "好",
    "",
    " \n ",
    "...!?",
    "See https://good.example/big?quick=1 or mail good.price@big.example now",
]
EVERY = pytest.mark.parametrize("key", OPERATORS)


def changed(passage, *steps, seed=1, sample="s", copy=0):
    return pipeline_of(list(steps), OPERATORS).apply(passage, seed=seed, sample=sample, copy=copy)


def edits_of(key, passage, seed, **params):
    pipeline = pipeline_of([{"op": key, "params": params}], OPERATORS)
    ((operator, rng),) = pipeline.drawn(seed=seed, sample="s")
    return operator.edits(passage, rng)


def spans_in(rng, text):
    """Up to four stretches anywhere, overlapping or not."""
    made = []
    for label in range(rng.randrange(5)):
        if not text:
            break
        start = rng.randrange(len(text))
        made.append(Span(label, start, min(len(text), start + rng.randint(1, 9))))
    return tuple(made)


def moved_slowly(text, spans, edits):
    """Each character knows where it came from; a span is where its own characters are afterwards."""
    out = []
    at = 0
    for start, end, new in edits:
        out += [(text[place], place) for place in range(at, start)]
        out += [(sign, None) for sign in new]
        at = end
    out += [(text[place], place) for place in range(at, len(text))]
    said = "".join(sign for sign, _ in out)
    places = {origin: place for place, (_, origin) in enumerate(out) if origin is not None}
    return said, tuple(Span(s.label, places[s.start], places[s.end - 1] + 1) for s in spans)


@EVERY
def test_entities_stay_whole_and_offsets_are_those_of_a_slow_oracle(key):
    rng = random.Random(7)
    seen = 0
    for round_ in range(300):
        text = TEXTS[round_ % len(TEXTS)] if round_ % 3 else "".join(rng.choices("ab 好不错 .\n大", k=40))
        passage = Passage(text, spans_in(rng, text))
        edits = edits_of(key, passage, round_, share=0.5)
        after = passage.changed(edits)
        assert (after.text, after.spans) == moved_slowly(text, passage.spans, edits)
        for before, now in zip(passage.spans, after.spans, strict=True):
            assert text[before.start : before.end] == after.text[now.start : now.end]
        seen += bool(edits)
    assert seen > 50


@EVERY
@pytest.mark.parametrize("text", TEXTS)
def test_a_text_with_words_keeps_some_whatever_is_done(key, text):
    step = {"op": key, "params": {"share": 0.5} | ({"keep_negations": False} if "delete" in key else {})}
    for seed in range(40):
        after = changed(Passage(text), *[step] * 16, seed=seed)
        assert bool(after.text.strip()) == bool(text.strip())


@EVERY
def test_addresses_stay_as_they_are(key):
    for seed in range(60):
        after = changed(Passage(TEXTS[-1]), {"op": key, "params": {"share": 0.5}}, seed=seed).text
        assert "https://good.example/big?quick=1" in after
        assert "good.price@big.example" in after


def digest():
    said = hashlib.sha256()
    steps = [{"op": key, "p": 0.8} for key in OPERATORS]
    for number, text in enumerate(TEXTS):
        spans = (Span(0, 0, 1),) if text else ()
        for copy in range(5):
            after = changed(Passage(text, spans), *steps, seed=3, sample=str(number), copy=copy)
            said.update(repr(after).encode())
    return said.hexdigest()


def test_the_same_seed_gives_the_same_bytes_in_another_process():
    code = "from tests.datasets.augment.test_texts import digest; print(digest())"
    env = {"PYTHONHASHSEED": "7", "PATH": ""}
    other = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, env=env
    )
    assert digest() == other.stdout.strip()


def test_seed_sample_and_copy_each_make_a_difference():
    steps = [{"op": key} for key in OPERATORS]
    one = changed(Passage(ENGLISH), *steps)
    for other in ({"seed": 2}, {"sample": "t"}, {"copy": 1}):
        assert changed(Passage(ENGLISH), *steps, **other) != one


@pytest.mark.parametrize("key", ["synonym", "insert_words", "typos"])
def test_a_higher_share_keeps_what_a_lower_one_changed(key):
    for text in (ENGLISH, CHINESE):
        few = {edit.start for edit in edits_of(key, Passage(text), 5, share=0.1)}
        many = {edit.start for edit in edits_of(key, Passage(text), 5, share=0.3)}
        assert few < many or few == many
        assert len(many) > 1


def test_words_are_bounded_properly():
    table = "cat,dog\n错,对"
    params = {"bundled": False, "table": table, "share": 0.5}
    step = {"op": "synonym", "params": params}
    assert changed(Passage("category concat cat-like Cat's bobcat"), step).text == (
        "category concat cat-like Cat's bobcat"
    )
    assert changed(Passage("(cat)"), step).text == "(dog)"
    assert changed(Passage("CAT"), step).text == "DOG"
    assert changed(Passage("A cat"), step).text == "A dog"


def test_chinese_words_are_the_longest_that_the_table_knows():
    known = Lexicon.of([("非常", "十分"), ("非常好", "很好"), ("好", "棒")])
    said = [CHINESE[one.start : one.end] for one in words_of(CHINESE[:7], known)]
    assert said == ["这", "家", "酒", "店", "非常好"]
    params = {"bundled": False, "table": "不错，还行\n错，对", "share": 0.5}
    assert changed(Passage("真不错"), {"op": "synonym", "params": params}).text == "真还行"


def test_a_and_an_keep_their_article():
    params = {"bundled": False, "table": "good,excellent,fine", "share": 0.5}
    said = {
        changed(Passage("a good one"), {"op": "synonym", "params": params}, seed=s).text for s in range(20)
    }
    assert said == {"a fine one"}


def test_swapping_never_goes_over_punctuation_or_an_entity():
    swap = {"op": "swap_words", "params": {"share": 0.5}}
    assert changed(Passage("one, two. three\nfour"), swap).text == "one, two. three\nfour"
    assert changed(Passage("one two"), swap).text == "two one"
    assert changed(Passage("one two", (Span(0, 0, 3),)), swap).text == "one two"
    assert sorted(changed(Passage(ENGLISH), swap).text.split()) != ENGLISH.split()


def test_deleting_leaves_no_double_space_and_keeps_negations():
    for seed in range(50):
        after = changed(
            Passage("it is not a good one at all"),
            {"op": "delete_words", "params": {"share": 0.5}},
            seed=seed,
        )
        assert "  " not in after.text
        assert "not" in after.text.split()
        assert after.text == after.text.strip()
    free = {"op": "delete_words", "params": {"share": 0.5, "keep_negations": False}}
    assert any("not" not in changed(Passage("it is not good"), free, seed=seed).text for seed in range(30))


def test_a_neighboring_key_is_one_beside_it():
    assert sorted(_NEAR["g"]) == sorted("tyfhvb")
    assert sorted(_NEAR["q"]) == ["a", "w"]
    assert all(letter in _NEAR[other] for letter, near in _NEAR.items() for other in near)


def test_guarded_stretches_are_those_of_a_slow_oracle():
    rng = random.Random(3)
    for _ in range(300):
        stretches = [(a, a + rng.randint(0, 4)) for a in (rng.randrange(20) for _ in range(rng.randrange(5)))]
        guarded = Guarded(stretches)
        held = {place for start, end in stretches for place in range(start, end)}
        for start in range(22):
            for end in range(start + 1, 24):
                assert guarded.touches(start, end) == bool(held & set(range(start, end)))


@pytest.mark.parametrize(
    "table",
    [
        "alone",
        "two words, phrase",
        "good, , ",
        "a,b\n\nx",
        "good.,fine",
        "好,fine 2",
        "x" * 20_001,
        "好" * 41 + ",好",
    ],
)
def test_a_table_that_cannot_be_read_is_named(table):
    with pytest.raises(InvalidInput) as caught:
        pipeline_of([{"op": "synonym"}, {"op": "insert_words", "params": {"table": table}}], OPERATORS)
    assert set(caught.value.params["fields"]) == {"steps.1.params.table"}


def test_bundled_tables_hold_words_and_no_word_twice_in_a_group():
    for name in ("synonyms_en.txt", "synonyms_zh.txt", "homophones_zh.txt"):
        for group in groups_in(name):
            assert len(group) >= 2
            assert len(set(group)) == len(group)
            for word in group:
                assert len(words_of(word, Lexicon({word: ()}, len(word)))) == 1
    assert "excellent" in lexicon().others["great"]


def test_capitals_are_those_of_the_word_that_went():
    assert [written_as("fine", like) for like in ("Good", "GOOD", "good", "I")] == [
        "Fine",
        "FINE",
        "fine",
        "Fine",
    ]


def test_time_grows_with_the_text_and_not_faster():
    text = (ENGLISH + " " + CHINESE + "\n") * 2_000
    spans = tuple(Span(0, at, at + 3) for at in range(4, len(text) - 10, 100))
    after = changed(Passage(text, spans), *({"op": key} for key in OPERATORS))
    assert len(after.spans) == len(spans)


def test_every_operator_is_described_for_a_form():
    described = operators_described(OPERATORS)
    assert [row["key"] for row in described] == list(OPERATORS)
    assert described[0]["params_schema"]["properties"]["table"]["format"] == "lines"
