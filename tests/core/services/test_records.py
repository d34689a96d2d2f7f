"""The audit trail, the outbox, housekeeping and the system checks."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from core import tasks
from core.clock import utc_now
from core.errors import NotReady, StorageFull
from core.models import AuditEvent, AuditHead, IdempotencyRecord, Job, OutboxEvent
from core.services import audit, outbox, system
from core.services.audit_check import audit_check
from core.services.housekeeping import housekeep

pytestmark = pytest.mark.django_db
HEARD: list[OutboxEvent] = []


def hear(event):
    """A sink that hears everything."""
    HEARD.append(event)


def deaf(event):
    """A sink that is never there."""
    raise NotReady("nobody is there")


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    HEARD.clear()


def recorded(user, count: int = 3) -> list[AuditEvent]:
    with transaction.atomic():
        return [audit.record(user, "test.thing.done", user, number=number) for number in range(count)]


class TestAudit:
    def test_the_chain_verifies(self, user):
        recorded(user)
        out = StringIO()
        call_command("verify_audit", stdout=out)
        assert "3 rows, chain unbroken" in out.getvalue()

    @pytest.mark.parametrize(
        "statement", ["UPDATE core_auditevent SET operation = 'x'", "DELETE FROM core_auditevent"]
    )
    def test_the_database_itself_refuses_changes(self, user, statement):
        recorded(user)
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert AuditEvent.objects.count() == 3

    def without_trigger(self, statement: str) -> None:
        off = {
            "postgresql": ["ALTER TABLE core_auditevent DISABLE TRIGGER core_audit_append_only"],
            "sqlite": ["DROP TRIGGER core_audit_no_update", "DROP TRIGGER core_audit_no_delete"],
        }
        with connection.cursor() as cursor:
            for part in (*off[connection.vendor], statement):
                cursor.execute(part)

    def test_a_changed_row_breaks_the_chain(self, user):
        rows = recorded(user)
        self.without_trigger(f"UPDATE core_auditevent SET operation = 'x' WHERE seq = {rows[1].seq}")
        assert audit_check().problem == f"row {rows[1].seq} was changed"

    def test_a_missing_row_breaks_the_chain(self, user):
        rows = recorded(user)
        self.without_trigger(f"DELETE FROM core_auditevent WHERE seq = {rows[1].seq}")
        out = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("verify_audit", stdout=out)
        assert ended.value.code == 1
        assert f"row {rows[2].seq} does not follow" in out.getvalue()

    def test_a_missing_end_breaks_the_chain(self, user):
        rows = recorded(user)
        self.without_trigger(f"DELETE FROM core_auditevent WHERE seq = {rows[2].seq}")
        assert audit_check().problem == "rows are missing at the end"

    def test_an_action_that_fails_leaves_no_row(self, user):
        with transaction.atomic():
            audit.record(user, "test.thing.done", user)
            transaction.set_rollback(True)
        assert AuditEvent.objects.count() == 0
        assert AuditHead.objects.get().hash == audit.GENESIS


class TestOutbox:
    def add(self, project) -> OutboxEvent:
        with transaction.atomic():
            return outbox.outbox_add("test.happened", project=project, answer=42)

    def test_an_event_is_delivered_once(self, project, settings):
        settings.STUDIO_OUTBOX_SINKS = (f"{__name__}.hear",)
        event = self.add(project)
        tasks.deliver_outbox()
        tasks.deliver_outbox()
        assert [(e.pk, e.payload) for e in HEARD] == [(event.pk, {"answer": 42})]
        event.refresh_from_db()
        assert event.delivered_at is not None

    def test_a_deaf_sink_is_tried_later_and_later_and_at_last_left_to_people(
        self, project, settings, monkeypatch
    ):
        settings.STUDIO_OUTBOX_SINKS = (f"{__name__}.deaf",)
        monkeypatch.setattr(outbox, "MAX_ATTEMPTS", 2)
        event = self.add(project)
        assert outbox.outbox_deliver() == 0
        event.refresh_from_db()
        assert (event.attempts, event.last_error, event.dead_at) == (1, "nobody is there", None)
        assert event.due_at > utc_now()
        assert outbox.outbox_deliver() == 0
        OutboxEvent.objects.update(due_at=utc_now())
        outbox.outbox_deliver()
        event.refresh_from_db()
        assert event.dead_at is not None
        OutboxEvent.objects.update(due_at=utc_now())
        settings.STUDIO_OUTBOX_SINKS = (f"{__name__}.hear",)
        assert outbox.outbox_deliver() == 0

    def test_an_event_taken_by_a_process_that_died_comes_back(self, project, settings):
        settings.STUDIO_OUTBOX_SINKS = (f"{__name__}.hear",)
        self.add(project)
        assert len(outbox._claim()) == 1
        assert outbox.outbox_deliver() == 0
        OutboxEvent.objects.update(due_at=utc_now() - timedelta(seconds=1))
        assert outbox.outbox_deliver() == 1

    @pytest.mark.django_db(transaction=True)
    def test_an_event_belongs_into_the_transaction_of_its_cause(self, project):
        with pytest.raises(RuntimeError):
            outbox.outbox_add("x", project=project)


def test_housekeeping_throws_away_what_is_over(user, project):
    old = utc_now() - timedelta(days=40)
    IdempotencyRecord.objects.create(user=user, key="k", request_sha256="x")
    IdempotencyRecord.objects.update(created_at=old)
    with transaction.atomic():
        outbox.outbox_add("x", project=project)
    OutboxEvent.objects.update(delivered_at=old)
    removed = housekeep()
    assert (removed["answers"], removed["events"], removed["uploads"]) == (1, 1, 0)
    tasks.housekeeping()


class TestSystem:
    def test_the_page_shows_parts_queues_and_versions(self, user, client_for, project):
        Job.objects.create(kind="x", queue="train", project=project)
        body = client_for(user).get("/api/v1/system/health/").json()
        assert body["status"] == "ok"
        assert {check["name"] for check in body["checks"]} == {"database", "broker", "storage"}
        assert body["queued"] == {"train": 1}

    def test_a_part_that_is_away_is_named_without_its_address(self, user, client_for, settings, monkeypatch):
        settings.REDIS_URL = "redis://:secret@127.0.0.1:9/0"
        monkeypatch.setattr(system, "container_store", full)
        monkeypatch.setattr(system.connection, "cursor", broken)
        found = {check.name: check for check in system.checks()}
        assert not any(check.is_ok for check in found.values())
        assert "127.0.0.1" not in str(found)
        assert "secret" not in str(found)

    def test_leases_show_who_works_on_what(self, site_admin, user, client_for, project):
        Job.objects.create(
            kind="x", queue="train", project=project, state="running", worker="w:1", attempt=1,
            lease_until=utc_now() + timedelta(seconds=30),
        )  # fmt: skip
        Job.objects.create(kind="y", queue="train", project=project, state="running")
        first, second = system.leases()
        assert {first["worker"], second["worker"]} == {"w:1", ""}
        assert client_for(user).get("/api/v1/system/workers/").status_code == 403

    def test_workers_that_answer_are_listed(self, site_admin, client_for, monkeypatch):
        class Inspect:
            def active_queues(self):
                return {"w@host": [{"name": "train"}, {"name": "import"}]}

            def stats(self):
                return {"w@host": {"pool": {"max-concurrency": 2}}}

            def active(self):
                return {"w@host": [{}]}

        monkeypatch.setattr(system.current_app.control, "inspect", lambda timeout: Inspect())
        body = client_for(site_admin).get("/api/v1/system/workers/").json()
        assert body["workers"] == [
            {"name": "w@host", "queues": ["import", "train"], "processes": 2, "active": 1}
        ]

    def test_a_broker_that_is_away_has_no_workers(self, monkeypatch):
        class Inspect:
            def active_queues(self):
                raise OSError

        monkeypatch.setattr(system.current_app.control, "inspect", lambda timeout: Inspect())
        assert system.workers() == []


def full():
    class Store:
        def check(self):
            raise StorageFull("less than 64 MB are free on the data folder's disk")

    return Store()


def broken():
    raise DatabaseError("could not connect to 10.0.0.1")
