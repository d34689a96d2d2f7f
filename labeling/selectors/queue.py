"""Items as the annotator reads them."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import (
    Case,
    F,
    FilteredRelation,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)

from core.clock import utc_now
from core.models import User
from core.prepared import Prepared
from datasets.shape_json import ShapesJson, shapes_from_rows
from labeling.models import CampaignCounter, Item, Prelabel
from labeling.selectors.access import campaigns_to_label
from labeling.selectors.classes import SchemaKey, relabeled

MAX_PEEK = 20
PEEK_WINDOW = 64
MAX_CAMPAIGNS = 20

_SAMPLE = (
    "sample_id",
    "sample__name",
    "sample__sha256",
    "sample__thumb_sha256",
    "sample__media_type",
    "sample__payload",
    "sample__annotation_source",
    "campaign__gold_rate",
    "campaign__dataset_id",
    "campaign__dataset__schema_revision",
)
_ANSWER = ("id", "revision", "state", "shapes", "seconds_spent", "verdict", "reason", "saved_at")


@dataclass(frozen=True, slots=True)
class Handout:
    """Leased items, the ones that would come next (not leased), and how many are still open to all."""

    items: list[dict[str, Any]]
    peek: list[dict[str, Any]]
    remaining: int


def handout(user: User, campaign_id: uuid.UUID, claimed: Collection[uuid.UUID], peek: int = 0) -> Handout:
    """What a claim answers, in one statement: items with sample, own draft or present labels."""
    if len(claimed) == 1 and not peek:
        found = _HANDED.found(user.pk, campaign_id, *claimed)
    else:
        wanted = Q(pk__in=list(claimed))
        if peek:
            next_ids = _free_items(user, campaign_id).order_by("priority", "id").values("pk")[:peek]
            wanted |= Q(pk__in=Subquery(next_ids))
        found = list(_handed(user.pk, campaign_id, wanted))
    items = [item_render(row, "mine") for row in found if row["id"] in claimed]
    items.sort(key=lambda item: (item["state"] != "rejected", item["annotation"]["id"] is None))
    peeked = [item_render(row, "mine") for row in found if row["id"] not in claimed]
    return Handout(items, peeked, int(found[0]["remaining"] or 0) if found else 0)


def _handed(user_id: uuid.UUID, campaign_id: uuid.UUID, wanted: Q) -> QuerySet[Item, dict[str, Any]]:
    open_items = (
        CampaignCounter.objects.filter(campaign_id=OuterRef("campaign_id")).order_by().values("campaign_id")
    )
    mine = Q(annotations__author_id=user_id)
    rows = _with_answer(Item.objects.filter(wanted, campaign_id=campaign_id), "mine", mine)
    rows = rows.annotate(remaining=Subquery(open_items.annotate(total=Sum("new")).values("total")))
    found: QuerySet[Item, dict[str, Any]] = rows.order_by("priority", "id").values(
        *_columns("mine"), "remaining"
    )
    return found


# One after the other, as people take them while they label.
_HANDED: Final = Prepared(
    lambda user_id, campaign_id, item_id: _handed(user_id, campaign_id, Q(pk=item_id)),
    uuid.UUID,
    uuid.UUID,
    uuid.UUID,
)


def review_handout(claimed: Collection[uuid.UUID]) -> list[dict[str, Any]]:
    """What a reviewer gets: items with the submitted answer and its author."""
    rows = Item.objects.filter(pk__in=list(claimed)).order_by("priority", "id")
    return _submissions(rows)


def item_document(user: User, item_id: uuid.UUID) -> dict[str, Any]:
    """One item with the user's own answer, or the submitted one where they have none."""
    rows = _with_answer(Item.objects.filter(pk=item_id), "mine", Q(annotations__author_id=user.pk))
    row = rows.values(*_columns("mine")).get()
    if row["mine__id"] is None and row["submission_id"] is not None:
        return _submissions(Item.objects.filter(pk=item_id))[0]
    return item_render(row, "mine")


def items_render(items: Sequence[Item]) -> list[dict[str, Any]]:
    """A page of items with their submitted answers, or the present labels of their samples."""
    place = {item.pk: index for index, item in enumerate(items)}
    rows = _submissions(Item.objects.filter(pk__in=list(place)))
    return sorted(rows, key=lambda row: place[row["id"]])


def item_render(row: dict[str, Any], answer: str) -> dict[str, Any]:
    """An item as the API shows it; `answer` is the alias of its annotation in the row."""
    leased = row["lease_until"] is not None and row["lease_until"] > utc_now()
    return {
        "id": row["id"],
        "campaign": row["campaign_id"],
        "sample": sample_render(row),
        "annotation": _answer_render(row, answer),
        "state": "leased" if leased and row["state"] == Item.State.NEW else row["state"],
        "slot": row["slot"],
        "assignee": row["assignee__username"],
        "lease_until": row["lease_until"],
        "skip_reason": row["skip_reason"],
    }


def sample_render(row: dict[str, Any]) -> dict[str, Any]:
    """A sample beside an item or an example, out of a row that names its columns `sample__`."""
    return {
        "id": row["sample_id"],
        "name": row["sample__name"],
        "media_type": row["sample__media_type"],
        "payload": row["sample__payload"],
        "media_url": f"/media/b/{row['sample__sha256']}?s={row['sample_id']}",
        "thumb_url": f"/media/t/{row['sample__thumb_sha256']}" if row["sample__thumb_sha256"] else None,
    }


def _answer_render(row: dict[str, Any], answer: str) -> dict[str, Any]:
    if row[f"{answer}__id"] is None:
        # Where known samples are mixed in, present labels would tell them apart: nobody begins with any.
        is_blind = row["campaign__gold_rate"] > 0
        shapes = [] if is_blind else shapes_from_rows(row["sample_shapes"])
        source = "" if is_blind else row["sample__annotation_source"]
        if not shapes and row["machine_shapes"]:
            shapes, source = relabeled(_schema(row), row["machine_shapes"]), "model"
        return {
            "id": None,
            "revision": 0,
            "state": None,
            "shapes": shapes,
            "source": source,
            "seconds_spent": 0.0,
            "saved_at": None,
            "review": None,
        }
    verdict = row[f"{answer}__verdict"]
    return {
        "id": row[f"{answer}__id"],
        "revision": row[f"{answer}__revision"],
        "state": row[f"{answer}__state"],
        "shapes": relabeled(_schema(row), row[f"{answer}__shapes"]),
        "source": "human",
        "seconds_spent": row[f"{answer}__seconds_spent"],
        "saved_at": row[f"{answer}__saved_at"],
        "review": {"verdict": verdict, "reason": row[f"{answer}__reason"]} if verdict else None,
    }


def _schema(row: dict[str, Any]) -> SchemaKey:
    return SchemaKey(row["campaign__dataset_id"], row["campaign__dataset__schema_revision"])


def _columns(answer: str) -> tuple[str, ...]:
    own = (
        "id",
        "campaign_id",
        "state",
        "slot",
        "lease_until",
        "skip_reason",
        "assignee__username",
        "submission_id",
    )
    return (*own, *_SAMPLE, *(f"{answer}__{name}" for name in _ANSWER), "sample_shapes", "machine_shapes")


def _with_answer(rows: QuerySet[Item], alias: str, condition: Q) -> QuerySet[Item]:
    present = Case(
        When(Q(**{f"{alias}__id__isnull": True}), then=ShapesJson("sample_id")),
        default=Value(None, output_field=JSONField()),
    )
    said = Prelabel.objects.filter(campaign_id=OuterRef("campaign_id"), sample_id=OuterRef("sample_id"))
    return rows.annotate(**{alias: FilteredRelation("annotations", condition=condition)}).annotate(
        sample_shapes=present, machine_shapes=Subquery(said.values("shapes")[:1])
    )


def _submissions(rows: QuerySet[Item]) -> list[dict[str, Any]]:
    annotated = _with_answer(rows, "answer", Q(annotations__id=F("submission_id")))
    found = annotated.values(*_columns("answer"), "answer__author__username")
    return [{**item_render(row, "answer"), "author": row["answer__author__username"]} for row in found]


def _free_items(user: User, campaign_id: uuid.UUID) -> QuerySet[Item]:
    now = utc_now()
    return Item.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=now),
        Q(assignee_id__isnull=True) | ~Q(assignee_id=user.pk),
        campaign_id=campaign_id,
        campaign__in=campaigns_to_label(user).filter(state="open").values("pk"),
        state=Item.State.NEW,
        given_to__isnull=True,
    )


def is_about_to_come(user: User, sha256: str, sample_id: uuid.UUID | None) -> bool:
    """Whether these bytes belong to a sample so near the head of the user's queue that it may be preloaded.

    The heads of the user's open campaigns are read and nothing else: the newest few campaigns, PEEK_WINDOW items each.
    """
    newest = campaigns_to_label(user).filter(state="open").order_by("-created_at", "-id")
    for campaign_id in newest.values_list("pk", flat=True)[:MAX_CAMPAIGNS]:
        free = Item.objects.filter(campaign_id=campaign_id, state=Item.State.NEW, given_to__isnull=True)
        head = free.order_by("priority", "id")
        rows = head.values_list("sample_id", "sample__sha256", "sample__thumb_sha256")[:PEEK_WINDOW]
        if any(sha256 in names and sample_id in (None, found) for found, *names in rows):
            return True
    return False
