"""Rows of a query on a real PostgreSQL and on SQLite files: what comes in, and what hostile queries meet."""

import socket
import sqlite3
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from core.models import Job, Upload
from core.services.secrets import unseal
from core.services.uploads import upload_from
from datasets.models import ImportBatch, Sample, TableColumn, TablePart
from datasets.services import datasets as dataset_services
from datasets.sql import asking, sqlitefile
from datasets.sql.question import Question, SqlFailed, SqlRefused
from tests.datasets.conftest import worked
from tests.support.servers import database_on
from tests.support.tunnel import port_to_socket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

PASSWORD = "a password that nobody reads"
ROLES = ("reader", "boss", "looker", "member")
SHOP = (
    "CREATE TABLE orders (id int, day timestamptz, paid bool, price float8, code text, note text)",
    "CREATE SEQUENCE s",
    "INSERT INTO orders SELECT i, timestamptz '2026-01-01 00:00:00+00' + i * interval '1 hour', i % 2 = 0,"
    " i * 0.25, lpad(i::text, 5, '0'), CASE i % 3 WHEN 0 THEN NULL ELSE 'sentence no ' || i END"
    " FROM generate_series(1, 500) AS i",
)


@pytest.fixture(scope="module")
def shop(postgres_url):
    """A database on loopback with a table of orders and accounts that may read it, by password."""
    with ExitStack() as undo:
        undo.callback(_forget, postgres_url)
        url = undo.enter_context(database_on(postgres_url, "shop"))
        with psycopg.connect(url, autocommit=True) as link:
            folder, port = link.info.host, link.info.port
            hba = Path(link.execute("SHOW hba_file").fetchone()[0])
            before = hba.read_text()
            undo.callback(hba.write_text, before)
            hba.write_text(f"local shop {','.join(ROLES)} scram-sha-256\n{before}")
            link.execute("SELECT pg_reload_conf()")
            for statement in SHOP:
                link.execute(statement)
            for role in ROLES:
                link.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
                link.execute(f"GRANT SELECT ON orders TO {role}")
            link.execute("ALTER ROLE boss SUPERUSER")
            link.execute("GRANT EXECUTE ON FUNCTION pg_read_file(text) TO looker")
            link.execute("GRANT pg_execute_server_program TO member")
        near = undo.enter_context(port_to_socket(f"{folder}/.s.PGSQL.{port}"))
        yield f"postgresql://postgres@127.0.0.1:{near}/shop"


def _forget(url):
    with psycopg.connect(url, autocommit=True) as link:
        for role in ROLES:
            link.execute(f"DROP ROLE IF EXISTS {role}")


@pytest.fixture
def allowed(shop, settings):
    settings.STUDIO_OUTGOING_ALLOW = (f"127.0.0.1:{urlsplit(shop).port}",)


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def table(project):
    return dataset_services.dataset_create(
        actor=project.created_by, project=project, name="t", task="tabular_classification", modality="tabular"
    )


@pytest.fixture
def texts(project):
    return dataset_services.dataset_create(
        actor=project.created_by, project=project, name="x", task="text_classification", modality="text"
    )


def asked(client, dataset, shop, query, *, dry_run=False, **changes):
    parts = urlsplit(shop)
    source = {
        "driver": "postgresql",
        "host": "127.0.0.1",
        "port": parts.port,
        "database": parts.path.strip("/"),
        "user": "reader",
        "password": PASSWORD,
        "tls": "off",
        "query": query,
        **changes,
    }
    return client.post(
        f"/api/v1/datasets/{dataset.pk}/imports/", {"sql": source, "dry_run": dry_run}, format="json"
    )


def job_of(answer):
    assert answer.status_code == 202, answer.content
    return Job.objects.get(pk=answer.json()["job"]["id"])


def ended(answer):
    return worked(job_of(answer))


QUERY = "SELECT * FROM orders ORDER BY id"


def test_a_query_becomes_the_rows_of_a_table_after_a_rehearsal_that_shows_them(client, table, shop, allowed):
    tried = ended(asked(client, table, shop, QUERY, dry_run=True))
    assert tried.state == "succeeded", tried.error_detail
    assert (tried.result["created"], tried.result["format"]) == (500, "sql_table")
    kinds = {row["name"]: row["kind"] for row in tried.result["columns"]}
    assert {kinds["day"], kinds["paid"], kinds["price"]} == {"datetime", "boolean", "number"}
    assert tried.result["rows"][0] == [
        "1",
        "2026-01-01 01:00:00+00",
        "false",
        "0.25",
        "00001",
        "sentence no 1",
    ]
    assert not TableColumn.objects.exists()
    assert not Upload.objects.exists()

    done = ended(asked(client, table, shop, QUERY))
    assert (done.result["created"], done.result["problems"]) == (500, {})
    assert (
        sum(TablePart.objects.filter(table__dataset=table, is_live=True).values_list("rows", flat=True))
        == 500
    )
    again = ended(asked(client, table, shop, QUERY))
    assert (again.result["created"], again.result["duplicates"]) == (0, 500)
    assert not Upload.objects.exists()


def test_a_query_becomes_texts_with_labels(client, texts, shop, allowed):
    query = "SELECT note AS text, CASE WHEN paid THEN 'yes' ELSE 'no' END AS label FROM orders WHERE note IS NOT NULL"
    done = ended(asked(client, texts, shop, query))
    assert done.state == "succeeded", done.error_detail
    assert (done.result["created"], done.result["annotated"]) == (334, 334)
    assert Sample.objects.filter(dataset=texts).count() == 334


def test_rows_over_the_limit_are_left_out_and_told(client, table, shop, allowed):
    done = ended(asked(client, table, shop, QUERY, limit=120))
    assert (done.result["created"], done.result["problems"]) == (120, {"rows_capped": 1})


def test_the_password_is_sealed_never_shown_and_forgotten(client, table, shop, allowed):
    answer = asked(client, table, shop, QUERY)
    batch = ImportBatch.objects.get()
    kept = batch.source["sql"]["password"]
    assert PASSWORD not in str(batch.source)
    assert unseal(kept) == PASSWORD
    assert PASSWORD not in answer.content.decode()
    worked(job_of(answer))
    batch.refresh_from_db()
    assert batch.source["sql"]["password"] == ""
    shown = client.get(f"/api/v1/imports/{batch.pk}/").content.decode()
    assert PASSWORD not in shown
    assert kept not in shown
    failed = ended(asked(client, table, shop, "SELECT nothing FROM orders"))
    assert failed.state == "failed"
    assert all(not each.source["sql"]["password"] for each in ImportBatch.objects.all())


HOSTILE = [
    "SELECT 1; DROP TABLE orders",
    "SELECT 1; COPY (SELECT 1) TO PROGRAM 'touch /tmp/studio-was-here'",
    "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone",
    "SELECT * FROM orders FOR UPDATE",
    "SELECT 1 INTO TEMP t",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT U&\"pg\\005fread_file\"('/etc/passwd')",
    "SELECT query_to_xml('SELECT pg_read_file(''/etc/passwd'')', true, true, '')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT set_config('transaction_read_only', 'off', true)",
    "SELECT nextval('s')",
    "SELECT 1 -- \n; SELECT 2",
    "VALUES (1)) TO STDOUT; --",
]


def test_hostile_queries_on_postgresql_are_refused_and_change_nothing(shop, tmp_path):
    for query in HOSTILE:
        with pytest.raises(SqlFailed) as caught:
            ask_directly(shop, tmp_path, query)
        for theirs in ("passwd", "root:", "orders", "permission", "ERROR"):
            assert theirs not in caught.value.detail, query
    with psycopg.connect(shop) as link:
        assert link.execute("SELECT count(*) FROM orders").fetchone() == (500,)
        assert link.execute("SELECT last_value, is_called FROM s").fetchone() == (1, False)


def ask_directly(shop, folder, query, **changes):
    parts = urlsplit(shop)
    given = {
        "driver": "postgresql", "query": query, "host": "127.0.0.1", "addresses": ("127.0.0.1",),
        "port": parts.port, "database": "shop", "user": "reader", "password": PASSWORD, "tls": "off",
    }  # fmt: skip
    return asking.asked(Question(**{**given, **changes}), folder, "jsonl", lambda: None)


@pytest.mark.parametrize(
    "query",
    [
        "COPY orders TO PROGRAM 'id'",
        "INSERT INTO orders VALUES (1)",
        "SET statement_timeout = 0",
        "DO $$ $$",
        "x",
    ],
)
def test_what_is_no_question_is_refused_before_anybody_is_asked(client, table, shop, allowed, query):
    answer = asked(client, table, shop, query)
    assert (answer.status_code, answer.json()["code"]) == (422, "sql_refused")
    assert not Job.objects.exists()


def test_an_account_that_reaches_files_or_programs_of_its_server_is_not_used(shop, tmp_path):
    for user in ("boss", "looker", "member"):
        with pytest.raises(SqlRefused, match="may only read"):
            ask_directly(shop, tmp_path, QUERY, user=user)
    with pytest.raises(SqlFailed, match="sign in"):
        ask_directly(shop, tmp_path, QUERY, password="another")


def test_a_query_that_takes_too_long_is_ended_by_the_server(shop, tmp_path):
    query = "SELECT set_config('statement_timeout', '0', false), pg_sleep(60)"
    with pytest.raises(SqlFailed, match="longer than"):
        ask_directly(shop, tmp_path, query, timeout_s=1)


def test_a_server_that_never_answers_is_left(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        with pytest.raises(SqlFailed):
            ask_directly(f"postgresql://x@127.0.0.1:{port}/shop", tmp_path, QUERY, timeout_s=1)


def test_nobody_reaches_a_database_that_the_operator_has_not_listed(client, table, shop, settings):
    settings.STUDIO_OUTGOING_ALLOW = ()
    for changes in (
        {},
        {"port": 5432},
        {"host": "localhost", "port": 5432},
        {"host": "[::1]", "port": 5432},
        {"host": "2130706433", "port": 5432},
        {"host": "0x7f.1", "port": 5432},
        {"host": "/var/run/postgresql", "port": 5432},
        {"host": "@abstract", "port": 5432},
        {"host": "127.0.0.1,10.0.0.1", "port": 5432},
        {"host": "8.8.8.8", "port": 22},
    ):
        answer = asked(client, table, shop, QUERY, **changes)
        assert answer.status_code == 422, (changes, answer.content)
        assert answer.json()["code"] in ("outgoing_refused", "outgoing_failed"), changes
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"driver": "oracle"},
        {"options": "-c statement_timeout=0"},
        {"service": "x"},
        {"sslkey": "/etc/passwd"},
        {"database": "/etc/passwd"},
        {"tls": "allow"},
        {"limit": 0},
        {"upload_id": "0198c6a0-0000-7000-8000-000000000000"},
        {"driver": "sqlite"},
    ],
)
def test_only_listed_drivers_and_options_are_taken(client, table, shop, allowed, changes):
    assert asked(client, table, shop, QUERY, **changes).status_code in (400, 422)


def test_a_query_is_no_source_of_pictures(client, make_dataset, shop, allowed):
    assert asked(client, make_dataset(), shop, QUERY).status_code == 422


@pytest.fixture
def asked_of_sqlite(client, table, members, tmp_path):
    def ask(query, content=None):
        path = tmp_path / "shop.db"
        if content is None and not path.exists():
            with sqlite3.connect(path) as link:
                link.execute("CREATE TABLE orders (id INTEGER, name TEXT, price REAL, raw BLOB)")
                rows = [(i, f"名 {i}", i / 4, bytes([i])) for i in range(60)]
                link.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
        body = path.read_bytes() if content is None else content
        upload = upload_from(members["modeler"], filename="shop.db", chunks=[body])
        source = {"driver": "sqlite", "upload_id": str(upload.pk), "query": query}
        return client.post(f"/api/v1/datasets/{table.pk}/imports/", {"sql": source}, format="json")

    return ask


def test_a_query_on_an_uploaded_sqlite_file_becomes_rows(asked_of_sqlite):
    done = ended(asked_of_sqlite("SELECT id, name, price, raw FROM orders ORDER BY id"))
    assert done.state == "succeeded", done.error_detail
    assert done.result["created"] == 60
    assert not Upload.objects.exists()


def test_hostile_queries_on_sqlite_are_refused(tmp_path):
    path = tmp_path / "shop.db"
    sqlite3.connect(path).execute("CREATE TABLE orders (id)").connection.close()
    for query in (
        "SELECT 1; ATTACH '/tmp/other.db' AS other",
        "WITH x AS (SELECT 1) INSERT INTO orders SELECT 1",
        "SELECT load_extension('/tmp/x.so')",
        "SELECT * FROM pragma_database_list",
        "SELECT readfile('/etc/passwd')",
        "SELECT * FROM nowhere",
        "SELECT zeroblob(1000000000)",
    ):
        with pytest.raises(SqlFailed):
            asking.asked(
                Question(driver="sqlite", query=query, path=str(path)), tmp_path, "csv", lambda: None
            )


@pytest.mark.parametrize(
    "query", ["ATTACH '/etc/passwd' AS x", "PRAGMA journal_mode = DELETE", "VACUUM INTO '/tmp/x'"]
)
def test_statements_that_are_no_questions_do_not_reach_sqlite(asked_of_sqlite, query):
    assert asked_of_sqlite(query).status_code == 422


def test_a_damaged_or_other_file_is_refused_in_words(asked_of_sqlite):
    done = ended(asked_of_sqlite("SELECT 1", b"no database at all"))
    assert (done.error_code, "no SQLite file" in done.error_detail) == ("sql_not_sqlite", True)
    done = ended(asked_of_sqlite("SELECT * FROM t", b"SQLite format 3\x00" + b"\xff" * 5_000))
    assert (done.state, done.error_code) == ("failed", "sql_file_damaged")


def test_an_endless_query_on_sqlite_is_ended(tmp_path):
    sqlite3.connect(tmp_path / "e.db").execute("CREATE TABLE t (x)").connection.close()
    query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    question = Question(driver="sqlite", query=query, path=str(tmp_path / "e.db"), timeout_s=1)
    with pytest.raises(SqlFailed, match="longer"):
        list(sqlitefile.answer(question)[1])


def test_a_process_that_dies_after_the_query_asks_again_and_brings_each_row_once(
    client, table, shop, allowed, monkeypatch
):
    from datasets.services import import_source

    job = job_of(asked(client, table, shop, QUERY))

    def die(name):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(import_source, "fault", die)
        with pytest.raises(SystemExit):
            worked(job)
    Job.objects.filter(pk=job.pk).update(state="queued", lease_until=None)
    done = worked(job)
    assert done.result["created"] == 500


def test_the_address_of_a_query_is_checked_again_when_it_is_asked(client, table, shop, allowed, settings):
    job = job_of(asked(client, table, shop, QUERY))
    settings.STUDIO_OUTGOING_ALLOW = ()
    done = worked(job)
    assert (done.state, done.error_code) == ("failed", "outgoing_refused")
