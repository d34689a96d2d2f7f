"""`python -m tests.faults.state`: what is wrong with the rows and files of a studio, as a JSON list of sentences."""

import json
import sys
from collections.abc import Callable, Iterator

import django
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Now


def broken() -> list[str]:
    """Every sentence; empty for a state that holds its promises."""
    checks: list[Callable[[], Iterator[str]]] = [
        _database,
        _jobs,
        _runs,
        _files,
        _audit,
        _imports,
        _datasets,
        _labels,
        _endpoints,
        _uploads,
    ]
    return [problem for check in checks for problem in check()]


def _database() -> Iterator[str]:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            verdict = cursor.fetchone()[0]
            cursor.execute("PRAGMA foreign_key_check")
            dangling = cursor.fetchall()
        if verdict != "ok" or dangling:
            yield f"SQLite: {verdict}, {len(dangling)} dangling keys"


def _jobs() -> Iterator[str]:
    from core.models import Job

    stuck = Q(state="queued") | Q(state="running", lease_until__lt=Now())
    for job in Job.objects.filter(stuck):
        yield f"job {job.kind} {job.pk} is {job.state} without a live lease, attempt {job.attempt}"
    hopeless = Q(error_code="worker_lost", attempt__gte=3)
    for job in Job.objects.filter(state="failed").exclude(hopeless):
        yield f"job {job.kind} {job.pk} failed: {job.error_code}: {job.error_detail}"


def _runs() -> Iterator[str]:
    from training.models import ModelVersion, Run

    for run in Run.objects.select_related("job"):
        versions = ModelVersion.objects.filter(run=run).count()
        if versions != (run.job.state == "succeeded"):
            yield f"run {run.pk} {run.job.state} has {versions} model versions"


def _files() -> Iterator[str]:
    from core.services.collection import reconcile

    for line in reconcile().missing:
        yield f"missing: {line}"


def _audit() -> Iterator[str]:
    from core.services.audit_check import audit_check

    if problem := audit_check().problem:
        yield f"audit: {problem}"


def _imports() -> Iterator[str]:
    from datasets.models import ImportBatch, Sample

    for batch in ImportBatch.objects.select_related("job"):
        rows = Sample.objects.filter(import_batch=batch).count()
        told = batch.counts.get("created", 0)
        if rows != told:
            yield f"import {batch.pk} {batch.job and batch.job.state} tells of {told} samples, made {rows}"


def _datasets() -> Iterator[str]:
    from datasets.models import Dataset, Sample
    from datasets.selectors.counters import drift_of

    for dataset in Dataset.objects.all():
        if drift := drift_of(dataset.pk):
            yield f"data set {dataset.pk} counts wrong: {drift}"
    twice = Sample.objects.values("dataset", "sha256").annotate(n=Count("pk")).filter(n__gt=1)
    for row in twice.order_by():
        yield f"the same picture {row['n']} times: {row}"


def _labels() -> Iterator[str]:
    from labeling.models import Annotation, Campaign
    from labeling.services.campaigns import campaign_recount

    steps = Annotation.objects.annotate(steps=Count("events"))
    for annotation in steps.exclude(steps=F("revision")):
        yield f"annotation {annotation.pk} r{annotation.revision} has {annotation.steps} steps"
    for campaign in Campaign.objects.all():
        with transaction.atomic():
            wrong = campaign_recount(campaign)
            transaction.set_rollback(True)
        if wrong:
            yield f"campaign {campaign.pk} has {wrong} wrong counters"


def _endpoints() -> Iterator[str]:
    from serving.models import Endpoint

    for endpoint in Endpoint.objects.annotate(steps=Count("revisions")).exclude(steps=F("revision")):
        yield f"endpoint {endpoint.name} r{endpoint.revision} has {endpoint.steps} revisions"


def _uploads() -> Iterator[str]:
    from core.models import Upload
    from core.services.uploads import upload_path

    for upload in Upload.objects.all():
        path = upload_path(upload.pk)
        held = path.stat().st_size if path.exists() else -1
        if held < upload.offset:
            yield f"upload {upload.pk} says {upload.offset} bytes, holds {held}"


def broken_but_jobs() -> list[str]:
    """As `broken`, while a killed worker's job still waits for its next attempt."""
    return [problem for problem in broken() if not problem.startswith("job ")]


if __name__ == "__main__":
    django.setup()
    json.dump(broken(), sys.stdout)
