"""What a process refuses to start with (called by the entry points, not by management commands)."""

import stat
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.services.outgoing import outgoing_policy
from core.services.storage import storage_url_problem

SHORTEST_KEY = 32
_KNOWN_KEYS = ("django-insecure", "changeme", "change-me", "secret", "insecure")


def startup_check() -> None:
    """Raises ImproperlyConfigured with one sentence that says what to do."""
    for problem in (_debug(), _secret_key(), _hosts(), _secrets_file(), _outgoing(), _storage()):
        if problem:
            raise ImproperlyConfigured(problem)


def _debug() -> str:
    return (
        "DEBUG is on: set STUDIO_DEV=1 to say that this is meant"
        if settings.DEBUG and not settings.DEV
        else ""
    )


def _secret_key() -> str:
    key = settings.SECRET_KEY
    if len(key) < SHORTEST_KEY or len(set(key)) < 8:
        return (
            "STUDIO_SECRET_KEY is too short: use at least 32 random characters, or unset it to have one made"
        )
    if key.lower().startswith(_KNOWN_KEYS):
        return "STUDIO_SECRET_KEY is a well-known value: unset it to have one made"
    return ""


def _hosts() -> str:
    if any(host in ("*", ".") for host in settings.ALLOWED_HOSTS):
        return "STUDIO_ALLOWED_HOSTS must name hosts, not *"
    return ""


def _secrets_file() -> str:
    path = Path(settings.DATA_DIR) / "secret_key"
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        return f"others can read {path.name} in the data folder: run chmod 600 on it"
    return ""


def _outgoing() -> str:
    try:
        outgoing_policy()
    except ValueError as exc:
        return str(exc)
    return ""


def _storage() -> str:
    return storage_url_problem(settings.STUDIO_STORAGE_URL)
