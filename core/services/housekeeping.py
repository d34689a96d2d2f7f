"""What has to be thrown away now and then."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils.module_loading import import_string

from core.clock import utc_now
from core.models import IdempotencyRecord
from core.services.collection import garbage_collect
from core.services.outbox import outbox_trim
from core.services.outside import outside_trim
from core.services.scratch import scratch_trim
from core.services.storage import container_store
from core.services.uploads import uploads_expire

_ANSWERS_KEPT = timedelta(hours=24)


def housekeep() -> dict[str, Any]:
    """Remove expired sessions, answers, uploads and files without a reference; what was removed.

    `settings.STUDIO_HOUSEKEEPERS` names functions of the apps that remove something and say how much.
    """
    now = utc_now()
    removed: dict[str, Any] = {
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
        "answers": IdempotencyRecord.objects.filter(created_at__lt=now - _ANSWERS_KEPT).delete()[0],
        "uploads": uploads_expire(),
        "events": outbox_trim(),
        "cached": container_store().trim_cache(),
        "outside": outside_trim(),
        "scratch": scratch_trim(),
    }
    removed |= {name: import_string(path)() for name, path in settings.STUDIO_HOUSEKEEPERS.items()}
    return removed | asdict(garbage_collect())
