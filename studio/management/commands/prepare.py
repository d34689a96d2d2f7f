"""`manage.py prepare`: migrate, then make the first administrator if there is none."""

import json
import os
import secrets
import string
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, transaction

from studio.startup import startup_check

PASSWORD_LETTERS = 16


class Command(BaseCommand):
    """Safe to run at every start and on several machines at once."""

    help = (
        "Apply migrations and create the first administrator (STUDIO_ADMIN_USERNAME, STUDIO_ADMIN_PASSWORD)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """`--answer FILE` receives what was done as JSON, readable by the owner only."""
        parser.add_argument("--answer", type=Path, default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate and see to the administrator. A refusal is one sentence, in the answer as well."""
        try:
            answer = _prepare(options["verbosity"])
        except (ImproperlyConfigured, OperationalError) as exc:
            refusal = _sentence(exc)
            if options["answer"] is not None:
                _write_private(options["answer"], json.dumps({"refusal": refusal}))
            raise CommandError(refusal) from exc
        if options["answer"] is not None:
            _write_private(options["answer"], json.dumps(answer))
        elif answer["password"]:
            name, password = answer["username"], answer["password"]
            self.stdout.write(f"Sign in as {name} with the password {password} (shown once).")


def _prepare(verbosity: int) -> dict[str, str | bool | None]:
    startup_check()
    call_command("migrate", interactive=False, verbosity=verbosity)
    username = os.environ.get("STUDIO_ADMIN_USERNAME") or "admin"
    return administrator_ensure(username, os.environ.get("STUDIO_ADMIN_PASSWORD") or None)


def _sentence(exc: Exception) -> str:
    if isinstance(exc, OperationalError):
        return "The database does not let the studio in: check the name, user and password in DATABASE_URL."
    return str(exc)


def administrator_ensure(username: str, password: str | None) -> dict[str, str | bool | None]:
    """Create the first site administrator; `password` in the answer only if it was made up here."""
    users = get_user_model()._default_manager
    with transaction.atomic():
        existing = users.filter(is_superuser=True).order_by("pk").first()
        if existing is not None:
            return {"username": existing.get_username(), "created": False, "password": None}
        chosen = password or _password()
        _check_password(chosen, username)
        user = get_user_model()(username=username, is_staff=True, is_superuser=True)
        user.set_password(chosen)
        user.save()
    return {"username": username, "created": True, "password": None if password else chosen}


def _check_password(password: str, username: str) -> None:
    try:
        validate_password(password, get_user_model()(username=username))
    except ValidationError as exc:
        raise ImproperlyConfigured(
            "STUDIO_ADMIN_PASSWORD is too easy to guess: use at least 12 characters that are no common password,"
            " or unset it to have one made"
        ) from exc


def _password() -> str:
    letters = string.ascii_letters + string.digits
    return "".join(secrets.choice(letters) for _ in range(PASSWORD_LETTERS))


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
