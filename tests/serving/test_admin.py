"""Endpoints in the administration pages."""

import pytest
from django.test import Client

from serving.models import Endpoint, EndpointKey, JournalEntry
from tests.factories import member_add, project_make, user_make

pytestmark = pytest.mark.django_db
PAGES = ["endpoint", "endpointkey", "journalentry"]


@pytest.fixture
def staff_client(project):
    """A manager of one project, in the administration."""
    client = Client()
    staff = member_add(project, user_make("staff", is_staff=True), "manager")
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def endpoint_of(project, name):
    endpoint = Endpoint.objects.create(project=project, name=name, created_by=project.created_by)
    EndpointKey.objects.create(
        endpoint=endpoint,
        name=name,
        prefix="sk_12345678",
        digest=name.ljust(64, "f"),
        created_by=project.created_by,
    )
    JournalEntry.objects.create(
        endpoint=endpoint, request_id=f"call-of-{name}", model_version=endpoint.pk, kind="predict",
        at=endpoint.created_at, latency_ms=1.0, answer={},
    )  # fmt: skip
    return endpoint


@pytest.mark.parametrize("page", PAGES)
def test_a_manager_sees_the_endpoints_of_their_own_projects_only(staff_client, project, page):
    endpoint_of(project, "open-to-me")
    endpoint_of(project_make("Other"), "not-for-me")
    text = staff_client.get(f"/admin/serving/{page}/").content.decode()
    assert "open-to-me" in text
    assert "not-for-me" not in text


def test_the_page_of_a_key_does_not_show_its_hash(staff_client, project):
    key = endpoint_of(project, "open-to-me").keys.get()
    text = staff_client.get(f"/admin/serving/endpointkey/{key.pk}/change/").content.decode()
    assert key.prefix in text
    assert key.digest not in text
