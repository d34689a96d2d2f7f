"""Counting attempts in the cache that all web processes share."""

import hashlib

from django.core.cache import cache
from redis.exceptions import RedisError

from core.errors import NotReady, TooManyRequests

WINDOW_S = 60


def attempt(scope: str, value: str, *, limit: int) -> None:
    """Count one attempt. Raises TooManyRequests over the limit, NotReady when nobody can count.

    The window begins with the first attempt, so there is no edge at which twice as many fit.
    """
    key = _key(scope, value)
    try:
        cache.add(key, 0, WINDOW_S)
        count = cache.incr(key)
        if count == 1:
            cache.touch(key, WINDOW_S)  # a count that ended between the two calls begins anew without an end
    except ValueError:
        count = 1  # the window ended between the two calls
    except RedisError as exc:
        raise NotReady("signing in is closed while the broker is away", retry_after_s=5) from exc
    if count > limit:
        raise TooManyRequests("too many attempts; wait a minute", retry_after_s=WINDOW_S)


def forgive(scope: str, value: str) -> None:
    """Take one attempt back: it was a right one."""
    try:
        cache.decr(_key(scope, value))
    except (ValueError, RedisError):
        return


def _key(scope: str, value: str) -> str:
    return f"throttle:{scope}:{hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
