"""Regular expressions that people write: RE2, which takes linear time whatever the pattern is. Pure."""

from functools import lru_cache
from typing import Any, Final

import re2

from core.errors import InvalidInput

MAX_PATTERN: Final = 1_000
_RE2_MEMORY: Final = 8 << 20


def pattern_compiled(pattern: str, *, ignore_case: bool) -> Any:
    """The pattern, ready to search. Raises InvalidInput naming `pattern` for what RE2 cannot read."""
    if not pattern:
        raise InvalidInput("a pattern is expected", field="pattern")
    check_length("pattern", pattern)
    try:
        return _compiled(pattern, ignore_case)
    except re2.error as exc:
        raise InvalidInput(f"the pattern cannot be read: {_said(exc)}", field="pattern") from exc


def check_length(name: str, value: str) -> None:
    """Raises InvalidInput naming the field `name` where its value is longer than a pattern may be."""
    if len(value) > MAX_PATTERN or "\x00" in value:
        raise InvalidInput(f"at most {MAX_PATTERN} characters are expected", field=name)


@lru_cache(maxsize=64)
def _compiled(pattern: str, ignore_case: bool) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _RE2_MEMORY
    options.case_sensitive = not ignore_case
    return re2.compile(pattern, options)


def _said(exc: Exception) -> str:
    raw = exc.args[0] if exc.args else ""
    return raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)
