"""Splits of tables that are not all dealt anew: given ones, a locked test split, the test split of a version."""

from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from datasets.services.imports import ImportOptions, import_submit_files
from tests.datasets.conftest import worked
from tests.datasets.tables.test_table_versions import api, freeze, make_table, splits_of  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "who,size,when,use,target\n"


def lines(numbers, use=lambda i: ("Training", "dev", "test", "")[i % 4], who=40):
    return "".join(
        f"p{i % who},{i},2024-{1 + i % 12:02d}-{1 + i % 28:02d},{use(i)},{'abc'[i % 3]}\n" for i in numbers
    )


def more(project, dataset, text):
    files = [SimpleUploadedFile("more.csv", (HEAD + text).encode())]
    job = worked(
        import_submit_files(actor=project.created_by, dataset=dataset, files=files, options=ImportOptions())
    )
    assert job.state == "succeeded", job.error_detail


def warnings_of(version):
    return {row["code"]: row["count"] for row in version.warnings}


def test_a_given_split_is_that_of_its_column_and_equal_rows_across_it_are_counted(api, make_table):  # noqa: F811
    text = (
        lines(range(100)) + "px,1.5,2024-01-01,train,a\npx,1.5,2024-01-01,test,a\npx,1.5,2024-01-01,测试,a\n"
    )
    version = freeze(api, make_table("given", HEAD + text), "given", split_column="3")
    assert [split for _, split in splits_of(version, "c0")][:4] == ["train", "val", "test", "train"]
    assert version.counts == {"samples": 103, "train": 51, "val": 25, "test": 27, "objects": 0}
    assert warnings_of(version) == {"same_looking_across_splits": 3}


@pytest.mark.parametrize("strategy", ["random", "stratified", "group", "time"])
def test_a_locked_test_split_keeps_its_rows_with_their_copies_and_is_filled_up(api, make_table, strategy):  # noqa: F811
    # Ten rows are test already; two others say the same as the first of them.
    text = lines(range(400), lambda i: "test" if i < 10 else "", who=400) + lines(
        [0, 0], lambda i: "", who=400
    )
    dataset = make_table("locked", HEAD + text)
    column = {"group": {"split_column": "0"}, "time": {"split_column": "2"}}.get(strategy, {})
    version = freeze(api, dataset, strategy, lock_test=True, test_column="3", **column)
    found = splits_of(version, "c1")
    assert all(split == "test" for size, split in found if size < 10)
    assert len([size for size, _ in found if size == 0]) == 3
    assert version.counts["test"] == pytest.approx(0.15 * 402, abs=7)
    assert version.counts["train"] == pytest.approx(0.7 * 402, abs=7)
    apart = freeze(api, dataset, strategy, lock_test=True, test_column="3", keep_alike=False, **column)
    if strategy != "group":
        assert Counter(split for size, split in splits_of(apart, "c1") if size == 0)["test"] >= 1
    assert all(split == "test" for size, split in splits_of(apart, "c1") if 0 < size < 10)


@pytest.mark.parametrize("strategy", ["random", "stratified"])
def test_equal_rows_may_be_let_apart_and_their_order_decides_nothing(api, make_table, strategy):  # noqa: F811
    rows = lines(range(60), who=60).splitlines(keepends=True) * 7
    one, two = (make_table(name, HEAD + "".join(some)) for name, some in (("one", rows), ("two", rows[::-1])))
    apart = freeze(api, one, strategy, keep_alike=False)
    places = {}
    for size, split in splits_of(apart, "c1"):
        places.setdefault(size, set()).add(split)
    assert sum(len(found) > 1 for found in places.values()) > 20
    assert freeze(api, two, strategy, keep_alike=False).content_hash == apart.content_hash
    assert freeze(api, one, strategy).content_hash != apart.content_hash


@pytest.mark.parametrize("strategy", ["random", "stratified", "group", "time"])
def test_the_test_rows_of_a_version_are_kept_and_nothing_like_them_is_learned(
    project,
    api,  # noqa: F811
    make_table,  # noqa: F811
    strategy,
):
    dataset = make_table("kept", HEAD + lines(range(200), who=200) + lines([5, 5], who=200))
    first = freeze(api, dataset, "random", seed=3)
    tested = Counter(size for size, split in splits_of(first, "c1") if split == "test")
    again = sorted(tested)[:4]
    groups = {f"p{int(size)}" for size in tested}
    more(project, dataset, lines(range(200, 300), who=300) + lines(map(int, again), who=200))
    same_group = f"{sorted(groups)[0]},999,2024-05-05,,a\n"
    more(project, dataset, same_group)
    column = {"group": {"split_column": "0"}, "time": {"split_column": "2"}}.get(strategy, {})
    second = freeze(api, dataset, strategy, seed=8, test_of=str(first.pk), **column)
    found = splits_of(second, "c1")
    assert Counter(size for size, split in found if split == "test") == tested
    assert not set(tested) & {size for size, split in found if split != "test"}
    assert (999 in {size for size, _ in found}) == (strategy != "group")
    lost = 4 + (strategy == "group")
    assert warnings_of(second)["left_out_near_test"] == lost
    assert second.counts["samples"] == 202 + 100 + 5 - lost
    assert second.counts["val"] > 0
    assert not {"rows_left_out", "test_missing"} & set(warnings_of(second))


def test_test_rows_that_are_gone_are_counted_and_columns_may_have_changed(project, api, make_table):  # noqa: F811
    dataset = make_table("gone", HEAD + lines(range(100), who=100))
    first = freeze(api, dataset, "random", seed=3)
    tested = [size for size, split in splits_of(first, "c1") if split == "test"]
    more_head = HEAD.replace("who", "who,extra")
    files = [SimpleUploadedFile("more.csv", (more_head + "p9,x,500,2024-01-01,,a\n").encode())]
    worked(
        import_submit_files(actor=project.created_by, dataset=dataset, files=files, options=ImportOptions())
    )
    rows = f'[{{"column": 1, "op": "ne", "value": "{tested[0]}"}}]'
    second = freeze(api, dataset, "random", test_of=str(first.pk), rows=rows)
    assert sorted(size for size, split in splits_of(second, "c1") if split == "test") == sorted(tested[1:])
    assert warnings_of(second)["test_missing"] == 1


def test_what_a_table_cannot_lock_or_keep_is_refused_at_once(api, make_table):  # noqa: F811
    dataset = make_table("refused", HEAD + lines(range(20)))

    def refused(strategy="random", **split):
        body = {"name": "", "split": {"strategy": strategy, "train": 0.8, "test": 0.2, **split}, "filter": {}}
        answer = api.post(f"/api/v1/datasets/{dataset.pk}/versions/", body, format="json")
        return answer.status_code, answer.json()["code"]

    assert refused(lock_test=True) == (422, "split_impossible")
    assert refused("given") == (422, "split_impossible")
    assert refused(test_of=str(dataset.pk)) == (422, "no_test_to_keep")
