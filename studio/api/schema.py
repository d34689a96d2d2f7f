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
