"""Multinomial logistic regression on frozen features, full batch, by L-BFGS.

Source: Bishop, Pattern Recognition and Machine Learning (2006), eq. 4.104-4.109, with an L2 penalty on the
weights. One evaluation costs O(n d k) for n rows, d columns and k classes; scikit-learn is the tests' oracle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as fn

MAX_ITERATIONS: Final = 300
TEMPERATURES: Final = np.geomspace(0.05, 5, 61)


@dataclass(frozen=True, slots=True)
class LinearHead:
    """`weight` (k, d) and `bias` (k,), float64."""

    weight: Tensor
    bias: Tensor

    def logits(self, features: Tensor) -> Tensor:
        """(n, d) -> (n, k)."""
        return fn.linear(features.to(self.weight), self.weight, self.bias)


@dataclass(frozen=True, slots=True)
class Choice:
    """One tried penalty and the mean log loss on the samples kept aside."""

    c: float
    log_loss: float
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


def best_temperature(logits: Tensor, labels: Tensor) -> tuple[float, float]:
    """The least log loss and the number to divide the logits by for it (Guo et al. 2017, section 4.2).

    The targets are smoothed as by Platt (1999, equation 12): a few samples that are all right are no
    proof of certainty.
    """
    doubt = 1 / (len(labels) + 2)
    losses = [float(fn.cross_entropy(logits / float(t), labels, label_smoothing=doubt)) for t in TEMPERATURES]
    log_loss, temperature = min(zip(losses, TEMPERATURES, strict=True))
    return log_loss, float(temperature)


def choose_linear(
    train: tuple[Tensor, Tensor], aside: tuple[Tensor, Tensor], classes: int, grid: Sequence[float]
) -> Choice:
    """The penalty of `grid` with the least log loss on `aside` at its best temperature, that temperature in it.

    Without the temperature a weak penalty would win for being certain, not for being right (Guo et al.,
    On Calibration of Modern Neural Networks, 2017). With nothing aside: the middle of the grid, as it is.
    """
    if not len(aside[1]):
        middle = sorted(grid)[len(grid) // 2]
        return Choice(middle, float("nan"), fit_linear(*train, classes, middle))
    choices = []
    head: LinearHead | None = None
    for c in sorted(grid):
        head = fit_linear(*train, classes, c, head)
        logits = head.logits(aside[0])
        log_loss, temperature = best_temperature(logits, aside[1])
        cooled = LinearHead(head.weight / temperature, head.bias / temperature)
        choices.append(Choice(c, log_loss, cooled))
    return min(choices, key=lambda choice: choice.log_loss)
