"""What lies within a region of the map is listed, counted and changed as a whole."""

import numpy as np
import pytest
from django.db import transaction

from core.clock import utc_now
from core.models import Job
from core.services.blobs import blob_put, blobs_register
from datasets.embeddings.mapfile import Map, places_packed
from datasets.models import EmbeddingMap, Sample
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i) for i in range(12)}
LEFT = "0,0,0.5,0,0.5,1,0,1"


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


def drawn(dataset, left):
    """A map with these samples in its left half and the others in the right one."""
    ids = sorted(Sample.objects.filter(dataset=dataset).values_list("pk", flat=True))
    places = places_packed(np.array([[0.2 if pk in left else 0.8, 0.5] for pk in ids]))
    packed = np.frombuffer(b"".join(pk.bytes for pk in ids), "S16")
    ref = blob_put(Map(packed, places, np.zeros(len(ids), np.int16)).packed(), "application/octet-stream")
    row = {"count": len(ids), "sha256": ref.sha256, "made_at": utc_now()}
    with transaction.atomic():
        blobs_register([ref])
        EmbeddingMap.objects.update_or_create(dataset=dataset, defaults=row)


@pytest.fixture
def mapped(make_dataset, run_import):
    dataset = make_dataset()
    assert run_import(dataset, FILES).state == "succeeded"
    drawn(dataset, set(Sample.objects.filter(name__lt="cat/08").values_list("pk", flat=True)))
    return dataset


def test_a_region_is_a_filter_beside_others_and_is_counted(client, mapped):
    url = f"/api/v1/datasets/{mapped.pk}/samples/"
    body = client.get(url, {"region": LEFT, "count": "exact"}).json()
    assert body["count"] == len(body["results"]) == 4
    both = client.get(url, {"region": LEFT, "filter": 'name~"02"', "count": "exact"}).json()
    assert [row["name"] for row in both["results"]] == ["cat/02.jpg"]
    assert both["count"] == 1


def test_a_change_of_a_region_takes_what_lay_in_it_when_it_was_ordered(client, mapped):
    chosen = {"region": LEFT, "label": str(mapped.classes.get(name="cat").pk)}
    body = {"action": "split", "value": "test", "conditions": chosen}
    answer = client.post(f"/api/v1/datasets/{mapped.pk}/bulk-edits/", body, format="json")
    assert answer.status_code == 202, answer.content
    drawn(mapped, set(Sample.objects.filter(name__startswith="dog").values_list("pk", flat=True)))
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.result["changed"] == 4
    named = Sample.objects.filter(dataset=mapped, split="test").order_by("name")
    assert list(named.values_list("name", flat=True)) == [f"cat/{i:02}.jpg" for i in (0, 2, 4, 6)]


@pytest.mark.parametrize("region", ["0,0,1", "a,b,c,d,e,f", "0.95,0,1,0,1,0.1"])
def test_a_change_of_a_region_that_holds_nothing_changes_nothing(client, mapped, region):
    body = {"action": "delete", "value": "", "conditions": {"region": region}}
    answer = client.post(f"/api/v1/datasets/{mapped.pk}/bulk-edits/", body, format="json")
    assert answer.status_code == 422
    assert Sample.objects.filter(dataset=mapped).count() == 12


def test_a_region_without_a_map_says_so(client, make_dataset):
    answer = client.get(f"/api/v1/datasets/{make_dataset().pk}/samples/", {"region": LEFT})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_embedded")
