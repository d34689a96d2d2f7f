"""JSON in, by orjson: what comes in can also be stored and sent out again."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.http import HttpRequest
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

_SHALLOW = 200


class JsonParser(BaseParser):
    """UTF-8 JSON. NaN, infinite numbers, halves of characters and towers of brackets are refused."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes] | HttpRequest,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value. Raises ParseError."""
        # `body` stays readable for whoever comes later; a stream that was read is gone.
        raw = stream.body if isinstance(stream, HttpRequest) else stream.read()
        try:
            value = orjson.loads(raw)
            if raw.count(b"[") + raw.count(b"{") > _SHALLOW:
                orjson.dumps(value)  # the writer's limit of depth is lower than the reader's
        except (orjson.JSONDecodeError, orjson.JSONEncodeError) as exc:
            raise ParseError("the body is not JSON, or nested too deeply") from exc
        return value
