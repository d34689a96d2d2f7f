"""The rules of a campaign over texts, in the classes of now, and the texts they are looked at by."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from heapq import nsmallest
from typing import Any, Final

from labeling.models import Annotation, Campaign, Item, WeakRules
from labeling.selectors.classes import SchemaOwner, relabeled, schema_of
from labeling.selectors.prelabels import GIVEN, samples_waiting
from labeling.weak.rules import Rule, rules_from

MAX_LOOKED_AT: Final = 2_000
# Of more waiting texts the sample is drawn among so many.
MAX_DRAWN_FROM: Final = 50_000
_TEXT: Final = ("sample_id", "sample__name", "sample__sha256", "sample__size_bytes")


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text to be read, and what people said of it, in JSON."""

    sample: uuid.UUID
    name: str
    sha256: str
    size_bytes: int
    shapes: Sequence[dict[str, Any]] = ()


def rules_document(campaign: Campaign) -> dict[str, Any]:
    """The saved rules; revision 0 and none before the first save."""
    row = WeakRules.objects.filter(pk=campaign.pk).select_related("changed_by").first()
    rules = rules_saved(row, campaign.dataset)
    return {
        "revision": row.revision if row else 0,
        "rules": [rule.as_json() for rule in rules],
        "changed_by": row.changed_by.username if row else None,
        "changed_at": row.changed_at if row else None,
    }


def rules_saved(row: WeakRules | None, dataset: SchemaOwner) -> tuple[Rule, ...]:
    """What a row holds, in the classes of now."""
    return rules_now(dataset, rules_from(row.rules if row else []))[0]


def rules_now(dataset: SchemaOwner, rules: Sequence[Rule]) -> tuple[tuple[Rule, ...], list[int]]:
    """The rules with the classes that theirs became where those were merged, and the places of those whose class is gone."""
    labels = {rule.label for rule in rules}
    if not labels:
        return (), []
    schema = schema_of(dataset, labels)
    now = tuple(replace(rule, label=schema.merged.get(rule.label, rule.label)) for rule in rules)
    return now, [place for place, rule in enumerate(now) if rule.label not in schema.rules]


def texts_waiting(campaign: Campaign) -> tuple[list[TextRow], int]:
    """At most MAX_LOOKED_AT texts that wait, drawn by chance and always the same way, and among how many.

    The order is that of chance, too: whoever stops early has looked at a fair sample. Two statements.
    """
    waiting = samples_waiting(campaign.pk)
    known = list(waiting.order_by("sample_id").values_list("sample_id", flat=True)[:MAX_DRAWN_FROM])
    drawn = {pk: place for place, pk in enumerate(nsmallest(MAX_LOOKED_AT, known, key=_chance))}
    items = Item.objects.filter(campaign_id=campaign.pk, slot=0, sample_id__in=list(drawn))
    rows = [TextRow(*row) for row in items.values_list(*_TEXT)]
    return sorted(rows, key=lambda row: drawn[row.sample]), len(known)


def _chance(sample_id: uuid.UUID) -> bytes:
    return blake2b(sample_id.bytes, digest_size=8).digest()


def texts_answered(campaign: Campaign) -> Iterator[TextRow]:
    """At most MAX_LOOKED_AT texts with their newest answer, the newest first, in the classes of now."""
    given = Annotation.objects.filter(campaign=campaign, state__in=GIVEN).order_by("-submitted_at", "-id")
    seen: set[uuid.UUID] = set()
    for sample, name, sha256, size_bytes, shapes in given.values_list(*_TEXT, "shapes")[:MAX_LOOKED_AT]:
        if sample not in seen:
            seen.add(sample)
            yield TextRow(sample, name, sha256, size_bytes, relabeled(campaign.dataset, shapes))
