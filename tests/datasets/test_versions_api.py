import hashlib
import io
import json
import os
import uuid
import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import utc_now
from core.jobs import runner
from core.models import Job
from core.services.blobs import blob_read
from datasets.formats.registry import WRITERS
from datasets.formats.writers.base import BOXES, CLASSES
from datasets.models import DatasetVersion, Sample, Shape
from datasets.services.versions import version_materialize
from tests import factories
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture
from tests.datasets.quality.scenes import COPIES, encoded, scene

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i) for i in range(20)}
FOR_BOXES = [key for key, writer in WRITERS.items() if BOXES in writer.tasks]
SPLIT = {"strategy": "stratified", "train": 0.6, "val": 0.2, "test": 0.2, "seed": 7}


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def filled(make_dataset, run_import):
    dataset = make_dataset()
    assert run_import(dataset, FILES).state == "succeeded"
    return dataset


def posted(client, dataset, **body):
    return client.post(
        f"/api/v1/datasets/{dataset.pk}/versions/", {"name": "first", "split": SPLIT, **body}, format="json"
    )


def frozen(client, dataset, **body):
    answer = posted(client, dataset, **body)
    assert answer.status_code == 202, answer.content
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", (job.error_code, job.error_detail)
    return job.result


def exported(client, version, **body):
    answer = client.post(f"/api/v1/versions/{version['id']}/exports/", body, format="json")
    assert answer.status_code == 202, answer.content
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail
    return job.result


def test_a_version_is_frozen_split_and_numbered(client, filled):
    version = frozen(client, filled)
    assert version["counts"] == {"samples": 20, "train": 12, "val": 4, "test": 4, "objects": 0}
    assert {c["name"]: (c["train"], c["val"], c["test"]) for c in version["classes"]} == {
        "cat": (6, 2, 2),
        "dog": (6, 2, 2),
    }
    assert (version["number"], version["seed"]) == (1, 7)
    got = client.get(f"/api/v1/versions/{version['id']}/").json()
    assert got["content_hash"] == version["content_hash"]
    assert frozen(client, filled)["number"] == 2
    assert len(client.get(f"/api/v1/datasets/{filled.pk}/versions/").json()["results"]) == 2


def test_the_same_seed_gives_the_same_version_and_another_seed_another(client, filled):
    one, two = frozen(client, filled), frozen(client, filled)
    other = frozen(client, filled, split={**SPLIT, "seed": 8})
    assert one["manifest_sha256"] == two["manifest_sha256"]
    assert one["content_hash"] == two["content_hash"] != other["content_hash"]


def test_a_version_does_not_change_when_its_samples_do(client, filled):
    version = frozen(client, filled)
    before = blob_read(version["manifest_sha256"])
    Shape.objects.all().delete()
    Sample.objects.update(state="unlabeled")
    assert client.get(f"/api/v1/versions/{version['id']}/").json()["content_hash"] == version["content_hash"]
    assert blob_read(version["manifest_sha256"]) == before
    row = DatasetVersion.objects.get()
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()


def test_zero_labels_are_refused_with_a_remedy(client, make_dataset, run_import):
    dataset = make_dataset()
    empty = posted(client, dataset)
    assert (empty.status_code, empty.json()["params"]["finding"]["remedy"]) == (422, "import_files")
    run_import(dataset, {"1.jpg": picture(1), "2.jpg": picture(2)})
    unlabeled = posted(client, dataset)
    assert (unlabeled.status_code, unlabeled.json()["code"]) == (422, "version_empty")
    assert unlabeled.json()["params"]["finding"]["remedy"] == "label_samples"


def test_a_class_with_one_picture_is_refused_with_a_remedy(client, make_dataset, run_import):
    dataset = make_dataset()
    run_import(dataset, {**FILES, "bird/1.jpg": picture(50)})
    answer = posted(client, dataset)
    assert (answer.status_code, answer.json()["code"]) == (422, "class_too_small")
    assert "bird" in answer.json()["detail"]
    assert answer.json()["params"]["finding"]["remedy"] == "add_samples_or_merge"
    assert frozen(client, dataset, split={**SPLIT, "strategy": "random"})["counts"]["samples"] == 21


def test_a_filter_narrows_a_version(client, filled):
    cat = Sample.objects.filter(name__startswith="cat").first().label_class_id
    assert frozen(client, filled, filter={"label": str(cat)})["counts"]["samples"] == 10
    answer = posted(client, filled, filter={"label": str(uuid.uuid4())})
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert (job.state, job.error_code) == ("failed", "version_empty")
    assert posted(client, filled, filter={"sql": "1"}).status_code == 422


def test_every_state_may_be_asked_for(client, filled):
    assert frozen(client, filled, filter={"state": "all", "split": "all"})["counts"]["samples"] > 0


@pytest.mark.parametrize("said", ["label:cat", {"filter": "label:cat"}])
def test_a_line_of_the_filter_language_narrows_a_version_as_an_object_does(client, filled, said):
    version = frozen(client, filled, filter=said)
    assert (version["counts"]["samples"], version["filter"]) == (10, {"filter": "label:cat"})


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (5, "send a line of the filter language"),
        (["tag:rainy"], "send a line of the filter language"),
        ({"sql": "1"}, "there is no filter 'sql'; there are: label, state"),
        ({"tag": ["a"]}, "tag takes a text"),
        ({"tag": "a\0"}, "tag takes a text"),
        ("x" * 2_001, "at most 2000 characters"),
        ("label:nope", "nope"),
        ("(((", "is missing here"),
    ],
)
def test_a_filter_of_another_kind_is_refused_in_words(client, filled, said, words):
    answer = posted(client, filled, filter=said)
    assert answer.status_code == 422
    assert words in answer.json()["params"]["fields"]["filter"][0]


@pytest.mark.parametrize(
    "split",
    [
        {"train": 0.5, "val": 0.1, "test": 0.1},
        {"strategy": "magic"},
        {"train": 2},
        {"train": 0, "val": 1},
        "x",
    ],
)
def test_a_wrong_split_is_refused(client, filled, split):
    assert posted(client, filled, split=split).status_code == 422


def test_a_group_never_crosses(client, make_dataset, run_import):
    dataset = make_dataset()
    files = {f"{('cat', 'dog')[i // 2 % 2]}/animal{i // 2}_{i % 2}.jpg": picture(i) for i in range(40)}
    run_import(dataset, files, group_by="prefix")
    version = frozen(client, dataset, split={**SPLIT, "strategy": "group"})
    homes = {}
    for line in materialized(version)[1:]:
        assert homes.setdefault(line["group"], line["split"]) == line["split"]
    assert len(homes) == 20
    assert Counter(homes.values()) == {"train": 12, "val": 4, "test": 4}


def materialized(version, folder=None):
    import tempfile

    with tempfile.TemporaryDirectory() as own:
        path = version_materialize(uuid.UUID(version["id"]), Path(folder or own))
        return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_trainer_reads_every_byte_without_a_database(client, filled):
    header, *lines = materialized(frozen(client, filled))
    assert header["format"] == "studio-manifest/1"
    names = {row["index"]: row["name"] for row in header["classes"]}
    assert [line["id"] for line in lines] == sorted(line["id"] for line in lines)
    for line in lines:
        with open(line["path"], "rb") as file:  # noqa: PTH123
            content = os.pread(file.fileno(), line["length"], line["offset"])
        assert content == FILES[line["name"]]
        assert names[line["label"]] == line["name"].split("/")[0]


def recounted(new, old):
    """The balance by counting the lines of both manifests."""
    counted = []
    for version in (new, old):
        header, *lines = materialized(version)
        names = {row["index"]: row["id"] for row in header["classes"]}
        counted.append(
            Counter((names[line["label"]], part) for line in lines for part in ("all", line["split"]))
        )
        counted.append(Counter(part for line in lines for part in ("all", line["split"])))
    after, samples_after, before, samples_before = counted
    return [
        {
            **{name: row[name] for name in ("id", "name", "name_zh")},
            "change": "",
            **{
                part: {
                    "before": before[row["id"], part],
                    "after": after[row["id"], part],
                    "before_share": round(before[row["id"], part] / samples_before[part], 6),
                    "after_share": round(after[row["id"], part] / samples_after[part], 6),
                }
                for part in ("all", "train", "val", "test")
            },
        }
        for row in new["classes"]
    ]


def test_a_diff_names_what_changed(client, filled, run_import):
    old = frozen(client, filled)
    run_import(filled, {"cat/new.jpg": picture(77)}, format="folder_per_class")
    moved = Sample.objects.get(name="cat/00.jpg")
    dog = Sample.objects.get(name="dog/01.jpg").label_class_id
    shape = {"id": str(uuid.uuid4()), "kind": "class", "label": str(dog)}
    client.put(f"/api/v1/samples/{moved.pk}/annotation/", {"revision": 1, "shapes": [shape]}, format="json")
    new = frozen(client, filled)
    body = client.get(f"/api/v1/versions/{new['id']}/diff/?against={old['id']}").json()
    assert (body["counts"]["added"], body["counts"]["removed"], body["counts"]["relabeled"]) == (1, 0, 1)
    assert body["samples"]["added"][0]["name"] == "cat/new.jpg"
    (relabeled,) = body["samples"]["relabeled"]
    assert (relabeled["was"]["label"], relabeled["label"]) == ("cat", "dog")
    assert relabeled["was"]["split"] == relabeled["split"] or body["counts"]["moved"]
    assert body["samples"]["added"][0]["was"] is None
    assert body["balance"] == recounted(new, old)
    back = client.get(f"/api/v1/versions/{old['id']}/diff/?against={new['id']}").json()
    assert (back["counts"]["added"], back["counts"]["removed"]) == (0, 1)
    assert client.get(f"/api/v1/versions/{old['id']}/diff/?against=x").status_code == 422
    assert client.get(f"/api/v1/versions/{old['id']}/diff/?against={uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("format", [key for key, writer in WRITERS.items() if CLASSES in writer.tasks])
def test_an_export_imports_again_without_loss(client, filled, make_dataset, run_import, format):
    version = frozen(client, filled)
    result = exported(client, version, format=format)
    answer = client.get(result["download_url"])
    content = answer.getvalue()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (result["bytes"], result["sha256"])
    assert answer["Content-Disposition"].startswith("attachment")
    again = make_dataset(name="again")
    assert run_import(again, content).result["annotated"] == 20
    rows = lambda dataset: {  # noqa: E731
        (s.sha256, s.label_class.name)
        for s in Sample.objects.filter(dataset=dataset).select_related("label_class")
    }
    assert rows(again) == rows(filled)
    twin = frozen(client, again, split={"strategy": "given", "train": 1})
    assert twin["content_hash"] == version["content_hash"]


def test_an_export_without_media_has_none(client, filled):
    result = exported(client, frozen(client, filled), format="coco", include_media=False)
    names = zipfile.ZipFile(io.BytesIO(client.get(result["download_url"]).getvalue())).namelist()
    assert names
    assert all(name.endswith(".json") for name in names)


def test_a_download_asks_for_the_right_at_that_moment(client, filled, client_for, members):
    result = exported(client, frozen(client, filled), format="coco")
    assert client_for(factories.user_make()).get(result["download_url"]).status_code == 404
    assert client_for(members["annotator"]).get(result["download_url"]).status_code == 403
    assert client_for(None).get(result["download_url"]).status_code == 401
    assert client_for(members["viewer"]).get(result["download_url"]).status_code == 200


def test_an_unknown_format_is_refused(client, filled):
    version = frozen(client, filled)
    answer = client.post(f"/api/v1/versions/{version['id']}/exports/", {"format": "doc"}, format="json")
    assert (answer.status_code, answer.json()["params"]["known"]) == (422, list(WRITERS))


def test_a_format_that_would_lose_the_labels_is_refused_and_says_which_would_not(client, filled):
    version = frozen(client, filled)
    answer = client.post(f"/api/v1/versions/{version['id']}/exports/", {"format": "yolo"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "format_unfit")
    listed = client.get("/api/v1/dataset-formats/").json()
    fit = {row["key"] for row in listed if "image_classification" in row["export_tasks"]}
    assert set(answer.json()["params"]["known"]) == fit
    assert "yolo" in {row["key"] for row in listed if row["imports"] and row["exports"]}


class Killed(BaseException):
    """As by kill -9."""


@pytest.mark.parametrize("point", ["version.after-blob", "version.before-finish"])
def test_a_version_killed_anywhere_is_made_once(client, filled, monkeypatch, point):
    answer = posted(client, filled)
    job = Job.objects.get(pk=answer.json()["job"]["id"])

    def die(name):
        if name == point:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("datasets.services.version_keep.fault", die)
        with pytest.raises(Killed):
            runner.run(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until=utc_now() - timedelta(seconds=1))
    assert worked(job).state == "succeeded"
    assert DatasetVersion.objects.count() == 1


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    boxes=st.lists(
        st.tuples(st.floats(0, 20), st.floats(0, 20), st.floats(0.5, 40), st.floats(0.5, 25)),
        min_size=2,
        max_size=4,
    )
)
def test_boxes_survive_store_version_and_export(client, make_dataset, run_import, boxes):
    name = uuid.uuid4().hex
    document = {
        "images": [{"id": i, "file_name": f"{i}.jpg", "width": 64, "height": 48} for i in range(4)],
        "annotations": [
            {"id": n, "image_id": n % 4, "category_id": 1, "bbox": list(box)}
            for n, box in enumerate(boxes * 4)
        ],
        "categories": [{"id": 1, "name": "cat"}],
    }
    dataset = make_dataset("object_detection", name=name)
    files = {f"{i}.jpg": picture(i) for i in range(4)} | {"coco.json": json.dumps(document).encode()}
    run_import(dataset, files)
    version = frozen(client, dataset, split={"train": 0.5, "val": 0.5})
    rows = lambda d: sorted(  # noqa: E731
        Shape.objects.filter(dataset=d).values_list("sample__sha256", "position", "x", "y", "w", "h")
    )
    assert len(rows(dataset)) == 4 * len(boxes)
    for format in FOR_BOXES:
        result = exported(client, version, format=format)
        again = make_dataset("object_detection", name=name + format)
        job = run_import(again, client.get(result["download_url"]).getvalue())
        assert (job.result["format"], job.result["problems"]) == (format, {})
        for one, two in zip(rows(dataset), rows(again), strict=True):
            assert one[:2] == two[:2]
            assert one[2:] == pytest.approx(two[2:], abs=1e-3)


@pytest.mark.parametrize("strategy", ["random", "stratified", "group"])
def test_planted_copies_never_straddle_the_splits_of_a_version(client, make_dataset, run_import, strategy):
    rng = np.random.default_rng(0)
    kinds = list(COPIES.values())
    files = {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": encoded(scene(i)) for i in range(30)}
    files |= {
        f"{('cat', 'dog')[i % 2]}/{i:02}-copy.jpg": kinds[i % len(kinds)](scene(i), rng) for i in range(20)
    }
    files |= {
        f"test/{('cat', 'dog')[i % 2]}/{i:02}-test.jpg": encoded(scene(i), quality=55) for i in range(4)
    }
    dataset = make_dataset()
    run_import(dataset, files)
    Sample.objects.filter(dataset=dataset, name__endswith="-test.jpg").update(split="test")

    def homes(**split):
        version = frozen(client, dataset, split={**SPLIT, "strategy": strategy, **split})
        found = {}
        for line in materialized(version)[1:]:
            found.setdefault(line["name"].rsplit("/", 1)[-1][:2], set()).add(line["split"])
        return version, found

    for seed in range(3):
        version, found = homes(seed=seed, lock_test=True)
        assert len(found) == 30
        assert all(len(splits) == 1 for splits in found.values())
        assert all(found[f"{i:02}"] == {"test"} for i in range(4))
        assert min(version["counts"][name] for name in ("train", "val", "test")) >= 6
    assert any(len(splits) > 1 for splits in homes(keep_alike=False)[1].values())
