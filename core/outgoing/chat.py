"""Asking a language model over the de facto protocol of chat completions. Pure.

The operator names one server; nothing else is ever asked. It is reached through the guarded client, so a private
address must be on the operator's list, and no redirect is followed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from core.outgoing.errors import OutgoingFailed, OutgoingRefused
from core.outgoing.fetch import FetchLimits, fetch
from core.outgoing.policy import OutgoingPolicy

_LIMITS: Final = FetchLimits(max_bytes=1 << 20, total_s=120.0, redirects=0)
_UNSAID: Final = frozenset({400, 413, 422})
_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class ChatRefused(OutgoingRefused):
    """The server of the language model will not answer, however often it is asked."""

    code = "chat_refused"


class ChatUnsaid(OutgoingRefused):
    """This one request has no answer: it is too long, was filtered, or came back empty. Others may have."""

    code = "chat_unsaid"


class ChatBusy(OutgoingFailed):
    """Not now; the same request may be answered later."""

    code = "chat_busy"


@dataclass(frozen=True, slots=True)
class ChatServer:
    """`url` is the base that `/chat/completions` is appended to, as in `http://host:8080/v1`."""

    url: str
    model: str
    key: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """Who is asked, for people to read: host and port, never what else the address holds."""
        parts = urlsplit(self.url)
        return f"{parts.hostname or ''}:{parts.port}" if parts.port else parts.hostname or ""


def chat(
    server: ChatServer, messages: Sequence[Mapping[str, str]], *, policy: OutgoingPolicy, max_tokens: int
) -> str:
    """What the model says to these messages (`role`, `content`), as little by chance as it can.

    Raises ChatRefused, ChatBusy, ChatUnsaid, OutgoingRefused, OutgoingFailed, OutgoingTooLarge.
    """
    body = {
        "model": server.model,
        "messages": list(messages),
        "temperature": 0,
        "max_tokens": max_tokens,
    }
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if server.key:
        headers["Authorization"] = f"Bearer {server.key}"
    url = f"{server.url.rstrip('/')}/chat/completions"
    answer = fetch(
        "POST", url, policy=policy, headers=headers, body=json.dumps(body).encode(), limits=_LIMITS
    )
    if answer.status in _LATER:
        raise ChatBusy(f"the server of the language model answered HTTP {answer.status}")
    if answer.status in _UNSAID:
        raise ChatUnsaid(f"the server of the language model answered HTTP {answer.status}")
    if answer.status != 200:
        raise ChatRefused(
            f"the server of the language model answered HTTP {answer.status}; check its address, key and model"
        )
    return _said(answer.body)


def _said(body: bytes) -> str:
    try:
        said: Any = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as exc:
        raise ChatRefused("the other side did not answer as a server of language models does") from exc
    if not isinstance(said, str):
        raise ChatUnsaid("the language model said nothing")
    return said
