"""How long a training is said to take: by what was measured on this machine, and by nothing else."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from core.clock import utc_now
from core.models import Job
from datasets.models import DatasetVersion
from training.algorithms import algorithm_for
from training.models import Run
from training.selectors.estimates import seconds_for


def test_a_constant_and_a_share_for_each_sample_are_found_again():
    measured = [(size, 12 + 0.05 * size) for size in (60, 200, 4000)]
    assert seconds_for(10_000, measured) == pytest.approx(512)
    assert seconds_for(1, measured) == pytest.approx(12.05)


@pytest.mark.parametrize(
    ("measured", "samples", "seconds"),
    [
        ([(100, 20)], 50, 20),
        ([(100, 20)], 400, 80),
        ([(100, 20), (104, 30)], 102, 25),
        ([(100, 40), (1000, 20)], 100, 25),
        ([(100, 1), (1000, 30)], 1000, 20),
    ],
)
def test_it_is_rather_too_long_than_absurd(measured, samples, seconds):
    assert seconds_for(samples, measured) == pytest.approx(seconds, rel=0.5)


@pytest.mark.django_db(transaction=True)
def test_presets_say_their_minutes_once_this_machine_has_trained_them(client_for, members, project, freeze):
    version = DatasetVersion.objects.get(pk=freeze(project)["id"])
    client = client_for(members["viewer"])

    def said(pk=version.pk):
        return client.get(f"/api/v1/algorithms/?dataset_version={pk}").json()[0]["minutes"]

    assert said() == {}
    trained(version, "fast", 120)
    trained(version, "balanced", 30, params={"epochs": 1})
    trained(version, "accurate", 40, state="failed")
    trained(version, "accurate", 40, attempt=2)
    assert said() == {"fast": 2.0}
    assert client.get("/api/v1/algorithms/").json()[0]["minutes"] == {}


@pytest.mark.django_db(transaction=True)
def test_the_size_of_a_version_is_told_to_nobody_who_may_not_see_it(
    client_for, make_user, members, project, freeze
):
    path = f"/api/v1/algorithms/?dataset_version={freeze(project)['id']}"
    assert client_for(make_user("stranger")).get(path).status_code == 404
    assert client_for(members["annotator"]).get(path).status_code == 403


def trained(version, profile, seconds, *, params=None, state="succeeded", attempt=1):
    """A run that took that long."""
    algorithm, now = algorithm_for("auto", version.dataset.task), utc_now()
    project = version.dataset.project
    job = Job.objects.create(
        kind="training.run",
        queue="train",
        project=project,
        state=state,
        attempt=attempt,
        started_at=now - timedelta(seconds=seconds),
        finished_at=now,
    )
    return Run.objects.create(
        project=project,
        job=job,
        dataset_version=version,
        name="r",
        task=algorithm.task,
        algorithm=algorithm.key,
        profile=profile,
        params={**asdict(algorithm.params_for(profile, {})), **(params or {})},
        created_by=project.created_by,
    )
