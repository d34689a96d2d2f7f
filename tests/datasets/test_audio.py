"""Audio data sets, from files to a frozen version and back."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Job
from core.services.blobs import blob_read
from datasets.models import DatasetVersion, LabelClass, Sample
from datasets.selectors.counters import drift_of
from datasets.services import datasets as dataset_services
from datasets.services.exports import export_submit
from datasets.services.imports import ImportOptions, import_submit_files
from datasets.services.versions import version_opened, version_submit
from datasets.splits import SplitSpec
from tests.datasets.conftest import worked
from tests.datasets.pictures import zipped
from tests.datasets.sounds import encoded, tone, wav

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def make_sounds(project):
    """An empty audio data set of `project`."""

    def make(name="sounds"):
        return dataset_services.dataset_create(
            actor=project.created_by,
            project=project,
            name=name,
            modality="audio",
            task="audio_classification",
        )

    return make


@pytest.fixture
def send(project):
    """Import one file, or several in a ZIP, to the end; the job as it ended."""

    def run(dataset, files, **options):
        name, content = ("upload.zip", zipped(files)) if len(files) > 1 else next(iter(files.items()))
        upload = SimpleUploadedFile(name, content)
        return worked(
            import_submit_files(
                actor=project.created_by, dataset=dataset, files=[upload], options=ImportOptions(**options)
            )
        )

    return run


def said(dataset):
    """Name -> names of its classes."""
    names = {str(row.pk): row.name for row in LabelClass.objects.filter(dataset=dataset)}
    rows = Sample.objects.filter(dataset=dataset).order_by("name")
    return {row.name: [names[label] for label in row.labels] for row in rows}


def test_a_folder_per_class_becomes_labeled_recordings(make_sounds, send):
    dataset = make_sounds()
    files = {
        "train/kick/1.wav": wav(1, 0.5),
        "train/kick/2.flac": encoded(tone(2), "FLAC"),
        "test/snare/3.ogg": encoded(tone(3, rate=44_100), "OGG", "VORBIS", rate=44_100),
        "test/snare/4.mp3": encoded(tone(4, rate=44_100), "MP3", rate=44_100),
        "readme.txt": b"x",
    }
    job = send(dataset, files)
    assert job.state == "succeeded", job.error_detail
    assert (job.result["format"], job.result["created"], job.result["annotated"]) == (
        "folder_per_class",
        4,
        4,
    )
    assert "recordings lie in 2 folders" in job.result["reason"]
    assert said(dataset) == {
        "test/snare/3.ogg": ["snare"],
        "test/snare/4.mp3": ["snare"],
        "train/kick/1.wav": ["kick"],
        "train/kick/2.flac": ["kick"],
    }
    first = Sample.objects.get(name="train/kick/1.wav")
    assert {**first.payload, "bars": None} == {
        "duration_s": 0.5,
        "rate": 16_000,
        "channels": 1,
        "format": "wav",
        "bars": None,
    }
    assert (len(first.payload["bars"]), max(first.payload["bars"])) == (96, 100)
    assert first.media_type == "audio/wav"
    assert blob_read(first.thumb_sha256).startswith(b"\xff\xd8")
    assert len(blob_read(first.thumb_sha256)) < 16_000
    assert drift_of(dataset.pk) == {}


def test_a_frozen_version_is_exported_with_its_sound_and_comes_back_equal(make_sounds, send, project):
    dataset = make_sounds()
    send(dataset, {f"{'ab'[i % 2]}/{i}.wav": wav(i, 0.3) for i in range(12)})
    job = worked(
        version_submit(
            actor=project.created_by,
            dataset=dataset,
            name="v",
            spec=SplitSpec("stratified", 0.5, 0.25, 0.25, 1),
            conditions={},
        )
    )
    assert job.state == "succeeded", job.error_detail
    version = DatasetVersion.objects.get(dataset=dataset)
    with version_opened(version) as (header, rows):
        frozen = {row.sha256: (row.split, header.classes[row.label].name) for row in rows}
    assert (header.modality, len(frozen)) == ("audio", 12)
    for number, format in enumerate(("folder_per_class", "csv", "jsonl")):
        done = worked(
            export_submit(actor=project.created_by, version=version, format=format, include_media=True)
        )
        assert done.state == "succeeded", done.error_detail
        content = blob_read(done.result["sha256"])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert sum(name.endswith(".wav") for name in archive.namelist()) == 12
        again = make_sounds(f"again {number}")
        result = send(again, {"export.zip": content}).result
        assert (result["format"], result["annotated"], result["problems"]) == (format, 12, {})
        names = {str(row.pk): row.name for row in LabelClass.objects.filter(dataset=again)}
        back = Sample.objects.filter(dataset=again)
        assert {row.sha256: (row.split, names[row.labels[0]]) for row in back} == frozen
    assert Job.objects.filter(state="failed").count() == 0
