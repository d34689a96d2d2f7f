"""A language model of the operator's choice as a source of pre-labels for texts. Off unless a server is named."""

import threading
import uuid
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from core.errors import Conflict, InvalidInput
from core.jobs.context import JobContext
from core.models import Job
from core.outgoing import ChatServer, ChatUnsaid, OutgoingFailed, OutgoingPolicy, chat
from core.services.outgoing import chat_server, outgoing_policy
from datasets.selectors.schema import classes_of
from datasets.services.quality_texts import texts_read
from labeling.models import Campaign, Prelabel, PrelabelRun
from labeling.selectors.prelabels import LANGUAGE, language_title, samples_unanswered
from labeling.services.prelabel_source import Ledger, Shapes, shape_said
from labeling.weak.language import MAX_CHARACTERS, MAX_TOKENS, asked, classes_said, marks_said
from labeling.weak.votes import MODES, Mode

# Requests at a time. What is answered is kept after so many texts, for each of them may cost money.
AT_ONCE: Final = 4
_KEPT_AFTER: Final = 16
# Seconds between looks at whether the job was cancelled.
_LOOK_S: Final = 1.0
# Seconds before each further try of a server that is busy or away.
_WAITS_S: Final = (1.0, 4.0, 15.0, 60.0)


class LanguageMissing(Conflict):
    """The operator named no language model."""

    code = "language_missing"


def language_asked(campaign: Campaign) -> str:
    """What it is called, where it may be asked. Raises InvalidInput, LanguageMissing."""
    if campaign.task not in MODES:
        raise InvalidInput("a language model reads texts; this campaign has none", field="model")
    return language_title(_server())


class LanguageSource:
    """As `Source`: every text that waits is sent to the server. What it says nothing of, or nothing that can be read,
    stays open. What a run of the same model said before it ended early is not asked again.
    """

    unit = "texts"

    def say(self, ctx: JobContext, ledger: Ledger) -> None:
        """As `Source`. Raises LanguageMissing, and what `chat` raises: ChatBusy after the last try, ChatUnsaid where
        the server said nothing of all texts of a part."""
        speaker = _Speaker(ledger.run, _server(), outgoing_policy())
        ledger.expect(samples_unanswered(ledger.run).count())
        said_before = _said_before(ledger.run)
        waiting = (row for chunk in ledger.waiting() for row in chunk if row[0] not in said_before)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            try:
                while part := list(islice(waiting, _KEPT_AFTER)):
                    texts = texts_read([sha256 for _, sha256 in part])
                    asked_now = [
                        threads.submit(speaker.said, pk, text)
                        for (pk, _), text in zip(part, texts, strict=True)
                    ]
                    _keep(ledger, asked_now, _awaited(ctx, asked_now, speaker))
            finally:
                speaker.stopped.set()
                threads.shutdown(cancel_futures=True)


_Said = tuple[str, Shapes | None]


def _awaited(
    ctx: JobContext, asked_now: Sequence["Future[_Said]"], speaker: "_Speaker"
) -> BaseException | None:
    """The first problem with any of them, once all have ended; the others are not tried again then."""
    pending = set(asked_now)
    problem: BaseException | None = None
    while pending:
        ctx.check()
        done, pending = wait(pending, timeout=_LOOK_S, return_when=FIRST_EXCEPTION)
        problem = problem or next(filter(None, (one.exception() for one in done)), None)
        if problem is not None:
            speaker.stopped.set()
    return problem


def _keep(ledger: Ledger, asked_now: Sequence["Future[_Said]"], problem: BaseException | None) -> None:
    """What was said, whatever became of the rest. Raises the problem."""
    ended = [one.result() for one in asked_now if one.exception() is None]
    if ended and problem is None and all(shapes is None for _, shapes in ended):
        raise ChatUnsaid("the language model says nothing of these texts; check its model and limits")
    ledger.keep([(pk, shapes or []) for pk, shapes in ended])
    if problem is not None:
        raise problem


def _said_before(run: PrelabelRun) -> set[uuid.UUID]:
    early = Prelabel.objects.filter(
        campaign=run.campaign_id,
        run__detector=LANGUAGE,
        run__title=run.title,
        run__job__state__in=(Job.State.FAILED, Job.State.CANCELLED),
    ).exclude(run=run)
    return set(early.values_list("sample_id", flat=True))


def _server() -> ChatServer:
    server = chat_server()
    if server is None:
        raise LanguageMissing("the operator of this studio has named no language model")
    return server


@dataclass
class _Speaker:
    run: PrelabelRun
    server: ChatServer
    policy: OutgoingPolicy

    def __post_init__(self) -> None:
        campaign = self.run.campaign
        rows = classes_of(campaign.dataset_id)
        self.mode = MODES[campaign.task]
        self.names, self.labels = [row.name for row in rows], [str(row.pk) for row in rows]
        self.guideline = _guideline(campaign)
        self.stopped = threading.Event()

    def said(self, sample: uuid.UUID, text: str | None) -> _Said:
        """Shapes, None where the server says nothing of this text. Called by several threads."""
        if not text or not text.strip():
            return str(sample), []
        try:
            told = self._told(text[:MAX_CHARACTERS])
        except ChatUnsaid:
            return str(sample), None
        return str(sample), [
            shape_said(self.run, str(sample), place, **each) for place, each in enumerate(told)
        ]

    def _told(self, text: str) -> list[dict[str, Any]]:
        said = self._answer(asked(self.mode, text, self.names, self.guideline))
        if self.mode is Mode.SPANS:
            return [
                {"kind": "span", "label": self.labels[int(mark.label)], "start": mark.start, "end": mark.end}
                for mark in marks_said(said, text, self.names)
            ]
        numbers = classes_said(self.mode, said, self.names)
        return [{"kind": "class", "label": self.labels[number]} for number in numbers]

    def _answer(self, messages: Sequence[dict[str, str]]) -> str:
        for wait_s in _WAITS_S:
            try:
                return chat(self.server, messages, policy=self.policy, max_tokens=MAX_TOKENS)
            except OutgoingFailed:
                if self.stopped.wait(wait_s):
                    raise
        return chat(self.server, messages, policy=self.policy, max_tokens=MAX_TOKENS)


def _guideline(campaign: Campaign) -> str:
    version = campaign.guidelines.filter(number=campaign.guideline_number).first()
    return version.text if version else ""
