"""Connections that notice when the server no longer answers.

A server that is frozen, or a network that swallows packets, says nothing at all: a statement would wait for
ever, and with it a thread of the web process. So after SILENCE_S without an answer the server is asked
again on a connection of its own. A busy server answers that, and the statement goes on waiting.
"""

import time
from typing import Any, Final, TypeVar

import psycopg
from django.db.backends.postgresql import base
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout, _WaitTimeout

SILENCE_S: Final = 2.0
# The shortest that libpq knows.
PROBE_S: Final = 2
# So long it is taken to be away without being asked again.
AWAY_S: Final = 1.0
_WAKE_S: Final = 0.1
_AWAY: Final = "the database does not answer"
_NOT_OF_LIBPQ: Final = frozenset({"cursor_factory", "context", "prepare_threshold"})
RV = TypeVar("RV")


class Watched(psycopg.Connection[Any]):
    """A connection whose waits end when the server is away. Raises OperationalError then."""

    asked_with: dict[str, Any]
    _away_until = 0.0

    def wait(self, gen: PQGen[RV], interval: float = _WAKE_S, timeout: float | None = None) -> RV:
        """As psycopg's, but never longer than SILENCE_S without a sign of life."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        while True:
            try:
                return super().wait(gen, interval, SILENCE_S)
            except _WaitTimeout as exc:
                if not self._answers():
                    self.pgconn.finish()
                    raise psycopg.OperationalError(_AWAY) from exc

    def _answers(self) -> bool:
        try:
            psycopg.connect(**{**self.asked_with, "connect_timeout": PROBE_S}).close()
        except ConnectionTimeout:
            Watched._away_until = time.monotonic() + AWAY_S
            return False
        except psycopg.OperationalError:
            # Too many connections, a restart: that is an answer, and the statement will get its own.
            return True
        return True

    @classmethod
    def is_away(cls) -> bool:
        """Whether it has just been found to be away."""
        return time.monotonic() < cls._away_until


class DatabaseWrapper(base.DatabaseWrapper):
    """The backend. A new connection is refused at once while the server is known to be away."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A watched connection. Raises OperationalError."""
        if Watched.is_away():
            raise psycopg.OperationalError(_AWAY)
        self.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        connection = Watched.connect(**conn_params)
        connection.asked_with = {
            name: value for name, value in conn_params.items() if name not in _NOT_OF_LIBPQ
        }
        return connection
