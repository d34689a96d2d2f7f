"""A data plane with a few endpoints, started once per module; and an empty folder for tests that need their own."""

import pytest

from tests.serving.plane import Folder, picture_model, running, slow_model, tiny_model
from tests.serving.registry import Registry


@pytest.fixture
def folder(tmp_path):
    """An empty data folder."""
    return Folder(tmp_path)


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    """Endpoints `tiny`, `pets` (pictures), `other`, `slow`; each with the key `key_of(name)`."""
    folder = Folder(tmp_path_factory.mktemp("plane"))
    folder.endpoint("tiny", (1, tiny_model()))
    folder.endpoint("pets", (3, picture_model()))
    folder.endpoint("other", (1, tiny_model(1)))
    folder.endpoint("slow", (1, slow_model()), limits={"queue": 3, "timeout_ms": 1_500})
    folder.publish()
    with running(folder) as started:
        yield started


@pytest.fixture
def registry(monkeypatch):
    """The registry serving asks, with nothing in it."""
    fake = Registry()
    monkeypatch.setattr("serving.services.versions.deployable_version", fake)
    monkeypatch.setattr(
        "serving.services.versions.model_version_for", lambda user, version_id: fake.seen(version_id)
    )
    return fake


@pytest.fixture
def data_dir(settings, tmp_path):
    """A data folder of the test's own, shared with a data plane it may start."""
    settings.DATA_DIR = tmp_path
    return tmp_path
