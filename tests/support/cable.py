"""A slow line to a port on loopback that counts what is sent and can be pulled out."""

import socket
import struct
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

SLICE_BYTES = 1 << 15
_RESET = struct.pack("ii", 1, 0)


class Cable:
    """Listens on `port` while it is open. `sent`: bytes that clients got rid of, over all their connections."""

    def __init__(self, far_port: int, bytes_per_s: float) -> None:
        self.sent = 0
        self._far_port, self._pause_s = far_port, SLICE_BYTES / bytes_per_s
        self._ends: set[socket.socket] = set()
        self._is_out = False
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.pull()

    def pull(self) -> None:
        """Every connection is gone at once, without a word of farewell; new ones fail until `plug`."""
        self._is_out = True
        for end in list(self._ends):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def plug(self) -> None:
        """The line holds again."""
        self._is_out = False

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                threading.Thread(target=self._joined, args=(near,), daemon=True).start()

    def _joined(self, near: socket.socket) -> None:
        with near, socket.socket() as far, suppress(OSError):
            if self._is_out:
                return
            far.connect(("127.0.0.1", self._far_port))
            self._ends |= {near, far}
            back = threading.Thread(target=self._pump, args=(far, near, 0.0), daemon=True)
            back.start()
            self._pump(near, far, self._pause_s)
            back.join()
            self._ends -= {near, far}

    def _pump(self, source: socket.socket, target: socket.socket, pause_s: float) -> None:
        with suppress(OSError):
            while data := source.recv(SLICE_BYTES):
                target.sendall(data)
                if pause_s:
                    self.sent += len(data)
                    time.sleep(pause_s)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
