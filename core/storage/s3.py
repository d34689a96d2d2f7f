"""Containers in an S3-compatible bucket, with a local cache. Pure."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from core.errors import InvalidInput, NotReady
from core.faults import fault
from core.storage.base import ContainerMissing, ContainerStat, ContainerStore, container_key
from core.storage.trim import oldest_removed
from core.storage.writer import full_disk_is_storage_full

_CHUNK_BYTES = 1 << 20
# One PUT holds at most 5 GB; larger containers go up in parts and appear when the last one is in.
_TRANSFER = TransferConfig(multipart_threshold=64 << 20, multipart_chunksize=64 << 20, use_threads=False)


@dataclass(frozen=True, slots=True)
class S3Location:
    """Where the bucket is. Credentials come from the process environment, never from here."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str


def s3_location_from_url(url: str) -> S3Location:
    """Read `s3://bucket/prefix?endpoint=https://host:port&region=name`; raises InvalidInput."""
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc or parts.username or parts.port:
        raise InvalidInput("expected s3://bucket?endpoint=https://host", field="STUDIO_STORAGE_URL")
    query = parse_qs(parts.query)
    prefix = parts.path.strip("/")
    return S3Location(
        bucket=parts.netloc,
        prefix=f"{prefix}/" if prefix else "",
        endpoint=query.get("endpoint", [None])[0],
        region=query.get("region", ["us-east-1"])[0],
    )


class S3Store(ContainerStore):
    """One object per container; `local_path` keeps verified copies in `cache_dir`.

    The caller has passed `location.endpoint` through the guard of outgoing requests.
    """

    def __init__(self, location: S3Location, cache_dir: Path, *, cache_bytes: int = 20 << 30) -> None:
        super().__init__(cache_dir / "tmp")
        self._location = location
        self._cache_dir = cache_dir
        self._cache_bytes = cache_bytes
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=location.endpoint,
            region_name=location.region,
            config=Config(
                connect_timeout=10,
                read_timeout=60,
                retries={"max_attempts": 4, "mode": "standard"},
                proxies={},
                s3={"addressing_style": "path"},
            ),
        )

    def read(self, sha256: str, offset: int = 0, length: int | None = None) -> bytes:
        if length == 0:
            self.stat(sha256)
            return b""
        cached = self._cache_dir / container_key(sha256)
        if cached.is_file():
            with cached.open("rb") as file:
                file.seek(offset)
                return file.read(-1 if length is None else length)
        return self._ranged(sha256, offset, length)

    def local_path(self, sha256: str) -> Path:
        cached = self._cache_dir / container_key(sha256)
        if cached.is_file():
            os.utime(cached)
            return cached
        return self._download(sha256, cached)

    def stat(self, sha256: str) -> ContainerStat:
        with _s3_errors():
            head = self._client.head_object(Bucket=self._location.bucket, Key=self._key(sha256))
        return ContainerStat(sha256, head["ContentLength"], head["LastModified"])

    def containers(self) -> Iterator[ContainerStat]:
        with _s3_errors():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._location.bucket, Prefix=self._location.prefix
            )
            for page in pages:
                for item in page.get("Contents", ()):
                    name = item["Key"].rsplit("/", 1)[-1]
                    yield ContainerStat(name, item["Size"], item["LastModified"])

    def delete_if_older(self, sha256: str, before: datetime) -> bool:
        try:
            if self.stat(sha256).modified_at >= before:
                return False
        except ContainerMissing:
            return False
        with _s3_errors():
            self._client.delete_object(Bucket=self._location.bucket, Key=self._key(sha256))
        (self._cache_dir / container_key(sha256)).unlink(missing_ok=True)
        return True

    def check(self) -> None:
        with _s3_errors():
            self._client.head_bucket(Bucket=self._location.bucket)

    def trim_cache(self) -> int:
        return oldest_removed(self._cache_dir.glob("??/??/*"), self._cache_bytes)

    def _publish(self, staged: Path, sha256: str, size_bytes: int) -> None:
        with _s3_errors():
            self._client.upload_file(str(staged), self._location.bucket, self._key(sha256), Config=_TRANSFER)
        fault("storage.after-s3-put")
        # The freshly written file is the likeliest one to be read next.
        cached = self._cache_dir / container_key(sha256)
        with full_disk_is_storage_full():
            cached.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(cached)

    def _key(self, sha256: str) -> str:
        return self._location.prefix + container_key(sha256)

    def _ranged(self, sha256: str, offset: int, length: int | None) -> bytes:
        last = "" if length is None else str(offset + length - 1)
        with _s3_errors():
            try:
                answer = self._client.get_object(
                    Bucket=self._location.bucket, Key=self._key(sha256), Range=f"bytes={offset}-{last}"
                )
            except ClientError as exc:
                if _code(exc) == "InvalidRange":
                    return b""
                raise
            body: bytes = answer["Body"].read()
        return body

    def _download(self, sha256: str, cached: Path) -> Path:
        with full_disk_is_storage_full():
            self._tmp_dir.mkdir(parents=True, exist_ok=True)
            cached.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._tmp_dir, prefix="get-")
        path, digest = Path(name), hashlib.sha256()
        try:
            with os.fdopen(handle, "wb") as file, _s3_errors(), full_disk_is_storage_full():
                answer = self._client.get_object(Bucket=self._location.bucket, Key=self._key(sha256))
                for chunk in answer["Body"].iter_chunks(_CHUNK_BYTES):
                    digest.update(chunk)
                    file.write(chunk)
            if digest.hexdigest() != sha256:
                raise NotReady("a stored file is damaged")
            path.replace(cached)
        finally:
            path.unlink(missing_ok=True)
        return cached


def _code(exc: ClientError) -> str:
    return str(exc.response.get("Error", {}).get("Code", ""))


@contextmanager
def _s3_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as exc:
        if _code(exc) in {"NoSuchKey", "404", "NotFound"}:
            raise ContainerMissing("not a stored file") from exc
        raise NotReady("the object store refused the request") from exc
    except (BotoCoreError, Boto3Error) as exc:
        raise NotReady("the object store does not answer") from exc
