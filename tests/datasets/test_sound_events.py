"""Regions of recordings, from files and the API to frozen versions and back."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from datasets.models import DatasetVersion, LabelClass, Sample, Shape
from datasets.selectors.counters import drift_of
from datasets.services import datasets as dataset_services
from datasets.services.versions import version_opened
from tests.datasets.merging import EVERY, assert_no_drift, at, branched, merged
from tests.datasets.sounds import wav
from tests.datasets.test_audio import make_sounds, send  # noqa: F401  fixtures
from tests.datasets.test_augmented_versions import augmented, posted, rows
from tests.datasets.test_bulk_edits_api import edited, undone
from tests.datasets.test_class_moves import moving
from tests.datasets.test_version_restore import GIVEN, restored
from tests.datasets.test_versions_api import exported, frozen

pytestmark = pytest.mark.django_db(transaction=True)

LINES = [
    {"path": "1.wav", "regions": [
        {"start": 0.1, "end": 0.2, "label": "dog", "attributes": {"transcript": "woof, 汪"}},
        {"start": 0, "end": 0.3, "label": "rain"},
        {"start": 0, "end": 0.3, "label": "rain"},
    ]},
    {"path": "2.wav", "regions": []},
    {"path": "3.wav", "regions": [{"start": 0.2, "end": 0.5, "label": "dog"}]},
    {"path": "4.wav", "regions": [{"start": 0.25, "end": 0.33, "label": "dog"}]},
]  # fmt: skip


def files(rows=LINES):
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    return {f"{i}.wav": wav(i, 0.3) for i in range(1, 5)} | {"all.jsonl": lines}


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def make_events(project):
    def make(name="events"):
        return dataset_services.dataset_create(
            actor=project.created_by, project=project, name=name, modality="audio", task="audio_events"
        )

    return make


@pytest.fixture
def events(make_events, send):  # noqa: F811
    dataset = make_events()
    job = send(dataset, files())
    assert job.state == "succeeded", job.error_detail
    return dataset, job.result


def said(dataset):
    """Name of the sample, of the class, ends, attributes."""
    rows = Shape.objects.filter(dataset=dataset).select_related("label_class", "sample")
    return sorted(
        (
            row.sample.name,
            row.label_class.name,
            row.geometry["start"],
            row.geometry["end"],
            json.dumps(row.geometry.get("attributes", {}), ensure_ascii=False),
        )
        for row in rows
    )


WANTED = [
    ("1.wav", "dog", 0.1, 0.2, '{"transcript": "woof, 汪"}'),
    ("1.wav", "rain", 0.0, 0.3, "{}"),
    # What a tool rounded beyond the end is cut off.
    ("4.wav", "dog", 0.25, 0.3, "{}"),
]


def test_regions_come_in_once_each_and_those_outside_are_told(events):
    dataset, result = events
    assert (result["created"], result["problems"]) == (4, {"region_invalid": 1})
    assert said(dataset) == WANTED
    states = dict(Sample.objects.values_list("name", "state"))
    assert states == dict.fromkeys(("1.wav", "2.wav", "4.wav"), "labeled") | {"3.wav": "unlabeled"}
    assert drift_of(dataset.pk) == {}


def test_labels_of_the_other_kind_are_left_out(make_events, make_sounds, send):  # noqa: F811
    rows = [
        {"path": "1.wav", "label": "dog"},
        {"path": "2.wav", "label": "dog", "regions": LINES[3]["regions"]},
    ]
    assert send(make_events(), files(rows)).result["problems"] == {"labels_left_out": 2}
    dataset = make_sounds()
    assert send(dataset, files(rows)).result["problems"] == {"labels_left_out": 1}
    assert {shape.kind for shape in Shape.objects.filter(dataset=dataset)} == {"class"}


def test_segments_of_transcripts_are_no_problems_where_there_is_no_place_for_regions(make_sounds, send):  # noqa: F811
    spoken = [{"start": 0, "end": 0.1, "text": "hello"}, {"start": 0.1, "end": 0.2, "text": "there"}]
    rows = [
        {"path": "1.wav", "label": "dog", "segments": spoken},
        {"path": "2.wav", "label": "dog", "segments": [*spoken, {"start": 0, "end": 0.1, "label": "rain"}]},
        {"path": "3.wav", "label": "cat", "segments": []},
    ]
    dataset = make_sounds()
    result = send(dataset, files(rows)).result
    assert (result["format"], result["problems"]) == ("jsonl", {"labels_left_out": 1})
    assert (result["annotated"], result["classes"]) == (3, ["cat", "dog"])
    assert set(LabelClass.objects.filter(dataset=dataset).values_list("name", flat=True)) == {"cat", "dog"}


def test_a_region_is_saved_and_a_wrong_one_is_refused(client, events):
    dataset, _ = events
    sample = Sample.objects.get(name="3.wav", dataset=dataset)
    label = str(LabelClass.objects.get(dataset=dataset, name="dog").pk)

    def put(*ends, kind="region", revision=1):
        shapes = [
            {"id": str(uuid.uuid4()), "kind": kind, "label": label, "start": start, "end": end}
            for start, end in ends
        ]
        body = {"revision": revision, "shapes": shapes}
        return client.put(f"/api/v1/samples/{sample.pk}/annotation/", body, format="json")

    saved = put((0, 0.12345), (0.1, 0.3), revision=0)
    assert saved.status_code == 200, saved.content
    assert [(s["kind"], s["start"], s["end"]) for s in saved.json()["shapes"]] == [
        ("region", 0.0, 0.123),
        ("region", 0.1, 0.3),
    ]
    for wrong in [[(0, 0.301)], [(0.1, 0.1)], [(0.2, 0.1)], [(0, 0.1), (0, 0.1001)]]:
        answer = put(*wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), wrong
    assert put((0, 1), kind="span").status_code == 422
    assert put((0, 0.1), kind="class").status_code == 422
    assert drift_of(dataset.pk) == {}


def test_a_version_carries_regions_and_brings_them_back(client, events):
    dataset, _ = events
    first = frozen(client, dataset, split=GIVEN)
    with version_opened(DatasetVersion.objects.get(pk=first["id"])) as (header, samples):
        found = {one.name: [(r.start, r.end, r.attributes) for r in one.regions] for one in samples}
    assert (header.task, header.counts["objects"]) == ("audio_events", 3)
    assert found["1.wav"] == [(0.0, 0.3, ()), (0.1, 0.2, (("transcript", "woof, 汪"),))]
    sample = Sample.objects.get(name="1.wav", dataset=dataset)
    shapes = client.get(f"/api/v1/samples/{sample.pk}/").json()["annotation"]["shapes"]
    moved = [{**shape, "end": shape["end"] - 0.05} for shape in shapes]
    body = {"revision": 1, "shapes": moved}
    assert client.put(f"/api/v1/samples/{sample.pk}/annotation/", body, format="json").status_code == 200
    second = frozen(client, dataset, split=GIVEN)
    assert second["content_hash"] != first["content_hash"]
    diff = client.get(f"/api/v1/versions/{second['id']}/diff/?against={first['id']}").json()
    assert (diff["counts"]["relabeled"], diff["counts"]["changed"]) == (1, 0)
    assert restored(client, first)["relabeled"] == 1
    assert said(dataset) == WANTED
    assert frozen(client, dataset, split=GIVEN)["content_hash"] == first["content_hash"]


@pytest.mark.parametrize("format", ["jsonl", "audacity"])
def test_an_export_comes_in_again_as_it_was(client, events, make_events, send, format):  # noqa: F811
    dataset, _ = events
    result = exported(client, frozen(client, dataset, split=GIVEN), format=format)
    assert result.get("problems", {}) == ({} if format == "jsonl" else {"attributes_dropped": 1})
    content = client.get(result["download_url"]).getvalue()
    again = make_events("again")
    job = send(again, {"export.zip": content})
    assert (job.state, job.result["format"], job.result["problems"]) == ("succeeded", format, {})
    bare = [(label, start, end) for _, label, start, end, _ in WANTED]
    assert [(label, start, end) for _, label, start, end, _ in said(again)] == bare
    assert sum("woof" in row[4] for row in said(again)) == (format == "jsonl")


def test_classes_that_become_one_say_a_region_once(client, events):
    dataset, _ = events
    dog, rain = (LabelClass.objects.get(dataset=dataset, name=name) for name in ("dog", "rain"))
    sample = Sample.objects.get(name="2.wav", dataset=dataset)
    shapes = [
        {"id": str(uuid.uuid4()), "kind": "region", "label": str(label.pk), "start": 0, "end": end}
        for label, end in ((dog, 0.1), (rain, 0.1), (rain, 0.2))
    ]
    shapes[1]["attributes"] = {"transcript": "hush"}
    body = {"revision": 1, "shapes": shapes}
    assert client.put(f"/api/v1/samples/{sample.pk}/annotation/", body, format="json").status_code == 200
    before = said(dataset)
    result = edited(client, dataset, **moving(dataset, "rain", to="dog"))
    assert [row for row in said(dataset) if row[0] == "2.wav"] == [
        ("2.wav", "dog", 0.0, 0.1, '{"transcript": "hush"}'),
        ("2.wav", "dog", 0.0, 0.2, "{}"),
    ]
    assert drift_of(dataset.pk) == {}
    undone(client, result)
    assert said(dataset) == before


def test_regions_go_to_a_branch_and_come_back_by_a_merge(client, events):
    dataset, _ = events
    branch = branched(client, frozen(client, dataset, split=GIVEN))
    assert [row[1:] for row in said(branch)] == [row[1:] for row in WANTED]
    sample = at(branch, "2.wav")
    label = str(branch.classes.get(name="rain").pk)
    shape = {"id": str(uuid.uuid4()), "kind": "region", "label": label, "start": 0.05, "end": 0.25}
    body = {"revision": sample.annotation_revision, "shapes": [shape]}
    assert client.put(f"/api/v1/samples/{sample.pk}/annotation/", body, format="json").status_code == 200
    assert merged(client, dataset, frozen(client, branch, **EVERY))["taken"] == 1
    assert ("2.wav", "rain", 0.05, 0.25, "{}") in said(dataset)
    assert_no_drift()


def test_copies_keep_their_regions_and_those_in_which_sounds_move_are_refused(client, project, events):
    dataset, _ = events
    version = DatasetVersion.objects.get(pk=frozen(client, dataset, split=GIVEN)["id"])

    def recipe(name, *keys):
        body = {
            "project": str(project.pk),
            "name": name,
            "modality": "audio",
            "steps": [{"op": key} for key in keys],
        }
        return client.post("/api/v1/recipes/", body, format="json").json()["id"]

    refused = posted(client, version, recipe("moving", "time_shift", "gain"))
    assert (refused.status_code, refused.json()["params"]["steps"]) == (422, ["time_shift"])
    made = augmented(client, version, recipe("louder", "gain"))
    found = [[(r.start, r.end) for r in one.regions] for one in rows(made).values() if "+" in one.name]
    assert sorted(found)[::2] == [[], [(0.0, 0.3), (0.1, 0.2)], [(0.25, 0.3)]]


CODE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from core.clock import utc_now
from core.models import Project, User
from datasets.models import Dataset, LabelClass, Sample, Shape
user = User.objects.create(username="u")
project = Project.objects.create(name="p", created_by=user)
dataset = Dataset.objects.create(project=project, name="d", modality="audio", task="audio_events", created_by=user)
label = LabelClass.objects.create(dataset=dataset, name="dog", index=0, color="#000000")
sample = Sample.objects.create(dataset=dataset, name="s", sha256="0" * 64, size_bytes=1, imported_at=utc_now())
common = {"sample": sample, "dataset": dataset, "label_class": label}
Shape.objects.create(kind="region", geometry={"start": 0.0, "end": 3.5}, **common)
Shape.objects.create(kind="span", geometry={"start": 0, "end": 3}, **common)
call_command("migrate", "datasets", "0031", verbosity=0)
call_command("migrate", verbosity=0)
for row in Shape.objects.order_by("kind").values_list("kind", "geometry", "x", "h"):
    print(*row, sep="|")
"""


def test_regions_survive_the_way_back_a_release_and_forth(tmp_path):
    env = {
        **os.environ,
        "STUDIO_DATA_DIR": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "studio.settings",
    }
    env.pop("DATABASE_URL", None)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=root, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "region|{'start': 0.0, 'end': 3.5}|None|None",
        "span|{'start': 0, 'end': 3}|None|None",
    ]
