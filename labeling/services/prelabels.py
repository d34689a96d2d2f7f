"""Pre-labels: a model says something of the samples that nobody has answered, before people do."""

import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from core.errors import Conflict, InvalidInput
from core.jobs.context import JobContext
from core.models import Job, User
from core.services.blobs import blob_location, blobs_found
from datasets.selectors.schema import classes_of
from labeling.assist.spec import CLASSES, LISTED, PredictSpec
from labeling.assist.weights import DETECTING, are_there
from labeling.models import Campaign, PrelabelRun
from labeling.selectors.prelabels import DETECTOR, LANGUAGE, NEIGHBORS
from labeling.services.assist import weights_dir
from labeling.services.prelabel_language import language_asked
from labeling.services.prelabel_neighbors import neighbors_asked
from labeling.services.prelabel_source import Ledger, run_queue, shape_said
from training.selectors.models import deployable_version, model_version_for
from training.services.children import Event, supervise, threads_granted
from training.services.directories import directory_of, directory_remove

_DETECTED: Final = "object_detection"
_CLASSIFIED: Final = "image_classification"

_Found = tuple[str, list[dict[str, Any]] | None]


class WeightsMissing(Conflict):
    """The weights of the bundled detector are not installed."""

    code = "weights_missing"


@dataclass(frozen=True, slots=True)
class PrelabelPlan:
    """`model` is the id of a version, `nanodet`, `neighbors` or `language`; classes of the model that `mapping` leaves
    out are dropped. The last two speak of the classes here and take no mapping."""

    model: str
    mapping: Mapping[str, str]
    threshold: float = 0.5
    control: float = 0.0


def prelabel_submit(*, actor: User, campaign: Campaign, plan: PrelabelPlan) -> tuple[PrelabelRun, Job]:
    """Queue a run over the samples nobody has answered.

    Raises InvalidInput, CampaignClosed, WeightsMissing, NeighborsMissing, LanguageMissing, PrelabelRunning, and
    training's ParityFailed.
    """
    version, title, mapping = _asked(actor, campaign, plan)
    run = PrelabelRun(
        campaign=campaign,
        model_version_id=version,
        detector="" if version else plan.model,
        title=title,
        mapping=mapping,
        threshold=plan.threshold,
        control=plan.control,
        created_by=actor,
    )
    return run, run_queue(actor, run, "labeling.prelabel.submitted", model=title)


class ModelSource:
    """As `Source`: a model in a process of its own, which is given all samples and tells of them part by part."""

    unit = "pictures"

    def say(self, ctx: JobContext, ledger: Ledger) -> None:
        """As `Source`. Raises ChildFailed."""
        directory_remove(ctx.job_id)
        job_dir = directory_of(ctx.job_id)
        count = _listed(ledger, job_dir)
        ledger.expect(count)

        def hear(events: list[Event]) -> None:
            for event in events:
                if event["type"] == "part":
                    path = job_dir / "parts" / event["name"]
                    part: list[_Found] = json.loads(path.read_text("utf-8"))
                    ledger.keep([(pk, list(_shapes(ledger.run, pk, found or ()))) for pk, found in part])

        if count:
            _spec(ledger.run, count).write(job_dir)
            supervise(ctx, "labeling.assist.predict", job_dir, threads_granted(), hear)
        directory_remove(ctx.job_id)


def _asked(
    actor: User, campaign: Campaign, plan: PrelabelPlan
) -> tuple[uuid.UUID | None, str, dict[str, str]]:
    """Id of the version (None: none is needed), what it is called, and the mapping."""
    if plan.model in _WITHOUT_MAPPING:
        title = _WITHOUT_MAPPING[plan.model](campaign)
        if plan.mapping:
            raise InvalidInput("its classes are those here already; leave the mapping out", field="mapping")
        return None, title, {}
    version, title, known = _model(actor, campaign, plan.model)
    return version, title, _mapping(campaign, plan.mapping, known)


# What speaks of the classes here: how it is called. Each raises InvalidInput, and a conflict where it cannot be asked.
_WITHOUT_MAPPING: Final[Mapping[str, Callable[[Campaign], str]]] = {
    NEIGHBORS: neighbors_asked,
    LANGUAGE: language_asked,
}


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


def _listed(ledger: Ledger, job_dir: Path) -> int:
    """Write what the child shall look at."""
    count = 0
    with (job_dir / LISTED).open("w", encoding="utf-8") as out:
        for chunk in ledger.waiting():
            places = blobs_found([sha256 for _, sha256 in chunk], job_dir / "held")
            for pk, sha256 in chunk:
                if sha256 in places:
                    path, offset, length = places[sha256]
                    out.write(json.dumps([str(pk), str(path), offset, length]) + "\n")
                    count += 1
    return count


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


def _shapes(run: PrelabelRun, sample: str, found: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, each in enumerate(found):
        label = run.mapping.get(each["name"])
        box = each.get("box")
        if label is None or (box is not None and min(box[2:]) < 1):
            continue
        said = {"label": label, "score": each["score"]}
        yield (
            shape_said(run, sample, number, kind="class", **said)
            if box is None
            else shape_said(run, sample, number, kind="box", **said, box=box)
        )
