"""Celery entry points of serving. No logic: each names a service."""

from celery import shared_task

from serving.services.journal_ingest import journal_ingest, journal_trim
from serving.services.keys import keys_note_use
from serving.services.publish import table_publish


@shared_task(name="serving.ingest_journal", ignore_result=True, expires=10)
def ingest_journal() -> None:
    """Move the data plane's journal, and when its keys were used, into the database."""
    journal_ingest()
    keys_note_use()


@shared_task(name="serving.publish_table", ignore_result=True, expires=20)
def publish_table() -> None:
    """Write the endpoint table again if a commit could not, or a key expired."""
    table_publish()


@shared_task(name="serving.trim_journal", ignore_result=True, expires=3600)
def trim_journal() -> None:
    """Delete journaled calls past their time."""
    journal_trim()
