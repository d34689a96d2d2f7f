"""Classes merged, split and deleted over all data: looked at before, counted, taken back."""

import uuid

import pytest

from core.models import AuditEvent
from datasets.models import AnnotationHistory, BulkEdit, LabelClass, Sample, Shape
from datasets.selectors.counters import drift_of
from datasets.services.schema import schema_replace
from tests.datasets.test_bulk_classes import make, said, scenes  # noqa: F401
from tests.datasets.test_bulk_edits_api import client, edited, label_of, posted, state_of, undone  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def moving(dataset, *names, to="", retire=True, **more):
    """The body of a class move; of all data where nothing else is said."""
    named = {"conditions": {}} | more
    value = label_of(dataset, to) if to else ""
    classes = [label_of(dataset, name) for name in names]
    return {"action": "class_move", "classes": classes, "value": value, "retire": retire, **named}


def previewed(client, dataset, body):  # noqa: F811
    return client.post(f"/api/v1/datasets/{dataset.pk}/bulk-edits/preview/", body, format="json")


def names_of(dataset):
    return set(dataset.classes.filter(deleted_at__isnull=True).values_list("name", flat=True))


def test_classes_are_merged_over_all_data_and_taken_back(client, scenes):  # noqa: F811
    scenes.refresh_from_db()
    before, revision = state_of(scenes), scenes.schema_revision
    body = moving(scenes, "sea", "sky", to="city")
    seen = previewed(client, scenes, body).json()
    assert seen == {"samples": 3, "objects": {label_of(scenes, "sea"): 2, label_of(scenes, "sky"): 2}}
    assert state_of(scenes) == before
    result = edited(client, scenes, **body)
    assert (result["changed"], result["classes_kept"]) == (3, 0)
    assert said(scenes) == {
        "1.jpg": ["city"], "2.jpg": ["city"], "3.jpg": ["city"], "4.jpg": ["city"], "5.jpg": [],
    }  # fmt: skip
    assert names_of(scenes) == {"city"}
    into = LabelClass.objects.filter(dataset=scenes, deleted_at__isnull=False)
    assert set(into.values_list("name", "merged_into__name")) == {("sea", "city"), ("sky", "city")}
    scenes.refresh_from_db()
    assert scenes.schema_revision == revision + 1
    assert drift_of(scenes.pk) == {}
    assert undone(client, result)["restored"] == 3
    assert state_of(scenes) == before
    assert names_of(scenes) == {"sea", "sky", "city"}
    assert not LabelClass.objects.filter(dataset=scenes, merged_into__isnull=False).exists()
    assert drift_of(scenes.pk) == {}
    changes = AuditEvent.objects.filter(operation="datasets.schema.changed", params__edit=result["edit"])
    assert changes.count() == 2


def test_classes_that_become_one_keep_what_was_said_beside_each(client, scenes):  # noqa: F811
    one = Sample.objects.get(dataset=scenes, name="1.jpg")
    beside = {"sea": {"depth": "far", "seen": "by day"}, "sky": {"depth": "near"}}
    shapes = [
        {"id": str(uuid.uuid4()), "kind": "class", "label": label_of(scenes, name), "attributes": said_of}
        for name, said_of in beside.items()
    ]
    path = f"/api/v1/samples/{one.pk}/annotation/"
    assert (
        client.put(path, {"revision": one.annotation_revision, "shapes": shapes}, format="json").status_code
        == 200
    )
    before = state_of(scenes)
    result = edited(client, scenes, **moving(scenes, "sea", to="sky"))
    (kept,) = Shape.objects.filter(sample=one)
    assert kept.geometry["attributes"] == {"depth": "far", "seen": "by day"}
    undone(client, result)
    assert state_of(scenes) == before


def test_a_class_is_deleted_with_its_marks_and_how_far_a_sample_is_stays(client, scenes):  # noqa: F811
    Sample.objects.filter(dataset=scenes, name="4.jpg").update(state="reviewed")
    result = edited(client, scenes, **moving(scenes, "city"))
    assert result["changed"] == 2
    assert said(scenes)["3.jpg"] == ["sea"]
    assert Sample.objects.get(name="4.jpg").state == "reviewed"
    assert names_of(scenes) == {"sea", "sky"}
    last = AnnotationHistory.objects.filter(sample__name="4.jpg").order_by("-revision").first()
    assert (last.state, last.shapes) == ("reviewed", [])


def test_a_class_is_split_by_a_filter_and_stays(client, scenes):  # noqa: F811
    Sample.objects.filter(dataset=scenes, name="1.jpg").update(split="val")
    body = moving(scenes, "sea", to="city", retire=False, conditions={"split": "val"})
    assert previewed(client, scenes, body).json()["samples"] == 1
    assert edited(client, scenes, **body)["changed"] == 1
    assert said(scenes)["1.jpg"] == ["city", "sky"]
    assert said(scenes)["3.jpg"] == ["sea", "city"]
    assert names_of(scenes) == {"sea", "sky", "city"}


def test_a_sample_of_one_class_whose_class_goes_has_none(client, make_dataset, run_import):  # noqa: F811
    from tests.datasets.pictures import picture

    dataset = make_dataset()
    job = run_import(dataset, {f"{name}/{n}.jpg": picture(n) for n, name in enumerate(("cat", "dog"))})
    assert job.state == "succeeded", job.error_detail
    before = state_of(dataset)
    result = edited(client, dataset, **moving(dataset, "cat"))
    assert result["changed"] == 1
    assert set(dataset.samples.values_list("state", "annotation_source")) == {
        ("unlabeled", ""),
        ("labeled", "import"),
    }
    assert drift_of(dataset.pk) == {}
    undone(client, result)
    assert state_of(dataset) == before


def test_a_class_that_was_given_meanwhile_stays_and_is_counted(client, scenes, monkeypatch):  # noqa: F811
    from datasets.services import bulk_edits

    done = bulk_edits._do_batch

    def and_somebody_labels(edit):
        size = done(edit)
        if size == 0 and not Shape.objects.filter(dataset=scenes, label_class__name="sea").exists():
            sample = Sample.objects.get(dataset=scenes, name="5.jpg")
            label = dataset_class(scenes, "sea")
            Shape.objects.create(sample=sample, dataset=scenes, label_class=label, kind="class")
        return size

    monkeypatch.setattr(bulk_edits, "_do_batch", and_somebody_labels)
    result = edited(client, scenes, **moving(scenes, "sea", "sky", to="city"))
    assert result["classes_kept"] == 1
    assert names_of(scenes) == {"sea", "city"}


def dataset_class(dataset, name):
    return dataset.classes.get(name=name)


def test_who_says_something_else_meanwhile_keeps_it_at_the_undo(client, scenes):  # noqa: F811
    result = edited(client, scenes, **moving(scenes, "sky", to="city"))
    edited(client, scenes, action="label_add", value=label_of(scenes, "sea"), conditions={})
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (1, 1)
    assert said(scenes)["1.jpg"] == ["sea", "sky"]
    assert said(scenes)["2.jpg"] == ["city", "sea"]


def test_an_undo_waits_for_a_name_that_is_taken(client, scenes):  # noqa: F811
    result = edited(client, scenes, **moving(scenes, "sky", to="city"))
    rows = [{"id": str(row.pk), "name": row.name} for row in scenes.classes.filter(deleted_at__isnull=True)]
    schema_replace(
        actor=scenes.created_by, dataset_id=scenes.pk, classes=[*rows, {"name": "sky"}], revision=None
    )
    answer = client.post(f"/api/v1/bulk-edits/{result['edit']}/undo/", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "class_name_taken")
    assert answer.json()["params"]["name"] == "sky"
    assert BulkEdit.objects.get(pk=result["edit"]).state == "done"


def test_what_cannot_be_moved_is_refused_before_anything_changes(client, scenes, make):  # noqa: F811
    other = make("image_multilabel", ("rain",))
    sea, sky = label_of(scenes, "sea"), label_of(scenes, "sky")
    whole = {"action": "class_move", "value": sky, "classes": [sea], "retire": True, "conditions": {}}
    wrong = {
        "classes": [
            {**whole, "classes": [label_of(other, "rain")]},
            {**whole, "classes": [str(uuid.uuid4())]},
            {key: value for key, value in whole.items() if key != "classes"},
        ],
        "value": [
            {**whole, "value": sea},
            {**whole, "value": label_of(other, "rain")},
            {**whole, "value": "x"},
        ],
        "retire": [{**whole, "conditions": {"split": "val"}}],
    }
    before = state_of(scenes)
    for field, bodies in wrong.items():
        for body in bodies:
            for answer in (posted(client, scenes, **body), previewed(client, scenes, body)):
                assert (answer.status_code, answer.json()["code"]) == (422, "class_move_unfit"), (
                    answer.content
                )
                assert set(answer.json()["params"]["fields"]) == {field}
    assert state_of(scenes) == before


def test_key_points_of_two_skeletons_do_not_become_one(client, make):  # noqa: F811
    dataset = make("keypoints", ("hand", "face"))
    dataset.classes.filter(name="hand").update(skeleton={"points": ["a", "b"], "lines": []})
    answer = posted(client, dataset, **moving(dataset, "hand", to="face"))
    assert (answer.status_code, set(answer.json()["params"]["fields"])) == (422, {"value"})


@pytest.mark.parametrize("role", ["annotator", "reviewer"])
def test_only_who_curates_may_look_or_change(scenes, members, client_for, role):  # noqa: F811
    person = client_for(members[role])
    body = moving(scenes, "sea", to="sky")
    assert previewed(person, scenes, body).status_code == 403
    assert posted(person, scenes, **body).status_code == 403
