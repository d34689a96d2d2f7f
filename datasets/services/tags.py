"""Tags put on samples and taken off, under the lock of their data set: two who tag at once wait for each other."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.db import connection

from core.errors import InvalidInput
from core.sql import bind
from datasets.models import Sample, SampleTag
from datasets.selectors.counters import totals_of
from datasets.services.bulk import rows_insert
from datasets.services.counters import counters_add
from datasets.tags import MAX_A_DATASET, MAX_A_SAMPLE, TagUnfit, tags_of

TAG_COLUMNS: Final = ("dataset_id", "tag", "sample_id")
Tags = Mapping[uuid.UUID, Sequence[str]]


class TagInvalid(InvalidInput):
    """A word that cannot be a tag, or too many of them; the sentence says what to do."""

    code = "tag_invalid"


def tags_read(words: Iterable[str]) -> list[str]:
    """The tags that somebody typed, each once. Raises TagInvalid."""
    try:
        return tags_of(words)
    except TagUnfit as exc:
        raise TagInvalid(str(exc), field="tags") from exc


def tags_fit(dataset_id: uuid.UUID, tags: Iterable[str]) -> None:
    """Raises TagInvalid where a data set would get more words than anybody can choose from. One statement."""
    known = {tag for tag, samples in totals_of(dataset_id, ("tag",)).get("tag", {}).items() if samples}
    if len(known.union(tags)) > MAX_A_DATASET:
        raise TagInvalid(
            f"a data set has at most {MAX_A_DATASET} tags; use one that is there, or take some off first",
            field="tags",
        )


def tags_lacking(has: Sequence[str], tags: Sequence[str]) -> list[str] | None:
    """Those of `tags` that are not there yet; None where they have no room."""
    lacking = [tag for tag in tags if tag not in has]
    return None if len(has) + len(lacking) > MAX_A_SAMPLE else lacking


def tags_put(dataset_id: uuid.UUID, has: Tags, more: Tags) -> None:
    """Add `more` to samples that have `has`, none of it twice. A constant number of statements."""
    rows = [(dataset_id, tag, pk) for pk, tags in more.items() for tag in tags]
    rows_insert(SampleTag, TAG_COLUMNS, rows)
    _lists_write({pk: sorted({*has[pk], *tags}) for pk, tags in more.items()})
    counters_add(dataset_id, Counter(("tag", tag) for _, tag, _ in rows))


def tags_take(dataset_id: uuid.UUID, has: Tags, fewer: Tags) -> None:
    """Take `fewer`, which they have, off samples that have `has`. A constant number of statements."""
    gone = Counter(("tag", tag) for tags in fewer.values() for tag in tags)
    named = {tag for _, tag in gone}
    kept = [(dataset_id, tag, pk) for pk, tags in fewer.items() for tag in has[pk] if tag in named - {*tags}]
    SampleTag.objects.filter(dataset_id=dataset_id, sample__in=list(fewer), tag__in=named).delete()
    rows_insert(SampleTag, TAG_COLUMNS, kept)
    _lists_write({pk: sorted({*has[pk]} - {*tags}) for pk, tags in fewer.items()})
    counters_add(dataset_id, {pair: -count for pair, count in gone.items()})


def tag_rows(samples: Iterable[Sample]) -> list[tuple[uuid.UUID, str, uuid.UUID]]:
    """What new samples with tags need beside themselves, in the order of TAG_COLUMNS."""
    return [(sample.dataset_id, tag, sample.pk) for sample in samples for tag in sample.tags]


def _lists_write(lists: Mapping[uuid.UUID, list[str]]) -> None:
    if not lists:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE datasets_sample SET tags = %s, tag_count = %s WHERE id = %s",
            [[bind(tags), len(tags), bind(pk)] for pk, tags in lists.items()],
        )
