"""New tables under load: nobody notices but by the answer."""

import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.serving.plane import answer_model, endless_model, key_of, running, wait_until


class Traffic:
    """Clients that never stop asking, and remember every answer."""

    def __init__(self, plane, name, clients=3):
        self.plane, self.name = plane, name
        self.answers, self.failures = [], []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]

    def _ask(self):
        connection = self.plane.connect()
        while not self._stop.is_set():
            try:
                status, headers, body = self.plane.infer(self.name, connection=connection)
            except OSError as problem:
                self.failures.append(repr(problem))
                connection.close()
                continue
            if status != 200:
                self.failures.append((status, body))
            else:
                self.answers.append((int(headers["X-Model-Version-Number"]), body["outputs"][0]["data"][0]))
        connection.close()

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()


def memory_mb(process):
    for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError


def test_versions_are_swapped_under_load_without_a_failed_or_a_wrong_answer(folder):
    folder.endpoint("k", (1, answer_model(1))).publish()
    with running(folder) as plane:
        before = memory_mb(plane.process)
        with Traffic(plane, "k") as traffic:
            for number in range(2, 12):
                published = folder.endpoint("k", (number, answer_model(number))).publish()
                plane.wait_for_table(published)
                mark = len(traffic.answers)
                wait_until(lambda mark=mark: len(traffic.answers) > mark + 20, 10)
                assert {answered for answered, _ in traffic.answers[mark + 10 :]} == {number}
        assert traffic.failures == []
        assert len(traffic.answers) > 300
        assert all(number == answer for number, answer in traffic.answers)
        assert memory_mb(plane.process) < before * 1.1 + 20


@pytest.mark.parametrize(
    "bad",
    [b"", b"not a model", answer_model(9)[:-20], "f" * 64],
    ids=["empty", "text", "cut", "missing"],
)
def test_a_bad_model_never_goes_live_and_says_why(folder, bad):
    folder.endpoint("k", (1, answer_model(1))).publish()
    with running(folder) as plane:
        with Traffic(plane, "k", clients=1) as traffic:
            plane.wait_for_table(folder.endpoint("k", (2, bad)).publish())
            assert "k" in plane.stats()["problems"]
            plane.wait_for_table(folder.endpoint("k", (3, answer_model(3))).publish())
            wait_until(lambda: traffic.answers and traffic.answers[-1][0] == 3, 5)
        assert traffic.failures == []
        assert {number for number, _ in traffic.answers} == {1, 3}
        assert plane.stats()["problems"] == {}


def test_after_a_restart_with_a_bad_model_in_the_table_the_last_good_one_answers(folder):
    folder.endpoint("k", (1, answer_model(1))).publish()
    with running(folder) as plane:
        plane.wait_for_table(folder.endpoint("k", (2, b"bad")).publish())
        plane.kill()
        plane.start()
        assert plane.infer("k")[2]["outputs"][0]["data"] == [1.0]


def test_a_model_file_that_is_not_what_its_name_says_is_refused(folder):
    digest = folder.model(answer_model(2))
    (folder.path / "models" / f"{digest}.onnx").write_bytes(answer_model(7))
    folder.endpoint("k", (2, digest)).publish()
    with running(folder) as plane:
        status, headers, answer = plane.infer("k")
        assert status == 503
        assert headers["Retry-After"]
        assert "not the one that was published" in answer["detail"]


@pytest.mark.parametrize("damage", [b"", b"{", b'{"format": "studio-table/1", "sha256": "0", "body": {}}'])
def test_a_damaged_table_changes_nothing_also_after_a_restart(folder, damage):
    folder.endpoint("k", (1, answer_model(1))).publish()
    with running(folder) as plane:
        (folder.path / "table.json").write_bytes(damage)
        time.sleep(0.6)
        assert plane.infer("k")[0] == 200
        plane.kill()
        plane.start()
        wait_until(lambda: plane.infer("k")[0] == 200, 10)


def test_killed_at_any_moment_it_comes_back_by_itself_with_what_was_live(folder):
    folder.endpoint("k", (1, answer_model(1))).publish()
    chance = random.Random(7)
    with running(folder) as plane:
        for number in range(2, 7):
            folder.endpoint("k", (number, answer_model(number))).publish()
            time.sleep(chance.random() * 0.8)
            plane.kill()
            plane.start()
            wait_until(lambda number=number: plane.infer("k")[2]["model_version"] == str(number), 15)
        assert plane.stats()["problems"] == {}


def test_without_a_control_plane_predictions_go_on(folder):
    folder.endpoint("k", (1, answer_model(1))).publish()
    with running(folder) as plane:
        (folder.path / "table.json").unlink()
        time.sleep(0.5)
        assert plane.infer("k")[0] == 200


def test_a_revoked_key_and_a_removed_endpoint_are_shut_within_two_seconds_even_while_a_model_loads(folder):
    folder.endpoint("k", (1, answer_model(1))).endpoint("gone", (1, answer_model(1))).publish()
    with running(folder) as plane:
        del folder.entries["gone"]
        folder.endpoint("new", (1, endless_model()))
        folder.endpoint("k", (1, answer_model(1)), keys=[key_of("fresh")]).publish()
        start = time.monotonic()
        wait_until(lambda: plane.infer("k")[0] == 401, 2)
        wait_until(lambda: plane.infer("k", key=key_of("fresh"))[0] == 200, 2)
        assert plane.infer("gone")[0] == 401
        assert time.monotonic() - start < 2


def test_a_key_works_from_the_first_request_after_its_table_was_written(folder):
    folder.endpoint("k", (1, answer_model(1))).publish()
    with running(folder) as plane:
        for number in range(20):
            folder.endpoint("k", (1, answer_model(1)), keys=[key_of(f"fresh {number}")]).publish()
            assert plane.infer("k", key=key_of(f"fresh {number}"))[0] == 200
        assert plane.infer("k", key=key_of("fresh 18"))[0] == 401


def test_an_expired_key_opens_nothing(folder):
    folder.endpoint("k", (1, answer_model(1)))
    folder.entries["k"]["keys"][0]["expires_at"] = time.time() - 1
    folder.publish()
    with running(folder) as plane:
        assert plane.infer("k")[0] == 401


def test_a_stopped_endpoint_says_so(folder):
    folder.endpoint("k", (1, answer_model(1)), state="stopped").publish()
    with running(folder) as plane:
        status, headers, answer = plane.infer("k")
        assert (status, answer["detail"]) == (503, "this endpoint is stopped")
        assert headers["Retry-After"]


def test_weights_share_the_traffic_and_a_sticky_key_stays(folder):
    folder.endpoint("k", (1, answer_model(1)), (2, answer_model(2)), weights=[80, 20]).publish()
    with running(folder) as plane:
        connection = plane.connect()
        seen = [plane.infer("k", connection=connection)[2]["model_version"] for _ in range(400)]
        assert 0.7 < seen.count("1") / 400 < 0.9
        for person in ("anna", "bo", "li"):
            same = {
                plane.infer("k", connection=connection, X_Sticky_Key=person)[2]["model_version"]
                for _ in range(10)
            }
            assert len(same) == 1
        repeated = {
            plane.infer("k", connection=connection, X_Request_Id="again")[2]["model_version"]
            for _ in range(9)
        }
        assert len(repeated) == 1
        connection.close()


def test_told_to_stop_it_answers_what_it_has_and_ends(folder):
    folder.endpoint("k", (1, answer_model(1))).publish()
    with running(folder) as plane:
        connection = plane.connect()
        assert plane.infer("k", connection=connection)[0] == 200
        start = time.monotonic()
        os.kill(plane.process.pid, signal.SIGTERM)
        assert plane.process.wait(10) == 0
        assert time.monotonic() - start < 5
        connection.close()
