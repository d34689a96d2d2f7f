"""What augmentation needs to know of each modality: a protocol, and what several share."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from core.errors import InvalidInput
from datasets.augment.base import Operator
from datasets.augment.pipeline import Pipeline
from datasets.models import Dataset, DatasetVersion, Sample

MAX_SAMPLES: Final = 12
# Samples are picked evenly from the first so many, since neighbors often show the same.
_LOOKED_AT: Final = 2_000


class Augmenter(Protocol):
    """Augmentation of one modality."""

    operators: Mapping[str, type[Operator[Any]]]
    media_type: str
    suffix: str  # of the names of copies
    unit: str  # of progress

    def preview(
        self, dataset: Dataset, pipeline: Pipeline[Any], *, seed: int, sample_ids: Sequence[uuid.UUID]
    ) -> dict[str, Any]:
        """`{results, unreadable}`: what a pipeline makes of these samples. Raises InvalidInput."""

    def check(self, version: DatasetVersion, pipeline: Pipeline[Any]) -> None:
        """Raises InvalidInput for steps whose results a version cannot hold."""


def samples_chosen(dataset_id: uuid.UUID, count: int) -> list[uuid.UUID]:
    """Evenly chosen ones, the same each time."""
    rows = Sample.objects.filter(dataset_id=dataset_id).order_by("id").values_list("pk", flat=True)
    ids = list(rows[:_LOOKED_AT])
    count = min(count, len(ids))
    return [ids[i * len(ids) // count] for i in range(count)]


def check_known(found: int, wanted: Sequence[uuid.UUID]) -> None:
    """Raises InvalidInput when some of the wanted samples are of another data set."""
    if found < len(set(wanted)):
        raise InvalidInput("a sample is not in this data set", field="samples")
