import itertools

import pytest
import torch

from tests.training.small import Killed
from training.engine import checkpoint
from training.engine.checkpoint import CheckpointStore, State, flattened, unflatten

POINTS = [
    "training.checkpoint.half",
    "training.checkpoint.tensors",
    "training.checkpoint.header",
    "training.checkpoint.dropping",
]


def state(step):
    return State(
        step, {"weight": torch.full((3, 2), float(step)), "count": torch.tensor(step)}, {"epoch": step}
    )


def test_what_was_saved_last_comes_back(tmp_path):
    store = CheckpointStore(tmp_path)
    assert store.restore() is None
    for step in (1, 2, 3):
        store.save(state(step))
    restored = CheckpointStore(tmp_path).restore()
    assert (restored.step, restored.meta) == (3, {"epoch": 3})
    assert torch.equal(restored.tensors["weight"], state(3).tensors["weight"])
    assert len(list(tmp_path.glob("*.json"))) == checkpoint.KEEP == len(list(tmp_path.glob("*.safetensors")))


@pytest.mark.parametrize(("point", "occurrence"), list(itertools.product(POINTS, (1, 2))))
def test_a_save_that_dies_anywhere_leaves_a_whole_checkpoint(tmp_path, monkeypatch, point, occurrence):
    store = CheckpointStore(tmp_path)
    for step in (1, 2):
        store.save(state(step))
    seen = itertools.count(1)

    def die(name):
        if name == point and next(seen) == occurrence:
            raise Killed

    monkeypatch.setattr(checkpoint, "fault", die)
    died = False
    try:
        for step in (3, 4):
            store.save(state(step))
    except Killed:
        died = True
    assert died
    restored = CheckpointStore(tmp_path).restore()
    assert restored.step in (2, 3, 4)
    assert torch.equal(restored.tensors["weight"], state(restored.step).tensors["weight"])
    assert not list(tmp_path.glob("*.tmp"))


def test_a_later_stage_that_counts_from_the_beginning_is_the_newer_one(tmp_path):
    store = CheckpointStore(tmp_path)
    for step in (900, 1000, 1, 2):
        store.save(state(step))
    assert store.restore().step == 2
    assert len(list(tmp_path.glob("*.json"))) == checkpoint.KEEP


@pytest.mark.parametrize("suffix", [".safetensors", ".json"])
@pytest.mark.parametrize("damage", ["cut", "flip", "gone"])
def test_a_damaged_newest_is_passed_over_for_the_one_before(tmp_path, suffix, damage):
    store = CheckpointStore(tmp_path)
    for step in (1, 2):
        store.save(state(step))
    path = tmp_path / f"save-{2:09d}{suffix}"
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 0x55]) + content[middle + 1 :]
        path.write_bytes(content[:middle] if damage == "cut" else flipped)
    restored = store.restore()
    assert restored.step == 1


def test_an_optimizer_goes_on_as_if_never_stopped(tmp_path):
    def begin():
        torch.manual_seed(0)
        model = torch.nn.Linear(4, 2)
        return model, torch.optim.AdamW(model.parameters(), lr=0.1)

    def step(model, optimizer):
        optimizer.zero_grad()
        model(torch.arange(8.0).reshape(2, 4)).square().sum().backward()
        optimizer.step()

    whole, optimizer = begin()
    for _ in range(5):
        step(whole, optimizer)
    model, optimizer = begin()
    for _ in range(2):
        step(model, optimizer)
    CheckpointStore(tmp_path).save(State(2, {**model.state_dict(), **flattened("o.", optimizer)}, {}))
    restored = CheckpointStore(tmp_path).restore()
    resumed, optimizer = begin()
    resumed.load_state_dict({name: restored.tensors[name] for name in ("weight", "bias")})
    unflatten("o.", restored.tensors, optimizer)
    for _ in range(3):
        step(resumed, optimizer)
    assert torch.equal(whole.weight, resumed.weight)
