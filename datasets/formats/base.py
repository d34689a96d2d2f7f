"""What a data set format is. Pure: no Django, no network, no database."""

from abc import ABC, abstractmethod
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from sys import intern
from typing import ClassVar, Final, Literal, Self

from core.errors import InvalidInput
from datasets.attributes import Attribute
from datasets.formats.spool import Spool
from datasets.geometry import Form
from datasets.geometry.skeleton import Skeleton
from datasets.origins import Origin

Split = Literal["", "train", "val", "test"]
_UPRIGHT_DEGREES: Final = 1e-5
GroupBy = Literal["none", "folder", "prefix"]

IMAGE_SUFFIXES = frozenset(("jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "dib", "tif", "tiff"))
AUDIO_SUFFIXES = frozenset(("wav", "wave", "flac", "ogg", "oga", "opus", "mp3"))
# What a text or a file of many texts may be called.
TEXT_SUFFIXES = frozenset(
    ("txt", "text", "csv", "tsv", "json", "jsonl", "ndjson", "conll", "bio", "iob", "iob2", "ner")
)
_COMPANION_SUFFIXES = frozenset(
    (
        "txt",
        "md",
        "csv",
        "json",
        "jsonl",
        "ndjson",
        "xml",
        "yaml",
        "yml",
        "html",
        "log",
        "names",
        "license",
        "tsv",
        "lst",
        "list",
        "data",
        "meta",
        "parquet",
        "pq",
    )
)


class FormatMismatch(InvalidInput):
    """The files are not what the chosen format expects."""

    code = "format_mismatch"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a tree. `name` is for matching and showing, never a path to open.

    `suffix` is that of the name in lower case, without the dot; empty when there is none. It is asked for a dozen
    times a file, so it is kept.
    """

    index: int
    name: str
    size_bytes: int
    suffix: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        tail = self.name.rpartition("/")[2]
        suffix = tail.rpartition(".")[2].lower() if "." in tail else ""
        object.__setattr__(self, "suffix", intern(suffix))

    @property
    def is_image(self) -> bool:
        """By its name; whether the bytes agree is seen when they are decoded."""
        return self.suffix in IMAGE_SUFFIXES

    @property
    def is_companion(self) -> bool:
        """A file that usually lies beside pictures and is none."""
        return self.suffix in _COMPANION_SUFFIXES or "." not in self.name.rpartition("/")[2]


# What was read but not kept, or read with a guess: told, and no reason to stop an import.
NOTICES = frozenset(
    (
        "annotations_not_understood",
        "class_names_missing",
        "classes_joined",
        "curve_approximated",
        "date_invalid",
        "details_dropped",
        "further_annotations",
        "geometry_reduced",
        "labels_left_out",
        "points_left_out",
        "rows_capped",
        "tasks_skipped",
        "tags_full",
    )
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read; the import goes on without it.

    `count` is how often it happened when many are told as one; `where` is the first place then.
    """

    code: str
    where: str
    detail: str
    count: int = 1


class MemberUnreadable(Exception):
    """One file's bytes cannot be had; carries the problem to report."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


class Tree(ABC):
    """Files that came together: an archive, or a single file. Members have a stable order.

    `media` are the suffixes of what may be a sample, `noun` what people call these. What is too large for memory
    is put together in `scratch`; None is the folder of the system.
    """

    members: Sequence[Member]
    refused: Sequence[Problem]
    name_encoding: str = "utf-8"
    media: frozenset[str] = IMAGE_SUFFIXES
    noun: str = "pictures"
    scratch: Path | None = None

    def meant_for(self, modality: str) -> Self:
        """This tree, whose samples are of that modality from now on."""
        if modality == "audio":
            self.media, self.noun = AUDIO_SUFFIXES, "recordings"
        return self

    def is_sample(self, member: Member) -> bool:
        """By its name; whether the bytes agree is seen when they are decoded."""
        return member.suffix in self.media

    @abstractmethod
    def read(self, member: Member, limit_bytes: int) -> bytes:
        """All bytes of a member. Raises MemberUnreadable when damaged or over the limit."""

    def chunks(self, member: Member, limit_bytes: int) -> Iterator[bytes]:
        """As `read`, in pieces where the tree can; damage that only the end tells is told there."""
        yield self.read(member, limit_bytes)

    def path_of(self, member: Member) -> Path | None:
        """Where a member lies as a file of its own, None where it does not."""
        return None

    def lost(self) -> Sequence[str]:
        """The names of members that could not be had so far, and may be another time."""
        return ()

    @abstractmethod
    def close(self) -> None:
        """Let go of open files."""


@dataclass(frozen=True, slots=True)
class Box:
    """An object of a class: the axis-aligned box around it and, where it is more than that, its form.

    Pixels, origin top-left, `w` and `h` > 0; of a line or key points one may be 0. `attributes` are sorted
    names with text. `also` are other forms of the same object; a data set keeps the first one it has a
    place for.
    """

    label: str
    x: float
    y: float
    w: float
    h: float
    form: Form | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    also: tuple[Form, ...] = ()

    @property
    def kind(self) -> str:
        """Of its shape."""
        return "box" if self.form is None else self.form.kind

    def fitted(self, kinds: Container[str]) -> "tuple[Box, bool]":
        """The object in the first of its forms that is of these kinds, else its box; whether a form is lost."""
        if self.form is None and not self.also:
            return self, False
        forms = () if self.form is None else (self.form, *self.also)
        fit = next((form for form in forms if form.kind in kinds), None)
        return replace(self, form=fit, also=()), len(forms) > (fit is not None)

    def scaled(self, across: float, along: float) -> "Box":
        """In other units."""
        bounds = (self.x * across, self.y * along, self.w * across, self.h * along)
        form = None if self.form is None else self.form.scaled(across, along)
        if form is not None and form.kind == "rotated_box":
            bounds = form.bounds() or bounds
            # A box that is turned by nothing, but for what writing it in digits did.
            form = None if abs(form.value[4]) < _UPRIGHT_DEGREES else form
        return replace(self, x=bounds[0], y=bounds[1], w=bounds[2], h=bounds[3], form=form)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text of a class: `[start, end)` in Unicode code points of the whole text."""

    label: str
    start: int
    end: int
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a recording of a class, in seconds."""

    label: str
    start: float
    end: float
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """A directed link of a type between two spans of a text, which are told by their places among those of the draft."""

    type: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Draft:
    """One sample to be: whose bytes, and what the format says about it.

    The bytes are all of `member`, or the `part` (offset, length) of the plan's spool when one file holds
    many samples; `encoding` is what they were written in then. `labels` are the classes of the whole
    sample where it may have several, `about` what is said of them beside, by class, `spans` the stretches of a text and
    `relations` what these are to one another, `regions` the stretches of a recording. `label` is said of the whole
    sample. `annotated` is true when somebody looked at it, also when
    there was nothing to mark. `stated_size` is the width and height the boxes were drawn on. When
    `is_relative`, boxes are fractions of the upright picture's width and height instead of pixels. `problems` were
    met when its bytes were taken, and do not keep it out.
    """

    member: Member
    name: str
    label: str | None = None
    boxes: tuple[Box, ...] = ()
    split: Split = ""
    group: str = ""
    annotated: bool = False
    stated_size: tuple[int, int] | None = None
    is_relative: bool = False
    labels: tuple[str, ...] = ()
    about: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    regions: tuple[Region, ...] = ()
    relations: tuple[Relation, ...] = ()
    part: tuple[int, int] | None = None
    encoding: str = ""
    origin: Origin | None = None
    problems: tuple["Problem", ...] = ()

    def boxes_px(self, width: int, height: int) -> tuple[Box, ...]:
        """The boxes in pixels of an upright picture of this size."""
        if not self.is_relative:
            return self.boxes
        return tuple(box.scaled(width, height) for box in self.boxes)


@dataclass(frozen=True, slots=True)
class ColumnNote:
    """The column of a table that has a role, and why: `chosen`, `named`, `longest` or `few` different words."""

    role: str
    column: str
    why: Literal["chosen", "named", "longest", "few"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a tree holds, in a stable order: a second reading gives the same items.

    `skeletons` are of the classes that have key points, by name; `attributes` are what classes are asked; `relations`
    the names of the relation types.
    """

    classes: tuple[str, ...]
    items: Sequence[Draft | Problem]
    skeletons: Mapping[str, Skeleton] = field(default_factory=dict)
    attributes: Mapping[str, tuple[Attribute, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = field(default=())
    columns: tuple[ColumnNote, ...] = field(default=())
    spool: Spool | None = field(default=None, compare=False)
    relations: tuple[str, ...] = ()

    def content_of(self, draft: Draft, tree: Tree, limit_bytes: int) -> bytes:
        """The bytes of one sample. Raises MemberUnreadable when damaged or over the limit."""
        if draft.part is None or self.spool is None:
            return tree.read(draft.member, limit_bytes)
        if draft.part[1] > limit_bytes:
            detail = f"one sample is over {limit_bytes >> 20} MB; split it"
            raise MemberUnreadable(Problem("file_too_large", draft.name, detail))
        return self.spool.read(*draft.part)


@dataclass(frozen=True, slots=True)
class Guess:
    """How sure a format is that a tree is its own, from 0 to 1, and the reason to show."""

    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person says about how to read: the column of each role (by name, or by number from 1).

    `several` is true where a sample may have several classes, so that a cell may name more than one; `regions` is
    false where the data set has no place for stretches of a recording.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    several: bool = False
    regions: bool = True


class FormatImporter(ABC):
    """Reads one layout.

    `plan` holds no sample bytes and yields a `Problem` instead of raising for bad content; it raises
    FormatMismatch when what makes the format is missing. Whether problems end the import is the
    caller's decision, never the format's.
    """

    key: ClassVar[str]  # stored in the database: never rename
    title: ClassVar[str]

    @abstractmethod
    def sniff(self, tree: Tree) -> Guess:
        """Belief that `tree` is this format, from names and the first bytes of small files."""

    @abstractmethod
    def plan(self, tree: Tree) -> Plan:
        """What to import. Raises FormatMismatch."""

    def told(self, reading: Reading) -> "FormatImporter":
        """This importer with what a person said about the files; itself where that says it nothing."""
        return self
