"""Log lines as JSON, each with its request, none with a secret."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from core.origin import origin

HIDDEN = "***"
_SECRET_NAME = re.compile(
    r"pass(word|wd)?|secret|token|authorization|cookie|api_?key|credential|session", re.I
)
_SECRET_TEXT = (
    (re.compile(r"(?i)(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"\b(st|sk)_[A-Za-z0-9_-]{16,}"), rf"\1_{HIDDEN}"),
    (re.compile(r"://[^/\s:@]*:[^/\s@]+@"), f"://{HIDDEN}@"),
    (re.compile(r"\bA(KIA|SIA)[A-Z0-9]{16}\b"), HIDDEN),
    (re.compile(r"(?i)\b(pass(?:word|wd)?|secret|token|api_?key|sessionid|csrftoken)(\W{1,4})[^\s&,;'\"}]{4,}"), rf"\1\2{HIDDEN}"),
    (re.compile(r"/invite/[\w-]{20,}"), f"/invite/{HIDDEN}"),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.S), HIDDEN),
)  # fmt: skip
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonFormatter(logging.Formatter):
    """One line a record: time, level, logger, message, request, extra fields, trace."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        if request_id := origin.get().request_id:
            line["request"] = request_id
        for name, value in vars(record).items():
            if name not in _STANDARD and isinstance(value, str | int | float | bool | UUID | None):
                line[name] = HIDDEN if _SECRET_NAME.search(name) else _plain(value)
        if record.exc_info:
            line["trace"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def without_secrets(text: str) -> str:
    """The text with everything that looks like a secret replaced by stars."""
    for pattern, replacement in _SECRET_TEXT:
        text = pattern.sub(replacement, text)
    return text


def _plain(value: Any) -> Any:
    return without_secrets(str(value)) if isinstance(value, str | UUID) else value
