"""Imports: taken in by a request, done by a job."""

import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from core.errors import Conflict, InvalidInput, PayloadTooLarge
from core.jobs.dispatch import job_submit
from core.models import Job, User
from core.outgoing import url_check
from core.services import audit
from core.services.outgoing import outgoing_policy
from core.services.uploads import UploadGone, upload_from, upload_lock, upload_release, upload_take
from datasets.formats.archive import archive_kind, open_tree
from datasets.formats.names import shown
from datasets.formats.registry import importers_of
from datasets.formats.text.columns import ROLES
from datasets.models import Dataset, ImportBatch, Modality
from datasets.services.import_bucket import bucket_source
from datasets.services.import_sql import sql_name, sql_source
from datasets.services.tags import TagInvalid, tags_fit, tags_read
from datasets.tables.files import FORMATS as TABLE_FORMATS
from datasets.tables.files import format_of

MAX_DIRECT_BYTES: Final = 64 << 20
_HEAD_BYTES: Final = 512
# Looking inside these means inflating all of them, which is the job's work.
_COMPRESSED: Final = ("gzip", "bzip2", "xz")


class ImportAborted(InvalidInput):
    """Something could not be read, and the import was to stop at the first problem; nothing was imported."""

    code = "import_aborted"


class UploadTaken(Conflict):
    """Another import is to use up the upload; `params.job` is its job."""

    code = "upload_taken"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to read what was sent. `group_by` says what must stay together in a later split.

    `tags` go on every sample of the import, also on those that are there already. `columns` names the column of a table for a role (`text`, `label`, `split`, `group`, `name`), or its
    number from 1; roles that are left out are found.
    """

    format: str = "auto"
    on_problem: Literal["skip", "abort"] = "skip"
    dry_run: bool = False
    group_by: Literal["none", "folder", "prefix"] = "none"
    columns: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tags", tags_read(self.tags))
        known = [*dict.fromkeys(key for modality in Modality.values for key in _formats_of(modality))]
        if self.format != "auto" and self.format not in known:
            raise InvalidInput("unknown format", field="format", known=["auto", *known])
        if unknown := set(self.columns) - set(ROLES):
            raise InvalidInput(
                "unknown role of a column", field="columns", known=list(ROLES), got=sorted(unknown)
            )


def import_submit_files(
    *, actor: User, dataset: Dataset, files: "Sequence[UploadedFile[Any]]", options: ImportOptions
) -> Job:
    """Import what came in the body of the request. Raises PayloadTooLarge, ArchiveRefused."""
    if sum(file.size or 0 for file in files) > MAX_DIRECT_BYTES:
        raise PayloadTooLarge("over 64 MB; send it as a resumable upload", limit_bytes=MAX_DIRECT_BYTES)
    if len(files) == 1:
        name, chunks = files[0].name or "file", files[0].chunks()
        upload = upload_from(actor, filename=name, chunks=chunks)
    else:
        with TemporaryDirectory(prefix="studio-import-") as folder:
            packed = _packed(files, Path(folder))
            name = f"{len(files)} files"
            upload = upload_from(actor, filename="files.zip", chunks=_chunks(packed))
    try:
        return import_submit_upload(
            actor=actor, dataset=dataset, upload_id=upload.pk, filename=name, options=options
        )
    except BaseException:
        upload_release(upload.pk)
        raise


def import_submit_upload(
    *, actor: User, dataset: Dataset, upload_id: uuid.UUID, filename: str, options: ImportOptions
) -> Job:
    """Import a finished upload. Raises UploadGone, UploadIncomplete, UploadTaken, ArchiveRefused."""
    path = upload_take(actor, upload_id)
    try:
        _look_inside(path, filename, dataset.modality)
    except FileNotFoundError as exc:
        raise UploadGone from exc
    return _submit(actor, dataset, {"upload_id": str(upload_id)}, filename, options)


def import_submit_url(*, actor: User, dataset: Dataset, url: str, options: ImportOptions) -> Job:
    """Import what is fetched from an address. Raises OutgoingRefused."""
    url_check(url, outgoing_policy())
    name = url.partition("?")[0].rstrip("/").rpartition("/")[2] or url
    return _submit(actor, dataset, {"url": url}, name, options)


def import_submit_bucket(
    *, actor: User, dataset: Dataset, bucket: Mapping[str, str], options: ImportOptions
) -> Job:
    """Import the objects of a bucket under a prefix. Raises InvalidInput, OutgoingRefused, OutgoingFailed."""
    if dataset.modality == Modality.TABULAR:
        raise InvalidInput(
            "a table is not read from a bucket; send its file, or give the address of it", field="s3"
        )
    bucket_keep_check(dataset, bucket)
    name = f"{bucket['bucket']}/{bucket['prefix']}"
    return _submit(actor, dataset, {"s3": bucket_source(bucket)}, name, options)


def bucket_keep_check(dataset: Dataset, bucket: Mapping[str, str]) -> None:
    """Whether the bytes may stay in the bucket. Raises InvalidInput."""
    if bucket.get("keep") == "reference" and dataset.modality not in (Modality.IMAGE, Modality.AUDIO):
        raise InvalidInput("only pictures and recordings can stay in the bucket; copy these", field="keep")


def import_submit_sql(
    *, actor: User, dataset: Dataset, sql: Mapping[str, Any], options: ImportOptions
) -> Job:
    """Import the rows that a query answers. Raises InvalidInput, SqlRefused, OutgoingRefused, OutgoingFailed."""
    if dataset.modality not in (Modality.TABULAR, Modality.TEXT):
        raise InvalidInput("a query gives rows: import it into a data set of tables or texts", field="sql")
    if options.format != "auto":
        raise InvalidInput("the answer of a query has no format to choose", field="format")
    source = sql_source(actor, sql)
    return _submit(actor, dataset, {"sql": source}, sql_name(source), options)


def _submit(
    actor: User, dataset: Dataset, source: Mapping[str, Any], name: str, options: ImportOptions
) -> Job:
    known = _formats_of(dataset.modality)
    if options.format != "auto" and options.format not in known:
        raise InvalidInput(
            "this data set is not read from that format", field="format", known=["auto", *known]
        )
    import_tags_check(dataset, options)
    with transaction.atomic():
        _upload_claim(actor, source)
        batch = ImportBatch.objects.create(
            dataset=dataset,
            created_by=actor,
            source=source,
            source_name=shown(name),
            options=asdict(options),
            format="" if options.format == "auto" else options.format,
        )
        job = job_submit(
            "datasets.import",
            project=dataset.project,
            actor=actor,
            params={"import": str(batch.pk), "dataset": str(dataset.pk)},
        )
        batch.job = job
        batch.save(update_fields=["job"])
        audit.record(
            actor,
            "datasets.import.submitted",
            batch,
            project=dataset.project_id,
            source=shown(name),
            dataset=dataset.pk,
            dry_run=options.dry_run,
            tags=options.tags,
            **({"keep": source["s3"]["keep"]} if "s3" in source else {}),
        )
    return job


def _upload_claim(actor: User, source: Mapping[str, Any]) -> None:
    """See that no other import uses the upload up; a rehearsal leaves it. Raises UploadGone, UploadTaken."""
    upload_id = source.get("upload_id") or source.get("sql", {}).get("file")
    if not upload_id:
        return
    upload_lock(actor, uuid.UUID(upload_id))
    is_of_it = Q(source__upload_id=upload_id) | Q(source__sql__file=upload_id)
    waiting = ImportBatch.objects.filter(
        is_of_it, created_by=actor, job__finished_at__isnull=True, options__dry_run=False
    )
    job_id = waiting.exclude(job=None).values_list("job_id", flat=True).first()
    if job_id is not None:
        raise UploadTaken(
            f"this upload is being imported by the job {job_id}; wait for it, or send the file again",
            job=str(job_id),
        )


def import_tags_check(dataset: Dataset, options: ImportOptions) -> None:
    """Whether the data set takes these tags. Raises TagInvalid."""
    if not options.tags:
        return
    if dataset.modality == Modality.TABULAR:
        raise TagInvalid("rows of a table have no tags; leave them out", field="tags")
    tags_fit(dataset.pk, options.tags)


def _formats_of(modality: str) -> tuple[str, ...]:
    """The keys of the formats that data sets of a modality are read from."""
    return tuple(TABLE_FORMATS if modality == Modality.TABULAR else importers_of(modality))


def _look_inside(path: Path, filename: str, modality: str) -> None:
    """Refuse at once what can be seen to be no archive and no sample."""
    with path.open("rb") as file:
        kind = archive_kind(file.read(_HEAD_BYTES))
    if modality == Modality.TABULAR:
        if kind == "file":
            format_of(path, filename)
        return
    if kind not in _COMPRESSED:
        open_tree(path, filename, path.parent, modality).close()


def _packed(files: "Sequence[UploadedFile[Any]]", folder: Path) -> Path:
    path = folder / "files.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number, file in enumerate(files):
            name = (file.name or "").replace("\\", "/").rpartition("/")[2] or f"file-{number}"
            entry = name if name not in archive.NameToInfo else f"{number}/{name}"
            with archive.open(entry, "w") as target:
                for chunk in file.chunks():
                    target.write(chunk)
    return path


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk
