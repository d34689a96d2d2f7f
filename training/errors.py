"""Refusals that several parts of training share. Pure."""

from core.errors import Conflict


class ParityFailed(Conflict):
    """The file does not say what the network said; it may not be used."""

    code = "parity_failed"
