"""Keys of endpoints: made once, shown once, revoked at once."""

import hashlib
import secrets
from datetime import UTC, datetime

from django.db import transaction

from core.clock import utc_now
from core.errors import InvalidInput
from core.models import User
from core.services import audit
from serving.dataplane.auth import PREFIX_LENGTH
from serving.models import Endpoint, EndpointKey
from serving.selectors import plane_reports
from serving.services.deploy import publish_on_commit


def key_create(
    *, actor: User, endpoint: Endpoint, name: str = "", expires_at: datetime | None = None
) -> tuple[EndpointKey, str]:
    """A new key and its secret, which is not kept. Raises InvalidInput for an expiry in the past."""
    if expires_at is not None and expires_at <= utc_now():
        raise InvalidInput("the expiry is in the past", field="expires_at")
    secret = "sk_" + secrets.token_urlsafe(32)
    with transaction.atomic():
        key = EndpointKey.objects.create(
            endpoint=endpoint,
            name=name,
            prefix=secret[:PREFIX_LENGTH],
            digest=hashlib.sha256(secret.encode()).hexdigest(),
            created_by=actor,
            expires_at=expires_at,
        )
        audit.record(
            actor,
            "serving.key.created",
            key,
            project=endpoint.project_id,
            endpoint=endpoint.name,
            prefix=key.prefix,
        )
        publish_on_commit()
    return key, secret


def key_revoke(*, actor: User, endpoint: Endpoint, key: EndpointKey) -> None:
    """From now on the key opens nothing; the data plane knows within a second."""
    with transaction.atomic():
        EndpointKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=utc_now())
        audit.record(
            actor,
            "serving.key.revoked",
            key,
            project=endpoint.project_id,
            endpoint=endpoint.name,
            prefix=key.prefix,
        )
        publish_on_commit()


def keys_note_use() -> int:
    """Write down, to the minute, when keys were last used, as the data plane reports it; how many are new."""
    used: dict[str, datetime] = {}
    for report in plane_reports():
        for key_id, minute in report.keys.items():
            at = datetime.fromtimestamp(minute, UTC)
            used[key_id] = max(at, used.get(key_id, at))
    keys = list(EndpointKey.objects.filter(pk__in=used).only("last_used_at"))
    stale = [key for key in keys if key.last_used_at is None or key.last_used_at < used[str(key.pk)]]
    for key in stale:
        key.last_used_at = used[str(key.pk)]
    return EndpointKey.objects.bulk_update(stale, ["last_used_at"], batch_size=500)
