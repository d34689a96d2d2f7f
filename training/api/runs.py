"""`/algorithms/` and `/runs/`."""

import uuid
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.forms import accepted
from core.api.pages import page, paged
from core.api.queries import choices_of, ids_of, number_of, uuid_of
from core.api.serializers import JobAcceptedSerializer
from core.api.views import StudioViewSet
from core.errors import Forbidden, InvalidInput
from core.models import Job, Project
from core.selectors import project_for
from datasets.selectors.datasets import version_for
from datasets.selectors.recipes import recipe_for
from training.algorithms import ALGORITHMS
from training.api import forms, shapes
from training.api.rules import RULES
from training.models import Run
from training.selectors.estimates import minutes_expected
from training.selectors.runs import (
    MAX_POINTS,
    metric_series,
    run_for,
    run_log,
    run_render,
    runs_visible_to,
)
from training.services.runs import (
    RunRequest,
    recipe_frozen,
    run_cancel,
    run_clone,
    run_reproduce,
    run_resume,
    run_submit,
)


class AlgorithmViewSet(StudioViewSet):
    """`/algorithms/`."""

    resource = "algorithms"
    rules = RULES

    @extend_schema(
        responses=shapes.AlgorithmShape(many=True),
        parameters=[OpenApiParameter("dataset_version", uuid.UUID)],
    )
    def list(self, request: Request) -> Response:
        """Everything this studio trains; the first of a task is its `auto`.

        `minutes` says how long each profile takes for `dataset_version`, as far as this machine knows.
        """
        wanted = uuid_of(request, "dataset_version")
        version = version_for(self.user, wanted) if wanted else None
        if version and "view_project" not in self.allow(version.dataset.project_id):
            raise Forbidden("your role in this project does not allow this", needs="view_project")
        return Response(
            [
                {
                    "key": algorithm.key,
                    "title": algorithm.title,
                    "task": algorithm.task,
                    "params_schema": algorithm.params_schema(),
                    "profiles": {name: dict(values) for name, values in algorithm.profiles.items()},
                    "minutes": minutes_expected(algorithm, version.counts["samples"]) if version else {},
                    "licence": algorithm.licence,
                    "requires": list(algorithm.requires),
                }
                for algorithm in ALGORITHMS.values()
            ]
        )


class RunViewSet(StudioViewSet):
    """`/runs/`."""

    resource = "runs"
    rules = RULES

    @extend_schema(
        responses=paged(shapes.RunShape),
        parameters=[
            OpenApiParameter("project", uuid.UUID),
            OpenApiParameter("dataset_version", uuid.UUID),
            OpenApiParameter("state", str),
        ],
    )
    def list(self, request: Request) -> Response:
        """Runs the caller may see, newest first."""
        self.scoped()
        rows = runs_visible_to(self.user)
        for name in ("project", "dataset_version"):
            if wanted := uuid_of(request, name):
                rows = rows.filter(**{f"{name}_id": wanted})
        if states := choices_of(request, "state", Job.State.values):
            rows = rows.filter(job__state__in=states)
        return page(request, rows, render=_rendered)

    @extend_schema(request=forms.RunForm, responses={202: shapes.RunAcceptedShape})
    def create(self, request: Request) -> Response:
        """Queue a training."""
        sent = accepted(forms.RunForm, request.data)
        project = project_for(self.user, sent["project"])
        self.allow(project)
        version = version_for(self.user, sent["dataset_version"])
        wanted = RunRequest(
            **{key: sent[key] for key in ("algorithm", "profile", "params", "seed", "name")},
            device=sent.get("resources", {}).get("device", "auto"),
            recipe=self._recipe(sent, project),
        )
        run = run_submit(actor=self.user, project=project, version=version, request=wanted)
        return self._accepted(run)

    @extend_schema(responses=shapes.RunShape)
    def retrieve(self, request: Request, pk: uuid.UUID) -> Response:
        """One run."""
        return Response(run_render(self._run(pk)))

    @extend_schema(
        responses=shapes.SeriesShape,
        parameters=[OpenApiParameter("keys", str), OpenApiParameter("points", int)],
    )
    def metrics(self, request: Request, pk: uuid.UUID) -> Response:
        """Curves of the run; `points` limits each, the peaks stay."""
        run = self._run(pk)
        keys = [key for key in request.query_params.get("keys", "").split(",") if key]
        points = number_of(request, "points", default=500, least=2, most=MAX_POINTS)
        return Response({"series": metric_series(run, keys, points)})

    @extend_schema(responses=shapes.LogShape, parameters=[OpenApiParameter("after", int)])
    def logs(self, request: Request, pk: uuid.UUID) -> Response:
        """Lines of the log behind `after`."""
        run = self._run(pk)
        after = number_of(request, "after", default=0, least=0, most=2**62)
        lines = run_log(run, after)
        return Response({"results": lines, "after": lines[-1]["id"] if lines else after})

    @extend_schema(request=None, responses={202: JobAcceptedSerializer})
    def cancel(self, request: Request, pk: uuid.UUID) -> Response:
        """Ask the run to stop; it keeps its checkpoint."""
        run = self._run(pk)
        return self.accepted(run_cancel(actor=self.user, run=run), id=run.pk)

    @extend_schema(request=None, responses={202: shapes.RunAcceptedShape})
    def resume(self, request: Request, pk: uuid.UUID) -> Response:
        """Go on from the last checkpoint of a failed or cancelled run."""
        return self._accepted(run_resume(actor=self.user, run=self._run(pk)))

    @extend_schema(request=forms.RunChangeForm, responses={202: shapes.RunAcceptedShape})
    def clone(self, request: Request, pk: uuid.UUID) -> Response:
        """A new run like this one, with the fields of the body changed."""
        run = self._run(pk)
        sent = accepted(forms.RunChangeForm, request.data)
        changes = _changes(sent)
        if "recipe" in sent:
            changes["recipe"] = self._recipe(sent, run.project)
        return self._accepted(run_clone(actor=self.user, run=run, changes=changes))

    @extend_schema(request=None, responses={202: shapes.RunAcceptedShape})
    def reproduce(self, request: Request, pk: uuid.UUID) -> Response:
        """The same run again, from nothing, with the same seed."""
        return self._accepted(run_reproduce(actor=self.user, run=self._run(pk)))

    @extend_schema(responses=shapes.RunsShape, parameters=[OpenApiParameter("ids", str, required=True)])
    def compare(self, request: Request) -> Response:
        """Up to ten runs side by side, in the order of `ids`."""
        self.scoped()
        wanted = ids_of(request, "ids", most=10)
        found = {run.pk: run for run in runs_visible_to(self.user).filter(pk__in=wanted)}
        missing = [str(pk) for pk in wanted if pk not in found]
        if missing:
            raise InvalidInput("no such run: " + ", ".join(missing), field="ids")
        return Response({"runs": [run_render(found[pk]) for pk in wanted]})

    def _recipe(self, sent: Mapping[str, Any], project: Project) -> dict[str, Any] | None:
        wanted = sent.get("recipe")
        return recipe_frozen(recipe_for(self.user, wanted), project) if wanted else None

    def _run(self, pk: uuid.UUID) -> Run:
        run = run_for(self.user, pk)
        self.allow(run.project_id)
        return run

    def _accepted(self, run: Run) -> Response:
        return self.accepted(run.job, id=run.pk)


def _changes(sent: Mapping[str, Any]) -> dict[str, Any]:
    changes = {key: value for key, value in sent.items() if key != "resources"}
    if "resources" in sent:
        changes["device"] = sent["resources"]["device"]
    return changes


def _rendered(rows: "list[Run]") -> "list[dict[str, Any]]":
    return [run_render(row) for row in rows]
