"""The checks as a person meets them: import, run, read the findings, open their pictures."""

import json

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image

from core.ids import uuid7
from core.models import Blob
from datasets.formats.decoding.child import answer_for
from datasets.formats.decoding.wire import Undecodable
from datasets.models import Sample, SampleFinding
from datasets.quality.features import VERSION
from datasets.services import quality, quality_scan
from datasets.services.import_run import BATCH_BYTES
from datasets.services.quality import findings_write
from tests.datasets.quality.scenes import COPIES, FAULTS, broken, encoded, recompressed, scene

pytestmark = pytest.mark.django_db(transaction=True)

CLEAN = 100
EACH = 4
RIVALS = ("cat", "dog")
RARE = 2
LEAKED = range(60, 64)
# What no sample is made of, so that there is a number and nothing to open.
NOT_TAKEN = ("unreadable_files", "exact_duplicates")


def planted(rng):
    """The files of a data set with 51 faults that have a file, and which file has which; all but the leaks lie
    in the training part. A class that is far smaller than the others is one more fault.
    """
    files = {f"train/{RIVALS[i % 2]}/clean-{i}.jpg": encoded(scene(i)) for i in range(CLEAN)}
    files |= {f"train/fox/clean-fox-{i}.jpg": encoded(scene(700 + i)) for i in range(RARE)}
    faults = {}
    for code, spoil in FAULTS.items():
        for k in range(EACH):
            name = f"{code}-{k}.{'png' if code == 'picture_tiny' else 'jpg'}"
            faults[name] = code
            files[f"train/cat/{name}"] = spoil(scene(500 + len(faults)))
    for i, copied in enumerate([*COPIES.values(), *COPIES.values()]):
        name = f"copy-{i}.jpg"
        faults[name] = "same_looking"
        files[f"train/{RIVALS[i % 2]}/{name}"] = copied(scene(i), rng)
    faults["rival.jpg"] = "same_looking_other_class"
    files["train/cat/rival.jpg"] = encoded(scene(51), quality=60)
    for i in LEAKED:
        faults[f"leak-{i}.jpg"] = "same_looking_across_splits"
        files[f"test/{RIVALS[i % 2]}/leak-{i}.jpg"] = recompressed(scene(i), rng)
    for k in range(EACH):
        faults[f"broken-{k}.jpg"] = "unreadable_files"
        files[f"train/dog/broken-{k}.jpg"] = broken(scene(600 + k))
        faults[f"again-{k}.jpg"] = "exact_duplicates"
        files[f"train/cat/again-{k}.jpg"] = files[f"train/cat/clean-{70 + 2 * k}.jpg"]
    return files, faults


def test_every_planted_fault_is_found_and_at_most_one_clean_picture_in_twenty(
    make_dataset, run_import, check, findings, names
):
    dataset = make_dataset()
    files, faults = planted(np.random.default_rng(1))
    assert len(faults) >= 40
    assert len({*faults.values(), "classes_unbalanced"}) >= 14
    assert run_import(dataset, files).state == "succeeded"
    assert check(dataset).state == "succeeded"

    found = findings(dataset)
    opened = {code: names(row) for code, row in found.items() if row["samples_url"]}
    missed = {
        name: code
        for name, code in faults.items()
        if code not in NOT_TAKEN and name not in opened.get(code, ())
    }
    assert not missed
    assert {code: found[code]["count"] for code in NOT_TAKEN} == dict.fromkeys(NOT_TAKEN, EACH)
    assert found["classes_unbalanced"]["params"]["least"] == RARE
    doubled = {f"clean-{i}.jpg" for i in (*range(6), 51, *LEAKED)}
    alarms = {name for listed in opened.values() for name in listed if name.startswith("clean")} - doubled
    assert len(alarms) <= 0.05 * CLEAN
    assert all(len(listed) == found[code]["count"] for code, listed in opened.items())


def test_a_clean_set_stays_clean(make_dataset, run_import, check, findings):
    dataset = make_dataset()
    run_import(dataset, {f"{RIVALS[i % 2]}/{i}.jpg": encoded(scene(i)) for i in range(40)})
    check(dataset)
    assert findings(dataset) == {}


def test_a_copy_in_another_split_is_a_leak(make_dataset, run_import, check, findings, names):
    dataset = make_dataset()
    files = {
        f"{split}/{kind}/{i}.jpg": encoded(scene(i + shift))
        for i in range(6)
        for kind, split, shift in (
            ("cat", "train", 0),
            ("dog", "train", 20),
            ("cat", "test", 40),
            ("dog", "test", 60),
        )
    }
    files["test/cat/leak.jpg"] = encoded(scene(3), quality=50)
    files["train/dog/harmless.jpg"] = encoded(scene(24), quality=50)
    run_import(dataset, files)
    check(dataset)
    found = findings(dataset)
    assert names(found["same_looking_across_splits"]) == {"3.jpg", "leak.jpg"}
    assert found["same_looking"]["params"]["groups"] == len(found["same_looking"]["params"]["examples"]) == 2
    assert found["same_looking"]["count"] == 4


def test_an_altered_copy_is_told_apart_from_a_near_one_and_leaks_all_the_same(
    make_dataset, run_import, check, findings, names
):
    dataset = make_dataset()
    turned = scene(3).transpose(Image.Transpose.ROTATE_90)
    files = {f"train/cat/{i}.jpg": encoded(scene(i)) for i in range(12)}
    files |= {
        "train/cat/near.jpg": encoded(scene(5), quality=50),
        "test/cat/turned.jpg": encoded(turned, quality=80),
    }
    files["train/cat/mirrored.jpg"] = encoded(scene(5).transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    run_import(dataset, files)
    check(dataset)
    found = findings(dataset)
    assert names(found["same_looking"]) == {"5.jpg", "near.jpg"}
    assert names(found["look_alike"]) >= {"3.jpg", "turned.jpg", "mirrored.jpg"}
    assert names(found["look_alike"]) <= {"3.jpg", "turned.jpg", "mirrored.jpg", "5.jpg", "near.jpg"}
    assert found["look_alike"]["params"]["groups"] == 2
    assert (found["look_alike"]["severity"], found["look_alike"]["remedy"]) == (
        "warning",
        "keep_or_remove_altered",
    )
    assert names(found["look_alike_across_splits"]) == {"3.jpg", "turned.jpg"}


def test_pictures_of_an_older_import_are_measured_by_the_checks(make_dataset, run_import, check, findings):
    dataset = make_dataset()
    files = {f"cat/{i}.jpg": encoded(scene(i)) for i in range(12)}
    run_import(dataset, files | {"dog/blurred.jpg": FAULTS["picture_blurry"](scene(90))})
    of_import = dict(Sample.objects.values_list("name", "features"))
    Sample.objects.update(features={}, dhash64=None)
    check(dataset)
    assert dict(Sample.objects.values_list("name", "features")) == of_import
    assert not Sample.objects.filter(dhash64=None).exists()
    assert findings(dataset)["picture_blurry"]["count"] == 1


def test_a_damaged_picture_is_named_once_and_not_tried_again(
    make_dataset, run_import, check, findings, names, monkeypatch
):
    dataset = make_dataset()
    run_import(dataset, {f"cat/{i}.jpg": encoded(scene(i)) for i in range(5)})
    spoiled = Sample.objects.get(name__endswith="3.jpg").sha256
    Sample.objects.update(features={})
    read = quality_scan.blob_read
    half = read(spoiled)[:900]
    with monkeypatch.context() as patch:
        patch.setattr(quality_scan, "blob_read", lambda sha: half if sha == spoiled else read(sha))
        check(dataset)
    assert names(findings(dataset)["picture_unreadable"]) == {"3.jpg"}
    monkeypatch.setattr(quality_scan, "blob_read", None)
    assert check(dataset).state == "succeeded"
    assert findings(dataset)["picture_unreadable"]["count"] == 1


@pytest.mark.parametrize("code", ["decoder_timeout", "decoder_died", "file_missing"])
def test_what_failed_for_the_moment_is_named_and_tried_again(
    make_dataset, run_import, check, findings, names, monkeypatch, code
):
    dataset = make_dataset()
    run_import(dataset, {f"cat/{i}.jpg": encoded(scene(i)) for i in range(5)})
    older = Sample.objects.get(name__endswith="1.jpg")
    Sample.objects.update(features={})
    Sample.objects.filter(pk=older.pk).update(features={"v": VERSION, "problem": code})
    answers = quality_scan.files_opened

    def failing(pool, sha256s):
        of = dict(zip(sha256s, answers(pool, sha256s), strict=True)) | {lost: Undecodable(code, "")}
        return [of[sha256] for sha256 in sha256s]

    lost = Sample.objects.get(name__endswith="3.jpg").sha256
    with monkeypatch.context() as patch:
        patch.setattr(quality_scan, "files_opened", failing)
        check(dataset)
    assert names(findings(dataset)["picture_unreadable"]) == {"3.jpg"}
    check(dataset)
    assert "picture_unreadable" not in findings(dataset)


def test_measures_of_old_bytes_are_not_written_over_those_of_new_ones(
    make_dataset, run_import, check, monkeypatch
):
    dataset = make_dataset()
    run_import(dataset, {f"cat/{i}.jpg": encoded(scene(i)) for i in range(3)})
    cleaned = Sample.objects.get(name__endswith="1.jpg")
    Sample.objects.update(features={}, dhash64=None)
    answers = quality_scan.files_opened

    def late(pool, sha256s):
        measured = answers(pool, sha256s)
        Sample.objects.filter(pk=cleaned.pk).update(sha256="0" * 64, features={"v": VERSION}, dhash64=7)
        return measured

    with monkeypatch.context() as patch:
        patch.setattr(quality_scan, "files_opened", late)
        check(dataset)
    cleaned.refresh_from_db()
    assert (cleaned.features, cleaned.dhash64) == ({"v": VERSION}, 7)
    assert Sample.objects.exclude(pk=cleaned.pk).filter(dhash64=None).count() == 0


def test_a_lost_file_is_named_and_read_again_once_it_is_back(make_dataset, run_import, check, findings):
    dataset = make_dataset()
    run_import(dataset, {f"cat/{i}.jpg": encoded(scene(i)) for i in range(5)})
    lost = Blob.objects.get(pk=Sample.objects.get(name__endswith="3.jpg").sha256)
    Sample.objects.update(features={})
    Blob.objects.filter(pk=lost.pk).delete()
    check(dataset)
    assert findings(dataset)["picture_unreadable"]["count"] == 1
    lost.save(force_insert=True)
    check(dataset)
    assert "picture_unreadable" not in findings(dataset)


def test_files_are_held_by_their_bytes_and_by_their_number():
    large, small = BATCH_BYTES // 2 + 1, 1_000
    rows = [(n, "", size) for n, size in enumerate([*[small] * 250, large, large, 10 * large, small, small])]
    loads = list(quality_scan.file_loads(rows))
    assert [row for load in loads for row in load] == rows
    assert all(len(load) == 1 or sum(row[2] for row in load) <= BATCH_BYTES for load in loads)
    assert [len(load) for load in loads] == [100, 100, 51, 1, 1, 2]


def test_a_mended_picture_loses_its_mark(make_dataset, run_import, check, findings):
    dataset = make_dataset()
    run_import(
        dataset,
        {f"cat/{i}.jpg": encoded(scene(i)) for i in range(12)}
        | {"cat/dark.jpg": FAULTS["picture_dark"](scene(90))},
    )
    check(dataset)
    dark = Sample.objects.get(name__endswith="dark.jpg")
    assert dark.findings == ["picture_dark"]
    mended = answer_for(encoded(scene(90)), 160)
    Sample.objects.filter(pk=dark.pk).update(features=mended.features)
    check(dataset)
    dark.refresh_from_db()
    assert dark.findings == []
    assert not SampleFinding.objects.filter(sample=dark, code="picture_dark").exists()


def pairs(named):
    return ((code, pk) for code, ids in named.items() for pk in ids)


def test_a_finding_names_every_sample_it_counts(make_dataset, run_import, project, client_for):
    dataset = make_dataset()
    run_import(dataset, {"cat/0.jpg": encoded(scene(0))})
    one = Sample.objects.get()
    columns = {field.attname: getattr(one, field.attname) for field in Sample._meta.concrete_fields}
    many = 12_000
    Sample.objects.bulk_create(
        Sample(**{**columns, "id": uuid7(), "sha256": f"{i:064x}", "name": f"cat/{i}.jpg"})
        for i in range(1, many)
    )
    ids = list(Sample.objects.order_by("pk").values_list("pk", flat=True))
    findings_write(dataset.pk, [], (("picture_dark", pk) for pk in ids))
    client = client_for(project.created_by)

    def counted(code):
        found = client.get(f"/api/v1/datasets/{dataset.pk}/samples/?finding={code}&count=exact&limit=1")
        return found.json()["count"]

    assert counted("picture_dark") == many
    assert Sample.objects.filter(findings=["picture_dark"]).count() == many
    Sample.objects.filter(pk__in=ids[:1_000]).update(state="labeled")
    findings_write(dataset.pk, [], ())
    assert (counted("picture_dark"), counted("unlabeled")) == (0, 11_000)
    assert Sample.objects.filter(findings=[]).count() == many


def test_marks_of_many_samples_are_written_in_one_statement(make_dataset, run_import):
    dataset = make_dataset()
    run_import(dataset, {f"cat/{i}.jpg": encoded(scene(i)) for i in range(9)})
    samples = list(Sample.objects.order_by("pk").values_list("pk", flat=True))
    findings_write(dataset.pk, [], pairs({"picture_dark": samples[:6]}))
    named = {"picture_dark": samples[2:4], "picture_blurry": samples[3:8]}
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        findings_write(dataset.pk, [], pairs(named))
    updates = [query for query in queries if "UPDATE datasets_sample" in query["sql"]]
    assert len(updates) == 1
    expected = [[code for code, ids in named.items() if pk in ids] for pk in samples]
    assert list(Sample.objects.order_by("pk").values_list("findings", flat=True)) == expected
    assert Sample.objects.filter(findings=["picture_dark", "picture_blurry"]).count() == 1
    assert Sample.objects.filter(findings=[]).count() == 3


def test_a_mark_that_appeared_while_the_checks_ran_is_taken_off(make_dataset, run_import, check, monkeypatch):
    dataset = make_dataset()
    run_import(dataset, {f"cat/{i}.jpg": encoded(scene(i)) for i in range(5)})
    first = Sample.objects.order_by("pk").first()
    scanned = quality.samples_scan

    def meanwhile(ctx, dataset_id):
        scan = scanned(ctx, dataset_id)
        findings_write(dataset_id, [], [("picture_dark", first.pk)])
        return scan

    monkeypatch.setattr(quality, "samples_scan", meanwhile)
    check(dataset)
    first.refresh_from_db()
    assert first.findings == []


def test_suspicious_boxes_are_named_by_their_pictures(make_dataset, run_import, check, findings, names):
    dataset = make_dataset(task="object_detection")
    ordinary = [20, 30, 60, 50]
    boxes = {i: [ordinary] for i in range(60)} | {
        60: [[10, 10, 80, 60], [10, 10, 80, 60.5]],
        61: [[15, 15, 2, 40], ordinary],
        62: [[0, 0, 255, 191]],
        63: [[400, 400, 50, 50], ordinary],
        64: [],
    }
    annotations = [(image, box) for image, listed in boxes.items() for box in listed]
    document = {
        "images": [{"id": i, "file_name": f"{i}.jpg", "width": 256, "height": 192} for i in boxes],
        "categories": [{"id": 1, "name": "body"}],
        "annotations": [
            {"id": n, "image_id": image, "category_id": 1, "bbox": box, "area": box[2] * box[3], "iscrowd": 0}
            for n, (image, box) in enumerate(annotations)
        ],
    }
    files = {f"{i}.jpg": encoded(scene(i)) for i in boxes}
    assert (
        run_import(dataset, files | {"annotations.json": json.dumps(document).encode()}).state == "succeeded"
    )
    check(dataset)
    found = findings(dataset)
    assert names(found["boxes_twice"]) == {"60.jpg"}
    assert names(found["boxes_tiny"]) == {"61.jpg"}
    assert names(found["boxes_huge"]) == {"62.jpg"}
    assert names(found["boxes_none"]) == {"64.jpg"}
    assert found["boxes_left_out"]["count"] == 1
    assert found["boxes_left_out"]["samples_url"] is None
    assert found["boxes_twice"]["params"] == {"boxes": 1}


def test_exact_copies_name_the_imports_that_left_them_out(make_dataset, run_import, check, findings):
    dataset = make_dataset()
    files = {f"{i}.jpg": encoded(scene(i)) for i in range(3)}
    run_import(dataset, files)
    assert check(dataset).state == "succeeded"
    assert "exact_duplicates" not in findings(dataset)
    again = run_import(dataset, {name: files[name] for name in ("0.jpg", "2.jpg")})
    assert check(dataset).state == "succeeded"
    found = findings(dataset)["exact_duplicates"]
    (named,) = found["params"]["imports"]
    assert (found["count"], named["count"], named["job"]) == (2, 2, str(again.pk))
    assert named["name"]
