"""Which addresses are public, and which private ones an operator has listed. Pure."""

import ipaddress
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from core.outgoing.errors import OutgoingFailed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]

_WEB_PORTS = frozenset({80, 443})
# Global by the registry, but each carries another address inside or leads to a translator.
_TUNNELS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "::/96",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "192.88.99.0/24",
    )
)
_RESOLVE_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class OutgoingPolicy:
    """`allow` holds the exact (host, port) pairs that may also be private or on another port."""

    allow: frozenset[tuple[str, int]] = frozenset()

    def is_listed(self, host: str, port: int) -> bool:
        """Whether the operator named exactly this host and port."""
        return (host, port) in self.allow

    def may_use_port(self, host: str, port: int) -> bool:
        """80 and 443 for everybody, others when listed."""
        return port in _WEB_PORTS or self.is_listed(host, port)

    def may_connect(self, host: str, port: int, address: str) -> bool:
        """Whether a resolved address may be connected to for this host and port."""
        return self.is_listed(host, port) or is_public(address)


def is_public(address: str) -> bool:
    """True for plain, global, unicast addresses only; whatever cannot be read is not."""
    try:
        parsed: Address = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.scope_id:
        return False
    if any(parsed.version == net.version and parsed in net for net in _TUNNELS):
        return False
    return parsed.is_global and not (parsed.is_multicast or parsed.is_reserved or parsed.is_unspecified)


def policy_from_text(text: str) -> OutgoingPolicy:
    """Read the operator's `host:port` list, separated by commas or spaces; ValueError when malformed."""
    pairs = set()
    for item in text.replace(",", " ").split():
        host, colon, port = item.rpartition(":")
        if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(f"STUDIO_OUTGOING_ALLOW: expected host:port, got {item!r}")
        pairs.add((host.strip("[]").rstrip(".").lower(), int(port)))
    return OutgoingPolicy(frozenset(pairs))


def system_resolver(host: str, port: int) -> list[str]:
    """Every address of a name, by the system's resolver, within ten seconds; raises OutgoingFailed."""
    answers: list[str] = []

    def resolve() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        answers.extend(dict.fromkeys(str(item[4][0]) for item in found))

    # getaddrinfo takes no timeout; a thread that hangs is left to the resolver's own limit.
    worker = threading.Thread(target=resolve, daemon=True, name="resolve")
    worker.start()
    worker.join(_RESOLVE_TIMEOUT_S)
    if not answers:
        raise OutgoingFailed("could not connect: the name is unknown")
    return list(answers)
