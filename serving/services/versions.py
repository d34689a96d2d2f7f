"""Which model versions may be served: the registry's say, asked in one place."""

import uuid
from dataclasses import dataclass

from core.errors import DomainError, InvalidInput, NotFound
from core.models import User
from training.selectors.models import deployable_version, model_version_for


@dataclass(frozen=True, slots=True)
class ServableVersion:
    """A version that passed parity; `sha256` names its ONNX file among the blobs."""

    id: uuid.UUID
    number: int
    model_name: str
    task: str
    sha256: str


def version_to_serve(
    version_id: uuid.UUID | str, project_id: uuid.UUID, actor: User | None = None
) -> ServableVersion:
    """The version, if the registry lets it be deployed in this project.

    With an actor, what they may not see is as unknown as what does not exist. Raises InvalidInput for that and
    for a version of another project, and training's ParityFailed.
    """
    wanted = uuid.UUID(str(version_id))
    try:
        if actor is not None:
            model_version_for(actor, wanted)
        version = deployable_version(wanted)
    except NotFound as exc:
        raise _unknown() from exc
    if version.model.project_id != project_id:
        raise _unknown()
    return ServableVersion(
        id=version.pk,
        number=version.number,
        model_name=version.model.name,
        task=version.task,
        sha256=version.sha256,
    )


def _unknown() -> InvalidInput:
    return InvalidInput("no such model version in this project", field="routes")


def version_or_none(version_id: str, project_id: uuid.UUID) -> ServableVersion | None:
    """As `version_to_serve`, None instead of a refusal: what was deployed once may have gone since."""
    try:
        return version_to_serve(version_id, project_id)
    except DomainError:
        return None
