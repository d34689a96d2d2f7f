"""Models and versions as others see them."""

import uuid
from typing import Any

from django.db.models import Count, Prefetch, QuerySet, Sum

from core.errors import NotFound
from core.models import User
from core.selectors import project_ids_with
from training.errors import ParityFailed
from training.models import Alias, ModelExport, ModelVersion, RegisteredModel

_NEWEST = "newest_versions"


def models_visible_to(user: User) -> QuerySet[RegisteredModel]:
    """Models of the projects whose data `user` may view."""
    return _counted(RegisteredModel.objects.filter(project_id__in=project_ids_with(user, "view_project")))


def model_for(user: User, model_id: uuid.UUID) -> RegisteredModel:
    """The model, if `user` belongs to its project. Raises NotFound."""
    rows = RegisteredModel.objects.filter(project_id__in=project_ids_with(user, "access_project"))
    model = _counted(rows).select_related("project").filter(pk=model_id).first()
    if model is None:
        raise NotFound
    return model


def versions_of(model_id: uuid.UUID) -> QuerySet[ModelVersion]:
    """Versions of a model, with what a list shows."""
    return _joined(ModelVersion.objects.filter(model_id=model_id))


def model_version_for(user: User, version_id: uuid.UUID) -> ModelVersion:
    """The version, if `user` belongs to its project. Raises NotFound."""
    rows = ModelVersion.objects.filter(model__project_id__in=project_ids_with(user, "access_project"))
    version = _joined(rows).select_related("model__project").filter(pk=version_id).first()
    if version is None:
        raise NotFound
    return version


def deployable_version(version_id: uuid.UUID) -> ModelVersion:
    """For serving, which has checked who asks: the version with its model. Raises NotFound, ParityFailed."""
    version = ModelVersion.objects.select_related("model").filter(pk=version_id).first()
    if version is None:
        raise NotFound
    parity_check(version)
    return version


def parity_check(version: ModelVersion) -> None:
    """Whether a version may be named or deployed. Raises ParityFailed."""
    if not version.parity_ok:
        raise ParityFailed(
            "the exported file does not match the trained network; train again before using this version",
            parity=version.parity,
        )


def export_for(user: User, export_id: uuid.UUID) -> ModelExport:
    """The export, if `user` belongs to its project. Raises NotFound."""
    rows = ModelExport.objects.filter(
        model_version__model__project_id__in=project_ids_with(user, "access_project")
    )
    export = rows.select_related("model_version__model").filter(pk=export_id).first()
    if export is None:
        raise NotFound
    return export


def model_render(model: RegisteredModel) -> dict[str, Any]:
    """One model of `models_visible_to` or `model_for`, which fetch its newest version with it."""
    newest: list[ModelVersion] = getattr(model, _NEWEST)
    return {
        "id": model.pk,
        "project": model.project_id,
        "name": model.name,
        "description": model.description,
        "task": model.task,
        "versions_count": model.versions_count,  # type: ignore[attr-defined]
        "aliases": {alias.name: alias.version_id for alias in model.aliases.all()},
        "latest": model_version_brief(newest[0]) if newest else None,
        "created_at": model.created_at,
    }


def model_version_brief(version: ModelVersion) -> dict[str, Any]:
    """A version within its model."""
    return {
        "id": version.pk,
        "number": version.number,
        "metrics": version.metrics,
        "parity_ok": version.parity_ok,
        "created_at": version.created_at,
    }


def model_version_render(version: ModelVersion) -> dict[str, Any]:
    """One version with all its facts."""
    return {
        "id": version.pk,
        "model": version.model_id,
        "model_name": version.model.name,
        "project": version.model.project_id,
        "number": version.number,
        "run": version.run_id,
        "dataset_version": version.dataset_version_id,
        "task": version.task,
        "labels": version.labels,
        "signature": version.signature,
        "decode": version.decode,
        "metrics": version.metrics,
        "parity": version.parity,
        "parity_ok": version.parity_ok,
        "deployable": version.parity_ok,
        "size_bytes": version.size_bytes,
        "sha256": version.sha256,
        "licence": version.licence,
        "lineage": version.lineage,
        "limits": version.limits,
        "card": version.card,
        "aliases": [alias.name for alias in version.aliases.all()],
        "download_url": f"/api/v1/model-versions/{version.pk}/download/",
        "created_at": version.created_at,
        "created_by": version.created_by.username if version.created_by else None,
    }


def _counted(rows: QuerySet[RegisteredModel]) -> QuerySet[RegisteredModel]:
    newest = ModelVersion.objects.order_by("-number").defer("card", "lineage", "signature", "limits")[:1]
    return rows.annotate(versions_count=Count("versions")).prefetch_related(
        Prefetch("aliases", Alias.objects.order_by("name")), Prefetch("versions", newest, to_attr=_NEWEST)
    )


def _joined(rows: QuerySet[ModelVersion]) -> QuerySet[ModelVersion]:
    return rows.select_related("model", "created_by").prefetch_related("aliases")


def storage_parts(project_id: uuid.UUID) -> dict[str, int]:
    """Bytes of the files of a project's models and of what was made from them (`STUDIO_STORAGE_PARTS`)."""
    versions = ModelVersion.objects.filter(model__project=project_id)
    exports = ModelExport.objects.filter(model_version__model__project=project_id)
    return {"models": sum(rows.aggregate(n=Sum("size_bytes"))["n"] or 0 for rows in (versions, exports))}
