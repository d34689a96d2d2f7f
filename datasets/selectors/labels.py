"""The class of each sample that has one."""

import uuid
from collections.abc import Collection

from datasets.models import LabelClass, Sample, SampleState

_DONE = (SampleState.LABELED, SampleState.REVIEWED)


def labels_known(dataset_id: uuid.UUID, most: int) -> dict[uuid.UUID, uuid.UUID]:
    """Sample to class of at most `most` samples whose one class was given, the newest imported first."""
    rows = Sample.objects.filter(dataset=dataset_id, state__in=_DONE, label_class__isnull=False)
    return dict(rows.order_by("-pk").values_list("pk", "label_class_id")[:most])


def labels_drawn(dataset_id: uuid.UUID, most: int) -> dict[uuid.UUID, uuid.UUID]:
    """As `labels_known`, and of each class no more than its equal share of `most`; a statement a class."""
    rows = Sample.objects.filter(dataset=dataset_id, state__in=_DONE)
    classes = list(
        LabelClass.objects.filter(dataset=dataset_id, deleted_at=None).values_list("pk", flat=True)
    )
    share = max(1, most // max(1, len(classes)))
    return {
        pk: label
        for label in classes
        for pk in rows.filter(label_class=label).order_by("-pk").values_list("pk", flat=True)[:share]
    }


def labels_of(samples: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Sample to class of those of these samples whose one class was given."""
    rows = Sample.objects.filter(pk__in=samples, state__in=_DONE, label_class__isnull=False)
    return dict(rows.values_list("pk", "label_class_id"))
