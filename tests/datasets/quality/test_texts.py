"""Checks of single texts: encoding damage, personal data, length, script; and near copies among many."""

import random

import numpy as np
import pytest

from datasets.quality.languages import Languages, other_languages
from datasets.quality.personal import is_card, is_identity, personal_found
from datasets.quality.text_twins import alike_pairs, signs_of
from datasets.quality.texts import is_damaged, odd_lengths, other_scripts, same_form, script_of, text_marks

COMMON = """
the of and to in a is that for it as was with be by on not he his but at are this have from or had
an they which one you were all her she there would their we him been has when who will no more if
out so said what up its about into than them can only other time new some could these two may first
then do any like my now over such our man me even most made after also did many before must through
years where much your way well down should because each just those people mr how too little state
good very make world still see own work men day get here old life both between being under three
never know same last another while us off might great go come since against right came take used
himself few house use during without again place american around however home small found mrs
thought went say part once general high upon school every
"""
WORDS = COMMON.split()


def prose(r, words):
    return " ".join(r.choice(WORDS) for _ in range(words)).capitalize() + "."


def identity(r):
    head = f"{r.choice(('110101', '310115', '440305'))}{r.randint(1950, 2005)}{r.randint(1, 12):02}{r.randint(1, 28):02}{r.randint(0, 999):03}"
    return head + next(check for check in "0123456789X" if is_identity(head + check))


@pytest.fixture(scope="module")
def languages():
    return Languages()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to ann.lee+x@mail.example.org, please", [("mail", "ann.lee+x@mail.example.org")]),
        ("call +49 30 1234567 or (212) 555-0100", [("phone", "+49 30 1234567"), ("phone", "(212) 555-0100")]),
        ("电话13812345678。", [("phone", "13812345678")]),
        ("手机 138 1234 5678，座机 010-12345678", [("phone", "138 1234 5678"), ("phone", "010-12345678")]),
        ("+86 13812345678", [("phone", "+86 13812345678")]),
        ("身份证11010519491231002X", [("identity", "11010519491231002X")]),
        ("card 4111 1111 1111 1111 ok", [("card", "4111 1111 1111 1111")]),
        (
            "银联6222021234567890128",
            [("card", "6222021234567890128")] if is_card("6222021234567890128") else [],
        ),
        (
            "11010519491231002X and 13812345678",
            [("identity", "11010519491231002X"), ("phone", "13812345678")],
        ),
    ],
)
def test_what_points_to_a_person_is_found_where_it_stands(text, found):
    assert [(one.kind, text[one.start : one.end]) for one in personal_found(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "order 1234567890123 of 2026-01-31 at 12:30:45",
        "version 1.2.3.4, pages 12-15, ISBN 978-3-16-148410-0",
        "110105194912310021",  # wrong check digit
        "11010519491331002X",  # no such day
        "4111 1111 1111 1112",  # wrong check digit
        "0000 0000 0000 0000",
        "12812345678",  # no mobile begins with 12
        "138123456789",  # a digit too many
        "user@localhost and @handle and a@b",
        "10.0.0.1:8080, 1,234,567.89 and 3.14159265358979",
        "sha 13812345678abc, id_13812345678",
        "2026-11-25 10:20:30.123456",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert personal_found(text) == []


def test_check_digits_catch_every_single_wrong_digit():
    """What both checks are made for: one digit typed wrong is always found."""
    r = random.Random(1)
    for number in [identity(r) for _ in range(20)]:
        at = r.randrange(17)
        wrong = number[:at] + str((int(number[at]) + r.randint(1, 9)) % 10) + number[at + 1 :]
        assert is_identity(number)
        assert not is_identity(wrong)
    for digit in "023456789":
        assert not is_card("411111111111111" + digit)


@pytest.mark.parametrize(
    "text",
    [
        "lost \ufffd here",
        "a bell \x07 rings",
        "next\x85line",
        "café au lait".encode().decode("cp1252"),
        "naïve Müller – “quoted”".encode().decode("cp1252", "ignore"),
        "今天天气很好".encode().decode("gb18030", "ignore"),
        "数据锟斤拷损坏",
    ],
)
def test_damage_is_seen(text):
    assert is_damaged(text)


@pytest.mark.parametrize(
    "text",
    [
        "plain words\twith a tab\r\nand lines",
        "café, naïve, Müller, São Paulo, Łódź, 100 Å, ½ ± 2°",
        "ÂME, Ã la carte",
        "今天天气很好，我们去公园玩。联通公司",
        "中华人民共和国香港特别行政区繁體字與簡體字混排測試",
        "日本語のテキストと한국어 텍스트 и русский текст",
        "😀 👩‍👩‍👧 emoji",
    ],
)
def test_whole_texts_are_not_called_damaged(text):
    assert not is_damaged(text)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("An ordinary sentence", "latin"),
        ("今天天气很好 OK", "han"),
        ("今日は天気がいい", "kana"),
        ("обычный текст", "cyrillic"),
        ("한국어 텍스트", "hangul"),
        ("12345 !!", ""),
    ],
)
def test_a_script_is_told(text, script):
    assert script_of(text) == script


def test_only_a_set_of_one_language_has_strangers():
    assert other_scripts(["latin"] * 19 + ["han"])[0] == [19]
    assert other_scripts(["latin"] * 10 + ["han"] * 9)[0] == []
    assert other_scripts([""] * 5)[0] == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Service war sehr gut und wir kommen wieder.", "de"),
        ("La livraison est arrivée en retard", "fr"),
        ("Il servizio era ottimo e torneremo sicuramente.", "it"),
        ("Сьогодні гарна погода, ходімо гуляти", "uk"),
        ("今天天气很好，我们去公园", "zh"),
    ],
)
def test_a_language_is_told(languages, text, language):
    assert languages.possible(text)[0] == language


@pytest.mark.parametrize("text", ["good", "Order 1123 shipped", "Uroob malayalam font", "12345 !!", ""])
def test_what_hardly_says_a_language_is_said_to_be_in_none(languages, text):
    assert languages.possible(text) == ()


def test_a_stranger_is_a_text_that_cannot_be_in_the_language_of_the_others():
    many = [("en", "so")] * 19
    assert other_languages([*many, ("de",)]) == ([19], {"en": 19, "de": 1})
    assert other_languages([*many, ("so", "en")])[0] == []
    assert other_languages([*many, ()])[0] == []
    assert other_languages([("en",)] * 8 + [("de",)])[0] == []
    assert other_languages([()] * 5) == ([], {})


def test_lengths_far_from_the_others_are_told():
    r = random.Random(2)
    lengths = [r.randint(80, 400) for _ in range(200)]
    short, long = odd_lengths([*lengths, 3, 90_000])
    assert (np.flatnonzero(short).tolist(), np.flatnonzero(long).tolist()) == ([200], [201])
    assert not np.any(odd_lengths([100] * 50 + [130])[1])
    assert not np.any(odd_lengths([1, 10_000] * 5)[0])


@pytest.mark.parametrize("text", ["", " \r\n\t", "\u200b\u3000\ufeff"])
def test_nothing_to_read_is_empty(text):
    assert text_marks(text).is_empty
    assert not text_marks(text + "。").is_empty


def changed(r, text):
    """A copy as people make them."""
    words = text.split()
    at = r.randrange(len(words))
    return r.choice(
        (
            " ".join([*words[:at], "changed", *words[at + 1 :]]),
            " ".join(words[:at] + words[at + 1 :]),
            text + " Read more.",
            text[: int(0.9 * len(text))],
            text[len(text) // 12 :],
            text.replace(".", " !").replace("the", "THE"),
            f"{text[:40]}\n\n{text[40:]}",
        )
    )


def test_near_copies_are_found_and_nothing_else():
    """Planted copies: recall of at least 0.95 at a precision of at least 0.99."""
    r = random.Random(5)
    clean = [prose(r, r.randint(25, 120)) for _ in range(1_500)]
    copies = [(i, changed(r, clean[i])) for i in r.sample(range(len(clean)), 300)]
    signs = [signs_of(same_form(text)) for text in [*clean, *(text for _, text in copies)]]
    pairs = {tuple(pair) for pair in alike_pairs(np.array(signs)).tolist()}
    truth = {(i, len(clean) + at) for at, (i, _) in enumerate(copies)}
    assert len(pairs & truth) / len(truth) >= 0.95
    assert len(pairs & truth) / len(pairs) >= 0.99


def test_the_share_of_equal_signs_estimates_the_overlap():
    """Against the sets themselves: the estimate is Jaccard's index within four standard errors."""
    r = random.Random(6)
    text = prose(r, 200)
    for keep in (0.95, 0.8, 0.5):
        other = text[: int(keep * len(text))] + prose(r, int(200 * (1 - keep)))
        a, b = ({t[i : i + 5] for i in range(len(t) - 4)} for t in (text, other))
        truth = len(a & b) / len(a | b)
        estimate = float((signs_of(text) == signs_of(other)).mean())
        assert abs(estimate - truth) < 4 * (truth * (1 - truth) / 128) ** 0.5
