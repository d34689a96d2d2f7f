"""How much a file of rows may hold. Pure."""

from typing import Final

from datasets.formats.limits import MAX_RATIO, MAX_TOTAL_BYTES

MAX_ROWS: Final = 1_000_000
# Media do not shrink, texts do: under this size no ratio does harm.
FREE_BYTES: Final = 256 * 1024**2


def is_bomb(read_bytes: int, packed_bytes: int, kept_bytes: int) -> bool:
    """Whether a file of `packed_bytes` cannot honestly hold so much, or all files together hold too much."""
    return read_bytes > max(MAX_RATIO * packed_bytes, FREE_BYTES) or kept_bytes > MAX_TOTAL_BYTES
