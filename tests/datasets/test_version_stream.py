"""Freezing reads the data set as a stream: what is split and written is what a list of everything would give."""

import tracemalloc
import uuid
from datetime import UTC, datetime

import pytest

from datasets.manifest import ManifestObject, ManifestSample
from datasets.models import Dataset
from datasets.selectors import version_rows as rows_module
from datasets.selectors.version_rows import VersionRow, version_rows
from datasets.services.version_spool import Draws, spool_opened
from datasets.splits import SplitSample, SplitSpec, split_assign
from tests.datasets.pictures import picture
from tests.datasets.test_versions_api import frozen

LABELS = ((), (0,), (1,), (0, 2))


def row_of(number):
    sample = ManifestSample(
        id=str(uuid.UUID(int=number)),
        sha256=f"{number * 7919:064x}",
        name=f"{number}.jpg",
        media_type="image/jpeg",
        width=320,
        height=240,
        split=("", "train", "val", "test")[number % 4],
        group=("", "a", "b", "c")[number % 3],
        objects=tuple(ManifestObject(k, (1.0, 2.0, 3.5, 4.0)) for k in LABELS[number % 4]),
    )
    return VersionRow(sample, LABELS[number % 4], datetime.fromtimestamp(1_000 + number, UTC))


def drawn(row, look=""):
    return SplitSample(
        row.sample.sha256, row.labels, row.sample.group, row.imported_at.timestamp(), row.sample.split, look
    )


@pytest.mark.parametrize("strategy", ["random", "stratified", "group", "time", "given"])
def test_arrays_hold_what_a_split_depends_on(strategy):
    rows = [row_of(number) for number in range(60)]
    draws = Draws()
    for row in rows:
        draws.add(row)
    draws.looks = {3: "x", 17: "x", 40: "x"}
    plain = [drawn(row, draws.looks.get(place, "")) for place, row in enumerate(rows)]
    assert list(draws) == plain
    assert draws[5:9] == plain[5:9]
    spec = SplitSpec(strategy=strategy, seed=3, lock_test=strategy != "given")
    assert split_assign(draws, spec) == split_assign(plain, spec)
    wanted = {uuid.UUID(int=4).bytes, uuid.UUID(int=999).bytes}
    assert list(draws.places(wanted)) == [(uuid.UUID(int=4).bytes, 4)]


def test_a_sample_costs_some_bytes_of_memory_and_comes_back_whole(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with spool_opened() as spool:
        spool.fill((row_of(number) for number in range(100)), lambda: None)
        tracemalloc.start()
        spool.fill((row_of(number) for number in range(100, 5_100)), lambda: None)
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert kept / 5_000 < 150
        samples = list(spool.samples(["val"] * 5_100))
    assert [sample.objects for sample in samples[:8]] == [
        row_of(number).sample.objects for number in range(8)
    ]
    assert {sample.split for sample in samples} == {"val"}


@pytest.mark.django_db(transaction=True)
def test_a_version_read_in_small_parts_is_the_version_read_at_once(
    members, client_for, make_dataset, run_import, monkeypatch, django_assert_num_queries
):
    dataset = make_dataset()
    run_import(dataset, {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i) for i in range(12)})
    client = client_for(members["modeler"])
    whole = frozen(client, dataset)
    monkeypatch.setattr(rows_module, "_CHUNK", 5)
    parts = frozen(client, dataset)
    assert parts["content_hash"] == whole["content_hash"]
    assert parts["manifest_sha256"] == whole["manifest_sha256"]
    monkeypatch.setattr(rows_module, "_CHUNK", 6)
    with django_assert_num_queries(9):
        rows = list(version_rows(Dataset.objects.get(pk=dataset.pk), {}))
    assert [row.sample.id for row in rows] == sorted(row.sample.id for row in rows)
