"""The map of a data set, and what lies within a region of it."""

import uuid
from typing import Final

import numpy as np

from core.errors import Conflict, InvalidInput
from core.services.blobs import blob_read
from datasets.embeddings.mapfile import Map, inside, map_unpacked
from datasets.models import EmbeddingMap

MOST_IN_REGION: Final = 5_000
MOST_CORNERS: Final = 200


class NotEmbedded(Conflict):
    """The data set was not analyzed yet, or not this sample."""

    code = "not_embedded"


def map_file(dataset_id: uuid.UUID) -> Map:
    """The newest map. Raises NotEmbedded."""
    name = EmbeddingMap.objects.filter(dataset_id=dataset_id).values_list("sha256", flat=True).first()
    if name is None:
        raise NotEmbedded("there is no map yet; analyze the data set first")
    return map_unpacked(blob_read(name))


def region_ids(dataset_id: uuid.UUID, region: str) -> list[uuid.UUID]:
    """Samples within a region of the map, at most MOST_IN_REGION; the rest is left out.

    `region` is the corners of a polygon, x and y in turn with commas between, 0 to 1 of the map's sides.
    Raises InvalidInput, NotEmbedded.
    """
    corners = _corners(region)
    drawn = map_file(dataset_id)
    found = drawn.ids[inside(drawn.places, corners)][:MOST_IN_REGION]
    return [uuid.UUID(bytes=one.tobytes()) for one in np.ascontiguousarray(found).view("V16")]


def _corners(region: str) -> list[tuple[float, float]]:
    try:
        numbers = [float(text) for text in region.split(",")]
    except ValueError:
        numbers = []
    count = len(numbers)
    if count % 2 or not 6 <= count <= 2 * MOST_CORNERS or not all(-1 <= number <= 2 for number in numbers):
        raise InvalidInput(
            f"a region is 3 to {MOST_CORNERS} corners x,y,x,y of numbers from 0 to 1", field="region"
        )
    # What is drawn along the border takes in the points that lie on it.
    past = [-0.001 if number <= 0 else 1.001 if number >= 1 else number for number in numbers]
    return list(zip(past[::2], past[1::2], strict=True))
