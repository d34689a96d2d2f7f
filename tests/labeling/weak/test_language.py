"""What a language model may say of a text: classes of the task and places that are there, whatever it answers."""

import json

from hypothesis import given
from hypothesis import strategies as st

from labeling.weak.language import MAX_CHARACTERS, asked, classes_said, marks_said
from labeling.weak.votes import Mark, Mode

CLASSES = ["Cat", "big dog", "猫"]


def test_it_is_told_the_classes_and_the_guideline_and_the_text_apart():
    system, user = asked(Mode.ONE, "x" * 10_000, CLASSES, "Cats are small.")
    assert (system["role"], user["role"]) == ("system", "user")
    assert json.dumps(CLASSES, ensure_ascii=False) in system["content"]
    assert "Cats are small." in system["content"]
    assert user["content"] == "x" * MAX_CHARACTERS


def test_a_class_is_read_from_what_models_really_say():
    for said in (
        '{"class": "Big  Dog"}',
        'Sure! Here it is:\n```json\n{"class": "big dog"}\n```',
        '<think>{"class": null}</think> {"class": "big dog"}',
        'I think {of a dog}: {"class": "BIG DOG", "why": {"a": 1}}',
    ):
        assert classes_said(Mode.ONE, said, CLASSES) == [1]
    for said in (
        "",
        "a cat",
        '{"class": null}',
        '{"class": "eel"}',
        '{"class": ["Cat"]}',
        '["Cat"]',
        "{" * 9,
    ):
        assert classes_said(Mode.ONE, said, CLASSES) == []
    assert classes_said(Mode.SEVERAL, '{"classes": ["猫", "cat", "cat", 7, "eel"]}', CLASSES) == [2, 0]
    assert classes_said(Mode.SEVERAL, '{"classes": "cat"}', CLASSES) == []


def test_a_quote_is_found_where_the_text_says_it_and_nowhere_else():
    text = "A cat 😀 met a cat and 猫。"
    said = {
        "spans": [
            {"text": "cat", "class": "cat"},
            {"text": "cat", "class": "cat"},
            {"text": "cat", "class": "cat"},
            {"text": "猫", "class": "猫"},
            {"text": "dog", "class": "big dog"},
            {"text": " ", "class": "cat"},
            {"text": "met", "class": "eel"},
            "met",
        ]
    }
    marks = marks_said(json.dumps(said), text, CLASSES)
    assert marks == [Mark(2, 5, "0"), Mark(14, 17, "0"), Mark(22, 23, "2")]
    assert [text[mark.start : mark.end] for mark in marks] == ["cat", "cat", "猫"]


def test_a_quote_is_a_word_where_it_can_be_and_marks_of_one_class_are_joined():
    said = json.dumps({"spans": [{"text": "Ann", "class": "cat"}, {"text": "ann", "class": "cat"}]})
    assert marks_said(said, "Anna met Ann, danny.", CLASSES) == [Mark(9, 12, "0"), Mark(15, 18, "0")]
    said = json.dumps({"spans": [{"text": "New York", "class": "cat"}, {"text": "York", "class": "cat"}]})
    assert marks_said(said, "New York", CLASSES) == [Mark(0, 8, "0")]
    said = json.dumps({"spans": [{"text": "猫", "class": "猫"}]})
    assert marks_said(said, "我的猫很小", CLASSES) == [Mark(2, 3, "2")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["class", "classes", "spans", "text", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON, st.text(max_size=30))
def test_whatever_comes_back_is_usable_or_nothing(told, text):
    said = json.dumps(told) + text
    for mode in (Mode.ONE, Mode.SEVERAL):
        assert set(classes_said(mode, said, CLASSES)) <= {0, 1, 2}
    for mark in marks_said(said, text, CLASSES):
        assert 0 <= mark.start < mark.end <= len(text)
