"""Versions with augmented copies of their training part, made by a job."""

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.db import transaction

from core.errors import InvalidInput
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.services.blobs import BlobBatch
from core.services.scratch import scratch_dir
from datasets.augment import pipeline_of
from datasets.manifest import ManifestObject, ManifestSample
from datasets.models import DatasetVersion, Recipe
from datasets.services.augment_base import Augmenter
from datasets.services.augment_child import answers_of, child_of
from datasets.services.augmented_copies import CopyJournal, Line
from datasets.services.augmenters import augmenter_of
from datasets.services.recipes import recipe_fits
from datasets.services.version_keep import NewVersion, sample_counts, version_keep
from datasets.services.versions import version_materialize, version_opened

MAX_COPIES: Final = 10
MAX_COPIED: Final = 100_000
BATCH_BYTES: Final = 48 << 20
_NAME_CHARACTERS: Final = 200
# Of a file; a row of a table may be called 3.5 or "Dr. No".
_ENDING: Final = re.compile(r"(?<=.)\.[A-Za-z][A-Za-z0-9]{1,4}$")


def augmented_submit(
    *, actor: User, version: DatasetVersion, recipe: Recipe, copies: int, seed: int, name: str
) -> Job:
    """Queue it; the job keeps the steps as they are now. Raises InvalidInput."""
    _check(version, recipe, copies)
    params = {
        "version": str(version.pk),
        "new": str(uuid.uuid4()),
        "name": name.strip()[:_NAME_CHARACTERS],
        "augmentation": {
            "recipe": str(recipe.pk),
            "name": recipe.name,
            "revision": recipe.revision,
            "steps": recipe.steps,
            "copies": copies,
            "seed": seed,
        },
    }
    with transaction.atomic():
        job = job_submit("datasets.augment", project=version.dataset.project, actor=actor, params=params)
        audit.record(
            actor,
            "datasets.augmentation.submitted",
            version,
            project=version.dataset.project_id,
            recipe=recipe.name,
            copies=copies,
        )
    return job


def augmented_run(ctx: JobContext) -> dict[str, Any]:
    """Make the copies and freeze; the new version as the API shows it. Raises AugmentationFailed, StorageFull."""
    parent = DatasetVersion.objects.select_related("dataset__project").get(pk=ctx.params["version"])
    augmentation = ctx.params["augmentation"]
    augmenter = augmenter_of(parent.dataset.modality)
    with version_opened(parent) as (header, stream):
        originals = {sample.id: sample for sample in stream}
    with TemporaryDirectory(dir=scratch_dir(), prefix="augment-") as folder:
        version_materialize(parent.pk, Path(folder))
        total = augmentation["copies"] * sum(sample.split == "train" for sample in originals.values())
        journal = _copies(ctx, Path(folder), augmentation, total, parent.dataset.modality)
    fault("augmentation.after-pictures")
    made, same = _told_apart(originals, journal.lines)
    unreadable = list(dict.fromkeys(line["id"] for line in journal.lines if "problem" in line))
    samples = [*originals.values(), *(_sample(augmenter, originals[line["id"]], line) for line in made)]
    warnings = [
        *parent.warnings,
        *_warned("augmentation_unreadable", unreadable, "replace_files"),
        *_warned("augmentation_unchanged", same, "change_recipe"),
    ]
    new = NewVersion(
        id=uuid.UUID(ctx.params["new"]),
        dataset=parent.dataset,
        name=ctx.params["name"] or _grown_name(parent.name, augmentation["copies"] + 1),
        header=replace(header, counts=sample_counts(samples)),
        samples=sorted(samples, key=lambda sample: sample.id),
        split=parent.split,
        seed=parent.seed,
        filter=parent.filter,
        warnings=warnings,
        checks=parent.checks,
        outside=parent.outside if "kept" in parent.outside else {},
        parent=parent,
        augmentation=augmentation,
        pictures=[line["sha256"] for line in made],
    )
    result = version_keep(ctx, new)
    journal.drop()
    return result


def _check(version: DatasetVersion, recipe: Recipe, copies: int) -> None:
    if recipe.project_id != version.dataset.project_id:
        raise InvalidInput("the recipe belongs to another project", field="recipe")
    augmenter = augmenter_of(version.dataset.modality, "version")
    recipe_fits(recipe, version.dataset.modality)
    pipeline = pipeline_of(recipe.steps, augmenter.operators)
    if not pipeline.steps:
        raise InvalidInput("the recipe has no steps", field="recipe")
    augmenter.check(version, pipeline)
    if not version.counts["train"]:
        raise InvalidInput(f"the version has no training {augmenter.unit}", field="version")
    if version.counts["train"] * copies > MAX_COPIED:
        raise InvalidInput(f"at most {MAX_COPIED} copies are made at once", field="copies")


def _told_apart(
    originals: Mapping[str, ManifestSample], lines: Sequence[Line]
) -> tuple[list[Line], list[str]]:
    """The copies that differ from their sample and its other copies, and the samples of those that do not.

    The same bytes twice would count a sample twice and teach nothing.
    """
    seen = {(sample.id, sample.sha256) for sample in originals.values()}
    made: list[Line] = []
    same: list[Line] = []
    for line in sorted((line for line in lines if "problem" not in line), key=_place):
        key = line["id"], line["sha256"]
        (same if key in seen else made).append(line)
        seen.add(key)
    return made, [line["id"] for line in same]


def _place(line: Line) -> tuple[str, int]:
    return line["id"], line["copy"]


def _warned(code: str, samples: Sequence[str], remedy: str) -> list[dict[str, Any]]:
    """A warning of the version, or none; a sample counts as often as it is named."""
    if not samples:
        return []
    named = list(dict.fromkeys(samples))[:100]
    warning = {"code": code, "severity": "warning", "count": len(samples), "remedy": remedy}
    return [{**warning, "params": {"samples": named}}]


def _copies(
    ctx: JobContext, folder: Path, augmentation: dict[str, Any], total: int, modality: str
) -> CopyJournal:
    """Every copy made and registered, a batch at a time; an attempt goes on behind the last batch."""
    journal = CopyJournal(ctx.job_id)
    with ctx.fenced():
        journal.recall()
    augmenter = augmenter_of(modality)
    spec = {**augmentation, "modality": modality, "done": journal.done}
    (folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    with child_of(folder) as source:
        answers = answers_of(source)
        is_done = False
        while not is_done:
            with BlobBatch() as batch:
                lines, is_done = _batched(ctx, batch, answers, augmenter, (len(journal.lines), total))
                batch.seal()
            with ctx.fenced():
                journal.register(batch.refs)
            journal.add(lines)
            fault("augmentation.after-batch")
            if lines:
                ctx.milestone()
    return journal


def _batched(
    ctx: JobContext,
    batch: BlobBatch,
    answers: Iterator[tuple[Line, bytes]],
    augmenter: Augmenter,
    progress: tuple[int, int],
) -> tuple[list[Line], bool]:
    """One batch of answers with the names of their bytes, and whether it was the last one."""
    lines: list[Line] = []
    before, total = progress
    for line, content in answers:
        ctx.check()
        is_made = "problem" not in line
        lines.append(line | {"sha256": batch.add(content, augmenter.media_type).sha256} if is_made else line)
        ctx.progress(before + len(lines), total, augmenter.unit)
        if batch.size_bytes >= BATCH_BYTES:
            return lines, False
    return lines, True


def _grown_name(name: str, times: int) -> str:
    suffix = f" x{times}"
    return name[: _NAME_CHARACTERS - len(suffix)] + suffix


def _sample(augmenter: Augmenter, original: ManifestSample, line: Line) -> ManifestSample:
    """The original's labels with what the line says anew."""
    return replace(
        original,
        id=str(uuid.uuid5(uuid.UUID(original.id), f"{line['copy']}/{line['sha256']}")),
        sha256=line["sha256"],
        name=f"{_ENDING.sub('', original.name)}+{line['copy']}{augmenter.suffix}",
        media_type=augmenter.media_type,
        width=line.get("width", original.width),
        height=line.get("height", original.height),
        objects=tuple(ManifestObject.from_json(each) for each in line.get("objects", ())),
        spans=tuple(
            replace(before, label=now["label"], start=now["start"], end=now["end"])
            for before, now in zip(original.spans, line.get("spans", ()), strict=True)
        ),
    )
