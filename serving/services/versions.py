"""Which model versions may be served: the registry's say, asked in one place."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from core.errors import DomainError, InvalidInput

_ASKED = "training.selectors.deployable_version"


@dataclass(frozen=True, slots=True)
class ServableVersion:
    """A version that passed parity; `sha256` names its ONNX file among the blobs."""

    id: uuid.UUID
    number: int
    project_id: uuid.UUID
    model_name: str
    task: str
    sha256: str


def version_to_serve(version_id: uuid.UUID | str, project_id: uuid.UUID) -> ServableVersion:
    """The version, if the registry lets it be deployed in this project.

    Raises InvalidInput for one that is unknown or of another project, and what the registry raises for one
    that failed parity.
    """
    version: Any = import_string(_ASKED)(uuid.UUID(str(version_id)))
    found = ServableVersion(
        id=version.pk,
        number=version.number,
        project_id=version.model.project_id,
        model_name=version.model.name,
        task=version.task,
        sha256=version.sha256,
    )
    if found.project_id != project_id:
        raise InvalidInput("no such model version in this project", field="routes")
    return found


def version_or_none(version_id: str, project_id: uuid.UUID) -> ServableVersion | None:
    """As `version_to_serve`, None instead of a refusal: what was deployed once may have gone since."""
    try:
        return version_to_serve(version_id, project_id)
    except DomainError:
        return None
