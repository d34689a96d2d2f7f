import json
from datetime import timedelta

import pytest
from PIL import Image

from core.clock import utc_now
from core.jobs import lease, runner
from core.models import AuditEvent, Blob, Job, Upload
from core.services.blobs import blob_read
from core.services.uploads import UploadGone, upload_from
from datasets.formats.archive import ArchiveRefused
from datasets.models import AnnotationHistory, Counter, ImportBatch, LabelClass, Sample, Shape
from datasets.selectors.counters import counts_of, drift_of
from datasets.services import import_run
from datasets.services.imports import ImportOptions, UploadTaken, import_submit_upload
from tests.datasets.conftest import worked
from tests.datasets.pictures import picture, zipped

pytestmark = pytest.mark.django_db(transaction=True)

FOLDERS = {f"{'train' if i % 4 else 'val'}/{('cat', 'dog')[i % 2]}/{i}.jpg": picture(i) for i in range(12)}


def test_a_zip_of_class_folders_becomes_labeled_samples(make_dataset, run_import):
    dataset = make_dataset()
    job = run_import(dataset, FOLDERS)
    assert job.state == "succeeded", job.error_detail
    wanted = {
        "created": 12,
        "duplicates": 0,
        "annotated": 12,
        "skipped": 0,
        "problems": {},
        "problem_samples": [],
    }
    assert {name: job.result[name] for name in wanted} == wanted
    assert job.result["format"] == "folder_per_class"
    classes = {row.pk: row.name for row in LabelClass.objects.filter(dataset=dataset)}
    assert sorted(classes.values()) == ["cat", "dog"]
    for sample in Sample.objects.filter(dataset=dataset):
        assert FOLDERS[sample.name] == blob_read(sample.sha256)
        assert classes[sample.label_class_id] == sample.name.split("/")[1]
        assert sample.labels == [str(sample.label_class_id)]
        assert sample.split == sample.name.split("/")[0]
        assert (sample.state, sample.annotation_revision, sample.annotation_source) == (
            "labeled",
            1,
            "import",
        )
        assert (sample.payload["width"], sample.payload["height"]) == (64, 48)
        assert blob_read(sample.thumb_sha256).startswith(b"\xff\xd8")
        assert Shape.objects.get(sample=sample).label_class_id == sample.label_class_id
        assert AnnotationHistory.objects.get(sample=sample).revision == 1
    assert drift_of(dataset.pk) == {}
    assert counts_of([dataset.pk])[dataset.pk]["labeled"] == 12
    assert not Upload.objects.exists()


def test_equal_pictures_come_in_once(make_dataset, run_import):
    dataset = make_dataset()
    again = {"cat/a.jpg": picture(1), "cat/b.jpg": picture(1), "dog/c.jpg": picture(2)}
    first = run_import(dataset, again).result
    assert (first["created"], first["duplicates"]) == (2, 1)
    second = run_import(dataset, again).result
    assert (second["created"], second["duplicates"]) == (0, 3)
    assert Sample.objects.count() == 2
    assert drift_of(dataset.pk) == {}


def test_equal_pictures_in_two_classes_are_a_problem(make_dataset, run_import):
    dataset, files = make_dataset(), {"cat/a.jpg": picture(1), "dog/b.jpg": picture(1)}
    expected = (1, 1, {"conflicting_label": 1})
    for rehearsed in (True, False):
        result = run_import(dataset, files, dry_run=rehearsed).result
        assert (result["created"], result["duplicates"], result["problems"]) == expected
    refused = run_import(dataset, {"Dog/c.jpg": picture(1), "cat/d.jpg": picture(5)}, on_problem="abort")
    assert refused.error_code == "import_aborted"
    same = run_import(dataset, {"CAT/c.jpg": picture(1), "dog/d.jpg": picture(5)}, on_problem="abort")
    assert "conflicting_label" not in same.result["problems"]


def test_a_rehearsal_counts_labels_as_the_import_does(make_dataset, run_import):
    dataset = make_dataset()
    run_import(dataset, {"a.jpg": picture(1), "b.jpg": picture(2)})
    files = {
        "cat/1.jpg": picture(1),
        "cat/2.jpg": picture(3),
        "dog/3.jpg": picture(3),
        "cat/4.jpg": picture(3),
    }
    told = [run_import(dataset, files, dry_run=rehearsed).result for rehearsed in (True, False)]
    counts = [{key: one[key] for key in ("created", "duplicates", "annotated", "problems")} for one in told]
    assert counts[0] == counts[1]
    assert counts[0]["annotated"] == 2


def test_a_second_import_brings_labels_to_what_had_none(make_dataset, run_import):
    dataset = make_dataset()
    run_import(dataset, {"a.jpg": picture(1), "b.jpg": picture(2)})
    assert Sample.objects.filter(state="unlabeled").count() == 2
    result = run_import(
        dataset, {"cat/a.jpg": picture(1), "dog/b.jpg": picture(2), "dog/c.jpg": picture(3)}
    ).result
    assert (result["created"], result["duplicates"], result["annotated"]) == (1, 2, 3)
    assert Sample.objects.filter(state="labeled").count() == 3
    assert drift_of(dataset.pk) == {}


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "P", "RGBA", "LA", "1", "I;16"])
def test_every_color_mode_comes_in(make_dataset, run_import, mode):
    form = "JPEG" if mode == "CMYK" else "TIFF" if mode == "I;16" else "PNG"
    result = run_import(make_dataset(), {f"a.{form.lower()}": picture(1, mode=mode, form=form)}).result
    assert result["created"] == 1, result


def test_a_picture_with_exif_comes_in_upright_and_its_boxes_turn_with_it(make_dataset, run_import):
    exif = Image.Exif()
    exif[0x0112] = 6
    document = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 48}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 6, 10, 20]}],
        "categories": [{"id": 1, "name": "cat"}],
    }
    dataset = make_dataset("object_detection")
    run_import(dataset, {"a.jpg": picture(1, exif=exif), "a.json": json.dumps(document).encode()})
    sample = Sample.objects.get()
    assert (sample.payload["width"], sample.payload["height"]) == (48, 64)
    shape = Shape.objects.get()
    assert (shape.x, shape.y, shape.w, shape.h) == (48 - 6 - 20, 4, 20, 10)


def test_bad_files_are_listed_and_the_good_ones_come_in(make_dataset, run_import):
    files = {
        "cat/ok.jpg": picture(1),
        "dog/ok.jpg": picture(2),
        "dog/text.jpg": b"this is text",
        "dog/empty.jpg": b"",
        "dog/half.jpg": picture(3)[:600],
        "../evil.jpg": picture(4),
        "dog/movie.mp4": b"x",
        "README.md": b"x",
    }
    result = run_import(make_dataset(), files).result
    assert (result["created"], result["skipped"]) == (2, 5)
    assert result["problems"] == {
        "image_not_recognized": 1,
        "image_empty": 1,
        "image_truncated": 1,
        "unsafe_name": 1,
        "file_unsupported": 1,
    }
    assert {row["where"] for row in result["problem_samples"]} == {
        "dog/text.jpg",
        "dog/empty.jpg",
        "dog/half.jpg",
        "../evil.jpg",
        "dog/movie.mp4",
    }
    assert all(row["detail"] for row in result["problem_samples"])


def test_a_bad_copy_of_a_bad_file_is_a_problem_too(make_dataset, run_import):
    result = run_import(make_dataset(), {"1.jpg": b"text", "2.jpg": b"text", "3.jpg": picture(1)}).result
    assert (result["created"], result["skipped"], result["duplicates"]) == (1, 2, 0)


def test_only_the_first_hundred_problems_are_listed(make_dataset, run_import):
    files = {"ok.jpg": picture(1)} | {f"{i}.jpg": f"text {i}".encode() for i in range(130)}
    result = run_import(make_dataset(), files).result
    assert result["problems"] == {"image_not_recognized": 130}
    assert len(result["problem_samples"]) == 100


def test_abort_imports_nothing_when_anything_is_wrong(make_dataset, run_import):
    dataset = make_dataset()
    job = run_import(dataset, {**FOLDERS, "cat/text.jpg": b"text"}, on_problem="abort")
    assert (job.state, job.error_code) == ("failed", "import_aborted")
    assert "cat/text.jpg" in job.error_detail
    assert not Sample.objects.exists()
    assert not LabelClass.objects.exists()
    assert ImportBatch.objects.get().problems == {"image_not_recognized": 1}
    assert run_import(dataset, FOLDERS, on_problem="abort").result["created"] == 12


def test_a_dry_run_says_what_would_happen_and_changes_nothing(make_dataset, run_import):
    dataset = make_dataset()
    result = run_import(
        dataset, {**FOLDERS, "val/dog/copy.jpg": picture(1), "cat/text.jpg": b"text"}, dry_run=True
    ).result
    assert (result["created"], result["duplicates"], result["annotated"], result["skipped"]) == (12, 1, 12, 1)
    assert result["classes"] == ["cat", "dog"]
    assert result["preview"][0]["label"] in ("cat", "dog")
    assert not Sample.objects.exists()
    assert not LabelClass.objects.exists()
    assert not Blob.objects.exists()
    assert AuditEvent.objects.get(operation="datasets.import.submitted").params["dry_run"] is True


@pytest.mark.parametrize(
    "content", [b"", b"text", zipped(FOLDERS)[:-40], zipped({"bomb.jpg": bytes(1 << 26)}, 8)]
)
def test_what_is_no_archive_is_refused_at_once_and_leaves_nothing(make_dataset, submit, content):
    with pytest.raises(ArchiveRefused):
        submit(make_dataset(), content)
    assert not Job.objects.exists()
    assert not Upload.objects.exists()


def test_an_archive_without_pictures_fails_with_a_remedy(make_dataset, run_import):
    job = run_import(make_dataset(), {"a.txt": b"x"})
    assert (job.state, job.error_code) == ("failed", "format_mismatch")
    assert "ZIP of pictures" in job.error_detail


def test_boxes_become_rows(make_dataset, run_import):
    document = {
        "images": [{"id": i, "file_name": f"{i}.jpg", "width": 64, "height": 48} for i in range(3)],
        "annotations": [
            {"id": 1, "image_id": 0, "category_id": 1, "bbox": [1.25, 2, 30, 40]},
            {"id": 2, "image_id": 0, "category_id": 2, "bbox": [60, 40, 5, 9]},
            {"id": 3, "image_id": 1, "category_id": 1, "bbox": [500, 500, 10, 10]},
        ],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "狗"}],
    }
    files = {f"{i}.jpg": picture(i) for i in range(4)} | {"coco.json": json.dumps(document).encode()}
    dataset = make_dataset("object_detection")
    result = run_import(dataset, files).result
    assert (result["created"], result["annotated"], result["problems"]) == (4, 2, {"box_outside": 1})
    boxes = Shape.objects.order_by("sample__name", "position").values_list(
        "label_class__name", "x", "y", "w", "h"
    )
    assert list(boxes) == [("cat", 1.25, 2, 30, 40), ("狗", 60, 40, 4, 8)]
    states = dict(Sample.objects.values_list("name", "state"))
    # The only box of 1.jpg was rejected, so nobody can say that nothing is on it.
    assert states == {"0.jpg": "labeled", "1.jpg": "unlabeled", "2.jpg": "labeled", "3.jpg": "unlabeled"}
    assert LabelClass.objects.get(name="狗").name_zh == "狗"
    assert drift_of(dataset.pk) == {}


def test_known_classes_are_found_in_either_language(make_dataset, run_import):
    dataset = make_dataset(classes=[{"name": "Cat", "name_zh": "猫"}])
    run_import(dataset, {"猫/1.jpg": picture(1), "cat/2.jpg": picture(2), "dog/3.jpg": picture(3)})
    assert list(LabelClass.objects.order_by("index").values_list("name", flat=True)) == ["Cat", "dog"]


def test_groups_come_from_names_when_asked_for(make_dataset, run_import):
    run_import(make_dataset(), {"a/cow_1.jpg": picture(1), "b/cow_2.jpg": picture(2)}, group_by="prefix")
    assert set(Sample.objects.values_list("group", flat=True)) == {"cow"}


FAULTS = [
    "import.after-begin",
    "import.before-seal",
    "import.after-seal",
    "import.after-samples",
    "import.after-rows",
    "import.before-commit",
    "import.after-commit",
    "import.before-finish",
]


class Killed(BaseException):
    """As by kill -9: nothing of ours catches it."""


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("point", FAULTS)
def test_an_import_killed_anywhere_goes_on_without_loss_or_doubles(
    make_dataset, submit, monkeypatch, point, nth
):
    monkeypatch.setattr(import_run, "BATCH_ITEMS", 5)
    dataset = make_dataset()
    files = {**FOLDERS, "train/dog/text.jpg": b"text", "train/cat/copy.jpg": picture(0)}
    job = submit(dataset, files)
    met = []

    def die(name):
        met.append(name)
        if name == point and met.count(point) == nth:
            raise Killed

    once = point in ("import.after-begin", "import.before-finish")
    with monkeypatch.context() as patch:
        patch.setattr("datasets.services.import_run.fault", die)
        patch.setattr("datasets.services.import_rows.fault", die)
        if nth == 1 or not once:
            with pytest.raises(Killed):
                runner.run(job.pk)
            Job.objects.filter(pk=job.pk).update(lease_until=utc_now() - timedelta(seconds=1))
    ended = worked(job)
    assert ended.state == "succeeded", ended.error_detail
    result = ended.result
    assert (result["created"], result["duplicates"], result["annotated"], result["skipped"]) == (12, 1, 12, 1)
    assert Sample.objects.filter(dataset=dataset).count() == 12
    assert Shape.objects.filter(dataset=dataset).count() == 12
    assert AnnotationHistory.objects.count() == 12
    assert drift_of(dataset.pk) == {}
    for sample in Sample.objects.all():
        assert blob_read(sample.sha256) == files[sample.name]


def test_a_worker_that_lost_its_lease_writes_nothing_more(make_dataset, submit, monkeypatch):
    monkeypatch.setattr(import_run, "BATCH_ITEMS", 5)
    job = submit(make_dataset(), FOLDERS)

    def steal(name):
        if name == "import.after-seal":
            Job.objects.filter(pk=job.pk).update(attempt=9)

    monkeypatch.setattr("datasets.services.import_run.fault", steal)
    runner.run(job.pk)
    assert not Sample.objects.exists()
    assert Counter.objects.count() == 0


def test_a_cancelled_import_stops_and_keeps_what_is_whole(make_dataset, submit, monkeypatch):
    monkeypatch.setattr(import_run, "BATCH_ITEMS", 5)
    dataset = make_dataset()
    job = submit(dataset, FOLDERS)

    def cancel(name):
        if name == "import.after-commit":
            lease.cancel_request(job.pk)
            lease_thread_sees(job)

    contexts = []
    make = runner.JobContext
    monkeypatch.setattr(runner, "JobContext", lambda claim: contexts.append(make(claim)) or contexts[-1])

    def lease_thread_sees(_job):
        contexts[0].cancelled.set()

    monkeypatch.setattr("datasets.services.import_run.fault", cancel)
    assert worked(job).state == "cancelled"
    assert Sample.objects.count() == 5
    assert drift_of(dataset.pk) == {}


def test_an_upload_survives_its_rehearsal(make_dataset, project):
    dataset, user = make_dataset(), project.created_by
    upload = upload_from(user, filename="a.zip", chunks=[zipped(FOLDERS)])

    def run(**options):
        wanted = ImportOptions(**options)
        return worked(
            import_submit_upload(
                actor=user, dataset=dataset, upload_id=upload.pk, filename="a.zip", options=wanted
            )
        )

    assert run(dry_run=True).state == "succeeded"
    assert dataset.samples.count() == 0
    assert run().state == "succeeded"
    assert dataset.samples.count() == len(FOLDERS)
    with pytest.raises(UploadGone, match="send the file again"):
        run()


def test_an_upload_is_imported_once_and_who_comes_second_is_told_by_which_job(make_dataset, project):
    dataset, user = make_dataset(), project.created_by
    upload = upload_from(user, filename="a.zip", chunks=[zipped(FOLDERS)])

    def submitted(**options):
        return import_submit_upload(
            actor=user,
            dataset=dataset,
            upload_id=upload.pk,
            filename="a.zip",
            options=ImportOptions(**options),
        )

    rehearsal, first = submitted(dry_run=True), submitted()
    for options in ({}, {"dry_run": True}):
        with pytest.raises(UploadTaken) as caught:
            submitted(**options)
        assert (caught.value.status, caught.value.params["job"]) == (409, str(first.pk))
    assert worked(first).state == "succeeded"
    assert dataset.samples.count() == len(FOLDERS)
    late = worked(rehearsal)
    assert (late.state, late.error_code) == ("failed", "upload_gone")


def test_an_import_that_failed_leaves_its_upload_for_another(make_dataset, project):
    dataset, user = make_dataset(), project.created_by
    upload = upload_from(user, filename="a.zip", chunks=[zipped(FOLDERS)])
    for options, state in (({"format": "coco"}, "failed"), ({}, "succeeded")):
        job = import_submit_upload(
            actor=user,
            dataset=dataset,
            upload_id=upload.pk,
            filename="a.zip",
            options=ImportOptions(**options),
        )
        assert worked(job).state == state
