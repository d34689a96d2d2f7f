"""Pre-labels: a model says something of the samples that nobody has answered, before people do."""

import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from core.errors import Conflict, InvalidInput
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.services.blobs import blob_location, blobs_found
from datasets.selectors.schema import classes_of
from labeling.assist.spec import CLASSES, LISTED, PredictSpec
from labeling.assist.weights import DETECTING, are_there
from labeling.models import Campaign, Prelabel, PrelabelRun
from labeling.selectors.prelabels import DETECTOR, samples_unanswered
from labeling.services.assist import weights_dir
from labeling.services.errors import CampaignClosed
from training.selectors.models import deployable_version, model_version_for
from training.services.children import Event, supervise, threads_granted
from training.services.directories import directory_of, directory_remove

KIND: Final = "labeling.prelabel"
_CHUNK: Final = 500
_DETECTED: Final = "object_detection"
_CLASSIFIED: Final = "image_classification"


class WeightsMissing(Conflict):
    """The weights of the bundled detector are not installed."""

    code = "weights_missing"


class PrelabelRunning(Conflict):
    """A machine is over the samples of this campaign already."""

    code = "prelabel_running"


@dataclass(frozen=True, slots=True)
class PrelabelPlan:
    """`model` is the id of a version or `nanodet`; classes of the model that `mapping` leaves out are dropped."""

    model: str
    mapping: Mapping[str, str]
    threshold: float = 0.5
    control: float = 0.0


def prelabel_submit(*, actor: User, campaign: Campaign, plan: PrelabelPlan) -> tuple[PrelabelRun, Job]:
    """Queue a run over the samples nobody has answered.

    Raises InvalidInput, CampaignClosed, WeightsMissing, PrelabelRunning, and training's ParityFailed.
    """
    if campaign.state == Campaign.State.CLOSED:
        raise CampaignClosed("this campaign is closed", kept=False)
    version, title, known = _model(actor, campaign, plan.model)
    mapping = _mapping(campaign, plan.mapping, known)
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        if PrelabelRun.objects.filter(
            campaign=campaign, job__finished_at__isnull=True, job__isnull=False
        ).exists():
            raise PrelabelRunning("a model is over these samples already; wait for it or cancel it")
        run = PrelabelRun(
            campaign=campaign,
            model_version_id=version,
            detector="" if version else DETECTOR,
            title=title,
            mapping=mapping,
            threshold=plan.threshold,
            control=plan.control,
            created_by=actor,
        )
        params = {"prelabel": str(run.pk), "dataset": str(campaign.dataset_id)}
        run.job = job_submit(KIND, project=campaign.project, actor=actor, params=params)
        run.save(force_insert=True)
        audit.record(actor, "labeling.prelabel.submitted", campaign, project=campaign.project_id, model=title)
    return run, run.job


def prelabel_run(ctx: JobContext, run_id: uuid.UUID) -> dict[str, Any]:
    """Say something of every sample that waits; the job's result. Raises ChildFailed, LeaseLost, JobCancelled.

    What is kept is not looked at again, whichever attempt kept it.
    """
    run = PrelabelRun.objects.select_related("campaign").get(pk=run_id)
    directory_remove(ctx.job_id)
    job_dir = directory_of(ctx.job_id)
    count = _listed(ctx, run, job_dir)
    done = run.prelabels.count()
    total = done + count

    def hear(events: list[Event]) -> None:
        nonlocal done
        for event in events:
            if event["type"] == "part":
                path = job_dir / "parts" / event["name"]
                done += _keep(ctx, run, json.loads(path.read_text("utf-8")))
                ctx.progress(done, total, "pictures")

    if count:
        _spec(run, count).write(job_dir)
        supervise(ctx, "labeling.assist.predict", job_dir, threads_granted(), hear)
    fault("prelabel.before-finish")
    result = {"prelabel": str(run.pk), "samples": run.prelabels.count()}
    with ctx.fenced() as job:
        ctx.finish(job, result)
    directory_remove(ctx.job_id)
    return result


def _model(actor: User, campaign: Campaign, model: str) -> tuple[uuid.UUID | None, str, tuple[str, ...]]:
    """Id of the version (None: the bundled detector), what it is called, and its classes."""
    if model == DETECTOR:
        if campaign.task != _DETECTED:
            raise InvalidInput("the bundled detector finds boxes; this campaign has none", field="model")
        if not are_there(weights_dir(), DETECTING):
            raise WeightsMissing("the weights of the detector are not installed; run `make weights`")
        return None, "NanoDet (COCO)", CLASSES
    try:
        version_id = uuid.UUID(model)
    except ValueError as exc:
        raise InvalidInput("name a version of a model, or nanodet", field="model") from exc
    seen = model_version_for(actor, version_id)
    if seen.model.project_id != campaign.project_id:
        raise InvalidInput("no such model version in this project", field="model")
    version = deployable_version(version_id)
    if not version.task == campaign.task == _CLASSIFIED:
        raise InvalidInput(f"this model answers {version.task}, and pre-labels need one class", field="model")
    return version.pk, f"{version.model.name} v{version.number}", class_names(version.labels)


def class_names(labels: Sequence[Any]) -> tuple[str, ...]:
    """The names of a version's classes, in its order."""
    return tuple(str(row["name"]) if isinstance(row, dict) else str(row) for row in labels)


def _mapping(campaign: Campaign, wanted: Mapping[str, str], known: Sequence[str]) -> dict[str, str]:
    living = {str(row.pk) for row in classes_of(campaign.dataset_id)}
    if strange := sorted(set(wanted) - set(known)):
        raise InvalidInput("the model has no such class", field="mapping", classes=strange[:10])
    if not wanted or not set(wanted.values()) <= living:
        raise InvalidInput(
            "name a class of this data set for one class of the model at least", field="mapping"
        )
    return dict(wanted)


def _listed(ctx: JobContext, run: PrelabelRun, job_dir: Path) -> int:
    """Write what the child shall look at; samples of the control group are kept at once, without anything."""
    count = 0
    rows = samples_unanswered(run).iterator(_CHUNK)
    with (job_dir / LISTED).open("w", encoding="utf-8") as out:
        while chunk := list(islice(rows, _CHUNK)):
            ctx.check()
            with ctx.fenced():
                _write(
                    run, [Prelabel(sample_id=pk, is_control=True) for pk, _ in chunk if is_control(run, pk)]
                )
            places = blobs_found([sha256 for _, sha256 in chunk], job_dir / "held")
            for pk, sha256 in chunk:
                if sha256 in places and not is_control(run, pk):
                    path, offset, length = places[sha256]
                    out.write(json.dumps([str(pk), str(path), offset, length]) + "\n")
                    count += 1
    return count


def is_control(run: PrelabelRun, sample_id: uuid.UUID) -> bool:
    """Whether a sample is left without, by chance and always the same way."""
    drawn = hashlib.sha256(run.pk.bytes + sample_id.bytes).digest()
    return int.from_bytes(drawn[:4]) < run.control * 2**32


def _spec(run: PrelabelRun, count: int) -> PredictSpec:
    path = ""
    if not run.detector:
        place, offset, _ = blob_location(deployable_version(_version_of(run)).sha256)
        if offset:
            raise InvalidInput("the model file is not stored on its own")
        path = str(place)
    return PredictSpec(
        model=path,
        weights=str(weights_dir()),
        threshold=run.threshold,
        count=count,
        threads=threads_granted(),
        parent_pid=os.getpid(),
    )


def _version_of(run: PrelabelRun) -> uuid.UUID:
    if run.model_version_id is None:
        raise InvalidInput("this version of the model is gone; choose another one")
    version_id: uuid.UUID = run.model_version_id
    return version_id


def _keep(ctx: JobContext, run: PrelabelRun, part: list[tuple[str, list[dict[str, Any]] | None]]) -> int:
    rows = [
        Prelabel(sample_id=uuid.UUID(sample), shapes=list(_shapes(run, sample, found or ())))
        for sample, found in part
    ]
    with ctx.fenced():
        _write(run, rows)
    fault("prelabel.after-part")
    ctx.milestone()
    return len(rows)


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


def _shapes(run: PrelabelRun, sample: str, found: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, each in enumerate(found):
        label = run.mapping.get(each["name"])
        box = each.get("box")
        if label is None or (box is not None and min(box[2:]) < 1):
            continue
        shape = {
            "id": str(uuid.uuid5(run.pk, f"{sample}/{number}")),
            "kind": "class" if box is None else "box",
            "label": label,
            "source": "model",
            "score": each["score"],
        }
        yield shape if box is None else {**shape, "box": box}
