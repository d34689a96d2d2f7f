"""What is known of the pictures' vectors."""

import base64
import uuid
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

import numpy as np

from core.models import Job
from core.services.blobs import blobs_locations
from datasets.embeddings.parts import ID, Ids, Place, part_ids
from datasets.embeddings.search import nearest, vector_of
from datasets.models import (
    Dataset,
    EmbeddingMap,
    EmbeddingPart,
    LabelClass,
    Sample,
)
from datasets.selectors.counters import totals_of
from datasets.selectors.regions import NotEmbedded, map_file
from datasets.selectors.samples import sample_render, samples_filtered, samples_rows

# Part of every stored vector's meaning: the network, the side of the square it sees, the form of its input.
MODEL: Final = "efficientnet-lite0/160/thumb160"
KIND: Final = "training.embeddings"
_CHUNK: Final = 5_000


def analyzed_dataset(dataset_id: uuid.UUID) -> Dataset:
    """The row, for the job that analyzes it."""
    return Dataset.objects.select_related("project").get(pk=dataset_id)


def parts_of(dataset_id: uuid.UUID) -> list[Place]:
    """Where the vectors of a data set lie, oldest first. Two statements."""
    rows = EmbeddingPart.objects.filter(dataset_id=dataset_id, model=MODEL).order_by("pk")
    names = list(rows.values_list("sha256", flat=True))
    found = blobs_locations(names)
    return [Place(*found[name]) for name in names]


def embedded_ids(dataset_id: uuid.UUID) -> Ids:
    """The ids that have a vector, sorted, 16 bytes each."""
    ids = [part_ids(place) for place in parts_of(dataset_id)]
    return np.sort(np.concatenate(ids)) if ids else np.empty(0, ID)


def pictures_missing(dataset_id: uuid.UUID) -> Iterator[tuple[uuid.UUID, str]]:
    """Samples with a thumbnail and no vector: id and hash of the thumbnail, by id."""
    known = embedded_ids(dataset_id)
    rows = Sample.objects.filter(dataset_id=dataset_id).exclude(thumb_sha256="").order_by("pk")
    for chunk in _chunks(rows.values_list("pk", "thumb_sha256").iterator(_CHUNK)):
        ids = np.array([pk.bytes for pk, _ in chunk], ID)
        for row, has_vector in zip(chunk, np.isin(ids, known), strict=True):
            if not has_vector:
                yield row


def embeddings_state(dataset: Dataset) -> dict[str, Any]:
    """How many pictures have a vector, the newest job, and the map."""
    totals = totals_of(dataset.pk, ("samples", "embedded"))
    drawn = EmbeddingMap.objects.filter(dataset=dataset).first()
    jobs = Job.objects.filter(kind=KIND, project_id=dataset.project_id, params__dataset=str(dataset.pk))
    return {
        "model": MODEL,
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
        raise NotEmbedded("this picture has no vector yet; analyze the pictures first")
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


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(rows)
    while part := list(islice(source, _CHUNK)):
        yield part
