"""New objects of a bucket come in by the clock: once each, also when runs meet, die or fail."""

from datetime import timedelta

import boto3
import pytest
from moto.server import ThreadedMotoServer

from core.clock import utc_now
from core.jobs.dispatch import job_cancel
from core.models import AuditEvent, Job
from core.outgoing import Bucket, BucketRefused
from datasets.formats.decoding.wire import Undecodable
from datasets.models import BucketSync, ImportBatch, Sample
from datasets.services import bucket_syncs, import_run
from datasets.services.bucket_syncs import syncs_due
from datasets.services.datasets import dataset_create, dataset_delete
from datasets.services.import_source import secrets_expire
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = {"key_id": "AKIDEXAMPLE", "secret": "a secret that nobody reads"}


@pytest.fixture(scope="module")
def server():
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    yield "http://{}:{}".format(*running.get_host_and_port())
    running.stop()


@pytest.fixture
def put(server, settings):
    settings.STUDIO_OUTGOING_ALLOW = (server.removeprefix("http://"),)
    s3 = boto3.client(
        "s3", endpoint_url=server, region_name="us-east-1",
        aws_access_key_id=KEYS["key_id"], aws_secret_access_key=KEYS["secret"],
    )  # fmt: skip
    s3.create_bucket(Bucket="photos")

    def add(*numbers):
        for number in numbers:
            s3.put_object(Bucket="photos", Key=f"set/cat/{number}.jpg", Body=picture(number))

    yield add
    for found in s3.list_objects_v2(Bucket="photos").get("Contents", ()):
        s3.delete_object(Bucket="photos", Key=found["Key"])
    s3.delete_bucket(Bucket="photos")


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def dataset(make_dataset):
    return make_dataset()


def begun(client, dataset, server, **changes):
    body = {
        "s3": {"endpoint": server, "bucket": "photos", "prefix": "set/", **KEYS},
        "every": "day",
        **changes,
    }
    return client.post(f"/api/v1/datasets/{dataset.pk}/syncs/", body, format="json")


def due(sync_id):
    BucketSync.objects.filter(pk=sync_id).update(next_run_at=utc_now() - timedelta(seconds=1))


def run(sync_id):
    return worked(BucketSync.objects.get(pk=sync_id).job)


def test_new_objects_come_in_by_the_clock_and_old_ones_are_not_read_again(client, dataset, server, put):
    put(1, 2)
    answer = begun(client, dataset, server)
    assert answer.status_code == 201, answer.content
    sync = answer.json()["id"]
    assert run(sync).result["created"] == 2
    assert syncs_due() == 0
    put(3)
    due(sync)
    assert syncs_due() == 1
    done = run(sync)
    assert (done.state, done.result["created"], done.result["duplicates"]) == ("succeeded", 1, 0)
    due(sync)
    assert syncs_due() == 1
    done = run(sync)
    assert (done.state, done.result["created"]) == ("succeeded", 0)
    assert ImportBatch.objects.count() == 2
    shown = client.get(f"/api/v1/datasets/{dataset.pk}/syncs/").json()["results"][0]
    assert (shown["last"]["state"], shown["last"]["created"], shown["every"]) == ("succeeded", 0, "day")


def test_two_runs_at_once_are_one(client, dataset, server, put):
    put(1)
    sync = begun(client, dataset, server).json()["id"]
    first = client.post(f"/api/v1/syncs/{sync}/run/").json()["job"]["id"]
    due(sync)
    syncs_due()
    assert client.post(f"/api/v1/syncs/{sync}/run/").json()["job"]["id"] == first
    assert Job.objects.filter(kind="datasets.sync").count() == 1
    worked(Job.objects.get(pk=first))
    assert Sample.objects.count() == 1


def test_a_run_that_dies_goes_on_with_the_listing_it_began_with(client, dataset, server, put, monkeypatch):
    put(*range(6))
    sync = begun(client, dataset, server).json()["id"]
    monkeypatch.setattr(import_run, "BATCH_ITEMS", 2)
    met = []

    def stop(name):
        met.append(name)
        if met.count("import.after-commit") == 2:
            raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(import_run, "fault", stop)
        with pytest.raises(SystemExit):
            run(sync)
    put(7)
    Job.objects.update(state="queued", lease_until=None)
    assert run(sync).result["created"] == 6
    client.post(f"/api/v1/syncs/{sync}/run/")
    assert run(sync).result["created"] == 1
    assert Sample.objects.count() == 7


def test_what_a_failed_run_should_have_brought_comes_with_the_next(client, dataset, server, put, monkeypatch):
    put(1, 2)
    sync = begun(client, dataset, server, format="coco").json()["id"]
    assert run(sync).state == "failed"
    BucketSync.objects.filter(pk=sync).update(options={"format": "auto"})
    client.post(f"/api/v1/syncs/{sync}/run/")
    assert run(sync).result["created"] == 2


@pytest.mark.parametrize("most", [1_000, 1])
def test_objects_that_could_not_be_had_come_with_the_next_run(
    client, dataset, server, put, monkeypatch, most
):
    put(*range(6))
    monkeypatch.setattr(bucket_syncs, "MOST_LOST", most)
    monkeypatch.setattr(import_run, "BATCH_ITEMS", 2)
    sync = begun(client, dataset, server).json()["id"]
    read, answered = Bucket.read, import_run._answered

    def refused(bucket, wanted, limit_bytes):
        if wanted.key.endswith("/1.jpg"):
            raise BucketRefused("not now")
        return read(bucket, wanted, limit_bytes)

    def late(load):
        for draft, sha256, answer in answered(load):
            is_late = draft.name.endswith("/4.jpg")
            yield draft, sha256, Undecodable("decoder_timeout", "too slow") if is_late else answer

    with monkeypatch.context() as patched:
        patched.setattr(Bucket, "read", refused)
        patched.setattr(import_run, "_answered", late)
        first = run(sync)
    assert first.result["problems"] == {"decoder_timeout": 1, "object_unreadable": 1}
    assert (first.state, first.result["created"]) == ("succeeded", 4)
    for created in (2, 0):
        client.post(f"/api/v1/syncs/{sync}/run/")
        done = run(sync)
        assert (done.result["created"], done.result["skipped"]) == (created, 0)
        assert done.result["duplicates"] == (4 if most == 1 and created else 0)
    assert Sample.objects.count() == 6


def test_who_has_a_bucket_looked_at_is_written_down(client, dataset, server, put, members):
    sync = begun(client, dataset, server).json()["id"]
    client.post(f"/api/v1/syncs/{sync}/run/")
    row = AuditEvent.objects.get(operation="datasets.sync.run")
    assert (row.actor_name, row.object_id) == (members["modeler"].username, sync)


def test_a_secret_does_not_outlive_its_import(client, dataset, server, put, project, monkeypatch):
    put(1)

    def imported():
        body = {"s3": {"endpoint": server, "bucket": "photos", "prefix": "set/", **KEYS}}
        answer = client.post(f"/api/v1/datasets/{dataset.pk}/imports/", body, format="json")
        return Job.objects.get(pk=answer.json()["job"]["id"])

    def secrets():
        return [bool(one.source["s3"]["secret"]) for one in ImportBatch.objects.order_by("pk")]

    cancelled, broken, waiting, gone = [imported() for _ in range(4)]
    job_cancel(actor=project.created_by, job=cancelled)
    with monkeypatch.context() as patched:
        patched.setattr(import_run, "format_detected", None)
        assert worked(broken).error_code == "internal_error"
    dataset_delete(actor=project.created_by, dataset_id=dataset.pk)
    assert worked(gone).error_code == "dataset_gone"
    assert secrets() == [True, True, True, False]
    assert (secrets_expire(), secrets_expire()) == (2, 0)
    assert secrets() == [False, False, True, False]
    assert waiting.finished_at is None


def test_an_empty_bucket_is_nothing_new(client, dataset, server, put):
    sync = begun(client, dataset, server).json()["id"]
    done = run(sync)
    assert (done.state, done.result["created"]) == ("succeeded", 0)


def test_a_paused_a_removed_and_a_deleted_one_rest(client, dataset, server, put, project):
    sync = begun(client, dataset, server).json()["id"]
    run(sync)
    assert (
        client.patch(f"/api/v1/syncs/{sync}/", {"paused": True}, format="json").json()["next_run_at"] is None
    )
    due(sync)
    assert syncs_due() == 0
    client.patch(f"/api/v1/syncs/{sync}/", {"paused": False, "every": "hour"}, format="json")
    due(sync)
    dataset_delete(actor=project.created_by, dataset_id=dataset.pk)
    assert syncs_due() == 0
    type(dataset).objects.filter(pk=dataset.pk).update(deleted_at=None)
    assert client.delete(f"/api/v1/syncs/{sync}/").status_code == 204
    assert syncs_due() == 0


def test_the_secret_is_never_shown(client, dataset, server, put):
    put(1)
    answer = begun(client, dataset, server)
    run(answer.json()["id"])
    listed = client.get(f"/api/v1/datasets/{dataset.pk}/syncs/")
    sealed = BucketSync.objects.get().source["secret"]
    for text in (answer.content.decode(), listed.content.decode()):
        assert KEYS["secret"] not in text
        assert sealed not in text
    assert KEYS["secret"] not in str(BucketSync.objects.get().source)
    assert ImportBatch.objects.get().source["s3"]["secret"] == ""


def test_a_bucket_that_may_not_be_reached_and_a_table_are_refused(client, dataset, server, settings, project):
    settings.STUDIO_OUTGOING_ALLOW = ()
    assert begun(client, dataset, server).status_code == 422
    table = dataset_create(
        actor=project.created_by, project=project, name="t", task="tabular_regression", modality="tabular"
    )
    assert begun(client, table, server).status_code == 422
    assert begun(client, dataset, server, every="minute").status_code in (400, 422)
    assert not BucketSync.objects.exists()
