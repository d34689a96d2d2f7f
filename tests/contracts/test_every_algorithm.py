"""Every registered algorithm keeps the contract; a new one is picked up by itself."""

import itertools
import random

import numpy as np
import pytest
import torch

from tests.training.small import Killed, MemoryRun, manifest_make
from training.algorithms import ALGORITHMS
from training.algorithms.base import PROFILES
from training.engine.failures import Stopped
from training.engine.samples import PictureSource, manifest_read
from training.export.onnx import export_onnx, metadata_of
from training.export.parity import parity_of, reference_scores
from training.export.scoring import OnnxClassifier, scored

SMALL = {"image_side": 64, "batch_size": 4}
TRAINED = {**SMALL, "epochs": 2, "augmentation": "strong", "ema": True, "dropout": 0.2, "frozen_blocks": 12}
RECIPES = {"head": {**SMALL, "epochs": 0}, "whole": TRAINED}

each = pytest.mark.parametrize("algorithm", ALGORITHMS.values(), ids=list(ALGORITHMS))
both = pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return manifest_read(manifest_make(tmp_path_factory.mktemp("data")))


def fitted_weights(algorithm, data, recipe, run):
    """What is handed over, and where the fit itself ended: the first may be its start where that does as well."""
    fitted = algorithm.fit(data, algorithm.params_for("balanced", recipe), run)
    handed = {name: value.clone() for name, value in fitted.module.state_dict().items()}
    state = run.restore()
    ends = state.tensors.items() if state else ()
    return handed | {name: value for name, value in ends if name.startswith(("model.", "ema."))}


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        torch.testing.assert_close(
            value, other[name], rtol=0, atol=0, msg=lambda text, name=name: f"{name}: {text}"
        )


@each
def test_every_profile_has_parameters_the_schema_allows(algorithm):
    schema = algorithm.params_schema()
    for profile in PROFILES:
        params = algorithm.params_for(profile, {})
        for name, entry in schema["properties"].items():
            value = getattr(params, name)
            assert {"title", "description", "default"} <= entry.keys()
            assert entry.get("minimum", value) <= value <= entry.get("maximum", value)
            assert value in entry.get("enum", [value])


@each
@both
def test_scores_are_finite_and_sum_to_one(algorithm, recipe, data, tmp_path):
    fitted = algorithm.fit(data, algorithm.params_for("balanced", recipe), MemoryRun(tmp_path))
    scores = reference_scores(fitted, PictureSource(data.test, fitted.decode), lambda done: None)
    assert scores.shape == (len(data.test), len(data.classes))
    assert np.isfinite(scores).all()
    np.testing.assert_allclose(scores.sum(axis=1), 1.0, rtol=1e-5)


@each
def test_red_and_blue_are_told_apart_in_seconds(algorithm, data, tmp_path):
    fitted = algorithm.fit(data, algorithm.params_for("fast", SMALL), MemoryRun(tmp_path))
    scores = reference_scores(fitted, PictureSource(data.test, fitted.decode), lambda done: None)
    assert [int(label) for label in scores.argmax(1)] == [sample.label for sample in data.test]


@each
@both
def test_the_exported_file_says_what_the_network_says(algorithm, recipe, data, tmp_path):
    fitted = algorithm.fit(data, algorithm.params_for("balanced", recipe), MemoryRun(tmp_path / "run"))
    path = tmp_path / "model.onnx"
    export_onnx(fitted, path, metadata_of(fitted, algorithm.task, {}))
    model = OnnxClassifier(path)
    assert (model.classes, model.decode, model.task) == (data.classes, fitted.decode, algorithm.task)
    source = PictureSource(data.val, fitted.decode)
    parity = parity_of(
        reference_scores(fitted, source, lambda done: None), scored(model, source, lambda done: None), "val"
    )
    assert parity.ok, parity


@each
def test_one_seed_gives_one_model_and_another_seed_another(algorithm, data, tmp_path):
    runs = [MemoryRun(tmp_path / name, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))]
    one, same, other = (fitted_weights(algorithm, data, TRAINED, run) for run in runs)
    assert_same(one, same)
    assert any(not torch.equal(value, other[name]) for name, value in one.items())
    assert runs[0].metrics == runs[1].metrics


@each
@both
def test_a_run_killed_again_and_again_ends_in_the_same_weights(algorithm, recipe, data, tmp_path):
    uninterrupted = MemoryRun(tmp_path / "whole")
    whole = fitted_weights(algorithm, data, recipe, uninterrupted)
    draw = random.Random(11)
    for attempt in itertools.count():
        die_at = draw.randint(20, min(45, uninterrupted.words - 1)) if attempt < 4 else None
        run = MemoryRun(tmp_path / "killed", die_at=die_at)
        try:
            resumed = fitted_weights(algorithm, data, recipe, run)
            break
        except Killed:
            continue
    assert attempt >= 1, "it was killed at least once"
    assert_same(whole, resumed)


@each
def test_a_run_that_is_asked_to_stop_saves_and_resumes_to_the_same_weights(algorithm, data, tmp_path):
    whole = MemoryRun(tmp_path / "whole")
    expected = fitted_weights(algorithm, data, TRAINED, whole)
    for stop_at in (whole.words - 6, whole.words - 3):
        folder = tmp_path / f"stopped-{stop_at}"
        with pytest.raises(Stopped):
            fitted_weights(algorithm, data, TRAINED, MemoryRun(folder, stop_at=stop_at))
        run = MemoryRun(folder)
        assert run.restore() is not None
        assert_same(expected, fitted_weights(algorithm, data, TRAINED, run))
        assert all(whole.metrics[point] == value for point, value in run.metrics.items())
