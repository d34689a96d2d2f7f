"""What several people say together about a choice. Pure: numpy."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 100
TOLERANCE = 1e-6
# What is believed of a person before they have answered anything: four answers, three of them right. Without it
# whoever answered twice and was right twice would never be wrong.
PRIOR_ANSWERS, PRIOR_RIGHT = 4.0, 0.75


def votes_needed(answers: int, quorum: float) -> int:
    """How many of `answers` must say the same: more than half, and at least the share `quorum` (0 to 1)."""
    return max(answers // 2 + 1, math.ceil(quorum * answers - 1e-9))


def majority(votes: Sequence[str], quorum: float) -> str | None:
    """The choice that enough people made; None when there is none."""
    for choice, count in Counter(votes).most_common(1):
        return choice if count >= votes_needed(len(votes), quorum) else None
    return None


@dataclass(frozen=True, slots=True)
class Votes:
    """Choices as three columns of equal length: sample, person, class, each an index from 0."""

    sample: NDArray[np.int64]
    person: NDArray[np.int64]
    label: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fit:
    """What people are believed to do: `confusion` (people, true class, said class), `prior` (classes)."""

    confusion: Floats
    prior: Floats


def dawid_skene(votes: Votes, classes: int, *, prior_answers: float = PRIOR_ANSWERS) -> tuple[Fit, Floats]:
    """Each person's errors and each sample's class at once, by expectation and maximization.

    Dawid and Skene 1979, Applied Statistics 28(1), eqs. 2.3-2.5, begun with the shares of votes; `prior_answers`
    0 gives the paper's estimates. Answers the fit and the beliefs (samples, classes), rows summing to 1.
    O(steps x votes x classes) time, O(samples x classes) memory.
    """
    samples = int(votes.sample.max(initial=-1)) + 1
    beliefs = np.zeros((samples, classes))
    np.add.at(beliefs, (votes.sample, votes.label), 1.0)
    beliefs /= np.maximum(beliefs.sum(axis=1, keepdims=True), 1.0)
    for _ in range(STEPS):
        fit = _maximized(votes, beliefs, prior_answers)
        before, beliefs = beliefs, believed(votes, fit)
        if np.abs(beliefs - before).max(initial=0.0) < TOLERANCE:
            break
    return _maximized(votes, beliefs, prior_answers), beliefs


def believed(votes: Votes, fit: Fit) -> Floats:
    """(samples, classes): how likely each class is, given who said what (eq. 2.5)."""
    samples = int(votes.sample.max(initial=-1)) + 1
    with np.errstate(divide="ignore"):
        logs, prior = np.log(fit.confusion), np.log(fit.prior)
    total = np.tile(prior, (samples, 1))
    np.add.at(total, votes.sample, logs[votes.person, :, votes.label])
    top = total.max(axis=1, keepdims=True)
    share = np.exp(total - np.where(np.isfinite(top), top, 0.0))
    found: Floats = share / share.sum(axis=1, keepdims=True)
    return found


def confusion_unknown(classes: int) -> Floats:
    """(classes, classes): what is believed of a person who has not been seen yet."""
    wrong = (1 - PRIOR_RIGHT) / max(classes - 1, 1)
    return np.where(np.eye(classes, dtype=bool), PRIOR_RIGHT if classes > 1 else 1.0, wrong)


def choice_believed(
    votes: Sequence[tuple[str, str]], people: Mapping[str, Floats], prior: Mapping[str, float]
) -> tuple[str, float]:
    """The likeliest class of one sample from (person, class) votes, and how likely it is, 0 to 1.

    `people` holds the confusion (classes, classes) of those who are known, in the order of `prior`.
    """
    names = list(prior)
    place = {name: index for index, name in enumerate(names)}
    unknown = confusion_unknown(len(names))
    confusion = np.stack([people.get(person, unknown) for person, _ in votes])
    said = Votes(
        np.zeros(len(votes), np.int64), np.arange(len(votes)), np.array([place[label] for _, label in votes])
    )
    beliefs = believed(said, Fit(confusion, np.array(list(prior.values()))))[0]
    best = int(beliefs.argmax())
    return names[best], float(beliefs[best])


def _maximized(votes: Votes, beliefs: Floats, prior_answers: float) -> Fit:
    classes = beliefs.shape[1]
    people = int(votes.person.max(initial=-1)) + 1
    confusion = np.tile(confusion_unknown(classes) * prior_answers, (people, 1, 1))
    # The axis of the true class is summed for each (person, said class); then both last axes change places.
    said = np.zeros((people, classes, classes))
    np.add.at(said, (votes.person, votes.label), beliefs[votes.sample])
    confusion += said.transpose(0, 2, 1)
    total = confusion.sum(axis=2, keepdims=True)
    confusion = np.divide(confusion, total, out=np.full_like(confusion, 1 / classes), where=total > 0)
    prior = beliefs.sum(axis=0) + prior_answers / classes
    return Fit(confusion, prior / prior.sum())
