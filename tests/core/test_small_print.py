"""Short promises of core that no other page of tests makes."""

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from redis.exceptions import ConnectionError as Gone
from rest_framework.test import APIClient, APIRequestFactory

from core import selectors
from core.api.views import StudioViewSet
from core.errors import InvalidInput, TooManyRequests
from core.faults import fault
from core.models import AuditHead
from core.registry import by_key
from core.services import audit, throttle, tokens


class TestViews:
    class Careless(StudioViewSet):
        resource = "things"
        rules = {}

        def list(self, request):
            from rest_framework.response import Response

            return Response([])

    def call(self, rules, user=None):
        from rest_framework.test import force_authenticate

        view = type("Careless", (self.Careless,), {"rules": rules})
        request = APIRequestFactory().get("/")
        if user is not None:
            force_authenticate(request, user)
        return view.as_view({"get": "list"})(request)

    def test_an_operation_without_a_rule_is_refused(self, user):
        assert self.call({}, user).status_code == 403

    def test_an_operation_that_forgets_to_ask_is_a_bug(self, user):
        from core.api.rules import Need

        with pytest.raises(RuntimeError, match="without asking"):
            self.call({"things_list": Need("view_project")}, user)

    def test_an_unknown_method_is_405(self, user, client_for):
        assert client_for(user).delete("/api/v1/projects/").status_code == 405


class TestThrottle:
    def test_a_window_that_ended_between_two_calls_is_a_fresh_start(self, monkeypatch):
        def ended(key):
            raise ValueError

        monkeypatch.setattr(throttle.cache, "add", lambda *a: True, raising=False)
        monkeypatch.setattr(throttle.cache, "incr", ended, raising=False)
        throttle.attempt("x", "y", limit=1)

    def test_a_count_without_an_end_gets_one(self):
        key = throttle._key("small-print", "endless")
        cache.set(key, 0, None)
        throttle.attempt("small-print", "endless", limit=1)
        seconds = cache._cache.get_client().ttl(cache.make_key(key))
        assert 0 < seconds <= throttle.WINDOW_S

    def test_forgiving_is_harmless_when_nobody_counts(self, monkeypatch):
        def gone(key):
            raise Gone

        monkeypatch.setattr(throttle.cache, "decr", gone, raising=False)
        throttle.forgive("x", "y")

    def test_the_limit_says_when_to_come_back(self):
        throttle.attempt("small-print", "y", limit=1)
        with pytest.raises(TooManyRequests) as caught:
            throttle.attempt("small-print", "y", limit=1)
        assert caught.value.params == {"retry_after_s": 60}


def test_a_closed_account_holds_nothing(project):
    project.created_by.is_active = False
    assert selectors.project_permissions(project.created_by, project.pk) == frozenset()


def test_an_unknown_scope_is_refused_by_the_service_too(user):
    with pytest.raises(InvalidInput):
        tokens.token_create(user, name="x", scopes=["root"])


@pytest.mark.django_db(transaction=True)
def test_an_audit_row_belongs_into_a_transaction():
    with pytest.raises(RuntimeError):
        audit.record(None, "x")


def test_a_fault_is_nothing_unless_it_is_named(monkeypatch):
    ended = []
    monkeypatch.setattr("core.faults.os._exit", ended.append)
    fault("here")
    monkeypatch.setenv("STUDIO_FAULT", "here")
    fault("elsewhere")
    fault("here")
    assert ended == [137]


def test_a_fault_with_a_token_happens_once(monkeypatch, tmp_path):
    ended = []
    monkeypatch.setattr("core.faults.os._exit", ended.append)
    monkeypatch.setenv("STUDIO_FAULT", "here")
    monkeypatch.setenv("STUDIO_FAULT_TOKEN", str(tmp_path / "token"))
    fault("here")
    assert ended == []
    (tmp_path / "token").touch()
    fault("here")
    fault("here")
    assert ended == [137]


def test_a_plug_in_key_used_twice_stops_the_start():
    class Plug:
        key = "k"

    with pytest.raises(RuntimeError, match="duplicate"):
        by_key(Plug(), Plug())


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_begins_a_new_audit_chain():
    call_command("flush", interactive=False, verbosity=0)
    assert AuditHead.objects.get().hash == audit.GENESIS


@pytest.mark.django_db(transaction=True)
def test_the_append_only_triggers_can_be_taken_back_and_made_again():
    from importlib import import_module

    migration = import_module("core.migrations.0003_audit_append_only")
    with connection.schema_editor() as editor:
        migration.permit(None, editor)
        migration.forbid(None, editor)


@pytest.mark.parametrize(
    ("sent", "revision"),
    [("", None), ("*", None), ('"3"', 3), ('W/"3"', 3), ('"nonsense"', -1), ("3, 4", -1), ("9" * 5000, -1)],
)
def test_if_match_names_a_revision_in_the_form_that_an_etag_has(sent, revision):
    from rest_framework.request import Request

    from core.api.etag import etag_of, revision_expected

    headers = {"HTTP_IF_MATCH": sent} if sent else {}
    assert revision_expected(Request(APIRequestFactory().put("/", **headers))) == revision
    assert etag_of(3) == '"3"'


def test_a_visitor_is_asked_for_a_bearer_token(db):
    # From an address of its own: wrong tokens are counted by address, over all tests of the session.
    visitor = APIClient(REMOTE_ADDR="198.51.100.7")
    answer = visitor.get("/api/v1/auth/me/", HTTP_AUTHORIZATION="Bearer wrong")
    assert answer["WWW-Authenticate"] == 'Bearer realm="studio"'


def test_a_limit_outside_the_api_framework_says_when_to_come_back(rf):
    from core.api.problems import problem_response

    assert problem_response(rf.get("/"), TooManyRequests("slow down", retry_after_s=7))["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/api/v1/projects/?text=%00", None),
        ("get", "/api/v1/jobs/?kind=%00", None),
        ("patch", "/api/v1/auth/me/", {"preferences": {"color": "\x00"}}),
    ],
)
def test_what_the_database_cannot_store_is_refused_and_no_bug(client_for, site_admin, method, path, body):
    answer = getattr(client_for(site_admin), method)(path, body, format="json")
    expected = ("invalid_input", 422) if connection.vendor == "postgresql" else ("", 200)
    assert (answer.json().get("code", ""), answer.status_code) == expected


@pytest.mark.parametrize(
    "name", ["\u001b]0;pwn\u0007", "abc\u202e", "a\u200bb", "a\rb", "a\u2028b", "\u200d"]
)
def test_a_name_has_no_signs_that_nobody_sees(client_for, user, name):
    answer = client_for(user).post("/api/v1/projects/", {"name": name}, format="json")
    assert (answer.status_code, list(answer.json()["params"]["fields"])) == (422, ["name"])


def test_a_name_may_have_any_sign_that_people_see(client_for, project):
    name = "猫 👩‍🔬 Ünï 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    client = client_for(project.created_by)
    body = {"project": str(project.pk), "name": name, "modality": "text", "task": "ner"}
    answer = client.post("/api/v1/datasets/", body, format="json")
    assert (answer.status_code, answer.json()["name"]) == (201, name)
