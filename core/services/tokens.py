"""Bearer tokens: shown once, stored hashed, seen revoked by every process within five seconds."""

import hashlib
import secrets
import time
from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from core.clock import utc_now
from core.errors import Conflict, InvalidInput, NotFound, Unauthorized
from core.models import ApiToken, User
from core.services import audit

SCOPES = ("read", "write")
MAX_TOKENS = 100
CACHE_S = 5.0
PASSWORD_TOKEN_NAME = "Password sign-in"  # noqa: S105 - a label
PASSWORD_TOKEN_LIFETIME = timedelta(days=90)
_PREFIX = "st_"
_SHOWN = 10
_USED_EVERY = timedelta(minutes=1)
_CACHE_SIZE = 4096
_known: "OrderedDict[str, tuple[float, ApiToken]]" = OrderedDict()
_lock = Lock()


class TooManyTokens(Conflict):
    """Revoke one first."""

    code = "too_many_tokens"


def token_create(
    user: User, *, name: str, scopes: list[str] | None = None, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is never to be seen again. Raises InvalidInput, TooManyTokens."""
    wanted = sorted(set(scopes or SCOPES))
    if not set(wanted) <= set(SCOPES):
        raise InvalidInput("scopes are read and write", field="scopes", allowed=list(SCOPES))
    if expires_at is not None and expires_at <= utc_now():
        raise InvalidInput("the expiry is in the past", field="expires_at")
    secret = _PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if _live().filter(user=user).count() >= MAX_TOKENS:
            raise TooManyTokens("at most 100 tokens a person; revoke one first")
        token = ApiToken.objects.create(
            user=user,
            name=name,
            prefix=secret[:_SHOWN],
            secret_sha256=secret_hash(secret),
            scopes=wanted,
            expires_at=expires_at,
        )
        audit.record(user, "core.token.created", token, name=name, scopes=wanted)
    return token, secret


def token_revoke(user: User, token_id: UUID) -> None:
    """End one of the caller's own tokens. Raises NotFound."""
    with transaction.atomic():
        token = (
            ApiToken.objects.select_for_update()
            .filter(pk=token_id, user=user, revoked_at__isnull=True)
            .first()
        )
        if token is None:
            raise NotFound
        token.revoked_at = utc_now()
        token.save(update_fields=["revoked_at"])
        audit.record(user, "core.token.revoked", token, name=token.name)
    with _lock:
        _known.pop(token.secret_sha256, None)


def password_tokens_revoke(user: User) -> None:
    """End the tokens that the old password bought; inside the transaction that sets the new one."""
    bought = _live().filter(user=user, name=PASSWORD_TOKEN_NAME)
    hashes = list(bought.values_list("secret_sha256", flat=True))
    bought.update(revoked_at=utc_now())
    with _lock:
        for secret_sha256 in hashes:
            _known.pop(secret_sha256, None)


def token_for_secret(secret: str) -> ApiToken:
    """The live token of a secret, with its user; remembered for five seconds. Raises Unauthorized."""
    digest, now = secret_hash(secret), time.monotonic()
    with _lock:
        remembered = _known.get(digest)
    if remembered is not None and now - remembered[0] < CACHE_S:
        return remembered[1]
    token = _live().filter(secret_sha256=digest, user__is_active=True).select_related("user").first()
    if token is None:
        raise Unauthorized("this token is unknown, expired or revoked")
    _note_use(token)
    with _lock:
        _known[digest] = (now, token)
        _known.move_to_end(digest)
        while len(_known) > _CACHE_SIZE:
            _known.popitem(last=False)
    return token


def secret_hash(secret: str) -> str:
    """What is stored of a secret: 32 random bytes need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def tokens_forget() -> None:
    """Drop what this process remembers."""
    with _lock:
        _known.clear()


def _live() -> QuerySet[ApiToken]:
    unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=utc_now())
    return ApiToken.objects.filter(unexpired, revoked_at__isnull=True)


def _note_use(token: ApiToken) -> None:
    """At most one write a minute and token."""
    now = utc_now()
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USED_EVERY)
    if token.last_used_at is None or token.last_used_at < now - _USED_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
        token.last_used_at = now
