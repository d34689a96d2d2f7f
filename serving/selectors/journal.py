"""Reads of the journal."""

import uuid
from collections.abc import Sequence

from django.db.models import QuerySet

from serving.models import Endpoint, Feedback, JournalEntry, JournalInput


def entries_of(endpoint: Endpoint, *, label: str = "", request_id: str = "") -> QuerySet[JournalEntry]:
    """Journaled calls of an endpoint, optionally of one predicted label or one request."""
    entries = JournalEntry.objects.filter(endpoint=endpoint)
    if label:
        entries = entries.filter(label=label)
    if request_id:
        entries = entries.filter(request_id=request_id)
    return entries


def inputs_of(entry_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[JournalInput]]:
    """The pictures of some calls, in their order. One statement."""
    found: dict[uuid.UUID, list[JournalInput]] = {}
    for item in JournalInput.objects.filter(entry_id__in=entry_ids).order_by("entry_id", "position"):
        found.setdefault(item.entry_id, []).append(item)
    return found


def feedback_of(endpoint: Endpoint, request_ids: Sequence[str]) -> dict[str, str]:
    """The newest label people gave to each request. One statement."""
    rows = Feedback.objects.filter(endpoint=endpoint, request_id__in=request_ids).order_by("created_at", "id")
    return dict(rows.values_list("request_id", "label"))
