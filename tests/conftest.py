"""What every test may ask for: real databases, a real broker, people with roles, the started studio."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connections
from rest_framework.test import APIClient

from core.models import Project, User
from core.roles import ROLE_NAMES
from studio.settings import env
from tests import factories
from tests.support.emptying import empty_postgresql_quickly, let_sqlite_be_emptied
from tests.support.network import loopback_only
from tests.support.servers import database_on, postgres_server, valkey_server
from tests.support.stack import Stack

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile(
    "studio", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("studio")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with loopback_only():
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL to make databases on: `DATABASE_URL` if given, else one from a wheel."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given
        return
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def broker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The session's broker, the one `settings.REDIS_URL` names."""
    port = settings.TEST_OWN_BROKER_PORT
    if port is None:
        yield settings.REDIS_URL
        return
    with valkey_server(port, tmp_path_factory.mktemp("broker")) as url:
        yield url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, broker_url: str, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """PostgreSQL unless `STUDIO_TEST_DB=sqlite`; started only when the first test needs a database."""
    if os.environ.get("STUDIO_TEST_DB", "postgres") == "sqlite":
        let_sqlite_be_emptied()
        return
    empty_postgresql_quickly()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", request.getfixturevalue("postgres_url"))
        fresh: dict[str, Any] = env.database(Path(settings.DATA_DIR))
    # A test may think as long as it likes inside the transaction that is rolled back after it.
    fresh["OPTIONS"].pop("options")
    database = settings.DATABASES["default"]
    test = database.get("TEST", {})
    connections["default"].close()
    del connections["default"]
    database.update({"PORT": "", **fresh, "TEST": test})


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """`make_user("lin", is_staff=True)`."""
    return factories.user_make


@pytest.fixture
def user(db: None) -> User:
    """Somebody without any rights."""
    return factories.user_make("somebody")


@pytest.fixture
def site_admin(db: None) -> User:
    """A site administrator."""
    return factories.user_make("site-admin", is_staff=True, is_superuser=True)


@pytest.fixture
def project(db: None) -> Project:
    """A project with nobody in it but its manager."""
    return factories.project_make(created_by=factories.user_make("manager"))


@pytest.fixture
def members(project: Project) -> Mapping[str, User]:
    """Role -> a member of `project` with that role; `manager` is its creator."""
    rest = {
        role: factories.member_add(project, factories.user_make(role), role)
        for role in ROLE_NAMES
        if role != "manager"
    }
    return {"manager": project.created_by, **rest}


@pytest.fixture
def client_for() -> Callable[[User | None], APIClient]:
    """A client signed in as the given person; None for a visitor."""

    def make(person: User | None) -> APIClient:
        client = APIClient()
        if person is not None:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def api() -> Callable[[str], APIClient]:
    """A script's client with the given bearer token."""

    def make(token: str) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return make


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The started studio on SQLite and the embedded broker."""
    running = Stack(tmp_path_factory.mktemp("stack") / "var")
    try:
        running.start()
        yield running
    finally:
        running.close()


@pytest.fixture(scope="session")
def postgres_stack(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: str, broker_url: str
) -> Iterator[Stack]:
    """The started studio on PostgreSQL and a broker that it did not start."""
    with ExitStack() as undo:
        database = undo.enter_context(database_on(postgres_url, "studio_stack"))
        env_of_stack = {"DATABASE_URL": database, "REDIS_URL": broker_url.removesuffix("/0") + "/2"}
        running = Stack(tmp_path_factory.mktemp("postgres-stack") / "var", env_of_stack)
        undo.callback(running.close)
        running.start()
        yield running
