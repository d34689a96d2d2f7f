"""The operator's policy for outgoing requests, and the one language model that may be asked, read from the settings."""

from functools import lru_cache

from django.conf import settings

from core.outgoing import ChatServer, OutgoingPolicy, policy_from_text


def outgoing_policy() -> OutgoingPolicy:
    """`STUDIO_OUTGOING_ALLOW` as a policy; ValueError when it is malformed."""
    return _policy(",".join(settings.STUDIO_OUTGOING_ALLOW))


def chat_server() -> ChatServer | None:
    """The server of `STUDIO_CHAT_URL` with its model; None where the operator named none, as is the default."""
    if not settings.STUDIO_CHAT_URL or not settings.STUDIO_CHAT_MODEL:
        return None
    return ChatServer(settings.STUDIO_CHAT_URL, settings.STUDIO_CHAT_MODEL, settings.STUDIO_CHAT_KEY)


@lru_cache(maxsize=8)
def _policy(text: str) -> OutgoingPolicy:
    return policy_from_text(text)
