"""How often each class was given to some samples of a data set."""

import uuid
from typing import Any

from django.db.models import Count, QuerySet

from datasets.models import Shape
from datasets.selectors.schema import classes_of


def label_counts(dataset_id: uuid.UUID, sample_ids: QuerySet[Any, Any]) -> list[dict[str, Any]]:
    """Each class in its order, with the number of samples that carry it and of its objects; classes without any, too."""
    rows = Shape.objects.filter(dataset_id=dataset_id, sample_id__in=sample_ids).order_by()
    counted = rows.values("label_class_id").annotate(n=Count("sample_id", distinct=True), m=Count("pk"))
    found = {
        label: (samples, marks) for label, samples, marks in counted.values_list("label_class_id", "n", "m")
    }
    return [
        {
            "id": one.pk,
            "name": one.name,
            "name_zh": one.name_zh,
            "color": one.color,
            "samples": found.get(one.pk, (0, 0))[0],
            "objects": found.get(one.pk, (0, 0))[1],
        }
        for one in classes_of(dataset_id)
    ]
