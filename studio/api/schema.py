"""How the OpenAPI document is generated."""

from typing import Any

from drf_spectacular.openapi import AutoSchema


class StudioSchema(AutoSchema):
    """operationId is `<resource>_<action>`, the same name the permission table uses."""

    def get_operation_id(self) -> str:
        """The operation's stored name."""
        resource = getattr(self.view, "resource", None)
        if resource is None:
            return str(super().get_operation_id())
        return f"{resource}_{getattr(self.view, 'action', '')}"

    def get_tags(self) -> list[str]:
        """One tag a resource."""
        return [getattr(self.view, "resource", "api")]


def drop_head(endpoints: list[Any], **_: Any) -> list[Any]:
    """Only what is under /api/v1/ is part of the contract."""
    return [entry for entry in endpoints if entry[0].startswith("/api/v1/")]


def add_streams(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The event streams, which are no views of the API framework and so are written down by hand."""
    resume = _query("last_event_id", "go on behind this event; the header Last-Event-ID says the same")
    job = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    topics = _query("topics", "`job:<id>` and `project:<id>`, separated by commas; at most 50")
    result["paths"] |= {
        "/api/v1/jobs/{id}/events/": _stream(
            "jobs_events",
            "`state`, `progress`, `log` and `metric` events of one job; ends with the job.",
            [job, resume],
        ),
        "/api/v1/events/": _stream(
            "events_follow",
            "Events of several jobs, and `state` and `progress` of whole projects; does not end by itself.",
            [topics | {"required": True}, resume],
        ),
    }
    return result


def _query(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": {"type": "string"}}


def _stream(operation: str, description: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    answer = {
        "description": "Server-sent events",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
    return {
        "get": {
            "operationId": operation,
            "description": description,
            "parameters": parameters,
            "tags": [operation.split("_")[0]],
            "security": [{"bearer": []}, {"cookieAuth": []}],
            "responses": {"200": answer},
        }
    }
