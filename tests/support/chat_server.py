"""A server that speaks as those of language models do, on loopback; what it says is up to the test."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Say = Callable[[dict[str, Any]], tuple[int, Any]]


@contextmanager
def chat_server_saying(say: Say) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Its base address, and what it was asked so far: `say` answers a request with a status and a body; text is what
    the model says, anything else the whole body."""
    heard: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            asked = {
                **json.loads(self.rfile.read(length)),
                "path": self.path,
                "key": self.headers["Authorization"],
            }
            heard.append(asked)
            status, told = say(asked)
            body = {"choices": [{"message": {"role": "assistant", "content": told}}]}
            content = json.dumps(body if isinstance(told, str) else told).encode()
            self.send_response(status)
            if status in (301, 302, 307, 308):
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
