"""API keys and the two limits that hang on them. Pure.

A key is `sk_` and 43 characters of base64url; the table holds its first 11 characters and its SHA-256. The
digest is compared in constant time, also when no stored key has that prefix.
"""

import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from core.errors import DomainError, TooManyRequests, Unauthorized
from serving.dataplane.table import EndpointEntry, Key, Table

PREFIX_LENGTH: Final = 11
WRONG_KEYS_PER_MINUTE: Final = 40
_NOBODY: Final = b"\x00" * 32
_MAX_TRACKED: Final = 10_000
INTERNAL: Final = Key("internal", "", b"", None)


class KeyRequired(Unauthorized):
    """No key came with the request."""

    code = "key_required"

    def __init__(self) -> None:
        super().__init__("send the endpoint's key: Authorization: Bearer sk_... or X-API-Key: sk_...")


class KeyWrong(Unauthorized):
    """Unknown, revoked or expired."""

    code = "key_wrong"

    def __init__(self) -> None:
        super().__init__("this key is unknown, revoked or expired")


def key_from_headers(headers: Mapping[bytes, bytes]) -> bytes:
    """The secret as sent. Raises KeyRequired."""
    sent = headers.get(b"authorization")
    if sent is not None:
        scheme, _, secret = sent.partition(b" ")
        if scheme.lower() == b"bearer" and secret.strip():
            return secret.strip()
    secret = headers.get(b"x-api-key", b"").strip()
    if not secret:
        raise KeyRequired
    return secret


class KeyRing:
    """All keys of a table; built anew whenever the table changes."""

    def __init__(self, table: Table | None) -> None:
        self._internal = table.internal_digest if table else None
        self._keys: dict[str, list[tuple[Key, str]]] = {}
        for entry in table.endpoints.values() if table else ():
            self._add(entry)

    def _add(self, entry: EndpointEntry) -> None:
        for key in entry.keys:
            self._keys.setdefault(key.prefix, []).append((key, entry.name))

    def find(self, secret: bytes) -> tuple[Key, str]:
        """The key and its endpoint's name (empty for the control plane's own). Raises KeyWrong."""
        digest = hashlib.sha256(secret).digest()
        found: tuple[Key, str] | None = None
        for key, name in self._keys.get(secret[:PREFIX_LENGTH].decode("latin-1"), ()) or ((INTERNAL, ""),):
            if hmac.compare_digest(digest, key.digest or _NOBODY):
                found = key, name
        if self._internal is not None and hmac.compare_digest(digest, self._internal):
            return INTERNAL, ""
        if found is None or (found[0].expires_at is not None and found[0].expires_at < time.time()):
            raise KeyWrong
        return found


class Allowance:
    """Token buckets by name, bounded in number; the longest unused are forgotten first."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, *, rate_per_s: float, burst: float, now: float) -> float:
        """0 when there was a token, else the seconds until there is one."""
        tokens, since = self._buckets.pop(name, (burst, now))
        tokens = min(burst, tokens + (now - since) * rate_per_s)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / rate_per_s
        self._buckets[name] = (tokens if wait else tokens - 1, now)
        if len(self._buckets) > _MAX_TRACKED:
            self._buckets.popitem(last=False)
        return wait


class Gate:
    """Admits or refuses a request. Right keys are never held up by others' wrong ones.

    `look_again` takes up a table that was written since, and says whether there was one: a key works from the
    moment its secret is handed out, not from the next look at the table on.
    """

    def __init__(self, look_again: Callable[[], bool] = lambda: False) -> None:
        self._look_again = look_again
        self._ring = KeyRing(None)
        self._wrong, self._rates = Allowance(), Allowance()

    def use(self, table: Table) -> None:
        """From now on the keys of this table count."""
        self._ring = KeyRing(table)

    def admit(self, headers: Mapping[bytes, bytes], peer: str, now: float) -> tuple[Key, str]:
        """The key and its endpoint's name. Raises KeyRequired, KeyWrong or TooManyRequests."""
        secret = key_from_headers(headers)
        try:
            return self._ring.find(secret)
        except KeyWrong as wrong:
            if self._look_again():
                with suppress(KeyWrong):
                    return self._ring.find(secret)
            self._count_wrong(peer, now, wrong)
            raise

    def _count_wrong(self, peer: str, now: float, wrong: DomainError) -> None:
        rate = WRONG_KEYS_PER_MINUTE / 60
        wait = self._wrong.take(peer, rate_per_s=rate, burst=WRONG_KEYS_PER_MINUTE, now=now)
        if wait:
            raise TooManyRequests(
                "too many wrong keys from this address", retry_after_s=int(wait) + 1
            ) from wrong

    def spend(self, key: Key, rate_per_key: float | None, now: float) -> None:
        """Hold a key to its rate. Raises TooManyRequests."""
        if rate_per_key is None or key is INTERNAL:
            return
        wait = self._rates.take(key.id, rate_per_s=rate_per_key, burst=max(1.0, rate_per_key), now=now)
        if wait:
            raise TooManyRequests("this key is over its rate", retry_after_s=int(wait) + 1)
