"""Which sample goes where: seeded, and the same for the same content in any order. Pure.

A sample's place in the draw is the hash of the seed and its content hash, so neither ids nor the order of
import change a split, and one more sample moves only few of the others. What is dealt are units: samples that
look alike, or are of one group, go to one split together.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from types import MappingProxyType
from typing import Final, Literal, get_args

from core.errors import InvalidInput

Strategy = Literal["random", "stratified", "group", "time", "given"]
STRATEGIES: Final = get_args(Strategy)
SPLITS: Final = ("train", "val", "test")
# The strategies that keep copies together when asked to: all that decide themselves.
KEEPING: Final = frozenset({"random", "stratified", "group", "time"})


class ClassTooSmall(InvalidInput):
    """A class with a single sample cannot be in two splits; `params` say which."""

    code = "class_too_small"


class NothingToLearn(InvalidInput):
    """Every sample is in the locked test split."""

    code = "all_locked"


class TooFewGroups(InvalidInput):
    """Fewer groups than splits that must get one."""

    code = "too_few_groups"


@dataclass(frozen=True, slots=True)
class SplitSample:
    """What a split depends on. `labels` are the classes of the sample, none for an unlabeled one.

    Samples of one `look` are copies of one another, "" for one without a copy. `held` are the test samples of the
    version whose test split is kept.
    """

    sha256: str
    labels: tuple[int, ...] = ()
    group: str = ""
    time: float = 0.0
    given: str = ""
    look: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True)
class SplitSpec:
    """Fractions in [0, 1] that add up to 1, and the seed of the draw.

    `keep_alike` keeps copies in one split, by time in that of the oldest of them; a given split is never changed.
    `lock_test` leaves what was given to the test split there, with its copies, and fills the split up to its
    fraction if it can. `test_of` is the id of a version whose test split is kept as it is: the rest is dealt to
    train and val, and what would stay with a test sample, as its copy or of its group, is left out.
    """

    strategy: Strategy = "stratified"
    train: float = 0.8
    val: float = 0.1
    test: float = 0.1
    seed: int = 0
    keep_alike: bool = True
    lock_test: bool = False
    test_of: str = ""

    def __post_init__(self) -> None:
        if self.strategy not in STRATEGIES:
            raise InvalidInput("unknown strategy", field="split", known=list(STRATEGIES))
        if min(self.fractions) < 0 or abs(sum(self.fractions) - 1) > 1e-6:
            raise InvalidInput("train, val and test must be fractions that add up to 1", field="split")
        if self.train <= 0:
            raise InvalidInput("train needs a share above zero", field="split")
        if self.test_of and (self.strategy == "given" or self.lock_test):
            raise InvalidInput(
                "keep the test split of a version, or that which was given, not both", field="split"
            )

    @property
    def fractions(self) -> tuple[float, float, float]:
        """In the order of SPLITS."""
        return self.train, self.val, self.test

    @property
    def is_locking(self) -> bool:
        """Whether the test split has samples before anything is dealt."""
        return self.lock_test or bool(self.test_of)

    @property
    def wanted(self) -> int:
        """How many splits are to get samples."""
        return sum(fraction > 0 for fraction in self.fractions)


def split_assign(samples: Sequence[SplitSample], spec: SplitSpec) -> list[str]:
    """The split of each sample, in the order given; "" for one that is left out, which `test_of` alone does.

    Raises ClassTooSmall (stratified, group), TooFewGroups (group) and NothingToLearn (locked test split).
    """
    if spec.strategy == "given":
        return [sample.given or "train" for sample in samples]
    if spec.strategy in ("stratified", "group") and spec.wanted > 1:
        _check_classes(samples)
    keys = [_draw_key(spec.seed, sample.sha256) for sample in samples]
    units = _units(samples, keys, spec)
    splits = [""] * len(samples)
    free, fractions = units, spec.fractions
    if spec.is_locking:
        splits = ["" if spec.test_of and not sample.held else "test" for sample in samples]
        free = [unit for unit in units if not any(_is_locked(samples[i], spec) for i in unit.members)]
        left = _count(free)
        fractions = fractions_left(spec.fractions, len(samples), left, is_kept=bool(spec.test_of))
        if samples and not left:
            raise NothingToLearn("every sample is in the locked test split; add some to learn from")
    for name, members in _DEALERS[spec.strategy](samples, free, fractions):
        for i in members:
            splits[i] = name
    return splits


def straddling(samples: Sequence[SplitSample], splits: Sequence[str]) -> tuple[int, int]:
    """How many samples have a copy in another split, and of how many looks they are."""
    members: dict[str, list[int]] = defaultdict(list)
    for i, sample in enumerate(samples):
        if sample.look and splits[i]:
            members[sample.look].append(i)
    torn = [rows for rows in members.values() if len({splits[i] for i in rows}) > 1]
    return sum(len(rows) for rows in torn), len(torn)


def _is_locked(sample: SplitSample, spec: SplitSpec) -> bool:
    return sample.held if spec.test_of else sample.given == "test"


@dataclass(frozen=True, slots=True)
class _Unit:
    """Samples that stay together, and their place in the draw."""

    key: bytes
    members: tuple[int, ...]


_Dealt = Iterator[tuple[str, tuple[int, ...]]]


def _units(samples: Sequence[SplitSample], keys: Sequence[bytes], spec: SplitSpec) -> list[_Unit]:
    """In the order of the draw."""
    names: dict[int, list[str]] = {}
    for i, sample in enumerate(samples):
        own: list[str] = []
        if sample.look and spec.keep_alike and spec.strategy in KEEPING:
            own.append(f"l{sample.look}")
        if sample.group and spec.strategy == "group":
            own.append(f"g{sample.group}")
        if own:
            names[i] = own
    root_of: dict[str, str] = {}

    def root(name: str) -> str:
        while root_of.setdefault(name, name) != name:
            root_of[name] = name = root_of[root_of[name]]
        return name

    for first, second in (pair for pair in names.values() if len(pair) == 2):
        root_of[root(first)] = root(second)
    units: dict[str, list[int]] = defaultdict(list)
    for i, own in names.items():
        units[root(own[0])].append(i)
    made = [_Unit(min(keys[i] for i in members), tuple(members)) for members in units.values()]
    made += [_Unit(key, (i,)) for i, key in enumerate(keys) if i not in names]
    return sorted(made, key=lambda unit: unit.key)


def fractions_left(
    fractions: tuple[float, float, float], total: int, left: int, *, is_kept: bool
) -> tuple[float, float, float]:
    """For the `left` samples that are not locked, so that the whole has the fractions asked for, as far as it can.

    A test split that `is_kept` gets nothing more.
    """
    train, val, test = fractions
    still = 0.0 if is_kept else max(0.0, test * total - (total - left)) / max(left, 1)
    learned = (1 - still) / (train + val)
    return train * learned, val * learned, still


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


def _at_random(
    samples: Sequence[SplitSample], units: Sequence[_Unit], fractions: tuple[float, float, float]
) -> _Dealt:
    yield from _dealt(units, _sizes(_count(units), fractions))


def _in_time(
    samples: Sequence[SplitSample], units: Sequence[_Unit], fractions: tuple[float, float, float]
) -> _Dealt:
    """Copies go with the oldest of them: a copy of what was known before says nothing of what came later."""
    order = sorted(units, key=lambda unit: (min(samples[i].time for i in unit.members), unit.key))
    yield from _dealt_in_order(order, _sizes(_count(units), fractions))


def _count(units: Sequence[_Unit]) -> int:
    return sum(len(unit.members) for unit in units)


def _dealt(units: Sequence[_Unit], sizes: Sequence[int]) -> _Dealt:
    """Each unit to the split in which its middle falls; the first to train, and large ones before all others.

    A group of copies larger than half of the smallest split would burst it.
    """
    most = min((size for size in sizes if size > 0), default=0) / 2
    yield from _dealt_in_order(
        sorted(units, key=lambda unit: len(unit.members) == 1 or len(unit.members) <= most), sizes
    )


def _dealt_in_order(units: Sequence[_Unit], sizes: Sequence[int]) -> _Dealt:
    ends = [sizes[0], sizes[0] + sizes[1], sum(sizes)]
    at = 0
    for unit in units:
        middle = at + len(unit.members) / 2
        place = next(i for i in range(3) if middle <= ends[i] or i == 2)
        yield SPLITS[0 if at == 0 and sizes[0] else place], unit.members
        at += len(unit.members)


def _stratified(
    samples: Sequence[SplitSample], units: Sequence[_Unit], fractions: tuple[float, float, float]
) -> _Dealt:
    """Each stratum is dealt by itself; what rounding takes from a split in one it gets back in the next.

    The stratum of a unit with several classes is its rarest class (iterative stratification, first order:
    Sechidis et al. 2011, section 3).
    """
    owed = [0.0, 0.0, 0.0]
    for _, members in sorted(_strata(samples, units).items(), key=lambda item: (_count(item[1]), item[0])):
        sizes = _sizes_owed(_count(members), fractions, owed)
        for name, dealt in _dealt(members, sizes):
            sizes[SPLITS.index(name)] -= len(dealt)
            yield name, dealt
        for i, short in enumerate(sizes):
            owed[i] += short


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


def _strata(samples: Sequence[SplitSample], units: Sequence[_Unit]) -> Mapping[int, list[_Unit]]:
    sizes: dict[int, int] = defaultdict(int)
    for unit in units:
        for i in unit.members:
            for label in set(samples[i].labels):
                sizes[label] += 1
    strata: dict[int, list[_Unit]] = defaultdict(list)
    for unit in units:
        labels = {label for i in unit.members for label in samples[i].labels}
        strata[min(labels, key=lambda label: (sizes[label], label), default=-1)].append(unit)
    return strata


def _grouped(
    samples: Sequence[SplitSample], units: Sequence[_Unit], fractions: tuple[float, float, float]
) -> _Dealt:
    """Whole units, large ones first, each to the split that misses its classes most.

    Every split that wants samples gets one.
    """
    wanted = [i for i in range(3) if fractions[i] > 0]
    if 0 < len(units) < len(wanted):
        raise TooFewGroups("there are fewer groups than splits", groups=len(units), splits=len(wanted))
    totals = _histogram(samples, [i for unit in units for i in unit.members])
    missing = [{label: total * fraction for label, total in totals.items()} for fraction in fractions]
    ordered = sorted(units, key=lambda unit: (-len(unit.members), unit.key))
    untouched = set(wanted)
    for left, unit in zip(range(len(ordered), 0, -1), ordered, strict=True):
        histogram = _histogram(samples, unit.members)
        choices = sorted(untouched) if left <= len(untouched) else wanted
        i = max(choices, key=lambda i: (_gain(histogram, missing[i], totals), -i))
        untouched.discard(i)
        for label, count in histogram.items():
            missing[i][label] -= count
        yield SPLITS[i], unit.members


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


_DEALERS: Final = MappingProxyType(
    {"random": _at_random, "stratified": _stratified, "group": _grouped, "time": _in_time}
)
