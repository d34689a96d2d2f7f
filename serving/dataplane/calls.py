"""One prediction call from parsed request to reply: v2 infer and /predict. Pure."""

import logging
import time
import zlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from core.errors import DomainError, InternalError, InvalidInput
from serving.dataplane import v2
from serving.dataplane.auth import INTERNAL
from serving.dataplane.fleet import Deployment, Live
from serving.dataplane.messages import Request, Response, json_response, problem_response
from serving.dataplane.multipart import pictures_from_body
from serving.dataplane.predictions import Wish, classification, wish_from_query
from serving.dataplane.table import Key
from serving.runtime.batcher import Outcome, Work
from serving.runtime.session import Array, ModelSession

if TYPE_CHECKING:
    from serving.dataplane.app import App

_MAX_JOURNAL_TENSOR = 64 << 10
logger = logging.getLogger(__name__)


class Call:
    """What a prediction needs until it is answered: counted, journaled, its version held to the end."""

    __slots__ = ("_answered", "app", "deployment", "key", "live", "request")

    def __init__(self, app: "App", request: Request, live: Live, deployment: Deployment, key: Key) -> None:
        self.app, self.key = app, key
        self.request, self.live, self.deployment = request, live, deployment
        self._answered = False

    @property
    def headers(self) -> bytes:
        """Request id and version, as header lines."""
        return b"X-Request-Id: %b\r\n%b" % (self.request.request_id.encode(), self.deployment.headers)

    @property
    def deadline(self) -> float:
        """When the answer would be too late, in the loop's time."""
        return self.app.loop_time() + self.live.entry.limits.timeout_s

    def latency_ms(self) -> float:
        """Since the request was whole."""
        return round((time.perf_counter() - self.request.received) * 1000, 3)

    def finish(self, response: Response) -> None:
        """Reply and count, once."""
        if self._answered:
            return
        self._answered = True
        self.app.stats.observe(
            self.live.entry.name, response.status, time.perf_counter() - self.request.received
        )
        if self.key is not INTERNAL:
            self.app.stats.use(self.key.id)
        self.request.reply(response)

    def refuse(self, error: DomainError) -> None:
        """Reply with a problem, and count it."""
        self.finish(problem_response(error, self.request.request_id, self.headers))

    @property
    def sampled(self) -> bool:
        """Whether this call belongs into the journal; the same request id always falls alike."""
        rate = self.live.entry.journal.sample_rate
        return rate > 0 and zlib.crc32(self.request.request_id.encode()) < rate * 2**32

    def journal(self, kind: str, answer: Any, pictures: list[bytes]) -> None:
        """Write the call down; pictures only with consent."""
        rule = self.live.entry.journal
        entry = {
            "request_id": self.request.request_id,
            "endpoint": self.live.entry.id,
            "model_version": self.deployment.route.model_version,
            "key": self.key.id,
            "at": self.app.wall_time(),
            "kind": kind,
            "latency_ms": self.latency_ms(),
            "answer": answer,
        }
        self.app.journal.add(entry, pictures if rule.consent else [])


def guarded(call: Call, step: Callable[[], None]) -> None:
    """Run one step of a call on the loop; a bug in it is this call's 500 and nobody else's."""
    try:
        step()
    except DomainError as refusal:
        call.refuse(refusal)
    except Exception:
        logger.exception("a call failed", extra={"request_id": call.request.request_id})
        call.refuse(InternalError())


def infer(call: Call) -> None:
    """The v2 inference call. Raises nothing: every end is a reply."""
    session, request = call.deployment.session, call.request
    try:
        inference = v2.parse_infer(
            session, request.body, request.headers.get(b"inference-header-content-length")
        )
        work = Work(
            rows=inference.rows,
            deadline=call.deadline,
            feeds=inference.feeds,
            done=lambda outcome: guarded(call, partial(_inferred, call, inference, outcome)),
        )
        call.deployment.batcher.submit((work,))
    except DomainError as refusal:
        call.refuse(refusal)


def _inferred(call: Call, inference: v2.Inference, outcome: Outcome) -> None:
    if isinstance(outcome, DomainError):
        call.refuse(outcome)
        return
    route = call.deployment.route
    content = {"model_name": call.live.entry.name, "model_version": str(route.number)}
    response = v2.infer_response(call.deployment.session, inference, outcome, content, call.headers)
    call.finish(response)
    if call.sampled and sum(array.nbytes for array in outcome) <= _MAX_JOURNAL_TENSOR:
        outputs = dict(
            zip(call.deployment.session.output_names, (array.tolist() for array in outcome), strict=True)
        )
        call.journal("infer", {"outputs": outputs}, [])


def predict(call: Call) -> None:
    """What a person sends: pictures in, labels out. Raises nothing: every end is a reply."""
    try:
        session = call.deployment.session
        if not session.takes_pictures:
            raise InvalidInput(f"this endpoint takes tensors at /v2 only; {v2.signature_words(session)}")
        pictures = pictures_from_body(call.request.body, call.request.headers)
        wish = wish_from_query(call.request.query, call.live.entry.threshold)
    except DomainError as refusal:
        call.refuse(refusal)
        return

    def answered(outcomes: list[Outcome]) -> None:
        guarded(call, partial(_predicted, call, outcomes, wish, pictures))

    try:
        submit_pictures(call.deployment, pictures, call.deadline, answered)
    except DomainError as refusal:
        call.refuse(refusal)
        return
    _shadow(call, pictures)


def submit_pictures(
    deployment: Deployment, pictures: list[bytes], deadline: float, answered: Callable[[list[Outcome]], None]
) -> None:
    """Queue all pictures or none; `answered` gets the outcomes in their order. Raises QueueFull."""
    outcomes: list[Outcome | None] = [None] * len(pictures)
    left = len(pictures)

    def done(index: int, outcome: Outcome) -> None:
        nonlocal left
        outcomes[index] = outcome
        left -= 1
        if left == 0:
            answered([item for item in outcomes if item is not None])

    works = [
        Work(
            rows=1,
            deadline=deadline,
            prepare=partial(_decoded, deployment.session, picture),
            done=partial(done, index),
        )
        for index, picture in enumerate(pictures)
    ]
    deployment.batcher.submit(works)


def _decoded(session: ModelSession, picture: bytes) -> dict[str, Array]:
    rule = session.card.decode
    if rule is None:
        raise InvalidInput("this model takes no pictures")
    return {session.inputs[0].name: rule.decode(picture)[None]}


def _predicted(call: Call, outcomes: list[Outcome], wish: Wish, pictures: list[bytes]) -> None:
    rows = []
    for outcome in outcomes:
        if isinstance(outcome, DomainError):
            raise outcome
        rows.append(classification(call.deployment.session, outcome, wish))
    content = {
        "request_id": call.request.request_id,
        "endpoint": call.live.entry.name,
        "model_version": call.deployment.route.model_version,
        "model_version_number": call.deployment.route.number,
        "task": call.deployment.session.card.task,
        "latency_ms": call.latency_ms(),
        "predictions": rows,
    }
    call.finish(json_response(200, content, call.headers))
    if call.sampled:
        call.journal("predict", {"predictions": rows}, pictures)


def _shadow(call: Call, pictures: list[bytes]) -> None:
    """Let the shadow version see its share; its answer goes to the journal only, its failure nowhere."""
    shadow = call.live.shadow
    if (
        shadow is None
        or zlib.crc32(b"shadow" + call.request.request_id.encode()) >= shadow.route.weight / 100 * 2**32
    ):
        return
    witness = Call(call.app, call.request, call.live, shadow, call.key)
    wish = wish_from_query(call.request.query, call.live.entry.threshold)

    def answered(outcomes: list[Outcome]) -> None:
        good = [outcome for outcome in outcomes if not isinstance(outcome, DomainError)]
        rows = [classification(shadow.session, outcome, wish) for outcome in good]
        witness.journal("shadow", {"predictions": rows}, [])

    try:
        submit_pictures(shadow, pictures, call.deadline, answered)
    except DomainError:
        return
