"""What a file that a version wrote says of its columns, for formats that have no kinds as we have them. Pure."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import orjson

from core.errors import InvalidInput
from datasets.tables.kinds import Column

METADATA_KEY: Final = "studio.columns"


def columns_said(columns: Sequence[Column], as_written: Collection[int] = ()) -> str:
    """As JSON. `as_written` are the numbers of columns whose cells stand as the file of before had them."""
    return orjson.dumps(
        [
            {"name": c.name, "kind": c.kind, "params": c.params if c.index in as_written else {}}
            for c in columns
        ]
    ).decode()


def said_read(text: str | bytes) -> dict[str, dict[str, Any]]:
    """`{"kind", "params"}` by name. Anybody may have written it: what is no kind of ours is passed over."""
    try:
        listed = orjson.loads(text)
    except ValueError:
        return {}
    found: dict[str, dict[str, Any]] = {}
    for row in listed if isinstance(listed, list) else ():
        try:
            column = Column(0, str(row["name"]), row["kind"], {}, _params(row.get("params")))
        except (KeyError, TypeError, AttributeError, InvalidInput):
            continue
        found[column.name] = {"kind": column.kind, "params": column.params}
    return found


def _params(said: Any) -> dict[str, Any]:
    known = said if isinstance(said, dict) else {}
    return {name: known[name] for name in ("decimal", "format") if isinstance(known.get(name), str)}
