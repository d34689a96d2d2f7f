"""What every source of pre-labels shares: its run is queued, samples are given to it, and what it says is kept once."""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol

from django.db import transaction

from core.errors import Conflict
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from labeling.models import Campaign, Prelabel, PrelabelRun
from labeling.selectors.prelabels import samples_unanswered
from labeling.services.errors import CampaignClosed

KIND: Final = "labeling.prelabel"
CHUNK: Final = 500

Shapes = list[dict[str, Any]]


class PrelabelRunning(Conflict):
    """A machine is over the samples of this campaign already."""

    code = "prelabel_running"


def run_queue(actor: User, run: PrelabelRun, operation: str, **params: Any) -> Job:
    """Save a new run with its job and a line of the audit trail. Raises CampaignClosed, PrelabelRunning."""
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update(no_key=True).get(pk=run.campaign_id)
        if campaign.state == Campaign.State.CLOSED:
            raise CampaignClosed("this campaign is closed", kept=False)
        under_way = PrelabelRun.objects.filter(
            campaign=campaign, job__finished_at__isnull=True, job__isnull=False
        )
        if under_way.exists():
            raise PrelabelRunning("a machine is over these samples already; wait for it or cancel it")
        told = {"prelabel": str(run.pk), "dataset": str(campaign.dataset_id)}
        run.job = job = job_submit(KIND, project=campaign.project, actor=actor, params=told)
        run.save(force_insert=True)
        audit.record(actor, operation, campaign, project=campaign.project_id, **params)
    return job


def is_control(run: PrelabelRun, sample_id: uuid.UUID) -> bool:
    """Whether a sample is left without, by chance and always the same way."""
    drawn = hashlib.sha256(run.pk.bytes + sample_id.bytes).digest()
    return int.from_bytes(drawn[:4]) < run.control * 2**32


def shape_said(run: PrelabelRun, sample: str, number: int, **said: Any) -> dict[str, Any]:
    """A shape as it is stored; the same run names it the same way whenever it is asked."""
    return {"id": str(uuid.uuid5(run.pk, f"{sample}/{number}")), "source": "model", **said}


class Ledger:
    """Which samples wait for a run, and what was said of them: kept is kept, whichever attempt kept it."""

    def __init__(self, ctx: JobContext, run: PrelabelRun, unit: str) -> None:
        self.run = run
        self._ctx, self._unit = ctx, unit
        self._done = self._total = run.prelabels.count()

    def waiting(self) -> Iterator[list[tuple[uuid.UUID, str]]]:
        """(sample, SHA-256) in chunks; samples of the control group are kept at once, without anything."""
        at = uuid.UUID(int=0)
        while chunk := list(samples_unanswered(self.run).filter(sample_id__gt=at)[:CHUNK]):
            self._ctx.check()
            at = chunk[-1][0]
            left = {pk for pk, _ in chunk if is_control(self.run, pk)}
            with self._ctx.fenced():
                _write(self.run, [Prelabel(sample_id=pk, is_control=True) for pk, _ in chunk if pk in left])
            self._done += len(left)
            yield [row for row in chunk if row[0] not in left]

    def expect(self, count: int) -> None:
        """So many more will be kept."""
        self._total = self._done + count

    def keep(self, said: Sequence[tuple[str, Shapes]]) -> None:
        """What was said of samples, nothing among it. They are not given out again."""
        with self._ctx.fenced():
            _write(self.run, [Prelabel(sample_id=uuid.UUID(pk), shapes=shapes) for pk, shapes in said])
        fault("prelabel.after-part")
        self._ctx.milestone()
        self._done += len(said)
        self._ctx.progress(self._done, self._total, self._unit)


class Source(Protocol):
    """A model, or rules."""

    unit: str

    def say(self, ctx: JobContext, ledger: Ledger) -> None:
        """Say something of every sample that waits. Raises what its means raise, LeaseLost, JobCancelled."""


def _write(run: PrelabelRun, rows: list[Prelabel]) -> None:
    """In the caller's transaction; what another run said of them goes, unless somebody has answered meanwhile."""
    still = set(
        samples_unanswered(run)
        .filter(sample__in=[row.sample_id for row in rows])
        .values_list("sample_id", flat=True)
    )
    kept = [row for row in rows if row.sample_id in still]
    for row in kept:
        row.run, row.campaign_id = run, run.campaign_id
    Prelabel.objects.bulk_create(
        kept,
        update_conflicts=True,
        unique_fields=["campaign", "sample"],
        update_fields=["run", "shapes", "is_control"],
    )
