"""What keeps the studio from starting, in words for the person who typed the command."""


class StartRefused(Exception):
    """The start cannot go on; the message is one sentence that says what to do."""
