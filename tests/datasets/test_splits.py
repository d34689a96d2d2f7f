import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from datasets.splits import (
    SPLITS,
    ClassTooSmall,
    NothingToLearn,
    SplitSample,
    SplitSpec,
    TooFewGroups,
    split_assign,
    straddling,
)

fractions = st.sampled_from(
    [(0.8, 0.1, 0.1), (0.7, 0.3, 0.0), (0.6, 0.2, 0.2), (1.0, 0.0, 0.0), (0.5, 0.25, 0.25)]
)
classes = st.lists(st.integers(0, 4), min_size=2, max_size=300)


def samples_of(labels, groups=None):
    return [
        SplitSample(f"{i:064x}", (label,), group=groups[i] if groups else "", time=float(i))
        for i, label in enumerate(labels)
    ]


def spec(strategy, parts, seed=0):
    return SplitSpec(strategy, *parts, seed=seed)


def sizes(splits):
    count = Counter(splits)
    return [count[name] for name in SPLITS]


def usable(labels):
    keep = {label for label, n in Counter(labels).items() if n >= 2}
    return [label for label in labels if label in keep]


@settings(deadline=None)
@given(labels=classes, parts=fractions, seed=st.integers(0, 2**31))
def test_a_stratified_split_keeps_proportions_overall_and_in_each_class(labels, parts, seed):
    labels = usable(labels)
    splits = split_assign(samples_of(labels), spec("stratified", parts, seed))
    strata = len(set(labels))
    for got, fraction in zip(sizes(splits), parts, strict=True):
        assert abs(got - fraction * len(labels)) <= 1 + 0.5 * strata
    for label, total in Counter(labels).items():
        own = sizes([s for s, value in zip(splits, labels, strict=True) if value == label])
        assert own[0] >= 1
        for got, fraction in zip(own, parts, strict=True):
            assert abs(got - fraction * total) < 2


@settings(deadline=None)
@given(
    labels=classes,
    strategy=st.sampled_from(["random", "stratified", "time"]),
    parts=fractions,
    seed=st.integers(0, 99),
)
def test_order_does_not_matter_and_the_seed_does(labels, strategy, parts, seed):
    samples = samples_of(usable(labels))
    one = dict(zip(samples, split_assign(samples, spec(strategy, parts, seed)), strict=True))
    turned = samples[::-1]
    assert one == dict(zip(turned, split_assign(turned, spec(strategy, parts, seed)), strict=True))
    assert set(one.values()) <= {name for name, fraction in zip(SPLITS, parts, strict=True) if fraction > 0}


def test_another_seed_gives_another_split():
    samples = samples_of([i % 3 for i in range(200)])
    assert split_assign(samples, spec("random", (0.8, 0.1, 0.1), 1)) != split_assign(
        samples, spec("random", (0.8, 0.1, 0.1), 2)
    )


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 25)), min_size=40, max_size=200),
    parts=fractions,
    seed=st.integers(0, 99),
)
def test_no_group_crosses_a_split_and_sizes_stay_near(rows, parts, seed):
    rows = [row for row in rows if Counter(r[0] for r in rows)[row[0]] >= 2]
    groups = [f"g{group}" for _, group in rows]
    wanted = sum(fraction > 0 for fraction in parts)
    if len(set(groups)) < wanted:
        return
    samples = samples_of([label for label, _ in rows], groups)
    splits = split_assign(samples, spec("group", parts, seed))
    homes = {}
    for group, split in zip(groups, splits, strict=True):
        assert homes.setdefault(group, split) == split
    assert len(set(splits)) == wanted
    largest = max(Counter(groups).values())
    for got, fraction in zip(sizes(splits), parts, strict=True):
        assert abs(got - fraction * len(rows)) <= 2 * largest + 1
    turned = split_assign(samples[::-1], spec("group", parts, seed))[::-1]
    assert turned == splits


@pytest.mark.parametrize("number", [431, 862, 980, 3204])
def test_splits_that_fill_equally_well_are_chosen_alike_in_any_order(number):
    """Found by the test above: rounding that depended on the order decided between them."""
    chance = random.Random(number)
    rows = [
        (0 if n < 30 else 1 if n < 37 else 2, chance.choice([0, 0, 0, 0, 0, 1, 2, 3, 4])) for n in range(40)
    ]
    samples = samples_of([label for label, _ in rows], [f"g{group}" for _, group in rows])
    wanted = spec("group", (0.7, 0.3, 0.0))
    assert split_assign(samples[::-1], wanted)[::-1] == split_assign(samples, wanted)


def test_a_group_split_is_stratified_where_groups_allow_it():
    labels = [i % 4 for i in range(400)]
    groups = [f"g{i // 4 % 50}-{i % 4}" for i in range(400)]
    splits = split_assign(samples_of(labels, groups), spec("group", (0.6, 0.2, 0.2)))
    for label in range(4):
        own = sizes([s for s, value in zip(splits, labels, strict=True) if value == label])
        assert all(abs(got - share) <= 4 for got, share in zip(own, (60, 20, 20), strict=True))


def test_one_more_sample_moves_few_of_the_others():
    labels = [i % 5 for i in range(500)]
    before = split_assign(samples_of(labels), spec("stratified", (0.8, 0.1, 0.1)))
    after = split_assign(samples_of([*labels, 0]), spec("stratified", (0.8, 0.1, 0.1)))
    assert sum(a != b for a, b in zip(before, after, strict=False)) <= 5


def test_a_class_with_one_sample_is_refused_and_named():
    with pytest.raises(ClassTooSmall) as caught:
        split_assign(samples_of([0, 0, 1]), spec("stratified", (0.8, 0.1, 0.1)))
    assert caught.value.params["classes"] == [1]


def test_too_few_groups_are_refused():
    with pytest.raises(TooFewGroups):
        split_assign(samples_of([0, 0, 0, 0], ["a", "a", "b", "b"]), spec("group", (0.6, 0.2, 0.2)))


def test_given_splits_are_kept_and_the_rest_trains():
    samples = [SplitSample("a", given="test"), SplitSample("b"), SplitSample("c", given="val")]
    assert split_assign(samples, spec("given", (0.8, 0.1, 0.1))) == ["test", "train", "val"]


def test_time_puts_the_newest_last():
    splits = split_assign(samples_of([0] * 10), spec("time", (0.6, 0.2, 0.2)))
    assert splits == ["train"] * 6 + ["val"] * 2 + ["test"] * 2


@pytest.mark.parametrize("parts", [(0.5, 0.1, 0.1), (1.1, -0.1, 0), (0, 0.5, 0.5), (80, 10, 10)])
def test_fractions_must_add_up(parts):
    with pytest.raises(InvalidInput):
        spec("random", parts)


def copied(labels, looks, given=None, groups=None):
    return [
        SplitSample(
            f"{i:064x}",
            (label,),
            group=groups[i] if groups else "",
            given=given[i] if given else "",
            look=looks[i],
        )
        for i, label in enumerate(labels)
    ]


looking = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 60), st.sampled_from(["", "train", "test"])),
    min_size=40,
    max_size=300,
)


@settings(deadline=None)
@given(
    rows=looking,
    strategy=st.sampled_from(["random", "stratified", "group", "time"]),
    parts=fractions,
    seed=st.integers(0, 99),
    lock=st.booleans(),
)
def test_copies_never_straddle_splits_and_a_locked_test_split_keeps_its_samples(
    rows, strategy, parts, seed, lock
):
    # Every other number of a look stands for a picture without a copy.
    rows = [row for row in rows if Counter(label for label, _, _ in rows)[row[0]] > 1]
    looks = [f"look{look}" if look % 2 else "" for _, look, _ in rows]
    samples = copied([label for label, _, _ in rows], looks, [given for _, _, given in rows])
    one = SplitSpec(strategy, *parts, seed=seed, lock_test=lock)
    splits = split_assign(samples, one)
    together = {}
    for sample, split in zip(samples, splits, strict=True):
        assert together.setdefault(sample.look or sample.sha256, split) == split
        if lock and sample.given == "test":
            assert split == "test"
    assert "train" in splits
    again = dict(zip(samples, splits, strict=True))
    assert again == dict(zip(samples[::-1], split_assign(samples[::-1], one), strict=True))


def test_without_copies_nothing_changes_and_copies_may_be_let_apart():
    labels = [i % 3 for i in range(120)]
    for strategy in ("random", "stratified"):
        plain = split_assign(samples_of(labels), spec(strategy, (0.6, 0.2, 0.2)))
        pairs = copied(labels, [str(i // 2) for i in range(120)])
        apart = SplitSpec(strategy, 0.6, 0.2, 0.2, keep_alike=False)
        assert split_assign(pairs, apart) == plain
        assert split_assign(copied(labels, [""] * 120), spec(strategy, (0.6, 0.2, 0.2))) == plain
        assert any(apart_a != apart_b for apart_a, apart_b in zip(plain[::2], plain[1::2], strict=True))


def test_copies_tie_groups_together_and_keep_the_fractions():
    groups = [str(i // 5) for i in range(200)]
    looks = ["bridge" if i in (4, 5) else "" for i in range(200)]
    splits = split_assign(copied([0] * 200, looks, groups=groups), spec("group", (0.6, 0.2, 0.2)))
    assert len(set(splits[:10])) == 1
    pairs = copied([i % 4 for i in range(400)], [str(i // 8) for i in range(400)])
    for strategy in ("random", "stratified", "group"):
        assert sizes(split_assign(pairs, spec(strategy, (0.6, 0.2, 0.2)))) == pytest.approx(
            [240, 80, 80], abs=8
        )


def test_a_large_group_of_copies_goes_to_train_not_to_a_small_test_split():
    looks = ["film" if i < 60 else "" for i in range(200)]
    for strategy in ("random", "stratified"):
        for seed in range(20):
            splits = split_assign(copied([0] * 200, looks), spec(strategy, (0.8, 0.1, 0.1), seed))
            assert splits[0] == "train"
            assert sizes(splits) == [160, 20, 20]


def test_a_test_split_in_which_everything_is_locked_is_refused():
    with pytest.raises(InvalidInput):
        split_assign(copied([0, 0], ["", ""], ["test", "test"]), SplitSpec("random", lock_test=True))


def test_by_time_copies_go_with_the_oldest_of_them_and_what_is_new_is_tested():
    # Every tenth sample is a copy of one of the first ten; the middle of a look decides, its age orders it.
    samples = [
        SplitSample(f"{i:064x}", time=float(i), look=f"look{i // 10}" if i % 10 == 0 and i < 100 else "")
        for i in range(100)
    ]
    samples += [SplitSample(f"{100 + i:064x}", time=100.0 + i, look=f"look{i}") for i in range(10)]
    splits = split_assign(samples, SplitSpec("time", 0.6, 0.2, 0.2))
    homes = {}
    for sample, split in zip(samples, splits, strict=True):
        homes.setdefault(sample.look or sample.sha256, set()).add(split)
    assert all(len(found) == 1 for found in homes.values())
    assert straddling(samples, splits) == (0, 0)
    ages = {}
    for sample in samples:
        name = sample.look or sample.sha256
        ages[name] = min(ages.get(name, sample.time), sample.time)
    order = [SPLITS.index(min(homes[name])) for name in sorted(ages, key=ages.get)]
    assert order == sorted(order)
    assert sizes(splits) == pytest.approx([66, 22, 22], abs=2)
    apart = split_assign(samples, SplitSpec("time", 0.6, 0.2, 0.2, keep_alike=False))
    torn, looks = straddling(samples, apart)
    assert (torn, looks) == (2 * looks, looks)
    assert looks >= 5


@settings(deadline=None)
@given(
    rows=looking,
    strategy=st.sampled_from(["random", "stratified", "group", "time"]),
    parts=fractions,
    seed=st.integers(0, 99),
)
def test_a_kept_test_split_gets_nothing_more_and_nothing_like_it_is_learned(rows, strategy, parts, seed):
    rows = [row for row in rows if Counter(label for label, _, _ in rows)[row[0]] > 1]
    samples = [
        SplitSample(
            f"{i:064x}",
            (label,),
            group=f"g{look % 7}" if look < 40 else "",
            look=f"look{look}" if look % 2 else "",
            held=given == "test",
        )
        for i, (label, look, given) in enumerate(rows)
    ]
    one = SplitSpec(strategy, *parts, seed=seed, test_of="some version")
    names = [
        {f"l{s.look}"} - {"l"} | ({f"g{s.group}"} - {"g"} if strategy == "group" else set()) for s in samples
    ]
    tied = {i for i, sample in enumerate(samples) if sample.held}
    while True:  # The slow oracle: whatever shares a name with what is tied is tied too.
        said = set().union(*(names[i] for i in tied)) if tied else set()
        more = {i for i in range(len(samples)) if names[i] & said} | tied
        if more == tied:
            break
        tied = more
    try:
        splits = split_assign(samples, one)
    except NothingToLearn:
        assert len(tied) == len(samples)
        return
    except TooFewGroups:
        assert strategy == "group"
        return
    for i, (sample, split) in enumerate(zip(samples, splits, strict=True)):
        assert (split == "test") == sample.held
        assert (split == "") == (i in tied and not sample.held)
    assert "train" in splits


def test_a_kept_test_split_is_no_given_and_no_locked_one():
    for more in ({"strategy": "given"}, {"lock_test": True}):
        with pytest.raises(InvalidInput):
            SplitSpec(**{"strategy": "random", "test_of": "v", **more})
