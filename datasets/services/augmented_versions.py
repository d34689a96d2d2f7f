"""Versions with augmented copies of their training part, made by a job."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from django.db import transaction

from core.errors import DomainError, InvalidInput
from core.faults import fault
from core.jobs.context import JobContext
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.services import audit
from core.services.blobs import BlobBatch
from core.services.scratch import scratch_dir
from datasets.augment import pipeline_from
from datasets.manifest import ManifestObject, ManifestSample
from datasets.models import DatasetVersion, Modality, Recipe, Task
from datasets.services.augmented_copies import CopyJournal, Line
from datasets.services.version_keep import NewVersion, sample_counts, version_keep
from datasets.services.versions import version_materialize, version_opened

MAX_COPIES: Final = 10
MAX_PICTURES: Final = 100_000
BATCH_BYTES: Final = 48 << 20
_NAME_CHARACTERS: Final = 200
_ROOT: Final = Path(__file__).resolve().parents[2]
_KEPT_ENV: Final = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "HOME")


class AugmentationFailed(DomainError):
    """The process that makes the pictures ended too early; `params.sample` is where it was."""

    code, status = "augmentation_failed", 422


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
    with version_opened(parent) as (header, stream):
        originals = {sample.id: sample for sample in stream}
    with TemporaryDirectory(dir=scratch_dir(), prefix="augment-") as folder:
        version_materialize(parent.pk, Path(folder))
        total = augmentation["copies"] * sum(sample.split == "train" for sample in originals.values())
        journal = _copies(ctx, Path(folder), augmentation, total)
    fault("augmentation.after-pictures")
    made = [line for line in journal.lines if "problem" not in line]
    unreadable = list(dict.fromkeys(line["id"] for line in journal.lines if "problem" in line))
    samples = [*originals.values(), *(_sample(originals[line["id"]], line) for line in made)]
    warnings = list(parent.warnings)
    if unreadable:
        warnings.append(
            {
                "code": "augmentation_unreadable",
                "severity": "warning",
                "count": len(unreadable),
                "remedy": "replace_files",
                "params": {"samples": unreadable[:100]},
            }
        )
    new = NewVersion(
        id=uuid.UUID(ctx.params["new"]),
        dataset=parent.dataset,
        name=ctx.params["name"] or _grown_name(parent.name, augmentation["copies"] + 1),
        header=type(header)(header.modality, header.task, header.classes, sample_counts(samples)),
        samples=sorted(samples, key=lambda sample: sample.id),
        split=parent.split,
        seed=parent.seed,
        filter=parent.filter,
        warnings=warnings,
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
    if version.dataset.modality != Modality.IMAGE:
        raise InvalidInput("only pictures can be augmented so far", field="version")
    steps = pipeline_from(recipe.steps).steps
    if not steps:
        raise InvalidInput("the recipe has no steps", field="recipe")
    keys = {step.operator.key for step in steps if step.operator.mixes}
    # A manifest says whole classes of a picture, or boxes without weights.
    is_whole = version.dataset.task in (Task.IMAGE_CLASSIFICATION, Task.IMAGE_MULTILABEL)
    allowed = set() if is_whole else {"mosaic", "copy_paste"}
    if keys - allowed:
        raise InvalidInput(
            "these steps give labels by halves, which a version cannot hold",
            field="recipe",
            steps=sorted(keys - allowed),
        )
    if not version.counts["train"]:
        raise InvalidInput("the version has no training pictures", field="version")
    if version.counts["train"] * copies > MAX_PICTURES:
        raise InvalidInput(f"at most {MAX_PICTURES} copies are made at once", field="copies")


def _copies(ctx: JobContext, folder: Path, augmentation: dict[str, Any], total: int) -> CopyJournal:
    """Every copy made and registered, a batch at a time; an attempt goes on behind the last batch."""
    journal = CopyJournal(ctx.job_id)
    with ctx.fenced():
        journal.recall()
    spec = {**augmentation, "done": journal.done}
    (folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    with _child(folder) as source:
        answers = _answers(source)
        is_done = False
        while not is_done:
            with BlobBatch() as batch:
                lines, is_done = _batched(ctx, batch, answers, (len(journal.lines), total))
                batch.seal()
            with ctx.fenced():
                journal.register(batch.refs)
            journal.add(lines)
            fault("augmentation.after-batch")
            if lines:
                ctx.milestone()
    return journal


def _batched(
    ctx: JobContext, batch: BlobBatch, answers: Iterator[tuple[Line, bytes]], progress: tuple[int, int]
) -> tuple[list[Line], bool]:
    """One batch of answers with the names of their pictures, and whether it was the last one."""
    lines: list[Line] = []
    before, total = progress
    for line, content in answers:
        ctx.check()
        is_made = "problem" not in line
        lines.append(line | {"sha256": batch.add(content, "image/jpeg").sha256} if is_made else line)
        ctx.progress(before + len(lines), total, "pictures")
        if batch.size_bytes >= BATCH_BYTES:
            return lines, False
    return lines, True


def _grown_name(name: str, times: int) -> str:
    suffix = f" x{times}"
    return name[: _NAME_CHARACTERS - len(suffix)] + suffix


def _sample(original: ManifestSample, line: Line) -> ManifestSample:
    stem, sha256 = original.name.rpartition(".")[0] or original.name, line["sha256"]
    objects = tuple(ManifestObject.from_json(each) for each in line["objects"])
    return ManifestSample(
        id=str(uuid.uuid5(uuid.UUID(original.id), f"{line['copy']}/{sha256}")),
        sha256=sha256,
        name=f"{stem}+{line['copy']}.jpg",
        media_type="image/jpeg",
        width=line["width"],
        height=line["height"],
        split="train",
        group=original.group,
        label=original.label,
        objects=objects,
        labels=original.labels,
    )


@contextmanager
def _child(folder: Path) -> Iterator[IO[bytes]]:
    """What the process writes. It is ended with the block, and ends by itself when nobody reads."""
    kept = {name: os.environ[name] for name in _KEPT_ENV if name in os.environ}
    with subprocess.Popen(  # noqa: S603  our own module and folder
        [sys.executable, "-m", "datasets.augment.child", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        env={**kept, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    ) as process:
        try:
            if process.stdout is None:
                raise RuntimeError("the child has no pipe")
            yield process.stdout
        finally:
            process.kill()


def _answers(source: IO[bytes]) -> Iterator[tuple[Line, bytes]]:
    """Until the process says that it is done. Raises AugmentationFailed when it ends before."""
    last = ""
    while raw := source.readline():
        line = json.loads(raw)
        if "done" in line:
            return
        content = source.read(line["bytes"])
        if len(content) < line["bytes"]:
            break
        last = line["id"]
        yield line, content
    raise AugmentationFailed(
        "making the pictures broke off; leave out the sample after this one", sample=last
    )
