"""Too much, too slow, too long: refused in time and in words, and nobody else suffers."""

import socket
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.serving.plane import answer_model, endless_model, key_of, running, slow_model, tiny_model


def test_a_full_queue_sheds_at_once_with_retry_after(plane):
    with ThreadPoolExecutor(16) as pool:

        def timed(_):
            start = time.monotonic()
            answer = plane.infer("slow")
            return answer, time.monotonic() - start

        results = list(pool.map(timed, range(16)))
    codes = [answer[0] for answer, _ in results]
    assert codes.count(200) >= 3
    assert set(codes) <= {200, 503, 504}
    shed = [(answer, took) for answer, took in results if answer[0] == 503]
    assert shed
    for (_status, headers, answer), took in shed:
        assert int(headers["Retry-After"]) >= 1
        assert answer["code"] == "queue_full"
        assert took < 0.5
    assert plane.infer("slow")[0] == 200


def test_a_missed_deadline_is_a_504_and_the_run_is_stopped(folder):
    folder.endpoint("endless", (1, endless_model()), limits={"timeout_ms": 300, "queue": 4}).publish()
    with running(folder) as plane:
        assert plane.infer("endless", [0.0])[0] == 200
        start = time.monotonic()
        status, _headers, answer = plane.infer("endless", [1.0])
        assert (status, answer["code"]) == (504, "deadline_passed")
        assert time.monotonic() - start < 1.5
        assert plane.infer("endless", [0.0])[0] == 200


def test_a_light_model_does_not_wait_for_a_heavy_one(folder):
    folder.endpoint("tiny", (1, tiny_model())).endpoint("slow", (1, slow_model(rounds=12))).publish()
    with running(folder) as plane:
        heavy = [threading.Thread(target=plane.infer, args=("slow",)) for _ in range(4)]
        for thread in heavy:
            thread.start()
        connection = plane.connect()
        times = []
        while any(thread.is_alive() for thread in heavy):
            start = time.perf_counter()
            assert plane.infer("tiny", [[1, 2, 3, 4]], "features", connection=connection)[0] == 200
            times.append(time.perf_counter() - start)
        connection.close()
        assert len(times) > 20
        assert statistics.median(times) < 0.05


def test_a_key_over_its_rate_gets_429_with_retry_after(folder):
    folder.endpoint("k", (1, answer_model(1)), limits={"rate_per_key": 5}).publish()
    with running(folder) as plane:
        answers = [plane.infer("k") for _ in range(20)]
        codes = [status for status, _headers, _answer in answers]
        assert codes[0] == 200
        assert 5 <= codes.count(200) <= 12
        late = next(answer for answer in answers if answer[0] == 429)
        assert int(late[1]["Retry-After"]) >= 1
        assert plane.infer("k", key=folder.internal)[0] == 200


def test_wrong_keys_end_in_429_by_the_fiftieth_and_the_right_key_still_works(folder):
    folder.endpoint("k", (1, answer_model(1))).publish()
    with running(folder) as plane:
        connection = plane.connect()
        codes = [
            plane.infer("k", key=f"sk_{number:043}", connection=connection)[0] for number in range(1_000)
        ]
        assert codes[0] == 401
        assert codes[49] == 429
        assert set(codes[60:]) <= {401, 429}
        assert codes.count(401) < 100
        spoofed = plane.infer("k", key="sk_wrong", connection=connection, X_Forwarded_For="9.9.9.9")
        assert spoofed[0] == 429
        assert plane.infer("k", connection=connection)[0] == 200
        connection.close()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST /predict/pets HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"POST /predict/pets HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"4000000\r\n" + b"x" * (1 << 20), None),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nA: " + b"b" * 40_000, 431),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", 431),
        (b"HELLO\r\n\r\n", 400), (b"\x16\x03\x01\x02\x00\x01\x00\x01", 400), (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 404),
    ],
)  # fmt: skip
def test_broken_or_oversized_http_gets_one_answer_and_the_end(plane, sent, status):
    with socket.create_connection(("127.0.0.1", plane.port), timeout=10) as connection:
        connection.sendall(sent)
        if status is not None:
            answer = connection.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 %d " % status)
            assert b"Connection: close" in answer
    assert plane.answers("/v2/health/live")


def test_random_bytes_on_the_socket_cost_nothing(plane):
    import random

    chance = random.Random(3)
    start = (b"POST /predict/pets HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=a\r\n"
             b"Content-Length: 30\r\n\r\n--a\r\nContent-Disposition: form")  # fmt: skip
    for _ in range(300):
        broken = bytearray(start)
        for _ in range(chance.randrange(1, 9)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        with socket.create_connection(("127.0.0.1", plane.port), timeout=5) as connection:
            connection.sendall(bytes(broken[: chance.randrange(len(broken))]))
    assert plane.answers("/v2/health/live")
    log = (plane.folder.data_dir / "plane.log").read_text()
    assert "Traceback" not in log


def test_pipelined_requests_are_answered_in_order(plane):
    request = (
        "GET /v2/models/tiny{} HTTP/1.1\r\nHost: x\r\nX-Request-Id: n{}\r\nAuthorization: Bearer "
        + key_of("tiny")
        + "\r\n\r\n"
    )
    count = 40
    with socket.create_connection(("127.0.0.1", plane.port), timeout=10) as connection:
        connection.sendall(
            "".join(request.format("/ready" if n % 2 else "", n) for n in range(count)).encode()
        )
        received = b""
        while received.count(b"HTTP/1.1 200") < count or not received.endswith(b"}"):
            received += connection.recv(65_536)
    ids = [line.split(b": ")[1] for line in received.split(b"\r\n") if line.startswith(b"X-Request-Id")]
    assert ids == [b"n%d" % number for number in range(count)]


def test_expect_continue_is_answered_before_the_body(plane):
    head = f"POST /predict/pets HTTP/1.1\r\nHost: x\r\nX-API-Key: {key_of('pets')}\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    with socket.create_connection(("127.0.0.1", plane.port), timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(b"abc")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 422")


def test_slow_headers_and_bodies_are_cut_off():
    import asyncio

    from serving.dataplane.http import Connections, HttpProtocol

    class Transport(asyncio.Transport):
        def __init__(self):
            super().__init__({"peername": ("127.0.0.1", 1)})
            self.sent, self.closed = b"", False

        def write(self, data):
            self.sent += data

        def can_write_eof(self):
            return False

        def close(self):
            self.closed = True

    class Loop:
        now = 0.0

        def time(self):
            return self.now

        def call_later(self, _delay, call):
            call()

    for sent, seconds, status in [
        (b"GET / HT", 11, b"408"), (b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\nabc", 12, b"408"), (b"", 80, None),
    ]:  # fmt: skip
        loop = Loop()
        connections = Connections(lambda request: None)
        protocol, transport = HttpProtocol(connections, loop), Transport()
        protocol.connection_made(transport)
        if sent:
            protocol.data_received(sent)
        loop.now = 5.0
        connections.sweep(loop.now)
        assert not transport.closed
        loop.now = seconds
        connections.sweep(loop.now)
        assert transport.closed
        assert (status or b"") in transport.sent
