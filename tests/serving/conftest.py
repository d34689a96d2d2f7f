"""A data plane with a few endpoints, started once per module; and an empty folder for tests that need their own."""

import pytest

from tests.serving.plane import Folder, picture_model, running, slow_model, tiny_model


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
