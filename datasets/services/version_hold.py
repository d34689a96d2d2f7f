"""Bytes that frozen versions hold are named by rows of the versions before whatever else names them goes."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.db.models import QuerySet

from core.faults import fault
from core.jobs.context import JobContext
from core.services.blobs import blob_open
from datasets.manifest import manifest_read
from datasets.models import CleaningRow, DatasetVersion, VersionPicture
from datasets.services.digests import Digests

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Held:
    """What was made sure of: that these versions name what they have of these contents."""

    versions: frozenset[uuid.UUID]
    contents: Digests

    def covers(self, versions: Iterable[uuid.UUID], sha256s: Iterable[str]) -> bool:
        """Whether nothing has come since that was not looked at."""
        return self.versions.issuperset(versions) and all(sha256 in self.contents for sha256 in sha256s)


def versions_hold(ctx: JobContext, versions: Iterable[uuid.UUID], sha256s: Iterable[str]) -> Held:
    """Name what versions have of contents that are about to lose their name; eight bytes of memory for each of these."""
    held = Held(frozenset(versions), Digests(sha256s))
    if not len(held.contents):
        return held
    for version in DatasetVersion.objects.filter(pk__in=held.versions).order_by("pk"):
        with blob_open(version.manifest_sha256) as source:
            samples = manifest_read(source)[1]
            while part := [one.sha256 for one in islice(samples, BATCH)]:
                ctx.check()
                _named(ctx, version, {sha256 for sha256 in part if sha256 in held.contents})
        fault("purge.after-held")
    return held


def _named(ctx: JobContext, version: DatasetVersion, sha256s: set[str]) -> None:
    """Those that an earlier attempt has named cost nothing, and so does a part that has none."""
    if sha256s:
        sha256s -= set(version.pictures.filter(sha256__in=sha256s).values_list("sha256", flat=True))
    if not sha256s:
        return
    with ctx.fenced():
        rows = [VersionPicture(version=version, sha256=sha256) for sha256 in sorted(sha256s)]
        VersionPicture.objects.bulk_create(rows, ignore_conflicts=True)
    ctx.milestone()


def names_of(rows: QuerySet[CleaningRow]) -> Iterator[str]:
    """What cleanings wrote down as a sample's bytes of before and after."""
    for before, after in rows.order_by().values_list("before_sha256", "after_sha256").iterator():
        yield from filter(None, (before, after))
