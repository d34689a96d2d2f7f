"""A language model of the operator's choice as a source of pre-labels for texts. Off unless a server is named."""

import threading
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from core.errors import Conflict, InvalidInput
from core.jobs.context import JobContext
from core.outgoing import ChatBusy, ChatServer, OutgoingPolicy, chat
from core.services.outgoing import chat_server, outgoing_policy
from datasets.selectors.schema import classes_of
from datasets.services.quality_texts import texts_read
from labeling.models import Campaign, PrelabelRun
from labeling.selectors.prelabels import language_title, samples_unanswered
from labeling.services.prelabel_source import Ledger, Shapes, shape_said
from labeling.weak.language import MAX_CHARACTERS, MAX_TOKENS, asked, classes_said, marks_said
from labeling.weak.votes import MODES, Mode

# Requests at a time. What is answered is kept after so many texts, for each of them may cost money.
AT_ONCE: Final = 4
_KEPT_AFTER: Final = 16
# Seconds before each further try of a server that is busy.
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
    """As `Source`: every text that waits is sent to the server. What cannot be read of an answer stays open."""

    unit = "texts"

    def say(self, ctx: JobContext, ledger: Ledger) -> None:
        """As `Source`. Raises LanguageMissing, and what `chat` raises: ChatBusy after the last try."""
        speaker = _Speaker(ledger.run, _server(), outgoing_policy())
        ledger.expect(samples_unanswered(ledger.run).count())
        waiting = (row for chunk in ledger.waiting() for row in chunk)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            try:
                while part := list(islice(waiting, _KEPT_AFTER)):
                    ctx.check()
                    texts = texts_read([sha256 for _, sha256 in part])
                    said = list(threads.map(speaker.said, [pk for pk, _ in part], texts))
                    ledger.keep(said)
            finally:
                speaker.stopped.set()


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

    def said(self, sample: uuid.UUID, text: str | None) -> tuple[str, Shapes]:
        """Called by several threads."""
        told = self._told(text[:MAX_CHARACTERS]) if text and text.strip() else []
        shapes = [shape_said(self.run, str(sample), place, **each) for place, each in enumerate(told)]
        return str(sample), shapes

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
            except ChatBusy:
                if self.stopped.wait(wait_s):
                    raise
        return chat(self.server, messages, policy=self.policy, max_tokens=MAX_TOKENS)


def _guideline(campaign: Campaign) -> str:
    version = campaign.guidelines.filter(number=campaign.guideline_number).first()
    return version.text if version else ""
