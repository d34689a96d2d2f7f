"""Whoever says what they saw overwrites nothing newer, whatever it is that several people edit."""

import pytest

from datasets.models import DatasetVersion, LabelClass
from tests.datasets.pictures import picture
from tests.datasets.test_versions_api import frozen

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def dataset(make_dataset, run_import):
    made = make_dataset()
    files = {f"{('cat', 'dog')[i % 2]}/{i}.jpg": picture(i) for i in range(10)}
    assert run_import(made, files).state == "succeeded"
    return made


def patched(client, path, body, tag):
    return client.patch(f"/api/v1/{path}", body, format="json", headers={"If-Match": tag})


def test_words_of_a_data_set_are_guarded_by_what_was_seen(client, dataset):
    path = f"datasets/{dataset.pk}/"
    seen = client.get(f"/api/v1/{path}")["ETag"]
    assert patched(client, path, {"description": "mine"}, seen).status_code == 200
    stale = patched(client, path, {"description": "yours"}, seen)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    assert client.get(f"/api/v1/{path}").json()["description"] == "mine"
    assert patched(client, path, {"description": "again"}, "*").status_code == 200


def test_a_change_that_is_refused_in_part_changes_nothing(client, project, dataset):
    other = client.post(
        "/api/v1/datasets/",
        {"project": str(project.pk), "name": "Taken", "task": "image_classification"},
        format="json",
    ).json()
    before = list(LabelClass.objects.filter(dataset=other["id"]).values_list("name", flat=True))
    body = {"name": dataset.name, "label_schema": {"classes": [{"name": "zzz"}]}}
    refused = client.patch(f"/api/v1/datasets/{other['id']}/", body, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "dataset_name_taken")
    assert list(LabelClass.objects.filter(dataset=other["id"]).values_list("name", flat=True)) == before


def test_an_annotation_is_guarded_by_the_tag_as_by_its_revision(client, dataset):
    sample = dataset.samples.first()
    path = f"/api/v1/samples/{sample.pk}/annotation/"
    body = {"revision": sample.annotation_revision, "shapes": []}
    stale = client.put(path, body, format="json", headers={"If-Match": '"99"'})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    tag = client.get(path)["ETag"]
    assert client.put(path, body, format="json", headers={"If-Match": tag}).status_code == 200


def test_notes_of_a_card_are_guarded(client, dataset):
    version = frozen(client, dataset)
    path = f"versions/{version['id']}/card/"
    tag = client.get(f"/api/v1/{path}")["ETag"]
    assert patched(client, path, {"consent": "given"}, tag).status_code == 200
    stale = patched(client, path, {"consent": "not given"}, tag)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    assert DatasetVersion.objects.get(pk=version["id"]).card.consent == "given"
