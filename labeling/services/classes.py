"""Which classes exist, remembered by the revision of the label schema."""

import uuid
from collections import OrderedDict
from collections.abc import Collection
from threading import Lock
from typing import Any, Protocol

_SIZE = 256
_known: "OrderedDict[tuple[uuid.UUID, int], frozenset[str]]" = OrderedDict()
_lock = Lock()


class SchemaOwner(Protocol):
    """A data set, as far as its classes matter here."""

    pk: Any
    schema_revision: int
    classes: Any


def unknown_classes(dataset: SchemaOwner, labels: Collection[str]) -> set[str]:
    """The labels that name no living class of the data set; a surprise is looked up again."""
    key = (dataset.pk, dataset.schema_revision)
    with _lock:
        known = _known.get(key)
    if known is not None and known.issuperset(labels):
        return set()
    fresh = frozenset(
        str(pk) for pk in dataset.classes.filter(deleted_at__isnull=True).values_list("pk", flat=True)
    )
    with _lock:
        _known[key] = fresh
        _known.move_to_end(key)
        while len(_known) > _SIZE:
            _known.popitem(last=False)
    return set(labels) - fresh
