"""Which stored bytes an annotator may read (`STUDIO_MEDIA_READERS`)."""

import uuid

from django.db.models import Q

from core.models import User
from labeling.selectors.access import items_touched_by
from labeling.selectors.queue import is_about_to_come


def work_media_readable(user: User, sha256: str, sample_id: uuid.UUID | None) -> bool:
    """Whether the bytes are a sample, or its thumbnail, that the user holds, held or is about to get."""
    own = items_touched_by(user).filter(Q(sample__sha256=sha256) | Q(sample__thumb_sha256=sha256))
    if sample_id is not None:
        own = own.filter(sample_id=sample_id)
    return own.exists() or is_about_to_come(user, sha256, sample_id)
