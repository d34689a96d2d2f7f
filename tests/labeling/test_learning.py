"""A campaign learns as it is labeled: when it begins, what it does round by round, and how it ends early."""

import pytest

from core.jobs import dispatch, runner
from core.models import Job, ProjectUserPermission
from datasets.models import DatasetVersion
from labeling.models import Item, Learning, LearningRound, Prelabel
from labeling.services.learning import doubtful_first, learning_step, learnings_on
from labeling.tasks import learn
from tests.faults.forks import assert_dies
from tests.labeling.test_prelabels import ask, shade, show, version_of
from training.models import ModelVersion, Run

HOOKS = ["labeling.learning.step"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    monkeypatch.setattr(dispatch, "ring", lambda job_id, queue: None)


@pytest.fixture
def shades(lasting_world):
    """Twelve dark and twelve light pictures, each another; the dark ones come first."""
    world = lasting_world(samples=24)
    levels = [5 * place for place in range(12)] + [180 + 5 * place for place in range(12)]
    show(world, *map(shade, levels))
    world.campaign()
    world.dark = set(Item.objects.order_by("sample__name").values_list("sample_id", flat=True)[:12])
    return world


def switch(world, on=True, per_class=3, name="boss"):
    body = {"on": on, "per_class": per_class}
    return world.as_(name).http.put(f"/api/v1/campaigns/{world.round.pk}/learning/", body, format="json")


def told(world):
    return world.as_("boss").get(f"campaigns/{world.round.pk}/learning/").json()


def label(world, dark, light):
    """Answer so many dark and so many light pictures as what they are; the rest is let go again."""
    ann = world.as_("ann")
    wanted = {"cat": dark, "dog": light}
    items = ann.claim(12).json()["items"]
    items += ann.claim(12, held=[item["id"] for item in items]).json()["items"]
    for item in items:
        is_dark = item["sample"]["id"] in set(map(str, world.dark))
        name = "cat" if is_dark else "dog"
        if wanted[name]:
            wanted[name] -= 1
            assert ann.save(item["id"], [world.mark(name)]).status_code == 200
        else:
            ann.post(f"items/{item['id']}/release/")
    assert not any(wanted.values())


def end(round_, state="succeeded", **more):
    """The job it waits for ends, without having done anything."""
    Job.objects.filter(pk=round_.job_id).update(state=state, finished_at=round_.began_at, **more)


def test_it_begins_with_enough_of_every_class_that_is_used_and_again_with_half_as_many_more(shades):
    assert switch(shades).json()["on"] is True
    label(shades, 3, 2)
    assert learning_step(shades.round.pk) is None
    label(shades, 0, 1)
    first = learning_step(shades.round.pk)
    assert (first.number, first.labeled, first.state) == (1, 6, "freezing")
    assert learning_step(shades.round.pk) is None, "its job has not ended"
    LearningRound.objects.update(state="done")
    label(shades, 1, 1)
    assert learning_step(shades.round.pk) is None
    assert told(shades)["next_at"] == 9
    label(shades, 0, 1)
    assert learning_step(shades.round.pk).number == 2


def test_nothing_begins_when_it_is_off_closed_or_nothing_is_left(shades):
    label(shades, 4, 4)
    assert told(shades)["on"] is False
    assert learnings_on() == []
    switch(shades)
    switch(shades, on=False)
    assert learnings_on() == []
    switch(shades)
    shades.as_("boss").post(f"campaigns/{shades.round.pk}/close/")
    assert learnings_on() == []
    assert switch(shades).json()["code"] == "campaign_closed"
    shades.as_("boss").post(f"campaigns/{shades.round.pk}/reopen/")
    label(shades, 8, 8)
    learn()
    assert not LearningRound.objects.exists()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_round_freezes_trains_says_and_puts_the_doubtful_first(shades):
    switch(shades)
    label(shades, 4, 4)
    for state in ("freezing", "training", "saying"):
        learn()
        now = LearningRound.objects.get()
        assert (now.state, now.reason) == (state, "")
        runner.run(now.job_id)
        ended = Job.objects.get(pk=now.job_id)
        assert ended.state == "succeeded", (ended.error_code, ended.error_detail)
    learn()
    now = LearningRound.objects.get()
    assert (now.state, now.reason) == ("done", "")
    assert Run.objects.get().profile == "fast"
    (shown,) = told(shades)["rounds"]
    assert shown["model_version"]
    assert 0 <= shown["accuracy"]["value"] <= 1
    said = {row.sample_id: row for row in Prelabel.objects.all()}
    assert len(said) == 16
    right = [
        row.shapes[0]["label"] == str(shades.classes["cat" if pk in shades.dark else "dog"].pk)
        for pk, row in said.items()
        if row.shapes
    ]
    assert len(right) >= 8
    assert all(right)
    first = shades.as_("ann").item()["sample"]["id"]
    assert first == str(doubtful_first(now.prelabels_id)[0])


def test_what_goes_wrong_ends_the_round_with_its_reason_and_switching_it_on_again_begins_another(shades):
    switch(shades)
    label(shades, 3, 3)
    end(learning_step(shades.round.pk), "failed", error_code="storage_full")
    assert learning_step(shades.round.pk).reason == "storage_full"
    assert told(shades)["rounds"][0]["state"] == "failed"
    assert learning_step(shades.round.pk) is None
    switch(shades, on=False)
    switch(shades)
    second = learning_step(shades.round.pk)
    end(second, "cancelled")
    assert learning_step(shades.round.pk).reason == "job_ended_early"
    assert LearningRound.objects.filter(state="failed").count() == 2


def test_who_may_train_no_more_trains_no_more(shades):
    mod = shades.person("mod", "modeler")
    assert switch(shades, name="mod").status_code == 200
    label(shades, 3, 3)
    ProjectUserPermission.objects.filter(user=mod).delete()
    assert learning_step(shades.round.pk) is None
    assert Learning.objects.get().is_on is False


def test_who_may_train_no_more_ends_the_round_under_way(shades):
    mod = shades.person("mod", "modeler")
    switch(shades, name="mod")
    label(shades, 3, 3)
    end(learning_step(shades.round.pk), result={})
    ProjectUserPermission.objects.filter(user=mod).delete()
    assert learning_step(shades.round.pk).reason == "forbidden"
    assert not Run.objects.exists()


def test_where_known_samples_are_mixed_in_nothing_is_learned(lasting_world):
    world = lasting_world(samples=6)
    world.campaign()
    world.round.gold_rate = 0.2
    world.round.save()
    assert switch(world).json()["code"] == "known_mixed_in"


def test_a_machine_that_is_over_the_samples_is_waited_for(shades):
    switch(shades)
    label(shades, 3, 3)
    row = learning_step(shades.round.pk)
    made = version_of(shades)
    run = Run.objects.create(
        project=shades.project,
        job=Job.objects.get(pk=row.job_id),
        dataset_version=DatasetVersion.objects.create(
            dataset=shades.dataset, number=1, created_by=shades.manager
        ),
        name="",
        task="image_classification",
        algorithm="",
        profile="fast",
        created_by=shades.manager,
    )
    ModelVersion.objects.filter(pk=made.pk).update(run=run, labels=["cat", "dog"])
    LearningRound.objects.update(state="training", run=run)
    end(row)
    other = ask(shades, made.pk, {"cat": "cat"}).json()["job"]["id"]
    assert learning_step(shades.round.pk).state == "training"
    Job.objects.filter(pk=other).update(state="cancelled", finished_at=row.began_at)
    assert learning_step(shades.round.pk).state == "saying"


def test_roles_and_bad_input(shades):
    for name, role in (("ann", "annotator"), ("rev", "reviewer"), ("eve", "viewer")):
        shades.person(name, role)
        assert switch(shades, name=name).status_code == 403, role
    for bad in (2, 501, "x", None):
        assert switch(shades, per_class=bad).status_code == 422, bad


def test_boxes_are_not_learned(lasting_world):
    boxes = lasting_world(task="object_detection")
    boxes.campaign()
    assert switch(boxes).status_code == 422


def test_a_step_that_dies_submits_nothing_and_is_made_once(shades):
    switch(shades)
    label(shades, 3, 3)
    learning_step(shades.round.pk)
    job = LearningRound.objects.get().job_id
    runner.run(job)
    assert Job.objects.get(pk=job).state == "succeeded"
    for hook in HOOKS:
        assert_dies(hook, lambda: learning_step(shades.round.pk))
    assert not Run.objects.exists()
    assert LearningRound.objects.get().state == "freezing"
    learning_step(shades.round.pk)
    assert (Run.objects.count(), DatasetVersion.objects.count()) == (1, 1)
