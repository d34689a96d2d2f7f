"""Writing a version down: manifest, row, and the job's success in one transaction."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

import orjson
from django.db.models import Max

from core.faults import fault
from core.jobs.context import JobContext
from core.services import audit
from core.services.blobs import BlobMissing, blob_put_file, blobs_known_renew, blobs_register
from core.services.scratch import scratch_dir
from datasets.manifest import ManifestHeader, ManifestSample, manifest_write
from datasets.models import Dataset, DatasetVersion, VersionPicture
from datasets.selectors.versions import version_render
from datasets.services.counters import dataset_locked

MANIFEST_TYPE: Final = "application/x-studio-manifest"


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version that is about to be: `samples` ordered by id, walked once.

    `pictures` are blobs that no sample of the data set has.
    """

    id: uuid.UUID
    dataset: Dataset
    name: str
    header: ManifestHeader
    samples: Iterable[ManifestSample]
    split: Mapping[str, Any]
    seed: int
    filter: Mapping[str, Any]
    warnings: Sequence[Mapping[str, Any]]
    checks: Mapping[str, Any]
    outside: Mapping[str, int] = field(default_factory=dict)
    parent: DatasetVersion | None = None
    augmentation: Mapping[str, Any] | None = None
    pictures: Sequence[str] = field(default_factory=tuple)


def version_keep(ctx: JobContext, new: NewVersion) -> dict[str, Any]:
    """Number and keep it, and end the job; the version as the API shows it. Raises LeaseLost, StorageFull."""
    counted: Counter[tuple[int, str]] = Counter()
    with NamedTemporaryFile(dir=scratch_dir(), prefix="version-") as out:
        content_hash = manifest_write(out, new.header, _counting(new.samples, counted))
        out.flush()
        ref = blob_put_file(Path(out.name), MANIFEST_TYPE)
    fault("version.after-blob")
    with ctx.fenced() as job:
        dataset_locked(new.dataset.pk)
        last = DatasetVersion.objects.filter(dataset=new.dataset).aggregate(last=Max("number"))["last"]
        number = (last or 0) + 1
        blobs_register([ref])
        kept = set(new.pictures)
        if blobs_known_renew(kept) != kept:
            raise BlobMissing("a picture of the version is gone")
        version = DatasetVersion(
            id=new.id,
            dataset=new.dataset,
            number=number,
            name=new.name or f"v{number}",
            manifest_sha256=ref.sha256,
            content_hash=content_hash,
            split=dict(new.split),
            seed=new.seed,
            filter=dict(new.filter),
            counts=new.header.counts,
            classes=_class_counts(new.header, counted),
            warnings=list(new.warnings),
            checks=dict(new.checks),
            outside=dict(new.outside),
            parent=new.parent,
            augmentation=new.augmentation,
            job=job,
            created_by_id=ctx.created_by_id or new.dataset.created_by_id,
        )
        version.save(force_insert=True)
        VersionPicture.objects.bulk_create(
            [VersionPicture(version=version, sha256=sha256) for sha256 in sorted(kept)], batch_size=1_000
        )
        audit.record(
            job.created_by, "datasets.version.created", version, project=new.dataset.project_id, number=number
        )
        result = orjson.loads(orjson.dumps(version_render(version)))
        fault("version.before-finish")
        ctx.finish(job, result)
    return dict(result)


def sample_counts(samples: Iterable[ManifestSample]) -> dict[str, int]:
    """How many samples, in which split, with how many objects."""
    by_split: Counter[str] = Counter()
    objects = 0
    for sample in samples:
        by_split[sample.split] += 1
        objects += len(sample.objects) + len(sample.stretches)
    return {
        "samples": by_split.total(),
        **{name: by_split[name] for name in ("train", "val", "test")},
        "objects": objects,
    }


def _counting(
    samples: Iterable[ManifestSample], counted: Counter[tuple[int, str]]
) -> Iterator[ManifestSample]:
    """The samples, and on the way how many of each class are in each split."""
    for sample in samples:
        counted.update((label, sample.split) for label in sample.carried)
        yield sample


def _class_counts(header: ManifestHeader, counted: Mapping[tuple[int, str], int]) -> list[dict[str, Any]]:
    """Each class with the number of samples in each split that carry it."""
    return [
        {**asdict(row), **{name: counted.get((row.index, name), 0) for name in ("train", "val", "test")}}
        for row in header.classes
    ]
