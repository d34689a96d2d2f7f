"""The demo project: loaded once in the background, also when its loader is killed; gone for good when deleted."""

import time

import pytest

from tests.flows.first_model import pictures_by_class
from tests.support.stack import Stack, StackFailed

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def demo_stack(tmp_path):
    running = Stack(tmp_path / "var", {"STUDIO_DEMO": "1"})
    running.start()
    yield running
    running.close()


def _wait_for(stack: Stack, words: str, timeout_s: float = 400) -> None:
    log = stack.data_dir / "logs" / "demo.log"
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if log.exists() and words in log.read_text("utf-8"):
            return
        time.sleep(0.2)
    raise StackFailed(f"the demo's log never said {words!r}\n{stack.log_tails(8)}")


def _results(stack: Stack, token: str, path: str) -> list[dict]:
    return stack.api("GET", path, token).json()["results"]


def test_a_killed_load_goes_on_makes_everything_once_and_stays_away_when_deleted(demo_stack):
    _wait_for(demo_stack, "importing labeled.zip")
    demo_stack.kill("demo")
    _wait_for(demo_stack, "the demo project is ready")
    token = demo_stack.token()

    (project,) = _results(demo_stack, token, "/projects/")
    assert project["is_demo"]
    (dataset,) = _results(demo_stack, token, "/datasets/")
    assert dataset["counts"]["samples"] == 204
    assert (dataset["counts"]["labeled"], dataset["counts"]["unlabeled"]) == (156, 48)
    whole = demo_stack.api("GET", f"/datasets/{dataset['id']}/", token).json()
    names = {row["name"]: row["name_zh"] for row in whole["label_schema"]["classes"]}
    assert names.keys() == pictures_by_class().keys()
    assert names["cat"] == "猫"
    (run,) = _results(demo_stack, token, "/runs/")
    assert run["state"] == "succeeded"
    (endpoint,) = _results(demo_stack, token, "/endpoints/")

    key = demo_stack.api("POST", f"/endpoints/{endpoint['id']}/keys/", token, json={"name": "test"}).json()[
        "secret"
    ]
    answer = _predicted(demo_stack, endpoint["name"], key, pictures_by_class()["rocket"][0])
    assert answer["predictions"][0]["label"] == "rocket"

    assert demo_stack.api("DELETE", f"/projects/{project['id']}/", token).status_code in {200, 204}
    demo_stack.stop()
    demo_stack.start()
    _wait_for(demo_stack, "was loaded before")
    assert _results(demo_stack, token, "/projects/") == []


def _predicted(stack: Stack, name: str, key: str, picture: bytes, timeout_s: float = 30) -> dict:
    deadline = time.monotonic() + timeout_s
    while True:
        answer = stack.session.post(
            f"{stack.serve_url}/predict/{name}",
            headers={"Authorization": f"Bearer {key}", "Content-Type": "image/jpeg"},
            data=picture,
            timeout=30,
        )
        if answer.status_code == 200:
            return answer.json()
        if time.monotonic() > deadline:
            raise StackFailed(f"{answer.status_code} {answer.text}")
        time.sleep(0.2)
