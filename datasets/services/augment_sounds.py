"""Recordings in augmentation: their beginning seen and heard after a pipeline, and in versions.

Nothing is decoded here: a limited process reads, changes and writes, for the preview as for versions.
"""

import base64
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import Any, Final

from core.errors import InvalidInput, TooManyRequests
from core.models import OUTSIDE
from core.services.blobs import blobs_found
from core.services.scratch import scratch_dir
from datasets.augment.base import Operator
from datasets.augment.pipeline import Pipeline
from datasets.augment.sounds import OPERATORS
from datasets.augment.sounds.sound import SHOWN_S
from datasets.models import Dataset, DatasetVersion, Sample, Task
from datasets.services.augment_base import check_known
from datasets.services.augment_child import AugmentationFailed, answers_of, child_of

# Each is heard, seen twice and sent: fewer than of pictures.
MAX_HEARD: Final = 6
WAIT_S: Final = 30.0
_AT_ONCE: Final = BoundedSemaphore(2)


class SoundAugmenter:
    """An `Augmenter` of recordings."""

    operators: Mapping[str, type[Operator[Any]]] = OPERATORS
    media_type = "audio/flac"
    suffix = ".flac"
    unit = "recordings"

    def preview(
        self, dataset: Dataset, pipeline: Pipeline[Any], *, seed: int, sample_ids: Sequence[uuid.UUID]
    ) -> dict[str, Any]:
        """`{results, unreadable}`: the first seconds of up to six, before and after, and what is heard."""
        samples = {row.pk: row for row in Sample.objects.filter(dataset=dataset, pk__in=sample_ids)}
        check_known(len(samples), sample_ids)
        wanted = [samples[pk] for pk in dict.fromkeys(sample_ids)][:MAX_HEARD]
        made = _made(wanted, pipeline, seed)
        return {
            "results": [_shown(sample, *made[str(sample.pk)]) for sample in wanted if str(sample.pk) in made],
            "unreadable": [sample.pk for sample in wanted if str(sample.pk) not in made],
        }

    def check(self, version: DatasetVersion, pipeline: Pipeline[Any]) -> None:
        """A version holds whatever recordings become, but regions stay where they are. Raises InvalidInput."""
        keys = {step.operator.key for step in pipeline.steps if step.operator.moves}
        if version.dataset.task == Task.AUDIO_EVENTS and keys:
            raise InvalidInput(
                "these steps move sounds in time, and regions would no longer be where they sound",
                field="recipe",
                steps=sorted(keys),
            )


def _made(
    samples: Sequence[Sample], pipeline: Pipeline[Any], seed: int
) -> dict[str, tuple[dict[str, Any], bytes]]:
    """What the process says of each sample that it could read. It has WAIT_S for all of them."""
    spec = {
        "modality": "audio-preview",
        "steps": pipeline.to_json(),
        "seed": seed,
        "copies": 1,
    }
    made: dict[str, tuple[dict[str, Any], bytes]] = {}
    if not _AT_ONCE.acquire(timeout=WAIT_S):
        raise TooManyRequests("too many previews are being made; try again in a moment", retry_after_s=5)
    try:
        with TemporaryDirectory(dir=scratch_dir(), prefix="augment-") as folder:
            rows = [{"classes": []}, *_rows(samples, Path(folder) / OUTSIDE)]
            (Path(folder) / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
            (Path(folder) / "manifest.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
            # What came before it broke off is shown; the one that broke it and those behind it are unreadable.
            with child_of(Path(folder), WAIT_S) as source, suppress(AugmentationFailed):
                for line, content in answers_of(source):
                    if "problem" not in line:
                        made[line["id"]] = (line, content)
    finally:
        _AT_ONCE.release()
    return made


def _rows(samples: Sequence[Sample], hold: Path) -> Iterator[dict[str, Any]]:
    """Lines of a manifest, as much of them as the process reads; without those whose bytes are gone."""
    places = blobs_found([sample.sha256 for sample in samples], hold)
    for sample in samples:
        if sample.sha256 in places:
            path, offset, length = places[sample.sha256]
            place = {"path": str(path), "offset": offset, "length": length}
            yield {"id": str(sample.pk), "split": "train", **place}


def _shown(sample: Sample, line: Mapping[str, Any], heard: bytes) -> dict[str, Any]:
    return {
        "sample": sample.pk,
        "name": sample.name,
        "labels": sample.labels,
        "before": "data:image/jpeg;base64," + line["before"],
        "after": "data:image/jpeg;base64," + line["after"],
        "heard": "data:audio/ogg;base64," + base64.b64encode(heard).decode(),
        "media_url": f"/media/b/{sample.sha256}?s={sample.pk}",
        "is_cut": sample.payload.get("duration_s", 0) > SHOWN_S,
    }
