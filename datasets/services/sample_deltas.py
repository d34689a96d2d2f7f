"""What samples add to the totals of their data set."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count

from datasets.models import Sample, Shape
from datasets.size_bins import size_bin


def deltas_of(samples: Sequence[Sample]) -> Counter[tuple[str, str]]:
    """(kind, key) -> how much of each total these samples are. One statement."""
    deltas: Counter[tuple[str, str]] = Counter()
    for sample in samples:
        deltas["samples", ""] += 1
        deltas["state", sample.state] += 1
        deltas["split", sample.split] += 1
        deltas["embedded", ""] += sample.has_vector
        deltas.update(measures_of(sample.media_type, sample.payload))
        deltas.update(("class", str(label)) for label in sample.labels)
    shapes = Shape.objects.filter(sample__in=[sample.pk for sample in samples]).order_by()
    for label, objects in shapes.values_list("label_class_id").annotate(n=Count("pk")):
        deltas["objects", str(label)] += objects
    return deltas


def measures_of(media_type: str, payload: Mapping[str, Any]) -> Counter[tuple[str, str]]:
    """What the content of one sample adds to the totals."""
    deltas = Counter({("media_type", media_type): 1})
    for side in ("width", "height", "characters"):
        if side in payload:
            deltas[side, str(size_bin(payload[side]))] += 1
    return deltas
