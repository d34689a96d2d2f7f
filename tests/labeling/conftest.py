"""A data set with classes and samples, people with roles, and clients for them."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from core.clock import utc_now
from datasets.models import Counter, Dataset, Sample
from datasets.services.datasets import dataset_create
from labeling.models import Campaign
from labeling.services.campaigns import CampaignPlan, campaign_create
from tests import factories

WIDTH, HEIGHT = 200, 100
CHARACTERS = 40
PICTURE = {"width": WIDTH, "height": HEIGHT, "mode": "RGB", "frames": 1}
TEXT = {"characters": CHARACTERS, "lines": 1, "excerpt": "Ada went to Paris", "encoding": "utf-8"}
SOUND = {"duration_s": 2.5, "bars": [], "format": "WAV", "rate": 8000, "channels": 1}


class World:
    """One project, one data set, one campaign; people by name."""

    def __init__(self, task: str = "image_classification", samples: int = 6) -> None:
        self.modality = "text" if task == "ner" else task.partition("_")[0]
        self.modality = self.modality if self.modality in ("text", "audio") else "image"
        self.manager = factories.user_make("boss")
        self.project = factories.project_make(created_by=self.manager)
        self.people: dict[str, Any] = {"boss": self.manager}
        self.dataset: Dataset = dataset_create(
            actor=self.manager,
            project=self.project,
            name="Pictures",
            modality=self.modality,
            task=task,
            classes=[{"name": "cat"}, {"name": "dog"}, {"name": "eel"}],
        )
        self.classes = {row.name: row for row in self.dataset.classes.order_by("index")}
        self.add_samples(samples)

    def add_samples(self, count: int) -> list[Sample]:
        rows = [
            Sample(
                dataset=self.dataset,
                name=f"{number:06}.jpg",
                sha256=uuid.uuid4().hex * 2,
                thumb_sha256=uuid.uuid4().hex * 2,
                media_type={"text": "text/plain", "audio": "audio/wav"}.get(self.modality, "image/jpeg"),
                size_bytes=1000,
                payload={"text": TEXT, "audio": SOUND}.get(self.modality, PICTURE),
                imported_at=utc_now(),
            )
            for number in range(count)
        ]
        rows.sort(key=lambda row: row.pk)
        Sample.objects.bulk_create(rows, batch_size=2000)
        for kind, key in (("samples", ""), ("state", "unlabeled"), ("split", "")):
            row, _ = Counter.objects.get_or_create(dataset=self.dataset, kind=kind, key=key, shard=0)
            row.value += count
            row.save()
        return rows

    def campaign(self, **plan: Any) -> Campaign:
        wanted = {"name": "Round", "selection": {"filter": "all"}, **plan}
        self.round = campaign_create(actor=self.manager, dataset=self.dataset, plan=CampaignPlan(**wanted))
        return self.round

    def person(self, name: str, role: str = "annotator") -> Any:
        if name not in self.people:
            self.people[name] = factories.member_add(self.project, factories.user_make(name), role)
        return self.people[name]

    def as_(self, name: str, role: str = "annotator") -> "Client":
        return Client(self, self.person(name, role))

    def mark(self, name: str = "cat", **changes: Any) -> dict[str, Any]:
        return {
            "id": str(uuid.uuid4()),
            "kind": "class",
            "label": str(self.classes[name].pk),
            "source": "human",
            **changes,
        }

    def span(self, start: Any, end: Any, name: str = "cat") -> dict[str, Any]:
        return {**self.mark(name), "kind": "span", "start": start, "end": end}

    def region(self, start: Any, end: Any, name: str = "cat") -> dict[str, Any]:
        return {**self.mark(name), "kind": "region", "start": start, "end": end}

    def box(self, *numbers: float, name: str = "cat") -> dict[str, Any]:
        return {**self.mark(name), "kind": "box", "box": list(numbers or (10, 10, 20, 20))}


class Client:
    """What one person does over HTTP."""

    def __init__(self, world: World, person: Any) -> None:
        self.world, self.person = world, person
        self.http = APIClient()
        self.http.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    def claim(self, count: int = 1, **body: Any) -> Any:
        return self.post(f"campaigns/{self.world.round.pk}/claim/", {"count": count, **body})

    def item(self, **body: Any) -> dict[str, Any]:
        answer = self.claim(**body)
        assert answer.status_code == 200, answer.content
        return answer.json()["items"][0]

    def save(
        self, item: str, shapes: list[Any], *, revision: int = 0, state: str = "submitted", **more: Any
    ) -> Any:
        key = more.pop("id", None) or str(uuid.uuid4())
        body = {
            "item": item,
            "revision": revision,
            "shapes": shapes,
            "state": state,
            "seconds_spent": 2.0,
            **more,
        }
        return self.http.put(f"/api/v1/annotations/{key}/", body, format="json")

    def submit_next(self, name: str = "cat", **more: Any) -> Any:
        item = self.item()
        saved = self.save(item["id"], [self.world.mark(name)], **more)
        assert saved.status_code == 200, saved.content
        return {**saved.json(), "item": item}

    def post(self, path: str, body: Any = None) -> Any:
        return self.http.post(f"/api/v1/{path}", body or {}, format="json")

    def get(self, path: str, **query: Any) -> Any:
        return self.http.get(f"/api/v1/{path}", query)


@pytest.fixture
def make_world(db: None) -> Callable[..., World]:
    return World


@pytest.fixture
def world(db: None) -> World:
    made = World()
    made.campaign()
    return made


def statements(captured: Any) -> list[str]:
    """What was executed, without the marks of transactions."""
    marks = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK")
    return [query["sql"] for query in captured.captured_queries if not query["sql"].upper().startswith(marks)]


@pytest.fixture
def lasting_world(transactional_db: None) -> Callable[..., World]:
    """As `make_world`, with rows that other threads and processes see."""
    if connection.vendor == "sqlite":
        # The rows are deleted one by one after the test, which the audit trail rightly refuses.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'core_auditevent'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
    return World
