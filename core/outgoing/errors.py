"""Why a request to somebody else did not happen or did not work. Pure.

Details never name an address, a timing or a byte of what came back.
"""

from core.errors import InvalidInput, PayloadTooLarge


class OutgoingRefused(InvalidInput):
    """The address is not one this studio may connect to."""

    code = "outgoing_refused"


class OutgoingFailed(InvalidInput):
    """The other side could not be reached or did not answer in time."""

    code = "outgoing_failed"


class OutgoingTooLarge(PayloadTooLarge):
    """The other side sent more than was allowed for."""

    code = "outgoing_too_large"
