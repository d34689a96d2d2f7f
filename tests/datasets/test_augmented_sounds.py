"""Recordings through the interface: preview by a limited child, versions with copies."""

import base64
import io

import numpy as np
import pytest
import soundfile

from core.services.blobs import blob_read
from datasets.models import Sample
from datasets.services import augment_sounds
from datasets.services.datasets import dataset_create
from tests.datasets.sounds import RATE, wav
from tests.datasets.test_augmented_texts import previewed
from tests.datasets.test_augmented_versions import augmented, frozen, rows

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = [{"op": "add_noise", "params": {"snr_db": 10, "vary_snr": False}}, {"op": "time_shift"}]


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def sounds(project, run_import):
    dataset = dataset_create(
        actor=project.created_by,
        project=project,
        name="bells",
        modality="audio",
        task="audio_classification",
    )
    files = {f"{('high', 'low')[i % 2]}/{i:02}.wav": wav(i, 0.3) for i in range(12)}
    job = run_import(dataset, files)
    assert job.state == "succeeded", job.error_detail
    return dataset


def test_a_preview_is_seen_and_heard(client, sounds):
    body = previewed(client, sounds, steps=STEPS, seed=4).json()
    assert (len(body["results"]), body["unreadable"]) == (6, [])
    for one in body["results"]:
        head, heard = one["heard"].split(",")
        assert head == "data:audio/ogg;base64"
        wave, rate = soundfile.read(io.BytesIO(base64.b64decode(heard)))
        assert (rate, len(wave)) == (RATE, round(0.3 * RATE))
        assert one["before"] != one["after"]
        assert len(one["labels"]) == 1
        assert one["media_url"].startswith("/media/b/")
    again = previewed(client, sounds, steps=STEPS, seed=4).json()["results"]
    assert [one["after"] for one in again] == [one["after"] for one in body["results"]]


def test_a_process_that_takes_too_long_leaves_its_samples_unreadable(client, sounds, monkeypatch):
    monkeypatch.setattr(augment_sounds, "WAIT_S", 0.01)
    body = previewed(client, sounds, steps=STEPS).json()
    assert (body["results"], len(body["unreadable"])) == ([], 6)


def test_a_recording_whose_bytes_are_gone_is_unreadable_and_the_others_are_heard(client, sounds):
    gone = Sample.objects.filter(dataset=sounds).order_by("pk").first()
    Sample.objects.filter(pk=gone.pk).update(sha256="0" * 64)
    body = previewed(client, sounds, steps=STEPS).json()
    assert (len(body["results"]), body["unreadable"]) == (5, [str(gone.pk)])


def test_a_version_has_copies_as_flac_with_their_classes(client, project, sounds):
    version = frozen(client, sounds)
    body = {"project": str(project.pk), "name": "noisy", "steps": STEPS, "modality": "audio"}
    recipe = client.post("/api/v1/recipes/", body, format="json").json()["id"]
    one, two = (augmented(client, version, recipe, copies=2, seed=seed) for seed in (1, 1))
    assert one.content_hash == two.content_hash
    old, new = rows(version), rows(one)
    assert {key: new[key] for key in old} == old
    copies = [sample for key, sample in new.items() if key not in old]
    assert len(copies) == 2 * version.counts["train"]
    by_stem = {sample.name.rpartition(".")[0]: sample for sample in old.values()}
    for copy in copies:
        assert (copy.split, copy.media_type, copy.name[-5:]) == ("train", "audio/flac", ".flac")
        original = by_stem[copy.name.rpartition("+")[0]]
        assert copy.label == original.label
        wave, rate = soundfile.read(io.BytesIO(blob_read(copy.sha256)))
        plain, _ = soundfile.read(io.BytesIO(blob_read(original.sha256)))
        assert (rate, len(wave)) == (RATE, len(plain))
        assert np.abs(wave - plain).max() > 0.01
    assert not Sample.objects.filter(sha256__in=[copy.sha256 for copy in copies]).exists()
