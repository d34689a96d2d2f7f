"""The endpoint table: written from the database, atomically, with the model files it names.

One writer at a time, by a lock on a file beside the table: whoever holds it reads the rows as they are now,
so the last table written is never older than the last commit.
"""

import fcntl
import hashlib
import hmac
import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Prefetch

from core.clock import utc_now
from core.faults import fault
from core.services.blobs import blob_open
from core.storage.writer import fsync_dir
from serving.dataplane.table import BadTable, parse_table, render_table
from serving.models import Endpoint, EndpointKey
from serving.services.versions import ServableVersion, version_or_none

_UNUSED_KEPT_S = 24 * 3600
logger = logging.getLogger(__name__)


def serving_folder() -> Path:
    """Where the control plane and the data plane meet."""
    return Path(settings.DATA_DIR) / "serving"


def internal_secret() -> str:
    """What the control plane shows to the data plane when a person tries an endpoint in the browser."""
    key = settings.SECRET_KEY.encode()
    return "si_" + hmac.new(key, b"studio.serving.internal", hashlib.sha256).hexdigest()


def table_publish() -> int:
    """Write the table if it differs from the one that lies there; its version."""
    folder = serving_folder()
    (folder / "models").mkdir(parents=True, exist_ok=True)
    with _only_writer(folder):
        body = _body(folder)
        path = folder / "table.json"
        version, current = _current(path)
        if current == body:
            return version
        version += 1
        fault("serving.publish.before_table")
        _write(path, render_table({**body, "version": version}))
        fault("serving.publish.after_table")
        _drop_unused(folder / "models", body)
    return version


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    with (folder / "table.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _current(path: Path) -> tuple[int, dict[str, Any] | None]:
    """The version and the rest of the body of the present table; (0, None) without a good one."""
    try:
        text = path.read_bytes()
        version = parse_table(text).version
    except (OSError, BadTable):
        return 0, None
    body = orjson.loads(text)["body"]
    del body["version"]
    return version, body


def _body(folder: Path) -> dict[str, Any]:
    now = utc_now()
    valid = EndpointKey.objects.filter(revoked_at__isnull=True).exclude(expires_at__lt=now).order_by("id")
    rows = Endpoint.objects.filter(deleted_at__isnull=True, project__deleted_at__isnull=True)
    endpoints = []
    for endpoint in rows.prefetch_related(Prefetch("keys", valid)).order_by("id"):
        try:
            endpoints.append(_entry(folder, endpoint))
        except (OSError, LookupError):
            logger.exception("an endpoint cannot be published", extra={"endpoint": str(endpoint.pk)})
    digest = hashlib.sha256(internal_secret().encode()).hexdigest()
    body: dict[str, Any] = {"internal_sha256": digest, "endpoints": endpoints}
    return body


def _entry(folder: Path, endpoint: Endpoint) -> dict[str, Any]:
    routes = [{**_route(folder, endpoint, item), "weight": item["weight"]} for item in endpoint.routes]
    shadow = endpoint.shadow
    return {
        "id": str(endpoint.pk),
        "name": endpoint.name,
        "revision": endpoint.revision,
        "state": endpoint.state,
        "routes": routes,
        "shadow": {**_route(folder, endpoint, shadow), "percent": shadow["percent"]} if shadow else None,
        "replicas": endpoint.replicas,
        "batching": endpoint.batching,
        "limits": endpoint.limits,
        "journal": endpoint.journal,
        "thresholds": endpoint.thresholds,
        "keys": [_key(key) for key in endpoint.keys.all()],
    }


def _route(folder: Path, endpoint: Endpoint, item: dict[str, Any]) -> dict[str, Any]:
    version = version_or_none(item["model_version"], endpoint.project_id)
    if version is None:
        raise LookupError("a model version of the endpoint is gone")
    _materialize(folder / "models", version)
    return {
        "model_version": str(version.id),
        "number": version.number,
        "sha256": version.sha256,
        "model_name": version.model_name,
    }


def _key(key: EndpointKey) -> dict[str, Any]:
    expires_at = key.expires_at.timestamp() if key.expires_at else None
    return {"id": str(key.pk), "prefix": key.prefix, "sha256": key.digest, "expires_at": expires_at}


def _materialize(folder: Path, version: ServableVersion) -> None:
    """Copy the model out of the store, once; the data plane checks the bytes against the name."""
    path = folder / f"{version.sha256}.onnx"
    if path.exists():
        return
    temporary = folder / f".{version.sha256}.{os.getpid()}"
    try:
        with blob_open(version.sha256) as source, temporary.open("wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        fault("serving.publish.before_model")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _write(path: Path, text: bytes) -> None:
    temporary = path.with_name("table.json.new")
    with temporary.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    fsync_dir(path.parent)


def _drop_unused(folder: Path, body: dict[str, Any]) -> None:
    """Model files no table has named for a day."""
    used = {
        f"{route['sha256']}.onnx"
        for entry in body["endpoints"]
        for route in (*entry["routes"], *((entry["shadow"],) if entry["shadow"] else ()))
    }
    for path in folder.iterdir():
        if path.name in used:
            os.utime(path)
        elif time.time() - path.stat().st_mtime > _UNUSED_KEPT_S:
            path.unlink(missing_ok=True)
