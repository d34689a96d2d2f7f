"""Random histories of two data sets, merged as an oracle of dictionaries says; and what a chunk of them costs."""

import random

import pytest

from datasets.models import LabelClass, Merge, Sample
from tests.datasets.merging import (
    EVERY,
    GIVEN,
    assert_no_drift,
    branched,
    class_added,
    labeled,
    looked,
    merged,
)
from tests.datasets.pictures import picture
from tests.datasets.test_bulk_edits_api import edited, undone
from tests.datasets.test_version_restore import state_of
from tests.datasets.test_versions_api import frozen

pytestmark = pytest.mark.django_db(transaction=True)


FILES = {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i) for i in range(8)}


@pytest.fixture
def filled(make_dataset, run_import):
    dataset = make_dataset()
    assert run_import(dataset, FILES).state == "succeeded"
    return dataset


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


ABSENT = "absent"
POOL = {f"{i:02}.jpg": picture(200 + i) for i in range(9)}


def expected(base, here, there, policy, removals):
    """Three-way merge of one sample, as one would say it."""
    if there == base:
        return here
    if there == ABSENT and not removals:
        return here
    if here == base:
        return there
    if here == there:
        return here
    if base == ABSENT and here == "":
        return there
    if base == ABSENT and there == "":
        return here
    return there if policy == "theirs" else here


def seen(dataset):
    """Content -> the name of its class, "" without."""
    names = {str(row.pk): row.name for row in LabelClass.objects.filter(dataset=dataset)}
    rows = Sample.objects.filter(dataset=dataset).values_list("sha256", "labels")
    return {sha256: names[labels[0]] if labels else "" for sha256, labels in rows}


def known(dataset):
    """Its state without classes that were removed: those that a merge made are, when it is taken back."""
    labels, totals, classes = state_of(dataset)
    return labels, totals, [row for row in classes if row[2]]


def lived(rng, client, dataset, run_import, steps=4):
    for _ in range(steps):
        samples = list(Sample.objects.filter(dataset=dataset).order_by("name"))
        what = rng.choice(["label", "label", "label", "clear", "delete", "import", "class"])
        if what == "import" or not samples:
            run_import(dataset, dict(rng.sample(sorted(POOL.items()), 2)))
            continue
        names = list(dataset.classes.filter(deleted_at__isnull=True).values_list("name", flat=True))
        if what == "class" and (new := sorted({"bird", "fish"} - set(names))):
            names = [rng.choice(new)]
            class_added(client, dataset, names[0])
        sample = rng.choice(samples)
        if what == "delete" and len(samples) > 3:
            edited(client, dataset, action="delete", ids=[str(sample.pk)])
        else:
            labeled(client, dataset, sample, "" if what == "clear" else rng.choice(names))


@pytest.mark.parametrize("seed", range(12))
def test_random_histories_merge_as_an_oracle_of_dictionaries_says(seed, client, make_dataset, run_import):
    rng = random.Random(seed)
    main = make_dataset(classes=[{"name": "cat"}, {"name": "dog"}])
    run_import(main, dict(list(POOL.items())[:5]))
    lived(rng, client, main, run_import)
    base = seen(main)
    branch = branched(client, frozen(client, main, **EVERY))
    assert seen(branch) == base
    source, target = branch, main
    for _ in range(3):
        lived(rng, client, source, run_import)
        lived(rng, client, target, run_import)
        policy, removals = rng.choice(["ours", "theirs"]), rng.random() < 0.5
        version = frozen(client, source, **EVERY)
        there, here = seen(source), seen(target)
        before = known(target)
        wanted = {
            key: value
            for key in base.keys() | here.keys() | there.keys()
            if (value := expected(*(side.get(key, ABSENT) for side in (base, here, there)), policy, removals))
            != ABSENT
        }
        result = merged(client, target, version, policy, removals=removals)
        assert seen(target) == wanted
        assert result.get("unseen", 0) == 0
        assert_no_drift()
        if rng.random() < 0.4:
            undone(client, result)
            assert known(target) == before
            assert_no_drift()
            continue
        base = there
        if rng.random() < 0.6:
            source, target = target, source


def test_a_chunk_costs_the_same_statements_whatever_its_size(client, filled, django_assert_max_num_queries):
    from datasets.models import DatasetVersion
    from datasets.services.merge_plan import Merging, classes_of_merge, frozen_of, plan_theirs
    from datasets.services.merge_shelf import shelf_opened
    from datasets.services.versions import version_opened

    base = frozen(client, filled, split=GIVEN)
    branch = branched(client, base)
    version = frozen(client, branch, split=GIVEN)
    merge = Merge.objects.get(pk=looked(client, filled, version)["id"])
    source = DatasetVersion.objects.get(pk=version["id"])
    with shelf_opened() as shelf, version_opened(source) as (_, samples):
        rows = list(samples)
        shelf.fill(iter(rows), lambda: None)
        merging = Merging(
            merge,
            frozen_of(source, merge.dataset),
            frozen_of(merge.base, merge.dataset),
            classes_of_merge(merge, merge.mapping),
            shelf,
        )
        for count in (1, 8):
            with django_assert_max_num_queries(2):
                chunk = plan_theirs(merging, rows[:count], lock=False)
            assert chunk.counts()["same"] == count
