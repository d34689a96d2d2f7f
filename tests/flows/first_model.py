"""The README's way from a ZIP of pictures to a working endpoint, over HTTP only."""

import io
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.support.stack import Stack, StackFailed

PICTURES = Path(__file__).resolve().parents[2] / "applications" / "demo" / "labeled.zip"


@dataclass
class FirstModel:
    """Each step uses what the one before gave; `made` keeps the answers by name."""

    stack: Stack
    token: str = ""
    made: dict[str, Any] = field(default_factory=dict)

    def sign_in(self) -> None:
        """A token for scripts."""
        self.token = self.stack.token()

    def create_project(self, name: str) -> None:
        """A project of our own."""
        self.made["project"] = self._post("/projects/", 201, json={"name": name, "description": ""})

    def create_dataset(self) -> None:
        """An empty data set; the import adds the classes that it finds."""
        body = {
            "project": self.made["project"]["id"],
            "name": "Six subjects",
            "modality": "image",
            "task": "image_classification",
        }
        self.made["dataset"] = self._post("/datasets/", 201, json=body)

    def import_pictures(self, archive: bytes) -> dict[str, Any]:
        """One folder a class, in a ZIP."""
        files = {"file": ("pictures.zip", archive, "application/zip")}
        self.made["import"] = self._job(f"/datasets/{self.made['dataset']['id']}/imports/", files=files)
        return dict(self.made["import"])

    def freeze_version(self) -> dict[str, Any]:
        """A split that never changes again."""
        split = {"strategy": "stratified", "train": 0.7, "val": 0.15, "test": 0.15, "seed": 1}
        body = {"name": "v1", "split": split}
        self.made["version"] = self._job(f"/datasets/{self.made['dataset']['id']}/versions/", json=body)
        return dict(self.made["version"])

    def train(self, profile: str = "balanced") -> dict[str, Any]:
        """Submit a run, wait for it, and read it with its model version and metrics."""
        body = {
            "project": self.made["project"]["id"],
            "dataset_version": self.made["version"]["id"],
            "algorithm": "auto",
            "profile": profile,
            "seed": 1,
            "name": "first",
        }
        run = self._post("/runs/", 202, json=body)
        self.stack.wait_job(job_id_of(run), self.token, timeout_s=900)
        self.made["run"] = self._get(f"/runs/{run['id']}/")
        return dict(self.made["run"])

    def deploy(self, name: str) -> None:
        """An endpoint that sends everything to the new version, and a key to call it with."""
        body = {
            "project": self.made["project"]["id"],
            "name": name,
            "routes": [{"model_version": self.made["run"]["model_version"], "weight": 100}],
        }
        self.made["endpoint"] = self._post("/endpoints/", 201, json=body)
        key = self._post(f"/endpoints/{self.made['endpoint']['id']}/keys/", 201, json={"name": "first"})
        self.made["key"] = key["secret"]
        self._wait_ready(name)

    def predict(self, picture: bytes, *, key: str | None = None) -> requests.Response:
        """What the endpoint says about one picture."""
        return self.stack.session.post(
            f"{self.stack.serve_url}/predict/{self.made['endpoint']['name']}",
            headers={"Authorization": f"Bearer {self.made['key'] if key is None else key}"},
            files={"file": ("picture.jpg", picture, "image/jpeg")},
            timeout=30,
        )

    def _post(self, path: str, status: int, **kwargs: Any) -> dict[str, Any]:
        answer = self.stack.api("POST", path, self.token, **kwargs)
        if answer.status_code != status:
            raise StackFailed(f"POST {path}: {answer.status_code} {answer.text}\n{self.stack.log_tails(5)}")
        return dict(answer.json())

    def _get(self, path: str) -> dict[str, Any]:
        answer = self.stack.api("GET", path, self.token)
        if answer.status_code != 200:
            raise StackFailed(f"GET {path}: {answer.status_code} {answer.text}")
        return dict(answer.json())

    def _job(self, path: str, **kwargs: Any) -> dict[str, Any]:
        job = self.stack.wait_job(job_id_of(self._post(path, 202, **kwargs)), self.token)
        return dict(job["result"])

    def _wait_ready(self, name: str, timeout_s: float = 30) -> None:
        deadline = time.monotonic() + timeout_s
        headers = {"Authorization": f"Bearer {self.made['key']}"}
        while time.monotonic() < deadline:
            url = f"{self.stack.serve_url}/v2/models/{name}/ready"
            if self.stack.session.get(url, headers=headers, timeout=10).status_code == 200:
                return
            time.sleep(0.1)
        raise StackFailed(f"endpoint {name} is not ready after {timeout_s:g} s\n{self.stack.log_tails(5)}")


def job_id_of(answer: dict[str, Any]) -> str:
    """The id in a 202's `job`, which is the job itself."""
    return str(answer["job"]["id"])


def pictures_by_class() -> dict[str, list[bytes]]:
    """Class -> JPEG files of the pictures that come with the studio."""
    found: dict[str, list[bytes]] = {}
    with zipfile.ZipFile(PICTURES) as archive:
        for name in sorted(archive.namelist()):
            found.setdefault(name.split("/")[0], []).append(archive.read(name))
    return found


def archive_of(pictures: dict[str, list[bytes]]) -> bytes:
    """A folder-per-class ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for label, files in pictures.items():
            for number, content in enumerate(files):
                archive.writestr(f"{label}/{number:03}.jpg", content)
    return buffer.getvalue()
