"""What has to be thrown away now and then."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session

from core.clock import utc_now
from core.models import IdempotencyRecord
from core.services.collection import garbage_collect
from core.services.outbox import outbox_trim
from core.services.storage import container_store
from core.services.uploads import uploads_expire

_ANSWERS_KEPT = timedelta(hours=24)


def housekeep() -> dict[str, Any]:
    """Remove expired sessions, answers, uploads and files without a reference; what was removed."""
    now = utc_now()
    removed: dict[str, Any] = {
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
        "answers": IdempotencyRecord.objects.filter(created_at__lt=now - _ANSWERS_KEPT).delete()[0],
        "uploads": uploads_expire(),
        "events": outbox_trim(),
    }
    store = container_store()
    if hasattr(store, "trim_cache"):
        removed["cached"] = store.trim_cache()
    return removed | asdict(garbage_collect())
