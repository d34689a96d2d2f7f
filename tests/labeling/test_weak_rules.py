"""Rules say something of texts before people do: looked at first, then kept as pre-labels like those of a model."""

import time

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.jobs import dispatch, runner
from core.models import AuditEvent, Job
from core.services.blobs import blob_put, blobs_register
from datasets.formats.decoding.texts import text_measured
from datasets.models import LabelClass, Sample
from labeling.models import Annotation, Prelabel, PrelabelRun, WeakRules
from labeling.services import prelabel_source
from tests.labeling.conftest import statements

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = [
    "The cat sat by the dog.",
    "A cat, a kitten and a cat.",
    "Dogs bark.",
    "我的猫 😀 and the ＣＡＴ",
    "Nothing here.",
    "eel eel eel",
]


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)


def write(world, *texts: str) -> list[Sample]:
    """Give the samples of a world these texts, in the order of their names."""
    rows = list(Sample.objects.filter(dataset=world.dataset).order_by("name"))
    for row, text in zip(rows, texts, strict=True):
        ref = blob_put(text.encode(), "text/plain")
        with transaction.atomic():
            blobs_register([ref])
        row.sha256, row.size_bytes = ref.sha256, ref.size_bytes
        row.payload = text_measured(text, "utf-8").payload
        row.save()
    return rows


def texts_in(lasting_world, task: str, *texts: str, **plan):
    world = lasting_world(task, samples=len(texts))
    world.rows = write(world, *texts)
    world.campaign(**plan)
    return world


def words(world, name: str, *said: str, **more):
    return {"label": str(world.classes[name].pk), "kind": "words", "words": list(said), **more}


def pattern(world, name: str, said: str, **more):
    return {"label": str(world.classes[name].pk), "kind": "pattern", "pattern": said, **more}


def ask(world, action: str = "", method: str = "post", who: str = "boss", role: str = "manager", **body):
    path = f"/api/v1/campaigns/{world.round.pk}/weak-rules/{action}"
    return getattr(world.as_(who, role).http, method)(path, body or None, format="json")


def saved(world, *rules, revision: int = 0) -> dict:
    answer = ask(world, method="put", rules=list(rules), revision=revision)
    assert answer.status_code == 200, answer.content
    return answer.json()


def preview(world, *rules) -> dict:
    answer = ask(world, "preview/", rules=list(rules))
    assert answer.status_code == 200, answer.content
    return answer.json()


def applied(world, *rules, revision: int = 0, **more) -> PrelabelRun:
    revision = saved(world, *rules, revision=revision)["revision"]
    answer = ask(world, "apply/", revision=revision, **more)
    assert answer.status_code == 202, answer.content
    runner.run(answer.json()["job"]["id"])
    ended = Job.objects.get(pk=answer.json()["job"]["id"])
    assert ended.state == "succeeded", (ended.error_code, ended.error_detail)
    return PrelabelRun.objects.get(pk=answer.json()["id"])


def said_of(world, run: PrelabelRun) -> list[list[tuple]]:
    names = {str(row.pk): name for name, row in world.classes.items()}
    rows = {row.sample_id: row.shapes for row in Prelabel.objects.filter(run=run)}
    keys = ("start", "end") if world.round.task == "ner" else ("score",)
    return [
        [(names[s["label"]], *(s[key] for key in keys if key in s)) for s in rows[sample.pk]]
        for sample in world.rows
    ]


def test_rules_of_whole_texts_vote_and_a_tie_says_nothing(lasting_world):
    world = texts_in(lasting_world, "text_classification", *TEXTS)
    rules = [
        words(world, "cat", "cat", "猫", whole_word=True),
        words(world, "dog", "dog", "dogs"),
        words(world, "cat", "kitten"),
        pattern(world, "dog", "cat, a"),
    ]
    run = applied(world, *rules)
    assert said_of(world, run) == [[], [("cat", 2 / 3)], [("dog", 1.0)], [("cat", 1.0)], [], []]
    assert (run.title, len(run.rules), run.prelabels.count()) == ("Rules (4)", 4, 6)
    item = world.as_("ann").claim(2).json()["items"][1]
    assert [shape["source"] for shape in item["annotation"]["shapes"]] == ["model"]
    shape = {**item["annotation"]["shapes"][0], "source": "human"}
    assert world.as_("ann").save(item["id"], [shape]).status_code == 200
    told = world.as_("boss").get(f"campaigns/{world.round.pk}/prelabels/").json()
    (one,) = told["runs"]
    assert (one["rules"], one["model"], one["figures"]["accepted"]) == (4, None, 1)
    events = AuditEvent.objects.filter(operation__startswith="labeling.rules.").order_by("pk")
    assert [(event.operation, event.params["rules"]) for event in events] == [
        ("labeling.rules.saved", 4),
        ("labeling.rules.applied", 4),
    ]


def test_every_class_that_a_rule_says_is_said_of_a_text_that_may_have_several(lasting_world):
    world = texts_in(lasting_world, "text_multilabel", *TEXTS[:2])
    rules = [words(world, "cat", "cat"), words(world, "dog", "dog"), words(world, "cat", "kitten")]
    run = applied(world, *rules)
    assert said_of(world, run) == [[("cat",), ("dog",)], [("cat",)]]
    assert preview(world, *rules)["conflicted"] == 0


def test_every_match_is_a_span_to_the_code_point_and_those_of_one_class_are_joined(lasting_world):
    world = texts_in(lasting_world, "ner", "👩‍👩‍👧 met Ada Lovelace in 北京市, İstanbul.", "none")
    rules = [
        words(world, "cat", "ada", "北京"),
        pattern(world, "cat", r"Ada \w+"),
        words(world, "dog", "lovelace", "istanbul"),
        words(world, "eel", "北京市"),
    ]
    run = applied(world, *rules)
    first, nothing = said_of(world, run)
    text = "👩‍👩‍👧 met Ada Lovelace in 北京市, İstanbul."
    assert [(name, text[start:end]) for name, start, end in first] == [
        ("cat", "Ada Lovelace"),
        ("dog", "Lovelace"),
        ("cat", "北京"),
        ("eel", "北京市"),
    ]
    assert nothing == []
    item = world.as_("ann").item()
    shapes = [{**shape, "source": "human"} for shape in item["annotation"]["shapes"]]
    answer = world.as_("ann").save(item["id"], shapes)
    assert answer.status_code == 200, answer.content


def test_the_preview_says_what_each_rule_covers_and_keeps_nothing(lasting_world):
    world = texts_in(lasting_world, "text_classification", *TEXTS)
    ann = world.as_("ann")
    for name in ("cat", "dog"):
        item = ann.item()
        assert ann.save(item["id"], [world.mark(name)]).status_code == 200
    rules = [words(world, "cat", "cat"), words(world, "dog", "dog", "猫")]
    told = preview(world, *rules)
    sums = ("waiting", "looked_at", "answered", "covered", "conflicted", "undecided", "uncovered", "is_cut")
    assert [told[name] for name in sums] == [4, 4, 2, 2, 1, 1, 2, False]
    assert [
        [rule[key] for key in ("texts", "coverage", "matches", "overlaps", "conflicts", "judged", "correct")]
        for rule in told["rules"]
    ] == [[1, 0.25, 1, 1, 1, 2, 1], [2, 0.5, 2, 1, 1, 1, 0]]
    (example,) = told["rules"][0]["examples"]
    assert (example["before"], example["match"], example["after"]) == ("我的猫 😀 and the ", "ＣＡＴ", "")
    assert example["sample"] == str(world.rows[3].pk)
    assert not PrelabelRun.objects.exists()
    assert not WeakRules.objects.exists()


def test_spans_are_right_where_people_marked_exactly_them(lasting_world):
    world = texts_in(lasting_world, "ner", "Ada met Bob", "Ada")
    ann = world.as_("ann")
    assert ann.save(ann.item()["id"], [world.span(0, 3, "cat"), world.span(7, 11, "cat")]).status_code == 200
    told = preview(world, words(world, "cat", "ada", "bo"), words(world, "dog", "ada"))
    assert [(rule["judged"], rule["correct"]) for rule in told["rules"]] == [(2, 1), (1, 0)]
    assert [(rule["matches"], rule["conflicts"]) for rule in told["rules"]] == [(1, 1), (1, 1)]


def test_no_rules_cover_nothing_and_cannot_be_applied(lasting_world):
    world = texts_in(lasting_world, "text_classification", *TEXTS[:2])
    assert ask(world, method="get").json() == {
        "revision": 0,
        "rules": [],
        "changed_by": None,
        "changed_at": None,
    }
    told = preview(world)
    assert (told["looked_at"], told["covered"], told["uncovered"], told["rules"]) == (2, 0, 2, [])
    answer = ask(world, "apply/", revision=saved(world)["revision"])
    assert (answer.status_code, list(answer.json()["params"]["fields"])) == (422, ["rules"])


def test_nobody_overwrites_or_applies_rules_they_have_not_seen(lasting_world):
    world = texts_in(lasting_world, "text_classification", *TEXTS[:2])
    first = saved(world, words(world, "cat", "cat"))
    assert (first["revision"], first["changed_by"], len(first["rules"])) == (1, "boss", 1)
    for answer in (
        ask(world, method="put", rules=[], revision=0),
        ask(world, "apply/", revision=0),
        ask(world, "apply/", revision=2),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "stale_revision")
        assert answer.json()["params"]["current"]["revision"] == 1
    assert saved(world, revision=1)["revision"] == 2


def test_a_rule_follows_its_class_into_the_one_it_was_merged_into(lasting_world):
    world = texts_in(lasting_world, "text_classification", *TEXTS[:2])
    cat, dog, eel = (world.classes[name] for name in ("cat", "dog", "eel"))
    rules = [words(world, "cat", "cat"), words(world, "dog", "dog")]
    saved(world, *rules)
    _gone(world, cat, into=dog)
    labels = [rule["label"] for rule in ask(world, method="get").json()["rules"]]
    assert labels == [str(dog.pk)] * 2
    assert preview(world, *rules)["conflicted"] == 0
    run = applied(world, *rules, revision=1)
    assert said_of(world, run) == [[("dog", 1.0)], [("dog", 1.0)]]
    _gone(world, eel)
    refused = ask(world, "preview/", rules=[rules[1], words(world, "eel", "a")])
    assert (refused.status_code, refused.json()["code"]) == (422, "rule_refused")
    assert list(refused.json()["params"]["fields"]) == ["rules.1.label"]


def _gone(world, row: LabelClass, into: LabelClass | None = None) -> None:
    row.deleted_at, row.merged_into = (
        row.created_at if hasattr(row, "created_at") else world.round.created_at,
        into,
    )
    row.save()
    world.dataset.refresh_from_db()
    world.dataset.schema_revision += 1
    world.dataset.save()


def test_a_class_that_went_while_the_job_waited_is_not_said(lasting_world):
    world = texts_in(lasting_world, "text_classification", *TEXTS[:2])
    saved(world, words(world, "cat", "cat"), words(world, "dog", "dog"))
    answer = ask(world, "apply/", revision=1)
    _gone(world, world.classes["cat"])
    runner.run(answer.json()["job"]["id"])
    run = PrelabelRun.objects.get()
    assert said_of(world, run) == [[("dog", 1.0)], []]


def test_rules_are_refused_where_there_are_no_texts(lasting_world):
    pictures = lasting_world("image_classification", samples=1)
    pictures.campaign()
    assert ask(pictures, method="get").status_code == 422
    assert ask(pictures, "preview/", rules=[]).status_code == 422


def test_a_second_run_waits_and_a_closed_campaign_takes_none(lasting_world):
    world = texts_in(lasting_world, "text_classification", *TEXTS[:2])
    revision = saved(world, words(world, "cat", "cat"))["revision"]
    assert ask(world, "apply/", revision=revision).status_code == 202
    again = ask(world, "apply/", revision=revision)
    assert (again.status_code, again.json()["code"]) == (409, "prelabel_running")
    world.as_("boss").post(f"campaigns/{world.round.pk}/close/")
    closed = ask(world, "apply/", revision=revision)
    assert (closed.status_code, closed.json()["code"]) == (409, "campaign_closed")


@pytest.mark.parametrize(
    "raw", [None, {}, "rules", [1], [{}], [[]], [{"kind": "words"}], [{"label": {}}] * 51]
)
def test_what_is_no_list_of_rules_is_refused_by_name(lasting_world, raw):
    world = texts_in(lasting_world, "text_classification", "a")
    for action, method in (("preview/", "post"), ("", "put")):
        answer = ask(world, action, method, rules=raw, revision=0)
        assert answer.status_code == 422, answer.content
        assert next(iter(answer.json()["params"]["fields"])).startswith("rules")
    assert not WeakRules.objects.exists()


def test_hostile_patterns_are_answered_soon_and_their_job_ends(lasting_world, monkeypatch):
    monkeypatch.setattr("labeling.services.weak_rules.MAX_SECONDS", 0.2)
    world = texts_in(lasting_world, "ner", *("a" * (50_000 + more) for more in range(3)))
    said = ["(a+)+$", "(?:a?){900}a{900}b", "(.*a){20}b", "(?:x?a?){1000}c"] * 12
    rules = [pattern(world, "cat", each) for each in said]
    began = time.monotonic()
    told = preview(world, *rules)
    assert told["looked_at"] < 3
    assert told["is_cut"]
    assert time.monotonic() - began < 5
    run = applied(world, *rules)
    assert said_of(world, run) == [[], [], []]


def test_statements_do_not_grow_with_texts_or_rules(lasting_world):
    world = texts_in(lasting_world, "text_classification", *TEXTS)
    one = [words(world, "cat", "cat")]
    preview(world, *one)
    few, many = (_counted(world, rules) for rules in (one, one * 20))
    assert few == many <= 12


def _counted(world, rules) -> int:
    client = world.as_("boss", "manager").http
    with CaptureQueriesContext(connection) as captured:
        path = f"/api/v1/campaigns/{world.round.pk}/weak-rules/preview/"
        assert client.post(path, {"rules": rules}, format="json").status_code == 200
    return len(statements(captured))


@pytest.mark.parametrize(
    ("role", "read", "write"),
    [("viewer", 200, 403), ("reviewer", 200, 403), ("annotator", 403, 403), ("manager", 200, 200)],
)
def test_who_may_read_and_write_rules(lasting_world, role, read, write):
    world = texts_in(lasting_world, "text_classification", "a")
    world.person("p", role)
    assert ask(world, method="get", who="p").status_code == read
    assert ask(world, method="put", who="p", rules=[], revision=0).status_code == write
    assert ask(world, "preview/", who="p", rules=[]).status_code == write
    applied_status = ask(world, "apply/", who="p", revision=1).status_code
    assert applied_status == (422 if write == 200 else 403)


def test_texts_whose_file_is_gone_and_those_of_the_control_group_get_nothing(lasting_world, monkeypatch):
    monkeypatch.setattr(prelabel_source, "CHUNK", 2)
    world = texts_in(lasting_world, "text_classification", *(f"a cat {number}" for number in range(12)))
    Sample.objects.filter(pk=world.rows[0].pk).update(sha256="0" * 64)
    run = applied(world, words(world, "cat", "cat"), control=0.5)
    rows = list(Prelabel.objects.filter(run=run))
    left = [row for row in rows if row.is_control]
    assert len(rows) == 12
    assert all(row.shapes == [] for row in left)
    spoken = [row for row in rows if not row.is_control and row.sample_id != world.rows[0].pk]
    assert [len(row.shapes) for row in spoken] == [1] * len(spoken)
    assert preview(world, words(world, "cat", "cat"))["looked_at"] == 11
    assert not Annotation.objects.exists()
