"""`manage.py prepare` makes the first administrator once and refuses in one sentence."""

import json

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import OperationalError

from core.models import User
from studio.management.commands import prepare

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(tmp_path, monkeypatch):
    monkeypatch.delenv("STUDIO_ADMIN_USERNAME", raising=False)
    monkeypatch.delenv("STUDIO_ADMIN_PASSWORD", raising=False)
    path = tmp_path / "answer.json"

    def run():
        call_command("prepare", "--answer", str(path), verbosity=0)
        assert path.stat().st_mode & 0o777 == 0o600
        return json.loads(path.read_text())

    run.path = path
    return run


def test_the_first_start_makes_up_a_password_that_works_and_later_starts_keep_it(answer):
    first = answer()
    assert first["created"]
    assert authenticate(username="admin", password=first["password"]).is_superuser
    assert answer() == {"username": "admin", "created": False, "password": None}
    assert User.objects.filter(is_superuser=True).count() == 1


def test_a_given_password_is_used_and_never_written_down(answer, monkeypatch):
    monkeypatch.setenv("STUDIO_ADMIN_USERNAME", "lin")
    monkeypatch.setenv("STUDIO_ADMIN_PASSWORD", "correct-horse-battery")
    assert answer() == {"username": "lin", "created": True, "password": None}
    assert authenticate(username="lin", password="correct-horse-battery")


@pytest.mark.parametrize("password", ["123", "password1234"])
def test_a_password_that_is_easy_to_guess_is_refused(answer, monkeypatch, password):
    monkeypatch.setenv("STUDIO_ADMIN_PASSWORD", password)
    with pytest.raises(CommandError, match="at least 12 characters"):
        answer()
    assert not User.objects.exists()


def test_a_bad_secret_key_is_refused_in_one_sentence(answer, settings):
    settings.SECRET_KEY = "x" * 50
    with pytest.raises(CommandError, match="STUDIO_SECRET_KEY is too short"):
        answer()
    assert "too short" in json.loads(answer.path.read_text())["refusal"]


def test_a_database_that_lets_nobody_in_is_said_so(answer, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise OperationalError('password authentication failed for user "studio"')

    monkeypatch.setattr(prepare, "call_command", refuse)
    with pytest.raises(CommandError, match="check the name, user and password in DATABASE_URL"):
        answer()
