"""What the files say about texts, collected. Pure; shared by the readers of texts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Any, Final, cast

from datasets.formats.base import (
    ColumnNote,
    Draft,
    FormatMismatch,
    Member,
    MemberUnreadable,
    Plan,
    Problem,
    Relation,
    Span,
    Split,
    Tree,
)
from datasets.formats.names import CUT_NAMES, CutNames, class_name, shown, split_in
from datasets.formats.spool import Spool
from datasets.formats.textfiles import TextRefused, lines_read, text_read
from datasets.geometry.forms import attributes_from
from datasets.origins import Origin
from datasets.relations import MAX_RELATIONS, MAX_TYPES

MAX_FILE_BYTES: Final = 512 * 1024**2
MAX_SAMPLES: Final = 1_000_000
MAX_SPANS: Final = 20_000
LOOKED_AT: Final = 16
LOOK_BYTES: Final = 256 * 1024
_MAX_PROBLEMS: Final = 1_000
_NOTICE_TEXT: Final = {
    "classes_joined": CUT_NAMES,
    "date_invalid": "a date is none, so it is not known when that was labeled; export it again",
    "details_dropped": "predictions, working times and other things beside the labels are not kept",
    "further_annotations": "of several annotations of one text a ground truth counts, else the newest; "
    "the others are left out",
    "tasks_skipped": "texts that were skipped there come in unlabeled",
    "labels_left_out": "labels of a kind that the data set does not take are left out",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a format says of one text, in its own words: not yet checked."""

    labels: Sequence[Any] = ()
    spans: Sequence[tuple[Any, Any, Any]] = ()  # class, start, end in code points
    about: Mapping[Any, Any] = field(default_factory=dict)  # attributes by class
    beside: Sequence[Any] = ()  # attributes of the spans, as many, or none
    # Name, and the places in `spans` that it leads from and to.
    relations: Sequence[tuple[Any, Any, Any]] = ()
    split: str = ""
    group: str = ""
    is_annotated: bool = False
    origin: Origin | None = None


class TextBook:
    """Collects texts, classes and problems; `plan` is the end of it."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.classes: dict[str, str] = {}
        self.relations: dict[str, str] = {}
        self.columns: tuple[ColumnNote, ...] = ()
        self._spool = Spool(tree.scratch)
        self._drafts: list[Draft] = []
        self._problems: list[Problem] = []
        self._more: dict[tuple[str, str], Problem] = {}
        self._notices: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._refusal = ""
        self._cut = CutNames()

    def read(self, member: Member, *, by_line: bool = False) -> tuple[str, str] | None:
        """The text of a file and its encoding; what is wrong with it becomes a problem and None.

        `by_line` is for who looks at every line for damage, as `lines_read` leaves it.
        """
        try:
            return (lines_read if by_line else text_read)(self.tree.read(member, MAX_FILE_BYTES))
        except MemberUnreadable as exc:
            problem = exc.problem
        except TextRefused as exc:
            problem = Problem("text_undecodable", shown(member.name), str(exc))
        self._refusal = self._refusal or f"{problem.where}: {problem.detail}"
        self._keep(problem)
        return None

    def fault(self, code: str, where: str, detail: str) -> None:
        """Something that could not be read."""
        self._keep(Problem(code, shown(where), detail))

    def notice(self, code: str, where: str, count: int = 1) -> None:
        """Something that is not kept; told once, with how often and where first."""
        if count:
            self._first.setdefault(code, shown(where))
            self._notices[code] += count

    def class_of(self, raw: Any) -> str | None:
        """A class name fit to show, known from now on; None for what is no name."""
        if isinstance(raw, bool) or not isinstance(raw, str | int):
            return None
        name = class_name(str(raw))
        self.notice("classes_joined", name, int(self._cut.joins(str(raw))))
        return self.classes.setdefault(name, name) if name else None

    def add(self, member: Member, text: str, said: Said, *, name: str, encoding: str) -> None:
        """One text that lies in a larger file."""
        where = shown(name)
        if not text:
            self.fault("text_empty", where, "there is no text; fill it or leave it out")
            return
        if "\x00" in text or any("\ud800" <= ch <= "\udfff" for ch in text):
            self.fault("text_undecodable", where, "the text holds characters that are none; export it again")
            return
        if len(self._drafts) >= MAX_SAMPLES:
            self.fault("too_many_samples", where, f"over {MAX_SAMPLES} texts in one import; split the file")
            return
        part = self._spool.add(text.encode())
        self._drafts.append(replace(self._draft(member, where, said, text), part=part, encoding=encoding))

    def add_file(self, member: Member, said: Said, *, name: str) -> None:
        """One text that is all of a file; it is read when it is stored."""
        self._drafts.append(self._draft(member, shown(name), said, None))

    def plan(self) -> Plan:
        """The texts in their order, then the problems. Raises FormatMismatch when no file could be read."""
        if not self._drafts and self._refusal:
            raise FormatMismatch(f"{self._refusal}. Mend that file, or choose another format", field="format")
        notices = [
            Problem(code, self._first[code], _NOTICE_TEXT[code], count)
            for code, count in sorted(self._notices.items())
        ]
        items: list[Draft | Problem] = [
            *self._drafts,
            *self._problems,
            *self._more.values(),
            *notices,
            *self.tree.refused,
        ]
        return Plan(
            tuple(self.classes),
            items,
            columns=self.columns,
            spool=self._spool,
            relations=tuple(self.relations),
        )

    def _draft(self, member: Member, where: str, said: Said, text: str | None) -> Draft:
        texts = (raw for raw in said.labels if isinstance(raw, str | int))
        named = {raw: label for raw in texts if (label := self.class_of(raw)) is not None}
        labels = tuple(dict.fromkeys(named.values()))
        placed = dict(self._spans(where, said, len(text))) if text is not None else {}
        spans = tuple(placed.values())
        about: dict[str, tuple[tuple[str, str], ...]] = {}
        for raw, label in named.items():
            # Keys of JSON are texts, also those that stand for a number.
            if more := attributes_from(said.about.get(raw, said.about.get(str(raw)))):
                about[label] = more
        lost = len(said.spans) - len(spans)
        return Draft(
            member,
            where,
            label=labels[0] if len(labels) == 1 else None,
            labels=labels,
            about=about,
            spans=spans,
            relations=tuple(self._relations(where, said, list(placed))) if said.relations else (),
            split=cast(Split, said.split or split_in(member.name)),
            group=class_name(said.group),
            # Whose every span was rejected is not looked at and found empty: somebody has to look again.
            annotated=said.is_annotated and bool(labels or spans or not lost),
            origin=said.origin,
        )

    def _spans(self, where: str, said: Said, length: int) -> Iterator[tuple[int, Span]]:
        """Those that can be, with their places among what was said."""
        if len(said.spans) > MAX_SPANS:
            self.fault("span_invalid", where, f"over {MAX_SPANS} spans in one text; split it")
        told = zip(said.spans[:MAX_SPANS], said.beside or repeat(None), strict=False)
        for place, ((raw, start, end), more) in enumerate(told):
            label = self.class_of(raw)
            if label is None:
                self.fault("category_unknown", where, "a span names no class; give it one")
            elif not (_is_offset(start) and _is_offset(end) and 0 <= start < end <= length):
                detail = (
                    f"a span {str(start)[:20]} to {str(end)[:20]} does not lie in its text; mark it again"
                )
                self.fault("span_invalid", where, detail)
            else:
                yield place, Span(label, start, end, attributes_from(more))

    def _relations(self, where: str, said: Said, kept: Sequence[int]) -> Iterator[Relation]:
        """Those between two different spans that are kept, each once, by the places of these among the kept ones."""
        if len(said.relations) > MAX_RELATIONS:
            self.fault("relation_invalid", where, f"over {MAX_RELATIONS} relations in one text; split it")
        places = {place: number for number, place in enumerate(kept)}
        seen: set[Relation] = set()
        for raw, start, end in said.relations[:MAX_RELATIONS]:
            name = self._relation_of(raw)
            if name is None:
                self.fault(
                    "relation_invalid", where, "a relation has no name, or there are too many; give it one"
                )
            elif not (
                _is_offset(start) and _is_offset(end) and {start, end} <= places.keys() and start != end
            ):
                detail = "a relation does not lead from one span of its text to another; make it again"
                self.fault("relation_invalid", where, detail)
            elif (one := Relation(name, places[start], places[end])) not in seen:
                seen.add(one)
                yield one

    def _relation_of(self, raw: Any) -> str | None:
        """The name of a relation type, known from now on; None for what is no name, or past what a schema has."""
        name = class_name(str(raw)) if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
        if not name or (name not in self.relations and len(self.relations) >= MAX_TYPES):
            return None
        return self.relations.setdefault(name, name)

    def _keep(self, problem: Problem) -> None:
        """Each one while there are few; then one for every kind, with how often it was met."""
        if len(self._problems) < _MAX_PROBLEMS:
            self._problems.append(problem)
            return
        key = (problem.code, "")
        told = self._more.get(key)
        self._more[key] = problem if told is None else replace(told, count=told.count + 1)


def _is_offset(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def looked_at(
    tree: Tree, suffixes: frozenset[str], *, most: int = LOOK_BYTES
) -> Iterator[tuple[Member, str]]:
    """A few files with such a suffix and the beginning of their text, for a look at what they are."""
    for member in [row for row in tree.members if row.suffix in suffixes][:LOOKED_AT]:
        try:
            text, _ = lines_read(tree.read(member, MAX_FILE_BYTES))
        except (MemberUnreadable, TextRefused):
            continue
        yield member, text[:most]
