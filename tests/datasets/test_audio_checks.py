"""The checks of recordings: planted faults are found, and a clean set gives no alarm."""

import numpy as np
import pytest

from datasets.models import Finding, Sample, SampleFinding
from datasets.services.quality import quality_submit
from datasets.services.versions import version_opened, version_submit
from datasets.splits import SplitSpec
from tests.datasets.conftest import worked
from tests.datasets.sounds import encoded, tone
from tests.datasets.test_audio import make_sounds, send  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db(transaction=True)

CLEAN = 40


def clean(i):
    return tone(100 + i, 0.6 + 0.02 * (i % 10), level=0.3 + 0.01 * (i % 30))


def named(dataset, code):
    rows = SampleFinding.objects.filter(dataset=dataset, code=code)
    return set(rows.values_list("sample__name", flat=True))


def checked(project, dataset):
    job = worked(quality_submit(actor=project.created_by, dataset=dataset))
    assert job.state == "succeeded", job.error_detail


def test_a_clean_set_gives_no_alarm(make_sounds, send, project):  # noqa: F811
    dataset = make_sounds()
    send(dataset, {f"{'ab'[i % 2]}/{i:02}.wav": encoded(clean(i)) for i in range(CLEAN)})
    checked(project, dataset)
    alarms = Finding.objects.filter(dataset=dataset, count__gt=0).values_list("code", "count")
    assert dict(alarms) == {}


def test_every_planted_fault_is_found_and_nothing_else(make_sounds, send, project):  # noqa: F811
    dataset = make_sounds()
    files = {f"{'ab'[i % 2]}/{i:02}.wav": encoded(clean(i)) for i in range(CLEAN)}
    loud = [np.clip(4 * clean(50 + i), -0.6, 0.6) for i in range(3)]
    files |= {f"a/clipped {i}.wav": encoded(wave) for i, wave in enumerate(loud)}
    files |= {
        "a/silent.wav": encoded(np.zeros(8_000)),
        "b/hum.wav": encoded(0.002 * np.sin(np.arange(9_000))),
    }
    files |= {f"b/rate {i}.wav": encoded(tone(300 + i, 0.7, 8_000), rate=8_000) for i in range(2)}
    files |= {"a/short.wav": encoded(tone(310, 0.02)), "b/long.wav": encoded(tone(311, 30.0))}
    files |= {
        "a/same.flac": encoded(clean(3), "FLAC"),  # of b/03.wav
        "a/quieter.wav": encoded(0.4 * clean(4)),  # of a/04.wav
        "b/again.ogg": encoded(0.8 * clean(7), "OGG", "VORBIS"),  # of b/07.wav
        "b/later.mp3": encoded(np.concatenate((np.zeros(1_000), clean(9))), "MP3"),  # of b/09.wav
    }
    send(dataset, files)
    checked(project, dataset)
    assert named(dataset, "audio_clipped") == {f"a/clipped {i}.wav" for i in range(3)}
    assert named(dataset, "audio_silent") == {"a/silent.wav", "b/hum.wav"}
    assert named(dataset, "audio_other_rate") == {"b/rate 0.wav", "b/rate 1.wav"}
    assert named(dataset, "audio_short") == {"a/short.wav"}
    assert named(dataset, "audio_long") == {"b/long.wav"}
    assert named(dataset, "audio_same") == {"b/03.wav", "a/same.flac"}
    copies = {"a/same.flac": "b/03.wav", "a/quieter.wav": "a/04.wav", "b/again.ogg": "b/07.wav"}
    copies["b/later.mp3"] = "b/09.wav"
    assert named(dataset, "same_looking") == {*copies, *copies.values()}
    assert named(dataset, "same_looking_other_class") == {"a/same.flac", "b/03.wav"}
    assert named(dataset, "audio_unreadable") == set()


def test_copies_of_a_recording_never_straddle_the_splits(make_sounds, send, project):  # noqa: F811
    dataset = make_sounds()
    files = {f"a/{i:02}.wav": encoded(clean(i)) for i in range(12)}
    files |= {f"a/{i:02} again.ogg": encoded(0.5 * clean(i), "OGG", "VORBIS") for i in range(12)}
    send(dataset, {**files, "b/x.wav": encoded(tone(1))})
    job = worked(
        version_submit(
            actor=project.created_by,
            dataset=dataset,
            name="",
            spec=SplitSpec("random", 0.5, 0.25, 0.25, 3),
            conditions={},
        )
    )
    assert job.state == "succeeded", job.error_detail
    splits = {}
    from datasets.models import DatasetVersion

    with version_opened(DatasetVersion.objects.get()) as (_, rows):
        for row in rows:
            splits.setdefault(row.name[2:4], set()).add(row.split)
    assert {len(seen) for seen in splits.values()} == {1}
    assert len(set().union(*splits.values())) > 1


def test_what_an_older_studio_measured_is_measured_again(make_sounds, send, project):  # noqa: F811
    dataset = make_sounds()
    send(dataset, {f"a/{i}.wav": encoded(clean(i)) for i in range(3)})
    Sample.objects.filter(name="a/1.wav").update(features={"v": 0})
    checked(project, dataset)
    assert Sample.objects.get(name="a/1.wav").features["v"] == 1
    assert named(dataset, "audio_unreadable") == set()
