"""Notes on a version's data card."""

from collections.abc import Mapping

from django.db import transaction

from core.clock import utc_now
from core.errors import StaleRevision
from core.models import User
from core.services import audit
from datasets.models import DatasetVersion, VersionCard
from datasets.selectors.cards import NOTES, card_render


def card_update(
    *, actor: User, version: DatasetVersion, notes: Mapping[str, str], revision: int | None
) -> None:
    """Change the notes that are given. `revision` is the one the caller saw, None to overwrite.

    Raises StaleRevision with the card as it stands.
    """
    with transaction.atomic():
        VersionCard.objects.get_or_create(version=version)
        card = VersionCard.objects.select_for_update().get(version=version)
        if revision is not None and revision != card.revision:
            raise StaleRevision("somebody else changed the notes first", current=card_render(version))
        for name in NOTES:
            setattr(card, name, notes.get(name, getattr(card, name)).strip())
        card.revision += 1
        card.updated_by, card.updated_at = actor, utc_now()
        card.save()
        audit.record(
            actor, "datasets.card.changed", version, project=version.dataset.project_id, number=version.number
        )
