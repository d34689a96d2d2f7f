"""What changed from one version to another, told by content."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from core.errors import InvalidInput
from datasets.manifest import ManifestObject, ManifestSample
from datasets.models import DatasetVersion
from datasets.services.versions import version_opened

MAX_LISTED: Final = 100
_Seen = tuple[str, str, str, str | None, tuple[tuple[str, tuple[float, ...], str], ...]]


def version_diff(version: DatasetVersion, against: DatasetVersion) -> dict[str, Any]:
    """Counts and the first hundred of: added, removed, relabeled, moved to another split.

    `against` is the older of the two as told. Raises InvalidInput for versions of different data sets.
    """
    if version.dataset_id != against.dataset_id:
        raise InvalidInput("the two versions are of different data sets", field="against")
    new, old = _contents(version), _contents(against)
    changes = {
        "added": [new[key] for key in new.keys() - old.keys()],
        "removed": [old[key] for key in old.keys() - new.keys()],
        "relabeled": [new[key] for key in new.keys() & old.keys() if new[key][3:] != old[key][3:]],
        "moved": [new[key] for key in new.keys() & old.keys() if new[key][2] != old[key][2]],
    }
    return {
        "version": str(version.pk),
        "against": str(against.pk),
        "same_content": version.content_hash == against.content_hash,
        "counts": {name: len(rows) for name, rows in changes.items()},
        "samples": {
            name: [_line(row) for row in sorted(rows)[:MAX_LISTED]] for name, rows in changes.items()
        },
        "classes": _class_changes(version, against),
    }


def _contents(version: DatasetVersion) -> Mapping[str, _Seen]:
    with version_opened(version) as (header, samples):
        names = {row.index: row.name for row in header.classes}
        return {sample.sha256: _seen(sample, names) for sample in samples}


def _seen(sample: ManifestSample, names: Mapping[int, str]) -> _Seen:
    label = None if sample.label is None else names.get(sample.label, str(sample.label))
    objects = tuple(sorted(_said(item, names) for item in sample.objects))
    return sample.id, sample.name, sample.split, label, objects


def _said(item: ManifestObject, names: Mapping[int, str]) -> tuple[str, tuple[float, ...], str]:
    more = {} if item.form is None else item.form.to_json()
    said = orjson.dumps([more, item.attributes]).decode()
    return names.get(item.label, str(item.label)), tuple(item.box), said


def _line(row: _Seen) -> dict[str, Any]:
    return {"id": row[0], "name": row[1], "split": row[2], "label": row[3], "objects": len(row[4])}


def _class_changes(version: DatasetVersion, against: DatasetVersion) -> dict[str, list[str]]:
    new, old = ({row["name"] for row in v.classes} for v in (version, against))
    return {"added": sorted(new - old), "removed": sorted(old - new)}
