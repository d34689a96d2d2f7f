"""Signing in, passwords, the people of the installation."""

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.errors import Conflict, InvalidInput, Unauthorized
from core.models import User
from core.services import audit, throttle
from core.services.tokens import password_tokens_revoke

ATTEMPTS_A_MINUTE = 10


class BadCredentials(Unauthorized):
    """The same for an unknown name, a wrong password and a closed account."""

    code = "bad_credentials"


class LastAdministrator(Conflict):
    """Somebody must be able to administrate."""

    code = "last_administrator"


class UsernameTaken(Conflict):
    """Another account has that name."""

    code = "username_taken"


def credentials_check(username: str, password: str, *, address: str) -> User:
    """The person behind a name and a password.

    Raises BadCredentials, TooManyRequests after ten wrong attempts a minute for one account or
    from one address, and NotReady while attempts cannot be counted. An unknown name costs the
    same password hash as a known one.
    """
    throttle.attempt("login-account", username.lower(), limit=ATTEMPTS_A_MINUTE)
    throttle.attempt("login-address", address, limit=ATTEMPTS_A_MINUTE)
    user = authenticate(username=username, password=password)
    with transaction.atomic():
        if not isinstance(user, User):
            known = User.objects.filter(username=username).first()
            audit.record(None, "core.session.refused", known, outcome="refused")
        else:
            audit.record(user, "core.session.started", user)
    if not isinstance(user, User):
        raise BadCredentials("the user name or the password is not right")
    throttle.forgive("login-account", username.lower())
    throttle.forgive("login-address", address)
    return user


def password_change(user: User, *, old: str, new: str, address: str) -> User:
    """Set a new password, which ends every session and password token. Raises InvalidInput, TooManyRequests."""
    throttle.attempt("login-account", user.username.lower(), limit=ATTEMPTS_A_MINUTE)
    throttle.attempt("login-address", address, limit=ATTEMPTS_A_MINUTE)
    if not user.check_password(old):
        raise InvalidInput("this is not your present password", field="old")
    throttle.forgive("login-account", user.username.lower())
    throttle.forgive("login-address", address)
    password_check(new, user, field="new")
    with transaction.atomic():
        user.set_password(new)
        user.save(update_fields=["password"])
        password_tokens_revoke(user)
        audit.record(user, "core.user.password_changed", user)
    return user


def profile_update(user: User, **changes: Any) -> User:
    """Change one's own display name, language, theme or preferences."""
    with transaction.atomic():
        fields = [name for name in ("display_name", "language", "theme", "preferences") if name in changes]
        for name in fields:
            setattr(user, name, changes[name])
        user.save(update_fields=fields)
        audit.record(user, "core.user.profile_changed", user, fields=fields)
    return user


def user_create(
    *, actor: User | None, username: str, password: str, display_name: str = "", is_admin: bool = False
) -> User:
    """A new account. Raises InvalidInput for a weak password or an unusable name, UsernameTaken."""
    user = User(username=username, display_name=display_name, is_staff=is_admin, is_superuser=is_admin)
    password_check(password, user, field="password")
    user.set_password(password)
    try:
        user.clean_fields(exclude=["password", "last_login"])
    except ValidationError as exc:
        raise InvalidInput("this name cannot be used", fields=exc.message_dict) from exc
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            audit.record(actor, "core.user.created", user, username=username, is_admin=is_admin)
    except IntegrityError as exc:
        raise UsernameTaken("another account has this name", fields={"username": ["taken"]}) from exc
    return user


def user_update(*, actor: User, user: User, **changes: Any) -> User:
    """Change an account as a site administrator. Raises LastAdministrator, InvalidInput."""
    with transaction.atomic():
        _administrators_lock()
        user = User.objects.select_for_update().get(pk=user.pk)
        if "display_name" in changes:
            user.display_name = changes["display_name"]
        if "is_active" in changes:
            user.is_active = changes["is_active"]
        if "is_admin" in changes:
            user.is_superuser = user.is_staff = changes["is_admin"]
        if "password" in changes:
            password_check(changes["password"], user, field="password")
            user.set_password(changes["password"])
            password_tokens_revoke(user)
        user.save()
        _keep_an_administrator()
        audit.record(actor, "core.user.changed", user, fields=sorted(changes))
    return user


def password_check(password: str, user: User, *, field: str) -> None:
    """Raises InvalidInput with every reason the password is too weak."""
    try:
        validate_password(password, user)
    except ValidationError as exc:
        raise InvalidInput("choose another password", fields={field: exc.messages}) from exc


def _administrators_lock() -> None:
    """Two administrators who demote each other at once go one after the other; sorted, so neither waits in a circle."""
    list(User.objects.select_for_update().filter(is_superuser=True).order_by("pk").values_list("pk"))


def _keep_an_administrator() -> None:
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        raise LastAdministrator("one site administrator must remain")
