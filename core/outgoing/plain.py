"""A connection to checked addresses, for protocols other than HTTP. Pure."""

import socket
from collections.abc import Sequence

from core.outgoing.errors import OutgoingFailed


def connected(addresses: Sequence[str], port: int, timeout_s: float) -> socket.socket:
    """The first of the addresses that answers; they come from `database_check`. Raises OutgoingFailed."""
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout_s)
        except OSError:
            continue
    raise OutgoingFailed("could not connect")
