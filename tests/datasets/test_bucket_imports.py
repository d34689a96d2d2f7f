"""Imports from an S3-compatible bucket: a real server on loopback, real signatures, real faults."""

from urllib.parse import parse_qsl, urlsplit

import boto3
import pytest
from moto.server import ThreadedMotoServer

from core.models import Job, Upload
from core.outgoing import (
    Bucket,
    BucketAddress,
    BucketObject,
    BucketRefused,
    OutgoingFailed,
    OutgoingTooLarge,
    fetch,
    policy_from_text,
)
from core.outgoing.fetch import Fetched
from core.services.secrets import SecretLost, seal, unseal
from datasets.formats.limits import ArchiveRefused
from datasets.models import ImportBatch, Sample
from datasets.services import import_bucket, import_run
from datasets.services.datasets import dataset_create
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
def s3(server):
    client = boto3.client(
        "s3",
        endpoint_url=server,
        region_name="us-east-1",
        aws_access_key_id=KEYS["key_id"],
        aws_secret_access_key=KEYS["secret"],
    )
    client.create_bucket(Bucket="photos")
    yield client
    for page in client.get_paginator("list_objects_v2").paginate(Bucket="photos"):
        for found in page.get("Contents", ()):
            client.delete_object(Bucket="photos", Key=found["Key"])
    client.delete_bucket(Bucket="photos")


@pytest.fixture
def allowed(server, settings):
    settings.STUDIO_OUTGOING_ALLOW = (server.removeprefix("http://"),)


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


def put(s3, files):
    for name, content in files.items():
        s3.put_object(Bucket="photos", Key=name, Body=content)


def submitted(client, dataset, server, **changes):
    bucket = {"endpoint": server, "bucket": "photos", "prefix": "set/", **KEYS, **changes}
    return client.post(f"/api/v1/datasets/{dataset.pk}/imports/", {"s3": bucket}, format="json")


def job_of(answer):
    assert answer.status_code == 202, answer.content
    return Job.objects.get(pk=answer.json()["job"]["id"])


FOLDERS = {f"set/{('cat', 'dog')[i % 2]}/{i} 猫+&.jpg": picture(i) for i in range(20)}


def test_the_objects_under_a_prefix_become_labeled_samples(client, make_dataset, s3, server, allowed):
    put(s3, {**FOLDERS, "set/": b"", "set/cat/.DS_Store": b"x", "elsewhere/0.jpg": picture(99)})
    dataset = make_dataset()
    job = worked(job_of(submitted(client, dataset, server)))
    assert job.state == "succeeded", job.error_detail
    assert (job.result["created"], job.result["annotated"], job.result["skipped"]) == (20, 20, 0)
    assert job.result["format"] == "folder_per_class"
    assert {f"set/{name}" for name in Sample.objects.values_list("name", flat=True)} == set(FOLDERS)
    again = worked(job_of(submitted(client, dataset, server)))
    assert (again.result["created"], again.result["duplicates"]) == (0, 20)
    assert not Upload.objects.exists()


def test_an_import_that_dies_goes_on_by_the_listing_it_began_with(
    client, make_dataset, s3, server, allowed, monkeypatch
):
    put(s3, FOLDERS)
    monkeypatch.setattr(import_run, "BATCH_ITEMS", 5)
    dataset = make_dataset()
    job = job_of(submitted(client, dataset, server))
    seen = []

    def stop(name):
        seen.append(name)
        if seen.count("import.after-commit") == 2:
            raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(import_run, "fault", stop)
        with pytest.raises(SystemExit):
            worked(job)
    put(s3, {"set/ant/0.jpg": picture(77)})
    Job.objects.filter(pk=job.pk).update(state="queued", lease_until=None)
    job = worked(Job.objects.get(pk=job.pk))
    assert job.state == "succeeded", job.error_detail
    assert job.result["created"] == 20
    assert Sample.objects.count() == 20


def test_the_secret_is_sealed_while_it_is_needed_and_then_gone(client, make_dataset, s3, server, allowed):
    put(s3, FOLDERS)
    job = job_of(submitted(client, make_dataset(), server))
    batch = ImportBatch.objects.get()
    assert KEYS["secret"] not in str(batch.source)
    assert unseal(batch.source["s3"]["secret"]) == KEYS["secret"]
    shown = client.get(f"/api/v1/imports/{batch.pk}/").content.decode()
    assert KEYS["key_id"] not in shown
    assert "secret" not in shown
    worked(job)
    batch.refresh_from_db()
    assert batch.source["s3"]["secret"] == ""


def test_an_object_that_changed_or_went_is_told_and_the_rest_comes_in(
    client, make_dataset, s3, server, allowed, monkeypatch
):
    put(s3, FOLDERS)
    listed = import_bucket.listing_lines

    def then_changed(*args):
        yield from listed(*args)
        names = sorted(FOLDERS)
        s3.delete_object(Bucket="photos", Key=names[3])
        s3.put_object(Bucket="photos", Key=names[5], Body=picture(500))

    monkeypatch.setattr("datasets.services.import_source.listing_lines", then_changed)
    job = worked(job_of(submitted(client, make_dataset(), server)))
    assert job.state == "succeeded", job.error_detail
    assert (job.result["created"], job.result["problems"]) == (18, {"object_unreadable": 2})
    details = [found["detail"] for found in job.result["problem_samples"]]
    assert any("no such bucket or object" in detail for detail in details)
    assert any("changed after the import began" in detail for detail in details)


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"bucket": "nobodys"}, "bucket_missing", "no such bucket"),
        ({"prefix": "empty/"}, "archive_empty", "no object"),
    ],
)
def test_a_bucket_that_gives_nothing_ends_with_the_reason(
    client, make_dataset, s3, server, allowed, changes, code, says
):
    job = worked(job_of(submitted(client, make_dataset(), server, **changes)))
    assert (job.state, job.error_code) == ("failed", code)
    assert says in job.error_detail


def test_a_server_that_goes_away_fails_the_import_instead_of_its_files(
    client, make_dataset, s3, server, allowed, monkeypatch
):
    put(s3, FOLDERS)
    monkeypatch.setattr(import_bucket, "PAUSES_S", (0.0, 0.0))

    def gone(self, wanted, limit_bytes):
        raise OutgoingFailed("could not connect")

    monkeypatch.setattr(Bucket, "read", gone)
    job = worked(job_of(submitted(client, make_dataset(), server)))
    assert (job.state, job.error_code) == ("failed", "outgoing_failed")


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "http://169.254.169.254"},
        {"endpoint": "http://127.0.0.1:1"},
        {"endpoint": "file:///etc"},
        {"endpoint": "http://localhost/../x"},
        {"bucket": "../other"},
        {"key_id": "half"},
        {"secret": ""},
        {"region": "US east"},
    ],
)
def test_an_address_that_must_not_be_read_is_refused_at_once(client, make_dataset, server, allowed, changes):
    sent = {"secret": "", "key_id": ""} if "endpoint" in changes else {}
    changes = {"secret": "", **changes} if changes == {"key_id": "half"} else changes
    answer = submitted(client, make_dataset(), server, **{**sent, **changes})
    assert answer.status_code == 422, answer.content
    assert not ImportBatch.objects.exists()


def test_a_table_is_not_read_from_the_listing_of_a_bucket(client, project, server, allowed):
    table = dataset_create(
        actor=project.created_by,
        project=project,
        name="table",
        modality="tabular",
        task="tabular_classification",
        classes=None,
    )
    answer = submitted(client, table, server)
    assert answer.status_code == 422, answer.content
    assert "s3" in answer.json()["params"]["fields"]
    assert not ImportBatch.objects.exists()


def test_a_thousand_and_more_objects_are_listed_page_by_page(s3, server):
    put(s3, {f"many/{i:04}": b"" for i in range(1001)})
    policy = policy_from_text(server.removeprefix("http://"))
    bucket = Bucket(BucketAddress(server, "photos", **KEYS), policy)
    assert [found.key for found in bucket.objects("many/")] == [f"many/{i:04}" for i in range(1001)]


def page_of(keys, token):
    contents = "".join(f"<Contents><Key>{key}</Key><Size>0</Size></Contents>" for key in keys)
    return (
        f"<ListBucketResult><IsTruncated>true</IsTruncated>{contents}"
        f"<NextContinuationToken>{token}</NextContinuationToken></ListBucketResult>"
    ).encode()


@pytest.fixture
def endless(monkeypatch):
    """A bucket that never ends: `keys` and the token of each page by its number; and the pages given."""

    def make(keys, token):
        given = []

        def answer(method, url, **rest):
            given.append(url)
            assert len(given) < 5_000, "asked for ever"
            body = page_of(keys, token(len(given)))
            return Fetched(200, "application/xml", len(body), body)

        monkeypatch.setattr("core.outgoing.bucket.fetch", answer)
        return Bucket(BucketAddress("http://endless.test", "b"), policy_from_text("")), given

    return make


@pytest.mark.parametrize(
    ("keys", "token"),
    [((), str), ((), lambda n: "same"), (("a/1.jpg",), lambda n: "same"), (("x/",), lambda n: n % 2)],
)
def test_a_server_that_lists_without_an_end_is_left(endless, keys, token):
    bucket, given = endless(keys, token)
    with pytest.raises(OutgoingFailed):
        list(import_bucket.listing_lines(bucket, "", lambda: None))
    assert len(given) < 200


def test_folders_count_towards_the_limit(endless, monkeypatch):
    monkeypatch.setattr(import_bucket, "MAX_ENTRIES", 50)
    bucket, given = endless([f"{i}/" for i in range(10)], str)
    with pytest.raises(ArchiveRefused):
        list(import_bucket.listing_lines(bucket, "", lambda: None))
    assert len(given) == 6


def test_an_import_may_be_stopped_at_every_page_also_where_it_is_bare(endless):
    bucket, given = endless((), str)

    def check():
        if len(given) == 3:
            raise SystemExit

    with pytest.raises(SystemExit):
        list(import_bucket.listing_lines(bucket, "", check))
    assert len(given) == 3


def test_objects_are_asked_for_by_the_addresses_that_boto_signs(s3, server, monkeypatch):
    """Both sign by botocore, so that equal addresses have equal signatures."""
    key = "set/猫 +&~'()%41//x.jpg"
    put(s3, {key: b"cat"})
    asked = []
    s3.meta.events.register("before-send.s3", lambda request, **_: asked.append(request.url))
    s3.get_object(Bucket="photos", Key=key)
    s3.list_objects_v2(Bucket="photos", Prefix=key, MaxKeys=1000)
    ours = []
    monkeypatch.setattr(
        "core.outgoing.bucket.fetch",
        lambda method, url, **rest: ours.append(url) or fetch(method, url, **rest),
    )
    bucket = Bucket(BucketAddress(server, "photos", **KEYS), policy_from_text(server.removeprefix("http://")))
    (found,) = bucket.objects(key)
    assert bucket.read(found, 3) == b"cat"
    assert urlsplit(ours[1]).path == urlsplit(asked[0]).path
    theirs = dict(parse_qsl(urlsplit(asked[1]).query))
    assert dict(parse_qsl(urlsplit(ours[0]).query)).items() <= {"max-keys": "1000", **theirs}.items()
    with pytest.raises(OutgoingTooLarge):
        bucket.read(found, 2)


def test_a_listing_that_is_none_is_told_as_such(server, monkeypatch):
    policy = policy_from_text(server.removeprefix("http://"))
    bucket = Bucket(BucketAddress(f"{server}", "moto-api"), policy)
    with pytest.raises((OutgoingFailed, BucketRefused)):
        list(bucket.objects(""))
    with pytest.raises(BucketRefused):
        bucket.read(BucketObject("none", 1, ""), 10)


def test_a_secret_opens_with_the_key_it_was_sealed_with_alone(settings):
    sealed = seal("geheim 秘密")
    assert "geheim" not in sealed
    assert unseal(sealed) == "geheim 秘密"
    settings.SECRET_KEY = "another key of more than thirty-two characters"
    with pytest.raises(SecretLost):
        unseal(sealed)
