"""Who may read a stored file: asked of the apps that refer to it.

`settings.STUDIO_MEDIA_READERS` lists, by dotted path, functions
`(user, sha256, sample_id | None) -> bool`. One that says yes is enough; none means no.
"""

import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from threading import Lock

from django.conf import settings
from django.utils.module_loading import import_string

from core.models import User

Reader = Callable[[User, str, uuid.UUID | None], bool]

CACHE_S = 5.0
_CACHE_SIZE = 20_000
_Key = tuple[uuid.UUID, str, uuid.UUID | None]
_answers: "OrderedDict[_Key, tuple[float, bool]]" = OrderedDict()
_lock = Lock()


def may_read(user: User, sha256: str, sample_id: uuid.UUID | None) -> bool:
    """Whether the user may see anything that refers to these bytes; remembered for five seconds."""
    key, now = (user.pk, sha256, sample_id), time.monotonic()
    with _lock:
        known = _answers.get(key)
        if known is not None and now - known[0] < CACHE_S:
            return known[1]
    answer = user.is_active and any(reader(user, sha256, sample_id) for reader in _readers())
    with _lock:
        _answers[key] = (now, answer)
        _answers.move_to_end(key)
        while len(_answers) > _CACHE_SIZE:
            _answers.popitem(last=False)
    return answer


def forget() -> None:
    """Drop every remembered answer."""
    with _lock:
        _answers.clear()


def _readers() -> tuple[Reader, ...]:
    return _load(tuple(settings.STUDIO_MEDIA_READERS))


@lru_cache(maxsize=4)
def _load(paths: tuple[str, ...]) -> tuple[Reader, ...]:
    return tuple(import_string(path) for path in paths)
