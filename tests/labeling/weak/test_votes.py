"""Rules together: the most votes, no class at a tie, marks of one class as one; and the figures of it, against a slow count."""

import itertools
import random

import pytest

from labeling.weak.figures import EXAMPLES, Figures, snippet_of
from labeling.weak.votes import Mark, Mode, class_voted, marks_joined, marks_of


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        ([], None),
        (["a"], ("a", 1.0)),
        (["a", "b"], None),
        (["b", "a", "b"], ("b", 2 / 3)),
        (["a", "b", "a", "b"], None),
        (["a", "b", "c", "c"], ("c", 0.5)),
    ],
)
def test_the_class_that_most_rules_say_is_said_and_none_at_a_tie(labels, wanted):
    assert class_voted(labels) == wanted


def test_marks_of_one_class_that_lie_on_one_another_become_one():
    found = [[(0, 3), (10, 12)], [(2, 5), (5, 6)], [(2, 5)]]
    marks = marks_of(["a", "a", "b"], found)
    assert marks_joined(marks) == [
        Mark(0, 5, "a"),
        Mark(2, 5, "b"),
        Mark(5, 6, "a"),
        Mark(10, 12, "a"),
    ]


@pytest.mark.parametrize("seed", range(30))
def test_joined_marks_cover_the_same_characters_and_never_lie_on_one_another(seed):
    dice = random.Random(seed)
    marks = []
    for _ in range(dice.randint(0, 30)):
        start = dice.randint(0, 60)
        marks.append(Mark(start, start + dice.randint(1, 8), dice.choice("ab")))
    joined = marks_joined(marks)
    for label in "ab":
        of_label = [mark for mark in joined if mark.label == label]
        covered = {at for mark in marks if mark.label == label for at in range(mark.start, mark.end)}
        assert covered == {at for mark in of_label for at in range(mark.start, mark.end)}
        assert all(one.end <= other.start for one, other in itertools.pairwise(of_label))
    assert joined == sorted(joined)
    assert marks_joined(joined) == joined


def test_votes_for_whole_texts_are_counted():
    figures = Figures(Mode.ONE, ["a", "a", "b"])
    for found in (
        [[(0, 1)], [(3, 4)], []],
        [[(0, 1)], [], [(0, 1)]],
        [[(1, 2)], [(1, 2)], [(5, 6)]],
        [[], [], []],
    ):
        figures.add(found)
    assert (figures.looked_at, figures.covered, figures.conflicted, figures.undecided) == (4, 3, 2, 1)
    assert [(r.texts, r.matches, r.overlaps, r.conflicts) for r in figures.rules] == [
        (3, 3, 3, 2),
        (2, 2, 2, 1),
        (2, 2, 2, 2),
    ]
    assert figures.rules[0].examples == [(0, (0, 1)), (1, (0, 1)), (2, (1, 2))]


def test_several_classes_of_one_text_do_not_contradict_one_another():
    figures = Figures(Mode.SEVERAL, ["a", "b"])
    figures.add([[(0, 1)], [(0, 1)]])
    assert (figures.covered, figures.conflicted, figures.undecided) == (1, 0, 0)
    assert [(rule.overlaps, rule.conflicts) for rule in figures.rules] == [(1, 0), (1, 0)]


@pytest.mark.parametrize("seed", range(30))
def test_marks_are_counted_as_a_slow_count_does(seed):
    dice = random.Random(seed)
    labels = [dice.choice("abc") for _ in range(4)]
    found = []
    for _ in labels:
        cuts = sorted(dice.sample(range(40), 2 * dice.randint(0, 5)))
        found.append(list(itertools.batched(cuts, 2)) if hasattr(itertools, "batched") else _pairs(cuts))
    figures = Figures(Mode.SPANS, labels)
    figures.add(found)
    everything = [(place, span) for place, spans in enumerate(found) for span in spans]
    for place, rule in enumerate(figures.rules):
        on = [
            {labels[other] for other, (s, e) in everything if other != place and s < end and start < e}
            for start, end in found[place]
        ]
        assert rule.matches == len(found[place])
        assert rule.overlaps == sum(bool(each) for each in on)
        assert rule.conflicts == sum(bool(each - {labels[place]}) for each in on)
    assert figures.conflicted == any(rule.conflicts for rule in figures.rules)


def _pairs(cuts):
    return list(zip(cuts[::2], cuts[1::2], strict=True))


def test_answers_of_people_say_how_often_a_rule_is_right():
    figures = Figures(Mode.ONE, ["a", "b"])
    figures.judge([[(0, 1)], []], {"a"})
    figures.judge([[(0, 1)], [(2, 3)]], {"b"})
    figures.judge([[], []], {"b"})
    assert figures.answered == 3
    assert [(rule.judged, rule.correct) for rule in figures.rules] == [(2, 1), (1, 1)]
    marks = Figures(Mode.SPANS, ["a", "b"])
    marks.judge([[(0, 3), (4, 6)], [(0, 3)]], {Mark(0, 3, "a"), Mark(4, 7, "a")})
    assert [(rule.judged, rule.correct) for rule in marks.rules] == [(2, 1), (1, 0)]


def test_few_examples_are_kept_and_shown_on_one_line():
    figures = Figures(Mode.ONE, ["a"])
    for _ in range(2 * EXAMPLES):
        figures.add([[(0, 1)]])
    assert len(figures.rules[0].examples) == EXAMPLES
    text = "x" * 50 + "\n\n  Ada\tL " + "y" * 50
    told = snippet_of(text, (54, 57))
    assert (told.match, told.before[0], told.after[-1]) == ("Ada", "…", "…")
    assert told.before.endswith("x ")
    assert told.after.startswith(" L y")
    whole = snippet_of("Ada", (0, 3))
    assert (whole.before, whole.match, whole.after) == ("", "Ada", "")
    assert len(snippet_of("z" * 500, (0, 500)).match) == 121


def test_no_rules_and_no_texts_have_no_figures():
    assert Figures(Mode.ONE, []).rules == []
    empty = Figures(Mode.SPANS, [])
    empty.add([])
    assert (empty.looked_at, empty.covered) == (1, 0)
