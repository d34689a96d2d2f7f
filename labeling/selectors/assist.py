"""Which picture somebody may have the machine draw on."""

import uuid

from core.errors import NotFound
from core.models import User
from labeling.models import Item
from labeling.selectors.access import item_for


def item_to_draw(user: User, item_id: uuid.UUID) -> Item:
    """An item whose picture the user sees and may label, with its sample. Raises NotFound, Forbidden."""
    item, access = item_for(user, item_id)
    access.need("label_project")
    holds = user.pk in (item.assignee_id, item.lease_holder_id)
    if not holds and "view_project" not in access.permissions:
        raise NotFound
    return item
