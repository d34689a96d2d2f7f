"""Which items a reviewer looks at."""

import hashlib
import uuid


def is_sampled(item_id: uuid.UUID, rate: float) -> bool:
    """Whether an item belongs to the reviewed share `rate` (0 to 1): always the same for the same item."""
    drawn = int.from_bytes(hashlib.sha256(item_id.bytes).digest()[:8]) / 2**64
    return drawn < rate
