"""A stand-in for the model registry: versions whose files are real blobs."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from core.errors import Conflict, NotFound
from core.services.blobs import blob_put, blobs_register


@dataclass
class FakeModel:
    """What serving reads of a model."""

    project_id: uuid.UUID
    name: str = "pets"


@dataclass
class FakeVersion:
    """What serving reads of a version."""

    number: int
    sha256: str
    model: FakeModel
    task: str = "image_classification"
    pk: uuid.UUID = field(default_factory=uuid.uuid4)


class NoParity(Conflict):
    """As the registry refuses."""

    code = "parity_missing"


class Registry:
    """`add` a version, `spoil` it; callable as `training.selectors.deployable_version`."""

    def __init__(self) -> None:
        self.versions: dict[uuid.UUID, FakeVersion] = {}
        self.spoiled: set[uuid.UUID] = set()

    def add(
        self, project: Any, content: bytes, *, number: int = 1, task: str = "image_classification"
    ) -> str:
        """The id of a new version."""
        ref = blob_put(content, "application/octet-stream")
        with transaction.atomic():
            blobs_register([ref])
        version = FakeVersion(number, ref.sha256, FakeModel(project.pk), task)
        self.versions[version.pk] = version
        return str(version.pk)

    def seen(self, version_id: uuid.UUID) -> FakeVersion:
        """As `model_version_for` for somebody who belongs to every project."""
        if version_id not in self.versions:
            raise NotFound
        return self.versions[version_id]

    def __call__(self, version_id: uuid.UUID) -> FakeVersion:
        if version_id in self.spoiled:
            raise NoParity("this version failed parity")
        if version_id not in self.versions:
            raise NotFound
        return self.versions[version_id]
