import pytest

from tests.datasets.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("page", ["dataset", "datasetversion", "importbatch"])
def test_the_pages_are_for_managers_and_show_their_projects_only(
    page, site_admin, members, client_for, make_dataset, run_import, django_assert_max_num_queries
):
    run_import(make_dataset(name="seen here"), {"a.jpg": picture(1)})
    url = f"/admin/datasets/{page}/"
    client = client_for(site_admin)
    with django_assert_max_num_queries(25):
        answer = client.get(url)
    assert answer.status_code == 200
    assert (b"seen here" in answer.content) == (page != "datasetversion")
    assert client_for(members["viewer"]).get(url).status_code == 302
    assert client_for(site_admin).get(f"{url}add/").status_code == 403
