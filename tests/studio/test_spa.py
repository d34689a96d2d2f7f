"""The browser app's page, its headers, and what is said while it is not built."""

import re

import pytest

PAGE = '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><script src="/assets/x.js"></script>'


@pytest.fixture
def built(settings, tmp_path):
    settings.UI_DIR = tmp_path
    (tmp_path / "index.html").write_text(PAGE)


@pytest.mark.usefixtures("built")
class TestBuilt:
    @pytest.mark.parametrize("path", ["/", "/login", "/projects/1/runs/2?tab=x", "/annotate/今"])
    def test_every_address_of_the_app_is_its_page(self, client, path):
        answer = client.get(path)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-cache")
        assert "csrftoken" in answer.cookies

    def test_the_policy_admits_the_pages_own_styles_by_a_fresh_nonce(self, client):
        first, second = client.get("/"), client.get("/")
        (nonce,) = re.findall(r'content="([\w-]{20,})"', first.content.decode())
        assert f"style-src 'self' 'nonce-{nonce}'" in first["Content-Security-Policy"]
        assert first["Content-Security-Policy"] != second["Content-Security-Policy"]
        assert "unsafe" not in first["Content-Security-Policy"]
        assert "script-src 'self';" in first["Content-Security-Policy"]

    @pytest.mark.parametrize("path", ["/assets/gone-12345678.js", "/static/x", "/media/t/x", "/theme.css"])
    def test_a_missing_file_is_missing_and_not_the_page(self, client, path):
        assert client.get(path).status_code == 404

    def test_the_api_answers_for_itself(self, db, client):
        assert client.get("/api/v1/nothing/").status_code == 404
        assert client.post("/projects").status_code == 405


def test_a_page_without_a_mark_keeps_the_plain_policy(client, settings, tmp_path):
    settings.UI_DIR = tmp_path
    (tmp_path / "index.html").write_text("<!doctype html>")
    assert "nonce" not in client.get("/")["Content-Security-Policy"]


def test_a_studio_without_its_app_says_so(client, settings, tmp_path):
    settings.UI_DIR = tmp_path
    answer = client.get("/")
    assert answer.status_code == 503
    assert "make up" in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/nothing.js", "/admin/login/", "/static/unfold/js/app.js"]
)
def test_security_headers_are_on_every_answer(db, client, path):
    answer = client.get(path)
    answer.close()
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert ("unsafe-eval" in policy) is path.startswith("/admin/")
    assert "script-src 'self' 'unsafe-inline'" not in policy


def test_alive_is_alive_without_a_database(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready_names_the_part_that_is_not(db, client, settings):
    assert client.get("/readyz").json() == {
        "status": "ok",
        "checks": {"database": True, "broker": True, "storage": True},
    }
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["checks"] == {"database": True, "broker": False, "storage": True}
