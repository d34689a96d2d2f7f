"""How the files of one modality become samples: what is stored of them, and what is measured. Pure.

An import knows nothing of pictures or texts: it asks the intake of its data set's modality.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from types import TracebackType
from typing import Any, Final, Self

from datasets.audio.reading import MAX_BYTES as MAX_SOUND_BYTES
from datasets.formats.base import Draft, MemberUnreadable, Problem
from datasets.formats.decoding.pool import DecodePool
from datasets.formats.decoding.texts import TextRead, text_measured
from datasets.formats.decoding.wire import Answer, Decoded, Heard, Undecodable
from datasets.formats.textfiles import REPLACEMENT, TextRefused, text_mended

# Each has media_type, payload, measures, features, dhash64, thumbnail (may be empty) and search_text.
Opened = Decoded | Heard | TextRead
Opening = Opened | Undecodable
THUMB_SIDE_PX: Final = 160


class Intake(ABC):
    """Use as a context manager."""

    max_bytes: int  # of one sample

    def __enter__(self) -> Self:
        return self

    def __exit__(  # noqa: B027  most have nothing to let go of
        self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        pass

    def taken(self, draft: Draft, content: bytes) -> tuple[Draft, bytes]:
        """What is stored of a file, by whose hash the sample is known. Raises MemberUnreadable."""
        return draft, content

    @abstractmethod
    def submit(self, drafts: Sequence[Draft], contents: Sequence[bytes]) -> "Future[list[Opening]]":
        """What is known of each content that `taken` gave, in order."""


class PictureIntake(Intake):
    """Stored as they are; opened in limited children."""

    max_bytes = 64 << 20

    def __init__(self) -> None:
        self._pool = DecodePool()

    def __enter__(self) -> Self:
        self._pool.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._pool.__exit__(kind, value, tb)

    def submit(self, drafts: Sequence[Draft], contents: Sequence[bytes]) -> "Future[list[Opening]]":
        answers: Future[list[Answer]] = self._pool.submit(contents, THUMB_SIDE_PX)
        return answers  # type: ignore[return-value]


class SoundIntake(PictureIntake):
    """Stored as they are; opened in limited children of their own."""

    max_bytes = MAX_SOUND_BYTES

    def __init__(self) -> None:
        self._pool = DecodePool(kind="audio")


class TextIntake(Intake):
    """Stored as UTF-8 without a mark, every character kept; decoding is no danger and needs no child."""

    max_bytes = 16 << 20

    def taken(self, draft: Draft, content: bytes) -> tuple[Draft, bytes]:
        """A part of a larger file was decoded with it."""
        if not content:
            problem = Problem("text_empty", draft.name, "there is no text; fill it or leave it out")
            raise MemberUnreadable(problem)
        if draft.part is not None:
            return draft, content
        try:
            text, encoding, spoiled = text_mended(content)
        except TextRefused as exc:
            raise MemberUnreadable(Problem("text_undecodable", draft.name, str(exc))) from exc
        return replace(draft, encoding=encoding, problems=_replaced(draft, encoding, spoiled)), text.encode()

    def submit(self, drafts: Sequence[Draft], contents: Sequence[bytes]) -> "Future[list[Opening]]":
        done: Future[list[Opening]] = Future()
        done.set_result([_measured(*pair) for pair in zip(drafts, contents, strict=True)])
        return done


def _replaced(draft: Draft, encoding: str, spoiled: Sequence[int]) -> tuple[Problem, ...]:
    if not spoiled:
        return ()
    detail = f"bytes that are no {encoding.upper()} became “{REPLACEMENT}”; mend the file and import it again"
    return (Problem("text_replaced", f"{draft.name}:{spoiled[0]}", detail, len(spoiled)),)


def _measured(draft: Draft, content: bytes) -> TextRead:
    return text_measured(content.decode(), draft.encoding or "utf-8")


_INTAKES: Final[Mapping[str, type[Intake]]] = {
    "image": PictureIntake,
    "text": TextIntake,
    "audio": SoundIntake,
}


def intake_of(modality: str) -> Intake:
    """The intake of a modality."""
    return _INTAKES[modality]()


def opened_again(payload: Mapping[str, Any]) -> Opened:
    """What a sample that is there already says of its content, as far as its payload tells."""
    if "characters" in payload:
        return TextRead(payload["characters"], payload["lines"], payload["excerpt"], payload["encoding"])
    if "duration_s" in payload:
        return Heard("", payload["duration_s"], payload["rate"], payload["channels"], payload["format"], [])
    return Decoded("", payload["width"], payload["height"], "", 1, 1, 0, b"")
