"""The endpoint table: what the control plane publishes and this process obeys. Pure.

One JSON file, replaced atomically, with a version that only grows. `parse_table` is strict: a table that
is damaged in any part is refused whole, and the last good one stays in force.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

FORMAT: Final = "studio-table/1"


class BadTable(ValueError):
    """Not a table this data plane understands."""


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as stored: never the secret, only its SHA-256 (32 bytes)."""

    id: str
    prefix: str
    digest: bytes
    expires_at: float | None


@dataclass(frozen=True, slots=True)
class Route:
    """One model version and its share of the traffic."""

    model_version: str
    number: int
    sha256: str
    weight: float
    model_name: str


@dataclass(frozen=True, slots=True)
class Limits:
    """`queue`: requests waiting or running; `rate_per_key`: requests a second, None for no limit."""

    queue: int = 64
    timeout_s: float = 10.0
    rate_per_key: float | None = None
    max_rows: int | None = None
    threads: int = 1


@dataclass(frozen=True, slots=True)
class JournalRule:
    """Share of calls that is written down, in [0, 1], and whether inputs may be kept."""

    sample_rate: float = 0.0
    consent: bool = True


@dataclass(frozen=True, slots=True)
class EndpointEntry:
    """Everything the data plane knows of one endpoint."""

    id: str
    name: str
    revision: int
    state: str
    routes: tuple[Route, ...]
    shadow: Route | None
    limits: Limits
    journal: JournalRule
    threshold: float | None
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`internal_digest` admits the control plane itself (its try-it) to every endpoint."""

    version: int
    internal_digest: bytes | None
    endpoints: Mapping[str, EndpointEntry]


def parse_table(text: bytes) -> Table:
    """Check everything, the checksum first. Raises BadTable."""
    try:
        whole = orjson.loads(text)
        body = whole["body"]
        if whole["format"] != FORMAT or whole["sha256"] != checksum(body):
            raise BadTable("unknown format or wrong checksum")
        entries = [_endpoint(item) for item in body["endpoints"]]
        internal = body.get("internal_sha256")
        table = Table(
            version=int(body["version"]),
            internal_digest=bytes.fromhex(internal) if internal else None,
            endpoints={entry.name: entry for entry in entries},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BadTable(f"the endpoint table is damaged: {problem}") from problem
    if len(table.endpoints) != len(entries):
        raise BadTable("two endpoints share a name")
    return table


def render_table(body: Mapping[str, Any]) -> bytes:
    """The file for a body; the inverse of `parse_table`."""
    return orjson.dumps(
        {"format": FORMAT, "sha256": checksum(body), "body": body}, option=orjson.OPT_INDENT_2
    )


def checksum(body: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of the body."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _endpoint(item: Mapping[str, Any]) -> EndpointEntry:
    limits, journal, batching = (
        item.get("limits") or {},
        item.get("journal") or {},
        item.get("batching") or {},
    )
    shadow = item.get("shadow")
    rate = limits.get("rate_per_key")
    threshold = (item.get("thresholds") or {}).get("score")
    return EndpointEntry(
        id=str(item["id"]),
        name=str(item["name"]),
        revision=int(item["revision"]),
        state=str(item["state"]),
        routes=tuple(_route(route) for route in item["routes"]),
        shadow=_route({**shadow, "weight": shadow["percent"]}) if shadow else None,
        limits=Limits(
            queue=int(limits.get("queue") or 64),
            timeout_s=float(limits.get("timeout_ms") or 10_000) / 1000,
            rate_per_key=float(rate) if rate else None,
            max_rows=int(batching["max_rows"]) if batching.get("max_rows") else None,
            threads=max(1, int(item.get("replicas") or 1)),
        ),
        journal=JournalRule(float(journal.get("sample_rate") or 0.0), bool(journal.get("consent", True))),
        threshold=float(threshold) if threshold is not None else None,
        keys=tuple(_key(key) for key in item["keys"]),
    )


def _route(item: Mapping[str, Any]) -> Route:
    sha256 = str(item["sha256"])
    if len(bytes.fromhex(sha256)) != 32:
        raise BadTable("a model file is named by its SHA-256")
    weight = float(item["weight"])
    if not 0 <= weight <= 1e6:
        raise BadTable("a weight is out of range")
    return Route(
        str(item["model_version"]), int(item["number"]), sha256, weight, str(item.get("model_name", ""))
    )


def _key(item: Mapping[str, Any]) -> Key:
    digest = bytes.fromhex(item["sha256"])
    if len(digest) != 32:
        raise BadTable("a key is stored as its SHA-256")
    expires_at = item.get("expires_at")
    return Key(
        str(item["id"]), str(item["prefix"]), digest, float(expires_at) if expires_at is not None else None
    )
