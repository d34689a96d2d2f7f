"""Two tabs on each of ten pictures, answers that get lost on the way, retries: what was acknowledged is there, once."""

import random
import threading
import uuid
from collections import Counter as Tally
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from django.db import connections

from labeling.models import Annotation, AnnotationEvent

pytestmark = pytest.mark.django_db(transaction=True)

PICTURES, TABS, EDITS = 10, 2, 30
LOST_SHARE = 0.1
TRIES = 60


@dataclass
class Tab:
    """One browser tab: what it believes to be there, and a journal of what the server acknowledged."""

    client: object
    item: str
    key: str
    seed: int
    revision: int = 0
    shapes: list = field(default_factory=list)
    acknowledged: set = field(default_factory=set)
    removed: set = field(default_factory=set)
    seen: Tally = field(default_factory=Tally)

    def work(self) -> "Tab":
        chance = random.Random(self.seed)
        for number in range(EDITS):
            if self.acknowledged and number % 5 == 4:
                self.edit(chance, remove=chance.choice(sorted(self.acknowledged - self.removed) or [None]))
            else:
                self.edit(chance, add=self.client.world.box(number, number, 5, 5))
        return self

    def edit(self, chance: random.Random, add: dict | None = None, remove: str | None = None) -> None:
        for _ in range(TRIES):
            kept = [shape for shape in self.shapes if shape["id"] != remove]
            wanted = kept + ([add] if add and add["id"] not in {shape["id"] for shape in kept} else [])
            answer = self.client.save(self.item, wanted, id=self.key, revision=self.revision, state="draft")
            if chance.random() < LOST_SHARE:
                self.seen["lost"] += 1
                continue
            self.seen[answer.status_code] += 1
            if answer.status_code == 200:
                self.revision, self.shapes = answer.json()["revision"], wanted
                if add:
                    self.acknowledged.add(add["id"])
                if remove:
                    self.removed.add(remove)
                return
            assert answer.status_code == 409, answer.content
            current = answer.json()["params"]["current"]
            self.revision, self.shapes = current["revision"], current["shapes"]
        raise AssertionError("an edit never came through")


def _tabs(world: object) -> list[Tab]:
    made = []
    for picture in range(PICTURES):
        name = f"ann{picture}"
        item, key = world.as_(name).item()["id"], str(uuid.uuid4())
        made += [Tab(world.as_(name), item, key, seed=picture * TABS + tab) for tab in range(TABS)]
    return made


def _run(tabs: list[Tab]) -> None:
    start = threading.Barrier(len(tabs))

    def work(tab: Tab) -> Tab:
        try:
            start.wait(20)
            return tab.work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tabs)) as pool:
        for future in [pool.submit(work, tab) for tab in tabs]:
            future.result(120)


@pytest.mark.timeout(180)
def test_twenty_tabs_with_lost_answers_lose_nothing_and_overwrite_nothing(lasting_world):
    world = lasting_world("object_detection", samples=PICTURES)
    world.campaign()
    tabs = _tabs(world)
    _run(tabs)
    assert sum(tab.seen["lost"] for tab in tabs) > 20
    assert sum(tab.seen[409] for tab in tabs) > 20
    for item in {tab.item for tab in tabs}:
        both = [tab for tab in tabs if tab.item == item]
        added = set().union(*(tab.acknowledged for tab in both))
        removed = set().union(*(tab.removed for tab in both))
        kept = Annotation.objects.get(item=item)
        ids = [shape["id"] for shape in kept.shapes]
        assert sorted(ids) == sorted(added - removed), "lost, doubled or come back"
        history = list(AnnotationEvent.objects.filter(annotation=kept).order_by("revision"))
        assert [event.revision for event in history] == list(range(1, kept.revision + 1))
        assert history[-1].shapes == kept.shapes
        steps = [set()] + [{shape["id"] for shape in event.shapes} for event in history]
        came = Tally(one for before, after in pairwise(steps) for one in after - before)
        gone = Tally(one for before, after in pairwise(steps) for one in before - after)
        assert came == Tally(added), "each edit is in the history once"
        assert gone == Tally(removed)
