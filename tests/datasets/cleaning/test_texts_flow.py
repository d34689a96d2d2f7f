"""Cleaning of texts, from a recipe to its undo."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import utc_now
from core.jobs import runner
from core.jobs.lease import JobCancelled
from core.models import AuditEvent, Job
from core.services.blobs import blob_read
from core.services.collection import unreferenced_blobs
from datasets.models import AnnotationHistory, Cleaning, Sample, Shape
from datasets.services import clean_samples
from datasets.services.version_diff import version_diff
from datasets.services.versions import version_opened, version_submit
from datasets.splits import SplitSpec
from tests.datasets.cleaning.conftest import (
    assert_counted,
    cleaned,
    done,
    grown,
    posted,
    recipe,
    shown,
    state_of,
    texts_of,
    undone,
)
from tests.datasets.conftest import worked

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = ["  Ａ１ one ", "two", "THREE\u200b", "漢字", "<b>five</b>"]
STEPS = (
    *(("width", {}), ("lower", {}), ("control", {}), ("chinese", {}), ("strip_html", {}), ("whitespace", {})),
)


def test_a_recipe_changes_texts_and_its_undo_brings_all_back(client, make_texts):
    dataset = make_texts(TEXTS)
    before = state_of(dataset)
    result = cleaned(client, dataset, *STEPS, name="  tidy  up ")
    assert texts_of(dataset) == sorted(["a1 one", "two", "three", "汉字", "five"])
    assert (result["changed"], result["unchanged"]) == (4, 1)
    assert_counted(dataset)
    first = Sample.objects.get(dataset=dataset, search_text="a1 one")
    assert (first.payload["characters"], first.payload["excerpt"], first.search_text) == (
        6,
        "a1 one",
        "a1 one",
    )
    assert shown(client, result)["state"] == "applied"
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (4, 0)
    assert state_of(dataset) == before
    assert_counted(dataset)
    body = shown(client, result)
    assert (body["state"], body["name"], body["undone_at"] is not None) == ("undone", "tidy up", True)
    listed = client.get(f"/api/v1/datasets/{dataset.pk}/cleanings/").json()["results"]
    assert [row["id"] for row in listed] == [result["cleaning"]]
    assert AuditEvent.objects.filter(operation__startswith="datasets.cleaning").count() == 2


def test_what_an_undo_out_of_order_left_is_taken_back_after_the_later_one(client, make_texts):
    dataset = make_texts(["One <b>x</b>", "TWO", "three"])
    before = state_of(dataset)
    first, second = cleaned(client, dataset, ("lower", {})), cleaned(client, dataset, ("strip_html", {}))
    early = undone(client, first)
    assert (early["restored"], early["kept"]) == (1, 1)
    assert (shown(client, first)["state"], shown(client, first)["undoable"]) == ("undone", True)
    undone(client, second)
    assert shown(client, second)["undoable"] is False
    late = undone(client, first)
    assert (late["restored"], late.get("kept", 0)) == (2, 0)
    assert state_of(dataset) == before
    assert shown(client, first)["undoable"] is False
    assert_counted(dataset)


def test_spans_follow_every_edit_and_what_vanishes_is_named(client, make_texts):
    text = "<p>Ａlice &amp; Bob</p> met 😀 at a@b.org"
    places = {
        name: (text.index(name), text.index(name) + len(name)) for name in ("Ａlice", "Bob", "😀", "a@b.org")
    }
    dataset = make_texts([(text, [[*place, name] for name, place in places.items()])], task="ner")
    before = state_of(dataset)
    result = cleaned(client, dataset, *STEPS, ("emoji", {}), ("mask_personal", {}))
    (new,) = texts_of(dataset)
    assert new == "alice & bob\nmet  at [MAIL]"
    names = dict(dataset.classes.values_list("pk", "name"))
    said = {
        names[shape.label_class_id]: new[shape.geometry["start"] : shape.geometry["end"]]
        for shape in Shape.objects.filter(dataset=dataset)
    }
    assert said == {"Ａlice": "alice", "Bob": "bob", "a@b.org": "[MAIL]"}
    assert result["shapes_lost"] == 1
    assert [row["code"] for row in shown(client, result)["problems"]] == ["shapes_lost"]
    sample = Sample.objects.get(dataset=dataset)
    assert sample.annotation_revision == 2
    assert AnnotationHistory.objects.filter(sample=sample, revision=2).exists()
    assert_counted(dataset)
    undone(client, result)
    assert state_of(dataset) == before
    assert_counted(dataset)


def test_what_was_said_since_stays_and_is_counted(client, make_texts):
    dataset = make_texts([("Ann is", [[0, 3, "who"]]), ("BOB is", [[0, 3, "who"]])], task="ner")
    result = cleaned(client, dataset, ("lower", {}))
    sample = Sample.objects.filter(dataset=dataset).order_by("pk")[0]
    saved = client.put(
        f"/api/v1/samples/{sample.pk}/annotation/", {"revision": 2, "shapes": []}, format="json"
    )
    assert saved.status_code == 200, saved.content
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (1, 1)
    assert sum(text.islower() for text in texts_of(dataset)) == 1


def test_who_still_looks_at_the_old_text_cannot_save_over_the_new_one(client, make_texts):
    dataset = make_texts(["HELLO world"], task="ner")
    cleaned(client, dataset, ("lower", {}))
    sample = Sample.objects.get(dataset=dataset)
    late = client.put(
        f"/api/v1/samples/{sample.pk}/annotation/", {"revision": 0, "shapes": []}, format="json"
    )
    assert (late.status_code, late.json()["code"]) == (409, "stale_revision")


def test_a_text_cleaned_twice_goes_back_step_by_step(client, make_texts):
    dataset = make_texts(["ONE <b>two</b>"])
    first = cleaned(client, dataset, ("lower", {}))
    second = cleaned(client, dataset, ("strip_html", {}))
    assert undone(client, first)["kept"] == 1
    assert texts_of(dataset) == sorted(["one two"])
    undone(client, second)
    assert texts_of(dataset) == sorted(["one <b>two</b>"])


def test_what_a_step_changed_is_met_by_the_steps_behind_though_the_filter_no_longer_does(client, make_texts):
    dataset = make_texts(["<b>ONE</b>", "<b>TWO</b>", "<b>FOUR</b>", "SIX"])
    steps = (("strip_html", {}), ("sample_random", {"keep": 2}), ("lower", {}))
    cleaned(client, dataset, *steps, filter="size>=10")
    left = texts_of(dataset)
    assert len(left) == 3
    assert "SIX" in left
    assert sum(text.islower() for text in left) == 2


def test_only_what_meets_the_filter_is_cleaned(client, make_texts):
    dataset = make_texts([("ONE", "spam"), ("TWO", "ham")])
    assert cleaned(client, dataset, ("lower", {}), filter="label:spam")["changed"] == 1
    assert texts_of(dataset) == sorted(["one", "TWO"])


def test_again_takes_what_has_come_since(client, make_texts, project):
    dataset = make_texts(["ONE"])
    result = cleaned(client, dataset, ("lower", {}))
    grown(dataset, ["TWO", "THREE"], project.created_by)
    again = done(posted(client, f"cleanings/{result['cleaning']}/again/"))
    assert again["changed"] == 2
    assert "unchanged" not in again
    assert texts_of(dataset) == sorted(["one", "two", "three"])
    grown(dataset, ["FOUR"], project.created_by)
    once_more = done(posted(client, f"cleanings/{result['cleaning']}/again/"))
    assert once_more["changed"] == 1
    assert shown(client, once_more)["again_of"] == result["cleaning"]


def test_a_text_that_would_be_empty_stays_and_is_named(client, make_texts):
    dataset = make_texts(["<br>", "x <br>"])
    result = cleaned(client, dataset, ("strip_html", {}))
    assert (result["changed"], result["problems"]) == (1, 1)
    (problem,) = shown(client, result)["problems"]
    assert (problem["code"], problem["name"] != "") == ("would_be_empty", True)


def test_a_text_that_would_burst_stays_and_is_named(client, make_texts):
    dataset = make_texts(["a" * 30_000, "b"])
    result = cleaned(client, dataset, ("regex", {"pattern": "a|b", "replacement": "x" * 1_000}))
    assert (result["changed"], result["problems"]) == (1, 1)
    assert shown(client, result)["problems"][0]["code"] == "would_be_too_large"
    burst = ("regex", {"pattern": ".", "replacement": "y" * 1_000})
    answer = posted(client, f"datasets/{dataset.pk}/cleanings/preview/", recipe=recipe(burst, burst, burst))
    assert {row["state"] for row in answer.json()["results"]} == {"problem"}


def test_what_becomes_a_copy_goes_to_the_bin_unless_it_says_something_else(client, make_texts):
    dataset = make_texts([("one", "a"), ("ONE", "a"), ("One", "b"), "oNE"])
    before = state_of(dataset)
    result = cleaned(client, dataset, ("lower", {}))
    assert (result["copies"], result["problems"]) == (2, 1)
    assert texts_of(dataset) == sorted(["one", "One"])
    assert_counted(dataset)
    bin_id = Cleaning.objects.get(pk=result["cleaning"]).bin_id
    assert client.get(f"/api/v1/datasets/{bin_id}/").status_code == 404
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (2, 0)
    assert state_of(dataset) == before
    assert_counted(dataset)


def test_a_frozen_version_keeps_what_it_held_and_so_does_the_undo(client, make_texts, project):
    dataset = make_texts([("ONE", "a"), ("TWO", "b")])

    def frozen(name):
        job = version_submit(
            actor=project.created_by,
            dataset=dataset,
            name=name,
            spec=SplitSpec(strategy="given"),
            conditions={},
        )
        assert worked(job).state == "succeeded"
        return dataset.versions.get(name=name)

    first = frozen("before")
    result = cleaned(client, dataset, ("lower", {}))
    second = frozen("after")
    told = version_diff(second, first)["counts"]
    assert told == {"added": 0, "removed": 0, "changed": 2, "relabeled": 0, "moved": 0}
    undone(client, result)
    for version, wanted in ((first, {"ONE", "TWO"}), (second, {"one", "two"})):
        with version_opened(version) as (_, samples):
            names = [sample.sha256 for sample in samples]
        assert {blob_read(name).decode() for name in names} == wanted
        assert not unreferenced_blobs(utc_now()).filter(pk__in=names).exists()


def test_copies_are_taken_out_and_the_best_stays(client, make_texts):
    body = "the quick brown fox jumps over the lazy dog and runs away from all of them today"
    dataset = make_texts([body, body.upper(), (f"{body} again", "a"), "something else"])
    result = cleaned(client, dataset, ("dedupe", {}))
    assert result["binned"] == 2
    assert texts_of(dataset) == sorted([f"{body} again", "something else"])
    undone(client, result)
    assert len(texts_of(dataset)) == 4
    assert cleaned(client, dataset, ("dedupe", {"near": False}))["binned"] == 1
    assert_counted(dataset)


def test_what_a_check_names_is_dropped(client, make_texts):
    dataset = make_texts(["my mail is a@b.org", "nothing here"])
    done(client.post(f"/api/v1/datasets/{dataset.pk}/quality-checks/", {}, format="json"))
    result = cleaned(client, dataset, ("drop_finding", {"finding": "text_personal"}))
    assert result["binned"] == 1
    assert texts_of(dataset) == sorted(["nothing here"])


@pytest.mark.parametrize(
    ("op", "params", "kept"),
    [
        ("sample_random", {"keep": 6}, 6),
        ("sample_stratified", {"keep": 6}, 6),
        ("sample_value", {"column": "label", "most": 2}, 4),
        ("sample_random", {"keep": 100}, 20),
    ],
)
def test_a_sampling_takes_so_many_and_its_undo_brings_the_rest_back(client, make_texts, op, params, kept):
    dataset = make_texts([(f"text {n}", "ab"[n % 5 == 0]) for n in range(20)])
    before = state_of(dataset)
    result = cleaned(client, dataset, (op, params))
    rows = Sample.objects.filter(dataset=dataset)
    assert rows.count() == kept
    if op == "sample_stratified":
        by_class = sorted(
            rows.filter(label_class=pk).count() for pk in dataset.classes.values_list("pk", flat=True)
        )
        assert by_class == [1, 5]
    assert_counted(dataset)
    undone(client, result)
    assert state_of(dataset) == before
    again = cleaned(client, dataset, (op, params))
    first, second = (
        set(Cleaning.objects.get(pk=one["cleaning"]).rows.values_list("sample", flat=True))
        for one in (result, again)
    )
    assert first == second


def test_the_rest_may_get_a_split_instead(client, make_texts):
    dataset = make_texts([f"text {n}" for n in range(10)])
    result = cleaned(client, dataset, ("sample_random", {"keep": 7, "rest": "test"}))
    assert result["split"] == 3
    assert Sample.objects.filter(dataset=dataset, split="test").count() == 3
    assert_counted(dataset)
    Sample.objects.filter(
        pk=Sample.objects.filter(dataset=dataset, split="test").order_by("pk")[0].pk
    ).update(split="val")
    back = undone(client, result)
    assert (back["restored"], back["kept"]) == (2, 1)


def test_steps_that_choose_look_at_what_the_steps_before_made(client, make_texts):
    dataset = make_texts([("A  one", "x"), ("a one", "y"), ("b two", "x"), ("C three", "y")])
    before = state_of(dataset)
    steps = (("lower", {}), ("sample_random", {"keep": 3}), ("whitespace", {}), ("dedupe", {"near": False}))
    result = cleaned(client, dataset, *steps)
    assert len(texts_of(dataset)) <= 3
    assert all(text == text.lower() for text in texts_of(dataset))
    undone(client, result)
    assert state_of(dataset) == before


def test_a_preview_shows_old_and_new_and_keeps_nothing(client, make_texts):
    dataset = make_texts([*TEXTS, "<br>"])
    before = state_of(dataset)
    answer = posted(client, f"datasets/{dataset.pk}/cleanings/preview/", recipe=recipe(*STEPS), limit=5)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    results = {row["name"]: row for row in body["results"]}
    assert len(results) == 5
    states = sorted(row["state"] for row in body["results"])
    assert states == ["changed"] * 4 + ["problem"]
    news = {"".join(piece["new"] for piece in row["pieces"]) for row in body["results"]}
    assert {"a1 one", "three", "汉字", "five"} <= news
    olds = {"".join(piece["old"] for piece in row["pieces"]) for row in body["results"]}
    assert olds <= {*TEXTS, "<br>"}
    assert state_of(dataset) == before
    assert not Cleaning.objects.exists()


def test_a_cancelled_cleaning_can_be_taken_back(client, make_texts, monkeypatch):
    monkeypatch.setattr("datasets.services.clean_texts.TextCleaner.batch", 2)
    dataset = make_texts(TEXTS)
    before = state_of(dataset)
    answer = posted(client, f"datasets/{dataset.pk}/cleanings/", recipe=recipe(*STEPS))
    job = Job.objects.get(pk=answer.json()["job"]["id"])
    write = clean_samples.answers_write

    def once(*args, **options):
        write(*args, **options)
        monkeypatch.setattr(clean_samples, "answers_write", stop)

    def stop(*args, **options):
        raise JobCancelled

    monkeypatch.setattr(clean_samples, "answers_write", once)
    runner.run(job.pk)
    (row,) = client.get(f"/api/v1/datasets/{dataset.pk}/cleanings/").json()["results"]
    assert row["state"] == "failed"
    back = done(posted(client, f"cleanings/{row['id']}/undo/"))
    assert back.get("kept", 0) == 0
    assert state_of(dataset) == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"recipe": {"steps": []}},
        {"recipe": "lower"},
        {"recipe": {"steps": [{"op": "auto_orient"}]}},
        {"recipe": {"steps": [{"op": "lower"}]}, "filter": "lable:x"},
        {"recipe": {"steps": [{"op": "regex", "params": {"pattern": "(["}}]}},
        {"recipe": {"steps": [{"op": "sample_random", "params": {"keep": 0}}]}},
    ],
)
def test_what_cannot_be_meant_is_refused(client, make_texts, body):
    dataset = make_texts(["one"])
    for path in ("cleanings/", "cleanings/preview/"):
        answer = posted(client, f"datasets/{dataset.pk}/{path}", **body)
        assert answer.status_code == 422, answer.content
    assert not Cleaning.objects.exists()


def test_an_undo_is_done_once_and_never_of_what_is_at_work(client, make_texts):
    dataset = make_texts(["ONE"])
    answer = posted(client, f"datasets/{dataset.pk}/cleanings/", recipe=recipe(("lower", {})))
    (row,) = client.get(f"/api/v1/datasets/{dataset.pk}/cleanings/").json()["results"]
    early = posted(client, f"cleanings/{row['id']}/undo/")
    assert (row["state"], early.status_code, early.json()["code"]) == ("queued", 409, "cleaning_not_undoable")
    result = done(answer)
    undone(client, result)
    assert posted(client, f"cleanings/{row['id']}/undo/").status_code == 409
    assert posted(client, f"cleanings/{uuid.uuid4()}/undo/").status_code == 404


def test_more_texts_and_more_cleanings_cost_no_more_statements(client, make_texts, project):
    dataset = make_texts([(f"ONE {n}", "a") for n in range(3)])

    def counted(call):
        with CaptureQueriesContext(connection) as seen:
            answer = call()
        return answer, len(seen)

    few, of_few = counted(lambda: cleaned(client, dataset, ("lower", {})))
    _, back_few = counted(lambda: undone(client, few))
    _, one = counted(lambda: client.get(f"/api/v1/datasets/{dataset.pk}/cleanings/"))
    grown(dataset, [f"TWO {n}" for n in range(30)], project.created_by)
    many, of_many = counted(lambda: cleaned(client, dataset, ("lower", {})))
    _, back_many = counted(lambda: undone(client, many))
    _, two = counted(lambda: client.get(f"/api/v1/datasets/{dataset.pk}/cleanings/"))
    assert (many["changed"], abs(of_many - of_few) <= 2, abs(back_many - back_few) <= 2) == (33, True, True)
    assert one == two
