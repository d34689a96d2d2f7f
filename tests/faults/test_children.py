"""How many lives a supervised child has."""

import signal
import threading

import pytest

from training.services import children
from training.services.children import ChildFailed, supervise


class Context:
    """What `supervise` asks of a job."""

    def __init__(self):
        self.lost, self.cancelled = threading.Event(), threading.Event()
        self.said, self.milestones = [], 0

    def check(self):
        return None

    def log(self, text):
        self.said.append(text)

    def milestone(self):
        self.milestones += 1


@pytest.fixture
def lived(tmp_path, monkeypatch):
    """Supervise a child that dies of the given signals, one life each; the context."""
    monkeypatch.setattr(children, "LONGEST_REST_S", 0)
    context = Context()

    def live(*signals):
        (tmp_path / "deaths").mkdir()
        for place, number in enumerate(signals):
            (tmp_path / "deaths" / f"{place:03}").write_text(str(int(number)))
        supervise(context, "tests.faults.dying", tmp_path, 1, lambda events: None)
        return context

    return live


def test_a_child_that_somebody_kills_goes_on_again_and_again(lived):
    assert len(lived(*[signal.SIGKILL] * 8).said) == 8


def test_a_child_that_crashes_is_given_up_after_three_lives(lived):
    with pytest.raises(ChildFailed) as caught:
        lived(*[signal.SIGSEGV] * 3)
    assert caught.value.code == "child_died"


def test_a_child_that_dies_for_want_of_memory_is_given_up_after_three_lives(lived, monkeypatch):
    ended = iter(range(100))
    monkeypatch.setattr(children, "_starved", lambda: next(ended))
    with pytest.raises(ChildFailed) as caught:
        lived(*[signal.SIGKILL] * 3)
    assert caught.value.code == "out_of_memory"


def test_killing_for_ever_ends_too(lived, monkeypatch):
    monkeypatch.setattr(children, "MAX_KILLS", 4)
    with pytest.raises(ChildFailed, match="kept killing"):
        lived(*[signal.SIGKILL] * 4)
