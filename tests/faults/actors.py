"""People and programs at work: each repeats one kind of operation until told to stop, and writes down the answers."""

import io
import itertools
import random
import threading
import time
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import requests
from PIL import Image

from tests.faults.journal import Client, Journal, Unanswered
from tests.flows.first_model import FirstModel, archive_of, job_id_of, pictures_by_class
from tests.support.stack import Stack

TO_LABEL = 120
A_CLASS = 8
TUS = {"Tus-Resumable": "1.0.0"}


@dataclass
class Place:
    """A project with a first model, its endpoint, and a campaign over unlabeled pictures."""

    flow: FirstModel
    stack: Stack
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """The administrator's."""
        return self.flow.token


def noisy(seed: int, side: int = 48) -> bytes:
    """A small JPEG that no other seed makes."""
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=80)
    return out.getvalue()


def zip_of(names: dict[str, bytes]) -> bytes:
    """An archive of named files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def place_make(stack: Stack) -> Place:
    """Everything the actors need, made before anything is killed."""
    flow = FirstModel(stack)
    flow.sign_in()
    flow.create_project("Storm")
    flow.create_dataset()
    pictures = {label: files[:A_CLASS] for label, files in pictures_by_class().items()}
    flow.import_pictures(archive_of(pictures))
    flow.freeze_version()
    flow.train("fast")
    flow.deploy("storm")
    place = Place(flow, stack)
    place.made["picture"] = next(iter(pictures.values()))[0]
    place.made["label"] = flow.predict(place.made["picture"]).json()["predictions"][0]["label"]
    project = flow.made["project"]["id"]
    body = {"project": project, "name": "To label", "modality": "image", "task": "image_classification"}
    body["label_schema"] = {"classes": [{"name": "cat"}, {"name": "dog"}]}
    dataset = stack.api("POST", "/datasets/", flow.token, json=body).json()
    place.made["pictures"] = dataset["id"]
    place.made["classes"] = [row["id"] for row in dataset["label_schema"]["classes"]]
    files = {"file": ("p.zip", zip_of({f"{n}.jpg": noisy(n) for n in range(TO_LABEL)}), "application/zip")}
    answer = stack.api("POST", f"/datasets/{dataset['id']}/imports/", flow.token, files=files)
    stack.wait_job(job_id_of(answer.json()), flow.token)
    return place


class Actor:
    """One thread; `turn` is one operation. What it could not finish is in the journal's surprises."""

    pause_s = 0.2

    def __init__(self, place: Place, journal: Journal, stop: threading.Event, seed: int) -> None:
        self.place, self.journal, self._stop = place, journal, stop
        self.client = Client(place.stack, journal, place.token)
        self.random = random.Random(seed)
        self.numbers = itertools.count(seed * 1_000_000)
        self.thread = threading.Thread(target=self._work, name=type(self).__name__, daemon=True)

    def turn(self) -> None:
        """One operation, to its answer."""
        raise NotImplementedError

    def _work(self) -> None:
        try:
            while not self._stop.wait(self.pause_s):
                self.turn()
        except Unanswered:
            return
        except Exception as exc:  # noqa: BLE001  a thread's edge
            self.journal.surprise(f"{self.thread.name}: {exc!r}")
        finally:
            self.client.close()


class Importer(Actor):
    """Small ZIPs of new pictures, in one body."""

    pause_s = 1.0

    def turn(self) -> None:
        """Send and wait for the end of the job."""
        names = {f"{number}.jpg": noisy(number) for number in itertools.islice(self.numbers, 4)}
        sent = requests.Request(
            "POST", "http://x/", files={"file": ("more.zip", zip_of(names), "application/zip")}
        ).prepare()
        path = f"/datasets/{self.place.made['pictures']}/imports/"
        kind = {"Content-Type": sent.headers["Content-Type"]}
        answer = self.client.until("POST", path, expected=(202,), data=sent.body, headers=kind)
        self.journal.note("import", answer["job"]["id"], "ok", sorted(names))
        job = self.client.ended_job(answer["job"]["id"])
        self.journal.note("imported", job["id"], "ok" if job["state"] == "succeeded" else "fail", names, job)


class Uploader(Actor):
    """Resumable uploads in parts of odd sizes, then given back or kept."""

    def turn(self) -> None:
        """An upload; after a broken part it asks where to go on, as tus says."""
        content = self.random.randbytes(self.random.randrange(1, 300_000))
        made = self.client.until(
            "POST", "/uploads/", expected=(201,), headers={**TUS, "Upload-Length": str(len(content))}
        )
        path, told = f"/uploads/{made['id']}/", 0
        while told < len(content):
            part = content[told : told + self.random.randrange(1, 120_000)]
            headers = {
                **TUS,
                "Upload-Offset": str(told),
                "Content-Type": "application/offset+octet-stream",
            }
            answer = self.client.once("PATCH", path, headers=headers, data=part)
            if answer is not None and answer.status_code == 204:
                told += len(part)
                continue
            time.sleep(0.5)
            now = self.client.until("GET", path, headers=TUS)["offset"]
            if now < told:
                self.journal.surprise(f"upload {made['id']}: {told} bytes acknowledged, {now} left")
                raise Unanswered(path)
            told = now
        self.journal.note("upload", made["id"], "ok", content)
        self.client.until("DELETE", path, expected=(204, 404), headers=TUS)


class Annotator(Actor):
    """Claims, saves drafts, submits; every save is repeated unchanged until it is acknowledged."""

    pause_s = 0.05

    def turn(self) -> None:
        """One item."""
        items = []
        if "campaign" in self.place.made:
            path = f"/campaigns/{self.place.made['campaign']}/claim/"
            items = self.client.until("POST", path, json={"count": 1})["items"]
        if not items:
            body = {"dataset": self.place.made["pictures"], "name": "Round", "selection": {"filter": "all"}}
            self.place.made["campaign"] = self.client.until(
                "POST", "/campaigns/", expected=(201,), json=body
            )["id"]
            return
        item = items[0]
        known = item["annotation"]
        key, revision = known["id"] or str(uuid.uuid4()), known["revision"] or 0
        for state in ("draft", "draft", "submitted"):
            body = {"item": item["id"], "revision": revision, "state": state, "shapes": [self._shape()]}
            saved = self.client.until("PUT", f"/annotations/{key}/", json=body)
            revision = saved["revision"]
            self.journal.note("save", key, "ok", body, saved)

    def _shape(self) -> dict[str, Any]:
        label = self.random.choice(self.place.made["classes"])
        return {"id": str(uuid.uuid4()), "kind": "class", "label": label, "source": "human"}


class Learner(Actor):
    """One run after another."""

    def turn(self) -> None:
        """Submit and wait for the end."""
        made = self.place.flow.made
        number = next(self.numbers)
        body = {
            "project": made["project"]["id"],
            "dataset_version": made["version"]["id"],
            "profile": "balanced" if number % 2 else "fast",
            "params": {"epochs": 3, "image_side": 96} if number % 2 else {},
            "seed": number,
            "name": f"storm {number}",
        }
        run = self.client.until("POST", "/runs/", expected=(202,), json=body)
        self.journal.note("run", run["id"], "ok", body)
        job = self.client.ended_job(run["job"]["id"])
        self.journal.note("trained", run["id"], "ok" if job["state"] == "succeeded" else "fail", body, job)


class Publisher(Actor):
    """Changes the endpoint again and again; the weight says which change it was."""

    pause_s = 1.0

    def turn(self) -> None:
        """One change, and now and then a new endpoint."""
        made = self.place.flow.made
        weight = next(self.numbers) % 1_000_000 + 1
        routes = [{"model_version": made["run"]["model_version"], "weight": weight}]
        path = f"/endpoints/{made['endpoint']['id']}/"
        answer = self.client.until("PATCH", path, json={"routes": routes})
        self.journal.note("publish", made["endpoint"]["id"], "ok", weight, answer["revision"])
        if weight % 10 == 0:
            body = {"project": made["project"]["id"], "name": f"storm-{weight}", "routes": routes}
            created = self.client.until("POST", "/endpoints/", expected=(201,), json=body)
            self.journal.note("endpoint", created["id"], "ok", body)
            self.client.until("DELETE", f"/endpoints/{created['id']}/", expected=(204, 404))


class Caller(Actor):
    """Predictions, one after another; a wrong answer is a surprise, no answer is not."""

    pause_s = 0.1

    def turn(self) -> None:
        """One call."""
        number = str(next(self.numbers))
        try:
            answer = self.place.flow.predict(self.place.made["picture"])
        except requests.RequestException:
            self.journal.note("predict", number, "unknown")
            time.sleep(0.3)
            return
        if answer.status_code == 503:
            self.journal.note("predict", number, "fail")
            return
        label = answer.json()["predictions"][0]["label"] if answer.status_code == 200 else answer.text
        if label != self.place.made["label"]:
            self.journal.surprise(f"predict: {answer.status_code} {label[:200]}")
        self.journal.note("predict", number, "ok")


ACTORS: tuple[Callable[..., Actor], ...] = (Importer, Uploader, Annotator, Learner, Publisher, Caller)
