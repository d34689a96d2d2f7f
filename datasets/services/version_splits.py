"""Dealing a version's samples out, and what has to be said of the outcome."""

import uuid
from typing import Any, Final

from core.errors import InvalidInput
from core.jobs.context import JobContext
from core.services.blobs import blob_open
from datasets.manifest import manifest_read
from datasets.models import Dataset, DatasetVersion
from datasets.services.quality_scan import alikes, features_fill, samples_scan
from datasets.services.version_spool import Draws
from datasets.splits import SplitSpec, split_assign, straddling

_REMEDIES: Final = {
    "same_looking_across_splits": "keep_in_one_split",
    "left_out_near_test": "none_needed_left_out",
    "test_missing": "freeze_all_states",
}


class NoTestToKeep(InvalidInput):
    """The version whose test split is to be kept has none, or is not one of the data set."""

    code = "no_test_to_keep"


def held_version(dataset: Dataset, spec: SplitSpec) -> DatasetVersion | None:
    """The version whose test split the spec keeps. Raises NoTestToKeep."""
    if not spec.test_of:
        return None
    try:
        wanted = uuid.UUID(spec.test_of)
    except ValueError as exc:
        raise NoTestToKeep("this names no version", field="split") from exc
    version = DatasetVersion.objects.filter(pk=wanted, dataset=dataset).first()
    if version is None:
        raise NoTestToKeep("this is no version of the data set", field="split")
    if not version.counts.get("test"):
        raise NoTestToKeep(f"version {version.number} has no test split; choose another", field="split")
    return version


def splits_dealt(
    ctx: JobContext, dataset: Dataset, draws: Draws, spec: SplitSpec
) -> tuple[list[str], list[dict[str, Any]]]:
    """The split of each sample, "" for one that is left out, and warnings of the outcome.

    Raises NoTestToKeep, ClassTooSmall, TooFewGroups, NothingToLearn.
    """
    missing = 0
    if (version := held_version(dataset, spec)) is not None:
        missing = _hold(draws, version)
    if spec.keep_alike:
        draws.looks = _looks(ctx, dataset, draws)
    splits = split_assign(draws, spec)
    ctx.check()
    # A given split is never changed, so copies may lie on both sides of it.
    torn, looks = straddling(draws, splits) if draws.looks else (0, 0)
    return splits, [
        *warned("same_looking_across_splits", torn, {"groups": looks}),
        *warned("left_out_near_test", splits.count("")),
        *warned("test_missing", missing),
    ]


def warned(code: str, count: int, params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """A warning of a version, none for nothing."""
    row = {"code": code, "severity": "warning", "count": count, "remedy": _REMEDIES[code]}
    return [{**row, "params": params or {}}] if count else []


def _hold(draws: Draws, version: DatasetVersion) -> int:
    """Mark the test samples of the version, by themselves or by their content; how many of them are not here."""
    ids, contents = set[bytes](), set[bytes]()
    with blob_open(version.manifest_sha256) as source:
        _, samples = manifest_read(source)
        for sample in samples:
            if sample.split == "test":
                ids.add(uuid.UUID(sample.id).bytes)
                contents.add(bytes.fromhex(sample.sha256))
    draws.held = set(draws.places_held(ids, contents))
    return max(0, len(ids) - len(draws.held))


def _looks(ctx: JobContext, dataset: Dataset, draws: Draws) -> dict[int, str]:
    """A name for the look of each sample that has a copy, by its place; copies have the same.

    Pictures and recordings that nobody measured yet are measured first.
    """
    features_fill(ctx, dataset)
    scan = samples_scan(ctx, dataset.pk)
    look_of = {
        scan.ids[row].bytes: str(number)
        for number, group in enumerate(alikes(ctx, dataset, scan))
        for row in group
    }
    return {place: look_of[key] for key, place in draws.places(set(look_of))}
