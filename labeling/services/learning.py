"""A campaign that learns as it is labeled: freeze, train the fast profile, pre-label the rest, the doubtful first.

Nothing waits in a process. A round is a row that says which job it waits for; the clock carries it on when that job has
ended, so whoever dies in between loses nothing, and what each step submits is submitted with the step, in one transaction.
"""

import uuid
from heapq import nsmallest
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q

from core.clock import utc_now
from core.errors import Conflict, DomainError, InvalidInput, NotFound
from core.faults import fault
from core.models import Job, User
from core.selectors import project_permissions
from core.services import audit
from datasets.selectors.schema import classes_of
from datasets.services.versions import version_submit
from datasets.splits import SplitSpec
from labeling.models import Campaign, Item, Learning, LearningRound, Prelabel
from labeling.selectors.learning import is_due, labels_by_class
from labeling.services.active import items_reorder
from labeling.services.errors import CampaignClosed
from labeling.services.prelabel_source import PrelabelRunning
from labeling.services.prelabels import PrelabelPlan, class_names, prelabel_submit
from training.selectors.models import deployable_version
from training.services.runs import RunRequest, run_submit

LEAST_PER_CLASS, MOST_PER_CLASS = 3, 500
TASK: Final = "image_classification"
# So many stay without, to say how many seconds a pre-label saves.
_CONTROL: Final = 0.1
_THRESHOLD: Final = 0.5
# As many of the head of the queue are put in order as a round is good for.
_ORDERED: Final = 2_000
State = LearningRound.State


class KnownMixedIn(Conflict):
    """A campaign with known samples must not be answered by who has seen their answers."""

    code = "known_mixed_in"


@transaction.atomic
def learning_set(*, actor: User, campaign: Campaign, is_on: bool, per_class: int) -> Learning:
    """Have a campaign learn as it is labeled, or no more; a round under way ends by itself. Raises InvalidInput, CampaignClosed."""
    if campaign.task != TASK:
        raise InvalidInput(
            "only campaigns that ask one class a picture learn as they are labeled", field="on"
        )
    if is_on and campaign.state == Campaign.State.CLOSED:
        raise CampaignClosed("this campaign is closed", kept=False)
    if is_on and campaign.gold_rate > 0:
        raise KnownMixedIn(
            "known samples are mixed in: a model that has learned them would tell their answers"
        )
    before = Learning.objects.filter(campaign=campaign, is_on=True).first()
    values: dict[str, Any] = {"is_on": is_on, "per_class": per_class}
    if before is None:
        values |= {"switched_by": actor, "switched_at": utc_now()}
    learning, _ = Learning.objects.update_or_create(campaign=campaign, defaults=values)
    audit.record(
        actor,
        "labeling.learning.set",
        campaign,
        project=campaign.project_id,
        on=is_on,
        per_class=per_class,
    )
    return learning


def learnings_on() -> list[uuid.UUID]:
    """Campaigns that learn or have a round under way; what is deleted waits until it is back."""
    there = Campaign.objects.filter(project__deleted_at__isnull=True, dataset__deleted_at__isnull=True)
    on = Q(learning__is_on=True, state=Campaign.State.OPEN)
    under_way = Q(learning_rounds__state__in=LearningRound.UNDER_WAY)
    return sorted(set(there.filter(on | under_way).values_list("pk", flat=True)))


def learning_step(campaign_id: uuid.UUID) -> LearningRound | None:
    """Carry the round of a campaign on, or begin the next one where it is due; None: nothing to do now.

    Nothing is locked to find out that there is nothing to do.
    """
    campaign = Campaign.objects.get(pk=campaign_id)
    if not _has_to_do(campaign, Learning.objects.get(campaign=campaign), _under_way(campaign)):
        return None
    with transaction.atomic():
        return _stepped(campaign_id)


def _stepped(campaign_id: uuid.UUID) -> LearningRound | None:
    rows = Campaign.objects.select_for_update(of=("self",), no_key=True)
    campaign = rows.select_related("dataset", "project").get(pk=campaign_id)
    learning = Learning.objects.select_related("switched_by").get(campaign=campaign)
    now = _under_way(campaign)
    if not _has_to_do(campaign, learning, now):
        return None
    if "train_project" not in project_permissions(learning.switched_by, campaign.project_id):
        return _switched_off(campaign, learning, now)
    if now is None:
        return _begun(campaign, learning)
    _carried_on(campaign, learning, now)
    return now


def _under_way(campaign: Campaign) -> LearningRound | None:
    rows = campaign.learning_rounds.select_related("job", "run")
    return rows.filter(state__in=LearningRound.UNDER_WAY).first()


def _has_to_do(campaign: Campaign, learning: Learning, now: LearningRound | None) -> bool:
    """Whether what a round waits for has ended, or where there is none, whether one is due."""
    if now is None:
        return is_due(campaign, learning)
    return now.job is None or now.job.finished_at is not None


def _switched_off(campaign: Campaign, learning: Learning, now: LearningRound | None) -> LearningRound | None:
    """Who switched it on may train no more; a round under way ends here."""
    Learning.objects.filter(pk=learning.pk).update(is_on=False)
    audit.record(
        None, "labeling.learning.set", campaign, project=campaign.project_id, on=False, reason="forbidden"
    )
    if now is not None:
        _end(now, State.FAILED, "forbidden")
        now.save()
    return now


def _begun(campaign: Campaign, learning: Learning) -> LearningRound:
    """The next round, waiting for its version."""
    number = (campaign.learning_rounds.aggregate(last=Max("number"))["last"] or 0) + 1
    labeled = sum(labels_by_class(campaign.dataset_id).values())
    begun = LearningRound(campaign=campaign, number=number, labeled=labeled, began_at=utc_now())
    try:
        with transaction.atomic():
            begun.job = version_submit(
                actor=learning.switched_by,
                dataset=campaign.dataset,
                name=f"{campaign.name} · {number}"[:200],
                spec=SplitSpec(train=0.7, val=0.15, test=0.15, seed=number),
                conditions={},
            )
    except DomainError as exc:
        _end(begun, State.FAILED, exc.code)
    begun.save(force_insert=True)
    return begun


def _carried_on(campaign: Campaign, learning: Learning, row: LearningRound) -> None:
    """What comes after the job that has ended; a refusal ends the round and says why."""
    step = {State.FREEZING: _train, State.TRAINING: _say, State.SAYING: _order}[State(row.state)]
    job = row.job
    if job is None or job.state != Job.State.SUCCEEDED:
        _end(row, State.FAILED, job.error_code if job is not None and job.error_code else "job_ended_early")
    else:
        try:
            with transaction.atomic():
                step(campaign, learning, row)
        except PrelabelRunning:
            return  # Somebody has a machine over the samples; the clock comes again.
        except DomainError as exc:
            _end(row, State.FAILED, exc.code)
    fault("labeling.learning.step")
    row.save()


def _train(campaign: Campaign, learning: Learning, row: LearningRound) -> None:
    result: dict[str, Any] = row.job.result if row.job and row.job.result else {}
    versions = campaign.dataset.versions.select_related("dataset")
    version = versions.filter(pk=result["id"]).first() if "id" in result else None
    if version is None:
        raise NotFound("the version of this round is gone")
    request = RunRequest(profile="fast", seed=row.number, name=f"{campaign.name} · {row.number}")
    row.run = run_submit(
        actor=learning.switched_by, project=campaign.project, version=version, request=request
    )
    row.job, row.state = row.run.job, State.TRAINING


def _say(campaign: Campaign, learning: Learning, row: LearningRound) -> None:
    made = getattr(row.run, "model_version", None)
    if made is None:
        raise NotFound("the model of this round is gone")
    version = deployable_version(made.pk)
    classes = classes_of(campaign.dataset_id)
    ids = {one.name_zh: str(one.pk) for one in classes} | {one.name: str(one.pk) for one in classes}
    mapping = {name: ids[name] for name in class_names(version.labels) if name in ids}
    plan = PrelabelPlan(str(version.pk), mapping, threshold=_THRESHOLD, control=_CONTROL)
    row.prelabels, row.job = prelabel_submit(actor=learning.switched_by, campaign=campaign, plan=plan)
    row.state = State.SAYING


def _order(campaign: Campaign, learning: Learning, row: LearningRound) -> None:
    """The doubtful first, unless the queue follows its answers by itself."""
    if campaign.order != Campaign.Order.ACTIVE and row.prelabels is not None:
        items_reorder(campaign, doubtful_first(row.prelabels_id))
    _end(row, State.DONE)


def doubtful_first(run_id: uuid.UUID | None) -> list[uuid.UUID]:
    """Samples of a run from the least sure to the surest; what it said nothing of was doubted most."""
    open_items = Item.objects.filter(
        campaign_id=OuterRef("campaign_id"), sample_id=OuterRef("sample_id"), state=Item.State.NEW
    )
    said = Prelabel.objects.filter(Exists(open_items), run_id=run_id, is_control=False)
    rows = said.values_list("sample_id", "shapes").iterator(chunk_size=2_000)
    doubt = ((max((shape.get("score") or 0 for shape in shapes), default=0), pk) for pk, shapes in rows)
    return [pk for _, pk in nsmallest(_ORDERED, doubt)]


def _end(row: LearningRound, state: LearningRound.State, reason: str = "") -> None:
    row.state, row.reason, row.ended_at = state, reason[:64], utc_now()
