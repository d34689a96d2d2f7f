"""A run with an augmentation recipe: what it keeps, what it refuses, what the trainer makes of it."""

import numpy as np
import pytest

from core.imaging import DecodeRule
from core.models import Job
from datasets.augment import pipeline_from
from tests import factories
from tests.training.conftest import worked
from tests.training.small import Killed, MemoryRun, manifest_make
from training.algorithms import ALGORITHMS
from training.engine.loaders import Squares
from training.engine.preprocess import Preprocess, content_of, square_of
from training.engine.samples import PictureSource, manifest_read

BEGUN = {"image_side": 64, "batch_size": 4, "epochs": 1}
STEPS = [{"op": "rotate", "params": {}, "p": 0.7}, {"op": "fog", "params": {}, "p": 0.5}]
LITE0 = ALGORITHMS["image_classification_lite0"]


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def version(project, freeze):
    return freeze(project)


def recipe_of(client, project, steps=STEPS, name="Winter"):
    body = {"project": str(project.pk), "name": name, "steps": steps}
    answer = client.post("/api/v1/recipes/", body, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def submit(client, project, version, **body):
    body = {
        "project": str(project.pk),
        "dataset_version": version["id"],
        "profile": "balanced",
        "params": BEGUN,
        **body,
    }
    return client.post("/api/v1/runs/", body, format="json")


def run_of(client, answer):
    assert answer.status_code == 202, answer.content
    return client.get(f"/api/v1/runs/{answer.json()['id']}/").json()


@pytest.mark.django_db(transaction=True)
def test_a_run_keeps_the_recipe_as_it_was(client, project, version):
    recipe = recipe_of(client, project)
    run = run_of(client, submit(client, project, version, recipe=recipe["id"]))
    client.patch(f"/api/v1/recipes/{recipe['id']}/", {"steps": [STEPS[0]]}, format="json")
    client.delete(f"/api/v1/recipes/{recipe['id']}/")
    kept = {key: recipe[key] for key in ("id", "name", "revision", "steps")}
    assert client.get(f"/api/v1/runs/{run['id']}/").json()["recipe"] == kept
    clone = run_of(client, client.post(f"/api/v1/runs/{run['id']}/clone/", {"seed": 2}, format="json"))
    plain = run_of(client, client.post(f"/api/v1/runs/{run['id']}/clone/", {"recipe": None}, format="json"))
    assert (clone["recipe"], plain["recipe"]) == (kept, None)


@pytest.mark.django_db(transaction=True)
def test_the_model_of_a_run_says_how_its_pictures_were_changed(client, project, version):
    recipe = recipe_of(client, project)
    answer = submit(client, project, version, recipe=recipe["id"])
    job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    assert job.state == "succeeded", job.error_detail
    log = client.get(f"/api/v1/runs/{answer.json()['id']}/logs/").json()["results"]
    assert any("2 steps of the recipe" in line["text"] for line in log)
    card = client.get(f"/api/v1/model-versions/{job.result['model_version']}/").json()["card"]
    assert "- rotate, share 0.7" in card


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("body", "steps", "says"),
    [
        ({"profile": "fast"}, STEPS, "epochs"),
        ({}, [{"op": "copy_paste", "params": {}}], "copy_paste"),
        ({}, [], "no steps"),
    ],
    ids=["head alone", "nothing to paste", "empty"],
)
def test_a_recipe_that_a_run_cannot_use_is_refused_with_a_remedy(client, project, version, body, steps, says):
    recipe = recipe_of(client, project, steps)
    params = {"image_side": 64} if body else BEGUN
    answer = submit(client, project, version, recipe=recipe["id"], params=params, **body)
    assert answer.status_code == 422, answer.content
    assert list(answer.json()["params"]["fields"]) == ["recipe"]
    assert says in answer.json()["detail"]


@pytest.mark.django_db(transaction=True)
def test_a_recipe_of_another_project_is_as_unknown_as_none(client, project, version, members):
    other = factories.project_make("other")
    factories.member_add(other, members["modeler"], "modeler")
    foreign = submit(client, project, version, recipe=recipe_of(client, other)["id"])
    assert foreign.status_code == 422
    unknown = submit(client, project, version, recipe="00000000-0000-7000-8000-000000000000")
    assert unknown.status_code == 404


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return manifest_read(manifest_make(tmp_path_factory.mktemp("data")))


def fitted(data, run, steps=STEPS):
    run.recipe = pipeline_from(steps)
    module = LITE0.fit(
        data, LITE0.params_for("balanced", {**BEGUN, "epochs": 2, "frozen_blocks": 14}), run
    ).module
    state = run.restore()
    return {**module.state_dict(), **(state.tensors if state else {})}


def test_a_killed_run_with_a_recipe_ends_in_the_same_weights(data, tmp_path):
    whole = fitted(data, MemoryRun(tmp_path / "whole"))
    with pytest.raises(Killed):
        fitted(data, MemoryRun(tmp_path / "killed", die_at=45))
    resumed = fitted(data, MemoryRun(tmp_path / "killed"))
    assert whole.keys() == resumed.keys()
    assert all((value == resumed[name]).all() for name, value in whole.items())


def test_another_recipe_gives_other_weights(data, tmp_path):
    one = fitted(data, MemoryRun(tmp_path / "one"))
    other = fitted(data, MemoryRun(tmp_path / "other"), [{"op": "gray", "params": {}, "p": 1.0}])
    assert any((value != other[name]).any() for name, value in one.items())


def test_a_recipe_changes_the_picture_and_leaves_the_padding(data):
    squares = Squares(PictureSource(data.train, DecodeRule(floor_px=128)), 64)
    squares.fill(lambda: None)
    gray = pipeline_from([{"op": "gray", "params": {}, "p": 1.0}])
    changed, shown = squares.by_recipe(np.arange(2), 2, gray, seed=1, epoch=0)
    before = squares.batch([0, 1])
    rows, columns = content_of(*squares._sizes[0], side=64)
    inside = np.zeros((64, 64), bool)
    inside[rows, columns] = True
    assert inside.any()
    assert not inside.all()
    np.testing.assert_array_equal(changed[:, ~inside], before[:, ~inside])
    assert np.abs(changed[:, inside] - before[:, inside].astype(np.float32)).mean() > 10
    np.testing.assert_array_equal(shown, np.eye(2, dtype=np.float32)[squares.labels[:2]])
    np.testing.assert_array_equal(changed, squares.by_recipe(np.arange(2), 2, gray, seed=1, epoch=0)[0])


def test_who_mixes_pictures_mixes_their_classes_by_the_same_shares(data):
    squares = Squares(PictureSource(data.train, DecodeRule(floor_px=128)), 64)
    squares.fill(lambda: None)
    count = len(data.classes)
    # Each picture is as bright as the number of its class, so its brightness says what it is made of.
    levels = np.linspace(40, 200, count)
    for index, label in enumerate(squares.labels):
        squares._kept[index] = levels[label]
    mixup = pipeline_from([{"op": "mixup", "params": {"alpha": 4.0}}])
    mixed, shown = squares.by_recipe(np.arange(len(squares)), count, mixup, seed=1, epoch=0)
    np.testing.assert_allclose(shown.sum(axis=1), 1, atol=1e-6)
    assert ((shown > 0.05).sum(axis=1) == 2).any()
    middle = mixed[:, 32, 32, :].mean(axis=1)
    np.testing.assert_allclose(middle, shown @ levels, atol=1.5)


def test_a_run_that_mixes_pictures_resumes_to_the_same_weights(data, tmp_path):
    steps = [{"op": "mixup", "params": {}}, {"op": "mosaic", "params": {}, "p": 0.5}]
    whole = fitted(data, MemoryRun(tmp_path / "whole"), steps)
    with pytest.raises(Killed):
        fitted(data, MemoryRun(tmp_path / "killed", die_at=45), steps)
    resumed = fitted(data, MemoryRun(tmp_path / "killed"), steps)
    assert all((value == resumed[name]).all() for name, value in whole.items())


@pytest.mark.parametrize(("height", "width"), [(40, 80), (80, 40), (7, 500), (500, 1), (33, 32), (64, 64)])
def test_the_content_of_a_square_is_where_the_picture_lies(height, width):
    square = square_of(np.full((height, width, 3), 255, np.uint8), Preprocess(64))
    rows, columns = content_of(height, width, 64)
    assert (square[rows, columns].astype(np.float32) > 127).all()
    square[rows, columns] = 127
    assert (square.astype(np.float32) < 127 + 64).all()
