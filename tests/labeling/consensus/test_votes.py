"""Votes that count alike, and votes that are weighted by who gives them."""

import itertools

import numpy as np
import pytest

from labeling.consensus.votes import (
    Votes,
    choice_believed,
    confusion_unknown,
    dawid_skene,
    majority,
    votes_needed,
)


@pytest.mark.parametrize(
    ("answers", "quorum", "needed"),
    [
        (2, 0.5, 2),
        (3, 0.5, 2),
        (4, 0.5, 3),
        (5, 0.5, 3),
        (3, 2 / 3, 2),
        (4, 2 / 3, 3),
        (5, 1, 5),
        (5, 0.8, 4),
    ],
)
def test_more_than_half_and_at_least_the_quorum(answers, quorum, needed):
    assert votes_needed(answers, quorum) == needed


def test_a_majority_needs_its_votes():
    assert majority(["a", "a", "b"], 0.5) == "a"
    assert majority(["a", "a", "b"], 1.0) is None
    assert majority(["a", "b"], 0.5) is None
    assert majority([], 0.5) is None


def _slow(votes, classes, steps):
    """Dawid and Skene 1979 as the paper writes it, with loops, and without beliefs beforehand."""
    said = list(zip(votes.sample, votes.person, votes.label, strict=True))
    samples, people = max(votes.sample) + 1, max(votes.person) + 1
    belief = [[0.0] * classes for _ in range(samples)]
    for i, _, label in said:
        belief[i][label] += 1
    belief = [[value / sum(row) for value in row] for row in belief]
    for _ in range(steps):
        prior = [sum(row[j] for row in belief) / samples for j in range(classes)]
        confusion = _slow_confusion(said, belief, people, classes)
        for i in range(samples):
            row = list(prior)
            for j, (unit, k, label) in itertools.product(range(classes), said):
                row[j] *= confusion[k][j][label] if unit == i else 1.0
            belief[i] = [value / sum(row) for value in row]
    return belief


def _slow_confusion(said, belief, people, classes):
    confusion = [[[0.0] * classes for _ in range(classes)] for _ in range(people)]
    for (i, k, label), j in itertools.product(said, range(classes)):
        confusion[k][j][label] += belief[i][j]
    return [
        [[n / sum(row) if sum(row) else 1 / classes for n in row] for row in person] for person in confusion
    ]


def test_the_fit_is_that_of_the_paper():
    votes, _ = _simulated(np.random.default_rng(3), samples=25, rights=(0.9, 0.7, 0.6), classes=3)
    _, beliefs = dawid_skene(votes, 3, prior_answers=0.0)
    np.testing.assert_allclose(beliefs, _slow(votes, 3, 100), atol=1e-4)
    np.testing.assert_allclose(beliefs.sum(axis=1), 1)


def _simulated(random, *, samples, rights, classes):
    truth = random.integers(0, classes, samples)
    labels = []
    for right in rights:
        wrong = (truth + random.integers(1, classes, samples)) % classes
        labels.append(np.where(random.random(samples) < right, truth, wrong))
    people = len(rights)
    votes = Votes(
        np.tile(np.arange(samples), people), np.repeat(np.arange(people), samples), np.concatenate(labels)
    )
    return votes, truth


def _share_right(votes, truth, classes, *, is_weighted):
    if is_weighted:
        return float((dawid_skene(votes, classes)[1].argmax(axis=1) == truth).mean())
    counts = np.zeros((len(truth), classes))
    np.add.at(counts, (votes.sample, votes.label), 1)
    best = counts == counts.max(axis=1, keepdims=True)
    # A tie is decided by lot: each of the leaders is right with its share.
    return float((best[np.arange(len(truth)), truth] / best.sum(axis=1)).mean())


@pytest.mark.parametrize(("rights", "gain"), [((0.95, 0.6, 0.6), 0.05), ((0.9, 0.85, 0.55, 0.55, 0.5), 0.02)])
def test_weighted_votes_beat_the_majority_where_people_differ(rights, gain):
    gains = []
    for seed in range(10):
        votes, truth = _simulated(np.random.default_rng(seed), samples=400, rights=rights, classes=4)
        weighted = _share_right(votes, truth, 4, is_weighted=True)
        gains.append(weighted - _share_right(votes, truth, 4, is_weighted=False))
    assert np.mean(gains) > gain
    assert min(gains) > 0


def test_weighted_votes_of_two_out_of_five_people_beat_the_majority():
    rights, gains = (0.95, 0.9, 0.6, 0.55, 0.5), []
    for seed in range(10):
        random = np.random.default_rng(seed)
        whole, truth = _simulated(random, samples=600, rights=rights, classes=4)
        asked = np.argsort(random.random((5, 600)), axis=0) < 2
        votes = Votes(*(column[asked.ravel()] for column in (whole.sample, whole.person, whole.label)))
        weighted = _share_right(votes, truth, 4, is_weighted=True)
        gains.append(weighted - _share_right(votes, truth, 4, is_weighted=False))
    assert np.mean(gains) > 0.05
    assert min(gains) > 0


def test_weighted_votes_lose_nothing_where_people_are_alike():
    for seed in range(5):
        votes, truth = _simulated(np.random.default_rng(seed), samples=400, rights=(0.8,) * 3, classes=4)
        weighted = _share_right(votes, truth, 4, is_weighted=True)
        assert weighted > _share_right(votes, truth, 4, is_weighted=False) - 0.02


def test_the_errors_of_each_person_are_found():
    votes, _ = _simulated(np.random.default_rng(8), samples=3000, rights=(0.95, 0.8, 0.6), classes=3)
    fit, _ = dawid_skene(votes, 3)
    found = [float(np.diag(confusion).mean()) for confusion in fit.confusion]
    assert found == pytest.approx([0.95, 0.8, 0.6], abs=0.04)


def test_of_two_who_differ_the_better_one_is_believed_and_of_two_strangers_neither():
    prior = {"cat": 0.5, "dog": 0.5}
    good, poor = np.array([[0.98, 0.02], [0.02, 0.98]]), np.array([[0.6, 0.4], [0.4, 0.6]])
    label, sure = choice_believed([("ann", "dog"), ("ben", "cat")], {"ann": good, "ben": poor}, prior)
    assert label == "dog"
    assert sure == pytest.approx(0.98 * 0.4 / (0.98 * 0.4 + 0.02 * 0.6))
    assert choice_believed([("ann", "dog"), ("ben", "cat")], {}, prior)[1] == pytest.approx(0.5)


def test_a_stranger_is_mostly_right():
    for classes in (1, 2, 7):
        np.testing.assert_allclose(confusion_unknown(classes).sum(axis=1), 1)
    assert confusion_unknown(4)[2, 2] == 0.75
