"""The only place that opens outgoing connections. Pure: the operator's allow list comes in as an argument.

Everything else that must reach out (an S3 endpoint, an SQL host) passes `address_check` or `database_check` first.
"""

from core.outgoing.bucket import (
    Bucket,
    BucketAddress,
    BucketChanged,
    BucketDenied,
    BucketMissing,
    BucketObject,
    BucketRefused,
)
from core.outgoing.chat import ChatBusy, ChatRefused, ChatServer, ChatUnsaid, chat
from core.outgoing.errors import OutgoingFailed, OutgoingRefused, OutgoingTooLarge
from core.outgoing.fetch import Fetched, FetchLimits, fetch, fetch_to
from core.outgoing.plain import connected
from core.outgoing.policy import OutgoingPolicy, Resolver, policy_from_text, system_resolver
from core.outgoing.target import Target, address_check, database_check, target_from_url, url_check

__all__ = [
    "Bucket",
    "BucketAddress",
    "BucketChanged",
    "BucketDenied",
    "BucketMissing",
    "BucketObject",
    "BucketRefused",
    "ChatBusy",
    "ChatRefused",
    "ChatServer",
    "ChatUnsaid",
    "FetchLimits",
    "Fetched",
    "OutgoingFailed",
    "OutgoingPolicy",
    "OutgoingRefused",
    "OutgoingTooLarge",
    "Resolver",
    "Target",
    "address_check",
    "chat",
    "connected",
    "database_check",
    "fetch",
    "fetch_to",
    "policy_from_text",
    "system_resolver",
    "target_from_url",
    "url_check",
]
