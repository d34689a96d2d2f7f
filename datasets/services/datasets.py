"""Data sets: begin, change, delete."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import IntegrityError, transaction

from core.clock import utc_now
from core.errors import Conflict, InvalidInput, StaleRevision
from core.models import Project, User
from core.services import audit
from datasets.models import Dataset, Modality, Table, Task
from datasets.models.dataset import AUDIO_TASKS, TABLE_TASKS, TEXT_TASKS
from datasets.selectors.schema import schema_render
from datasets.services import schema
from datasets.services.counters import dataset_locked
from datasets.services.relation_types import relations_replace

_TASKS: Final[Mapping[str, tuple[str, ...]]] = {
    Modality.IMAGE: (
        Task.IMAGE_CLASSIFICATION,
        Task.IMAGE_MULTILABEL,
        Task.OBJECT_DETECTION,
        Task.SEMANTIC_SEGMENTATION,
        Task.INSTANCE_SEGMENTATION,
        Task.KEYPOINTS,
    ),
    Modality.TEXT: TEXT_TASKS,
    Modality.TABULAR: TABLE_TASKS,
    Modality.AUDIO: AUDIO_TASKS,
}


class DatasetNameTaken(Conflict):
    """Another data set of the project has this name."""

    code = "dataset_name_taken"


def dataset_create(
    *,
    actor: User,
    project: Project,
    name: str,
    task: str,
    modality: str = Modality.IMAGE,
    description: str = "",
    classes: list[dict[str, Any]] | None = None,
    relations: Sequence[Mapping[str, Any]] | None = None,
) -> Dataset:
    """Begin an empty data set. Raises InvalidInput and DatasetNameTaken."""
    _check_kind(modality, task)
    with _names_free(), transaction.atomic():
        dataset = Dataset.objects.create(
            project=project,
            name=dataset_name(name),
            description=description,
            modality=modality,
            task=task,
            created_by=actor,
        )
        schema.classes_create(dataset, classes or [])
        if relations:
            relations_replace(dataset, relations)
            dataset.save(update_fields=["relations"])
        if modality == Modality.TABULAR:
            Table.objects.create(dataset=dataset)
        audit.record(actor, "datasets.dataset.created", dataset, project=project, name=dataset.name)
    return dataset


def dataset_update(
    *,
    actor: User,
    dataset_id: uuid.UUID,
    name: str | None = None,
    description: str | None = None,
    classes: Sequence[Mapping[str, Any]] | None = None,
    relations: Sequence[Mapping[str, Any]] | None = None,
    revision: int | None = None,
) -> Dataset:
    """Change words, the label schema, or both: all of it or nothing. `revision` is the one the caller saw, if they mind.

    Without `classes` the `relations` are left as they are. Raises StaleRevision, InvalidInput, DatasetNameTaken,
    ClassInUse and RelationInUse.
    """
    with _names_free(), transaction.atomic():
        dataset = dataset_locked(dataset_id)
        if revision is not None and revision != dataset.schema_revision:
            raise StaleRevision("somebody else changed it first", current=schema_render(dataset))
        if classes is not None:
            dataset = schema.schema_replace(
                actor=actor, dataset_id=dataset_id, classes=classes, revision=revision, relations=relations
            )
        if name is None and description is None:
            return dataset
        dataset.name = dataset.name if name is None else dataset_name(name)
        dataset.description = dataset.description if description is None else description
        if classes is None:
            dataset.schema_revision += 1
        dataset.save(update_fields=["name", "description", "schema_revision"])
        audit.record(
            actor, "datasets.dataset.changed", dataset, project=dataset.project_id, name=dataset.name
        )
    return dataset


def dataset_delete(*, actor: User, dataset_id: uuid.UUID) -> None:
    """Hide the data set from everybody; its rows and versions stay for the operator to restore."""
    with transaction.atomic():
        dataset = dataset_locked(dataset_id)
        dataset.deleted_at, dataset.deleted_by = utc_now(), actor
        dataset.save(update_fields=["deleted_at", "deleted_by"])
        audit.record(
            actor, "datasets.dataset.deleted", dataset, project=dataset.project_id, name=dataset.name
        )


def _check_kind(modality: str, task: str) -> None:
    if modality not in Modality.values:
        raise InvalidInput("unknown modality", field="modality", known=Modality.values)
    if task not in Task.values:
        raise InvalidInput("unknown task", field="task", known=Task.values)
    if modality not in _TASKS:
        raise InvalidInput("this modality is not supported so far", field="modality", known=list(_TASKS))
    if task not in _TASKS[modality]:
        raise InvalidInput(
            "this task is not supported for the modality so far", field="task", known=list(_TASKS[modality])
        )


def dataset_name(raw: str) -> str:
    """The name without stray blanks. Raises InvalidInput."""
    name = " ".join(raw.split())
    if not 1 <= len(name) <= 200:
        raise InvalidInput("a name has 1 to 200 characters", field="name")
    return name


class _names_free:
    """Turns the broken constraint, once the transaction is over, into the answer for the caller."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: object) -> None:
        if isinstance(value, IntegrityError) and "name" in str(value):
            raise DatasetNameTaken(
                "another data set of this project has that name", fields={"name": ["taken"]}
            ) from value
