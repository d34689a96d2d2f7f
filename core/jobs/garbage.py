"""How often Python looks for cycles while a job works. Pure."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_USUAL: Final = gc.get_threshold()
# So many new objects before the youngest are looked at; a picture with five boxes makes about twenty.
_NEW_OBJECTS: Final = 50_000


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Look for cycles rarely: a job holds thousands of records that all live, and each look would visit them.

    A fifth of what an import needs beside its pictures. What was there before is not visited at all.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *_USUAL[1:])
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL)
        gc.unfreeze()
