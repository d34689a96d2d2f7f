"""Who may read stored bytes (`STUDIO_MEDIA_READERS`)."""

import uuid

from django.db.models import Q

from core.models import User
from core.selectors import project_ids_with
from datasets.models import Sample


def sample_media_readable(user: User, sha256: str, sample_id: uuid.UUID | None) -> bool:
    """Whether the bytes are a sample, or the thumbnail of one, of a project whose data the user may view.

    One statement. What annotators see of it is labeling's to say: it knows what was given to whom.
    """
    visible = Sample.objects.filter(
        dataset__project_id__in=project_ids_with(user, "view_project"), dataset__deleted_at__isnull=True
    )
    if sample_id is not None:
        visible = visible.filter(pk=sample_id)
    return visible.filter(Q(sha256=sha256) | Q(thumb_sha256=sha256)).exists()
