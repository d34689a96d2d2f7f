"""Bytes that stay in a bucket: where they are, how they are had from there, and when that is forgotten."""

import hashlib
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from django.db.models import Exists, OuterRef

from core.clock import utc_now
from core.models import OUTSIDE, Blob
from core.outgoing import (
    Bucket,
    BucketAddress,
    BucketDenied,
    BucketMissing,
    BucketObject,
    BucketRefused,
    OutgoingFailed,
    OutgoingRefused,
    OutgoingTooLarge,
)
from core.services.blobs import BlobRef, blob_outside
from core.services.collection import GRACE
from core.services.outgoing import outgoing_policy
from core.services.outside import BytesOutside
from core.services.secrets import SecretLost, unseal
from core.storage.copies import Fetch, Incoming
from datasets.formats.base import Draft, Tree
from datasets.models import BucketSource, ImportBatch, Modality, Reference
from datasets.services.import_bucket import BucketTree
from datasets.services.import_rows import Arrival

# What a bucket's server may call an object, in bytes, and how it may name its content.
MOST_KEY_BYTES: Final = 1_024
MOST_ETAG: Final = 200
MODALITIES: Final = (Modality.IMAGE, Modality.AUDIO)
_PAUSE_S: Final = 0.5
_TRIES: Final = 2


class ReferenceGone(BytesOutside):
    """The object is not in the bucket any more."""

    code, status = "reference_gone", 409


class ReferenceChanged(BytesOutside):
    """The object has other bytes than those that were imported."""

    code, status = "reference_changed", 409


class ReferenceDenied(BytesOutside):
    """The key is not good for the object any more."""

    code, status = "reference_denied", 502


class ReferenceUnreachable(BytesOutside):
    """The bucket's server did not answer, or not with the object."""

    code, status = "reference_unreachable", 502


class ReferenceKeeper:
    """Of an import by reference: which bytes stay where they are. Of any other import: none do."""

    def __init__(self, batch: ImportBatch, tree: Tree) -> None:
        self._batch = batch
        is_wanted = batch.source.get("s3", {}).get("keep") == "reference"
        is_large = batch.dataset.modality in MODALITIES
        self._tree = tree if is_wanted and is_large and isinstance(tree, BucketTree) else None

    def ref(self, draft: Draft, sha256: str, content: bytes, media_type: str) -> BlobRef | None:
        """The name of bytes that stay in the bucket; None where they must be copied."""
        return blob_outside(sha256, len(content), media_type) if self._object(draft) else None

    def write(self, arrivals: Sequence[Arrival]) -> None:
        """Note where the bytes of these lie, in the transaction that registered them; what is in the store needs none.

        A sample that was there before may have its bytes in a further place now. Two statements and one a source.
        """
        if self._tree is None or not arrivals:
            return
        outside = dict(
            Blob.objects.filter(pk__in={one.sha256 for one in arrivals}, container=OUTSIDE).values_list(
                "pk", "size_bytes"
            )
        )
        found = {
            (one.sha256, place.key): place
            for one in arrivals
            if one.sha256 in outside and (place := self._object(one.draft))
        }
        if not found:
            return
        source, now = _source_of(self._batch), utc_now()
        Reference.objects.bulk_create(
            [
                Reference(
                    content=sha256,
                    source=source,
                    key=key,
                    etag=place.etag,
                    size_bytes=outside[sha256],
                    seen_at=now,
                )
                for (sha256, key), place in sorted(found.items())
            ],
            update_conflicts=True,
            unique_fields=["content", "source", "key"],
            update_fields=["etag", "size_bytes", "seen_at"],
        )

    def _object(self, draft: Draft) -> BucketObject | None:
        """What the draft was read from, where that can be named again."""
        if self._tree is None or draft.part is not None:
            return None
        place = self._tree.object_of(draft.member)
        is_nameable = len(place.key.encode()) <= MOST_KEY_BYTES and len(place.etag) <= MOST_ETAG
        return place if is_nameable else None


def _source_of(batch: ImportBatch) -> BucketSource:
    """The source with the address of an import, made when new. The import's key has just been seen to work."""
    told = batch.source["s3"]
    address = {
        "project_id": batch.dataset.project_id,
        "endpoint": told["endpoint"].rstrip("/"),
        **{name: told[name] for name in ("bucket", "region", "key_id")},
    }
    known = BucketSource.objects.select_for_update().filter(**address).order_by("-pk").first()
    source = known or BucketSource(**address, created_by=batch.created_by)
    source.secret, source.used_at = told["secret"], utc_now()
    source.save()
    return source


def bucket_at(source: BucketSource) -> Bucket:
    """The bucket of a source. Raises SecretLost."""
    secret = unseal(source.secret) if source.secret else ""
    address = BucketAddress(source.endpoint, source.bucket, source.region, source.key_id, secret)
    return Bucket(address, outgoing_policy())


def fetchers_of(sha256s: Sequence[str]) -> Mapping[str, Fetch]:
    """What brings these bytes (`STUDIO_BLOBS_OUTSIDE`); those that nobody refers to are left out. One statement."""
    places: dict[str, list[Reference]] = defaultdict(list)
    rows = Reference.objects.filter(content__in=sha256s).select_related("source")
    for row in rows.order_by("-seen_at", "pk"):
        places[row.content].append(row)
    return {sha256: partial(_brought, known) for sha256, known in places.items()}


def _brought(places: Sequence[Reference], incoming: Incoming) -> None:
    """From the first of the places that has the bytes. Raises what was wrong with the first of them."""
    first: BytesOutside | None = None
    # Whoever reads may know the names of one project's objects, and not those of another.
    is_named = len({place.source.project_id for place in places}) == 1
    for place in places:
        try:
            _brought_from(place, incoming, _told(place, is_named=is_named))
        except BytesOutside as exc:
            first = first or exc
        else:
            return
    if first is not None:
        raise first


def _brought_from(place: Reference, incoming: Incoming, told: Mapping[str, str]) -> None:
    named = f"the object {told['key']} of the bucket {told['bucket']}" if told else "an object of a bucket"
    for left in reversed(range(_TRIES)):
        incoming.restart()
        try:
            bucket_at(place.source).read_to(place.key, incoming.wanted_bytes, incoming.write)
        except OutgoingTooLarge:
            break
        except BucketMissing as exc:
            raise ReferenceGone(f"{named} is gone", **told) from exc
        except (BucketDenied, SecretLost) as exc:
            raise ReferenceDenied(f"{named} may not be read with the stored key", **told) from exc
        except (OutgoingFailed, OutgoingRefused) as exc:
            if left and not isinstance(exc, OutgoingRefused):
                time.sleep(_PAUSE_S)
                continue
            raise ReferenceUnreachable(f"{named} could not be had: {exc.detail}", **told) from exc
        break
    if not incoming.has(place.content):
        raise ReferenceChanged(f"{named} has other bytes than when it was imported", **told)


def _told(place: Reference, *, is_named: bool) -> dict[str, str]:
    return {"key": place.key, "bucket": place.source.bucket} if is_named else {}


def reference_state(place: Reference) -> str:
    """Whether the object is still what was imported: `reachable`, `gone`, `changed`, `denied` or `unreachable`.

    It is read only where its server names its content otherwise than then.
    """
    try:
        bucket = bucket_at(place.source)
        try:
            bucket.check(BucketObject(place.key, place.size_bytes, place.etag))
        except (BucketDenied, BucketMissing):
            raise
        except BucketRefused:
            return "reachable" if _is_same(bucket, place) else "changed"
    except BucketMissing:
        return "gone"
    except (BucketDenied, SecretLost):
        return "denied"
    except (OutgoingFailed, OutgoingRefused):
        return "unreachable"
    return "reachable"


def _is_same(bucket: Bucket, place: Reference) -> bool:
    digest = hashlib.sha256()
    try:
        bucket.read_to(place.key, place.size_bytes, digest.update)
    except OutgoingTooLarge:
        return False
    return digest.hexdigest() == place.content


def references_forget() -> int:
    """Forget where bytes lie that no row says are outside, and the sources that nobody refers to; how many went.

    Nothing happens in a bucket. What an import may be about to name is younger than the collector's grace.
    """
    before = utc_now() - GRACE
    outside = Blob.objects.filter(pk=OuterRef("content"), container=OUTSIDE)
    stale = Reference.objects.filter(seen_at__lt=before).exclude(Exists(outside))
    removed = stale._raw_delete(Reference.objects.db)
    used = Reference.objects.filter(source=OuterRef("pk"))
    idle = BucketSource.objects.filter(used_at__lt=before).exclude(Exists(used))
    return removed + idle._raw_delete(BucketSource.objects.db)
