"""Which stored bytes an annotator may read (`STUDIO_MEDIA_READERS`)."""

import uuid

from django.db.models import Q

from core.models import User
from labeling.selectors.access import items_touched_by
from labeling.selectors.guidelines import examples_readable_by
from labeling.selectors.queue import is_about_to_come


def work_media_readable(user: User, sha256: str, sample_id: uuid.UUID | None) -> bool:
    """Whether the bytes are a sample, or its thumbnail, that the user holds, held, is about to get or is shown."""
    wanted = Q(sample__sha256=sha256) | Q(sample__thumb_sha256=sha256)
    if sample_id is not None:
        wanted &= Q(sample_id=sample_id)
    return (
        items_touched_by(user).filter(wanted).exists()
        or is_about_to_come(user, sha256, sample_id)
        or examples_readable_by(user).filter(wanted).exists()
    )
