"""Linear heads on frozen features: logistic regression, and discriminant analysis with a shrunk covariance.

Sources: Bishop, Pattern Recognition and Machine Learning (2006), eq. 4.104-4.109, by L-BFGS with an L2 penalty
on the weights: one evaluation costs O(n d k) for n rows, d columns and k classes. Hastie, Tibshirani and
Friedman, The Elements of Statistical Learning (2009), section 4.3: O(n d^2 + d^3). scikit-learn is the tests'
oracle of both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as fn

MAX_ITERATIONS: Final = 300
TEMPERATURES: Final = np.geomspace(0.05, 200, 101)
PENALTIES: Final = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0)
MIDDLE: Final = 1e-2
SHRINKAGES: Final = (0.98, 0.95, 0.9, 0.8, 0.6, 0.3)


@dataclass(frozen=True, slots=True)
class LinearHead:
    """`weight` (k, d) and `bias` (k,), float64."""

    weight: Tensor
    bias: Tensor

    def logits(self, features: Tensor) -> Tensor:
        """(n, d) -> (n, k)."""
        return fn.linear(features.to(self.weight), self.weight, self.bias)

    def over(self, temperature: float) -> "LinearHead":
        """All logits divided by it."""
        return LinearHead(self.weight / temperature, self.bias / temperature)


@dataclass(frozen=True, slots=True)
class Choice:
    """One tried head and how it was made; on what was kept aside, its mean log loss and that mean's error."""

    how: str
    log_loss: float
    error: float
    head: LinearHead


def fit_linear(
    features: Tensor, labels: Tensor, classes: int, c: float, start: LinearHead | None = None
) -> LinearHead:
    """Minimize mean cross-entropy + |W|^2 / (2 c n); the features are centered first, the bias is free."""
    x = features.to(torch.float64)
    mean = x.mean(0)
    x = x - mean
    weight = torch.zeros(classes, x.shape[1], dtype=torch.float64)
    bias = torch.zeros(classes, dtype=torch.float64)
    if start is not None:
        weight, bias = start.weight.clone(), start.bias + start.weight @ mean
    weight.requires_grad_(True)
    bias.requires_grad_(True)
    optimizer = torch.optim.LBFGS(
        [weight, bias], max_iter=MAX_ITERATIONS, tolerance_grad=1e-6, line_search_fn="strong_wolfe"
    )
    penalty = 1 / (2 * c * len(x))

    def closure() -> float:
        optimizer.zero_grad()
        loss = fn.cross_entropy(fn.linear(x, weight, bias), labels) + penalty * weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach())

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    final = weight.detach()
    return LinearHead(final, bias.detach() - final @ mean)


def fit_discriminant(features: Tensor, labels: Tensor, classes: int, shrinkage: float) -> LinearHead:
    """Linear discriminant analysis, the covariance within classes drawn towards a multiple of the identity.

    Directions in which pictures of one class differ, such as their backgrounds, count less. With much shrinkage
    it is nearest to the class means, which suits few individuals a class. `shrinkage` is above 0, at most 1;
    every class has a sample.
    """
    x = features.to(torch.float64)
    members = fn.one_hot(labels, classes).to(torch.float64)
    shares = members.mean(0)
    means = (members / members.sum(0)).T @ x
    rest = x - means[labels]
    covariance = rest.T @ rest / len(x)
    spread = covariance.diagonal().mean().clamp_min(torch.finfo(torch.float32).eps)
    even = spread * torch.eye(len(covariance), dtype=torch.float64)
    weight = torch.linalg.solve((1 - shrinkage) * covariance + shrinkage * even, means.T).T
    return LinearHead(weight, shares.log() - 0.5 * (weight * means).sum(1))


def best_temperature(logits: Tensor, labels: Tensor, smoothing: float | None = None) -> tuple[float, float]:
    """The least log loss and the number to divide the logits by for it (Guo et al. 2017, section 4.2).

    The targets are smoothed, by default as by Platt (1999, equation 12): a few samples that are all right are
    no proof of certainty.
    """
    doubt = 1 / (len(labels) + 2) if smoothing is None else smoothing
    losses = [float(fn.cross_entropy(logits / float(t), labels, label_smoothing=doubt)) for t in TEMPERATURES]
    log_loss, temperature = min(zip(losses, TEMPERATURES, strict=True))
    return log_loss, float(temperature)


def choose_linear(train: tuple[Tensor, Tensor], aside: tuple[Tensor, Tensor], classes: int) -> Choice:
    """The simplest head whose log loss on `aside` is within one standard error of the least.

    Of heads that `aside` cannot tell apart the simpler one errs less on what neither has seen (Hastie et al.,
    section 7.10). Each is judged at its best temperature, which is in the head returned: else a weak penalty
    would win for being certain, not for being right (Guo et al. 2017). With nothing aside: logistic regression
    with a middling penalty.
    """
    if not len(aside[1]):
        return Choice(f"logistic, C {MIDDLE:g}", float("nan"), 0.0, fit_linear(*train, classes, MIDDLE))
    choices = [_judged(how, head, aside) for how, head in _heads(train, classes)]
    best = min(choices, key=lambda choice: choice.log_loss)
    return next(choice for choice in choices if choice.log_loss <= best.log_loss + best.error)


def _heads(train: tuple[Tensor, Tensor], classes: int) -> Iterator[tuple[str, LinearHead]]:
    """From the simplest on; how pictures of a class differ is not known from one of each."""
    features, labels = train
    if int(torch.bincount(labels, minlength=classes).min()) > 0 and len(labels) > classes:
        for shrinkage in SHRINKAGES:
            yield (
                f"discriminant, shrinkage {shrinkage:g}",
                fit_discriminant(features, labels, classes, shrinkage),
            )
    head: LinearHead | None = None
    for c in PENALTIES:
        head = fit_linear(*train, classes, c, head)
        yield f"logistic, C {c:g}", head


def _judged(how: str, head: LinearHead, aside: tuple[Tensor, Tensor]) -> Choice:
    features, labels = aside
    log_loss, temperature = best_temperature(head.logits(features), labels)
    cooled = head.over(temperature)
    losses = fn.cross_entropy(cooled.logits(features), labels, reduction="none")
    error = float(losses.std(correction=0)) / len(labels) ** 0.5
    return Choice(how, log_loss, error, cooled)
