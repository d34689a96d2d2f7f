"""What is known of the vectors of pictures, texts and recordings."""

import base64
import uuid
from collections.abc import Mapping
from typing import Any, Final

from core.models import Job
from datasets.embeddings.search import nearest, vector_of
from datasets.models import (
    Dataset,
    EmbeddingMap,
    LabelClass,
    Sample,
)
from datasets.selectors.counters import totals_of
from datasets.selectors.regions import NotEmbedded, map_file
from datasets.selectors.samples import sample_render, samples_filtered, samples_rows
from datasets.selectors.vectors import model_of, parts_of

KIND: Final = "training.embeddings"


def analyzed_dataset(dataset_id: uuid.UUID) -> Dataset:
    """The row, for the job that analyzes it."""
    return Dataset.objects.select_related("project").get(pk=dataset_id)


def embeddings_state(dataset: Dataset) -> dict[str, Any]:
    """How many samples have a vector, the newest job, and the map."""
    totals = totals_of(dataset.pk, ("samples", "embedded"))
    drawn = EmbeddingMap.objects.filter(dataset=dataset).first()
    jobs = Job.objects.filter(kind=KIND, project_id=dataset.project_id, params__dataset=str(dataset.pk))
    return {
        "model": model_of(dataset.pk),
        "embedded": totals.get("embedded", {}).get("", 0),
        "samples": totals.get("samples", {}).get("", 0),
        "job": jobs.order_by("-created_at", "-pk").values_list("pk", flat=True).first(),
        "map": None if drawn is None else {"count": drawn.count, "made_at": drawn.made_at},
    }


def similar_to(sample: Sample, count: int) -> list[tuple[uuid.UUID, float]]:
    """The `count` nearest samples of the same data set by cosine, itself left out. Raises NotEmbedded.

    Exact: every vector of the data set is looked at, one chunk in memory.
    """
    places = parts_of(sample.dataset_id)
    vector = vector_of(places, sample.pk.bytes)
    if vector is None:
        raise NotEmbedded("this sample has no vector yet; analyze the data set first")
    found = nearest(places, vector, count + 1)
    return [(uuid.UUID(bytes=one), cosine) for one, cosine in found if one != sample.pk.bytes][:count]


def similar_rows(
    dataset: Dataset, sample: Sample, conditions: Mapping[str, str], *, among: int
) -> list[dict[str, Any]]:
    """Of the `among` nearest those that meet the conditions, the nearest first, each with its `similarity`.

    Raises NotEmbedded, InvalidInput.
    """
    ranked = dict(similar_to(sample, among))
    keys = samples_filtered(dataset.pk, conditions, task=dataset.task).filter(pk__in=list(ranked))
    rows = samples_rows(dataset.pk).filter(pk__in=keys.values("pk"))
    ordered = sorted(rows, key=lambda row: (-ranked[row["id"]], row["id"]))
    return [{**sample_render(row), "similarity": round(ranked[row["id"]], 4)} for row in ordered]


def map_render(dataset: Dataset) -> dict[str, Any]:
    """The map for a browser: places as base64 of little-endian uint16 pairs, classes as base64 of int16 indices.

    Raises NotEmbedded.
    """
    drawn = map_file(dataset.pk)
    state = EmbeddingMap.objects.get(dataset=dataset)
    classes = LabelClass.objects.filter(dataset=dataset).order_by("index")
    return {
        "count": len(drawn.ids),
        "made_at": state.made_at,
        "places": base64.b64encode(drawn.places.astype("<u2").tobytes()).decode(),
        "indices": base64.b64encode(drawn.classes.astype("<i2").tobytes()).decode(),
        "classes": [{"index": index, "id": pk} for index, pk in classes.values_list("index", "pk")],
    }
