"""The guarded client over real sockets: redirects, rebinding, caps, deadlines."""

import contextlib
import http.server
import socket
import ssl
import threading
import time

import pytest

from core.outgoing import (
    FetchLimits,
    OutgoingFailed,
    OutgoingPolicy,
    OutgoingRefused,
    OutgoingTooLarge,
    fetch,
    fetch_to,
)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path; remembers what it was asked."""

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        size = int(self.headers.get("Content-Length") or 0)
        self.server.bodies.append(self.rfile.read(size))
        path, _, argument = self.path[1:].partition("/")
        getattr(self, f"_{path}")(argument)

    do_POST = do_HEAD = do_GET

    def _hello(self, argument):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", "5")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"hello")

    def _status(self, argument):
        self.send_response(int(argument))
        self.end_headers()
        self.wfile.write(b"secret of the inside")

    def _to(self, argument):
        self.send_response(302)
        self.send_header("Location", self.server.locations[argument])
        self.end_headers()

    def _endless(self, argument):
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(b"x" * 65536)

    def _declared(self, argument):
        self.send_response(200)
        self.send_header("Content-Length", argument)
        self.end_headers()
        self.wfile.write(b"short")

    def _drip(self, argument):
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.0 200 OK\r\n")
            while not self.server.stop.wait(0.05):
                self.wfile.write(b"X-Drip: 1\r\n")

    def _garbage(self, argument):
        self.wfile.write(b"SSH-2.0-OpenSSH\r\n")


@pytest.fixture
def server():
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    httpd.seen, httpd.bodies, httpd.locations, httpd.stop = [], [], {}, threading.Event()
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield httpd
    httpd.stop.set()
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture
def port(server):
    return server.server_address[1]


@pytest.fixture
def policy(port):
    return OutgoingPolicy(frozenset({("files.example", port), ("other.example", port)}))


def resolver(host, port):
    return ["127.0.0.1"]


def test_a_listed_private_host_is_fetched_under_its_own_name(server, port, policy):
    got = fetch("GET", f"http://files.example:{port}/hello", policy=policy, resolver=resolver)
    assert (got.status, got.media_type, got.body, got.size_bytes) == (200, "text/plain", b"hello", 5)
    assert server.seen[0][2]["Host"] == f"files.example:{port}"
    assert server.seen[0][2]["Accept-Encoding"] == "identity"


def test_a_post_carries_its_body_and_headers_but_not_our_own_fields(server, port, policy):
    headers = {"X-Signature": "abc", "Host": "evil", "Transfer-Encoding": "chunked"}
    url = f"http://files.example:{port}/hello"
    fetch("POST", url, policy=policy, resolver=resolver, headers=headers, body=b"{}")
    method, _, sent = server.seen[0]
    assert (method, sent["X-Signature"], server.bodies[0]) == ("POST", "abc", b"{}")
    assert sent["Host"] != "evil"
    assert "Transfer-Encoding" not in sent


def test_a_head_has_no_body_whatever_its_length_says(port, policy):
    limits = FetchLimits(max_bytes=1)
    got = fetch("HEAD", f"http://files.example:{port}/hello", policy=policy, resolver=resolver, limits=limits)
    assert (got.status, got.body) == (200, b"")


def test_a_redirect_to_an_inner_address_is_refused_at_the_hop(server, port, policy):
    server.locations["in"] = f"http://127.0.0.1:{port}/hello"
    with pytest.raises(OutgoingRefused):
        fetch("GET", f"http://files.example:{port}/to/in", policy=policy, resolver=resolver)
    assert len(server.seen) == 1


def test_three_redirects_are_followed_and_a_fourth_is_not(server, port, policy):
    server.locations |= {"1": "/to/2", "2": "/to/3", "3": "/hello", "0": "/to/1"}
    got = fetch("GET", f"http://files.example:{port}/to/1", policy=policy, resolver=resolver)
    assert got.body == b"hello"
    with pytest.raises(OutgoingRefused, match="too many"):
        fetch("GET", f"http://files.example:{port}/to/0", policy=policy, resolver=resolver)


def test_credentials_stay_with_their_host(server, port, policy):
    server.locations |= {"other": f"http://other.example:{port}/hello", "same": "/hello"}
    sent = {"Authorization": "Bearer s", "X-Plain": "1"}
    for where in ("other", "same"):
        fetch(
            "GET", f"http://files.example:{port}/to/{where}", policy=policy, resolver=resolver, headers=sent
        )
    away, home = server.seen[1][2], server.seen[3][2]
    assert "Authorization" not in away
    assert away["X-Plain"] == "1"
    assert home["Authorization"] == "Bearer s"


def test_a_post_is_never_repeated_at_a_redirects_target(server, port, policy):
    server.locations["x"] = "/hello"
    got = fetch("POST", f"http://files.example:{port}/to/x", policy=policy, resolver=resolver, body=b"1")
    assert (got.status, len(server.seen)) == (302, 1)


def test_a_name_that_turns_inward_after_the_check_is_not_asked_again(server, port):
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return next(answers)

    connected = []

    def connect(address, timeout):
        connected.append(address)
        raise OSError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "create_connection", connect)
        with pytest.raises(OutgoingFailed, match="could not connect"):
            fetch("GET", "http://rebind.example/", policy=OutgoingPolicy(), resolver=rebinding)
    assert connected == [("93.184.216.34", 80)]
    assert asked == ["rebind.example"]


def test_a_name_that_turns_inward_between_two_hops_is_refused(server, port):
    server.locations["again"] = "http://rebind.example/hello"
    policy = OutgoingPolicy(frozenset({("rebind.example", port)}))

    def rebinding(host, asked_port):
        return ["127.0.0.1"]

    with pytest.raises(OutgoingRefused):
        fetch("GET", f"http://rebind.example:{port}/to/again", policy=policy, resolver=rebinding)


def test_an_endless_body_ends_at_the_cap(port, policy):
    url, limits = f"http://files.example:{port}/endless", FetchLimits(max_bytes=100_000)
    with pytest.raises(OutgoingTooLarge):
        fetch("GET", url, policy=policy, resolver=resolver, limits=limits)


def test_a_declared_length_over_the_cap_is_refused_before_a_byte_is_kept(port, policy):
    got = []
    with pytest.raises(OutgoingTooLarge):
        fetch_to(
            got.append, f"http://files.example:{port}/declared/999999999", policy=policy, resolver=resolver
        )
    assert got == []


def test_a_body_shorter_than_declared_is_a_failure(port, policy):
    with pytest.raises(OutgoingFailed):
        fetch("GET", f"http://files.example:{port}/declared/100", policy=policy, resolver=resolver)


def test_a_dripping_header_ends_at_the_deadline(port, policy):
    started = time.monotonic()
    with pytest.raises(OutgoingFailed, match="in time"):
        fetch(
            "GET",
            f"http://files.example:{port}/drip",
            policy=policy,
            resolver=resolver,
            limits=FetchLimits(total_s=0.4),
        )
    assert time.monotonic() - started < 3


def test_what_is_not_http_is_a_failure_without_its_bytes(port, policy):
    with pytest.raises(OutgoingFailed) as caught:
        fetch("GET", f"http://files.example:{port}/garbage", policy=policy, resolver=resolver)
    assert "SSH" not in caught.value.detail


def test_a_download_wants_success_and_keeps_remote_words_to_itself(port, policy):
    got = []
    with pytest.raises(OutgoingFailed, match="HTTP 404") as caught:
        fetch_to(got.append, f"http://files.example:{port}/status/404", policy=policy, resolver=resolver)
    assert "secret" not in caught.value.detail
    fetched = fetch_to(got.append, f"http://files.example:{port}/hello", policy=policy, resolver=resolver)
    assert (b"".join(got), fetched.body) == (b"hello", b"")


def test_a_server_without_a_known_certificate_is_not_trusted():
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def answer():
        accepted, _ = listener.accept()
        with accepted:
            accepted.recv(1024)
            accepted.sendall(b"not a handshake")

    thread = threading.Thread(target=answer)
    thread.start()
    policy = OutgoingPolicy(frozenset({("tls.example", port)}))
    with pytest.raises(OutgoingFailed, match="certificate"):
        fetch("GET", f"https://tls.example:{port}/", policy=policy, resolver=resolver)
    thread.join()
    listener.close()


def test_the_name_of_the_url_is_what_the_certificate_is_checked_for(monkeypatch, server, port):
    asked = {}

    class Context:
        def wrap_socket(self, sock, server_hostname):
            asked["name"] = server_hostname
            return sock

    monkeypatch.setattr(ssl, "create_default_context", Context)
    policy = OutgoingPolicy(frozenset({("tls.example", port)}))
    got = fetch("GET", f"https://tls.example:{port}/hello", policy=policy, resolver=resolver)
    assert (got.body, asked) == (b"hello", {"name": "tls.example"})


def test_the_total_time_is_over_before_a_connection(policy, port):
    with pytest.raises(OutgoingFailed, match="in time"):
        fetch(
            "GET",
            f"http://files.example:{port}/hello",
            policy=policy,
            resolver=resolver,
            limits=FetchLimits(total_s=0.0),
        )
