"""Preprocessing, augmentation, parameters, manifests, curves."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import torch

from core.errors import InvalidInput
from core.imaging import DecodeRule
from tests.training.small import colored, manifest_make, manifest_write, row_of
from training.algorithms import ALGORITHMS, algorithm_for
from training.engine.augment import STRENGTHS, augment
from training.engine.failures import BadData, DiskFull, OutOfMemory, named_causes
from training.engine.lite0 import Lite0, pretrained_state
from training.engine.loaders import Squares, epoch_order
from training.engine.preprocess import Preprocess, normalized, square_of
from training.engine.samples import PictureSource, learnable_check, manifest_read
from training.selectors.curves import downsampled

LITE0 = ALGORITHMS["image_classification_lite0"]


def test_every_tensor_of_the_weights_finds_its_place():
    state = pretrained_state()
    net = Lite0()
    assert net.state_dict().keys() == state.keys()
    net.load_state_dict(state)
    assert sum(value.numel() for value in net.parameters()) == 3_371_008


def test_a_picture_is_padded_to_a_square_and_not_stretched():
    tall = torch.full((1, 80, 40, 3), 255, dtype=torch.uint8)
    made = Preprocess(32)(tall)[0]
    assert made.shape == (3, 32, 32)
    middle, edge = made[:, :, 8:24], torch.cat([made[:, :, :7], made[:, :, 25:]], dim=2)
    assert torch.allclose(middle[:, :, 1:-1], torch.tensor(1.0))
    assert torch.allclose(edge, torch.tensor(0.0), atol=1e-6)


def test_the_kept_square_is_what_the_network_sees_but_for_rounding():
    pixels = np.random.default_rng(0).integers(0, 256, (90, 70, 3)).astype(np.uint8)
    exact = Preprocess(64)(torch.from_numpy(pixels)[None])
    kept = normalized(square_of(pixels, Preprocess(64))[None], torch.device("cpu"))
    assert (exact - kept).abs().max() <= 1 / 16 / 128


@pytest.mark.parametrize("name", ["light", "strong"])
def test_augmentation_depends_on_seed_epoch_and_index_alone(name):
    picture = np.random.default_rng(1).integers(0, 256, (48, 48, 3)).astype(np.uint8)
    before = picture.copy()
    one = augment(picture, STRENGTHS[name], 1, 2, 3)
    np.testing.assert_array_equal(one, augment(picture, STRENGTHS[name], 1, 2, 3))
    np.testing.assert_array_equal(picture, before)
    assert one.shape == picture.shape
    for other in ((2, 2, 3), (1, 3, 3), (1, 2, 4)):
        assert (augment(picture, STRENGTHS[name], *other) != one).any()
    np.testing.assert_array_equal(augment(picture, STRENGTHS["none"], 1, 2, 3), picture)


def test_an_epoch_sees_every_sample_once_in_an_order_of_its_own():
    first, second = epoch_order(50, 7, 0), epoch_order(50, 7, 1)
    assert sorted(first) == sorted(second) == list(range(50))
    assert (first != second).any()
    assert (first == epoch_order(50, 7, 0)).all()


def test_pictures_beyond_the_cache_are_the_same_pictures(tmp_path):
    data = manifest_read(manifest_make(tmp_path))
    source = PictureSource(data.train, DecodeRule(floor_px=128))
    whole, capped = Squares(source, 64), Squares(source, 64, cache_bytes=5 * 64 * 64 * 3 * 2)
    for part in (whole, capped):
        part.fill(lambda: None)
    np.testing.assert_array_equal(whole.batch(range(16)), capped.batch(range(16)))


def test_a_parameter_out_of_bounds_is_refused_by_name():
    with pytest.raises(InvalidInput) as refusal:
        LITE0.params_for(
            "fast", {"image_side": 100, "epochs": -1, "colour": 1, "ema": 1, "augmentation": "wild"}
        )
    assert set(refusal.value.params["fields"]) == {
        "params.image_side",
        "params.epochs",
        "params.colour",
        "params.ema",
        "params.augmentation",
    }
    with pytest.raises(InvalidInput):
        LITE0.params_for("fastest", {})
    assert isinstance(LITE0.params_for("balanced", {"dropout": 0}).dropout, float)


def test_auto_is_the_preset_of_the_task_and_another_task_is_refused():
    assert algorithm_for("auto", "image_classification") is LITE0
    for key, task in (("auto", "ner"), ("nothing", "image_classification"), (LITE0.key, "ner")):
        with pytest.raises(InvalidInput):
            algorithm_for(key, task)


def test_what_cannot_be_learned_is_refused_with_a_remedy(tmp_path):
    folder = tmp_path
    paths = {}
    for name in ("red-0", "red-1", "blue-0", "blue-1"):
        paths[name] = folder / f"{name}.jpg"
        paths[name].write_bytes(colored(name.split("-")[0], 1))
    rows = {
        "all labels are red": [row_of(paths["red-0"], "train", 1), row_of(paths["red-1"], "train", 1)],
        "class blue has one picture": [
            row_of(paths["red-0"], "train", 1),
            row_of(paths["red-1"], "val", 1),
            row_of(paths["blue-0"], "train", 0),
        ],
        "class blue has no picture in the training part": [
            row_of(paths["red-0"], "train", 1),
            row_of(paths["red-1"], "val", 1),
            row_of(paths["blue-0"], "val", 0),
            row_of(paths["blue-1"], "val", 0),
        ],
        "no sample of this version is labeled": [row_of(paths["red-0"], "train", None)],
    }
    for detail, lines in rows.items():
        with pytest.raises(BadData, match=detail):
            learnable_check(manifest_read(manifest_write(folder, lines)))


def test_classes_keep_their_names_when_the_schema_numbers_have_gaps(tmp_path):
    path = manifest_make(tmp_path, {"train": 2})
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[0]["classes"] = [
        {"index": 4, "name": "gone"},
        {"index": 7, "name": "blue"},
        {"index": 9, "name": "red"},
    ]
    for line in lines[1:]:
        line["label"] = {0: 7, 1: 9}[line["label"]]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    data = manifest_read(path)
    assert (data.classes, data.indexes) == (("blue", "red"), (7, 9))
    assert {sample.name.split("-")[1]: data.classes[sample.label] for sample in data.train} == {
        "blue": "blue",
        "red": "red",
    }


def test_unreadable_samples_are_named_together(tmp_path):
    path = manifest_make(tmp_path, {"train": 4})
    for name in ("train-red-1.jpg", "train-blue-2.jpg"):
        target = tmp_path / name
        target.write_bytes(b"\xff\xd8\xff" + b"no picture" * (target.stat().st_size // 10 + 1))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines[1:]:
        line["length"] = (tmp_path / line["name"]).stat().st_size
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    data = manifest_read(path)
    with pytest.raises(BadData) as problem:
        Squares(PictureSource(data.train, DecodeRule()), 64).fill(lambda: None)
    assert "train-red-1.jpg" in problem.value.detail
    assert set(problem.value.params["samples"]) == {"train-red-1", "train-blue-2"}


@pytest.mark.parametrize(
    ("raised", "cause"),
    [
        (MemoryError(), OutOfMemory),
        (RuntimeError("CUDA out of memory. Tried to allocate"), OutOfMemory),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), OutOfMemory),
        (OSError(28, "No space left on device"), DiskFull),
        (OSError(27, "File too large"), DiskFull),
    ],
)
def test_what_the_system_says_becomes_one_of_our_causes(raised, cause):
    with pytest.raises(cause), named_causes():
        raise raised


def test_other_errors_stay_what_they_are():
    with pytest.raises(RuntimeError, match="shape"), named_causes():
        raise RuntimeError("shape mismatch")


def test_a_curve_with_fewer_points_keeps_its_ends_and_its_peaks():
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    curve = [(step, float(np.sin(step / 40)), begin + timedelta(seconds=step)) for step in range(5000)]
    curve[1234] = (1234, 99.0, curve[1234][2])
    curve[4321] = (4321, -99.0, curve[4321][2])
    fewer = downsampled(curve, 200)
    assert len(fewer) <= 200
    assert (fewer[0], fewer[-1]) == (curve[0], curve[-1])
    assert {99.0, -99.0} <= {value for _step, value, _at in fewer}
    assert [point[0] for point in fewer] == sorted({point[0] for point in fewer})
    assert downsampled(curve[:200], 200) == curve[:200]
