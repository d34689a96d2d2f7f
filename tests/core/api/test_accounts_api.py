"""Signing in and out, passwords, tokens, people."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from core.clock import utc_now
from core.models import ApiToken, AuditEvent, User
from core.services import throttle, tokens
from tests.factories import PASSWORD, user_make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(db):
    cache.clear()
    tokens.tokens_forget()


def browser() -> APIClient:
    client = APIClient(enforce_csrf_checks=True)
    assert client.get("/api/v1/auth/session/").json() == {"authenticated": False}
    client.credentials(HTTP_X_CSRFTOKEN=client.cookies["csrftoken"].value)
    return client


def sign_in(client, username="somebody", password=PASSWORD):
    return client.post("/api/v1/auth/login", {"username": username, "password": password}, format="json")


class TestSessions:
    def test_a_person_signs_in_and_out(self, user):
        client = browser()
        answer = sign_in(client)
        assert (answer.status_code, answer.json()["username"]) == (200, "somebody")
        client.credentials(HTTP_X_CSRFTOKEN=client.cookies["csrftoken"].value)
        assert client.get("/api/v1/auth/session").json() == {"authenticated": True}
        assert client.get("/api/v1/auth/me/").json()["memberships"] == []
        assert client.post("/api/v1/auth/logout/").status_code == 204
        assert client.get("/api/v1/auth/me/").status_code == 401

    def test_a_sign_in_without_the_csrf_token_is_refused(self, user):
        answer = sign_in(APIClient(enforce_csrf_checks=True))
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")

    def test_an_unsafe_call_of_a_session_without_the_csrf_token_is_refused(self, user):
        client = browser()
        sign_in(client)
        client.credentials()
        assert client.patch("/api/v1/auth/me/", {"theme": "dark"}, format="json").status_code == 403

    def test_the_session_gets_a_new_id_at_sign_in(self, user):
        client = browser()
        sign_in(client)
        first = client.cookies["studio_session"].value
        client.credentials(HTTP_X_CSRFTOKEN=client.cookies["csrftoken"].value)
        sign_in(client)
        assert client.cookies["studio_session"].value != first

    @pytest.mark.parametrize("username", ["somebody", "nobody-of-that-name"])
    def test_a_wrong_name_and_a_wrong_password_look_alike(self, user, username):
        answer = sign_in(browser(), username, "wrong")
        body = answer.json()
        body.pop("request_id")
        assert answer.status_code == 401
        assert body == {
            "code": "bad_credentials",
            "detail": "the user name or the password is not right",
            "params": {},
        }

    def test_a_closed_account_cannot_sign_in_by_any_way(self, user):
        _token, secret = tokens.token_create(user, name="t")
        user.is_active = False
        user.save()
        assert sign_in(browser()).json()["code"] == "bad_credentials"
        assert (
            APIClient()
            .post("/api/v1/auth/token/", {"username": "somebody", "password": PASSWORD})
            .status_code
            == 401
        )
        assert APIClient().get("/api/v1/auth/me/", HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == 401

    def test_the_eleventh_wrong_attempt_at_an_account_has_to_wait(self, user):
        client = browser()
        statuses = [sign_in(client, password="wrong").status_code for _ in range(11)]
        assert statuses == [401] * 10 + [429]
        answer = sign_in(client)
        assert (answer.status_code, answer["Retry-After"]) == (429, "60")

    def test_the_eleventh_name_tried_from_one_address_has_to_wait_whatever_the_header_says(self, user):
        client = browser()
        for number in range(10):
            sign_in(client, f"name{number}", "wrong")
        client.credentials(
            HTTP_X_CSRFTOKEN=client.cookies["csrftoken"].value, HTTP_X_FORWARDED_FOR="203.0.113.9"
        )
        assert sign_in(client).status_code == 429

    def test_right_attempts_are_not_counted(self, user):
        client = browser()
        for _ in range(15):
            client.credentials(HTTP_X_CSRFTOKEN=client.cookies["csrftoken"].value)
            assert sign_in(client).status_code == 200

    def test_signing_in_is_closed_while_nobody_can_count(self, user, settings, monkeypatch):
        from redis.exceptions import ConnectionError as Gone

        def gone(*args, **kwargs):
            raise Gone

        monkeypatch.setattr(throttle.cache, "add", gone, raising=False)
        answer = sign_in(browser())
        assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")

    def test_attempts_leave_a_trace_without_the_password(self, user):
        client = browser()
        sign_in(client, password="wrong-secret")
        sign_in(client)
        rows = AuditEvent.objects.filter(operation__startswith="core.session").order_by("seq")
        assert [(row.operation, row.outcome) for row in rows] == [
            ("core.session.refused", "refused"),
            ("core.session.started", "done"),
        ]
        assert all(row.address == "127.0.0.1" and row.request_id for row in rows)
        assert "wrong-secret" not in str(list(rows.values()))


class TestPasswords:
    def test_a_new_password_ends_every_other_session(self, user, client_for):
        here, elsewhere = client_for(user), client_for(user)
        body = {"old": PASSWORD, "new": "another quite long one"}
        assert here.post("/api/v1/auth/password/", body, format="json").status_code == 204
        assert here.get("/api/v1/auth/me/").status_code == 200
        assert elsewhere.get("/api/v1/auth/me/").status_code == 401

    @pytest.mark.parametrize(
        ("old", "new", "field"),
        [
            ("wrong", "another quite long one", "old"),
            (PASSWORD, "short", "new"),
            (PASSWORD, "somebody1234", "new"),
        ],
    )
    def test_a_wrong_old_or_a_weak_new_password_is_named(self, user, client_for, old, new, field):
        answer = client_for(user).post("/api/v1/auth/password/", {"old": old, "new": new}, format="json")
        assert answer.status_code == 422
        assert field in answer.json()["params"]["fields"]
        user.refresh_from_db()
        assert user.check_password(PASSWORD)


class TestProfile:
    def test_people_change_their_own_look(self, user, client_for):
        body = {
            "theme": "dark",
            "language": "zh-Hans",
            "preferences": {"keys": {"next": "j"}},
            "display_name": "某人",
        }
        answer = client_for(user).patch("/api/v1/auth/me/", body, format="json")
        assert {name: answer.json()[name] for name in body} == body

    def test_nobody_makes_themselves_an_administrator(self, user, client_for):
        client_for(user).patch("/api/v1/auth/me/", {"is_admin": True, "is_superuser": True, "username": "x"})
        user.refresh_from_db()
        assert (user.is_superuser, user.username) == (False, "somebody")

    @pytest.mark.parametrize(
        "body", [{"theme": "pink"}, {"language": "xx"}, {"preferences": {"a": "x" * 70_000}}]
    )
    def test_what_does_not_exist_cannot_be_chosen(self, user, client_for, body):
        assert client_for(user).patch("/api/v1/auth/me/", body, format="json").status_code == 422


class TestTokens:
    def test_a_password_gives_a_token_that_works(self, user, api):
        answer = APIClient().post(
            "/api/v1/auth/token", {"username": "somebody", "password": PASSWORD}, format="json"
        )
        assert answer.status_code == 200
        assert api(answer.json()["token"]).get("/api/v1/auth/me/").json()["username"] == "somebody"

    def test_a_secret_is_shown_once_and_stored_hashed(self, user, client_for):
        client = client_for(user)
        made = client.post("/api/v1/tokens/", {"name": "ci"}, format="json").json()
        listed = client.get("/api/v1/tokens/").json()["results"][0]
        assert made["secret"].startswith(listed["prefix"])
        assert "secret" not in listed
        assert listed["scopes"] == ["read", "write"]
        stored = ApiToken.objects.values().get()
        assert made["secret"] not in str(stored)

    def test_a_read_token_reads_and_does_not_write(self, user, client_for, api):
        made = (
            client_for(user).post("/api/v1/tokens/", {"name": "r", "scopes": ["read"]}, format="json").json()
        )
        script = api(made["secret"])
        assert script.get("/api/v1/auth/me/").status_code == 200
        assert script.patch("/api/v1/auth/me/", {"theme": "dark"}, format="json").status_code == 403

    def test_a_revoked_token_ends_at_once_here_and_in_five_seconds_elsewhere(
        self, user, client_for, api, monkeypatch
    ):
        client = client_for(user)
        made = client.post("/api/v1/tokens/", {"name": "x"}, format="json").json()
        script = api(made["secret"])
        assert script.get("/api/v1/auth/me/").status_code == 200
        remembered = dict(tokens._known)
        assert client.delete(f"/api/v1/tokens/{made['id']}/").status_code == 204
        assert script.get("/api/v1/auth/me/").status_code == 401
        tokens._known.update(remembered)
        assert script.get("/api/v1/auth/me/").status_code == 200
        now = tokens.time.monotonic()
        monkeypatch.setattr(tokens.time, "monotonic", lambda: now + tokens.CACHE_S)
        assert script.get("/api/v1/auth/me/").status_code == 401

    def test_somebody_elses_token_looks_absent(self, user, client_for):
        other = client_for(user_make("other"))
        made = client_for(user).post("/api/v1/tokens/", {"name": "x"}, format="json").json()
        assert other.delete(f"/api/v1/tokens/{made['id']}/").status_code == 404
        assert other.get("/api/v1/tokens/").json()["results"] == []

    def test_an_expired_token_is_refused(self, user, api):
        _token, secret = tokens.token_create(user, name="x", expires_at=utc_now() + timedelta(minutes=1))
        ApiToken.objects.update(expires_at=utc_now() - timedelta(seconds=1))
        assert api(secret).get("/api/v1/auth/me/").status_code == 401

    @pytest.mark.parametrize(
        "body",
        [
            {"name": ""},
            {"name": "x", "scopes": ["admin"]},
            {"name": "x", "expires_at": "2001-01-01T00:00:00Z"},
        ],
    )
    def test_a_token_must_make_sense(self, user, client_for, body):
        assert client_for(user).post("/api/v1/tokens/", body, format="json").status_code == 422

    def test_a_hundred_tokens_are_enough(self, user, client_for, monkeypatch):
        monkeypatch.setattr(tokens, "MAX_TOKENS", 1)
        client = client_for(user)
        client.post("/api/v1/tokens/", {"name": "x"}, format="json")
        assert (
            client.post("/api/v1/tokens/", {"name": "y"}, format="json").json()["code"] == "too_many_tokens"
        )

    def test_the_last_use_is_written_at_most_once_a_minute(self, user, api, django_assert_num_queries):
        _token, secret = tokens.token_create(user, name="x")
        api(secret).get("/api/v1/auth/me/")
        first = ApiToken.objects.get().last_used_at
        assert first is not None
        tokens.tokens_forget()
        api(secret).get("/api/v1/auth/me/")
        assert ApiToken.objects.get().last_used_at == first

    def test_trying_tokens_ends_with_429_by_the_fiftieth(self, user, api):
        statuses = {api(f"st_wrong{number}").get("/api/v1/auth/me/").status_code for number in range(40)}
        assert statuses == {401}
        assert api("st_wrong").get("/api/v1/auth/me/").status_code == 429
        _token, secret = tokens.token_create(user, name="x")
        assert api(secret).get("/api/v1/auth/me/").status_code == 200

    def test_the_memory_of_tokens_is_bounded(self, user, monkeypatch):
        monkeypatch.setattr(tokens, "_CACHE_SIZE", 1)
        for name in "ab":
            tokens.token_for_secret(tokens.token_create(user, name=name)[1])
        assert len(tokens._known) == 1

    def test_the_audit_row_names_the_token(self, user, api):
        token, secret = tokens.token_create(user, name="x")
        api(secret).patch("/api/v1/auth/me/", {"theme": "dark"}, format="json")
        assert AuditEvent.objects.get(operation="core.user.profile_changed").token_prefix == token.prefix


class TestUsers:
    def test_administrators_manage_accounts(self, site_admin, client_for):
        client = client_for(site_admin)
        body = {"username": "new", "password": "a long enough one", "display_name": "New"}
        made = client.post("/api/v1/users/", body, format="json")
        assert made.status_code == 201
        url = made["Location"]
        assert client.get(url).json()["display_name"] == "New"
        changed = client.patch(url, {"is_admin": True, "is_active": False}, format="json").json()
        assert (changed["is_admin"], changed["is_active"]) == (True, False)
        changed = client.patch(url, {"password": "yet another one", "display_name": "N"}, format="json")
        assert User.objects.get(username="new").check_password("yet another one")
        assert [u["username"] for u in client.get("/api/v1/users/?text=ne").json()["results"]] == ["new"]

    def test_an_unknown_account_is_not_found(self, site_admin, client_for):
        assert (
            client_for(site_admin).get(f"/api/v1/users/{'0' * 8}-0000-0000-0000-{'0' * 12}/").status_code
            == 404
        )

    def test_a_taken_a_bad_and_a_weak_account_are_refused(self, site_admin, user, client_for):
        client = client_for(site_admin)
        good = {"username": "new", "password": "a long enough one"}
        taken = client.post("/api/v1/users/", {**good, "username": "somebody"}, format="json")
        assert (taken.status_code, taken.json()["code"]) == (409, "username_taken")
        for bad in ({"username": "has space"}, {"password": "short"}):
            assert client.post("/api/v1/users/", {**good, **bad}, format="json").status_code == 422

    def test_one_administrator_remains(self, site_admin, client_for):
        url = f"/api/v1/users/{site_admin.pk}/"
        for change in ({"is_admin": False}, {"is_active": False}):
            answer = client_for(site_admin).patch(url, change, format="json")
            assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
        site_admin.refresh_from_db()
        assert site_admin.is_superuser
        assert site_admin.is_active

    def test_nobody_else_sees_accounts(self, members, client_for):
        for person in members.values():
            assert client_for(person).get("/api/v1/users/").status_code == 403
        assert APIClient().get("/api/v1/users/").status_code == 401


def test_every_answer_carries_its_request_id_and_the_security_headers(user, client_for):
    answer = client_for(user).get("/api/v1/auth/me/", HTTP_X_REQUEST_ID="abcd1234-from-a-client")
    assert answer["X-Request-Id"] == "abcd1234-from-a-client"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    forged = client_for(user).get("/api/v1/auth/me/", HTTP_X_REQUEST_ID="x\n" * 100)
    assert re.fullmatch(r"[0-9a-f]{24}", forged["X-Request-Id"])


def test_a_new_password_ends_the_tokens_that_the_old_one_bought(site_admin, client_for, api):
    def bought(password):
        sent = {"username": "lin", "password": password}
        return APIClient().post("/api/v1/auth/token/", sent, format="json").json()["token"]

    lin = user_make("lin")
    _, kept = tokens.token_create(lin, name="nightly script")
    first = bought(PASSWORD)
    assert api(first).get("/api/v1/auth/me/").status_code == 200
    change = {"old": PASSWORD, "new": "a new and long one"}
    assert client_for(lin).post("/api/v1/auth/password/", change, format="json").status_code == 204
    assert api(first).get("/api/v1/auth/me/").status_code == 401
    second = bought("a new and long one")
    reset = {"password": "yet another long one"}
    assert client_for(site_admin).patch(f"/api/v1/users/{lin.pk}/", reset, format="json").status_code == 200
    assert api(second).get("/api/v1/auth/me/").status_code == 401
    assert api(kept).get("/api/v1/auth/me/").status_code == 200
