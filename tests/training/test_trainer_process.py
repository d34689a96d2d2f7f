"""The trainer as a process: killed, stopped, starved."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import onnx
import pytest
import torch

from tests.training.small import MemoryRun, manifest_make
from training.engine.failures import NanLoss
from training.engine.loop import Plan, Trainer
from training.services.children import NO_ROOM, EventTail
from training.trainer.spec import EvaluationSpec, TrainerSpec

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"image_side": 64, "batch_size": 4, "epochs": 3, "frozen_blocks": 12}


@pytest.fixture
def job(tmp_path):
    """A job directory with a spec; changes are fields of the spec."""
    data = tmp_path / "data"
    data.mkdir()
    manifest = manifest_make(data)

    def make(name="job", **changes):
        folder = tmp_path / name
        folder.mkdir()
        fields = {
            "algorithm": "auto",
            "profile": "balanced",
            "params": SMALL,
            "task": "image_classification",
            "manifest": str(manifest),
            "seed": 5,
            "device": "cpu",
            "checkpoint_every_s": 0.0,
            **changes,
        }
        TrainerSpec(**fields).write(folder)
        return folder

    return make


def started(folder, module="training.trainer", **env):
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **env}
    return subprocess.Popen([sys.executable, "-m", module, str(folder)], env=kept, stderr=subprocess.DEVNULL)


def ran(folder, **env):
    with started(folder, **env) as process:
        return process.wait(timeout=280)


def cause(folder):
    return json.loads((folder / "error.json").read_text())


def events(folder):
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]


def weights(folder):
    graph = onnx.load(folder / "out" / "model.onnx").graph
    return {tensor.name: tensor.raw_data for tensor in graph.initializer}


@pytest.mark.slow
def test_killed_at_random_moments_and_inside_a_checkpoint_it_ends_in_the_same_model(job):
    whole, killed = job("whole"), job("killed")
    assert ran(whole) == 0
    assert ran(killed, STUDIO_FAULT="training.checkpoint.half") == 137
    draw = random.Random(1)
    for _ in range(2):
        process = started(killed)
        deadline = time.monotonic() + 120
        before = len(list((killed / "checkpoints").glob("*.json")))
        while time.monotonic() < deadline and process.poll() is None:
            if len(list((killed / "checkpoints").glob("*.json"))) > min(before, 1):
                break
            time.sleep(0.02)
        time.sleep(draw.random() / 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert ran(killed) == 0
    assert weights(killed) == weights(whole)
    points = [
        (key, event["step"])
        for event in events(whole)
        if event["type"] == "metric"
        for key in event["values"]
    ]
    assert {(key, e["step"]) for e in events(killed) if e["type"] == "metric" for key in e["values"]} == set(
        points
    )
    numbers = [event["seq"] for event in events(killed)]
    assert numbers == sorted(set(numbers))


def test_asked_to_stop_it_saves_and_exits_3(job):
    folder = job(params={**SMALL, "epochs": 500})
    process = started(folder)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not list((folder / "checkpoints").glob("*.json")):
        time.sleep(0.05)
    process.terminate()
    assert process.wait(timeout=30) == 3
    assert list((folder / "checkpoints").glob("*.json"))
    assert not (folder / "error.json").exists()


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        (
            {"memory_mb": 2200, "params": {**SMALL, "image_side": 512, "batch_size": 512}},
            "out_of_memory",
            "memory",
        ),
        ({"device": "cuda:7"}, "device_missing", "no device"),
        ({"time_limit_s": 0.001}, "time_limit", "longer"),
    ],
)
def test_a_failure_has_its_cause_in_one_sentence(job, changes, code, word):
    folder = job(**changes)
    exit_code = ran(folder)
    assert (exit_code, cause(folder)["code"]) == (1, code)
    assert word in cause(folder)["detail"]
    assert "/" not in cause(folder)["detail"]


def test_without_room_it_says_so_by_its_exit_code_since_it_may_write_nothing(job):
    folder = job(file_mb=5)
    assert ran(folder) == NO_ROOM
    assert not (folder / "error.json").exists()


def test_a_line_torn_by_a_full_disk_hides_no_later_event(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text('{"seq": 1}\n{"seq": 2, "ty{"seq": 3}\n{"seq": 4}\n{"seq"', encoding="utf-8")
    assert [event["seq"] for event in EventTail(path).read()] == [1, 4]


@pytest.mark.parametrize(("heard", "left"), [(0, [1, 2, 3]), (2, [3]), (3, []), (99, [])])
def test_a_follower_begins_behind_what_was_heard_and_hears_all_that_is_said_from_then_on(
    tmp_path, heard, left
):
    path = tmp_path / "events.jsonl"
    path.write_text('{"seq": 1}\n{"seq": 2}\n{"seq": 3}\n', encoding="utf-8")
    tail = EventTail(path, heard)
    assert [event["seq"] for event in tail.read()] == left
    with path.open("a", encoding="utf-8") as handle:
        handle.write('{"seq": 4}\n')
    assert [event["seq"] for event in tail.read()] == [4]


def test_a_follower_of_a_file_begun_anew_hears_it_from_its_first_line(tmp_path):
    path = tmp_path / "events.jsonl"
    tail = EventTail(path, 5)
    path.write_text('{"seq": 1}\n', encoding="utf-8")
    assert [event["seq"] for event in tail.read()] == [1]


def test_a_loss_that_is_no_number_says_so(tmp_path):
    model = torch.nn.Linear(2, 2)
    trainer = Trainer(
        model, torch.optim.SGD(model.parameters(), lr=0.1), Plan(1, 4), MemoryRun(tmp_path), ema=False
    )
    before = model.weight.clone()
    with pytest.raises(NanLoss, match="learning rate"):
        trainer.one_step(
            torch.full((1, 2), float("nan")), torch.tensor([0]), torch.nn.functional.cross_entropy
        )
    assert torch.equal(model.weight, before)


def test_an_evaluation_of_the_file_repeats_the_report_of_the_run(job, tmp_path):
    folder = job(params={**SMALL, "epochs": 0})
    assert ran(folder) == 0
    spec = json.loads((folder / "spec.json").read_text())
    evaluation = tmp_path / "evaluation"
    evaluation.mkdir()
    EvaluationSpec(
        model=str(folder / "out" / "model.onnx"), manifest=spec["manifest"], split="test", seed=spec["seed"]
    ).write(evaluation)
    with started(evaluation, "training.trainer.evaluate") as process:
        assert process.wait(timeout=200) == 0
    again = json.loads((evaluation / "out" / "report.json").read_text())
    first = json.loads((folder / "out" / "report.json").read_text())["test"]
    assert {key: again[key] for key in first} == first
    assert again["left_out"] == {}


def test_a_trainer_whose_supervisor_died_dies_too(job):
    folder = job(params={**SMALL, "epochs": 500})
    code = (
        "import os,subprocess,sys,time,json,pathlib;"
        "p=pathlib.Path(sys.argv[1],'spec.json');s=json.loads(p.read_text());s['parent_pid']=os.getpid();"
        "p.write_text(json.dumps(s));c=subprocess.Popen([sys.executable,'-m','training.trainer',sys.argv[1]],"
        "start_new_session=True);print(c.pid,flush=True);time.sleep(600)"
    )
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    child = int(parent.stdout.readline())
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not (folder / "events.jsonl").exists():
        time.sleep(0.05)
    parent.kill()
    parent.communicate()
    while time.monotonic() < deadline and alive(child):
        time.sleep(0.05)
    assert not alive(child)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False
