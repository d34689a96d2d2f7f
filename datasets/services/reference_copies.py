"""What a version does with bytes that lie outside: has them copied in, or says that they stay where they are."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from core.faults import fault
from core.jobs.context import JobContext
from core.models import OUTSIDE, Blob
from core.services.blobs import BlobBatch, blobs_register
from core.services.outside import outside_paths
from core.services.scratch import scratch_dir

COPY: Final = "copy"
KEEP: Final = "keep"
CHOICES: Final = (COPY, KEEP)
_CHUNK: Final = 500
_BATCH_BYTES: Final = 48 << 20


def outside_settled(ctx: JobContext, sha256s: Iterable[str], choice: str) -> dict[str, int]:
    """What a version notes of its bytes outside: `kept` of `size_bytes`, or `copied`; empty where there are none.

    What an earlier attempt copied is in the store by now. A few files are on the disk at a time. Raises BytesOutside,
    StorageFull.
    """
    if not Blob.objects.filter(container=OUTSIDE).exists():
        return {}
    told: Counter[str] = Counter()
    for sizes in _outside(sha256s):
        ctx.check()
        if choice == KEEP:
            told.update(kept=len(sizes), size_bytes=sum(sizes.values()))
            continue
        for part in _parts(sizes):
            _copied(ctx, part)
            told.update(copied=len(part))
    return dict(told)


def _outside(sha256s: Iterable[str]) -> Iterator[dict[str, int]]:
    """Sizes of those that lie outside, some hundreds at a time, each content once."""
    stream = iter(sha256s)
    seen: set[str] = set()
    while part := list(islice(stream, _CHUNK)):
        rows = Blob.objects.filter(pk__in=part, container=OUTSIDE).exclude(pk__in=seen & set(part))
        found = dict(rows.order_by("pk").values_list("pk", "size_bytes"))
        seen |= found.keys()
        if found:
            yield found


def _parts(sizes: dict[str, int]) -> Iterator[dict[str, int]]:
    part: dict[str, int] = {}
    for sha256, size_bytes in sizes.items():
        if part and sum(part.values()) + size_bytes > _BATCH_BYTES:
            yield part
            part = {}
        part[sha256] = size_bytes
    if part:
        yield part


def _copied(ctx: JobContext, sizes: dict[str, int]) -> None:
    types = dict(Blob.objects.filter(pk__in=sizes).values_list("pk", "media_type"))
    with TemporaryDirectory(dir=scratch_dir(), prefix="copy-") as folder, BlobBatch() as batch:
        for sha256, path in outside_paths(sizes, Path(folder)).items():
            batch.add(path.read_bytes(), types[sha256])
            ctx.check()
        batch.seal()
        fault("references.after-seal")
        with ctx.fenced():
            blobs_register(batch.refs)
    fault("references.after-copied")
    ctx.milestone()
