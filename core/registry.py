"""Plug-in tables. Pure. A registry is a literal: what is not listed does not exist."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Protocol, TypeVar


class Keyed(Protocol):
    """Anything with a stable, stored `key`."""

    key: ClassVar[str]


T = TypeVar("T", bound=Keyed)


def by_key(*plugins: T) -> Mapping[str, T]:
    """Index plug-ins by key, in the order given; a key used twice stops the start."""
    table = {plugin.key: plugin for plugin in plugins}
    if len(table) != len(plugins):
        raise RuntimeError(f"duplicate plug-in key among {[plugin.key for plugin in plugins]}")
    return MappingProxyType(table)
