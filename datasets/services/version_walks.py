"""How a job walks over the samples of a frozen version: a chunk a transaction, with the edit's cursor in it."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from core.jobs.context import JobContext
from datasets.manifest import ManifestSample
from datasets.models import BulkEdit

BATCH: Final = 500


def chunks(samples: Iterator[ManifestSample]) -> Iterator[list[ManifestSample]]:
    """By so many as fit into one transaction."""
    while chunk := list(islice(samples, BATCH)):
        yield chunk


def edit_cursor(ctx: JobContext) -> tuple[str, str]:
    """Which walk of the job's edit, and the id of the last sample that is behind."""
    cursor: str = BulkEdit.objects.values_list("cursor", flat=True).get(pk=ctx.params["edit"])
    walk, _, last = cursor.partition(":")
    return walk, last
