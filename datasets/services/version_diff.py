"""What changed from one version to another, told by content."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from core.errors import InvalidInput
from datasets.class_balance import balance_changes
from datasets.manifest import Attributes, ManifestHeader, ManifestObject, ManifestSample, ManifestSpan
from datasets.models import DatasetVersion, Modality
from datasets.services.table_restore import table_versions_diff
from datasets.services.version_pairs import Changes, Told, pairs_by_content
from datasets.services.versions import version_opened

MAX_LISTED: Final = 100
_KINDS: Final = ("added", "removed", "changed", "relabeled", "moved")
_Mark = tuple[str, tuple[float, ...], str]
# Id, name, split, class or classes, what is placed on it, and what is said of its classes beside them.
_Seen = tuple[str, str, str, str | None, tuple[_Mark, ...], tuple[_Mark, ...]]
_Change = tuple[_Seen, _Seen | None]


def version_diff(
    version: DatasetVersion, against: DatasetVersion, *, key: int | None = None
) -> dict[str, Any]:
    """Counts and the first hundred of: added, removed, changed, relabeled, moved to another split; the class balance.

    A sample is `changed` that has other content in the newer version: it was cleaned, or brought back. What it `was` is
    told of one that both have. Rows of tables are told apart by the column `key`, or by what they say.

    `against` is the older of the two as told. Raises InvalidInput for versions of different data sets.
    """
    if version.dataset_id != against.dataset_id:
        raise InvalidInput("the two versions are of different data sets", field="against")
    balance = balance_changes((version.classes, version.counts), (against.classes, against.counts))
    if version.dataset.modality == Modality.TABULAR:
        return {**table_versions_diff(version, against, key), "balance": balance}
    if key is not None:
        raise InvalidInput("only versions of tables are compared by a column", field="key")
    with version_opened(version) as newer, version_opened(against) as older:
        changes = _changes(pairs_by_content(_told(*newer), _told(*older)))
    return {
        "version": str(version.pk),
        "against": str(against.pk),
        "same_content": version.content_hash == against.content_hash,
        "counts": {name: rows.count for name, rows in changes.items()},
        "samples": {name: [_line(row) for row in rows.listed()] for name, rows in changes.items()},
        "classes": _class_changes(version, against),
        "balance": balance,
        "table": None,
    }


def _changes(pairs: Iterable[tuple[_Seen | None, _Seen | None]]) -> dict[str, Changes[_Change]]:
    """What is in one version only is the same sample with other content where both have its id."""
    changes = {name: Changes[_Change](MAX_LISTED) for name in _KINDS}
    came: dict[str, _Seen] = {}
    went: dict[str, _Seen] = {}
    for new, old in pairs:
        if new is not None and old is not None:
            _note(changes, new, old, is_relabeled=new[3:] != old[3:])
        elif new is not None:
            came[new[0]] = new
        elif old is not None:
            went[old[0]] = old
    for name, seen in came.items():
        before = went.pop(name, None)
        changes["added" if before is None else "changed"].add((seen, before))
        if before is not None:
            # Marks move with the content; that alone is no other label.
            _note(changes, seen, before, is_relabeled=_classes(seen) != _classes(before))
    for seen in went.values():
        changes["removed"].add((seen, None))
    return changes


def _note(changes: Mapping[str, Changes[_Change]], new: _Seen, old: _Seen, *, is_relabeled: bool) -> None:
    if is_relabeled:
        changes["relabeled"].add((new, old))
    if new[2] != old[2]:
        changes["moved"].add((new, old))


def _classes(seen: _Seen) -> tuple[str | None, list[str]]:
    return seen[3], sorted(name for name, *_ in seen[4])


def _told(header: ManifestHeader, samples: Iterable[ManifestSample]) -> Iterator[Told[_Seen]]:
    names = {row.index: row.name for row in header.classes}
    return (Told(sample.id, sample.sha256, _seen(sample, names)) for sample in samples)


def _seen(sample: ManifestSample, names: Mapping[int, str]) -> _Seen:
    label = None if sample.label is None else names.get(sample.label, str(sample.label))
    several = tuple(sorted(names.get(one, str(one)) for one in sample.labels))
    objects = sorted(_said(item, names) for item in sample.objects)
    spans = sorted(
        (
            names.get(s.label, str(s.label)),
            (float(s.start), float(s.end)),
            _more(s.attributes) + (_linked(s, sample, names) if isinstance(s, ManifestSpan) else ""),
        )
        for s in sample.stretches
    )
    about: list[_Mark] = sorted((names.get(one, str(one)), (), _more(more)) for one, more in sample.about)
    whole = ", ".join(several) or label
    return sample.id, sample.name, sample.split, whole, (*objects, *spans), tuple(about)


def _more(attributes: Attributes) -> str:
    return orjson.dumps(attributes).decode() if attributes else ""


def _linked(span: ManifestSpan, sample: ManifestSample, names: Mapping[int, str]) -> str:
    """The relations of a span by what they lead to; types by their ids, which a new name leaves as they are."""
    ends = ((kind, sample.spans[to]) for kind, to in span.relations)
    said = sorted([kind, names.get(end.label, str(end.label)), end.start, end.end] for kind, end in ends)
    return orjson.dumps(said).decode() if said else ""


def _said(item: ManifestObject, names: Mapping[int, str]) -> _Mark:
    more = {} if item.form is None else item.form.to_json()
    said = orjson.dumps([more, item.attributes]).decode()
    return names.get(item.label, str(item.label)), tuple(item.box), said


def _line(change: _Change) -> dict[str, Any]:
    new, old = change
    was = None if old is None else _told_of(old)
    return {"id": new[0], "name": new[1], **_told_of(new), "was": was}


def _told_of(row: _Seen) -> dict[str, Any]:
    return {"split": row[2], "label": row[3], "objects": len(row[4])}


def _class_changes(version: DatasetVersion, against: DatasetVersion) -> dict[str, list[str]]:
    new, old = ({row["name"] for row in v.classes} for v in (version, against))
    return {"added": sorted(new - old), "removed": sorted(old - new)}
