"""A repeated POST gets the first answer again, and nothing happens twice."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from core.clock import utc_now
from core.models import ApiToken, AuditEvent, IdempotencyRecord, Project
from tests.datasets.pictures import picture, zipped

pytestmark = pytest.mark.django_db(transaction=True)
PROJECTS = "/api/v1/projects/"


@pytest.fixture(autouse=True)
def fresh(db):
    cache.clear()


@pytest.fixture
def client(site_admin, client_for):
    return client_for(site_admin)


def post(client, key: str = "k1", name: str = "Birds", url: str = PROJECTS):
    return client.post(url, {"name": name}, format="json", HTTP_IDEMPOTENCY_KEY=key)


def test_the_same_request_twice_makes_one_project_and_one_answer(client):
    first, second = post(client), post(client)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second["Location"] == first["Location"]
    assert second["Idempotency-Replayed"] == "true"
    assert Project.objects.count() == 1
    assert AuditEvent.objects.filter(operation="core.project.created").count() == 1


def test_another_key_is_another_request(client):
    post(client, "k1")
    post(client, "k2")
    assert Project.objects.count() == 2


def test_the_same_key_with_another_body_is_refused(client):
    post(client)
    answer = post(client, name="Cats")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Project.objects.count() == 1


def test_keys_belong_to_people(client, client_for, project):
    post(client)
    other = client_for(project.created_by)
    assert post(other).status_code == 201
    assert Project.objects.filter(name="Birds").count() == 3


def test_a_refused_request_keeps_nothing_and_may_be_mended(client):
    assert post(client, name="").status_code == 422
    assert IdempotencyRecord.objects.count() == 0
    assert post(client, name="Birds").status_code == 201


def test_a_request_under_way_is_not_begun_again(client, site_admin):
    post(client)
    IdempotencyRecord.objects.update(status=None, body=None)
    answer = post(client)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_in_progress")


def test_two_that_begin_at_the_same_moment_make_one(client, monkeypatch):
    post(client)
    with monkeypatch.context() as patch:
        from django.db.models.query import QuerySet

        patch.setattr(QuerySet, "first", nothing_for(IdempotencyRecord, QuerySet.first))
        answer = post(client)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_in_progress")
    assert Project.objects.count() == 1


def nothing_for(model, real):
    """`first()` as seen by whoever looked a moment too early."""
    return lambda rows: None if rows.model is model else real(rows)


def test_answers_are_kept_for_a_day(client):
    post(client)
    IdempotencyRecord.objects.update(created_at=utc_now() - timedelta(hours=25))
    post(client)
    assert Project.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_has_a_sensible_length(client, key):
    assert post(client, key).status_code == 422


def test_whoever_is_not_signed_in_leaves_no_record():
    assert post(APIClient()).status_code == 401
    assert IdempotencyRecord.objects.count() == 0


def test_a_reader_repeats_as_often_as_they_like(client):
    for _ in range(2):
        assert client.get(PROJECTS, HTTP_IDEMPOTENCY_KEY="k").status_code == 200
    assert IdempotencyRecord.objects.count() == 0


def test_a_repeated_form_with_a_file_is_recognized_behind_the_csrf_check(site_admin, project):
    """The CSRF check reads the form before the view does."""
    from datasets.services.datasets import dataset_create

    dataset = dataset_create(actor=site_admin, project=project, name="d", task="image_classification")
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(site_admin, backend="django.contrib.auth.backends.ModelBackend")
    client.get("/api/v1/auth/session/")
    headers = {"Idempotency-Key": "k", "X-CSRFToken": client.cookies["csrftoken"].value}

    def send(content: bytes):
        file = SimpleUploadedFile("a.zip", content)
        return client.post(f"/api/v1/datasets/{dataset.pk}/imports/", {"file": file}, headers=headers)

    one, two = zipped({"cat/a.jpg": picture(1)}), zipped({"cat/a.jpg": picture(2)})
    first, again, other = send(one), send(one), send(two)
    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 422)
    assert first.content == again.content


def test_an_answer_with_a_secret_is_kept_nowhere(client):
    first = post(client, url="/api/v1/tokens/", name="script")
    again = post(client, url="/api/v1/tokens/", name="script")
    assert (first.status_code, again.status_code, again.json()["code"]) == (201, 409, "secret_shown_once")
    assert ApiToken.objects.count() == 1
    assert IdempotencyRecord.objects.get().body is None
