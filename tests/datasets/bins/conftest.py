"""Six pictures of somebody who manages the project, for what becomes of deleted things."""

import pytest

from tests.datasets.pictures import picture

FILES = {f"{('cat', 'dog')[i % 2]}/{i}.jpg": picture(i, (320, 240)) for i in range(6)}


@pytest.fixture
def boss(project):
    return project.created_by


@pytest.fixture
def client(boss, client_for):
    return client_for(boss)


@pytest.fixture
def dataset(make_dataset, run_import):
    made = make_dataset()
    assert run_import(made, FILES).result["created"] == 6
    return made
