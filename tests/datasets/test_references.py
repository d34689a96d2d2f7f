"""Samples whose bytes stay in a bucket: read by their hash, refused when they are not the same."""

import hashlib
from datetime import timedelta

import pytest
from django.db import transaction

from core.clock import utc_now
from core.models import OUTSIDE, AuditEvent, Blob, Job, Project
from core.outgoing import Bucket, BucketDenied, OutgoingFailed
from core.services.blobs import blob_open, blob_put, blob_read, blobs_locations, blobs_register
from core.services.collection import garbage_collect, reconcile
from core.services.secrets import unseal
from datasets.models import BucketSource, BucketSync, ImportBatch, Reference, Sample
from datasets.services import references
from datasets.services.datasets import dataset_create
from datasets.services.previews import preview_jpeg
from datasets.services.references import (
    ReferenceChanged,
    ReferenceDenied,
    ReferenceGone,
    ReferenceUnreachable,
    references_forget,
)
from tests.datasets.buckets import KEYS, photos, server  # noqa: F401
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture
from tests.datasets.sounds import encoded, tone

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {f"set/{('cat', 'dog')[i % 2]}/{i} 猫+&.jpg": picture(i) for i in range(6)}
FIRST = min(FILES)


@pytest.fixture(autouse=True)
def quick(settings, tmp_path, monkeypatch):
    """Copies of other tests are none here."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(references, "_PAUSE_S", 0.0)


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def referenced(client, photos, make_dataset):  # noqa: F811
    """Import the bucket by reference; the data set and the job as it ended."""

    def make(files=FILES, dataset=None, keep="reference", **changes):
        photos.put(files)
        dataset = dataset or make_dataset()
        body = {"s3": photos.address(keep=keep, **changes)}
        answer = client.post(f"/api/v1/datasets/{dataset.pk}/imports/", body, format="json")
        assert answer.status_code == 202, answer.content
        job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
        assert job.state == "succeeded", job.error_detail
        return dataset, job

    return make


def sample_of(key):
    return Sample.objects.get(sha256=hashlib.sha256(FILES[key]).hexdigest())


def media(client, sample, **headers):
    return client.get(f"/media/b/{sample.sha256}?s={sample.pk}", headers=headers)


def test_pictures_stay_in_the_bucket_and_read_as_they_were(client, photos, referenced):  # noqa: F811
    _, job = referenced()
    assert (job.result["created"], job.result["annotated"]) == (6, 6)
    for key, content in FILES.items():
        sample = sample_of(key)
        blob = Blob.objects.get(pk=sample.sha256)
        assert (blob.container, blob.size_bytes) == (OUTSIDE, len(content))
        assert Reference.objects.get(content=sample.sha256).key == key
        assert blob_read(sample.sha256) == content
        with blob_open(sample.sha256) as file:
            assert file.read() == content
        assert Blob.objects.get(pk=sample.thumb_sha256).container != OUTSIDE
        assert media(client, sample).content == content
        got = media(client, sample, Range="bytes=2-5")
        assert (got.status_code, got.content) == (206, content[2:6])
    assert photos.keys() == set(FILES)
    assert reconcile().missing == []


def test_recordings_stay_and_texts_are_always_copied(client, photos, project, referenced):  # noqa: F811
    sound = encoded(tone(1))
    actor = project.created_by
    heard = dataset_create(
        actor=actor, project=project, name="s", task="audio_classification", modality="audio"
    )
    referenced({"set/a/1.wav": sound}, dataset=heard)
    sample = Sample.objects.get()
    assert Blob.objects.get(pk=sample.sha256).container == OUTSIDE
    assert media(client, sample, Range="bytes=0-3").content == sound[:4]
    text = dataset_create(actor=actor, project=project, name="t", task="text_classification", modality="text")
    for where in ("imports", "syncs"):
        body = {"s3": photos.address(keep="reference"), "every": "day"}
        answer = client.post(f"/api/v1/datasets/{text.pk}/{where}/", body, format="json")
        assert (answer.status_code, "keep" in answer.json()["params"]["fields"]) == (422, True)


def test_the_key_stays_sealed_with_the_source_and_is_forgotten_by_the_import(client, referenced):
    dataset, _ = referenced()
    source = BucketSource.objects.get()
    assert KEYS["secret"] not in source.secret
    assert unseal(source.secret) == KEYS["secret"]
    assert ImportBatch.objects.get().source["s3"]["secret"] == ""
    shown = client.get(f"/api/v1/datasets/{dataset.pk}/references/")
    body = shown.json()
    assert (body["count"], body["size_bytes"]) == (6, sum(map(len, FILES.values())))
    assert [(row["bucket"], row["count"], row["key_id"]) for row in body["sources"]] == [
        ("photos", 6, KEYS["key_id"])
    ]
    for secret in (KEYS["secret"], source.secret):
        assert secret not in shown.content.decode()


def test_an_import_that_brings_nothing_leaves_no_key(referenced, photos, make_dataset, client):  # noqa: F811
    photos.put(FILES)
    dataset = make_dataset()
    body = {"s3": photos.address(keep="reference"), "dry_run": True}
    answer = client.post(f"/api/v1/datasets/{dataset.pk}/imports/", body, format="json")
    assert worked(Job.objects.get(pk=answer.json()["job"]["id"])).state == "succeeded"
    assert not BucketSource.objects.exists()
    assert not Reference.objects.exists()


def test_an_object_that_is_gone_or_changed_is_refused_by_its_name_and_the_page_goes_on(
    client, photos, referenced  # noqa: F811
):  # fmt: skip
    referenced()
    gone, changed, other, *_ = sorted(FILES)
    photos.delete(gone)
    photos.put({changed: FILES[changed][:-1] + b"x", other: picture(900)})
    for key, kind in ((gone, ReferenceGone), (changed, ReferenceChanged), (other, ReferenceChanged)):
        sample = sample_of(key)
        with pytest.raises(kind) as refused:
            blob_read(sample.sha256)
        assert refused.value.params == {"key": key, "bucket": "photos"}
        answer = media(client, sample)
        assert (answer.status_code, answer.json()["code"]) == (409, kind.code)
        assert key in answer.json()["detail"]
        assert client.get(f"/media/t/{sample.thumb_sha256}").status_code == 200
        assert client.get(f"/api/v1/samples/{sample.pk}/").status_code == 200
        with pytest.raises(kind):
            preview_jpeg(sample, 256)
    photos.put({gone: FILES[gone]})
    assert media(client, sample_of(gone)).content == FILES[gone]


def test_a_server_that_sends_more_than_it_said_or_stops_short_is_refused(referenced, monkeypatch):
    referenced()
    content = FILES[FIRST]
    for sent in (content + b"x" * (1 << 18), content + b"x", content[:-1], b""):

        def pours(bucket, key, size_bytes, sink, sent=sent):
            for start in range(0, len(sent), 1000):
                sink(sent[start : start + 1000])

        with monkeypatch.context() as patched:
            patched.setattr(Bucket, "read_to", pours)
            with pytest.raises(ReferenceChanged):
                blob_read(sample_of(FIRST).sha256)
    assert blob_read(sample_of(FIRST).sha256) == content


def test_a_hostile_server_is_left_after_the_bytes_that_were_expected(
    referenced, photos  # noqa: F811
):  # fmt: skip
    referenced()
    photos.put({FIRST: b"\xff" * (4 << 20)})
    came = []
    with pytest.raises(Exception, match="more than is allowed"):
        references.bucket_at(BucketSource.objects.get()).read_to(FIRST, 1000, came.append)
    assert sum(map(len, came)) <= 1 << 17
    with pytest.raises(ReferenceChanged):
        blob_read(sample_of(FIRST).sha256)


def test_a_key_that_is_wrong_by_now_and_a_server_that_is_away_are_told_apart(referenced, monkeypatch):
    referenced()
    tried = []

    def denied(*args):
        raise BucketDenied("no")

    def away(*args):
        tried.append(args)
        raise OutgoingFailed("could not connect")

    monkeypatch.setattr(Bucket, "read_to", denied)
    with pytest.raises(ReferenceDenied) as refused:
        blob_read(sample_of(FIRST).sha256)
    assert refused.value.status == 502
    monkeypatch.setattr(Bucket, "read_to", away)
    with pytest.raises(ReferenceUnreachable):
        blob_read(sample_of(FIRST).sha256)
    assert len(tried) == 2


def test_a_studio_whose_own_key_changed_says_so(referenced, settings):
    referenced()
    settings.SECRET_KEY = "another key of more than thirty-two characters"
    with pytest.raises(ReferenceDenied):
        blob_read(sample_of(FIRST).sha256)


def test_an_address_that_the_operator_no_longer_allows_is_not_asked(referenced, settings):
    referenced()
    settings.STUDIO_OUTGOING_ALLOW = ()
    with pytest.raises(ReferenceUnreachable):
        blob_read(sample_of(FIRST).sha256)


def test_of_bytes_that_are_copied_and_referenced_the_copy_wins(
    photos, referenced, make_dataset, run_import  # noqa: F811
):  # fmt: skip
    referenced()
    run_import(make_dataset(name="copied"), {"cat/x.jpg": FILES[FIRST]})
    sha256 = hashlib.sha256(FILES[FIRST]).hexdigest()
    assert Blob.objects.get(pk=sha256).container != OUTSIDE
    photos.delete(*photos.keys())
    assert blob_read(sha256) == FILES[FIRST]
    photos.put(FILES)
    referenced(dataset=make_dataset(name="again"))
    assert Blob.objects.get(pk=sha256).container != OUTSIDE
    assert Blob.objects.filter(container=OUTSIDE).count() == 5


def test_the_same_bytes_in_a_second_place_are_had_from_there(photos, referenced):  # noqa: F811
    dataset, _ = referenced()
    moved = {key.replace("set/", "set/moved/"): content for key, content in FILES.items()}
    photos.delete(*FILES)
    _, job = referenced(moved, dataset=dataset)
    assert (job.result["created"], job.result["duplicates"]) == (0, 6)
    assert blob_read(sample_of(FIRST).sha256) == FILES[FIRST]


def test_names_of_objects_are_kept_from_another_project(photos, referenced, project):  # noqa: F811
    referenced()
    other = Project.objects.create(name="other", created_by=project.created_by)
    source = BucketSource.objects.get()
    source.pk, source.project = None, other
    source.save(force_insert=True)
    sha256 = sample_of(FIRST).sha256
    Reference.objects.create(content=sha256, source=source, key="x", size_bytes=1, seen_at=utc_now())
    photos.delete(FIRST)
    with pytest.raises(ReferenceGone) as refused:
        blob_read(sha256)
    assert refused.value.params == {}
    assert FIRST not in refused.value.detail


def test_what_nobody_needs_is_forgotten_and_nothing_is_deleted_in_the_bucket(
    photos, referenced  # noqa: F811
):  # fmt: skip
    referenced()
    old = utc_now() - timedelta(days=2)

    def age():
        for rows, name in ((Blob, "created_at"), (Reference, "seen_at"), (BucketSource, "used_at")):
            rows.objects.update(**{name: old})

    age()
    garbage_collect()
    assert references_forget() == 0
    sample_of(FIRST).delete()
    garbage_collect()
    assert references_forget() == 1
    ref = blob_put(FILES[max(FILES)], "image/jpeg")
    with transaction.atomic():
        blobs_register([ref])
    assert references_forget() == 1
    Sample.objects.all().delete()
    Blob.objects.all().delete()
    assert references_forget() == 5
    assert not BucketSource.objects.exists()
    assert photos.keys() == set(FILES)


def test_what_an_import_is_about_to_name_is_not_forgotten(referenced):
    referenced()
    Sample.objects.all().delete()
    Blob.objects.all().delete()
    assert references_forget() == 0


def test_a_sync_by_reference_brings_what_is_new_and_what_changed(client, photos, make_dataset):  # noqa: F811
    photos.put({FIRST: FILES[FIRST]})
    dataset = make_dataset()
    body = {"s3": photos.address(keep="reference"), "every": "day"}
    answer = client.post(f"/api/v1/datasets/{dataset.pk}/syncs/", body, format="json").json()
    assert answer["bucket"]["keep"] == "reference"
    assert worked(BucketSync.objects.get().job).result["created"] == 1
    photos.put({FIRST: picture(700)})
    client.post(f"/api/v1/syncs/{answer['id']}/run/")
    assert worked(BucketSync.objects.get().job).result["created"] == 1
    assert Sample.objects.count() == 2
    assert set(Blob.objects.filter(pk__in=Sample.objects.values("sha256")).values_list("container")) == {
        (OUTSIDE,)
    }
    new = Sample.objects.exclude(sha256=hashlib.sha256(FILES[FIRST]).hexdigest()).get()
    assert blob_read(new.sha256) == picture(700)
    with pytest.raises(ReferenceChanged):
        blob_read(sample_of(FIRST).sha256)


def test_a_key_is_changed_for_references_and_syncs_once_it_works(
    client, photos, referenced, members, monkeypatch  # noqa: F811
):  # fmt: skip
    dataset, _ = referenced()
    body = {"s3": photos.address(keep="reference"), "every": "day"}
    client.post(f"/api/v1/datasets/{dataset.pk}/syncs/", body, format="json")
    source = BucketSource.objects.get()
    new = {"key_id": "AKIDSECOND", "secret": "another secret"}

    def denied(*args):
        raise BucketDenied("no")

    with monkeypatch.context() as patched:
        patched.setattr(Bucket, "check", denied)
        answer = client.patch(f"/api/v1/bucket-sources/{source.pk}/", new, format="json")
        assert (answer.status_code, answer.json()["code"]) == (422, "bucket_denied")
    half = client.patch(f"/api/v1/bucket-sources/{source.pk}/", {**new, "secret": ""}, format="json")
    assert half.status_code in (400, 422)
    assert BucketSource.objects.get().key_id == KEYS["key_id"]
    answer = client.patch(f"/api/v1/bucket-sources/{source.pk}/", new, format="json")
    assert (answer.status_code, answer.json()["key_id"]) == (200, "AKIDSECOND")
    assert new["secret"] not in answer.content.decode()
    for sealed in (BucketSource.objects.get().secret, BucketSync.objects.get().source["secret"]):
        assert unseal(sealed) == new["secret"]
    row = AuditEvent.objects.get(operation="datasets.source.key_changed")
    assert (row.actor_name, row.params["syncs"]) == (members["modeler"].username, 1)
    assert new["secret"] not in str(row.params)


def test_a_check_says_what_is_reachable_and_names_what_is_not(client, photos, referenced):  # noqa: F811
    dataset, _ = referenced()
    gone, changed, same, *_ = sorted(FILES)
    photos.delete(gone)
    photos.put({changed: picture(900)})
    Reference.objects.filter(key=same).update(etag='"another"')
    answer = client.post(f"/api/v1/datasets/{dataset.pk}/references/check/")
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail
    told = client.get(f"/api/v1/datasets/{dataset.pk}/references/").json()["check"]["result"]
    assert {name: told[name] for name in ("checked", "reachable", "gone", "changed")} == {
        "checked": 6, "reachable": 4, "gone": 1, "changed": 1,
    }  # fmt: skip
    assert {(row["key"], row["state"]) for row in told["examples"]} == {(gone, "gone"), (changed, "changed")}


def test_a_check_stops_where_no_server_answers(client, referenced, monkeypatch):
    dataset, _ = referenced()

    def away(*args):
        raise OutgoingFailed("could not connect")

    monkeypatch.setattr(Bucket, "check", away)
    answer = client.post(f"/api/v1/datasets/{dataset.pk}/references/check/")
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert (job.state, job.error_code) == ("failed", "reference_unreachable")


def test_the_storage_report_keeps_apart_what_lies_outside(members, client_for, project, referenced):
    client = client_for(members["manager"])
    referenced()
    report = client.get(f"/api/v1/projects/{project.pk}/storage/").json()
    assert report["outside_bytes"] == sum(map(len, FILES.values()))
    assert report["parts"]["samples"] == 0
    assert report["total_bytes"] == sum(report["parts"].values())


def test_what_is_outside_is_left_out_where_no_folder_holds_it(referenced, tmp_path):
    referenced()
    names = list(Sample.objects.values_list("sha256", flat=True))
    assert blobs_locations(names) == {}
    held = blobs_locations(names, tmp_path / "held")
    assert {path.read_bytes() for path, _, _ in held.values()} == set(FILES.values())
