"""How often each class was given to some samples of a data set."""

import uuid
from typing import Any

from django.db.models import Count, QuerySet

from datasets.models import Shape
from datasets.selectors.schema import classes_of


def label_counts(dataset_id: uuid.UUID, sample_ids: QuerySet[Any, Any]) -> list[dict[str, Any]]:
    """Each class in its order, with the number of samples that carry it and of its objects; classes without any, too."""
    rows = Shape.objects.filter(dataset_id=dataset_id, sample_id__in=sample_ids).order_by()
    counted = {
        row["label_class_id"]: row
        for row in rows.values("label_class_id").annotate(
            samples=Count("sample_id", distinct=True), objects=Count("pk")
        )
    }
    return [
        {
            "id": one.pk,
            "name": one.name,
            "name_zh": one.name_zh,
            "color": one.color,
            "samples": counted.get(one.pk, {}).get("samples", 0),
            "objects": counted.get(one.pk, {}).get("objects", 0),
        }
        for one in classes_of(dataset_id)
    ]
