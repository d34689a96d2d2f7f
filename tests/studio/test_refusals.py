"""Where no view is reached, a program still gets a problem and a person still gets a sentence."""

import pytest


def test_an_api_address_that_nobody_has_is_a_problem(db, client):
    answer = client.get("/api/v1/nothing/", headers={"X-Request-ID": "request-0001"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json() == {
        "code": "not_found", "detail": "not found", "params": {}, "request_id": "request-0001"
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/api/v1/auth/session/", "/media/t/" + "0" * 64])
def test_a_program_that_asks_under_a_foreign_host_name_gets_a_problem(client, path):
    answer = client.get(path, headers={"Host": "evil.example"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert "STUDIO_ALLOWED_HOSTS" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/admin/login/"])
def test_a_person_under_a_foreign_host_name_reads_what_to_do_and_not_the_name(client, path):
    answer = client.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "STUDIO_ALLOWED_HOSTS" in answer.content.decode()
    assert "evil" not in answer.content.decode()


def test_a_bug_outside_the_api_framework_is_a_problem_without_internals(client, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("core.api.media.user_of", broken)
    client.raise_request_exception = False
    answer = client.get("/media/t/" + "0" * 64)
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["code"] == "internal_error"
    assert "secret" not in answer.content.decode()


def test_the_administration_keeps_its_own_pages(db, client):
    assert client.get("/admin/nothing/here/").status_code in (302, 404)
