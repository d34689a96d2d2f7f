"""The credentials that references are read with, when keys rotate."""

import uuid

from django.db import transaction

from core.models import User
from core.outgoing import BucketChanged, BucketDenied, BucketMissing, BucketObject, BucketRefused
from core.services import audit
from core.services.secrets import seal
from datasets.models import BucketSource, BucketSync, Reference
from datasets.services.references import bucket_at

_TRIED = 3


def source_key_change(*, actor: User, source_id: uuid.UUID, key_id: str, secret: str) -> BucketSource:
    """Read with another key from now on, after it was seen to work; syncs that had the old one get it, too.

    Raises BucketDenied, OutgoingFailed, OutgoingRefused.
    """
    tried = BucketSource.objects.get(pk=source_id)
    tried.key_id, tried.secret = key_id, seal(secret) if secret else ""
    _try(tried)
    with transaction.atomic():
        source = BucketSource.objects.select_for_update().get(pk=source_id)
        old = source.key_id
        source.key_id, source.secret = tried.key_id, tried.secret
        source.save(update_fields=["key_id", "secret"])
        syncs = 0
        rows = BucketSync.objects.select_for_update().filter(
            dataset__project_id=source.project_id, source__bucket=source.bucket, source__key_id=old
        )
        for sync in rows.order_by("pk"):
            if sync.source["endpoint"].rstrip("/") == source.endpoint:
                sync.source = {**sync.source, "key_id": source.key_id, "secret": source.secret}
                sync.save(update_fields=["source"])
                syncs += 1
        audit.record(
            actor, "datasets.source.key_changed", source, project=source.project_id, bucket=source.bucket,
            syncs=syncs,
        )  # fmt: skip
    return source


def _try(source: BucketSource) -> None:
    """One of the newest objects must be readable, or be known not to be there, which a bad key is not told."""
    bucket = bucket_at(source)
    denied: BucketRefused | None = None
    for place in Reference.objects.filter(source=source).order_by("-seen_at", "pk")[:_TRIED]:
        try:
            bucket.check(BucketObject(place.key, place.size_bytes, place.etag))
        except (BucketMissing, BucketChanged):
            return
        except BucketDenied as exc:
            denied = exc
        else:
            return
    if denied is not None:
        raise denied
