"""From a ZIP of pictures to right answers over HTTP, on SQLite and on PostgreSQL.

The fast profile here; the README's test goes the same way with the balanced one.
"""

import pytest

from tests.flows.first_model import FirstModel, archive_of, pictures_by_class
from tests.support.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(1500)]
HELD_BACK = 4


def _walk(stack: Stack, name: str) -> None:
    pictures = pictures_by_class()
    known = {label: files[HELD_BACK:] for label, files in pictures.items()}
    new = [(label, picture) for label, files in pictures.items() for picture in files[:HELD_BACK]]
    total = sum(map(len, known.values()))

    flow = FirstModel(stack)
    flow.sign_in()
    flow.create_project(f"First model {name}")
    flow.create_dataset()
    result = flow.import_pictures(archive_of(known))
    assert (result["created"], result["annotated"], result["skipped"]) == (total, total, 0)

    version = flow.freeze_version()
    assert version["counts"]["samples"] == total
    run = flow.train("fast")
    assert run["state"] == "succeeded"
    assert run["model_version"]
    assert run["metrics"]

    flow.deploy(f"first-{name}")
    right = 0
    for label, picture in new:
        answer = flow.predict(picture)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert answer.headers["X-Request-Id"] == body["request_id"]
        scores = [entry["score"] for entry in body["predictions"][0]["scores"]]
        assert scores == sorted(scores, reverse=True)
        assert sum(scores) <= 1 + 1e-3
        right += body["predictions"][0]["label"] == label
    assert right >= 0.95 * len(new)
    assert flow.predict(new[0][1], key="").status_code == 401
    assert flow.predict(b"not a picture").status_code in {400, 415, 422}


def test_a_first_model_on_sqlite_and_the_embedded_broker(stack):
    _walk(stack, "sqlite")


@pytest.mark.postgres
def test_a_first_model_on_postgresql_and_a_broker_of_its_own(postgres_stack):
    _walk(postgres_stack, "postgres")
