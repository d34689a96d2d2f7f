"""All texts of a data set, read once, and what the checks of `datasets.quality` say of them."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.errors import NotFound
from core.jobs.context import JobContext
from core.services.blobs import blob_read, blobs_locations
from datasets.models import Dataset
from datasets.models.dataset import ONE_CLASS_TASKS
from datasets.quality.copies import grouped
from datasets.quality.languages import Languages, other_languages
from datasets.quality.text_twins import SIGNS, Signs, alike_pairs, signs_of
from datasets.quality.texts import TextMarks, odd_lengths, other_scripts, same_form, text_marks
from datasets.quality.twins import groups_of

_CHUNK: Final = 500
# Near copies are looked for in what a text begins with: a minute of reading says whether two are one.
_TWIN_CHARACTERS: Final = 20_000
TextFound = dict[str, tuple[list[int], dict[str, Any]]]


@dataclass(slots=True)
class _Read:
    """N texts in the order of their ids; `missing` are rows whose file is gone."""

    marks: list[TextMarks | None] = field(default_factory=list)
    languages: list[tuple[str, ...]] = field(default_factory=list)
    forms: dict[bytes, list[int]] = field(default_factory=lambda: defaultdict(list))
    signed: list[int] = field(default_factory=list)
    signs: list[Signs] = field(default_factory=list)


def texts_check(
    ctx: JobContext,
    dataset: Dataset,
    sha256s: Sequence[str],
    splits: Sequence[str],
    labels: Sequence[Any],
) -> TextFound:
    """Every check of texts, also those that found nothing: code -> rows and figures.

    Rows are those of `sha256s`, which name the contents, of `splits` and of `labels`.
    """
    read = _read(ctx, sha256s, Languages())
    kinds: Counter[str] = Counter(kind for row in read.marks if row for kind in row.personal)
    known = [row for row, marks in enumerate(read.marks) if marks is not None and not marks.is_empty]
    marks = [one for row in known if (one := read.marks[row]) is not None]
    short, long = odd_lengths([one.characters for one in marks])
    others, scripts = other_scripts([one.script for one in marks])
    # Another script is another language, too, and said once.
    foreign, languages = other_languages(_without(read.languages, {known[at] for at in others}))
    found: TextFound = {
        "text_unreadable": (_rows_where(read.marks, lambda one: one is None), {}),
        "text_empty": (_rows_where(read.marks, lambda one: one is not None and one.is_empty), {}),
        "text_damaged": (_rows_where(read.marks, lambda one: one is not None and one.is_damaged), {}),
        "text_personal": (
            _rows_where(read.marks, lambda one: one is not None and bool(one.personal)),
            {"kinds": dict(sorted(kinds.items()))},
        ),
        "text_short": ([known[at] for at in np.flatnonzero(short)], {}),
        "text_long": ([known[at] for at in np.flatnonzero(long)], {}),
        "text_other_script": ([known[at] for at in others], {"scripts": scripts}),
        "text_other_language": (foreign, {"languages": languages}),
    }
    is_labeled_once = dataset.task in ONE_CLASS_TASKS
    return found | _copies(ctx, read, splits, labels if is_labeled_once else [None] * len(splits))


def _without(languages: Sequence[tuple[str, ...]], rows: Collection[int]) -> list[tuple[str, ...]]:
    return [() if row in rows else one for row, one in enumerate(languages)]


def _rows_where(marks: Sequence[TextMarks | None], holds: Any) -> list[int]:
    return [row for row, one in enumerate(marks) if holds(one)]


def _read(ctx: JobContext, sha256s: Sequence[str], languages: Languages | None = None) -> _Read:
    read = _Read()
    for row, text in enumerate(texts_read(sha256s)):
        if row % _CHUNK == 0:
            ctx.check()
            ctx.progress(row, len(sha256s), "texts")
        if text is None:
            read.marks.append(None)
            read.languages.append(())
            continue
        marks = text_marks(text)
        read.marks.append(marks)
        read.languages.append(languages.possible(text) if languages else ())
        if marks.is_empty:
            continue
        form = same_form(text)
        read.forms[hashlib.blake2b(form.encode(), digest_size=12).digest()].append(row)
        signs = signs_of(form[:_TWIN_CHARACTERS])
        if signs is not None:
            read.signed.append(row)
            read.signs.append(signs)
    return read


def texts_read(sha256s: Sequence[str]) -> Iterator[str | None]:
    """Each text in the given order; None where the stored file is gone."""
    for start in range(0, len(sha256s), _CHUNK):
        part = list(sha256s[start : start + _CHUNK])
        try:
            places = blobs_locations(part)
        except NotFound:
            places = {}
        for sha256 in part:
            yield _text(sha256, places.get(sha256))


def _text(sha256: str, place: tuple[Path, int, int] | None) -> str | None:
    try:
        if place is None:
            return blob_read(sha256).decode()
        path, offset, length = place
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length).decode()
    except (NotFound, OSError):
        return None


def _copies(ctx: JobContext, read: _Read, splits: Sequence[str], labels: Sequence[Any]) -> TextFound:
    """Groups of texts that say the same but for spaces and case, and of those that say nearly the same."""
    same = [rows for rows in read.forms.values() if len(rows) > 1]
    groups = _near_groups(ctx, read, same)
    return {
        "text_same": grouped(same),
        "same_looking": grouped(groups),
        "same_looking_across_splits": grouped(
            [rows for rows in groups if len({splits[row] for row in rows} - {""}) > 1], splits
        ),
        "same_looking_other_class": grouped(
            [rows for rows in groups if len({labels[row] for row in rows} - {None}) > 1], labels
        ),
    }


def _near_groups(ctx: JobContext, read: _Read, same: Sequence[Sequence[int]]) -> list[list[int]]:
    """Groups of two and more that say nearly the same, those that say the `same` among them."""
    signs = np.array(read.signs, np.uint32).reshape(-1, SIGNS)
    pairs = alike_pairs(signs, step=ctx.check) if len(signs) > 1 else np.empty((0, 2), np.int64)
    named = np.array(read.signed, np.int64)[pairs].reshape(-1, 2)
    chains = [(rows[0], row) for rows in same for row in rows[1:]]
    joined = np.concatenate((named, np.array(chains, np.int64).reshape(-1, 2)))
    members: Mapping[int, list[int]] = defaultdict(list)
    for row, group in enumerate(groups_of(joined, len(read.marks)).tolist()):
        members[group].append(row)
    return [rows for rows in members.values() if len(rows) > 1]


def text_copy_groups(ctx: JobContext, sha256s: Sequence[str], *, near: bool) -> list[list[int]]:
    """Rows whose texts say the same but for spaces and case, or `near` the same, in groups of two and more."""
    read = _read(ctx, sha256s)
    same = [rows for rows in read.forms.values() if len(rows) > 1]
    return _near_groups(ctx, read, same) if near else same
