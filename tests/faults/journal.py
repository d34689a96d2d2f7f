"""What clients were told: every operation with its outcome, and the client that keeps asking until it is told."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import requests

from tests.support.stack import Stack

Outcome = Literal["ok", "fail", "unknown"]
# The answers of a studio that is not all there; the same request is sent again.
TRY_AGAIN = frozenset({502, 503})


@dataclass(frozen=True, slots=True)
class Entry:
    """`ok` must be found afterwards, `fail` must not, `unknown` may be either, but whole."""

    kind: str
    key: str
    outcome: Outcome
    sent: Any
    got: Any
    at: float = field(default_factory=time.monotonic)


class Journal:
    """The history of all clients."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._lock = threading.Lock()
        self.surprises: list[str] = []

    def note(self, kind: str, key: str, outcome: Outcome, sent: Any = None, got: Any = None) -> None:
        """Write one down."""
        with self._lock:
            self._entries.append(Entry(kind, key, outcome, sent, got))

    def surprise(self, text: str) -> None:
        """An answer that no failure excuses."""
        with self._lock:
            self.surprises.append(text)

    def of(self, kind: str, outcome: Outcome = "ok") -> list[Entry]:
        """In the order of their outcomes."""
        with self._lock:
            return [entry for entry in self._entries if (entry.kind, entry.outcome) == (kind, outcome)]

    def totals(self) -> dict[str, int]:
        """How many of each kind and outcome."""
        with self._lock:
            return dict(Counter(f"{entry.kind} {entry.outcome}" for entry in self._entries))


class Client:
    """One user's program: repeats a request, unchanged, until it has an answer."""

    def __init__(self, stack: Stack, journal: Journal, token: str, patience_s: float = 90.0) -> None:
        self._stack, self._journal, self._patience_s = stack, journal, patience_s
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"

    def once(self, method: str, path: str, **kwargs: Any) -> requests.Response | None:
        """One try; None when there was no answer, so that nobody knows what happened."""
        try:
            return self._session.request(method, f"{self._stack.api_url}{path}", timeout=30, **kwargs)
        except requests.RequestException:
            return None

    def until(
        self, method: str, path: str, *, expected: Iterable[int] = (200,), **kwargs: Any
    ) -> dict[str, Any]:
        """The body of the answer; POSTs carry a key, so that a repetition is none.

        Raises Unanswered after the patience, or when the answer is not among `expected`.
        """
        headers = dict(kwargs.pop("headers", {}))
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        deadline = time.monotonic() + self._patience_s
        while time.monotonic() < deadline:
            answer = self.once(method, path, headers=headers, **kwargs)
            if answer is not None and answer.status_code in expected:
                return dict(answer.json()) if answer.content else {}
            if answer is not None and not _is_passing(answer):
                self._journal.surprise(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
                raise Unanswered(answer.text)
            time.sleep(0.3)
        self._journal.surprise(f"{method} {path}: no answer in {self._patience_s:g} s")
        raise Unanswered(path)

    def ended_job(self, job_id: str, timeout_s: float = 600.0) -> dict[str, Any]:
        """The job at its end; raises Unanswered when that does not come."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            job = self.until("GET", f"/jobs/{job_id}/")
            if job["state"] in ("succeeded", "failed", "cancelled"):
                return job
            time.sleep(0.5)
        self._journal.surprise(f"job {job_id} has not ended in {timeout_s:g} s")
        raise Unanswered(job_id)

    def close(self) -> None:
        """Give the sockets back."""
        self._session.close()


class Unanswered(Exception):
    """The studio did not do its part; the journal says how."""


def _is_passing(answer: requests.Response) -> bool:
    return answer.status_code in TRY_AGAIN or (
        answer.status_code == 409 and answer.json().get("code") == "idempotency_in_progress"
    )
