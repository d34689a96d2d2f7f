"""Operators that choose among samples: what to drop, which copy to keep, how many to take. Pure.

How they choose is in `datasets.cleaning.sampling` and the services: here is what people may ask for.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.params import param
from datasets.cleaning.base import Choice, Group
from datasets.quality.kinds import FROM_VECTORS, KINDS, TEXT_KINDS

_MOST: Final = 10_000_000
_ANYWHERE: Final = (
    *("same_looking", "same_looking_across_splits", "same_looking_other_class", "unlabeled"),
    *sorted(FROM_VECTORS),
)
TEXT_FINDINGS: Final = (*sorted(TEXT_KINDS), *_ANYWHERE)
PICTURE_FINDINGS: Final = tuple(
    code for code in KINDS if code not in TEXT_KINDS and not code.startswith("audio_")
)


def rest_param() -> Any:
    """What happens to those that are not taken."""
    return param(
        "bin",
        "The rest",
        "Goes to the bin, or gets a split and stays.",
        choices=("bin", "train", "val", "test"),
    )


def seed_param() -> Any:
    """The same seed takes the same samples."""
    return param(1, "Seed", "The same seed takes the same samples.", minimum=0, maximum=2**31)


@dataclass(frozen=True, slots=True)
class DropPictures(Choice):
    """What a check names goes to the bin."""

    key: ClassVar[str] = "drop_finding"
    group: ClassVar[Group] = "choose"
    finding: str = param("picture_blurry", "Finding", "Of the newest checks.", choices=PICTURE_FINDINGS)


@dataclass(frozen=True, slots=True)
class DropTexts(Choice):
    """What a check names goes to the bin."""

    key: ClassVar[str] = "drop_finding"
    group: ClassVar[Group] = "choose"
    finding: str = param("text_empty", "Finding", "Of the newest checks.", choices=TEXT_FINDINGS)


@dataclass(frozen=True, slots=True)
class Dedupe(Choice):
    """Of samples that are copies of one another the best stays, the others go to the bin."""

    key: ClassVar[str] = "dedupe"
    group: ClassVar[Group] = "choose"
    near: bool = param(
        True, "Near copies too", "Resized, saved again, lightly changed; else only the very same."
    )
    prefer_labeled: bool = param(
        True, "Labeled ones first", "A labeled copy stays rather than a better one without."
    )


@dataclass(frozen=True, slots=True)
class DedupePictures(Dedupe):
    """Of pictures also those that are altered copies."""

    alike: bool = param(
        False, "Mirrored, turned and recolored ones too", "As the finding of look-alikes names them."
    )


@dataclass(frozen=True, slots=True)
class SampleSome(Choice):
    """So many are taken."""

    group: ClassVar[Group] = "sampling"
    keep: int = param(1000, "Keep", "How many samples are taken.", minimum=1, maximum=_MOST)
    seed: int = seed_param()
    rest: str = rest_param()


@dataclass(frozen=True, slots=True)
class SampleRandom(SampleSome):
    """So many by chance, each as likely."""

    key: ClassVar[str] = "sample_random"


@dataclass(frozen=True, slots=True)
class SampleStratified(SampleSome):
    """So many by chance, of every class its share."""

    key: ClassVar[str] = "sample_stratified"


@dataclass(frozen=True, slots=True)
class SampleByValue(Choice):
    """At most so many of every value of a column."""

    key: ClassVar[str] = "sample_value"
    group: ClassVar[Group] = "sampling"
    column: str = param(
        "label",
        "Column",
        "Samples with the same value are counted together.",
        choices=("label", "group", "split", "state", "media_type"),
    )
    most: int = param(100, "At most", "How many of each value are taken.", minimum=1, maximum=_MOST)
    seed: int = seed_param()
    rest: str = rest_param()


@dataclass(frozen=True, slots=True)
class SampleDiverse(SampleSome):
    """So many that are as unlike one another as can be, by the vectors of the analysis."""

    key: ClassVar[str] = "sample_diverse"
