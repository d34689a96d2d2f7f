import pytest

from core.models import AuditEvent
from datasets.models import Recipe
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = [{"op": "haze", "params": {"severity": 2}}, {"op": "flip_horizontal", "p": 0.5}]
WRITTEN_OUT = [
    {"op": "haze", "params": {"severity": 2, "vary": False}, "p": 1.0},
    {"op": "flip_horizontal", "params": {}, "p": 0.5},
]


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


def created(client, project, **body):
    return client.post(
        "/api/v1/recipes/",
        {"project": str(project.pk), "name": "Winter", "steps": STEPS, **body},
        format="json",
    )


def path_of(answer):
    return f"/api/v1/recipes/{answer.json()['id']}/"


def test_a_recipe_is_kept_with_every_parameter_written_out(client, project):
    answer = created(client, project)
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["steps"], body["revision"], body["kind"]) == (WRITTEN_OUT, 1, "augmentation")
    got = client.get(answer["Location"])
    assert got.json() == body
    assert got["ETag"] == '"1"'
    listed = client.get(f"/api/v1/recipes/?project={project.pk}").json()["results"]
    assert listed == [body]
    assert AuditEvent.objects.filter(operation="datasets.recipe.created").count() == 1


def test_two_recipes_of_a_project_do_not_share_a_name_until_one_is_deleted(client, project):
    first = created(client, project)
    taken = created(client, project, name="  Winter ")
    assert (taken.status_code, taken.json()["code"]) == (409, "recipe_name_taken")
    other = created(client, project, name="Summer")
    renamed = client.patch(path_of(other), {"name": "Winter"}, format="json")
    assert (renamed.status_code, renamed.json()["code"]) == (409, "recipe_name_taken")
    assert client.delete(path_of(first)).status_code == 204
    assert client.get(path_of(first)).status_code == 404
    assert client.delete(path_of(first)).status_code == 404
    assert created(client, project).status_code == 201


def test_a_stale_change_is_refused_with_what_stands_now(client, project):
    path = path_of(created(client, project))
    changed = client.patch(path, {"steps": [{"op": "gray"}], "revision": 1}, format="json")
    assert (changed.status_code, changed.json()["revision"]) == (200, 2)
    assert changed.json()["steps"] == [{"op": "gray", "params": {}, "p": 1.0}]
    stale = client.patch(path, {"name": "Late"}, format="json", headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    assert stale.json()["params"]["current"]["revision"] == 2
    fresh = client.patch(path, {"name": "In time"}, format="json", headers={"If-Match": '"2"'})
    assert (fresh.status_code, fresh.json()["name"], fresh.json()["revision"]) == (200, "In time", 3)
    assert fresh.json()["steps"] == changed.json()["steps"]


@pytest.mark.parametrize(
    "body", [{}, {"name": " Winter  "}, {"steps": STEPS}, {"description": "", "revision": 1}]
)
def test_a_change_that_changes_nothing_keeps_the_revision(client, project, body):
    answer = created(client, project)
    same = client.patch(path_of(answer), body, format="json", headers={"If-Match": '"1"'})
    assert (same.status_code, same.json(), same["ETag"]) == (200, answer.json(), '"1"')
    assert not AuditEvent.objects.filter(operation="datasets.recipe.changed").exists()


def test_what_cannot_change_is_refused_by_name(client, project, members):
    path = path_of(created(client, project))
    elsewhere = factories.project_make("Elsewhere", created_by=members["modeler"])
    body = {"name": "Moved", "project": str(elsewhere.pk), "kind": "training"}
    answer = client.patch(path, body, format="json")
    assert (answer.status_code, set(answer.json()["params"]["fields"])) == (422, {"project", "kind"})
    assert client.get(path).json()["name"] == "Winter"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"steps": [{"op": "haze", "params": {"severity": 0}}]}, {"steps.0.params.severity"}),
        ({"steps": None}, {"steps"}),
        ({"steps": "haze"}, {"steps"}),
        ({"name": "   "}, {"name"}),
        ({"name": "x" * 201}, {"name"}),
    ],
)
def test_a_wrong_recipe_is_refused_by_field_and_nothing_is_kept(client, project, body, fields):
    answer = created(client, project, **body)
    assert (answer.status_code, set(answer.json()["params"]["fields"])) == (422, fields)
    assert not Recipe.objects.exists()


@pytest.mark.parametrize(
    ("role", "read", "write"),
    [("viewer", 200, 403), ("annotator", 403, 403), ("reviewer", 200, 403), ("manager", 200, 200)],
)
def test_who_may_read_and_write_recipes(client, client_for, members, project, role, read, write):
    path = path_of(created(client, project))
    theirs = client_for(members[role])
    assert theirs.get(path).status_code == read
    assert theirs.patch(path, {"name": "Mine"}, format="json").status_code == write
    assert len(theirs.get("/api/v1/recipes/").json()["results"]) == (read == 200)
