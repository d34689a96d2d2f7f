"""Which sample goes where: seeded, and the same for the same content in any order. Pure.

A sample's place in the draw is the hash of the seed and its content hash, so neither ids nor the order of
import change a split, and one more sample moves only few of the others.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Final, Literal, get_args

from core.errors import InvalidInput

Strategy = Literal["random", "stratified", "group", "time", "given"]
STRATEGIES: Final = get_args(Strategy)
SPLITS: Final = ("train", "val", "test")


class ClassTooSmall(InvalidInput):
    """A class with a single sample cannot be in two splits; `params` say which."""

    code = "class_too_small"


class TooFewGroups(InvalidInput):
    """Fewer groups than splits that must get one."""

    code = "too_few_groups"


@dataclass(frozen=True, slots=True)
class SplitSample:
    """What a split depends on. `labels` are the classes of the sample, none for an unlabeled one."""

    sha256: str
    labels: tuple[int, ...] = ()
    group: str = ""
    time: float = 0.0
    given: str = ""


@dataclass(frozen=True, slots=True)
class SplitSpec:
    """Fractions in [0, 1] that add up to 1, and the seed of the draw."""

    strategy: Strategy = "stratified"
    train: float = 0.8
    val: float = 0.1
    test: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.strategy not in STRATEGIES:
            raise InvalidInput("unknown strategy", field="split", known=list(STRATEGIES))
        if min(self.fractions) < 0 or abs(sum(self.fractions) - 1) > 1e-6:
            raise InvalidInput("train, val and test must be fractions that add up to 1", field="split")
        if self.train <= 0:
            raise InvalidInput("train needs a share above zero", field="split")

    @property
    def fractions(self) -> tuple[float, float, float]:
        """In the order of SPLITS."""
        return self.train, self.val, self.test

    @property
    def wanted(self) -> int:
        """How many splits are to get samples."""
        return sum(fraction > 0 for fraction in self.fractions)


def split_assign(samples: Sequence[SplitSample], spec: SplitSpec) -> list[str]:
    """The split of each sample, in the order given.

    Raises ClassTooSmall (stratified, group) and TooFewGroups (group).
    """
    keys = [_draw_key(spec.seed, sample.sha256) for sample in samples]
    if spec.strategy == "given":
        return [sample.given or "train" for sample in samples]
    if spec.strategy == "random":
        order = sorted(range(len(samples)), key=keys.__getitem__)
        return _dealt(order, spec.fractions, len(samples))
    if spec.strategy == "time":
        order = sorted(range(len(samples)), key=lambda i: (samples[i].time, keys[i]))
        return _dealt(order, spec.fractions, len(samples))
    if spec.wanted > 1:
        _check_classes(samples)
    if spec.strategy == "group":
        return _grouped(samples, keys, spec)
    return _stratified(samples, keys, spec)


def _draw_key(seed: int, sha256: str) -> bytes:
    return hashlib.blake2b(f"{seed}:{sha256}".encode(), digest_size=16).digest()


def _check_classes(samples: Sequence[SplitSample]) -> None:
    sizes: dict[int, int] = defaultdict(int)
    for sample in samples:
        for label in set(sample.labels):
            sizes[label] += 1
    small = sorted(label for label, size in sizes.items() if size < 2)
    if small:
        raise ClassTooSmall(
            "one sample cannot be in two splits; add samples, merge the class, or split at random",
            classes=small,
        )


def _sizes(total: int, fractions: Sequence[float]) -> list[int]:
    """Whole numbers that add up to `total`, by largest remainder (ties to the earlier split)."""
    exact = [total * fraction for fraction in fractions]
    sizes = [int(value + 1e-9) for value in exact]
    by_remainder = sorted(range(len(sizes)), key=lambda i: (sizes[i] - exact[i], i))
    for i in by_remainder[: total - sum(sizes)]:
        sizes[i] += 1
    return sizes


def _dealt(order: Sequence[int], fractions: Sequence[float], count: int) -> list[str]:
    splits = [""] * count
    at = 0
    for name, size in zip(SPLITS, _sizes(count, fractions), strict=True):
        for i in order[at : at + size]:
            splits[i] = name
        at += size
    return splits


def _stratified(samples: Sequence[SplitSample], keys: Sequence[bytes], spec: SplitSpec) -> list[str]:
    """Each stratum is dealt by itself; what rounding takes from a split in one it gets back in the next.

    The stratum of a sample with several classes is its rarest class (iterative stratification, first order:
    Sechidis et al. 2011, section 3).
    """
    strata = _strata(samples)
    splits = [""] * len(samples)
    owed = [0.0, 0.0, 0.0]
    for _, members in sorted(strata.items(), key=lambda item: (len(item[1]), item[0])):
        order = sorted(members, key=keys.__getitem__)
        sizes = _sizes_owed(len(order), spec.fractions, owed)
        at = 0
        for name, size in zip(SPLITS, sizes, strict=True):
            for i in order[at : at + size]:
                splits[i] = name
            at += size
    return splits


def _sizes_owed(total: int, fractions: Sequence[float], owed: list[float]) -> list[int]:
    """As `_sizes`, but rounding favors the split that is most in arrears; train never goes empty."""
    exact = [total * fraction for fraction in fractions]
    sizes = [int(value + 1e-9) for value in exact]
    arrears = [exact[i] - sizes[i] + owed[i] for i in range(3)]
    for _ in range(total - sum(sizes)):
        i = max((i for i in range(3) if fractions[i] > 0), key=lambda i: (arrears[i], -i))
        sizes[i] += 1
        arrears[i] -= 1
    if sizes[0] == 0 and total:
        donor = max((1, 2), key=lambda i: sizes[i])
        sizes[0], sizes[donor] = 1, sizes[donor] - 1
        arrears[0], arrears[donor] = arrears[0] - 1, arrears[donor] + 1
    owed[:] = arrears
    return sizes


def _strata(samples: Sequence[SplitSample]) -> Mapping[int, list[int]]:
    sizes: dict[int, int] = defaultdict(int)
    for sample in samples:
        for label in set(sample.labels):
            sizes[label] += 1
    strata: dict[int, list[int]] = defaultdict(list)
    for i, sample in enumerate(samples):
        strata[min(sample.labels, key=lambda label: (sizes[label], label), default=-1)].append(i)
    return strata


def _grouped(samples: Sequence[SplitSample], keys: Sequence[bytes], spec: SplitSpec) -> list[str]:
    """Whole groups, large ones first, each to the split that misses its classes most.

    A sample without a group is a group of its own. Every split that wants samples gets a group.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for i, sample in enumerate(samples):
        groups[f"g{sample.group}" if sample.group else f"s{sample.sha256}"].append(i)
    wanted = [i for i in range(3) if spec.fractions[i] > 0]
    if 0 < len(groups) < len(wanted):
        raise TooFewGroups("there are fewer groups than splits", groups=len(groups), splits=len(wanted))
    totals = _histogram(samples, range(len(samples)))
    missing = [{label: total * fraction for label, total in totals.items()} for fraction in spec.fractions]
    ordered = sorted(groups.values(), key=lambda members: (-len(members), min(keys[i] for i in members)))
    splits = [""] * len(samples)
    untouched = set(wanted)
    for left, members in zip(range(len(ordered), 0, -1), ordered, strict=True):
        histogram = _histogram(samples, members)
        choices = sorted(untouched) if left <= len(untouched) else wanted
        i = max(choices, key=lambda i: (_gain(histogram, missing[i], totals), -i))
        untouched.discard(i)
        for label, count in histogram.items():
            missing[i][label] -= count
        for member in members:
            splits[member] = SPLITS[i]
    return splits


_ALL: Final = -2


def _histogram(samples: Sequence[SplitSample], members: Sequence[int]) -> dict[int, int]:
    histogram: dict[int, int] = defaultdict(int)
    for i in members:
        histogram[_ALL] += 1
        for label in set(samples[i].labels):
            histogram[label] += 1
    return histogram


def _gain(histogram: Mapping[int, int], missing: Mapping[int, float], totals: Mapping[int, int]) -> float:
    """How well the group fills what is missing; the size of a split weighs as much as all its classes.

    The sum is exact, since a rounding that depends on the order of the samples would decide between equals.
    """
    weights = {label: 2.0 if label == _ALL else 1.0 for label in histogram}
    return fsum(weights[label] * count * missing[label] / totals[label] for label, count in histogram.items())
