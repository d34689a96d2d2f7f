"""Pages of samples: what they say, what they cost, who gets them."""

import uuid

import pytest
from django.utils import timezone

from datasets.models import Sample
from tests import factories
from tests.datasets.test_datasets_api import client, filled, listed

__all__ = ["client", "filled"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("extra", [0, 60])
def test_a_page_takes_four_statements_and_its_count_one_more_at_any_size(
    client, filled, extra, django_assert_max_num_queries
):
    template = Sample.objects.first()
    for i in range(extra):
        template.pk, template.sha256 = uuid.uuid4(), f"{i:064x}"
        template.save(force_insert=True)
    label = client.get(f"/api/v1/datasets/{filled}/").json()["label_schema"]["classes"][0]["id"]
    for query in ("limit=100", f"label={label}&ordering=name", "text=cat&state=labeled", "split=val"):
        with django_assert_max_num_queries(4):
            listed(client, filled, query)
        with django_assert_max_num_queries(5):
            listed(client, filled, f"{query}&count=1")
    with django_assert_max_num_queries(5):
        client.get(f"/api/v1/samples/{template.pk}/")
    with django_assert_max_num_queries(7):
        client.get(f"/api/v1/datasets/{filled}/statistics/")


def test_a_page_says_of_each_sample_what_the_sample_says_alone(client, filled):
    found = listed(client, filled, "limit=100")["results"]
    assert any(row["annotation"]["shapes"] for row in found)
    assert found == [client.get(f"/api/v1/samples/{row['id']}/").json() for row in found]


@pytest.mark.parametrize(
    ("role", "status"),
    [("annotator", 403), ("viewer", 200), ("modeler", 200), ("stranger", 404), ("site_admin", 200)],
)
def test_who_may_list_the_samples(filled, project, members, site_admin, client_for, role, status):
    people = {**members, "stranger": factories.user_make(), "site_admin": site_admin}
    reader = client_for(people[role])
    assert reader.get(f"/api/v1/datasets/{filled}/samples/").status_code == status
    project.deleted_at = timezone.now()
    project.save()
    assert reader.get(f"/api/v1/datasets/{filled}/samples/").status_code == 404
