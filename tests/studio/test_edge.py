"""Bodies are waited for outside the threads; what is too slow or too large is refused there."""

import asyncio
import json

import pytest

from studio.edge import LARGE_BYTES, SMALL_BYTES, BodyGate, Pace

LOGIN, IMPORT = "/api/v1/auth/token/", "/api/v1/datasets/1/imports/"
QUICK = Pace(patience_s=0.05, bytes_a_s=1_000_000)


class App:
    """Reads the whole body and says what came."""

    def __init__(self):
        self.bodies, self.headers = [], []
        self.inside = self.most_inside = 0

    async def __call__(self, scope, receive, send):
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.bodies.append(body)
        self.headers.append(scope["headers"])
        self.inside -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


def scope_of(path, *headers):
    return {"type": "http", "path": path, "headers": list(headers)}


def length(count):
    return (b"content-length", str(count).encode())


CHUNKED = (b"transfer-encoding", b"chunked")


def sender(*parts, then_silent=False):
    """A client that sends `parts`, then ends its body or says nothing more."""
    left = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    if not then_silent:
        left = [*left[:-1], {**left[-1], "more_body": False}] if left else [{"type": "http.request"}]

    async def receive():
        if left:
            return left.pop(0)
        await asyncio.Event().wait()
        raise AssertionError("nobody sets this event")

    return receive


async def asked(gate, scope, receive):
    sent = []

    async def send(message):
        sent.append(message)

    await gate(scope, receive, send)
    return (sent[0]["status"], json.loads(sent[1]["body"])) if sent else None


def ask(scope, receive, app=None, pace=QUICK):
    async def run():
        return await asked(BodyGate(app or App(), large_at_once=2, pace=pace), scope, receive)

    return asyncio.run(run())


@pytest.mark.parametrize("header", [length(6), CHUNKED])
def test_a_body_arrives_whole_in_the_application(header):
    app = App()
    assert ask(scope_of(LOGIN, header), sender(b"abc", b"def"), app)[0] == 200
    assert app.bodies == [b"abcdef"]
    assert app.headers == [[length(6)]]


def test_a_request_without_a_body_passes_at_once():
    assert ask(scope_of("/healthz"), sender())[0] == 200


def test_a_slow_body_never_reaches_the_application():
    app = App()
    status, body = ask(scope_of(LOGIN, length(100)), sender(b"a", then_silent=True), app)
    assert (status, body["code"]) == (408, "request_timeout")
    assert app.most_inside == 0


def test_a_body_that_keeps_the_pace_may_take_longer_than_the_patience():
    parts = [b"x" * 100] * 5

    async def receive():
        await asyncio.sleep(0.03)
        parts.pop()
        return {"type": "http.request", "body": b"x" * 100, "more_body": bool(parts)}

    assert ask(scope_of(LOGIN, length(500)), receive, pace=Pace(0.05, 1000))[0] == 200


@pytest.mark.parametrize("path", [LOGIN, "/admin/login/", "/api/v1/auth/login", "/", "/media/t/x"])
@pytest.mark.parametrize("header", [length(SMALL_BYTES + 1), CHUNKED])
def test_strangers_addresses_take_no_large_body(path, header):
    app = App()
    status, body = ask(scope_of(path, header), sender(b"x" * (SMALL_BYTES + 1), b"y"), app)
    assert (status, body["code"]) == (413, "payload_too_large")
    assert app.most_inside == 0


def test_a_large_body_in_chunks_is_refused_as_nobody_knows_its_end():
    assert ask(scope_of(IMPORT, CHUNKED), sender(b"x" * SMALL_BYTES, b"y"))[0] == 413


def test_a_large_body_streams_into_views_that_ask_first_who_sends_it():
    app = App()
    assert ask(scope_of(IMPORT, length(SMALL_BYTES + 4)), sender(b"x" * SMALL_BYTES, b"yyyy"), app)[0] == 200
    assert len(app.bodies[0]) == SMALL_BYTES + 4


def test_a_body_over_every_limit_is_refused_after_the_sender_was_heard_out():
    heard = []
    parts = sender(b"a", b"b", b"c")

    async def receive():
        message = await parts()
        heard.append(message["body"])
        return message

    app = App()
    assert ask(scope_of(IMPORT, length(LARGE_BYTES + 1)), receive, app)[0] == 413
    assert (heard, app.most_inside) == ([b"a", b"b", b"c"], 0)
    assert ask(scope_of(IMPORT, length(LARGE_BYTES + 1)), sender(b"a", then_silent=True))[0] == 413


def test_a_slow_large_body_ends_and_frees_its_place():
    app = App()
    answer = ask(scope_of(IMPORT, length(SMALL_BYTES + 9)), sender(b"a", then_silent=True), app)
    assert answer[0] == 200
    assert app.inside == 0


def test_only_some_large_bodies_pass_at_a_time():
    async def run():
        app, release = App(), asyncio.Event()
        gate = BodyGate(app, large_at_once=2, pace=Pace(5.0))

        async def receive():
            await release.wait()
            return {"type": "http.request", "body": b"x", "more_body": False}

        scope = scope_of(IMPORT, length(SMALL_BYTES + 1))
        waiting = [asyncio.create_task(asked(gate, scope, receive)) for _ in range(5)]
        await asyncio.sleep(0.02)
        assert (await asked(gate, scope_of("/"), sender()))[0] == 200
        assert app.inside == 2
        release.set()
        assert [answer[0] for answer in await asyncio.gather(*waiting)] == [200] * 5
        assert app.most_inside == 3

    asyncio.run(run())


def test_a_sender_who_leaves_in_the_middle_is_not_answered():
    async def receive():
        return {"type": "http.disconnect"}

    app = App()
    assert ask(scope_of(LOGIN, length(5)), receive, app) is None
    assert app.most_inside == 0


def test_the_disconnect_after_the_body_is_still_heard():
    async def run():
        seen = []

        async def app(scope, receive, send):
            seen.extend([await receive(), await receive()])

        messages = [
            {"type": "http.request", "body": b"x", "more_body": False},
            {"type": "http.disconnect"},
        ]

        async def receive():
            return messages.pop(0)

        await asked(BodyGate(app, large_at_once=1), scope_of(LOGIN, length(1)), receive)
        assert [message["type"] for message in seen] == ["http.request", "http.disconnect"]

    asyncio.run(run())


def test_what_is_not_http_passes():
    async def app(scope, receive, send):
        await send({"type": "lifespan.startup.complete"})

    async def run():
        sent = []

        async def send(message):
            sent.append(message)

        await BodyGate(app, large_at_once=1)({"type": "lifespan"}, None, send)
        return sent

    assert asyncio.run(run()) == [{"type": "lifespan.startup.complete"}]
