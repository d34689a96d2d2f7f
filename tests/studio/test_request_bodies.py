"""Bodies that were made to hurt get a 4xx, and nothing of them stays."""

import pytest
from rest_framework.test import APIClient

from core.models import Project

pytestmark = pytest.mark.django_db

HOSTILE = {
    "a tower of lists": b"[" * 200_000,
    "a tower that closes": b'{"name":"x","description":' + b"[" * 300 + b"]" * 300 + b"}",
    "a tower of objects": b'{"a":' * 50_000,
    "an infinite number": b'{"name":1e999}',
    "no number": b'{"name":NaN}',
    "half a character": b'{"name":"\\ud800"}',
    "another encoding": b"\xff\xfe{\x00}\x00",
    "nothing but letters": b"nul",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_body_is_a_bad_request(client_for, site_admin, raw):
    answer = client_for(site_admin).post("/api/v1/projects/", raw, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert not Project.objects.exists()


@pytest.mark.parametrize("value", ['"\\ud800"', "1e999", "[" * 400 + "]" * 400])
def test_no_preference_locks_its_owner_out(client_for, user, value):
    client = client_for(user)
    raw = f'{{"preferences":{{"a":{value}}}}}'
    assert client.patch("/api/v1/auth/me/", raw, content_type="application/json").status_code == 400
    assert client.get("/api/v1/auth/me/").status_code == 200


def test_many_brackets_side_by_side_are_no_tower(client_for, user):
    lists = ",".join("[1]" for _ in range(1000))
    raw = f'{{"preferences":{{"a":[{lists}]}}}}'
    answer = client_for(user).patch("/api/v1/auth/me/", raw, content_type="application/json")
    assert answer.status_code == 200


def test_a_form_of_thousands_of_fields_is_too_large(client_for, site_admin):
    answer = client_for(site_admin).post(
        "/api/v1/projects/", {f"field{number}": "x" for number in range(1500)}, format="multipart"
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")


def test_a_browsers_json_is_read_by_the_csrf_check_and_still_counts_as_repeated(site_admin):
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(site_admin)
    browser.get("/api/v1/auth/session/")
    sent = {"HTTP_X_CSRFTOKEN": browser.cookies["csrftoken"].value, "HTTP_IDEMPOTENCY_KEY": "once"}
    answers = [
        browser.post("/api/v1/projects/", b'{"name":"x"}', content_type="application/json", **sent)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert Project.objects.count() == 1
