"""Which modalities can be augmented, and how."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from core.errors import InvalidInput
from datasets.augment.pipeline import Pipeline
from datasets.models import Dataset, Modality
from datasets.services.augment_base import MAX_SAMPLES, Augmenter, samples_chosen
from datasets.services.augment_previews import PictureAugmenter
from datasets.services.augment_sounds import SoundAugmenter
from datasets.services.augment_texts import TextAugmenter

AUGMENTERS: Final[Mapping[str, Callable[[], Augmenter]]] = {
    Modality.IMAGE: PictureAugmenter,
    Modality.TEXT: TextAugmenter,
    Modality.AUDIO: SoundAugmenter,
}


def augmenter_of(modality: str, field: str = "dataset") -> Augmenter:
    """Raises InvalidInput that names `field`."""
    make = AUGMENTERS.get(modality)
    if make is None:
        raise InvalidInput("data of this kind cannot be augmented so far", field=field)
    return make()


def augment_preview(
    dataset: Dataset,
    pipeline: Pipeline[Any],
    *,
    seed: int,
    sample_ids: Sequence[uuid.UUID] = (),
    count: int = MAX_SAMPLES,
) -> dict[str, Any]:
    """`{seed, took_ms, results, unreadable, ...}` as the data set's modality shows it. Raises InvalidInput.

    Without `sample_ids` the samples are chosen evenly, the same ones each time.
    """
    augmenter = augmenter_of(dataset.modality)
    began = time.monotonic()
    wanted = list(sample_ids) or samples_chosen(dataset.pk, count)
    shown = augmenter.preview(dataset, pipeline, seed=seed, sample_ids=wanted)
    took_ms = round((time.monotonic() - began) * 1e3, 1)
    return {"seed": seed, "took_ms": took_ms, **shown}
