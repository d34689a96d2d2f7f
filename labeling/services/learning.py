"""A campaign that learns as it is labeled: freeze, train the fast profile, pre-label the rest, the doubtful first.

Nothing waits in a process. A round is a row that says which job it waits for; the clock carries it on when that job has
ended, so whoever dies in between loses nothing, and what each step submits is submitted with the step, in one transaction.
"""

import uuid
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from core.clock import utc_now
from core.errors import DomainError, InvalidInput
from core.faults import fault
from core.models import Job, User
from core.selectors import project_permissions
from core.services import audit
from datasets.selectors.schema import classes_of
from datasets.services.versions import version_submit
from datasets.splits import SplitSpec
from labeling.models import Campaign, Learning, LearningRound, Prelabel
from labeling.selectors.learning import is_due, labels_by_class
from labeling.services.active import items_reorder
from labeling.services.errors import CampaignClosed
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


@transaction.atomic
def learning_set(*, actor: User, campaign: Campaign, is_on: bool, per_class: int) -> Learning:
    """Have a campaign learn as it is labeled, or no more; a round under way ends by itself. Raises InvalidInput, CampaignClosed."""
    if campaign.task != TASK:
        raise InvalidInput(
            "only campaigns that ask one class a picture learn as they are labeled", field="on"
        )
    if is_on and campaign.state == Campaign.State.CLOSED:
        raise CampaignClosed("this campaign is closed", kept=False)
    values = {"is_on": is_on, "per_class": per_class, "switched_by": actor, "switched_at": utc_now()}
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
    """Campaigns that learn or have a round under way."""
    on = Learning.objects.filter(is_on=True, campaign__state=Campaign.State.OPEN)
    under_way = LearningRound.objects.filter(state__in=LearningRound.UNDER_WAY)
    return sorted({*on.values_list("pk", flat=True), *under_way.values_list("campaign_id", flat=True)})


@transaction.atomic
def learning_step(campaign_id: uuid.UUID) -> LearningRound | None:
    """Carry the round of a campaign on, or begin the next one where it is due; None: nothing to do now."""
    campaign = (
        Campaign.objects.select_for_update(of=("self",))
        .select_related("dataset", "project")
        .get(pk=campaign_id)
    )
    learning = Learning.objects.select_related("switched_by").get(campaign=campaign)
    now = campaign.learning_rounds.select_related("job", "run").filter(state__in=LearningRound.UNDER_WAY)
    under_way = now.first()
    if under_way is None:
        return _begun(campaign, learning) if is_due(campaign, learning) else None
    if under_way.job is not None and under_way.job.finished_at is None:
        return None
    _carried_on(campaign, learning, under_way)
    return under_way


def _begun(campaign: Campaign, learning: Learning) -> LearningRound | None:
    """The next round, waiting for its version; None and switched off where who switched it on may not train any more."""
    actor = learning.switched_by
    if "train_project" not in project_permissions(actor, campaign.project_id):
        Learning.objects.filter(pk=learning.pk).update(is_on=False)
        return None
    number = (campaign.learning_rounds.aggregate(last=Max("number"))["last"] or 0) + 1
    labeled = sum(labels_by_class(campaign.dataset_id).values())
    begun = LearningRound(campaign=campaign, number=number, labeled=labeled, began_at=utc_now())
    try:
        with transaction.atomic():
            begun.job = version_submit(
                actor=actor,
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
        except DomainError as exc:
            _end(row, State.FAILED, exc.code)
    fault("labeling.learning.step")
    row.save()


def _train(campaign: Campaign, learning: Learning, row: LearningRound) -> None:
    result: dict[str, Any] = row.job.result if row.job and row.job.result else {}
    version = campaign.dataset.versions.select_related("dataset").get(pk=result["id"])
    request = RunRequest(profile="fast", seed=row.number, name=f"{campaign.name} · {row.number}")
    row.run = run_submit(
        actor=learning.switched_by, project=campaign.project, version=version, request=request
    )
    row.job, row.state = row.run.job, State.TRAINING


def _say(campaign: Campaign, learning: Learning, row: LearningRound) -> None:
    made = getattr(row.run, "model_version", None)
    if made is None:
        raise InvalidInput("the run made no model", field="run")
    version = deployable_version(made.pk)
    ids = {
        name: str(one.pk)
        for one in classes_of(campaign.dataset_id)
        for name in (one.name_zh, one.name)
        if name
    }
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
    said = Prelabel.objects.filter(run_id=run_id, is_control=False).values_list("sample_id", "shapes")
    doubt = sorted((max((shape.get("score") or 0 for shape in shapes), default=0), pk) for pk, shapes in said)
    return [pk for _, pk in doubt[:_ORDERED]]


def _end(row: LearningRound, state: LearningRound.State, reason: str = "") -> None:
    row.state, row.reason, row.ended_at = state, reason[:64], utc_now()
