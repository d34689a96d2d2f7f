"""Bytes that frozen versions hold are named by rows of the versions before whatever else names them goes."""

from collections.abc import Callable
from itertools import islice
from typing import Final

from django.db.models import QuerySet

from core.faults import fault
from core.jobs.context import JobContext
from core.services.blobs import blob_open
from datasets.manifest import manifest_read
from datasets.models import CleaningRow, DatasetVersion, VersionPicture

BATCH: Final = 500


def versions_hold(
    ctx: JobContext, versions: list[DatasetVersion], going: Callable[[list[str]], set[str]]
) -> None:
    """`going` tells which of some hashes are about to lose their name; memory is that of a batch, whatever the sizes."""
    for version in versions:
        with blob_open(version.manifest_sha256) as source:
            named = (sample.sha256 for sample in manifest_read(source)[1])
            while part := list(islice(named, BATCH)):
                ctx.check()
                rows = [VersionPicture(version=version, sha256=sha256) for sha256 in sorted(going(part))]
                with ctx.fenced():
                    VersionPicture.objects.bulk_create(rows, ignore_conflicts=True)
        fault("purge.after-held")


def named_by(rows: QuerySet[CleaningRow], part: list[str]) -> set[str]:
    """Those of the hashes that cleanings wrote down as a sample's bytes of before or after. Two statements."""
    before = rows.filter(before_sha256__in=part).values_list("before_sha256", flat=True)
    after = rows.filter(after_sha256__in=part).values_list("after_sha256", flat=True)
    return {*before, *after}
