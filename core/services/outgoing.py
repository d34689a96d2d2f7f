"""The operator's policy for outgoing requests, read from the settings."""

from functools import lru_cache

from django.conf import settings

from core.outgoing import OutgoingPolicy, policy_from_text


def outgoing_policy() -> OutgoingPolicy:
    """`STUDIO_OUTGOING_ALLOW` as a policy; ValueError when it is malformed."""
    listed = settings.STUDIO_OUTGOING_ALLOW
    return _policy(listed if isinstance(listed, str) else ",".join(listed))


@lru_cache(maxsize=8)
def _policy(text: str) -> OutgoingPolicy:
    return policy_from_text(text)
