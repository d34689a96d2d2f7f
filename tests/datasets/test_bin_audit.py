"""What is let go of because its time is over is written down."""

from datetime import timedelta

import pytest

from core.clock import utc_now
from core.models import AuditEvent
from datasets.models import Dataset
from datasets.services.bin import bins_due
from datasets.services.datasets import dataset_delete

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_end_of_a_period_is_written_down_as_nobodys_doing(make_dataset, project):
    dataset = make_dataset()
    dataset_delete(actor=project.created_by, dataset_id=dataset.pk)
    Dataset.objects.update(deleted_at=utc_now() - timedelta(days=400))
    assert bins_due() == 1
    row = AuditEvent.objects.get(operation="datasets.bin.emptied")
    assert (row.actor_name, row.project_id) == ("", project.pk)
