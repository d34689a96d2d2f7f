"""Every operation of the OpenAPI document, tried by everybody: no blank cell, no leak.

The rules (`<app>/api/rules.py`) and the roles (`core/roles.py`) say what is expected; this asks.
"""

import asyncio
import re
import uuid
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.db import transaction
from django.test import AsyncClient
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from core.api.rules import Need, Public, Rule, SiteAdmin
from core.models import User
from core.roles import ROLES
from studio.api.permissions import RULES, all_rules
from tests import factories
from tests.contracts.world import World

pytestmark = pytest.mark.django_db

OK = "ok"
PRINCIPALS = ("anonymous", "endpoint_key", "stranger", *ROLES, "administrator")
# Answered outside the API framework, on the loop: asked by test_every_cell_of_the_streams.
STREAMS = {"jobs_events", "events_follow"}
# Operations open to whoever is signed in that name one object: who finds it. Nobody else may.
FINDERS: dict[str, set[str]] = {
    "jobs_retrieve": {"viewer", "reviewer", "modeler", "manager", "administrator"},
    "jobs_cancel": {"manager", "administrator"},
    "uploads_retrieve": {"manager"},
    "uploads_partial_update": {"manager"},
    "uploads_destroy": {"manager"},
    "tokens_destroy": {"manager"},
    "campaigns_retrieve": {*ROLES, "administrator"},
    "campaigns_progress": {*ROLES, "administrator"},
    "questions_list": {*ROLES, "administrator"},
    "questions_of_campaign": {*ROLES, "administrator"},
    "guidelines_retrieve": {*ROLES, "administrator"},
    "guidelines_versions": {*ROLES, "administrator"},
    "items_list": {*ROLES, "administrator"},
    "items_retrieve": {*ROLES, "administrator"},
    "annotations_retrieve": {*ROLES, "administrator"},
    "annotations_history": {*ROLES, "administrator"},
}

# Work that belongs to one person: the right to label is not enough, it must be theirs. Here, the annotator's.
PERSONAL = {"annotations_update", "annotations_take_back", "campaigns_claim", "items_skip"}
# Needs the right to label and an object that annotators do not see.
NOT_FOR_ANNOTATORS = {"feedback_create"}


def operations() -> Iterator[tuple[str, str, str]]:
    """(operation id, method, path) of the whole document, but for the streams."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            is_stream = operation["operationId"] in STREAMS
            if not is_stream and (operation["operationId"] in RULES or "schema" not in path):
                yield operation["operationId"], method, path


@pytest.fixture
def world(project, members) -> World:
    with transaction.atomic():
        return World(project, dict(members))


@pytest.fixture
def clients(world, site_admin) -> dict[str, APIClient]:
    people = {role: signed_in(person) for role, person in world.members.items()}
    key = APIClient()
    key.credentials(HTTP_AUTHORIZATION="Bearer sk_of_an_endpoint_which_opens_nothing_here")
    stranger = factories.user_make("stranger")
    factories.project_make("Elsewhere", created_by=stranger)
    return {
        "anonymous": APIClient(),
        "endpoint_key": key,
        "stranger": signed_in(stranger),
        "administrator": signed_in(site_admin),
        **people,
    }


def signed_in(person: User) -> APIClient:
    """Signed in for good: no operation, not even signing out, changes who this client is."""
    client = APIClient()
    client.force_authenticate(person)
    return client


def filled(path: str, ids: dict[str, str]) -> str:
    """The path with each parameter replaced by the id of the segment before it."""
    parts = path.split("/")
    return "/".join(ids[parts[i - 1]] if part.startswith("{") else part for i, part in enumerate(parts))


def answer(client: APIClient, method: str, path: str, body: dict[str, Any]) -> Any:
    """The response; whatever it changed is undone."""
    content: dict[str, Any] = {"data": body, "format": "json"}
    if "/uploads/" in path and method == "patch":
        content = {"data": b"", "content_type": "application/offset+octet-stream"}
        content["headers"] = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    if method in ("get", "delete"):
        content = {}
    with transaction.atomic():
        response = getattr(client, method)(path, **content)
        transaction.set_rollback(True)
    return response


def expected(operation: str, rule: Rule, principal: str, *, names_object: bool) -> set[int | str]:
    """Which answers are right: statuses, or OK for anything that is not a refusal."""
    if principal == "endpoint_key":
        return {401, 429}
    if isinstance(rule, Public):
        return {OK, 404, 401} if operation.startswith("auth_") else {OK}
    if principal == "anonymous":
        return {401}
    if isinstance(rule, SiteAdmin):
        return {OK} if principal == "administrator" else {403}
    if not isinstance(rule, Need):
        found = operation not in FINDERS or principal in FINDERS[operation]
        return {OK} if found else {404, 403}
    if principal == "stranger":
        return {404} if names_object else {404, 422}
    return expected_of_member(operation, rule, principal)


def expected_of_member(operation: str, rule: Need, principal: str) -> set[int | str]:
    """The same for whoever belongs to the project, and for the administrator."""
    if operation in NOT_FOR_ANNOTATORS and principal == "annotator":
        return {404}
    if operation in PERSONAL and principal in ("manager", "administrator"):
        return {OK, 403, 404}
    if operation in PERSONAL:
        return {OK} if principal == "annotator" else {403, 404}
    if principal == "administrator" or rule.permission in ROLES[principal]:
        return {OK}
    return {403} if "view_project" in ROLES[principal] else {403, 404}


def test_every_operation_has_a_rule_and_every_rule_an_operation():
    assert {operation for operation, _, _ in operations()} | STREAMS == set(RULES)
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    assert {paths[path]["get"]["operationId"] for path in paths if path.endswith("/events/")} == STREAMS


def test_an_operation_with_two_rules_stops_the_start():
    with pytest.raises(RuntimeError):
        all_rules({"a_list": Public()}, {"a_list": Public()})


def test_every_cell_of_the_matrix(world, clients):
    wrong, cells = [], 0
    for operation, method, path in operations():
        target = filled(path, world.ids)
        for principal in PRINCIPALS:
            status = answer(clients[principal], method, target, world.body(operation)).status_code
            seen = status if status in (401, 403, 404, 429) or status >= 500 else OK
            right = expected(operation, RULES[operation], principal, names_object="{" in path)
            cells += 1
            if seen not in right:
                wrong.append(f"{operation} as {principal}: {status}, expected {right}")
    assert not wrong, "\n".join(wrong)
    assert cells == (len(RULES) - len(STREAMS)) * len(PRINCIPALS)


@pytest.mark.django_db(transaction=True)
def test_every_cell_of_the_streams(world, site_admin):
    people = {**world.members, "stranger": factories.user_make("stranger"), "administrator": site_admin}
    job, project = world.ids["jobs"], world.ids["projects"]
    targets = (f"jobs/{job}/events/", f"events/?topics=job:{job}", f"events/?topics=project:{project}")
    refused = {"anonymous": {401}, "endpoint_key": {401, 429}, "stranger": {404}}
    wrong = []
    for target in targets:
        for principal in PRINCIPALS:
            # A member who may not look into the project does not see its jobs.
            blind = {403} if "project:" in target else {404}
            right = {200} if principal in FINDERS["jobs_retrieve"] else refused.get(principal, blind)
            status = opened(people.get(principal), target, key=principal == "endpoint_key")
            if status not in right:
                wrong.append(f"{target} as {principal}: {status}, expected {right}")
    assert not wrong, "\n".join(wrong)


def opened(person: User | None, target: str, *, key: bool) -> int:
    """The status of a stream that is left at once."""
    client = AsyncClient()
    if person is not None:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    headers = {"Authorization": "Bearer sk_of_an_endpoint_which_opens_nothing_here"} if key else {}

    async def ask() -> int:
        response = await client.get(f"/api/v1/{target}", headers=headers)
        response.close()
        return int(response.status_code)

    return asyncio.run(ask())


def test_a_foreign_id_answers_exactly_like_an_unknown_one(world, clients):
    unknown = {name: str(uuid.uuid4()) for name in world.ids} | {"members": "nobody-by-this-name"}
    different = []
    for operation, method, path in operations():
        if "{" not in path or isinstance(RULES[operation], Public | SiteAdmin):
            continue
        foreign = answer(clients["stranger"], method, filled(path, world.ids), world.body(operation))
        absent = answer(clients["stranger"], method, filled(path, unknown), world.body(operation))
        if _plain(foreign) != _plain(absent):
            different.append(f"{operation}: {_plain(foreign)} / {_plain(absent)}")
    assert not different, "\n".join(different)


def test_a_stranger_finds_nothing_in_any_list(world, clients):
    for operation, method, path in operations():
        if method != "get" or "{" in path or not operation.endswith("_list") or operation in OPEN_LISTS:
            continue
        body = orjson.loads(answer(clients["stranger"], method, path, {}).content)
        text = orjson.dumps(body["results"]).decode() if "results" in body else "[]"
        leaked = [name for name, value in world.ids.items() if value in text]
        assert leaked == [], operation


OPEN_LISTS = {"users_list"}


def _plain(response: Any) -> tuple[int, str]:
    return response.status_code, re.sub(r'"request_id":"[^"]*"', "", response.content.decode())
