"""Secrets of other systems, kept sealed: what lies in the database or its backup opens nothing by itself."""

import base64
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from core.errors import InvalidInput

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_PURPOSE = b"studio.secrets.1"


class SecretLost(InvalidInput):
    """The studio's own key changed since the secret was stored."""

    code = "secret_lost"


def seal(secret: str) -> str:
    """Text that only this studio's key opens (Fernet: AES-128-CBC and HMAC-SHA256)."""
    return _box(settings.SECRET_KEY).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again. Raises SecretLost."""
    from cryptography.fernet import InvalidToken

    try:
        return _box(settings.SECRET_KEY).decrypt(sealed.encode()).decode()
    except InvalidToken as exc:
        raise SecretLost("the stored password cannot be opened any more; give it again") from exc


@lru_cache(maxsize=2)
def _box(key: str) -> "Fernet":
    from cryptography.fernet import Fernet

    derived = hashlib.blake2b(_PURPOSE, key=hashlib.sha512(key.encode()).digest(), digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(derived))
