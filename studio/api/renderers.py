"""JSON out, by orjson."""

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer

from core.api.idempotency import StoredBody


class JsonRenderer(BaseRenderer):
    """UTF-8 JSON; dates in ISO 8601, UUIDs as text, NaN refused as null."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """The bytes of the body; empty for None."""
        if data is None:
            return b""
        if isinstance(data, StoredBody):
            return bytes(data)
        return orjson.dumps(data, default=_plain, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z)


def _plain(value: Any) -> Any:
    """What orjson does not know: lazy translations, serializer lists, sets."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return list(value)
    return str(value)
