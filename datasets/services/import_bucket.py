"""The objects of a bucket as a tree of files, by a listing that was written down when the import began."""

import json
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from core.outgoing import (
    Bucket,
    BucketAddress,
    BucketObject,
    BucketRefused,
    OutgoingFailed,
    OutgoingTooLarge,
    url_check,
)
from core.services.outgoing import outgoing_policy
from core.services.secrets import seal, unseal
from datasets.formats.base import Member, MemberUnreadable, Problem, Tree
from datasets.formats.limits import MAX_ENTRIES, MAX_MEMBER_BYTES, MAX_TOTAL_BYTES, ArchiveRefused
from datasets.formats.names import compare_key, is_litter, shown, unsafe_reason

AHEAD: Final = 8
AHEAD_BYTES: Final = 32 << 20
PAUSES_S: Final = (0.5, 2.0)
_FIELDS: Final = ("endpoint", "bucket", "region", "key_id")


def bucket_source(given: Mapping[str, str]) -> dict[str, str]:
    """What is stored of a bucket's address, the secret sealed. Raises OutgoingRefused, OutgoingFailed."""
    url_check(given["endpoint"], outgoing_policy())
    return {
        **{name: given[name] for name in (*_FIELDS, "prefix")},
        "keep": given.get("keep", "copy"),
        "secret": seal(given["secret"]) if given["secret"] else "",
    }


def bucket_of(source: Mapping[str, str]) -> Bucket:
    """The bucket of a stored source. Raises SecretLost."""
    secret = unseal(source["secret"]) if source["secret"] else ""
    return Bucket(BucketAddress(**{name: source[name] for name in _FIELDS}, secret=secret), outgoing_policy())


def listing_lines(bucket: Bucket, prefix: str, check: Callable[[], None]) -> Iterator[bytes]:
    """The listing as it is written down: a JSON line an object. Raises ArchiveRefused, BucketRefused, OutgoingFailed."""
    count = total_bytes = 0
    for listed, found in enumerate(bucket.objects(prefix, check), start=1):
        check()
        if listed > MAX_ENTRIES:
            raise ArchiveRefused(
                "archive_too_many_entries",
                f"over {MAX_ENTRIES} objects lie under this prefix; import it in parts",
            )
        if found.key.endswith("/"):  # a folder as consoles draw it
            continue
        count, total_bytes = count + 1, total_bytes + found.size_bytes
        if total_bytes > MAX_TOTAL_BYTES:
            raise ArchiveRefused(
                "archive_too_large", "the objects under this prefix are over 20 GB; import it in parts"
            )
        yield json.dumps([found.key, found.size_bytes, found.etag]).encode() + b"\n"
    if not count:
        raise ArchiveRefused("archive_empty", "no object lies under this prefix")


class BucketTree(Tree):
    """The objects of a listing; those that come next are fetched while this one is worked on.

    `read` raises OutgoingFailed when the server does not answer three times: the import then fails and can be
    sent again, instead of reporting every object that is left as unreadable.
    """

    def __init__(self, bucket: Bucket, listing: Path, prefix: str) -> None:
        self._bucket = bucket
        self._objects: list[BucketObject] = []
        self._pool = ThreadPoolExecutor(AHEAD, thread_name_prefix="bucket")
        self._coming: dict[int, Future[bytes]] = {}
        self._lost: dict[str, None] = {}
        members: list[Member] = []
        refused: list[Problem] = []
        seen: set[str] = set()
        for entry in _read(listing):
            name = _name_of(entry.key, prefix)
            if is_litter(name):
                continue
            problem = _problem_of(name, seen)
            if problem:
                refused.append(problem)
                continue
            seen.add(compare_key(name))
            members.append(Member(len(members), name, entry.size_bytes))
            self._objects.append(entry)
        self.members, self.refused = members, refused

    def read(self, member: Member, limit_bytes: int) -> bytes:
        """The whole object."""
        limit = min(limit_bytes, MAX_MEMBER_BYTES)
        if member.size_bytes > limit:
            raise MemberUnreadable(
                Problem("file_too_large", member.name, "the file is over the size limit; send a smaller one")
            )
        coming = self._coming.pop(member.index, None)
        if self.is_sample(member):
            self._look_ahead(member.index, limit)
        try:
            return coming.result() if coming else self._got(member.index, limit)
        except (BucketRefused, OutgoingTooLarge) as exc:
            self._lost[member.name] = None
            raise MemberUnreadable(Problem("object_unreadable", member.name, exc.detail)) from exc

    def object_of(self, member: Member) -> BucketObject:
        """What a member is in the bucket."""
        return self._objects[member.index]

    def lost(self) -> Sequence[str]:
        """As `Tree`."""
        return list(self._lost)

    def close(self) -> None:
        """Wait for what is under way, forget it."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _look_ahead(self, index: int, limit: int) -> None:
        for late in [known for known in self._coming if known < index]:
            self._coming.pop(late).cancel()
        room = AHEAD_BYTES
        for member in self.members[index + 1 : index + 1 + AHEAD]:
            room -= member.size_bytes
            if room < 0:
                return
            if self.is_sample(member) and member.size_bytes <= limit and member.index not in self._coming:
                self._coming[member.index] = self._pool.submit(self._got, member.index, limit)

    def _got(self, index: int, limit: int) -> bytes:
        for pause_s in PAUSES_S:
            try:
                return self._bucket.read(self._objects[index], limit)
            except OutgoingFailed:
                time.sleep(pause_s)
        return self._bucket.read(self._objects[index], limit)


def listing_without(lines: Iterable[bytes], prefix: str, names: Container[str]) -> list[bytes]:
    """The lines of a listing but those of the members with these names."""
    return [line for line in lines if _name_of(json.loads(line)[0], prefix) not in names]


def _name_of(key: str, prefix: str) -> str:
    return key[len(prefix.rpartition("/")[0]) :].lstrip("/")


def _read(listing: Path) -> Iterator[BucketObject]:
    with listing.open("rb") as lines:
        for line in lines:
            fields: list[Any] = json.loads(line)
            yield BucketObject(*fields)


def _problem_of(name: str, seen: set[str]) -> Problem | None:
    reason = unsafe_reason(name)
    if reason:
        return Problem("unsafe_name", shown(name) or "?", f"the name holds {reason}")
    if compare_key(name) in seen:
        return Problem("name_clash", shown(name), "another object has the same name")
    return None
