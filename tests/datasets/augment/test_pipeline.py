"""Pipelines as data: checked, written out, and the same bytes for the same seed."""

import hashlib
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from core.errors import InvalidInput
from datasets.augment import MAX_STEPS, OPERATORS, Picture, Shape, operators_described, pipeline_from

ROOT = Path(__file__).resolve().parents[3]
ALL = [{"op": key, "p": 0.8} for key in OPERATORS][:MAX_STEPS]
REST = [{"op": key, "p": 0.8} for key in OPERATORS][MAX_STEPS:]


def picture(seed=0, size=(96, 64)):
    rng = np.random.default_rng(seed)
    return Picture(rng.integers(0, 256, (*size[::-1], 3), np.uint8), (Shape(1, (20.0, 10.0, 40.0, 30.0)),))


def digest(steps, seed=5, sample="0198", copy=0):
    def partners(draw):
        return picture(int(draw * 100))

    changed = pipeline_from(steps).apply(picture(), seed=seed, sample=sample, copy=copy, partners=partners)
    return hashlib.sha256(changed.pixels.tobytes() + repr(changed.shapes).encode()).hexdigest()


@pytest.mark.parametrize("steps", [ALL, REST])
def test_the_same_seed_gives_the_same_bytes_in_another_process(steps):
    code = f"from tests.datasets.augment.test_pipeline import digest; print(digest({steps!r}))"
    other = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert digest(steps) == digest(steps) == other.stdout.strip()


def test_seed_sample_and_copy_each_make_a_difference():
    assert len({digest(ALL), digest(ALL, seed=6), digest(ALL, sample="0199"), digest(ALL, copy=1)}) == 4


def test_a_parameter_of_one_step_changes_nothing_that_another_drew():
    shift = {"op": "affine", "params": {"degrees": 0, "zoom": 0, "shift": 0.3}}
    boxes = set()
    for amount in (0.01, 0.2, 0.4):
        steps = [{"op": "noise", "params": {"amount": amount}}, shift]
        boxes.add(pipeline_from(steps).apply(picture(), seed=1, sample="s").shapes[0].box)
    assert len(boxes) == 1


@pytest.mark.parametrize("key", OPERATORS)
def test_an_operator_gives_pixels_and_leaves_its_input_alone(key):
    for size in ((96, 64), (64, 96), (3, 2), (1, 1), (200, 1)):
        given = Picture(picture(1, size).pixels, (Shape(0, (0.0, 0.0, float(size[0]), float(size[1]))),))
        before = given.pixels.copy()
        changed = pipeline_from([{"op": key}]).apply(
            given, seed=2, sample="s", partners=lambda draw: picture(3)
        )
        np.testing.assert_array_equal(given.pixels, before)
        assert changed.pixels.dtype == np.uint8
        assert changed.pixels.ndim == 3
        assert changed.pixels.shape[2] == 3
        assert 0 < changed.pixels.size <= given.pixels.size
        for shape in changed.shapes:
            x, y, w, h = shape.box
            assert min(x, y) >= 0
            assert min(w, h) > 0
            assert x + w <= changed.size[0] + 1e-6
            assert y + h <= changed.size[1] + 1e-6


@pytest.mark.parametrize("key", OPERATORS)
def test_every_extreme_of_a_form_can_be_applied(key):
    schema = next(each for each in operators_described() if each["key"] == key)["params_schema"]
    for bound in ("minimum", "maximum"):
        params = {name: rule[bound] for name, rule in schema["properties"].items() if bound in rule}
        jsonschema.validate(params, schema)
        for seed in range(3):
            pipe = pipeline_from([{"op": key, "params": params}])
            changed = pipe.apply(picture(), seed=seed, sample="s", partners=lambda draw: picture(4))
            assert changed.pixels.size


def test_every_parameter_says_what_it_is_and_every_number_has_bounds():
    for described in operators_described():
        for name, rule in described["params_schema"]["properties"].items():
            assert rule["title"], (described["key"], name)
            assert rule["description"].endswith("."), (described["key"], name)
            if rule["type"] in ("integer", "number"):
                assert {"minimum", "maximum"} <= rule.keys(), (described["key"], name)


def test_a_pipeline_is_written_out_whole_and_read_again():
    pipe = pipeline_from([{"op": "fog", "params": {"severity": 4}}, {"op": "gray", "p": 0.5}])
    assert pipe.to_json() == [
        {"op": "fog", "params": {"severity": 4, "vary": False, "banks": 0.3}, "p": 1.0},
        {"op": "gray", "params": {}, "p": 0.5},
    ]
    assert pipeline_from(pipe.to_json()) == pipe


@pytest.mark.parametrize(
    ("steps", "fields"),
    [
        ("fog", ["steps"]),
        ({"op": "fog"}, ["steps"]),
        ([{"op": "fog"}] * (MAX_STEPS + 1), ["steps"]),
        (["fog"], ["steps.0"]),
        ([{"op": "os.system"}], ["steps.0.op"]),
        ([{"op": ["fog"]}], ["steps.0.op"]),
        ([{"op": "fog", "q": 1}], ["steps.0.q"]),
        ([{"op": "fog", "p": 1.5}], ["steps.0.p"]),
        ([{"op": "fog", "p": True}], ["steps.0.p"]),
        ([{"op": "fog", "p": float("nan")}], ["steps.0.p"]),
        ([{"op": "fog", "params": [1]}], ["steps.0.params"]),
        ([{"op": "fog", "params": {"severity": 6}}], ["steps.0.params.severity"]),
        ([{"op": "fog", "params": {"severity": 2.5}}], ["steps.0.params.severity"]),
        ([{"op": "noise", "params": {"amount": float("inf")}}], ["steps.0.params.amount"]),
        ([{"op": "noise", "params": {"amount": 10**400}}], ["steps.0.params.amount"]),
        ([{"op": "noise", "params": {"amount": "1"}}], ["steps.0.params.amount"]),
        ([{"op": "rotate", "params": {"fill": "../x"}}], ["steps.0.params.fill"]),
        ([{"op": "gray", "params": {"__class__": 1}}], ["steps.0.params.__class__"]),
        (
            [{"op": "fog"}, {"op": "fog", "params": {"severity": 0, "banks": 2}}, {"op": "no"}],
            ["steps.1.params.severity", "steps.1.params.banks", "steps.2.op"],
        ),
    ],
)
def test_a_hostile_pipeline_is_refused_by_the_name_of_the_field(steps, fields):
    with pytest.raises(InvalidInput) as refused:
        pipeline_from(steps)
    assert sorted(refused.value.params["fields"]) == sorted(fields)
