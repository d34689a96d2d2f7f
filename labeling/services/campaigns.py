"""Making and changing campaigns."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Max, Min, QuerySet

from core.clock import utc_now
from core.errors import InvalidInput
from core.faults import fault
from core.models import ProjectUserPermission, User
from core.services import audit
from core.sql import bind, is_postgresql, uuid_text
from datasets.geometry.placing import KINDS_OF_TASK, ONE_CLASS_TASKS
from datasets.selectors.samples import samples_filtered
from datasets.services.counters import dataset_locked
from datasets.services.embeddings import embeddings_submit
from labeling.models import Campaign, CampaignAssignee, CampaignCounter, Item
from labeling.models.campaign import COUNTER_SHARDS
from labeling.models.item import FIRST
from labeling.services.errors import OrderByChance
from labeling.services.gold import gold_drawn, gold_keep, with_gold
from labeling.services.guidelines import version_write

MAX_OVERLAP = 5
FILTERS = ("all", "unlabeled", "label", "split", "ids", "query")


class EmptySelection(InvalidInput):
    """The selection holds no sample."""

    code = "selection_empty"


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What a new campaign shall be; `review_rate` from 0 to 1, `assignees` are usernames (none: everybody).

    `consensus` is how several answers are settled; of a single answer there is nothing to settle. `gold_rate` is
    the share of samples whose answer is known, 0 to 0.5: mixed in by chance, so that the order is random then.
    """

    name: str
    selection: dict[str, Any]
    assignees: Sequence[str] = ()
    overlap: int = 1
    review_rate: float = 0.0
    consensus: str = "none"
    quorum: float = 0.5
    min_iou: float = 0.5
    gold_rate: float = 0.0
    order: str = "given"
    guideline: str = ""
    due: datetime | None = None


@transaction.atomic
def campaign_create(*, actor: User, dataset: Any, plan: CampaignPlan) -> Campaign:
    """A campaign with its queue written ahead. Raises InvalidInput, EmptySelection."""
    if dataset.task not in KINDS_OF_TASK:
        raise InvalidInput("this task cannot be labeled here yet", field="dataset", task=dataset.task)
    method = _agreement(dataset.task, plan)
    if plan.gold_rate and method == Campaign.Agreement.NONE:
        raise InvalidInput("known samples need several answers that are settled together", field="gold")
    dataset_locked(dataset.pk)  # Whoever sets samples aside asks under it whether they wait for a person.
    selected = samples_selected(dataset, plan.selection)
    known = gold_drawn(dataset, selected, plan.gold_rate)
    campaign = Campaign.objects.create(
        project_id=dataset.project_id,
        dataset_id=dataset.pk,
        name=plan.name,
        task=dataset.task,
        selection=plan.selection,
        overlap=plan.overlap,
        review_rate=plan.review_rate,
        consensus=method,
        quorum=plan.quorum,
        min_iou=plan.min_iou,
        gold_rate=plan.gold_rate if known else 0.0,
        order=Campaign.Order.RANDOM if known else plan.order,
        due=plan.due,
        created_by=actor,
    )
    version_write(actor, campaign, plan.guideline)
    _assign(campaign, plan.assignees)
    fault("labeling.campaign.rows")
    gold_keep(campaign, known)
    count = _insert_items(campaign, with_gold(dataset, selected, known))
    if count == 0:
        raise EmptySelection("this selection holds no sample", field="selection")
    if campaign.order == Campaign.Order.ACTIVE:
        embeddings_submit(actor=actor, dataset=dataset)
    audit.record(actor, "labeling.campaign.created", campaign, project=campaign.project_id, items=count)
    return campaign


def _agreement(task: str, plan: CampaignPlan) -> str:
    if plan.overlap < 2:
        return Campaign.Agreement.NONE
    method = plan.consensus
    if method == Campaign.Agreement.WEIGHTED and task not in ONE_CLASS_TASKS:
        raise InvalidInput(
            "votes can be weighted where one class is chosen; settle this task by majority", field="consensus"
        )
    return method


@transaction.atomic
def campaign_update(*, actor: User, campaign: Campaign, changes: dict[str, Any]) -> Campaign:
    """Change name, guideline, due date, review rate or the people. Raises InvalidInput."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    people = changes.pop("assignees", None)
    guideline = changes.pop("guideline", None)
    for name, value in changes.items():
        setattr(campaign, name, value)
    campaign.save(update_fields=list(changes))
    if guideline is not None:
        version_write(actor, campaign, guideline)
    if people is not None:
        CampaignAssignee.objects.filter(campaign=campaign).delete()
        _assign(campaign, people)
        _free_given(campaign)
    if changes or people is not None:
        audit.record(
            actor,
            "labeling.campaign.changed",
            campaign,
            project=campaign.project_id,
            fields=sorted(changes),
            people=people,
        )
    return campaign


@transaction.atomic
def campaign_add_samples(
    *, actor: User, campaign: Campaign, selection: dict[str, Any], first: bool = False
) -> tuple[int, int]:
    """Queue more samples behind the rest; the ones already in it stay once. Or all of them before the rest.

    The number of new items, and of those that now stand in front. Raises InvalidInput, OrderByChance.
    """
    dataset_locked(campaign.dataset_id)
    locked = Campaign.objects.select_for_update(of=("self",), no_key=True).select_related("dataset")
    campaign = locked.get(pk=campaign.pk)
    if first and campaign.gold_rate:
        raise OrderByChance(
            "known samples are mixed into this task by chance, and would stand apart", field="first"
        )
    samples = samples_selected(campaign.dataset, selection)
    count = _insert_items(campaign, samples)
    ahead = _put_first(campaign, samples) if first else 0
    audit.record(
        actor, "labeling.campaign.extended", campaign, project=campaign.project_id, items=count, first=ahead
    )
    return count, ahead


@transaction.atomic
def campaign_set_state(*, actor: User, campaign: Campaign, state: str) -> Campaign:
    """Close a campaign, or open it again; to be what it is already changes nothing."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if campaign.state == state:
        return campaign
    campaign.state = state
    campaign.closed_at = utc_now() if state == Campaign.State.CLOSED else None
    campaign.save(update_fields=["state", "closed_at"])
    action = "closed" if state == Campaign.State.CLOSED else "reopened"
    audit.record(actor, f"labeling.campaign.{action}", campaign, project=campaign.project_id)
    return campaign


@transaction.atomic
def campaign_recount(campaign: Campaign) -> int:
    """Write the counters anew from the items; how many of them were wrong. Waits for saves in flight."""
    rows = {row.shard: row for row in campaign.counters.select_for_update().order_by("shard")}
    truth: dict[tuple[int, str], int] = {}
    counted = campaign.items.order_by().values_list("shard", "state").annotate(n=Count("pk"))
    for shard, state, n in counted:
        truth[shard, state] = n
    wrong = 0
    for shard in sorted({shard for shard, _ in truth} | set(rows)):
        row = rows.get(shard) or CampaignCounter(campaign=campaign, shard=shard)
        for state in Item.State.values:
            n = truth.get((shard, state), 0)
            wrong += getattr(row, state) != n
            setattr(row, state, n)
        row.save()
    return wrong


def items_ended(sender: object, *, ids: Sequence[uuid.UUID], **_: Any) -> None:
    """Samples go for good, and their items with them: out of the totals. Items are locked first, as by a save."""
    items = Item.objects.select_for_update().filter(sample__in=ids).order_by("pk")
    gone = Counter(items.values_list("campaign_id", "shard", "state"))
    for (campaign_id, shard, state), count in sorted(gone.items()):
        row = CampaignCounter.objects.filter(campaign=campaign_id, shard=shard)
        row.update(**{state: F(state) - count})


def samples_selected(dataset: Any, selection: dict[str, Any]) -> QuerySet[Any, Any]:
    """The samples a selection means, as id, imported_at and name: `{"filter": "all"|"unlabeled"|"label"|"split"|"ids"|"query", ...}`.

    Raises InvalidInput.
    """
    wanted, samples = selection.get("filter", "all"), dataset.samples.order_by()
    if wanted == "all":
        rows = samples
    elif wanted == "unlabeled":
        rows = samples.filter(state__in=("unlabeled", "draft"))
    elif wanted == "label":
        rows = samples.filter(shapes__label_class_id=_uuid(selection.get("label"))).distinct()
    elif wanted == "split":
        rows = samples.filter(split=str(selection.get("split", "")))
    elif wanted == "ids":
        rows = samples.filter(pk__in=[_uuid(value) for value in selection.get("ids") or ()])
    elif wanted == "query":
        conditions = selection.get("conditions") or {}
        rows = samples_filtered(dataset.pk, conditions, task=dataset.task).order_by()
    else:
        raise InvalidInput(
            "a selection is one of the known filters", field="selection", allowed=list(FILTERS)
        )
    chosen: QuerySet[Any, Any] = rows.values("id", "imported_at", "name")
    return chosen


def _uuid(value: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(value))
    except ValueError as exc:
        raise InvalidInput("a selection names things by their id", field="selection") from exc


def _assign(campaign: Campaign, usernames: Sequence[str]) -> None:
    people = {user.username: user for user in User.objects.filter(username__in=usernames, is_active=True)}
    able = set(
        ProjectUserPermission.objects.filter(
            content_object_id=campaign.project_id,
            permission__codename="label_project",
            user_id__in=[user.pk for user in people.values()],
        ).values_list("user_id", flat=True)
    )
    unable = sorted({name for name in usernames if name not in people or not _may(people[name], able)})
    if unable:
        raise InvalidInput("only members who may label can be assigned", field="assignees", unable=unable)
    rows = [CampaignAssignee(campaign=campaign, user=people[name]) for name in dict.fromkeys(usernames)]
    CampaignAssignee.objects.bulk_create(rows)


def _free_given(campaign: Campaign) -> None:
    """What was given to people who no longer belong to the campaign is anybody's again."""
    people = CampaignAssignee.objects.filter(campaign=campaign)
    if people.exists():
        given = Item.objects.filter(campaign=campaign, given_to__isnull=False)
        given.exclude(given_to__in=people.values("user")).update(given_to=None)


def _may(user: User, able: set[uuid.UUID]) -> bool:
    return user.is_superuser or user.pk in able


def _insert_items(campaign: Campaign, samples: QuerySet[Any, Any]) -> int:
    """Write the queue in one statement: one pass over the samples for each slot, so that no draw is needed later."""
    chosen, params = samples.query.sql_with_params()
    order, seed = _ORDER, []
    if campaign.order != Campaign.Order.GIVEN:
        # By chance, and yet the same on every database for this campaign and these samples.
        order, seed = f"md5({uuid_text('s.id')} || %s)", [str(campaign.pk)]
    slots = " UNION ALL ".join(f"SELECT {slot} AS slot" for slot in range(campaign.overlap))
    base = max(0, campaign.items.aggregate(last=Max("priority"))["last"] or 0)
    # INSERT stands in front: sqlite3 tells how many rows were written only of statements that begin with it.
    sql = (
        "INSERT INTO labeling_item "  # noqa: S608
        "(id, campaign_id, sample_id, slot, shard, priority, state, skip_reason) "
        f"WITH chosen AS (SELECT s.id AS sample_id, row_number() OVER (ORDER BY {order}) AS place "
        f"FROM ({chosen}) s WHERE NOT EXISTS (SELECT 1 FROM labeling_item o WHERE o.campaign_id = %s "
        "AND o.sample_id = s.id)) "
        f"SELECT {_NEW_ID_POSTGRESQL if is_postgresql() else _NEW_ID_SQLITE}, %s, c.sample_id, k.slot, "
        f"c.place %% {COUNTER_SHARDS}, %s + k.slot * (SELECT count(*) FROM chosen) + c.place, 'new', '' "
        f"FROM chosen c CROSS JOIN ({slots}) k"
    )
    stamp = f"{int(utc_now().timestamp() * 1000):012x}"
    values = [*seed, *params, campaign.pk, *_stamp_params(stamp), campaign.pk, base]
    with connection.cursor() as cursor:
        cursor.execute(sql, [bind(value) for value in values])
        count = cursor.rowcount
        cursor.execute(_COUNT, [bind(value) for value in (campaign.pk, base)])
    return int(count)


def _put_first(campaign: Campaign, samples: QuerySet[Any, Any]) -> int:
    """Ask for the open items of these samples before all others, in the order they had; the last wish comes first.

    What is on somebody's screen stays there. How many items that were. Rows are locked in the order of `items_reorder`.
    """
    chosen, params = samples.values("id").query.sql_with_params()
    lowest = campaign.items.filter(priority__lt=FIRST).aggregate(lowest=Min("priority"))["lowest"]
    lock = "ORDER BY i.sample_id, i.slot FOR NO KEY UPDATE OF i" if is_postgresql() else ""
    # UPDATE stands in front: sqlite3 tells how many rows were written only of statements that begin with it.
    sql = (
        "UPDATE labeling_item SET priority = %s - placed.place FROM "  # noqa: S608
        "(SELECT id, row_number() OVER (ORDER BY priority DESC, id DESC) AS place FROM "
        "(SELECT i.id, i.priority FROM labeling_item i WHERE i.campaign_id = %s AND i.state = 'new' "
        f"AND (i.lease_until IS NULL OR i.lease_until < %s) AND i.sample_id IN ({chosen}) {lock}) ahead) placed "
        "WHERE labeling_item.id = placed.id"
    )
    values = [FIRST if lowest is None else lowest, campaign.pk, utc_now(), *params]
    with connection.cursor() as cursor:
        cursor.execute(sql, [bind(value) for value in values])
        return int(cursor.rowcount)


def _stamp_params(stamp: str) -> list[str]:
    return [f"{stamp[:8]}-{stamp[8:]}-7"] if is_postgresql() else [f"{stamp}7"]


_ORDER = "s.imported_at, s.name, s.id"
# A time-ordered UUID (RFC 9562, 5.7) made by the database: a stamp in front of the random part of a version 4.
_NEW_ID_POSTGRESQL = "(%s || substr(gen_random_uuid()::text, 16))::uuid"
_NEW_ID_SQLITE = (
    "%s || substr(lower(hex(randomblob(2))), 1, 3) || substr('89ab', 1 + abs(random() %% 4), 1) "
    "|| substr(lower(hex(randomblob(8))), 1, 15)"
)
_COUNT = (
    "INSERT INTO labeling_campaigncounter (campaign_id, shard, new, submitted, accepted, rejected, skipped) "
    "SELECT campaign_id, shard, count(*), 0, 0, 0, 0 FROM labeling_item WHERE campaign_id = %s AND priority > %s "
    "GROUP BY campaign_id, shard "
    "ON CONFLICT (campaign_id, shard) DO UPDATE SET new = labeling_campaigncounter.new + excluded.new"
)
