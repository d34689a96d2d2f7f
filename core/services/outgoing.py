"""The operator's policy for outgoing requests, read from the settings."""

from functools import lru_cache

from django.conf import settings

from core.outgoing import OutgoingPolicy, policy_from_text


def outgoing_policy() -> OutgoingPolicy:
    """`STUDIO_OUTGOING_ALLOW` as a policy; ValueError when it is malformed."""
    return _policy(",".join(settings.STUDIO_OUTGOING_ALLOW))


@lru_cache(maxsize=8)
def _policy(text: str) -> OutgoingPolicy:
    return policy_from_text(text)
