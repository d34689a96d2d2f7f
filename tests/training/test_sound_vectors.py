"""The analysis of recordings as a person meets it. The sounds are made: packages carry none that are labeled."""

import numpy as np
import pytest

from core.jobs import runner
from core.models import Job
from core.services.blobs import blob_read
from datasets.audio.timbre import WIDTH, timbre_of
from datasets.embeddings.timbres import fitted_to, standard_of
from datasets.models import EmbeddingPart, EmbeddingProjection, Sample
from datasets.selectors.counters import drift_of
from datasets.selectors.vectors import embedded_ids
from datasets.services import vector_sounds
from datasets.services.embeddings import embeddings_submit
from tests.datasets.sounds import RATE, encoded, tone
from tests.training.analyses import analyzed, first_tenth, planted_set, short, upload
from training.services import embeddings as job

SECONDS = 0.4
KINDS = ("bell", "hiss", "thump", "voice")


def sound(kind, seed):
    """(N,) float64: one of a kind, each with a pitch, a length and a loudness of its own."""
    rng = np.random.default_rng((KINDS.index(kind), seed))
    at = np.arange(round(SECONDS * RATE)) / RATE
    fade = np.exp(-at * rng.uniform(4, 16)) * (1 + 0.5 * np.sin(2 * np.pi * rng.uniform(3, 25) * at))
    if kind == "bell":
        pitch = rng.uniform(700, 2_000)
        wave = sum(np.sin(2 * np.pi * pitch * n * at) * rng.uniform(0.1, 1) for n in (1, 2.76, 5.4))
    elif kind == "hiss":
        wave = np.convolve(rng.standard_normal(len(at) + 8), np.append(1, rng.normal(-0.3, 0.3, 8)), "valid")
    elif kind == "thump":
        bend = 1 + rng.uniform(0.5, 4) * np.exp(-at * rng.uniform(10, 60))
        wave = np.sin(2 * np.pi * np.cumsum(rng.uniform(45, 140) * bend) / RATE)
    else:
        wave, fade = tone(seed, SECONDS), np.ones(len(at))
    wave = wave * fade + rng.uniform(0.002, 0.02) * rng.standard_normal(len(at))
    return rng.uniform(0.1, 0.9) * wave / np.abs(wave).max()


def rows_of(each):
    """(kind, name, WAV)."""
    return [(kind, f"{kind}-{n:02}.wav", encoded(sound(kind, n))) for kind in KINDS for n in range(each)]


def test_no_gain_changes_a_timbre_and_silence_has_none():
    wave = sound("bell", 3).astype(np.float32)
    first = timbre_of(wave, RATE)
    assert first.shape == (WIDTH,)
    np.testing.assert_allclose(timbre_of(wave * 0.05, RATE), first, atol=0.05)
    padded = np.concatenate((np.zeros(RATE, np.float32), wave, np.zeros(RATE, np.float32)))
    assert np.abs(timbre_of(padded, RATE) - first).mean() < 3
    assert timbre_of(np.zeros(RATE, np.float32), RATE) is None
    assert timbre_of(np.empty(0, np.float32), RATE) is None


@pytest.mark.parametrize("length", [1, 2, 15, 399, 401, 200_000])
@pytest.mark.parametrize("rate", [4_000, 16_000, 31_900.5])
def test_any_length_and_rate_gives_figures(length, rate):
    wave = np.random.default_rng(length).standard_normal(length).astype(np.float32)
    assert np.isfinite(timbre_of(wave, rate)).all()


def test_a_pure_tone_lies_in_the_band_of_its_pitch():
    at = np.arange(RATE) / RATE
    for hz in (200, 1_000, 4_000):
        levels = timbre_of(np.sin(2 * np.pi * hz * at).astype(np.float32), RATE)[:40]
        mels = 2595 * np.log10(1 + np.array([60, 7_600, hz]) / 700)
        expected = (mels[2] - mels[0]) / (mels[1] - mels[0]) * 41 - 1
        assert abs(int(levels.argmax()) - expected) <= 1


def test_vectors_hold_the_figures_and_near_ones_are_of_one_kind():
    timbres = [timbre_of(sound(kind, n).astype(np.float32), RATE) for kind in KINDS for n in range(12)]
    fitted = fitted_to(timbres)
    vectors = np.stack([fitted.vector(one) for one in timbres])
    expected = np.clip((np.array(timbres) - fitted.mean) / fitted.spread, -4, 4)
    np.testing.assert_allclose(standard_of(vectors), expected, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    kinds = np.repeat(np.arange(4), 12)
    near = np.argsort(-cosines, axis=1)[:, :5]
    # One in four would be by chance.
    assert (kinds[near] == kinds[:, None]).mean() > 0.8
    assert fitted_to(timbres[:1]) is None


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_planted_wrong_labels_come_first_and_what_is_strange_is_named(project, client):
    dataset, planted = planted_set(project, "audio", rows_of(30), wrong=0.1)
    clicks = 0.9 * (np.arange(3 * RATE) % (RATE // 10) == 0)
    upload(dataset, {"strange.wav": encoded(clicks), "silent.wav": encoded(np.zeros(RATE))})
    result = analyzed(dataset)
    # What is silent is like any silence and has no vector.
    assert (result["pictures"], result["compared"]) == (121, 120)
    assert drift_of(dataset.pk) == {}
    first, suggested = first_tenth(client, dataset, 121)
    assert len(set(first) & set(planted)) >= len(planted) / 2
    told = [suggested[name] == name.split("-")[0] for name in planted if name in suggested]
    assert sum(told) >= 0.6 * len(told) > 0
    base = f"/api/v1/datasets/{dataset.pk}"
    findings = {row["code"]: row for row in client.get(f"{base}/findings/").json()["results"]}
    outliers = client.get(findings["outlier"]["samples_url"]).json()["results"]
    assert "strange.wav" in {short(row["name"]) for row in outliers}
    assert len(outliers) <= 4
    sample = Sample.objects.get(dataset=dataset, name__endswith="thump-07.wav")
    near = client.get(f"{base}/samples/?similar_to={sample.pk}&limit=10").json()["results"]
    assert sum("thump" in row["name"] for row in near) >= 8
    assert client.get(f"{base}/map/").json()["count"] == 121


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_goes_on_and_makes_the_same(project, monkeypatch):
    dataset, _ = planted_set(project, "audio", rows_of(6), wrong=0)
    monkeypatch.setattr(job, "PART", 5)
    kept, killed = vector_sounds.embedding_part_keep, []

    def keep(ctx, dataset_id, content, count):
        kept(ctx, dataset_id, content, count)
        killed.append(count)
        if len(killed) == 2:
            raise SystemExit  # the worker is gone in the middle

    submitted = embeddings_submit(actor=dataset.created_by, dataset=dataset)
    with monkeypatch.context() as patch:
        patch.setattr(vector_sounds, "embedding_part_keep", keep)
        with pytest.raises(SystemExit):
            runner.run(submitted.pk)
    Job.objects.filter(pk=submitted.pk).update(lease_until=submitted.created_at)
    runner.run(submitted.pk)
    done = Job.objects.get(pk=submitted.pk)
    assert (done.state, done.attempt, done.result["pictures"]) == ("succeeded", 2, 24 - 10)
    assert len(set(embedded_ids(dataset.pk).tolist())) == 24
    made = EmbeddingProjection.objects.get(dataset=dataset)
    assert made.params == {"kind": "timbre", "version": 1, "seen": 24, "limit": 2000, "seed": 0}
    first = [blob_read(row.sha256) for row in EmbeddingPart.objects.filter(dataset=dataset).order_by("pk")]
    EmbeddingPart.objects.all().delete()
    EmbeddingProjection.objects.all().delete()
    analyzed(dataset)
    assert EmbeddingProjection.objects.get(dataset=dataset).sha256 == made.sha256
    rows = EmbeddingPart.objects.filter(dataset=dataset).order_by("pk")
    assert [blob_read(row.sha256) for row in rows] == first
