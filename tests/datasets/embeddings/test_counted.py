"""How many pictures have a vector stays true, whatever becomes of them."""

from importlib import import_module

import numpy as np
import pytest
from django.apps import apps

from datasets.embeddings.parts import part_packed
from datasets.models import BulkEdit, Counter, Dataset, EmbeddingPart, Sample
from datasets.selectors.counters import drift_of
from datasets.selectors.vectors import MODEL
from datasets.services.vectors import embedding_part_keep
from tests.datasets.bins.test_bin import emptied
from tests.datasets.pictures import picture
from tests.datasets.test_bulk_edits_api import edited, undone

pytestmark = pytest.mark.django_db(transaction=True)


class Ctx:
    """A job whose lease nobody takes."""

    def fenced(self):
        from django.db import transaction

        return transaction.atomic()

    def milestone(self):
        pass


@pytest.fixture
def client(project, client_for):
    return client_for(project.created_by)


@pytest.fixture
def dataset(make_dataset, run_import):
    made = make_dataset()
    assert run_import(made, {f"cat/{i}.jpg": picture(i) for i in range(6)}).state == "succeeded"
    return made


def analyzed(dataset, count):
    ids = list(Sample.objects.filter(dataset=dataset).order_by("pk").values_list("pk", flat=True)[:count])
    vectors = np.ones((count, 4), np.float32)
    content = part_packed([pk.bytes for pk in ids], vectors)
    embedding_part_keep(Ctx(), dataset.pk, content, count)
    return ids


def said(client, dataset):
    state = client.get(f"/api/v1/datasets/{dataset.pk}/embeddings/").json()
    for one in Dataset.objects.all():
        assert drift_of(one.pk) == {}
    return state["embedded"], state["samples"]


def test_deleting_undoing_and_purging_are_counted(client, project, dataset):
    ids = analyzed(dataset, 4)
    assert said(client, dataset) == (4, 6)
    result = edited(client, dataset, action="delete", ids=[str(pk) for pk in ids[:3]])
    assert said(client, dataset) == (1, 3)
    undone(client, result)
    assert said(client, dataset) == (4, 6)
    edited(client, dataset, action="delete", ids=[str(pk) for pk in ids[1:3]])
    emptied(client, project)
    assert said(client, dataset) == (2, 4)


def test_what_was_deleted_while_it_was_analyzed_is_counted_where_it_waits(client, dataset):
    ids = [
        str(pk) for pk in Sample.objects.filter(dataset=dataset).order_by("pk").values_list("pk", flat=True)
    ]
    result = edited(client, dataset, action="delete", ids=ids[:2])
    waiting = BulkEdit.objects.get().bin
    kept = list(Sample.objects.order_by("pk").values_list("pk", flat=True)[:3])
    vectors = np.ones((3, 4), np.float32)
    for _ in range(2):  # a second part of the same samples counts nothing twice
        embedding_part_keep(Ctx(), dataset.pk, part_packed([pk.bytes for pk in kept], vectors), 3)
    assert Sample.objects.filter(dataset=waiting, has_vector=True).count() == 2
    assert said(client, dataset) == (1, 4)
    undone(client, result)
    assert said(client, dataset) == (3, 6)


def test_vectors_of_before_are_counted_by_the_migration(client, dataset):
    analyzed(dataset, 4)
    Sample.objects.update(has_vector=False)
    Counter.objects.filter(kind="embedded").delete()
    EmbeddingPart.objects.create(
        dataset=dataset, model=MODEL, count=1, sha256="0" * 64, made_at=dataset.created_at
    )
    migration = import_module("datasets.migrations.0020_kept_contents")
    assert migration.MODEL == MODEL
    migration.count_vectors(apps, None)
    assert said(client, dataset) == (4, 6)
