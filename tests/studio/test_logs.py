"""Log lines are JSON, carry their request, and hold no secret."""

import json
import logging
import sys

import pytest

from core.origin import RequestOrigin, origin
from studio.logs import HIDDEN, JsonFormatter, without_secrets

SECRETS = [
    "Authorization: Bearer eyJhbGciOi.J9abcdef",
    "token st_9xQ2mZp4LkJh7GfDsA1qWe",
    "key sk_9xQ2mZp4LkJh7GfDsA1qWe is bad",
    "postgresql://studio:hunter2hunter2@db/studio",
    "redis://:hunter2hunter2@localhost:6379/0",
    "AKIAIOSFODNN7EXAMPLE",
    '{"password": "hunter2hunter2"}',
    "password=hunter2hunter2&x=1",
    "sessionid=abcdef0123456789; csrftoken=abcdef0123456789",
    "GET /invite/abcdefghijklmnopqrstuvwxyz0123456789",
    "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
]
PARTS = ["eyJ", "9xQ2", "hunter2", "AKIAIO", "abcdef0", "abcdefghij", "MIIE"]


def line(message: str, *args, exc_info=None, **extra) -> dict:
    record = logging.makeLogRecord(
        {
            "name": "x",
            "levelno": 20,
            "levelname": "INFO",
            "msg": message,
            "args": args,
            "exc_info": exc_info,
            **extra,
        }
    )
    return json.loads(JsonFormatter().format(record))


@pytest.mark.parametrize("text", SECRETS)
def test_what_looks_like_a_secret_is_starred(text):
    written = json.dumps(line("it was %s", text))
    assert HIDDEN in written
    assert not any(part in written for part in PARTS)


def test_fields_with_secret_names_are_starred_and_others_kept():
    written = line("x", job="j1", api_key="plain", count=3, nothing=None, thing=object())
    assert (written["job"], written["api_key"], written["count"], written["nothing"]) == (
        "j1",
        HIDDEN,
        3,
        None,
    )
    assert "thing" not in written


def test_a_trace_is_starred_too():
    try:
        raise ValueError("password=hunter2hunter2")
    except ValueError:
        written = line("x", exc_info=sys.exc_info())
    assert "ValueError" in written["trace"]
    assert "hunter2" not in written["trace"]


def test_a_line_says_which_request_it_belongs_to():
    token = origin.set(RequestOrigin("abc12345"))
    try:
        assert line("x")["request"] == "abc12345"
    finally:
        origin.reset(token)
    assert "request" not in line("x")


def test_ordinary_words_stay():
    text = "imported 5000 files in 12 s; the token was fine; /projects/1"
    assert without_secrets(text) == text
