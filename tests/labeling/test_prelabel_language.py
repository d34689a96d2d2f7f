"""A language model of the operator's reads the texts that wait; off unless one is named."""

import json
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from core.jobs import dispatch, runner
from core.models import Job
from core.outgoing import ChatServer
from labeling.models import Prelabel
from labeling.services import prelabel_language
from tests.labeling.test_prelabels import ask, done, told
from tests.labeling.test_weak_rules import TEXTS, texts_in
from tests.support.chat_server import chat_server_saying

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)
    monkeypatch.setattr(prelabel_language, "_WAITS_S", (0.0, 0.0))


@pytest.fixture
def named(settings):
    """The operator names a server that says what the test has it say."""

    @contextmanager
    def naming(say):
        with chat_server_saying(say) as (url, heard):
            settings.STUDIO_CHAT_URL, settings.STUDIO_CHAT_MODEL = url, "tiny"
            settings.STUDIO_CHAT_KEY = "a key"
            settings.STUDIO_OUTGOING_ALLOW = (urlsplit(url).netloc,)
            yield heard

    return naming


def text_of(asked) -> str:
    return asked["messages"][1]["content"]


def by_first_word(asked):
    """The first of the words cat, dog and eel in the text."""
    places = {name: text_of(asked).lower().find(name) for name in ("cat", "dog", "eel")}
    found = {name: at for name, at in places.items() if at >= 0}
    return 200, json.dumps({"class": min(found, key=found.get) if found else None})


def failed(world) -> Job:
    answer = ask(world, "language", {})
    assert answer.status_code == 202, answer.content
    runner.run(answer.json()["job"]["id"])
    return Job.objects.get(pk=answer.json()["job"]["id"])


def test_it_reads_what_waits_and_people_see_what_it_says(lasting_world, named, settings):
    world = texts_in(lasting_world, "text_classification", *TEXTS)
    with named(by_first_word) as heard:
        (title,) = [model["title"] for model in told(world)["models"] if model["model"] == "language"]
        assert title == f"tiny ({settings.STUDIO_OUTGOING_ALLOW[0]})"
        run = done(world, "language", {})
    assert (run["samples"], run["model"]) == (6, "language")
    names = {str(row.pk): name for name, row in world.classes.items()}
    said = {row.sample_id: [names[shape["label"]] for shape in row.shapes] for row in Prelabel.objects.all()}
    assert [said[row.pk] for row in world.rows] == [["cat"], ["cat"], ["dog"], [], [], ["eel"]]
    assert {(each["path"], each["key"], each["model"]) for each in heard} == {
        ("/v1/chat/completions", "Bearer a key", "tiny")
    }
    assert sorted(map(text_of, heard)) == sorted(TEXTS)


def test_places_are_where_the_text_says_so(lasting_world, named):
    world = texts_in(lasting_world, "ner", *TEXTS)
    spans = {"spans": [{"text": "cat", "class": "cat"}, {"text": "cat", "class": "cat"}]}
    with named(lambda asked: (200, json.dumps(spans))):
        done(world, "language", {})
    said = {row.sample_id: row.shapes for row in Prelabel.objects.all()}
    places = [[(s["kind"], s["start"], s["end"]) for s in said[row.pk]] for row in world.rows[:3]]
    assert places == [[("span", 4, 7)], [("span", 2, 5), ("span", 22, 25)], []]


def test_a_server_that_is_busy_is_asked_again_and_what_was_answered_is_kept(
    lasting_world, named, monkeypatch
):
    monkeypatch.setattr(prelabel_language, "_KEPT_AFTER", 2)
    world = texts_in(lasting_world, "text_classification", *TEXTS)
    tries = []

    def say(asked):
        tries.append(text_of(asked))
        return (429, {}) if tries.count(text_of(asked)) < 3 else by_first_word(asked)

    with named(say):
        assert done(world, "language", {})["samples"] == 6
    assert all(tries.count(text) == 3 for text in TEXTS)
    assert sum(bool(row.shapes) for row in Prelabel.objects.all()) == 4


def test_a_run_that_ends_early_keeps_what_it_has_and_the_next_goes_on(lasting_world, named):
    world = texts_in(lasting_world, "text_classification", *TEXTS)
    answered, is_barred = [], [True]

    def say(asked):
        if is_barred and "eel" in text_of(asked):
            return 401, {"error": "sk-secret is no key"}
        answered.append(text_of(asked))
        return by_first_word(asked)

    with named(say):
        job = failed(world)
        assert (job.state, job.error_code) == ("failed", "chat_refused")
        assert "HTTP 401" in job.error_detail
        assert "secret" not in job.error_detail
        assert Prelabel.objects.count() == len(answered) > 0
        is_barred.clear()
        done(world, "language", {})
    assert sorted(answered) == sorted(TEXTS)
    assert Prelabel.objects.count() == len(TEXTS)


def test_a_text_that_the_server_cannot_take_stays_open_alone(lasting_world, named):
    world = texts_in(lasting_world, "text_classification", *TEXTS)

    def say(asked):
        if "eel" in text_of(asked):
            return 400, {"error": "too long"}
        return (
            (200, {"choices": [{"message": {"content": None}}]})
            if "Dogs" in text_of(asked)
            else by_first_word(asked)
        )

    with named(say):
        assert done(world, "language", {})["samples"] == 6
    said = {row.sample_id: bool(row.shapes) for row in Prelabel.objects.all()}
    assert [said[row.pk] for row in world.rows] == [True, True, False, False, False, False]


def test_a_server_that_says_nothing_of_all_texts_is_told(lasting_world, named):
    world = texts_in(lasting_world, "text_classification", *TEXTS)
    with named(lambda asked: (400, {})):
        assert failed(world).error_code == "chat_unsaid"
    assert Prelabel.objects.count() == 0


def test_a_server_that_stays_busy_ends_the_run_after_the_last_try(lasting_world, named):
    world = texts_in(lasting_world, "text_classification", TEXTS[0])
    with named(lambda asked: (503, {})) as heard:
        assert failed(world).error_code == "chat_busy"
    assert len(heard) == 3


@pytest.mark.parametrize("body", [{}, {"choices": []}, {"choices": [5]}, []])
def test_who_does_not_speak_the_protocol_is_refused(lasting_world, named, body):
    world = texts_in(lasting_world, "text_classification", *TEXTS[:1])
    with named(lambda asked: (200, body)):
        assert failed(world).error_code == "chat_refused"


def test_no_redirect_is_followed_and_no_private_address_is_asked_unlisted(lasting_world, named, settings):
    world = texts_in(lasting_world, "text_classification", *TEXTS[:1])
    with named(lambda asked: (302, {})) as heard:
        assert failed(world).error_code == "chat_refused"
        assert {each["path"] for each in heard} == {"/v1/chat/completions"}
        settings.STUDIO_OUTGOING_ALLOW = ()
        heard.clear()
        assert failed(world).error_code == "outgoing_refused"
        assert heard == []


def test_without_a_server_nothing_is_offered(lasting_world, named):
    world = texts_in(lasting_world, "text_classification", *TEXTS[:1])
    assert "language" not in [model["model"] for model in told(world)["models"]]
    answer = ask(world, "language", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "language_missing")
    with named(by_first_word):
        answer = ask(world, "language", {"x": "cat"})
        assert (answer.status_code, list(answer.json()["params"]["fields"])) == (422, ["mapping"])


def test_pictures_are_not_read(lasting_world, named):
    world = lasting_world(samples=1)
    world.campaign()
    with named(by_first_word):
        assert "language" not in [model["model"] for model in told(world)["models"]]
        answer = ask(world, "language", {})
        assert (answer.status_code, list(answer.json()["params"]["fields"])) == (422, ["model"])


def test_a_key_is_never_shown():
    assert "secret" not in repr(ChatServer("http://h/v1", "m", "secret"))
    assert ChatServer("http://user:pass@h:8/v1", "m").host == "h:8"
