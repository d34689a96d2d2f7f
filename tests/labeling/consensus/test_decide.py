"""From answers to one answer or a conflict; shapes against slow oracles."""

import itertools
import time
import tracemalloc
import uuid
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.geometry.forms import form_from
from labeling.consensus.decide import Answer, Beliefs, Rule, decide, objects_matched
from labeling.consensus.matching import Counts, counts_by_class, shapes_match
from labeling.consensus.overlap import pairs_overlapping, shape_iou
from labeling.geometry.iou import box_iou
from labeling.geometry.shapes import Shape

CAT, DOG, EEL = (str(uuid.UUID(int=n)) for n in (1, 2, 3))
BOXES = st.lists(
    st.tuples(st.sampled_from([CAT, DOG]), *[st.integers(0, 30)] * 2, *[st.integers(1, 20)] * 2), max_size=6
)
CLASSES, DETECT = "image_classification", "object_detection"


def f1_of(counts):
    """Of all parts of two answers; 1.0 when both are empty."""
    rows = list(counts)
    both = sum(row.both for row in rows)
    total = 2 * both + sum(row.left_only + row.right_only for row in rows)
    return 2 * both / total if total else 1.0


def mark(label):
    return Shape(id=str(uuid.uuid4()), kind="class", label=label)


def box(label, *numbers):
    return Shape(id=str(uuid.uuid4()), kind="box", label=label, box=tuple(map(float, numbers)))


def drawn(rows):
    return [box(*row) for row in rows]


def said(*answers):
    return [Answer(f"p{who}", shapes) for who, shapes in enumerate(answers)]


@settings(max_examples=60, deadline=None)
@given(BOXES, BOXES)
def test_pairs_are_those_of_the_slow_way(left, right):
    a, b = drawn(left), drawn(right)
    slow = {
        (i, j)
        for (i, one), (j, two) in itertools.product(enumerate(a), enumerate(b))
        if box_iou(one.box, two.box) >= 0.4
    }
    assert {(pair.left, pair.right) for pair in pairs_overlapping(a, b, 0.4)} == slow


def test_pairs_of_many_boxes_are_found_in_strips_without_a_square_of_memory():
    random = np.random.default_rng(1)
    rows = [box(CAT, *at, 20, 20) for at in random.uniform(0, 20_000, (10_000, 2))]
    tracemalloc.start()
    began = time.monotonic()
    pairs = pairs_overlapping(rows, rows[::-1], 0.5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(pairs) >= 10_000
    assert peak < 60_000_000
    assert time.monotonic() - began < 20


def test_matches_are_one_to_one_of_one_class_and_best_first():
    left = [box(CAT, 0, 0, 10, 10), box(CAT, 0, 0, 9, 10), box(DOG, 50, 50, 10, 10)]
    right = [box(CAT, 0, 0, 10, 10), box(CAT, 50, 50, 10, 10)]
    assert [(m.left, m.right) for m in shapes_match(left, right)] == [(0, 0)]
    counts = counts_by_class(left, right)
    assert counts == {CAT: Counts(1, 1, 1), DOG: Counts(0, 1, 0)}
    assert f1_of(counts.values()) == pytest.approx(2 / 5)


def test_a_person_agrees_with_themselves_and_nothing_with_nothing():
    shapes = [box(CAT, i * 5, 0, 10, 10) for i in range(6)] + [mark(DOG)]
    assert f1_of(counts_by_class(shapes, shapes).values()) == 1.0
    assert f1_of(counts_by_class([], []).values()) == 1.0
    assert f1_of(counts_by_class(shapes, []).values()) == 0.0


def _polygon(*ring):
    form = form_from("polygon", [list(map(list, ring))])
    return Shape(id=str(uuid.uuid4()), kind="polygon", label=CAT, box=form.bounds(), form=form)


def test_outlines_are_compared_by_what_they_cover_and_not_by_their_boxes():
    low = _polygon((0, 0), (100, 0), (0, 100))
    high = _polygon((100, 100), (100, 0), (0, 100))
    assert shape_iou(low, high) < 0.03
    assert shape_iou(low, low) == 1.0
    assert shape_iou(low, box(CAT, 0, 0, 100, 100)) == pytest.approx(0.5, abs=0.02)
    huge = [
        [(x * 40 + 7, y * 40) for x, y in ring]
        for ring in ([(0, 0), (100, 0), (0, 100)], [(0, 0), (100, 0), (100, 100)])
    ]
    assert shape_iou(_polygon(*huge[0]), _polygon(*huge[1])) == pytest.approx(1 / 3, abs=0.02)


def test_masks_are_compared_pixel_by_pixel():
    def mask(rows):
        cells = np.zeros((20, 30), bool)
        cells[rows, 3:13] = True
        runs, last = [0], False
        for cell in cells.ravel(order="F"):
            runs, last = ([*runs[:-1], runs[-1] + 1], last) if cell == last else ([*runs, 1], bool(cell))
        form = form_from("mask", {"size": [20, 30], "counts": runs})
        return Shape(id=str(uuid.uuid4()), kind="mask", label=CAT, box=form.bounds(), form=form)

    assert shape_iou(mask(slice(0, 10)), mask(slice(5, 15))) == pytest.approx(1 / 3)


def test_lines_and_single_key_points_have_a_place_too():
    line = Shape(id=str(uuid.uuid4()), kind="polyline", label=CAT, box=(5.0, 5.0, 0.0, 40.0))
    assert shape_iou(line, line) == 1.0


def test_one_class_is_agreed_by_votes():
    two = said([mark(CAT)], [mark(CAT)])
    assert decide(CLASSES, two, Rule()).shapes[0].label == CAT
    split = decide(CLASSES, said([mark(CAT)], [mark(DOG)]), Rule())
    assert (split.reason, split.shapes) == ("votes", ())
    three = said([mark(CAT)], [mark(DOG)], [mark(CAT)])
    assert decide(CLASSES, three, Rule()).is_agreed
    assert not decide(CLASSES, three, Rule(quorum=1.0)).is_agreed
    assert decide(CLASSES, three[:1], Rule()).reason == "too_few"


def test_several_classes_are_agreed_one_by_one():
    outcome = decide("image_multilabel", said([mark(CAT), mark(DOG)], [mark(CAT)], [mark(CAT)]), Rule())
    assert (outcome.is_agreed, [shape.label for shape in outcome.shapes]) == (True, [CAT])
    outcome = decide("image_multilabel", said([mark(CAT), mark(DOG)], [mark(CAT)]), Rule())
    assert (outcome.reason, [shape.label for shape in outcome.shapes]) == ("objects", [CAT])
    assert decide("image_multilabel", said([], []), Rule()).is_agreed


def test_boxes_become_objects_in_the_middle_of_what_was_drawn():
    answers = said(
        [box(CAT, 10, 10, 20, 20)],
        [box(CAT, 12, 10, 20, 20)],
        [box(CAT, 11, 9, 21, 22), box(DOG, 70, 70, 9, 9)],
    )
    outcome = decide(DETECT, answers, Rule())
    assert outcome.is_agreed
    assert [shape.box for shape in outcome.shapes] == [(11.0, 10.0, 21.0, 20.0)]
    assert [shape.box for shape in decide(DETECT, answers[::-1], Rule()).shapes] == [(11.0, 10.0, 21.0, 20.0)]


def test_a_box_of_one_of_two_and_a_box_of_two_classes_are_conflicts():
    alone = decide(DETECT, said([box(CAT, 10, 10, 20, 20)], []), Rule())
    assert (alone.reason, alone.shapes) == ("objects", ())
    named = decide(DETECT, said([box(CAT, 10, 10, 20, 20)], [box(DOG, 10, 10, 20, 20)]), Rule())
    assert named.reason == "objects"
    far = decide(DETECT, said([box(CAT, 0, 0, 10, 10)], [box(CAT, 4, 0, 10, 10)]), Rule(min_iou=0.5))
    assert far.reason == "objects"
    assert decide(
        DETECT, said([box(CAT, 0, 0, 10, 10)], [box(CAT, 4, 0, 10, 10)]), Rule(min_iou=0.4)
    ).is_agreed


@settings(max_examples=60, deadline=None)
@given(st.lists(BOXES, min_size=2, max_size=4))
def test_an_object_has_one_shape_of_each_person_and_every_shape_one_object(answers):
    shapes = [drawn(rows) for rows in answers]
    owner = {shape.id: who for who, rows in enumerate(shapes) for shape in rows}
    groups = objects_matched(shapes, 0.5)
    assert sorted(shape.id for group in groups for _, shape in group) == sorted(owner)
    for group in groups:
        assert [who for who, _ in group] == [owner[shape.id] for _, shape in group]
        assert len({who for who, _ in group}) == len(group)


def test_answers_that_began_with_the_same_shapes_end_in_shapes_with_names_of_their_own():
    old = box(CAT, 0, 0, 20, 20)
    moved = replace(old, box=(50.0, 0.0, 20.0, 20.0))
    outcome = decide(
        DETECT,
        said([old], [moved, box(CAT, 0, 0, 20, 20)], [box(CAT, 50, 0, 20, 20)]),
        Rule(),
    )
    assert outcome.is_agreed
    assert [shape.box for shape in outcome.shapes] == [(0.0, 0.0, 20.0, 20.0), (50.0, 0.0, 20.0, 20.0)]
    assert len({shape.id for shape in outcome.shapes}) == 2


def test_two_objects_in_one_place_stay_two():
    rider, horse = box(CAT, 0, 0, 20, 20), box(DOG, 1, 1, 20, 20)
    outcome = decide(DETECT, said([rider, horse], [horse, rider]), Rule())
    assert outcome.is_agreed
    assert sorted(shape.label for shape in outcome.shapes) == [CAT, DOG]


def test_a_weighted_decision_believes_the_better_person_and_says_when_it_does_not_know():
    sure, poor = np.array([[0.99, 0.01], [0.01, 0.99]]), np.array([[0.6, 0.4], [0.4, 0.6]])
    prior = {CAT: 0.5, DOG: 0.5}
    rule, answers = Rule("weighted"), said([mark(DOG)], [mark(CAT)])
    known = decide(CLASSES, answers, rule, Beliefs({"p0": sure, "p1": poor}, prior))
    assert (known.is_agreed, known.shapes[0].label) == (True, DOG)
    assert decide(CLASSES, answers, rule, Beliefs({"p0": poor, "p1": poor}, prior)).reason == "votes"
    assert decide(CLASSES, answers, rule, Beliefs({}, prior)).reason == "votes"
    assert decide(CLASSES, said([mark(EEL)], [mark(EEL)]), rule, Beliefs({}, prior)).reason == "votes"


def test_spans_agree_by_their_bounds_or_by_a_common_character():
    def spans(*given):
        return [
            Shape(str(at), "span", label, span=(start, end)) for at, (start, end, label) in enumerate(given)
        ]

    def f1(left, right, min_iou):
        return f1_of(counts_by_class(left, right, min_iou).values())

    left = spans((0, 4, CAT), (9, 12, DOG))
    right = spans((0, 4, CAT), (9, 13, DOG), (20, 22, DOG))
    assert f1(left, right, 1.0) == pytest.approx(2 / 5)
    assert f1(left, right, 0.01) == pytest.approx(4 / 5)
    assert f1(spans((0, 4, CAT)), spans((0, 4, DOG)), 0.01) == 0.0
    # One span against two halves of it: one pair, at most.
    assert f1(spans((0, 9, CAT)), spans((0, 3, CAT), (4, 9, CAT)), 0.01) == pytest.approx(2 / 3)


@settings(max_examples=60, deadline=None)
@given(BOXES, BOXES)
def test_agreement_is_the_same_from_both_sides(left, right):
    a, b = drawn(left), drawn(right)
    assert f1_of(counts_by_class(a, b).values()) == pytest.approx(f1_of(counts_by_class(b, a).values()))
