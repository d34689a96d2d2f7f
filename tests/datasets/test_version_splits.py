"""Where a version puts copies, and what it does with the test split of another."""

import json
import random

import pytest

from core.models import Job
from datasets.models import DatasetVersion, Sample
from datasets.services import quality_scan
from datasets.services.versions import version_opened
from tests.datasets.conftest import worked
from tests.datasets.quality.test_texts import prose
from tests.datasets.test_texts import make_texts, send  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db(transaction=True)
SPLIT = {"train": 0.6, "val": 0.2, "test": 0.2}


def change(text, i):
    """A text that says nearly the same."""
    return (text.upper(), text[: int(0.9 * len(text))], text + " The end.", "Well, " + text)[i % 4]


def rows_of(number, *, start=0):
    r = random.Random(start)
    return [
        {"name": f"{i:03}", "text": prose(r, r.randint(30, 60)), "label": "ab"[i % 2]}
        for i in range(start, start + number)
    ]


def copies_of(rows, split=None):
    made = [
        {**row, "name": f"{row['name']}-copy", "text": change(row["text"], i)} for i, row in enumerate(rows)
    ]
    return [{**row, "split": split} if split else row for row in made]


@pytest.fixture
def api(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def texts(make_texts, send):  # noqa: F811
    """A data set of texts by the rows to import first."""

    def make(rows, name="texts"):
        dataset = make_texts(name=name)
        more(dataset, rows)
        return dataset

    def more(dataset, rows):
        result = send(dataset, {"t.jsonl": "\n".join(map(json.dumps, rows))}).result
        assert (result["created"], result["problems"]) == (len(rows), {})

    make.more = more
    return make


def posted(api, dataset, **split):
    body = {"name": "", "split": {**SPLIT, **split}, "filter": {"state": "all"}}
    return api.post(f"/api/v1/datasets/{dataset.pk}/versions/", body, format="json")


def frozen(api, dataset, **split):
    answer = posted(api, dataset, **split)
    assert answer.status_code == 202, answer.content
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", (job.error_code, job.error_detail)
    return job.result


def homes_of(version):
    """Name -> split."""
    with version_opened(DatasetVersion.objects.get(pk=version["id"])) as (_, samples):
        return {sample.name.removesuffix(".txt"): sample.split for sample in samples}


def warnings_of(version):
    return {row["code"]: row["count"] for row in version["warnings"]}


@pytest.mark.parametrize("strategy", ["random", "stratified", "group", "time"])
def test_texts_that_say_nearly_the_same_never_straddle_splits(api, texts, strategy):
    rows = rows_of(40)
    dataset = texts([*rows, *copies_of(rows[:20])])
    for seed in range(3):
        homes = homes_of(frozen(api, dataset, strategy=strategy, seed=seed))
        assert len(homes) == 60
        assert all(homes[f"{i:03}"] == homes[f"{i:03}-copy"] for i in range(20))
        assert set(homes.values()) == {"train", "val", "test"}
    apart = homes_of(frozen(api, dataset, strategy=strategy, keep_alike=False))
    assert any(apart[f"{i:03}"] != apart[f"{i:03}-copy"] for i in range(20))


def test_a_split_by_time_takes_copies_to_the_oldest_of_them(api, texts):
    dataset = texts(rows_of(30))
    texts.more(dataset, [*rows_of(10, start=30), *copies_of(rows_of(30)[:5])])
    homes = homes_of(frozen(api, dataset, strategy="time"))
    assert all(homes[f"{i:03}"] == homes[f"{i:03}-copy"] for i in range(5))
    assert {homes[f"{i:03}"] for i in range(30, 40)} <= {"val", "test"}


def test_a_given_split_stays_and_copies_across_it_are_counted(api, texts):
    rows = [{**row, "split": ("train", "test")[i % 4 == 0]} for i, row in enumerate(rows_of(20))]
    dataset = texts([*rows, *copies_of(rows[:3], split="test")])
    version = frozen(api, dataset, strategy="given")
    assert homes_of(version)["001"] == "train"
    assert homes_of(version)["001-copy"] == "test"
    assert warnings_of(version)["same_looking_across_splits"] == 4
    dealt = frozen(api, dataset, strategy="random")
    assert "same_looking_across_splits" not in warnings_of(dealt)


@pytest.mark.parametrize("strategy", ["random", "stratified", "time"])
def test_the_test_split_of_a_version_is_kept_and_nothing_like_it_is_learned(api, texts, strategy):
    dataset = texts(rows_of(40))
    first = frozen(api, dataset, strategy="stratified", seed=1)
    tested = {name for name, split in homes_of(first).items() if split == "test"}
    rows = rows_of(40)
    near = [row for row in rows if row["name"] in tested][:3]
    texts.more(dataset, [*rows_of(30, start=40), *copies_of(near)])
    second = frozen(api, dataset, strategy=strategy, seed=9, test_of=first["id"])
    homes = homes_of(second)
    assert {name for name, split in homes.items() if split == "test"} == tested
    assert second["split"]["test_of"] == first["id"]
    assert len(homes) == 70
    assert not {f"{row['name']}-copy" for row in near} & set(homes)
    assert warnings_of(second)["left_out_near_test"] == 3
    assert second["counts"]["val"] > 0


def test_what_the_kept_test_split_lacks_is_counted_and_a_sample_imported_again_is_known(api, texts):
    dataset = texts(rows_of(40))
    first = frozen(api, dataset, strategy="random")
    tested = sorted(name for name, split in homes_of(first).items() if split == "test")
    Sample.objects.filter(dataset=dataset, name__startswith=tested[0]).delete()
    Sample.objects.filter(dataset=dataset, name__startswith=tested[1]).delete()
    texts.more(dataset, [row for row in rows_of(40) if row["name"] == tested[1]])
    second = frozen(api, dataset, strategy="random", test_of=first["id"])
    assert sorted(n for n, split in homes_of(second).items() if split == "test") == tested[1:]
    assert warnings_of(second)["test_missing"] == 1


def test_a_test_split_that_cannot_be_kept_is_refused(api, texts):
    dataset, other = texts(rows_of(10)), texts(rows_of(10, start=50), name="others")
    untested = frozen(api, dataset, strategy="random", train=1, val=0, test=0)
    elsewhere = frozen(api, other, strategy="random")
    for wanted in (untested["id"], elsewhere["id"]):
        answer = posted(api, dataset, strategy="random", test_of=wanted)
        assert (answer.status_code, answer.json()["code"]) == (422, "no_test_to_keep")
    assert posted(api, dataset, strategy="random", test_of="nothing").status_code == 422
    assert posted(api, dataset, strategy="given", test_of=elsewhere["id"]).status_code == 422


def test_a_check_of_other_modalities_is_not_asked_of_texts(api, texts, monkeypatch):
    """The groups of a version are those that the checks name."""
    monkeypatch.setattr(quality_scan, "look_alikes", None)
    rows = rows_of(10)
    assert frozen(api, texts([*rows, *copies_of(rows[:2])]), strategy="random")["counts"]["samples"] == 12
