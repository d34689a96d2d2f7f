"""What machines may say of a campaign, what they said, and what people made of it."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from core.models import User
from core.outgoing import ChatServer
from core.selectors import job_render
from core.services.outgoing import chat_server
from datasets.geometry.placing import ONE_CLASS_TASKS
from datasets.selectors.labels import labels_known
from datasets.selectors.schema import classes_of
from datasets.selectors.vectors import parts_of
from labeling.assist.acceptance import Outcome, outcome_of, seconds_saved
from labeling.assist.spec import CLASSES
from labeling.models import Annotation, Campaign, Item, Prelabel, PrelabelRun
from labeling.weak.votes import MODES
from training.selectors.models import models_visible_to, versions_of

DETECTOR: Final = "nanodet"
# Not a model: the labeled samples that are most like one say what it is.
NEIGHBORS: Final = "neighbors"
NEIGHBORS_TITLE: Final = "Similar samples"
# The language model that the operator named, for texts.
LANGUAGE: Final = "language"
# Figures are of the newest answers: the rate of more would be the same.
MAX_ANSWERS: Final = 5_000
MAX_MODELS: Final = 20
MAX_RUNS: Final = 20
GIVEN: Final = (Annotation.State.SUBMITTED, Annotation.State.ACCEPTED)
_DETECTED, _CLASSIFIED = "object_detection", "image_classification"


def samples_waiting(campaign_id: uuid.UUID) -> QuerySet[Item]:
    """Items of what nobody has answered and, but for known samples, has no labels; one a sample."""
    of_sample = {"campaign_id": OuterRef("campaign_id"), "sample_id": OuterRef("sample_id")}
    bare = Q(sample__state__in=("unlabeled", "draft")) | Q(campaign__gold_rate__gt=0)
    return Item.objects.filter(
        bare,
        ~Exists(Annotation.objects.filter(**of_sample, state__in=GIVEN)),
        campaign_id=campaign_id,
        state=Item.State.NEW,
        slot=0,
    )


def samples_unanswered(run: PrelabelRun) -> QuerySet[Item, tuple[uuid.UUID, str]]:
    """(sample, SHA-256) of what waits and this run has not been over."""
    said = Prelabel.objects.filter(
        campaign_id=OuterRef("campaign_id"), sample_id=OuterRef("sample_id"), run=run
    )
    rows = samples_waiting(run.campaign_id).filter(~Exists(said))
    return rows.order_by("sample_id").values_list("sample_id", "sample__sha256")


def prelabels_document(user: User, campaign: Campaign, *, has_weights: bool) -> dict[str, Any]:
    """The models that may be asked, and the runs so far with what people made of them, the newest first."""
    runs = list(campaign.prelabel_runs.select_related("job").order_by("-created_at", "-id")[:MAX_RUNS])
    counts = dict(
        Prelabel.objects.filter(run__in=runs)
        .values_list("run")
        .annotate(n=Count("pk"))
        .values_list("run", "n")
    )
    figures = _figures(campaign, runs)
    return {
        "models": _models(user, campaign, has_weights=has_weights),
        "runs": [_render(run, counts.get(run.pk, 0), figures[run.pk]) for run in runs],
    }


def run_render(run: PrelabelRun) -> dict[str, Any]:
    """A run that has just begun."""
    return _render(run, 0, _told(Outcome(), 0, [], []))


def _models(user: User, campaign: Campaign, *, has_weights: bool) -> list[dict[str, Any]]:
    names: dict[str, str] = {}
    for row in classes_of(campaign.dataset_id):
        names |= {_plain(name): str(row.pk) for name in (row.name_zh, row.name) if name}
    found: list[dict[str, Any]] = []
    if campaign.task == _DETECTED:
        found.append(_model(DETECTOR, "NanoDet (COCO)", CLASSES, names, is_ready=has_weights))
    if campaign.task == _CLASSIFIED:
        models = models_visible_to(user).filter(project_id=campaign.project_id, task=campaign.task)
        for model in models.order_by("-created_at", "-id")[:MAX_MODELS]:
            version = versions_of(model.pk).filter(parity_ok=True).order_by("-number").first()
            if version is not None:
                classes = [str(row["name"]) if isinstance(row, dict) else str(row) for row in version.labels]
                found.append(
                    _model(str(version.pk), f"{model.name} v{version.number}", classes, names, is_ready=True)
                )
    if campaign.task in ONE_CLASS_TASKS:
        found.append(_model(NEIGHBORS, NEIGHBORS_TITLE, (), names, is_ready=have_neighbors(campaign)))
    server = chat_server() if campaign.task in MODES else None
    if server is not None:
        found.append(_model(LANGUAGE, language_title(server), (), names, is_ready=True))
    return found


def language_title(server: ChatServer) -> str:
    """What is asked and where, so that everybody sees who is sent the texts."""
    return f"{server.model} ({server.host})"


def have_neighbors(campaign: Campaign) -> bool:
    """Whether its data set has been analyzed, and something of it is labeled."""
    return bool(labels_known(campaign.dataset_id, 1)) and bool(parts_of(campaign.dataset_id))


def _model(
    key: str, title: str, classes: Sequence[str], names: dict[str, str], *, is_ready: bool
) -> dict[str, Any]:
    suggested = {name: names[_plain(name)] for name in classes if _plain(name) in names}
    return {
        "model": key,
        "title": title,
        "classes": list(classes),
        "suggested": suggested,
        "ready": is_ready,
    }


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").casefold().split())


def _figures(campaign: Campaign, runs: Sequence[PrelabelRun]) -> dict[uuid.UUID, dict[str, Any]]:
    """Two statements, whatever the number of runs."""
    answers = Annotation.objects.filter(campaign=campaign, state__in=GIVEN).order_by("-submitted_at", "-id")
    rows = list(answers.values_list("sample_id", "shapes", "seconds_spent")[:MAX_ANSWERS]) if runs else []
    said = {
        row.sample_id: row
        for row in Prelabel.objects.filter(campaign=campaign, sample__in={sample for sample, _, _ in rows})
    }
    outcomes: dict[uuid.UUID, Outcome] = defaultdict(Outcome)
    helped: dict[uuid.UUID, list[float]] = defaultdict(list)
    alone: list[float] = []
    for sample, shapes, seconds in rows:
        prelabel = said.get(sample)
        if prelabel is None or prelabel.is_control:
            alone += [seconds] if seconds else []
            continue
        outcomes[prelabel.run_id] += outcome_of(prelabel.shapes, shapes)
        helped[prelabel.run_id].append(seconds)
    return {
        run.pk: _told(outcomes[run.pk], len(helped[run.pk]), [s for s in helped[run.pk] if s], alone)
        for run in runs
    }


def _told(outcome: Outcome, answered: int, helped: list[float], alone: list[float]) -> dict[str, Any]:
    return {
        "answered": answered,
        "accepted": outcome.accepted,
        "changed": outcome.changed,
        "rejected": outcome.rejected,
        "added": outcome.added,
        "acceptance_rate": outcome.rate,
        "seconds_saved": seconds_saved(helped, alone),
    }


def _render(run: PrelabelRun, samples: int, figures: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": run.pk,
        "model": run.detector or run.model_version_id,
        "title": run.title,
        "mapping": run.mapping,
        "threshold": run.threshold,
        "control": run.control,
        "rules": len(run.rules),
        "samples": samples,
        "job": job_render(run.job) if run.job else None,
        "created_at": run.created_at,
        "figures": figures,
    }
